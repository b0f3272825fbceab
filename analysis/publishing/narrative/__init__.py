"""What people write, read as a reader would: prose without its markup, its bare figures and its acronyms."""
