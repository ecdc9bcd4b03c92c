"""RFC 7643 and RFC 7644 as pure functions: no I/O, no clock, no framework, no database."""
