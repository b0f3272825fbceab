"""Statistics that don't know the domain. Imports nothing from the other rooms."""
