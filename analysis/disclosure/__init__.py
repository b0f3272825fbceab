"""What may be shown to whom: suppression by audience."""
