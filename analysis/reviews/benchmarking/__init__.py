"""Benchmarking: every measure that has a published figure beside others, and where it lies among all authorities."""
