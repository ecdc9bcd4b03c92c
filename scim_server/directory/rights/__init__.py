"""Who may do what: roles, keys, applications."""
