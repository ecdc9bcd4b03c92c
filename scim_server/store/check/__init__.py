"""The invariants of stored data, for ``scim-server check``."""
