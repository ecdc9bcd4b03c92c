"""How people stand in the directory: accounts, what they may become, and lists of them."""
