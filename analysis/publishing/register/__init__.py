"""Where each figure comes from: on the page, in the appendix and in evidence.csv."""
