"""What a notebook hands to the report."""
