"""Plans, runs and caches the notebooks."""
