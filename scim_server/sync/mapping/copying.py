"""Documents of a source that speaks SCIM itself: taken as they are, where both sides know them."""

from collections.abc import Iterable, Mapping
from typing import Any

from scim_server.protocol.references import reference_parts
from scim_server.protocol.resource import check_value
from scim_server.protocol.schema import Attribute, Document, Path, fold_name
from scim_server.sync.mapping.names import Name


def copied(paths: Iterable[Path], document: Document) -> Document:
    """These attributes of it, with Names in references. Raises InvalidValue, InvalidSyntax."""
    made: Document = {}
    core = _folded(document)
    for path in paths:
        holder = core if path.urn is None else _folded(core.get(fold_name(path.urn)))
        value = _taken(path, holder.get(fold_name(path.attribute.name)))
        if value is not None:
            level = made if path.urn is None else made.setdefault(path.urn, {})
            level[path.attribute.name] = value
    return made


def _folded(given: Any) -> Mapping[str, Any]:
    """What is no object has nothing in it."""
    return {fold_name(name): v for name, v in given.items()} if isinstance(given, dict) else {}


def _taken(path: Path, value: Any) -> Any:
    attribute = path.attribute
    if not attribute.is_complex:
        return check_value(attribute, value, path.text)
    if isinstance(value, list):
        value = [_known(attribute, each) for each in value]
    checked: Any = check_value(attribute, _known(attribute, value), path.text)
    parts = reference_parts(attribute)
    if checked is None or parts is None:
        return checked
    elements = checked if isinstance(checked, list) else [checked]
    name = parts.value.name
    named = [{**each, name: Name(each[name])} for each in elements if name in each]
    return (named if attribute.multi_valued else named[0]) if named else None


def _known(attribute: Attribute, element: Any) -> Any:
    """Without what this server does not know, keeps to itself, or derives."""
    if not isinstance(element, dict):
        return element
    parts = reference_parts(attribute)
    known = {
        name: sub
        for name, sub in attribute.by_name.items()
        if not (sub.is_secret or (parts and sub is parts.ref))
    }
    return {name: value for name, value in element.items() if fold_name(name) in known}
