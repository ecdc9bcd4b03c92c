"""PATCH: operations on a document, one after the other (RFC 7644 §3.5.2).

``apply`` works on a copy and raises at the first fault, which makes it atomic (PAT-005). Where an
operation points is patch_target.py's matter, what it makes of a value patch_value.py's, and what
becomes of members patch_members.py's.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from scim_server.protocol.errors import InvalidSyntax, InvalidValue, NoTarget, NotMutable
from scim_server.protocol.filter import parse_path
from scim_server.protocol.finish import finish, names_itself
from scim_server.protocol.messages import Operation
from scim_server.protocol.patch.members import MemberChange, member_change
from scim_server.protocol.patch.target import Location, locate
from scim_server.protocol.patch.value import after
from scim_server.protocol.schema import (
    Document,
    Mutability,
    Path,
    ResourceType,
    Schema,
    fold_name,
)


@dataclass(frozen=True, slots=True)
class Patched:
    """The document after all operations, and what to do with the membership rows, in order.

    A document equal to the one that came in means that nothing changed in it (PAT-025).
    """

    document: Document
    member_changes: tuple[MemberChange, ...] = ()


def apply(
    kind: ResourceType,
    document: Document,
    operations: Sequence[Operation],
    read_only: Document | None = None,
) -> Patched:
    """Return what the operations make of a stored document.

    Args:   read_only: id, meta and other computed attributes as the client sees them; an equal
            value for one of them in an operation without path is no fault.
    Raises: InvalidPath, InvalidFilter, InvalidValue, InvalidSyntax, NoTarget, NotMutable.
    """
    patching = _Patching(kind, deepcopy(document), read_only or {}, [])
    for operation in operations:
        patching.run(operation)
    finished = finish(kind, patching.document, NotMutable)
    return Patched(finished, tuple(patching.member_changes))


def touched(kind: ResourceType, operations: Sequence[Operation]) -> frozenset[str]:
    """The canonical paths that operations name, for what is returned on request (ATT-033).

    Raises InvalidPath, InvalidFilter.
    """
    names: list[str] = []
    for operation in operations:
        if operation.path is not None:
            names.append(parse_path(operation.path).attribute)
        elif isinstance(operation.value, dict):
            names.extend(operation.value)
    paths = (kind.resolve(name) for name in names)
    return frozenset(path.text for path in paths if path is not None)


@dataclass(frozen=True, slots=True)
class _Patching:
    kind: ResourceType
    document: Document
    read_only: Document
    member_changes: list[MemberChange]

    def run(self, operation: Operation) -> None:
        if operation.path is None:
            self._run_without_path(operation)
        elif operation.op == "remove" and operation.has_value:
            raise InvalidValue('"remove" takes no "value": select what to remove in "path".')
        elif extension := self.kind.extension(operation.path):
            self._run_on_extension(extension, operation)
        else:
            self._run_at(locate(self.kind, operation.path), operation)

    def _run_without_path(self, operation: Operation) -> None:
        if operation.op == "remove":
            raise NoTarget('"remove" needs a "path".')
        for key, value in _items(operation.value, "value"):
            part = replace(operation, value=value)
            attribute = self.kind.attribute(key)
            if attribute is not None:
                self._merge(Path(None, attribute), part)
            elif extension := self.kind.extension(key):
                self._run_on_extension(extension, part)
            else:
                raise InvalidSyntax(f'{self.kind.name} has no attribute "{key}".')

    def _run_on_extension(self, schema: Schema, operation: Operation) -> None:
        """An extension is one complex value: what is not named stays (PAT-010)."""
        if operation.op == "remove" or operation.value is None:
            for attribute in schema.attributes:
                if attribute.name in self.document.get(schema.id, ()):
                    self._run_at(Location(Path(schema.id, attribute)), Operation("remove"))
            return
        for key, value in _items(operation.value, schema.id):
            if names_itself(schema.id, key, value):
                continue
            named = schema.attribute(key)
            if named is None:
                raise InvalidSyntax(f'"{schema.id}" has no attribute "{key}".')
            self._merge(Path(schema.id, named), replace(operation, value=value))

    def _merge(self, path: Path, operation: Operation) -> None:
        """One attribute of an object of attributes; a read-only one may say what is so anyway."""
        if path.attribute.mutability is Mutability.READ_ONLY:
            current = {**self.read_only, **self._holder(path)}.get(path.attribute.name)
            given = None if operation.value in (None, [], {}) else operation.value
            if given == current:
                return
        self._run_at(Location(path), operation)

    def _run_at(self, location: Location, operation: Operation) -> None:
        path = location.path
        if Mutability.READ_ONLY in (path.attribute.mutability, path.leaf.mutability):
            raise NotMutable(f'"{path.text}" is read-only.')
        if path.urn is None and path.attribute.name == self.kind.storage.members:
            self.member_changes.append(member_change(location, operation))
            return
        before = self._holder(path).get(path.attribute.name)
        self._assign(path, before, after(location, before, operation))

    def _assign(self, path: Path, before: Any, value: Any) -> None:
        attribute = path.attribute
        if value == before:
            return
        if before is not None:
            _refuse_fixed(path, before, value)
        if attribute.required and isinstance(value, str) and not value.strip():
            raise InvalidValue(f'"{path.text}" is empty.')
        if path == self.kind.resolve("schemas"):
            value = _known(self.kind, value)
        holder = self._holder(path)
        if value is None:
            del holder[attribute.name]
        else:
            holder[attribute.name] = value

    def _holder(self, path: Path) -> Document:
        """The object that holds the attribute; finish.finish drops an empty one."""
        if path.urn is None:
            return self.document
        holder: Document = self.document.setdefault(path.urn, {})
        return holder


def _refuse_fixed(path: Path, before: Any, value: Any) -> None:
    """An assigned value that must stay. Raises NotMutable (PAT-017, PAT-030)."""
    attribute = path.attribute
    if attribute.mutability is Mutability.IMMUTABLE:
        raise NotMutable(f'"{path.text}" cannot change once it is set.')
    if value is not None:
        return
    if attribute.required:
        raise NotMutable(f'"{path.text}" is required.')
    for sub in attribute.sub_attributes if isinstance(before, dict) else ():
        if sub.mutability is Mutability.IMMUTABLE and sub.name in before:
            raise NotMutable(f'"{path.text}.{sub.name}" cannot change once it is set.')


def _known(kind: ResourceType, urns: list[str]) -> list[str]:
    """The URNs in canonical spelling; the base schema stays (PAT-012)."""
    known = {fold_name(s.id): s.id for s in (kind.schema, *(e.schema for e in kind.extensions))}
    unknown = [urn for urn in urns if fold_name(urn) not in known]
    if unknown:
        raise InvalidValue(f'{kind.name} has no schema "{unknown[0]}".')
    named = [known[fold_name(urn)] for urn in urns]
    if kind.schema.id not in named:
        raise NotMutable(f'"{kind.schema.id}" cannot be removed.')
    return list(dict.fromkeys(named))


def _items(value: object, name: str) -> Iterator[tuple[str, object]]:
    """The keys and values of an object of attributes. Raises InvalidValue, InvalidSyntax."""
    if not isinstance(value, dict):
        raise InvalidValue(f'"{name}" must be a JSON object of attributes.')
    if len({fold_name(key) for key in value}) < len(value):
        raise InvalidSyntax(f'"{name}" holds an attribute twice.')
    yield from value.items()
