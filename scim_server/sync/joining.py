"""Writes joiners: all of a transaction at once, and one by one where one of them is refused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.change import Draft
from scim_server.directory.ports import Resource
from scim_server.directory.sources.anchors import Anchor
from scim_server.protocol.errors import ScimError
from scim_server.sync import outcomes
from scim_server.sync.plan import Join
from scim_server.sync.portion import SETTLED_NEVER, Portion


@dataclass(frozen=True, slots=True)
class Joining:
    """The joiners of one transaction."""

    portion: Portion

    def write(self, joins: Sequence[Join]) -> None:
        """Who is refused is told, and stops no other."""
        portion, drafts = self.portion, list(self._drafted(joins))
        try:
            with portion.change.store.attempt():
                made = self._made([join for join, _ in drafts], [draft for _, draft in drafts])
        except ScimError:
            for join, draft in drafts:
                fault = portion.attempt(join.desired.id, partial(self._made_alone, join, draft))
                portion.tell(join.desired.id, join.desired.place, fault)
            return
        portion.written.anchors.extend(made)

    def _drafted(self, joins: Sequence[Join]) -> Iterator[tuple[Join, Draft]]:
        for join in joins:
            try:
                yield join, self._draft(join)
            except ScimError as fault:
                self.portion.tell(join.desired.id, join.desired.place, fault)

    def _draft(self, join: Join) -> Draft:
        """Raises ScimError."""
        portion = self.portion
        document = dict(portion.document(join.desired))
        flag = portion.kind.storage.status
        if flag and join.desired.active is not None:
            document[flag] = join.desired.active
        draft = portion.change.draft(portion.kind, document)
        return replace(draft, members=portion.ids(join.added))

    def _made_alone(self, join: Join, draft: Draft) -> Anchor:
        [anchor] = self._made([join], [draft])
        return anchor

    def _made(self, joins: Sequence[Join], drafts: Sequence[Draft]) -> list[Anchor]:
        """Raises ScimError."""
        change = self.portion.change
        used = change.caller.intake.used
        used.clear()
        made = change.create(drafts)
        # Who of the groups lacks whom is seen when they are looked at again.
        left_out = len(used)
        pairs = zip(joins, made, strict=True)
        return [self._joined(join, resource, left_out) for join, resource in pairs]

    def _joined(self, join: Join, resource: Resource, left_out: int) -> Anchor:
        portion = self.portion
        portion.count(outcomes.JOINERS)
        portion.count(outcomes.MEMBERS_ADDED, len(portion.ids(join.added)))
        off = int(resource.status is Status.SUSPENDED)
        lacks = join.added and left_out
        version = SETTLED_NEVER if lacks else resource.version
        return portion.anchor(join, resource, version, off)
