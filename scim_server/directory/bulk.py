"""A Bulk job (RFC 7644 §3.7): many operations in one transaction, each with its own outcome.

Consecutive creations are stored together; when one of them fails, all of them are tried one by one.
Ids are made before anything is stored, so that forward and circular references resolve.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from scim_server.directory.callers import WRITE, Caller
from scim_server.directory.change import Change, Draft
from scim_server.directory.ports import Relations, Resource
from scim_server.directory.views import Renderer
from scim_server.protocol import etag
from scim_server.protocol.bulk import PREFIX, processing_order, references, substitute
from scim_server.protocol.errors import BadRequest, Conflict, NotFound, ScimError
from scim_server.protocol.messages import BulkOperation, BulkRequest
from scim_server.protocol.schema import Registry, ResourceType

TOGETHER = 500
"""Creations that are stored in one go."""


@dataclass(frozen=True, slots=True)
class BulkResult:
    """The outcome of one operation."""

    operation: BulkOperation
    status: int
    location: str | None = None
    version: str | None = None
    error: ScimError | None = None


@dataclass(frozen=True, slots=True)
class _Target:
    kind: ResourceType
    id: str | None


@dataclass(frozen=True, slots=True)
class _Creation:
    """Operations to be stored together or not at all: one, or a circle."""

    indexes: tuple[int, ...]
    drafts: tuple[Draft, ...]


class BulkJob:
    """One run of one request."""

    def __init__(
        self, change: Change, caller: Caller, registry: Registry, renderer: Renderer
    ) -> None:
        self.change = change
        self.caller = caller
        self.registry = registry
        self.renderer = renderer
        self.ids: dict[str, str] = {}
        self.errors: dict[int, ScimError] = {}
        self.done: dict[int, Resource] = {}
        self.pending: list[_Creation] = []

    def run(self, request: BulkRequest) -> list[BulkResult]:
        """The results in request order; fewer where ``failOnErrors`` ended the job."""
        operations = request.operations
        for operation in operations:
            if operation.method == "POST" and operation.bulk_id and not operation.fault:
                self.ids[operation.bulk_id] = self.change.new_id()
        # With failOnErrors the number of errors must be known after every single operation.
        together = 1 if request.fail_on_errors else TOGETHER
        for indexes in processing_order(operations):
            if request.fail_on_errors and len(self.errors) >= request.fail_on_errors:
                break
            self._run(operations, indexes)
            if len(self.pending) >= together:
                self._flush(operations)
        self._flush(operations)
        return self._results(operations)

    def _run(self, operations: Sequence[BulkOperation], indexes: tuple[int, ...]) -> None:
        group = [operations[index] for index in indexes]
        if all(operation.method == "POST" and not operation.fault for operation in group):
            self._try(operations, indexes, partial(self._prepare, group, indexes))
            return
        self._flush(operations)
        for index in indexes:
            self._try(operations, (index,), partial(self._apply, operations[index], index))

    def _try(
        self,
        operations: Sequence[BulkOperation],
        indexes: tuple[int, ...],
        act: Callable[[], None],
    ) -> None:
        try:
            act()
        except ScimError as error:
            for index in indexes:
                self._fail(operations[index], index, error)

    def _fail(self, operation: BulkOperation, index: int, error: ScimError) -> None:
        self.errors[index] = error
        if operation.method == "POST" and operation.bulk_id and not operation.fault:
            self.ids.pop(operation.bulk_id, None)

    def _prepare(self, group: Sequence[BulkOperation], indexes: tuple[int, ...]) -> None:
        self.pending.append(_Creation(indexes, tuple(self._draft(op) for op in group)))

    def _draft(self, operation: BulkOperation) -> Draft:
        target = self._target(operation)
        if target.id is not None:
            raise BadRequest("POST creates: its path is that of a resource type.")
        body = self.caller.intake.document(target.kind, substitute(operation.data, self.ids))
        draft = self.change.draft(target.kind, body)
        made = self.ids.get(operation.bulk_id or "", draft.resource.id)
        return replace(draft, resource=replace(draft.resource, id=made))

    def _flush(self, operations: Sequence[BulkOperation]) -> None:
        pending, self.pending = self.pending, []
        if not pending:
            return
        try:
            self._store(pending)
        except ScimError as error:
            if len(pending) == 1:
                self._fail_creation(operations, pending[0], error)
                return
            for creation in pending:
                self._store_alone(operations, creation)

    def _store_alone(self, operations: Sequence[BulkOperation], creation: _Creation) -> None:
        lost = {
            name for i in creation.indexes for name in references(operations[i])
        } - self.ids.keys()
        try:
            if lost:
                raise Conflict(f'"{PREFIX}{min(lost)[:100]}" was not created in this job.')
            self._store([creation])
        except ScimError as error:
            self._fail_creation(operations, creation, error)

    def _fail_creation(
        self, operations: Sequence[BulkOperation], creation: _Creation, error: ScimError
    ) -> None:
        if len(creation.indexes) > 1:
            error = Conflict(f"The circular references cannot be resolved: {error.detail}")
        for index in creation.indexes:
            self._fail(operations[index], index, error)

    def _store(self, creations: Sequence[_Creation]) -> None:
        drafts = [draft for creation in creations for draft in creation.drafts]
        indexes = [index for creation in creations for index in creation.indexes]
        with self.change.store.attempt():
            stored = self.change.create(drafts)
        self.done.update(zip(indexes, stored, strict=True))

    def _apply(self, operation: BulkOperation, index: int) -> None:
        target = self._target(operation)
        if target.id is None:
            raise BadRequest(f"{operation.method} needs the path of a resource.")
        if_match = etag.parse(operation.version)
        data = substitute(operation.data, self.ids)
        with self.change.store.attempt():
            self.done[index] = self._write(operation.method, target.kind, target.id, data, if_match)

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
                document = self.caller.intake.document(kind, data)
                return self.change.replace(kind, id, document, if_match)
            case "PATCH":
                operations = self.caller.intake.operations(kind, data)
                return self.change.patch(kind, id, operations, if_match)
            case _:
                return self.change.delete(kind, id, if_match)

    def _target(self, operation: BulkOperation) -> _Target:
        """The kind and id of a path. Raises BadRequest, NotFound, Forbidden, Conflict."""
        if operation.fault:
            raise operation.fault
        name, _, id = operation.path.strip("/").partition("/")
        kind = self.registry.kind_at(f"/{name}")
        if kind is None or "/" in id:
            raise NotFound(f'"{operation.path[:100]}" is no path for a Bulk operation.')
        self.caller.require(WRITE, kind)
        return _Target(kind, substitute(id, self.ids) or None)

    def _results(self, operations: Sequence[BulkOperation]) -> list[BulkResult]:
        """Versions as a GET would show them now; what was deleted since has no relations."""
        related = self.change.store.related(list(self.done.values())) if self.done else {}
        results = []
        for index, operation in enumerate(operations):
            if index in self.errors:
                results.append(self._failed(operation, self.errors[index]))
            elif index in self.done:
                resource = self.done[index]
                relations = related.get(resource.key, Relations())
                results.append(self._succeeded(operation, resource, relations))
        return results

    def _failed(self, operation: BulkOperation, error: ScimError) -> BulkResult:
        location = None
        if operation.method != "POST":
            location = f"{self.renderer.base_url}/{operation.path.strip('/')}"
        return BulkResult(operation, error.status, location, error=error)

    def _succeeded(
        self, operation: BulkOperation, resource: Resource, relations: Relations
    ) -> BulkResult:
        status = {"POST": 201, "DELETE": 204}.get(operation.method, 200)
        version = None if status == 204 else self.renderer.tag(resource, relations)
        location = self.renderer.location(resource.kind.name, resource.id)
        return BulkResult(operation, status, location, version)
