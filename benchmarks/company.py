"""An LDAP directory of one company in a slapd: each entry a function of its rank alone."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import starmap
from pathlib import Path
from typing import Any

import ldap3

from benchmarks import population, slapd
from benchmarks.measure import NotMeasured
from benchmarks.processes import free_port

SUFFIX = "dc=example,dc=com"
ADMIN = f"cn=admin,{SUFFIX}"
READER = f"cn=reader,{SUFFIX}"
PASSWORD = "a-password-of-benchmarks"
REPORTS = 10
"""People of one manager."""
PEOPLE_OF_GROUP = 20
"""People for one group of the company."""
GROUPS_OF_PERSON = 10
"""One of them is everybody's."""

# As OpenLDAP's own guide has it.
CONFIGURATION = """
modulepath {modules}
moduleload back_mdb
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
pidfile {folder}/pid
sizelimit unlimited

database mdb
suffix "{suffix}"
rootdn "{admin}"
rootpw {password}
directory {folder}/data
maxsize 2147483648
index objectClass,entryUUID,modifyTimestamp,uid,member,manager eq
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
"""
START = f"""dn: {SUFFIX}
objectClass: domain
dc: example

dn: {READER}
objectClass: person
cn: reader
sn: reader
userPassword: {PASSWORD}

dn: ou=people,{SUFFIX}
objectClass: organizationalUnit
ou: people

dn: ou=groups,{SUFFIX}
objectClass: organizationalUnit
ou: groups

"""
BEGINNING = datetime(2015, 1, 1, tzinfo=UTC)
APART = timedelta(seconds=90)
"""Between the changes of two entries: those of the last minute are read again each time."""


def person(rank: int) -> str:
    """The DN of somebody."""
    return f"uid={population.user_name(rank)},ou=people,{SUFFIX}"


def group(number: int) -> str:
    """The DN of a group; everybody is in group 0."""
    return f"cn={group_name(number)},ou=groups,{SUFFIX}"


def group_name(number: int) -> str:
    """What a group is called."""
    return f"group-{number:05d}"


@dataclass(frozen=True)
class Company:
    """So many people, in groups."""

    people: int

    @property
    def groups(self) -> int:
        """How many."""
        return self.people // PEOPLE_OF_GROUP

    @property
    def memberships(self) -> int:
        """How many, everybody's own among them."""
        return sum(len(self.groups_of(rank)) for rank in range(self.people))

    def groups_of(self, rank: int) -> set[int]:
        """Their numbers."""
        others = self.groups - 1
        return {0, *(1 + (rank + each * 7) % others for each in range(GROUPS_OF_PERSON - 1))}

    def ldif(self) -> str:
        """All entries, each changed at a time of its own, long ago."""
        members: dict[int, list[str]] = {number: [] for number in range(self.groups)}
        for rank in range(self.people):
            for number in self.groups_of(rank):
                members[number].append(f"member: {person(rank)}")
        return START + "".join(self._entries(members))

    def _entries(self, members: dict[int, list[str]]) -> Iterator[str]:
        for rank in range(self.people):
            attributes = {**attributes_of(rank), "modifyTimestamp": _moment(rank)}
            lines = "\n".join(starmap(_line, attributes.items()))
            yield f"dn: {person(rank)}\n{lines}\n\n"
        for number, lines_of in members.items():
            lines = "\n".join(lines_of)
            moment = _moment(self.people + number)
            yield (
                f"dn: {group(number)}\nobjectClass: groupOfNames\ncn: {group_name(number)}\n"
                f"{lines}\nmodifyTimestamp: {moment}\n\n"
            )


def attributes_of(rank: int) -> dict[str, str]:
    """What the directory says of somebody."""
    user = population.user(rank)
    address, work = user["addresses"][0], user[population.ENTERPRISE_USER]
    return {
        "objectClass": "inetOrgPerson",
        "uid": user["userName"],
        "cn": user["displayName"],
        "givenName": user["name"]["givenName"],
        "sn": user["name"]["familyName"],
        "mail": user["emails"][0]["value"],
        "title": user["title"],
        "telephoneNumber": user["phoneNumbers"][0]["value"],
        "mobile": user["phoneNumbers"][0]["value"].replace("+351 2", "+351 9"),
        "street": address["streetAddress"],
        "l": address["locality"],
        "st": address["region"],
        "postalCode": address["postalCode"],
        "o": work["organization"],
        "departmentNumber": work["department"],
        "employeeNumber": work["employeeNumber"],
        "manager": person(rank // REPORTS),
    }


def _line(name: str, value: str) -> str:
    if value.isascii():
        return f"{name}: {value}"
    return f"{name}:: {b64encode(value.encode()).decode()}"


def _moment(number: int) -> str:
    return f"{BEGINNING + number * APART:%Y%m%d%H%M%SZ}"


@dataclass(frozen=True)
class Directory:
    """A running slapd with one company, and who writes to it."""

    port: int
    admin: ldap3.Connection

    @property
    def url(self) -> str:
        """Unencrypted, within this machine."""
        return f"ldap://127.0.0.1:{self.port}"

    def put(self, dn: str, attributes: dict[str, str]) -> None:
        """Create an entry. Raises NotMeasured."""
        self._done(self.admin.add(dn, attributes=attributes))

    def change(self, dn: str, how: str, attribute: str, value: str) -> None:
        """Add, replace or delete a value: ``ldap3.MODIFY_…``. Raises NotMeasured."""
        self._done(self.admin.modify(dn, {attribute: [(how, [value])]}))

    def delete(self, dn: str) -> None:
        """Remove an entry; memberships that it has stay. Raises NotMeasured."""
        self._done(self.admin.delete(dn))

    def _done(self, succeeded: Any) -> None:
        if not succeeded:
            raise NotMeasured(f"slapd refuses a change: {self.admin.result}")


@contextmanager
def directory(company: Company, folder: Path) -> Iterator[Directory]:
    """Run a slapd with this company until the block ends. Raises NotStarted."""
    folder.mkdir()
    (folder / "data").mkdir()
    configuration = CONFIGURATION.format(
        modules=slapd.MODULES,
        schemas=slapd.SCHEMAS,
        folder=folder,
        suffix=SUFFIX,
        admin=ADMIN,
        password=PASSWORD,
    )
    slapd.prepare(folder, configuration)
    slapd.load(folder, SUFFIX, company.ldif())
    port = free_port()
    bound = slapd.bound(port, ADMIN, PASSWORD)
    with slapd.serving(folder, port, [f"ldap://127.0.0.1:{port}"]), bound as admin:
        yield Directory(port, admin)
