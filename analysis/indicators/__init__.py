"""Definitions, one module an area, in one registry. Knows no files."""
