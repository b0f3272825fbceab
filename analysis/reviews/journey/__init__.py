"""What the view of a child's journey through services works out."""
