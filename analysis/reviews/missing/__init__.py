"""What the review of missing, exploitation and abuse works out."""
