"""``[ldap]`` of a source's file: which servers, as whom, and where in the tree to look.

[ldap]
url = ["ldaps://dc1.example.com", "ldaps://dc2.example.com"]   # the next where one is silent
bind = "cn=reader,dc=example,dc=com"
password_env = "CORP_LDAP_PASSWORD"       # or password_file
ca_file = "ca.pem"                        # else the certificates that the system trusts
base = "dc=example,dc=com"

[ldap.users]
base = ["ou=staff,dc=example,dc=com", "ou=guests,dc=example,dc=com"]
filter = "(&(objectClass=inetOrgPerson)(!(employeeType=robot)))"

[ldap.groups]
nested = "flatten"
"""

import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema

from scim_server.sync.faults import Faults
from scim_server.sync.files.tables import Surroundings, load, secret
from scim_server.sync.http import is_loopback, trust
from scim_server.sync.ldap.fields import PORTS, GroupFields, LdapFields, PartFields
from scim_server.sync.ldap.names import is_below


@dataclass(frozen=True, slots=True)
class Address:
    """Where a server listens."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Bind:
    """Who asks; ``mechanism``: simple, plain, external (``name``: a file) or anonymous."""

    mechanism: str
    name: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """Where the entries of one kind are; what is empty has the dialect's default.

    scope:  "subtree", or "one" level below the bases
    by:     "members": groups name who is in them; "memberOf": only those who are in them say so
    nested: "keep": a group in a group stays one; "flatten": its members count as the outer one's
    """

    bases: tuple[str, ...]
    filter: str = ""
    scope: str = "subtree"
    id: str = ""
    members: tuple[str, ...] = ()
    by: str = "members"
    nested: str = "keep"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is read, and how.

    context:         what a connection is encrypted with; None: it is not, and within this machine
    parts:           by kind
    flags:           what says that an account is off; None: the dialect's
    answer_seconds:  for the answer to a search, or to a page of it
    reading_seconds: for one pass over all
    most_entries:    of a kind
    referrals:       "refuse": parts of the tree that other servers hold are a fault; or "ignore"
    binary:          folded names of attributes that are no text, besides the known ones
    """

    addresses: tuple[Address, ...]
    context: ssl.SSLContext | None = field(repr=False)
    bind: Bind
    parts: Mapping[str, Part]
    dialect: str = "auto"
    flags: tuple[str, ...] | None = None
    page_size: int = 500
    connect_seconds: int = 10
    answer_seconds: int = 60
    reading_seconds: int = 3600
    most_entries: int = 5_000_000
    referrals: str = "refuse"
    binary: frozenset[str] = frozenset()


_AS_THEY_ARE = (
    "dialect",
    "page_size",
    "connect_seconds",
    "answer_seconds",
    "reading_seconds",
    "most_entries",
    "referrals",
)


def read_settings(
    given: object, place: str, faults: Faults, around: Surroundings
) -> Settings | None:
    """The table as it was parsed; None where something is wrong with it, and told."""
    before = len(faults)
    told = load(LdapFields, given, place, faults)
    if told is None or not isinstance(given, Mapping):
        return None
    addresses = tuple(map(_address, told.get("url", ())))
    settings = Settings(
        addresses,
        _context(told, addresses, place, faults, around),
        _bind(given, told, place, faults, around),
        {
            "User": _part(PartFields, given, told, "users", place, faults),
            "Group": _part(GroupFields, given, told, "groups", place, faults),
        },
        flags=tuple(told["flags"]) if "flags" in told else None,
        binary=frozenset(map(str.lower, told.get("binary", ()))),
        **{name: told[name] for name in _AS_THEY_ARE if name in told},
    )
    return settings if len(faults) == before else None


def _address(url: str) -> Address:
    parts = urlsplit(url)
    return Address(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme])


def _context(
    told: Mapping[str, Any],
    addresses: Sequence[Address],
    place: str,
    faults: Faults,
    around: Surroundings,
) -> ssl.SSLContext | None:
    if told.get("tls") == "none":
        if not all(at.scheme == "ldap" and is_loopback(at.host) for at in addresses):
            faults.at(f"{place}.tls", 'may be "none" only with ldap:// and within this machine')
        return None
    context = trust(around.folder, told.get("ca_file"), place, faults)
    if "cert_file" in told:
        certificate = around.folder / told["cert_file"]
        key = around.folder / told.get("key_file", told["cert_file"])
        try:
            # Without a password OpenSSL would ask for one at the terminal.
            context.load_cert_chain(certificate, key, password="")
        except (OSError, ValueError) as fault:
            faults.at(f"{place}.cert_file", f"cannot be used: {fault}")
    elif "key_file" in told:
        faults.at(f"{place}.key_file", "needs a cert_file")
    return context


def _bind(
    given: Mapping[str, Any],
    told: Mapping[str, Any],
    place: str,
    faults: Faults,
    around: Surroundings,
) -> Bind:
    mechanism, name = told.get("mechanism"), told.get("bind", "")
    password = secret(told, place, faults, around)
    if mechanism in ("simple", "plain"):
        if "bind" not in given:
            faults.at(f"{place}.bind", f'is missing: mechanism "{mechanism}" needs it')
        if not {"password_env", "password_file"} & given.keys():
            faults.at(place, f'needs password_env or password_file: mechanism "{mechanism}"')
    elif mechanism and (name or password):
        faults.at(f"{place}.mechanism", f'"{mechanism}" takes no bind and no password')
    if mechanism == "external":
        if "cert_file" not in given or told.get("tls") == "none":
            faults.at(f"{place}.cert_file", 'is missing: mechanism "external" needs it, and tls')
        name = told.get("cert_file", "")
    return Bind(mechanism or "", name, password or "")


def _part(
    schema: type[Schema],
    given: Mapping[str, Any],
    told: Mapping[str, Any],
    table: str,
    place: str,
    faults: Faults,
) -> Part:
    own = load(schema, told[table], f"{place}.{table}", faults)
    if own is None:
        return Part(())
    if not ("base" in given or "base" in told[table]):
        faults.at(f"{place}.{table}.base", "is missing, as is one for both kinds")
    part = Part(own.pop("base", told.get("base", ())), **own)
    for base in part.bases:
        if part.scope == "subtree" and sum(is_below(base, other) for other in part.bases) > 1:
            faults.at(f"{place}.{table}.base", f"{base} lies below another one: read twice")
    return part
