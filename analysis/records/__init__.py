"""Canonical tables, the store of deliveries and their history. Imports only `methods` and `reference`."""
