"""Getting in: passwords, sessions, links, recovery."""
