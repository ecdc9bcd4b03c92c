"""The message bodies of RFC 7644 §3.4.2, §3.5.2 and §3.7: parsed into frozen dataclasses, or made.

Knows the shape of a message, never what its attributes mean: names and values are judged by
patch.py, bind.py and resource.py. The query messages are in searching.py.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, cast

from scim_server.protocol.errors import InvalidSyntax, InvalidValue, ScimError, TooLarge
from scim_server.protocol.schema import Document, fold_name

_MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"
PATCH_SCHEMA = _MESSAGES + "PatchOp"
SEARCH_SCHEMA = _MESSAGES + "SearchRequest"
LIST_SCHEMA = _MESSAGES + "ListResponse"
BULK_SCHEMA = _MESSAGES + "BulkRequest"
BULK_RESPONSE_SCHEMA = _MESSAGES + "BulkResponse"

MAX_PATCH_OPERATIONS = 1_000
MAX_PATCH_VALUES = 10_000
NOT_IN_BULK = frozenset({"bulk", "me", ".search"})
"""Endpoints that no operation of a Bulk job may name (BLK-020)."""

Op = Literal["add", "remove", "replace"]


@dataclass(frozen=True, slots=True)
class Operation:
    """One PATCH operation; ``create_missing`` is a tolerance's word, never a client's.

    It says that an element which the path's filter describes is to be made when none matches.
    """

    op: Op
    path: str | None = None
    value: object = None
    has_value: bool = False
    create_missing: bool = False


@dataclass(frozen=True, slots=True)
class BulkOperation:
    """One operation of a Bulk job; with a ``fault``, the only other thing to trust is bulk_id."""

    method: str
    path: str
    bulk_id: str | None = None
    version: str | None = None
    data: Document | None = None
    fault: ScimError | None = None

    @property
    def makes(self) -> str | None:
        """The bulkId of what the operation creates, by which others may refer to it."""
        return self.bulk_id if self.method == "POST" and self.fault is None else None


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """A Bulk job; ``fail_on_errors`` is the number of errors that ends it, at least 1."""

    operations: tuple[BulkOperation, ...]
    fail_on_errors: int | None = None


def fields(body: object, names: Iterable[str], what: str) -> dict[str, object]:
    """Return the keys of a message object by the names it may have, whatever their letter case.

    Raises InvalidSyntax for what is no object, and for an unknown or repeated key.
    """
    if not isinstance(body, dict):
        raise InvalidSyntax(f"{what} must be a JSON object.")
    canonical = {fold_name(name): name for name in names}
    found: dict[str, object] = {}
    for key, value in body.items():
        name = canonical.get(fold_name(key))
        if name is None:
            raise InvalidSyntax(f'{what} has no "{key}".')
        if name in found:
            raise InvalidSyntax(f'{what} has "{name}" twice.')
        found[name] = value
    return found


def message(body: object, schema: str, names: Iterable[str]) -> dict[str, object]:
    """Return the fields of a whole message, which must name ``schema``. Raises InvalidSyntax."""
    what = schema.removeprefix(_MESSAGES)
    found = fields(body, ("schemas", *names), what)
    schemas = found.get("schemas")
    if not isinstance(schemas, list) or schema not in schemas:
        raise InvalidSyntax(f'"schemas" must hold "{schema}".')
    return found


def parse_patch(body: object) -> tuple[Operation, ...]:
    """Read a PatchOp message (§3.5.2). Raises InvalidSyntax, InvalidValue, TooLarge."""
    operations = _operations(message(body, PATCH_SCHEMA, ("Operations",)))
    if len(operations) > MAX_PATCH_OPERATIONS:
        raise TooLarge(f"A PATCH may have {MAX_PATCH_OPERATIONS} operations.")
    parsed = tuple(_operation(operation) for operation in operations)
    if sum(_size(operation.value) for operation in parsed) > MAX_PATCH_VALUES:
        raise TooLarge(f"A PATCH may have {MAX_PATCH_VALUES} values.")
    return parsed


def _operations(found: Mapping[str, object]) -> list[object]:
    operations = found.get("Operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax('"Operations" must be an array of at least one operation.')
    return operations


def _operation(body: object) -> Operation:
    found = fields(body, ("op", "path", "value"), "An operation")
    op = found.get("op")
    folded = op.lower() if isinstance(op, str) else None
    if folded not in ("add", "remove", "replace"):
        raise InvalidSyntax('"op" must be "add", "remove" or "replace".')
    path = found.get("path")
    if "path" in found and not isinstance(path, str):
        raise InvalidSyntax('"path" must be a string.')
    if folded != "remove" and "value" not in found:
        raise InvalidValue(f'"{folded}" needs a "value".')
    return Operation(
        cast(Op, folded), cast(str | None, path), found.get("value"), has_value="value" in found
    )


def _size(value: object) -> int:
    """Elements of arrays, at any depth; an object without arrays counts as one."""
    if isinstance(value, list):
        return sum(map(_size, value))
    if isinstance(value, dict):
        return max(1, sum(_size(v) for v in value.values() if isinstance(v, list | dict)))
    return 1


def parse_bulk(body: object, max_operations: int) -> BulkRequest:
    """Read a BulkRequest message (§3.7).

    Raises InvalidSyntax, InvalidValue and TooLarge for faults of the whole; a fault of one
    operation is kept in it, for the others must go on.
    """
    found = message(body, BULK_SCHEMA, ("Operations", "failOnErrors"))
    operations = _operations(found)
    if len(operations) > max_operations:
        raise TooLarge(f"A Bulk request may have {max_operations} operations (maxOperations).")
    limit = found.get("failOnErrors")
    if limit is not None and (type(limit) is not int or limit < 1):
        raise InvalidValue('"failOnErrors" must be an integer of at least 1.')
    parsed = tuple(_bulk_operation(operation) for operation in operations)
    bulk_ids = [operation.bulk_id for operation in parsed if operation.bulk_id is not None]
    if len(set(bulk_ids)) < len(bulk_ids):
        raise InvalidValue('"bulkId" must be unique within the request.')
    return BulkRequest(parsed, limit)


def _bulk_operation(body: object) -> BulkOperation:
    names = ("method", "path", "bulkId", "version", "data")
    try:
        found = fields(body, names, "An operation")
    except InvalidSyntax as fault:
        return BulkOperation("", "", fault=fault)
    texts = {name: _text(found.get(name)) for name in names[:4]}
    method = (texts["method"] or "").upper()
    path = "/" + (texts["path"] or "").removeprefix("/").removesuffix("/")
    data = found.get("data")
    return BulkOperation(
        method,
        path,
        texts["bulkId"],
        texts["version"],
        cast(Document, data) if isinstance(data, dict) else None,
        _bulk_fault(found, method, path),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _bulk_fault(found: Mapping[str, object], method: str, path: str) -> ScimError | None:
    """The first rule of §3.7 that the operation breaks (BLK-003, BLK-020)."""
    for name in ("method", "path", "bulkId", "version"):
        if not isinstance(found.get(name), str | None):
            return InvalidSyntax(f'"{name}" must be a string.')
    if method not in ("POST", "PUT", "PATCH", "DELETE"):
        return InvalidSyntax('"method" must be POST, PUT, PATCH or DELETE.')
    shape = r"/[^/?#]+" if method == "POST" else r"/[^/?#]+/[^/?#]+"
    if not re.fullmatch(shape, path) or path.lower().split("/")[1] in NOT_IN_BULK:
        return InvalidValue(f'"{path}" is no path of a {method}, relative to the base URL.')
    if method == "POST" and not found.get("bulkId"):
        return InvalidValue('A POST needs a "bulkId".')
    if method != "DELETE" and not isinstance(found.get("data"), dict):
        return InvalidValue(f'A {method} needs "data", a JSON object.')
    return None


def list_fields(
    total: int, size: int, start_index: int | None = None, next_cursor: str | None = None
) -> Document:
    """What a ListResponse says of its page (§3.4.2, RFC 9865 §2): all but the resources."""
    fields: Document = {
        "schemas": [LIST_SCHEMA],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": size,
        "nextCursor": next_cursor,
    }
    return {name: value for name, value in fields.items() if value is not None}
