"""What there is already of what the lines of a file say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from scim_server.directory.accounts import profiles
from scim_server.directory.accounts.accounts import Accounts
from scim_server.directory.accounts.policy import Policy
from scim_server.directory.callers import Caller
from scim_server.directory.files.sheets import Line
from scim_server.directory.ports import Reader, Resource
from scim_server.directory.rights.guards import require_own_of
from scim_server.protocol.errors import Forbidden, InvalidValue
from scim_server.protocol.values import UNSTORABLE
from scim_server.protocol.values import key as key_of


@dataclass(frozen=True, slots=True)
class Known:
    """What there is already of what the lines of a chunk say, by comparison keys.

    barred: why the caller may add nobody to a group, by its store key
    joined: the keys of the groups that each account is in, by its store key
    """

    accounts: Mapping[str, Resource]
    addresses: Mapping[str, Sequence[int]]
    groups: Mapping[str, Sequence[Resource]]
    barred: Mapping[int, str]
    joined: Mapping[int, Collection[str]]
    policy: Policy

    def joins(self, account: Resource | None, groups: Mapping[str, str]) -> bool:
        """Whether an account, or a new one, comes into one of these groups: names by key.

        Raises InvalidValue: there is none of a name, or more than one; Forbidden.
        """
        joined = self.joined.get(account.key, ()) if account else ()
        for key, name in groups.items():
            found = self.groups.get(key, ())
            if len(found) != 1:
                said = "There is no group" if not found else "There is more than one group"
                raise InvalidValue(f'{said} "{name[:100]}".')
            if key not in joined and found[0].key in self.barred:
                raise Forbidden(f'The group "{name[:100]}": {self.barred[found[0].key]}')
        return not groups.keys() <= set(joined)


def known(reader: Reader, accounts: Accounts, caller: Caller, chunk: Sequence[Line]) -> Known:
    """Look up all at once what the lines of a chunk name."""
    policy, census = reader.policy.get(), reader.census
    lines = [line for line in chunk if line.fault is None]
    names = census.holders(accounts.users, accounts.names, [line.name for line in lines])
    found = {r.key: r for r in census.resources([key for keys in names.values() for key in keys])}
    addresses: Mapping[str, Sequence[int]] = {}
    if policy.unique_email:
        given = [each for line in lines for each in addresses_in(line)]
        addresses = census.holders(accounts.users, accounts.addresses, given)
    groups = known_groups(reader, accounts, [name for line in lines for name in line.groups])
    leaf = accounts.group_names.leaf
    joined = {
        user: {key_of(leaf, name) for name in joined}
        for user, joined in (census.groups_of(list(found)) if groups and found else {}).items()
    }
    by_name = {key: found[holder] for key, [holder] in names.items()}
    return Known(by_name, addresses, groups, _barred(reader, caller, groups), joined, policy)


def addresses_in(line: Line) -> tuple[str, ...]:
    """Texts that may be e-mail addresses."""
    given = (line.profile.get(name) for name in profiles.ADDRESSES)
    return tuple(g for g in given if g and isinstance(g, str) and not UNSTORABLE.search(g))


def known_groups(
    reader: Reader, accounts: Accounts, names: Sequence[str]
) -> Mapping[str, Sequence[Resource]]:
    """The groups with these names, by comparison key."""
    if not names:
        return {}
    path = accounts.group_names
    holders = reader.census.holders(accounts.groups, path, set(names))
    keys = [key for found in holders.values() for key in found]
    groups = {group.key: group for group in reader.census.resources(keys)}
    # Outside of a snapshot, one may go between the two look-ups.
    return {
        name: [groups[key] for key in found if key in groups] for name, found in holders.items()
    }


def _barred(
    reader: Reader, caller: Caller, groups: Mapping[str, Sequence[Resource]]
) -> dict[int, str]:
    """Of those whose members have roles that the caller has not."""
    barred = {}
    for group in (group for found in groups.values() for group in found):
        try:
            require_own_of(caller, reader, group)
        except Forbidden as fault:
            barred[group.key] = fault.detail
    return barred
