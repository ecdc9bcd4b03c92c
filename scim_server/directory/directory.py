"""The use cases. One public method is one use case and one transaction."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from itertools import chain, islice

from scim_server.directory.bulk import BulkJob, BulkResult
from scim_server.directory.callers import READ, WRITE, Caller
from scim_server.directory.change import Change, Tags
from scim_server.directory.ports import (
    Reader,
    Reference,
    Relations,
    Resource,
)
from scim_server.directory.searching import Results, Search
from scim_server.directory.signing.scim_passwords import ScimPasswords
from scim_server.directory.transactions import Transactions
from scim_server.directory.views import View, wants_members
from scim_server.protocol.messages import BulkRequest
from scim_server.protocol.patch.apply import touched
from scim_server.protocol.projection import Projection, with_written, written
from scim_server.protocol.projection import parse as parse_projection
from scim_server.protocol.references import named
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.protocol.searching import Asked, SearchRequest
from scim_server.protocol.secrets import password_in, password_patched

AT_ONCE = 1000
"""Members that are read before it is decided to stream the rest."""


class Directory:
    """Resources of every tenant: each call names its caller, who has exactly one.

    patched_members: PATCH shows no group that has more, unless it is asked to
    without_body:    names of types of which PATCH shows no resource, likewise
    """

    def __init__(
        self,
        transactions: Transactions,
        registry: Registry,
        search: Search,
        patched_members: int,
        without_body: Collection[str],
        passwords: ScimPasswords,
    ) -> None:
        self.store = transactions.store
        self.registry = registry
        self.renderer = transactions.renderer
        self.patched_members = patched_members
        self.without_body = without_body
        self._search = search
        self._passwords = passwords
        self.transactions = transactions

    def get(self, caller: Caller, kind: ResourceType, id: str, asked: Asked) -> View:
        """GET (RFC 7644 §3.4.1). Raises NotFound, Forbidden."""
        caller.require(READ, kind)
        projection = _projection(kind, asked)
        if not wants_members(kind, projection):
            with self.store.reading(caller.tenant) as reader:
                return self.renderer.view(*reader.get(kind, id), projection)
        with ExitStack() as stack:
            reader = stack.enter_context(self.store.snapshot(caller.tenant))
            return self._with_members(reader, *reader.get(kind, id), projection, stack)

    def search(
        self, caller: Caller, kinds: tuple[ResourceType, ...], request: SearchRequest
    ) -> Results:
        """A query (§3.4.2, §3.4.3, RFC 9865). The caller closes ``source``."""
        return self._search.run(caller, kinds, request)

    def create(self, caller: Caller, kind: ResourceType, body: object, asked: Asked) -> View:
        """POST (§3.3). Raises InvalidSyntax, InvalidValue, NotUnique, Forbidden."""
        caller.require(WRITE, kind)
        document = caller.intake.document(caller.writes(kind), body)
        projection = _projection(kind, asked)
        password = self._passwords.given(caller, kind, None, password_in(kind, body))

        def work(change: Change) -> View:
            [resource] = change.create([change.draft(kind, document)])
            self._passwords.keep(change, resource, password)
            shown = with_written(projection, written(kind, resource.document))
            # A new resource is in no group yet.
            refers = named(kind, resource.document)
            related = _relations(change.store, resource) if refers else Relations()
            return self._complete(change.store, resource, related, shown)

        return self.transactions.write(caller, work)

    def replace(
        self,
        caller: Caller,
        kind: ResourceType,
        id: str,
        body: object,
        if_match: Tags,
        asked: Asked,
    ) -> View:
        """PUT (§3.5.1).

        Raises NotFound, VersionMismatch, NotMutable, Conflict, and what create raises.
        """
        caller.require(WRITE, kind)
        document = caller.intake.document(caller.writes(kind), body)
        projection = _projection(kind, asked)
        password = self._passwords.given(caller, kind, id, password_in(kind, body))

        def work(change: Change) -> View:
            resource = change.replace(kind, id, document, if_match)
            self._passwords.keep(change, resource, password)
            return self._written(change.store, resource, projection)

        return self.transactions.write(caller, work)

    def patch(
        self,
        caller: Caller,
        kind: ResourceType,
        id: str,
        body: object,
        if_match: Tags,
        asked: Asked,
    ) -> View:
        """PATCH (§3.5.2); shows nothing of a large group, or of a type, that nobody asked to see.

        Raises InvalidPath, InvalidFilter, NoTarget, TooLarge, and what replace raises.
        """
        caller.require(WRITE, kind)
        operations = caller.intake.operations(caller.writes(kind), body)
        projection = with_written(_projection(kind, asked), touched(kind, operations))
        most = self.patched_members
        text = password_patched(kind, operations)
        password = self._passwords.given(caller, kind, id, text)

        def work(change: Change) -> View:
            resource = change.patch(kind, id, operations, if_match)
            self._passwords.keep(change, resource, password)
            if asked == Asked() and kind.name in self.without_body:
                return self.renderer.unshown(resource, _relations(change.store, resource))
            if asked != Asked() or not kind.storage.members:
                return self._answered(change.store, resource, projection)
            others = kind.storage.member_of or named(kind, resource.document)
            related = _relations(change.store, resource) if others else Relations()
            members = [member for _, member in change.store.members([resource], most + 1)]
            if len(members) > most:
                return self.renderer.unshown(resource, related)
            return self.renderer.view(resource, related, projection, members)

        return self.transactions.write(caller, work)

    def delete(self, caller: Caller, kind: ResourceType, id: str, if_match: Tags) -> None:
        """DELETE (§3.6). Raises NotFound, VersionMismatch."""
        caller.require(WRITE, kind)
        self.transactions.write(caller, lambda change: change.delete(kind, id, if_match))

    def bulk(self, caller: Caller, request: BulkRequest) -> list[BulkResult]:
        """One job is one transaction, with a savepoint for each operation (§3.7).

        Raises Forbidden, Unavailable; what an operation raises is in its result.
        """
        caller.require_bulk()
        given = self._passwords.of_bulk(caller, request.operations)

        def keep(change: Change, index: int, resource: Resource) -> None:
            self._passwords.keep(change, resource, given.get(index))

        def work(change: Change) -> list[BulkResult]:
            return BulkJob(change, caller, self.registry, self.renderer, request, keep).run()

        return self.transactions.write(caller, work)

    def _written(self, reader: Reader, resource: Resource, projection: Projection) -> View:
        """The answer to a write of the whole document, which shows all that was written."""
        names = written(resource.kind, resource.document)
        return self._answered(reader, resource, with_written(projection, names))

    def _answered(self, reader: Reader, resource: Resource, projection: Projection) -> View:
        return self._complete(reader, resource, _relations(reader, resource), projection)

    def _complete(
        self, reader: Reader, resource: Resource, related: Relations, projection: Projection
    ) -> View:
        members = None
        if wants_members(resource.kind, projection):
            members = [member for _, member in reader.members([resource])]
        return self.renderer.view(resource, related, projection, members)

    def _with_members(
        self,
        reader: Reader,
        resource: Resource,
        relations: Relations,
        projection: Projection,
        stack: ExitStack,
    ) -> View:
        """A small group at once; a large one streamed from the snapshot until it is closed."""
        read = stack.enter_context(closing(reader.members([resource])))
        members: Iterator[Reference] = (member for _, member in read)
        head = list(islice(members, AT_ONCE))
        if len(head) < AT_ONCE:
            return self.renderer.view(resource, relations, projection, head)
        view = self.renderer.view(resource, relations, projection, chain(head, members))
        return replace(view, source=stack.pop_all())


def _projection(kind: ResourceType, asked: Asked) -> Projection:
    return parse_projection(kind, asked.attributes, asked.excluded)


def _relations(reader: Reader, resource: Resource) -> Relations:
    return reader.related([resource]).get(resource.key, Relations())
