"""What the review of what changed works out: key measures now, a quarter and a year ago, and whether it is more than chance."""
