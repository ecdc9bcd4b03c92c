"""LDAP sources over the directories of the tests, and what is read from them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scim_server.sync.entries import Asked, Entry, SourceFault, Unreadable
from scim_server.sync.faults import Faults
from scim_server.sync.files.tables import Surroundings
from scim_server.sync.ldap import LdapSource, Settings, read_settings
from tests.ldap.scripted import Answer, answering
from tests.ldap.slapd import PASSWORD, READER, Tree

NAMES = {
    "User": frozenset({"uid", "cn", "givenName", "mail", "manager", "jpegPhoto", "dn"}),
    "Group": frozenset({"cn"}),
}


def around(folder: Path = Path()) -> Surroundings:
    return Surroundings(folder, {"LDAP": PASSWORD}, ZoneInfo("UTC"))


def table(tree: Tree, **more: Any) -> dict[str, Any]:
    """``[ldap]`` for a part of the slapd's tree, unencrypted."""
    return {
        "url": tree.server.url,
        "tls": "none",
        "bind": READER,
        "password_env": "LDAP",
        "base": tree.base,
        **more,
    }


def settings(given: Mapping[str, Any], folder: Path = Path()) -> Settings:
    faults = Faults()
    made = read_settings(given, "ldap", faults, around(folder))
    assert made is not None, faults
    return made


@dataclass(frozen=True)
class Pass:
    """What one reading gave."""

    is_whole: bool
    users: list[Entry | Unreadable]
    groups: list[Entry | Unreadable]
    present: list[str] | None
    mark: str | None

    def user(self, uid: str) -> Entry:
        """The one with this uid."""
        [found] = [each for each in entries(self.users) if list(each.values["uid"]) == [uid]]
        return found

    def members(self, group: str) -> list[str]:
        """The first values of those in a group, as ``ada`` in ``uid=ada,ou=…``."""
        [found] = [each for each in entries(self.groups) if list(each.values["cn"]) == [group]]
        assert found.members is not None
        return [name.partition(",")[0].partition("=")[2] for name in found.members]

    @property
    def uids(self) -> list[str]:
        """Of all users, sorted."""
        return sorted(each.values["uid"][0] for each in entries(self.users))


def entries(found: list[Entry | Unreadable]) -> list[Entry]:
    """All of them, which must be readable."""
    assert [each for each in found if isinstance(each, Unreadable)] == []
    return [each for each in found if isinstance(each, Entry)]


def now() -> datetime:
    return datetime.now(UTC)


def source(
    given: Mapping[str, Any],
    names: Mapping[str, frozenset[str]] = NAMES,
    clock: Callable[[], datetime] = now,
    folder: Path = Path(),
) -> LdapSource:
    return LdapSource(settings(given, folder), names, clock)


def read(source: LdapSource, asked: Asked | None = None) -> Pass:
    """One pass to its end."""
    with source.reading(asked or Asked()) as reading:
        users, groups = list(reading.entries("User")), list(reading.entries("Group"))
        present = reading.present("User")
        ids = None if present is None else sorted(present)
        return Pass(reading.is_whole, users, groups, ids, reading.mark())


def refused(*answers: Answer, **more: Any) -> str:
    """Why nothing is read of a server that gives these answers."""
    with answering(*answers) as url:
        given = {
            "url": url,
            "tls": "none",
            "mechanism": "anonymous",
            "base": "dc=example",
            "answer_seconds": 1,
            "dialect": "openldap",
            **more,
        }
        with pytest.raises(SourceFault) as fault:
            read(source(given))
        return str(fault.value)
