"""What the lines of a file do to accounts, and whose line is bad.

A line finds an account by its userName only, and changes one only where that is asked for (security
rule 2).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scim_server.directory import profiles
from scim_server.directory.accounts import Accounts, Profile, taken
from scim_server.directory.callers import LOCAL
from scim_server.directory.change import Change
from scim_server.directory.lifecycle import FIRST, Status, towards
from scim_server.directory.policy import Policy
from scim_server.directory.ports import Contention, Reader, Resource
from scim_server.directory.sheets import Line
from scim_server.protocol.errors import InvalidValue, NotUnique, ScimError
from scim_server.protocol.messages import Operation
from scim_server.protocol.schema import Document
from scim_server.protocol.values import UNSTORABLE
from scim_server.protocol.values import key as key_of


class Effect(StrEnum):
    """What a line does."""

    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a line; ``detail``: why it is refused."""

    line: int
    name: str
    effect: Effect
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """How to import.

    dry_run:  judge, and write nothing
    skip_bad: go on without the lines that are refused; else one such line stops them all
    update:   change the accounts that there are by that name
    """

    dry_run: bool = False
    skip_bad: bool = False
    update: bool = False


@dataclass(slots=True)
class Report:
    """What became of all lines; ``told``: each one of a dry run, else those that were refused."""

    counts: dict[Effect, int] = field(default_factory=lambda: dict.fromkeys(Effect, 0))
    told: list[Outcome] = field(default_factory=list)

    @property
    def refused(self) -> int:
        """How many lines were."""
        return self.counts[Effect.REFUSED]


@dataclass(frozen=True, slots=True)
class Judged:
    """A line that can be written: a document to create, or an account to change."""

    line: Line
    effect: Effect
    document: Document | None = None
    account: Resource | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What there is already of what the lines of a chunk say, by comparison keys.

    joined: the names of the groups that each account is in, by its store key
    """

    accounts: Mapping[str, Resource]
    addresses: Mapping[str, Sequence[int]]
    groups: Mapping[str, Sequence[Resource]]
    joined: Mapping[int, Sequence[str]]
    policy: Policy
    of: Accounts

    def check_group(self, name: str) -> None:
        """Raises InvalidValue: there is none of that name, or more than one."""
        found = self.groups.get(key_of(self.of.group_names.leaf, name), ())
        if len(found) != 1:
            said = "There is no group" if not found else "There is more than one group"
            raise InvalidValue(f'{said} "{name[:100]}".')

    def lacks(self, account: Resource, groups: Sequence[str]) -> bool:
        """Whether an account is not yet in one of these groups."""
        return not set(groups) <= set(self.joined.get(account.key, ()))

    def address_keys(self, profile: Profile) -> list[str]:
        """Of the e-mail addresses in a profile."""
        given = (profile.get(name) for name in profiles.ADDRESSES)
        return [key_of(self.of.addresses.leaf, each) for each in given if each]


def known(reader: Reader, accounts: Accounts, chunk: Sequence[Line]) -> Known:
    """Look up all at once what the lines of a chunk name."""
    policy, census = reader.policy.get(), reader.census
    lines = [line for line in chunk if line.fault is None]
    names = census.holders(accounts.users, accounts.names, [line.name for line in lines])
    found = {r.key: r for r in census.resources([key for keys in names.values() for key in keys])}
    given = [line.profile.get(name) for line in lines for name in profiles.ADDRESSES]
    wanted = [each for each in given if isinstance(each, str) and not UNSTORABLE.search(each)]
    addresses: Mapping[str, Sequence[int]] = {}
    if policy.unique_email:
        census.await_turn()
        addresses = census.holders(accounts.users, accounts.addresses, wanted)
    groups = known_groups(reader, accounts, [name for line in lines for name in line.groups])
    joined = census.groups_of(list(found)) if groups and found else {}
    by_name = {key: found[holder] for key, [holder] in names.items()}
    return Known(by_name, addresses, groups, joined, policy, accounts)


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
    return {name: [groups[key] for key in found] for name, found in holders.items()}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a report stands."""

    counts: Mapping[Effect, int]
    told: int


class Judge:
    """One pass over a file. What is seen is kept, for two of its lines may say the same."""

    def __init__(self, accounts: Accounts, plan: Plan) -> None:
        self.accounts = accounts
        self.users, self.groups = accounts.users, accounts.groups
        self.plan = plan
        self.begin()

    def begin(self) -> None:
        """From the first line, also when the transaction is tried again."""
        self.report = Report()
        self.names: dict[str, int] = {}
        self.addresses: dict[str, int] = {}

    def mark(self) -> Mark:
        """Where the report stands."""
        return Mark(dict(self.report.counts), len(self.report.told))

    def back(self, mark: Mark) -> None:
        """To there: a chunk is tried again. What was seen stays, by its line."""
        self.report.counts = dict(mark.counts)
        del self.report.told[mark.told :]

    def write(self, change: Change, chunk: Sequence[Line]) -> None:
        """Judge a chunk and write what is good, unless something was refused that stops all.

        Raises Contention: somebody else has taken a name since it was judged.
        """
        judged = self.judge(change.store, chunk)
        if self.report.refused and not self.plan.skip_bad:
            return
        new = [each for each in judged if each.document is not None]
        try:
            drafts = [change.draft(self.users, dict(each.document or {})) for each in new]
            made = change.create(drafts)
        except NotUnique:
            raise Contention from None
        ids = {each.line.number: resource.id for each, resource in zip(new, made, strict=True)}
        for each in judged:
            if each.account is not None and self._change(change, each):
                ids[each.line.number] = each.account.id
        self._join(change, [each for each in judged if each.line.number in ids], ids)

    def judge(self, reader: Reader, chunk: Sequence[Line]) -> list[Judged]:
        """What each line does; the report tells of all, and those come back that do something."""
        found = known(reader, self.accounts, chunk)
        judged = []
        for line in chunk:
            try:
                one = self._judged(found, line)
            except ScimError as fault:
                self._tell(line, Effect.REFUSED, fault.detail)
                continue
            self._tell(line, one.effect)
            if one.effect is not Effect.NOTHING:
                judged.append(one)
        return judged

    def _judged(self, found: Known, line: Line) -> Judged:
        if line.fault is not None:
            raise InvalidValue(line.fault)
        key = key_of(self.accounts.names.leaf, line.name)
        if self.names.setdefault(key, line.number) != line.number:
            raise NotUnique(f"Line {self.names[key]} has the same userName.")
        for group in line.groups:
            found.check_group(group)
        account = found.accounts.get(key)
        if account is None:
            return self._new(found, line)
        if not self.plan.update:
            raise taken(line.name)
        return self._changed(found, line, account)

    def _new(self, found: Known, line: Line) -> Judged:
        status = line.status or Status.ACTIVE
        if status not in FIRST:
            raise InvalidValue(f"A new account cannot be {status}.")
        self.accounts.check_names(found.policy, line.profile)
        document = self.accounts.drafted(line.profile, status)
        self._check_addresses(found, line, None)
        return Judged(line, Effect.CREATE, document)

    def _changed(self, found: Known, line: Line, account: Resource) -> Judged:
        after = profiles.laid(self.users, account.document, self._found_by_name(line))
        changes = profiles.operations(self.users, account.document, after)
        status = line.status or account.status
        if status is not account.status and account.status and status:
            towards(account.status, status)
        elif not changes and not found.lacks(account, line.groups):
            return Judged(line, Effect.NOTHING)
        if account.source == LOCAL:
            self._check_addresses(found, line, account)
        return Judged(line, Effect.UPDATE, account=account)

    def _found_by_name(self, line: Line) -> Profile:
        """Without the name: the one that the account has, in whatever letter case, stays."""
        name = self.accounts.names.attribute.name
        return {member: value for member, value in line.profile.items() if member != name}

    def _check_addresses(self, found: Known, line: Line, account: Resource | None) -> None:
        if not found.policy.unique_email:
            return
        for key in found.address_keys(line.profile):
            others = set(found.addresses.get(key, ())) - {account.key if account else None}
            if others or self.addresses.setdefault(key, line.number) != line.number:
                raise NotUnique("Another account has this e-mail address already.")

    def _change(self, change: Change, judged: Judged) -> bool:
        """Whether an account could be changed; else its line is refused after all."""
        line, account = judged.line, judged.account
        assert account is not None
        try:
            with change.store.attempt():
                before = change.store.lock(self.users, account.id)
                after = profiles.laid(self.users, before.document, self._found_by_name(line))
                operations = profiles.operations(self.users, before.document, after)
                if line.status is not None and line.status is not before.status:
                    path = f"{self.users.storage.account}:status"
                    status = Operation("replace", path, line.status.value, has_value=True)
                    operations = (*operations, status)
                if operations:
                    change.patch(self.users, account.id, operations, None)
        except ScimError as fault:
            self.report.counts[Effect.UPDATE] -= 1
            self._tell(line, Effect.REFUSED, fault.detail)
            return False
        return True

    def _join(self, change: Change, judged: Sequence[Judged], ids: Mapping[int, str]) -> None:
        """One change for each group."""
        members: dict[str, list[Document]] = {}
        for each in judged:
            for group in each.line.groups:
                members.setdefault(group, []).append({"value": ids[each.line.number]})
        if not members:
            return
        groups = known_groups(change.store, self.accounts, list(members))
        for name, values in members.items():
            [found] = groups[key_of(self.accounts.group_names.leaf, name)]
            add = Operation("add", self.groups.storage.members, values, has_value=True)
            change.patch(self.groups, found.id, (add,), None)

    def _tell(self, line: Line, effect: Effect, detail: str | None = None) -> None:
        self.report.counts[effect] += 1
        if self.plan.dry_run or effect is Effect.REFUSED:
            self.report.told.append(Outcome(line.number, line.name, effect, detail))
