"""LDAP directories: OpenLDAP, 389 Directory Server, Active Directory. Alone in knowing ldap3."""

from scim_server.sync.ldap.settings import Settings, read_settings
from scim_server.sync.ldap.source import LdapSource

__all__ = ["LdapSource", "Settings", "read_settings"]
