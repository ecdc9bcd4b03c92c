"""PATCH once more, straight from the text of RFC 7644 §3.5.2, to compare patch.py with.

Slow, plain and on its own: of the server's code it uses the attribute definitions only. It knows
the values and the paths that patch_strategy.py makes, and no others: attribute paths, one ``eq``
comparison in brackets, strings, booleans and integers.
"""

import json
import re
from copy import deepcopy
from typing import Any

from scim_server.protocol.schema import Attribute, Document, Mutability, ResourceType, Type

_PATH = re.compile(
    r"(?P<name>[^\[\].]+)(\[(?P<key>\w+) eq (?P<operand>[^\]]+)\])?(\.(?P<sub>\w+))?"
)
_PYTHON = {Type.STRING: str, Type.BOOLEAN: bool, Type.INTEGER: int}


class Refused(Exception):
    """The operation must fail, whatever the error is called."""


def interpret(kind: ResourceType, document: Document, operations: list[Document]) -> Document:
    """Return the document after all operations. Raises Refused."""
    document = deepcopy(document)
    for operation in operations:
        _one(kind, document, operation)
        if not document.get("userName"):
            raise Refused("required")
    return _tidy(kind, document)


def _one(kind: ResourceType, document: Document, operation: Document) -> None:
    verb, path, value = operation["op"], operation.get("path"), operation.get("value")
    if path is None:
        if verb == "remove" or not isinstance(value, dict):
            raise Refused("needs a path, or an object")
        for key, item in value.items():
            if kind.extension(key):
                _extension(kind, document, key, verb, item)
            elif item not in ([], None) or key not in ("groups", "id", "meta"):
                _attribute(document, _known(kind.attribute(key)), verb, item)
    elif kind.extension(path):
        _extension(kind, document, path, verb, value)
    else:
        _at(kind, document, path, verb, value)


def _extension(kind: ResourceType, document: Document, urn: str, verb: str, value: Any) -> None:
    schema = kind.extension(urn)
    assert schema is not None
    if verb == "remove" or value is None:
        document.pop(schema.id, None)
        return
    if not isinstance(value, dict):
        raise Refused("no object")
    for key, item in value.items():
        _attribute(document.setdefault(schema.id, {}), _known(schema.attribute(key)), verb, item)


def _at(kind: ResourceType, document: Document, path: str, verb: str, value: Any) -> None:
    holder, finder = document, kind.attribute
    for extension in kind.extensions:
        urn = extension.schema.id
        if path.startswith(urn + ":"):
            path = path[len(urn) + 1 :]
            holder, finder = document.setdefault(urn, {}), extension.schema.attribute
    parts = _PATH.fullmatch(path)
    if parts is None:
        raise Refused("malformed")
    attribute = _known(finder(parts["name"]))
    sub = _known(attribute.sub(parts["sub"])) if parts["sub"] else None
    if parts["key"]:
        _filtered(holder, attribute, (parts["key"], json.loads(parts["operand"])), sub, verb, value)
    elif sub is not None:
        _sub(holder, attribute, sub, verb, value)
    else:
        _attribute(holder, attribute, verb, value)


def _known(attribute: Attribute | None) -> Attribute:
    if attribute is None:
        raise Refused("unknown")
    return attribute


def _writable(*attributes: Attribute | None) -> None:
    for attribute in attributes:
        if attribute is not None and attribute.mutability is Mutability.READ_ONLY:
            raise Refused("readOnly")


def _attribute(holder: Document, attribute: Attribute, verb: str, value: Any) -> None:
    """The whole attribute: no filter, no sub-attribute."""
    _writable(attribute)
    name = attribute.name
    if verb == "remove" or value is None:
        if verb == "add" and attribute.multi_valued:
            raise Refused("null is no element")
        holder.pop(name, None)
    elif not attribute.multi_valued and attribute.type is not Type.COMPLEX:
        holder[name] = _checked(attribute, value) if value != {} else []
    elif not attribute.multi_valued:
        holder[name] = _merged(attribute, holder.get(name, {}), value)
    elif verb == "replace":
        if not isinstance(value, list):
            raise Refused("no array")
        holder[name] = []
        _append(holder[name], attribute, value)
    else:
        holder.setdefault(name, [])
        _append(holder[name], attribute, value if isinstance(value, list) else [value])


def _append(elements: list[Any], attribute: Attribute, values: list[Any]) -> None:
    """Add what is not there yet; one (type, value) is one element (RFC 7643 §2.4)."""
    touched = []
    for value in values:
        if attribute.type is not Type.COMPLEX:
            elements.append(_checked(attribute, value))
            continue
        new = _merged(attribute, {}, value)
        if not new:
            continue
        same = [e for e in elements if e == new or ("value" in new and _pair(e) == _pair(new))]
        if same:
            same[0].update(new)
            touched.append(same[0])
        else:
            elements.append(new)
            touched.append(new)
    _one_primary(elements, touched)


def _pair(element: Document) -> tuple[Any, Any]:
    return element.get("type"), element.get("value")


def _one_primary(elements: list[Any], touched: list[Document]) -> None:
    """What this operation made primary is the only primary element (§3.5.2)."""
    leaders: list[Document] = []
    for element in touched:
        if element.get("primary") is True and all(element is not other for other in leaders):
            leaders.append(element)
    if len(leaders) > 1:
        raise Refused("two primary values")
    for element in elements if leaders else []:
        if element is not leaders[0] and element.get("primary") is True:
            element["primary"] = False


def _sub(holder: Document, attribute: Attribute, sub: Attribute, verb: str, value: Any) -> None:
    _writable(attribute, sub)
    given = None if verb == "remove" else value
    if not attribute.multi_valued:
        holder[attribute.name] = _merged(
            attribute, holder.get(attribute.name, {}), {sub.name: given}
        )
        return
    elements = holder.setdefault(attribute.name, [])
    if not elements and verb != "remove":
        elements.append({})
    for element in elements:
        _overwrite(element, _merged(attribute, element, {sub.name: given}))
    _one_primary(elements, elements)


def _filtered(
    holder: Document,
    attribute: Attribute,
    selection: tuple[str, Any],
    sub: Attribute | None,
    verb: str,
    value: Any,
) -> None:
    _writable(attribute, sub)
    if not attribute.multi_valued:
        raise Refused("one value")
    key = _known(attribute.sub(selection[0]))
    elements = holder.get(attribute.name, [])
    chosen = [element for element in elements if _equal(key, element, selection[1])]
    if not chosen and verb != "remove":
        raise Refused("noTarget")
    for element in chosen:
        if sub is not None:
            given = {sub.name: None if verb == "remove" else value}
            _overwrite(element, _merged(attribute, element, given))
        elif verb == "remove" or value is None:
            element.clear()
        else:
            before = element if verb == "add" else {}
            _overwrite(element, _merged(attribute, before, value))
    _one_primary(elements, chosen)
    holder[attribute.name] = [element for element in elements if element]


def _equal(key: Attribute, element: Document, operand: Any) -> bool:
    value = element.get(key.name, False if key.name == "primary" else None)
    if isinstance(value, str) and isinstance(operand, str) and not key.case_exact:
        return value.lower() == operand.lower()
    return bool(value == operand)


def _overwrite(element: Document, after: Document) -> None:
    element.clear()
    element.update(after)


def _merged(attribute: Attribute, before: Document, value: Any) -> Document:
    if not isinstance(value, dict):
        raise Refused("no object")
    after = dict(before)
    for key, item in value.items():
        sub = _known(attribute.sub(key))
        if item is None or item == {}:
            after.pop(sub.name, None)
        else:
            _writable(sub)
            after[sub.name] = _checked(sub, item)
    return after


def _checked(attribute: Attribute, value: Any) -> Any:
    if type(value) is not _PYTHON[attribute.type]:
        raise Refused("wrong type")
    return value


def _tidy(kind: ResourceType, document: Document) -> Document:
    """No empty values, no element twice, ``schemas`` as the data has it, a name for the user."""
    for holder in (document, *(document.get(e.schema.id, {}) for e in kind.extensions)):
        for name, value in list(holder.items()):
            if isinstance(value, list):
                holder[name] = _distinct([item for item in value if item != {}])
            if holder[name] in ([], {}):
                del holder[name]
    present = [e.schema.id for e in kind.extensions if document.get(e.schema.id)]
    for extension in kind.extensions:
        if extension.schema.id not in present:
            document.pop(extension.schema.id, None)
    document.pop("password", None)
    return document | {"schemas": [kind.schema.id, *present]}


def _distinct(elements: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for element in elements:
        twins = [at for at, other in enumerate(kept) if _twins(other, element)]
        if not twins:
            kept.append(element)
        elif isinstance(element, dict) and element.get("primary") is True:
            kept[twins[0]] = element
    return kept


def _twins(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and "value" in one and "value" in other:
        return _pair(one) == _pair(other)
    return bool(one == other)
