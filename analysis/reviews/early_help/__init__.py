"""Early help: who comes to it, what comes of it, and the ways between it and social work."""
