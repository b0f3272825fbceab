"""Priorities: what report/priorities.yml says, whether each action moved what it was meant to, and what might be added."""
