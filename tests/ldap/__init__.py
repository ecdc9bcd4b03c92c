"""LDAP servers for the tests: OpenLDAP's slapd, and what it cannot be brought to do."""
