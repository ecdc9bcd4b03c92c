"""What the lines of a file do to accounts, and whose line is bad.

A line finds an account by its userName only, and changes one only where that is asked for (security
rule 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from scim_server.directory.accounts import profiles
from scim_server.directory.accounts.accounts import Accounts, AddressTaken, Profile, taken
from scim_server.directory.accounts.lifecycle import FIRST, Status, towards
from scim_server.directory.callers import LOCAL, Caller
from scim_server.directory.files.known import Known, addresses_in, known
from scim_server.directory.files.outcomes import Effect, Plan, Report
from scim_server.directory.files.sheets import Line
from scim_server.directory.ports import Reader, Resource
from scim_server.directory.rights.rights import Permission
from scim_server.directory.signing.password_rules import check, known_in
from scim_server.protocol.errors import InvalidValue, NotUnique, ScimError
from scim_server.protocol.schema import Document
from scim_server.protocol.values import key as key_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A line that can be written: a document to create, or else the id of an account to change.

    addresses: that no other account may have
    hashed:    the password of a new account
    """

    line: Line
    document: Document | None = None
    account: str | None = None
    addresses: tuple[str, ...] = ()
    hashed: str | None = field(default=None, repr=False)


class Judge:
    """One pass over a file. What is seen is kept, for two of its lines may say the same."""

    def __init__(self, accounts: Accounts, caller: Caller, plan: Plan) -> None:
        self.accounts = accounts
        self.users = accounts.users
        self.caller = caller
        self.plan = plan
        self.report = Report(plan)
        self.names: dict[str, int] = {}
        self.addresses: dict[str, int] = {}

    def judge(self, reader: Reader, chunk: Sequence[Line]) -> list[Judged]:
        """Those that do something; the report tells of all the others."""
        found = known(reader, self.accounts, self.caller, chunk)
        judged = []
        for line in chunk:
            try:
                one = self._judged(found, line)
            except ScimError as fault:
                self.report.tell(line, Effect.REFUSED, fault.detail)
                continue
            if one is None:
                self.report.tell(line, Effect.NOTHING)
            else:
                judged.append(one)
        return judged

    def _judged(self, found: Known, line: Line) -> Judged | None:
        """None: there is nothing to do."""
        if line.fault is not None:
            raise InvalidValue(line.fault)
        key = key_of(self.accounts.names.leaf, line.name)
        if self.names.setdefault(key, line.number) != line.number:
            raise NotUnique(f"Line {self.names[key]} has the same userName.")
        account = found.accounts.get(key)
        if account is not None and not self.plan.update:
            raise taken(line.name)
        leaf = self.accounts.group_names.leaf
        joins = found.joins(account, {key_of(leaf, name): name for name in line.groups})
        if account is None:
            return self._new(found, line)
        return self._changed(found, line, account, joins)

    def _new(self, found: Known, line: Line) -> Judged:
        status = line.status or Status.ACTIVE
        if status not in FIRST:
            raise InvalidValue(f"A new account cannot be {status}.")
        self.accounts.check_names(found.policy, line.profile)
        document = self.accounts.drafted(line.profile, status)
        if line.password is not None:
            self.caller.own_rights.require_everywhere(Permission.CREDENTIALS_WRITE)
            check(found.policy, line.password, False, known_in(self.users, document))
        return Judged(line, document, addresses=self._free_addresses(found, line, None))

    def _changed(self, found: Known, line: Line, account: Resource, joins: bool) -> Judged | None:
        if line.password is not None:
            raise InvalidValue("Only a new account takes a password from a file.")
        after = profiles.laid(self.users, account.document, without_name(self.accounts, line))
        changes = profiles.operations(self.users, account.document, after)
        status = line.status or account.status
        if status is not account.status and account.status and status:
            towards(account.status, status)
        elif not changes and not joins:
            return None
        local = account.source == LOCAL
        addresses = self._free_addresses(found, line, account) if local else ()
        return Judged(line, account=account.id, addresses=addresses)

    def _free_addresses(
        self, found: Known, line: Line, account: Resource | None
    ) -> tuple[str, ...]:
        """Those that the line claims, where the policy wants them unique. Raises NotUnique."""
        if not found.policy.unique_email:
            return ()
        addresses = addresses_in(line)
        for address in addresses:
            key = key_of(self.accounts.addresses.leaf, address)
            others = set(found.addresses.get(key, ())) - {account.key if account else None}
            if others or self.addresses.setdefault(key, line.number) != line.number:
                raise AddressTaken
        return addresses


def without_name(accounts: Accounts, line: Line) -> Profile:
    """The profile of a line but the name: the account keeps its own, in whatever letter case."""
    name = accounts.names.attribute.name
    return {member: value for member, value in line.profile.items() if member != name}
