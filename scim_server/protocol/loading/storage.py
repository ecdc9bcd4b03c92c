"""The ``storage`` of a resource type: what is wrong with it, and the Storage that it defines."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scim_server.protocol.loading.define import strings, unknown
from scim_server.protocol.schema import Attribute, Schema, Type, fold_name
from scim_server.protocol.storage import Storage


def _is_text(attribute: Attribute) -> bool:
    return attribute.type is Type.STRING and not attribute.multi_valued


def _is_secret(attribute: Attribute) -> bool:
    return _is_text(attribute) and attribute.is_secret


def _is_list(attribute: Attribute) -> bool:
    return attribute.is_complex and attribute.multi_valued and attribute.sub("value") is not None


def _is_flag(attribute: Attribute) -> bool:
    return attribute.type is Type.BOOLEAN and not attribute.multi_valued


@dataclass(frozen=True, slots=True)
class _Use:
    """A key of ``storage``: the field of Storage, and what its attributes must be."""

    field: str
    fits: Callable[[Attribute], bool]
    wanted: str
    many: bool = False


_USES = {
    "addresses": _Use("addresses", _is_list, "a list of complex values with a value"),
    "display": _Use("display", _is_text, "single texts", many=True),
    "identifier": _Use("identifier", _is_text, "single texts", many=True),
    "members": _Use("members", _is_list, "a list of complex values with a value"),
    "memberOf": _Use("member_of", _is_list, "a list of complex values with a value"),
    "password": _Use("password", _is_secret, "a single text that nobody may read"),
    "status": _Use("status", _is_flag, "a single boolean"),
    "applications": _Use("applications", _is_list, "a list of complex values with a value"),
}


ACCOUNT = "account"
"""The key that names an extension, not attributes."""


def storage_faults(storage: Mapping[str, Any], schema: Schema | None) -> Iterator[str]:
    """Say everything that is wrong; attributes are looked up where the schema is a sound one."""
    yield from unknown("key", storage, (*_USES, ACCOUNT))
    for key, use in _USES.items():
        if key not in storage:
            continue
        names = storage[key] if use.many else [storage[key]]
        if what := strings(names):
            yield f"{key} {what if use.many else 'must be a text'}"
        elif schema:
            yield from _name_faults(key, use, names, schema)


def _name_faults(key: str, use: _Use, names: list[str], schema: Schema) -> Iterator[str]:
    for name in names:
        attribute = schema.attribute(name)
        if attribute is None or not use.fits(attribute):
            yield f"{key}: {name!r} is unknown, or not {use.wanted}"


def make_storage(storage: Mapping[str, Any], schema: Schema) -> Storage:
    """Make the Storage of a ``storage`` without faults."""
    fields: dict[str, Any] = {key: urn for key, urn in storage.items() if key == ACCOUNT}
    for key, value in storage.items():
        if key == ACCOUNT:
            continue
        names = value if _USES[key].many else [value]
        spelled = tuple(schema.by_name[fold_name(name)].name for name in names)
        fields[_USES[key].field] = spelled if _USES[key].many else spelled[0]
    return Storage(**fields)
