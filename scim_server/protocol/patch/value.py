"""What one operation makes of one attribute's value (RFC 7644 §3.5.2.1 to §3.5.2.3).

Pure: the value before comes in, the value after goes out, None when it is unassigned. An operation
on a multi-valued attribute is an edit of some of its elements, then the hand-over of ``primary``.
"""

from collections.abc import Sequence
from typing import Any

from scim_server.protocol.errors import InvalidSyntax, InvalidValue, NoTarget, NotMutable
from scim_server.protocol.finish import identity
from scim_server.protocol.match import matches_element
from scim_server.protocol.messages import Operation
from scim_server.protocol.patch.target import Location
from scim_server.protocol.resource import check_value
from scim_server.protocol.schema import Attribute, Document, Mutability, Path, fold_name

Value = Any
"""A JSON value that the schema has judged already."""


def after(location: Location, before: Value, operation: Operation) -> Value:
    """Return the value of ``location.path.attribute`` after the operation.

    Raises InvalidValue, InvalidSyntax, NoTarget, NotMutable.
    """
    path = location.path
    if location.where is not None:
        return _selected(location, before or [], operation)
    if not path.attribute.multi_valued:
        return _edited(path, before, operation)
    if path.sub is not None:
        return _every(path, before or [], operation)
    return _whole(path, before or [], operation)


def merge(attribute: Attribute, before: Document, given: object, name: str) -> Document:
    """Lay the sub-attributes of ``given`` over those of ``before``; null unassigns one (§3.5.2.3).

    The outcome is not checked yet.
    """
    if not isinstance(given, dict):
        raise InvalidValue(f'"{name}" must be a JSON object.')
    merged, seen = dict(before), set()
    for key, value in given.items():
        sub = attribute.sub(key)
        if sub is None:
            raise InvalidSyntax(f'"{name}" has no sub-attribute "{key}".')
        if fold_name(key) in seen:
            raise InvalidSyntax(f'"{name}" has "{sub.name}" twice.')
        seen.add(fold_name(key))
        _lay(merged, sub, value, f"{name}.{sub.name}")
    return merged


def _lay(element: Document, sub: Attribute, value: object, name: str) -> None:
    before = element.get(sub.name)
    unassigned = value is None or value == []
    if (None if unassigned else value) == before:
        return
    if sub.mutability is Mutability.READ_ONLY:
        raise NotMutable(f'"{name}" is read-only.')
    if sub.mutability is Mutability.IMMUTABLE and before is not None:
        raise NotMutable(f'"{name}" cannot change once it is set.')
    if not unassigned:
        element[sub.name] = value
    elif sub.required:
        raise NotMutable(f'"{name}" is required.')
    else:
        del element[sub.name]


def _edited(path: Path, before: Value, operation: Operation) -> Value:
    """One value: all of a single-valued attribute, or one element of a multi-valued one."""
    attribute, sub = path.attribute, path.sub
    if operation.op == "remove" and sub is None:
        return None
    if not attribute.is_complex:
        return _checked(path, operation.value)
    given = operation.value
    if sub is not None:
        given = {sub.name: None if operation.op == "remove" else given}
    elif given is None:
        return None
    elif operation.op == "replace" and attribute.multi_valued:
        before = _kept(attribute, before or {})
    return _checked(path, merge(attribute, before or {}, given, _name(path)))


def _kept(attribute: Attribute, before: Document) -> Document:
    """What stays of an element that is overwritten: all that clients cannot change."""
    fixed = (Mutability.IMMUTABLE, Mutability.READ_ONLY)
    names = {sub.name for sub in attribute.sub_attributes if sub.mutability in fixed}
    return {k: v for k, v in before.items() if k in names}


def _checked(path: Path, value: object) -> Value:
    """Judge one value; an object left without sub-attributes is no value."""
    attribute = path.attribute
    if value is None or (attribute.is_complex and not value):
        return None
    if not attribute.multi_valued:
        return check_value(attribute, value, _name(path))
    elements = check_value(attribute, [value], _name(path))
    return elements[0] if isinstance(elements, list) and elements else None


def _whole(path: Path, before: Sequence[Value], operation: Operation) -> Value:
    if operation.op == "remove":
        return None
    given, elements = operation.value, list(before)
    if operation.op == "replace":
        given, elements = [] if given is None else given, []
        if not isinstance(given, list):
            raise InvalidValue(f'"{_name(path)}" must be an array.')
    return _added(path, elements, given if isinstance(given, list) else [given])


def _added(path: Path, elements: list[Value], given: Sequence[object]) -> Value:
    """Append what is not there yet; lay over an element what is of its type and value."""
    fresh = set[int]()
    places = {identity(element): at for at, element in enumerate(elements)}
    for element in (_element(path, item) for item in given):
        if element is None:
            continue
        at = places.setdefault(identity(element), len(elements))
        fresh.add(at)
        if at == len(elements):
            elements.append(element)
        elif isinstance(element, dict):
            elements[at] = merge(path.attribute, elements[at], element, _name(path))
    return _hand_over(path, elements, fresh)


def _element(path: Path, given: object) -> Value:
    if given is None:
        raise InvalidValue(f'An element of "{_name(path)}" is null.')
    if path.attribute.is_complex:
        given = merge(path.attribute, {}, given, _name(path))
    return _checked(path, given)


def _selected(location: Location, before: Sequence[Value], operation: Operation) -> Value:
    path, where = location.path, location.where
    chosen = {i for i, e in enumerate(before) if where and matches_element(where, e)}
    if chosen or operation.op == "remove":
        return _edit(path, before, operation, chosen)
    described = location.described if operation.create_missing else None
    if described is None or not path.attribute.is_complex:
        raise NoTarget(f'No element of "{_name(path)}" matches the filter.')
    made = merge(path.attribute, {}, described, _name(path))
    return _edit(path, [*before, made], operation, {len(before)})


def _every(path: Path, before: Sequence[Value], operation: Operation) -> Value:
    if operation.op != "remove" and not before:
        before = [{}]
    return _edit(path, before, operation, set(range(len(before))))


def _edit(path: Path, before: Sequence[Value], operation: Operation, chosen: set[int]) -> Value:
    elements, fresh = list[Value](), set[int]()
    for at, element in enumerate(before):
        edited = _edited(path, element, operation) if at in chosen else element
        if edited is None:
            continue
        if at in chosen:
            fresh.add(len(elements))
        elements.append(edited)
    return _hand_over(path, elements, fresh)


def _hand_over(path: Path, elements: list[Value], fresh: set[int]) -> Value:
    """Demote every other element where a fresh one is primary (§3.5.2); None for no elements."""
    if path.attribute.sub("primary") is None:
        return elements or None
    leaders = [at for at in fresh if elements[at].get("primary") is True]
    if len(leaders) > 1:
        raise InvalidValue(f'"{_name(path)}" has two primary values.')
    if leaders:
        elements = [
            e | {"primary": False} if at != leaders[0] and e.get("primary") is True else e
            for at, e in enumerate(elements)
        ]
    return elements or None


def _name(path: Path) -> str:
    return Path(path.urn, path.attribute).text
