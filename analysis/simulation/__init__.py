"""The invented authority that writes returns in the real formats."""
