"""Another SCIM 2.0 server as a source (RFC 7643, RFC 7644, RFC 9865): it is read, never written.

Users and groups only, at the endpoints that RFC 7644 §3.2 gives them.
"""
