"""The front door: from contact to plan, and what has run past its time."""
