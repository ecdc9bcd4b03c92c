"""Writes lines of a file that were judged before, in a transaction that holds up everybody else.

What was judged may have changed meanwhile: then nothing is written, and it is judged again.
"""

from collections.abc import Mapping, Sequence

from scim_server.directory.accounts import profiles
from scim_server.directory.accounts.accounts import Accounts
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.change import Change
from scim_server.directory.files.judging import Judged, without_name
from scim_server.directory.files.known import known_groups
from scim_server.directory.files.outcomes import Effect, Report
from scim_server.directory.files.sheets import Line
from scim_server.directory.ports import Resource
from scim_server.directory.signing.passwords import set_first_passwords
from scim_server.protocol.errors import Forbidden, InvalidValue, NotFound, NotUnique, ScimError
from scim_server.protocol.messages import Operation
from scim_server.protocol.schema import Document
from scim_server.protocol.values import key as key_of


class Stale(Exception):
    """Somebody has taken a name or an address since, or a group is gone or has another role."""


class Applying:
    """Writes to accounts what lines say, as far as nothing stands against it."""

    def __init__(self, accounts: Accounts, report: Report) -> None:
        self.accounts = accounts
        self.users, self.groups = accounts.users, accounts.groups
        self.report = report

    def write(self, change: Change, judged: Sequence[Judged]) -> None:
        """Some lines; the report tells of each, also whose account is not to be changed after all.

        Raises Stale.
        """
        self._check_addresses(change, judged)
        new = [each for each in judged if each.document is not None]
        try:
            made = change.create([change.draft(self.users, each.document or {}) for each in new])
        except NotUnique:
            raise Stale from None
        for each in new:
            self.report.tell(each.line, Effect.CREATE)
        pairs = list(zip(new, made, strict=True))
        set_first_passwords(change, [(user, each.hashed) for each, user in pairs if each.hashed])
        ids = {each.line.number: user.id for each, user in pairs}
        for each in judged:
            if each.account is not None and self._is_changed(change, each.line, each.account):
                ids[each.line.number] = each.account
        self._join(change, [each for each in judged if each.line.number in ids], ids)

    def _check_addresses(self, change: Change, judged: Sequence[Judged]) -> None:
        """Raises Stale."""
        leaf, census = self.accounts.addresses.leaf, change.store.census
        claims = {key_of(leaf, a): each.account for each in judged for a in each.addresses}
        if not claims:
            return
        census.await_turn()
        found = census.holders(self.users, self.accounts.addresses, list(claims))
        held = census.resources([holder for holders in found.values() for holder in holders])
        ids = {each.key: each.id for each in held}
        for address, holders in found.items():
            # Who holds it may go between the two look-ups.
            if {ids[holder] for holder in holders if holder in ids} - {claims[address]}:
                raise Stale

    def _is_changed(self, change: Change, line: Line, id: str) -> bool:
        """Change an account, unless that is refused: then its line is, after all."""
        try:
            with change.store.attempt():
                after = self._change(change, line, id)
                if line.groups and after.status is Status.DEPROVISIONED:
                    raise InvalidValue("Who is deprovisioned joins no group.")
        except ScimError as fault:
            self.report.tell(line, Effect.REFUSED, fault.detail)
            return False
        self.report.tell(line, Effect.UPDATE)
        return True

    def _change(self, change: Change, line: Line, id: str) -> Resource:
        before = change.store.lock(self.users, id)
        after = profiles.laid(self.users, before.document, without_name(self.accounts, line))
        operations = profiles.operations(self.users, before.document, after)
        if line.status is not None and line.status is not before.status:
            path = f"{self.users.storage.account}:status"
            status = Operation("replace", path, line.status.value, has_value=True)
            operations = (*operations, status)
        return change.patch(self.users, id, operations, None) if operations else before

    def _join(self, change: Change, judged: Sequence[Judged], ids: Mapping[int, str]) -> None:
        """One change for each group. Raises Stale."""
        members: dict[str, list[Document]] = {}
        for each in judged:
            for group in each.line.groups:
                members.setdefault(group, []).append({"value": ids[each.line.number]})
        if not members:
            return
        groups = known_groups(change.store, self.accounts, list(members))
        for name, values in members.items():
            found = groups.get(key_of(self.accounts.group_names.leaf, name), ())
            if len(found) != 1:
                raise Stale
            add = Operation("add", self.groups.storage.members, values, has_value=True)
            try:
                change.patch(self.groups, found[0].id, (add,), None)
            except (NotFound, Forbidden):
                raise Stale from None
