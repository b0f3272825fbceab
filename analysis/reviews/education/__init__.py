"""Education of children looked after: what they reach, and what they miss."""
