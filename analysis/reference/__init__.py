"""What the rest looks up: calendar, code lists, areas, populations, settings. Imports only `methods`."""
