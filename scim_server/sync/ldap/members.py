"""Who is in a group, as the directory has it: at the group, at the user, or through groups."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from scim_server.sync.entries import Entry, SourceFault, Unreadable
from scim_server.sync.ldap.entries import texts
from scim_server.sync.ldap.names import folded, name_of
from scim_server.sync.ldap.search import Found

MEMBER_UID = "memberuid"
"""Names users by what they have in ``uid`` (RFC 2307 §2.2), not by their DN."""

Members = Callable[[Found, str], tuple[str, ...]]
"""The names of those in a group, in order, by the group's entry and name. Raises NoText."""


def at_groups(attributes: Sequence[str], by_uid: Mapping[str, str]) -> Members:
    """In attributes of the group, by their folded names; ``by_uid``: names of users."""

    def members(found: Found, _name: str) -> tuple[str, ...]:
        names: set[str] = set()
        for attribute in attributes:
            given = texts(found, attribute)
            if attribute == MEMBER_UID:
                names.update(by_uid.get(folded(uid), uid) for uid in given)
            else:
                names.update(map(name_of, given))
        return tuple(sorted(names))

    return members


def at_users(in_groups: Mapping[str, Sequence[str]]) -> Members:
    """By group, the names of the users who say that they are in it."""
    return lambda _found, name: tuple(sorted(in_groups.get(name, ())))


def turned(users: Iterable[Found], attribute: str) -> dict[str, list[str]]:
    """By what users have in an attribute, their names. Raises SourceFault: one cannot be read.

    Who cannot be read would be missing from every group.
    """
    found: dict[str, list[str]] = {}
    for user in users:
        try:
            name, values = name_of(user.dn.decode()), texts(user, attribute)
        except ValueError:
            raise SourceFault(f"the {attribute} of a user is no text") from None
        if user.broken:
            raise SourceFault(f"the {attribute} of a user changed while it was read")
        for value in values:
            key = folded(value) if attribute == "uid" else name_of(value)
            found.setdefault(key, []).append(name)
    return found


def unambiguous(names: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What stands for one user only."""
    return {key: users[0] for key, users in names.items() if len(users) == 1}


def flattened(groups: Sequence[Entry | Unreadable]) -> Iterator[Entry | Unreadable]:
    """Each group with the members of the groups in it, and none of those groups.

    Where a group in it cannot be read, nor can the outer one: its people would seem to have left.
    """
    direct = {each.name: each.members or () for each in groups if isinstance(each, Entry)}
    unreadable = {name_of(each.place) for each in groups if isinstance(each, Unreadable)}
    for group in groups:
        if isinstance(group, Unreadable):
            yield group
            continue
        reached = _reached(group.name, direct)
        if reached & unreadable:
            why = "has a group in it that cannot be read"
            yield Unreadable(group.kind, group.place, why, group.id)
        else:
            yield replace(group, members=tuple(sorted(reached - direct.keys())))


def _reached(name: str, direct: Mapping[str, Sequence[str]]) -> set[str]:
    """All names in a group, groups as well; groups may hold each other."""
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        for member in direct.get(ahead.pop(), ()):
            if member not in reached:
                reached.add(member)
                if member in direct:
                    ahead.append(member)
    return reached
