"""An LDAP directory as a source."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from scim_server.directory.ports import Clock
from scim_server.sync.entries import Asked
from scim_server.sync.ldap.connection import session
from scim_server.sync.ldap.reading import LdapReading
from scim_server.sync.ldap.settings import Settings


@dataclass(frozen=True, slots=True)
class LdapSource:
    """A directory; ``names``: what the mapping reads of its entries, by kind."""

    settings: Settings
    names: Mapping[str, frozenset[str]]
    clock: Clock

    @contextmanager
    def reading(self, asked: Asked) -> Iterator[LdapReading]:
        """In one connection. Raises SourceFault."""
        with session(self.settings) as opened:
            yield LdapReading(opened, self.names, asked, self.clock())
