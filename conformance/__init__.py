"""Black-box conformance against any SCIM base URL; knows HTTP and JSON only."""
