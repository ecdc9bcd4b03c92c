"""The password in what a client sends: nothing that is stored keeps it, so it is taken here."""

from collections.abc import Iterator, Sequence

from scim_server.protocol.messages import Operation
from scim_server.protocol.schema import Path, ResourceType, fold_name


def password_in(kind: ResourceType, body: object) -> str | None:
    """That of a POST or PUT, checked or not; None: there is none."""
    name = kind.storage.password
    if name is None or not isinstance(body, dict):
        return None
    return _last(value for key, value in body.items() if fold_name(key) == fold_name(name))


def password_patched(kind: ResourceType, operations: Sequence[Operation]) -> str | None:
    """The last one that the operations of a PATCH write."""
    if kind.storage.password is None:
        return None
    return _last(_written(kind, kind.storage.password, operations))


def _written(kind: ResourceType, name: str, operations: Sequence[Operation]) -> Iterator[object]:
    wanted = kind.attribute(name)
    for operation in operations:
        if operation.op == "remove":
            continue
        if operation.path is None:
            yield password_in(kind, operation.value)
        elif wanted is not None and kind.resolve(operation.path) == Path(None, wanted):
            yield operation.value


def _last(values: Iterator[object]) -> str | None:
    """Other types are refused with the rest of the document."""
    texts = [value for value in values if isinstance(value, str) and value]
    return texts[-1] if texts else None
