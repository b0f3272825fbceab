"""Do children reach a permanent home, by whatever route is right for them, and without drift?"""
