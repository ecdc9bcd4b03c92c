"""A Bulk job (RFC 7644 §3.7): many operations in one transaction, each with its own outcome.

Ids are made before anything is stored, so that forward and circular references resolve. Consecutive
creations are stored together; when that is refused, in parts, until the one at fault is alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from scim_server.directory.callers import WRITE, Caller
from scim_server.directory.change import Change, Draft
from scim_server.directory.ports import Relations, Resource
from scim_server.directory.views import Renderer
from scim_server.protocol import etag
from scim_server.protocol.bulk import (
    PREFIX,
    not_made,
    processing_order,
    references,
    substitute,
)
from scim_server.protocol.errors import Conflict, NotFound, ScimError
from scim_server.protocol.messages import BulkOperation, BulkRequest
from scim_server.protocol.schema import Registry, ResourceType

TOGETHER = 500
"""Creations that are stored in one go."""
PARTS = 8
"""A refused lot is tried again in so many: few tries for one at fault, few rounds for all."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The outcome of one operation."""

    operation: BulkOperation
    status: int
    location: str | None = None
    version: str | None = None
    error: ScimError | None = None


@dataclass(frozen=True, slots=True)
class _Creation:
    """Operations to be stored all or none: one, or a circle; ``names``: bulkIds they refer to."""

    indexes: tuple[int, ...]
    drafts: tuple[Draft, ...]
    names: frozenset[str]


class BulkJob:
    """One run of one request.

    Args: keep: what else is to be kept of the operation at a position, beside the resource
    """

    def __init__(
        self,
        change: Change,
        caller: Caller,
        registry: Registry,
        renderer: Renderer,
        request: BulkRequest,
        keep: Callable[[Change, int, Resource], None],
    ) -> None:
        self.change = change
        self.caller = caller
        self.registry = registry
        self.renderer = renderer
        self.operations = request.operations
        self.keep = keep
        self.most_errors = request.fail_on_errors
        self.ids = {name: change.new_id() for op in request.operations if (name := op.makes)}
        self.errors: dict[int, ScimError] = {}
        self.done: dict[int, Resource] = {}
        self.pending: list[_Creation] = []

    def run(self) -> list[BulkResult]:
        """The results in request order; fewer where ``failOnErrors`` ended the job."""
        # With failOnErrors the number of errors must be known after every single operation.
        together = 1 if self.most_errors else TOGETHER
        for indexes in processing_order(self.operations):
            if self.most_errors and len(self.errors) >= self.most_errors:
                break
            self._run(indexes)
            if len(self.pending) >= together:
                self._flush()
        self._flush()
        return self._results()

    def _run(self, indexes: tuple[int, ...]) -> None:
        operation = self.operations[indexes[0]]
        if operation.fault:
            self._fail(indexes, operation.fault)
        elif operation.method == "POST":
            self._prepare(indexes)
        else:
            self._flush()
            try:
                self._apply(operation, indexes[0])
            except ScimError as error:
                self._fail(indexes, error)

    def _fail(self, indexes: Sequence[int], error: ScimError) -> None:
        for index in indexes:
            self.errors.setdefault(index, error)
            self.ids.pop(self.operations[index].makes or "", None)

    def _prepare(self, indexes: tuple[int, ...]) -> None:
        """Where one of a circle is no resource, the others refer to what is not made."""
        drafts: list[Draft] = []
        names: set[str] = set()
        for index in indexes:
            operation = self.operations[index]
            names |= references(operation)
            try:
                drafts.append(self._draft(operation))
            except ScimError as error:
                self._fail([index], error)
        if len(drafts) == len(indexes):
            self.pending.append(_Creation(indexes, tuple(drafts), frozenset(names)))
        else:
            self._fail(indexes, not_made(min(names - self.ids.keys(), default="")))

    def _draft(self, operation: BulkOperation) -> Draft:
        kind, _ = self._target(operation)
        document = self.caller.intake.document(
            self.caller.writes(kind), substitute(operation.data, self.ids)
        )
        draft = self.change.draft(kind, document)
        return replace(
            draft, resource=replace(draft.resource, id=self.ids[operation.bulk_id or ""])
        )

    def _flush(self) -> None:
        pending, self.pending = self.pending, []
        self._store(pending)

    def _store(self, creations: Sequence[_Creation]) -> None:
        standing = [creation for creation in creations if self._stands(creation)]
        if not standing:
            return
        try:
            self._insert(standing)
        except ScimError as error:
            if len(standing) == 1:
                self._refuse(standing[0], error)
                return
            size = -(-len(standing) // PARTS)
            for start in range(0, len(standing), size):
                self._store(standing[start : start + size])

    def _stands(self, creation: _Creation) -> bool:
        """Whether all that it refers to is, or is about to be, made; it fails otherwise."""
        lost = creation.names - self.ids.keys()
        if lost:
            self._fail(creation.indexes, not_made(min(lost)))
        return not lost

    def _refuse(self, creation: _Creation, error: ScimError) -> None:
        """A circle that cannot be is a conflict, whatever stands in its way (§3.7.1)."""
        made = {self.operations[index].makes for index in creation.indexes}
        if not made.isdisjoint(creation.names):
            conflict = type(error) if isinstance(error, Conflict) else Conflict
            error = conflict(f"The circular references cannot be resolved: {error.detail}")
        self._fail(creation.indexes, error)

    def _insert(self, creations: Sequence[_Creation]) -> None:
        drafts = [draft for creation in creations for draft in creation.drafts]
        indexes = [index for creation in creations for index in creation.indexes]
        with self.change.store.attempt():
            stored = self.change.create(drafts)
            for index, resource in zip(indexes, stored, strict=True):
                self.keep(self.change, index, resource)
        self.done.update(zip(indexes, stored, strict=True))

    def _apply(self, operation: BulkOperation, index: int) -> None:
        kind, id = self._target(operation)
        if_match = etag.parse(operation.version)
        data = substitute(operation.data, self.ids)
        with self.change.store.attempt():
            written = self._write(operation.method, kind, id, data, if_match)
            self.keep(self.change, index, written)
        self.done[index] = written

    def _write(
        self,
        method: str,
        kind: ResourceType,
        id: str,
        data: object,
        if_match: tuple[str, ...] | None,
    ) -> Resource:
        match method:
            case "PUT":
                document = self.caller.intake.document(self.caller.writes(kind), data)
                return self.change.replace(kind, id, document, if_match)
            case "PATCH":
                operations = self.caller.intake.operations(self.caller.writes(kind), data)
                return self.change.patch(kind, id, operations, if_match)
            case _:
                return self.change.delete(kind, id, if_match)

    def _target(self, operation: BulkOperation) -> tuple[ResourceType, str]:
        """The kind and, but for POST, the id of a path. Raises NotFound, Forbidden, Conflict."""
        endpoint, _, id = operation.path.removeprefix("/").partition("/")
        kind = self.registry.kind_at(f"/{endpoint}")
        if kind is None:
            raise NotFound(f'There is no endpoint "/{endpoint[:100]}".')
        self.caller.require(WRITE, kind)
        return kind, substitute(id, self.ids)

    def _results(self) -> list[BulkResult]:
        """Tags as a GET would show them now; what was deleted since has no relations."""
        related = self.change.store.related(list(self.done.values())) if self.done else {}
        results = []
        for index, operation in enumerate(self.operations):
            if error := self.errors.get(index):
                results.append(self._failed(operation, error))
            elif resource := self.done.get(index):
                relations = related.get(resource.key, Relations())
                results.append(self._succeeded(operation, resource, relations))
        return results

    def _failed(self, operation: BulkOperation, error: ScimError) -> BulkResult:
        """Without a location where there is none to tell: of a POST, or of no path at all."""
        location = None
        if operation.method != "POST" and operation.path != "/":
            head, _, id = operation.path.rpartition("/")
            known = self.ids.get(id.removeprefix(PREFIX), id) if id.startswith(PREFIX) else id
            location = f"{self.renderer.base_url}{head}/{known}"
        return BulkResult(operation, error.status, location, error=error)

    def _succeeded(
        self, operation: BulkOperation, resource: Resource, relations: Relations
    ) -> BulkResult:
        status = {"POST": 201, "DELETE": 204}.get(operation.method, 200)
        version = None if status == 204 else self.renderer.tag(resource, relations)
        location = self.renderer.location(resource.kind.name, resource.id)
        return BulkResult(operation, status, location, version)
