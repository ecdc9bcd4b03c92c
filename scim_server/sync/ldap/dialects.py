"""What directories of one make have in common: the defaults of the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ACTIVE_DIRECTORY_CAPABILITY = b"1.2.840.113556.1.4.800"

UUIDS = frozenset({"objectguid", "ms-ds-consistencyguid"})
"""Folded names of attributes with 16 octets, in the order that Active Directory writes them."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What holds where the settings do not say otherwise.

    id:         the attribute that an entry has for ever
    changed:    the attribute by which changes are found
    users:      the filter of users
    groups:     the filter of groups
    members:    where groups have their members
    flags:      what says that an account is off
    always:     flags that every user has: without one, it is hidden from us
    elsewhere:  parts of the tree that are always referred to, and where nobody is looked for
    """

    id: str
    changed: str
    users: str
    groups: str
    members: tuple[str, ...]
    flags: tuple[str, ...]
    always: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


_PEOPLE = "(objectClass=inetOrgPerson)"
_GROUPS = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames))"
_MEMBERS = ("member", "uniqueMember")

DIALECTS: Mapping[str, Dialect] = {
    "openldap": Dialect(
        "entryUUID", "modifyTimestamp", _PEOPLE, _GROUPS, _MEMBERS, ("pwdAccountLockedTime",)
    ),
    "389ds": Dialect(
        "nsUniqueId", "modifyTimestamp", _PEOPLE, _GROUPS, _MEMBERS, ("nsAccountLock",)
    ),
    "active directory": Dialect(
        "objectGUID",
        "uSNChanged",
        "(&(objectCategory=person)(objectClass=user))",
        "(objectClass=group)",
        ("member",),
        ("userAccountControl", "accountExpires"),
        ("userAccountControl",),
        ("cn=configuration", "dc=domaindnszones", "dc=forestdnszones"),
    ),
}


def recognised(root: Mapping[str, Sequence[bytes]]) -> Dialect | None:
    """By a server's root DSE; None: it does not say.

    There is no usual one: who is off in one make of directory would be on in another.
    """
    if ACTIVE_DIRECTORY_CAPABILITY in root.get("supportedcapabilities", ()):
        return DIALECTS["active directory"]
    if any(vendor.startswith(b"389") for vendor in root.get("vendorname", ())):
        return DIALECTS["389ds"]
    if b"OpenLDAProotDSE" in root.get("objectclass", ()):
        return DIALECTS["openldap"]
    return None
