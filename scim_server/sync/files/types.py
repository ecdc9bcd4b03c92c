"""The types of sources: what the word ``type`` of a file decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scim_server.directory.ports import Clock
from scim_server.sync.entries import Source
from scim_server.sync.faults import Faults
from scim_server.sync.feed.settings import read_settings as read_feed
from scim_server.sync.feed.source import FeedSource
from scim_server.sync.files.fields import DIRECTORY_SYNC, HR
from scim_server.sync.files.tables import Surroundings
from scim_server.sync.ldap.names import name_of
from scim_server.sync.ldap.settings import read_settings as read_ldap
from scim_server.sync.ldap.source import LdapSource
from scim_server.sync.scim.settings import read_settings as read_scim
from scim_server.sync.scim.source import ScimSource

NIGHTLY = "0 3 * * *"

Names = Mapping[str, frozenset[str]]
"""By kind, the attributes of the source that the mapping reads."""


@dataclass(frozen=True, slots=True)
class SourceType:
    """Sources of one type.

    settings: reads the table of its name; None: something is wrong with it, and told
    opened:   of these settings, the source
    shown_as: unless the file says
    full_schedule: likewise, where there is a schedule; None: every reading is whole
    spell:    gives the one form in which such a source names its entries
    """

    name: str
    settings: Callable[[object, str, Faults, Surroundings], object | None]
    opened: Callable[[Any, Names, Clock], Source]
    shown_as: str = DIRECTORY_SYNC
    full_schedule: str | None = NIGHTLY
    spell: Callable[[str], str] = str


TYPES: Mapping[str, SourceType] = {
    each.name: each
    for each in (
        SourceType("ldap", read_ldap, LdapSource, spell=name_of),
        SourceType("feed", read_feed, FeedSource, shown_as=HR, full_schedule=None),
        SourceType("scim", read_scim, lambda told, names, _: ScimSource(told, names)),
    )
}
