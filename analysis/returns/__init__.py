"""One reader a return: from files as received to canonical tables and problems."""
