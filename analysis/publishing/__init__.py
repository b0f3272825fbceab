"""From findings and narrative to documents."""
