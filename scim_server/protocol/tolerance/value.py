"""The value of one attribute, as clients send it, to what its schema asks for.

Nothing here refuses anything: what no tolerance covers comes out as it went in.
"""

from typing import Any

import orjson

from scim_server.protocol.schema import Attribute, Document, Type, fold_name
from scim_server.protocol.tolerance.names import is_reference

Json = Any
"""What a client sent; nothing is known of it."""


def relaxed(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """Return the whole value of an attribute in its standard form."""
    if not attribute.multi_valued:
        return _single(attribute, value, used)
    if isinstance(value, dict):
        value = lone_object(value, used)
    elif isinstance(value, str) and attribute.is_complex:
        value = [value]
    if not isinstance(value, list):
        return value
    return second_primary([element(attribute, item, used) for item in value], used)


def element(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """Return one element of a multi-valued attribute in its standard form."""
    if not attribute.is_complex:
        return string_booleans(attribute, value, used)
    value = bare_string_member(attribute, stringified_json(attribute, value, used), used)
    return unknown_attributes(attribute, value, used)


def _single(attribute: Attribute, value: Json, used: set[str]) -> Json:
    if not attribute.is_complex:
        return string_booleans(attribute, one_element_array(attribute, value, used), used)
    if is_reference(attribute):
        value = manager_forms(value, used)
    return unknown_attributes(attribute, one_element_array(attribute, value, used), used)


def lone_object(value: Document, used: set[str]) -> list[Document]:
    """3: OneLogin sends ``emails`` as an object (clients/onelogin/emails_object.json)."""
    used.add("lone_object")
    return [value]


def second_primary(elements: list[Json], used: set[str]) -> list[Json]:
    """W9: two primary elements in one body (clients/azure-postman/second_primary.json)."""
    leaders = [at for at, e in enumerate(elements) if isinstance(e, dict) and is_primary(e)]
    for at in leaders[:-1]:
        used.add("second_primary")
        elements[at] = {**elements[at], _key(elements[at], "primary"): False}
    return elements


def is_primary(value: Document) -> bool:
    """Whether an element says that it is the primary one."""
    return value.get(_key(value, "primary")) is True


def unknown_attributes(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """W3: sub-attributes of one's own (clients/azure-postman/unknown_attributes.json)."""
    if not isinstance(value, dict):
        return value
    known = {}
    for key, item in value.items():
        sub = attribute.sub(key)
        if sub is None:
            used.add("unknown_attributes")
        else:
            known[key] = relaxed(sub, item, used)
    return known


def string_booleans(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """W5: Entra sends "True" and "False" for booleans (clients/entra/string_active.json)."""
    word = value.lower() if isinstance(value, str) else None
    if attribute.type is not Type.BOOLEAN or word not in ("true", "false"):
        return value
    used.add("string_booleans")
    return word == "true"


def one_element_array(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """P15: old Entra jobs wrap single values (clients/entra/one_element_array.json)."""
    if not isinstance(value, list) or len(value) != 1:
        return value
    used.add("one_element_array")
    [only] = value
    if isinstance(only, dict) and not attribute.is_complex:
        return only.get(_key(only, "value"), only)
    return only


def manager_forms(value: Json, used: set[str]) -> Json:
    """P9: a reference as a string, in a list, or emptied (clients/entra/manager_forms.json)."""
    if isinstance(value, list) and len(value) == 1:
        used.add("manager_forms")
        [value] = value
    if isinstance(value, str):
        used.add("manager_forms")
        return {"value": value} if value else None
    if isinstance(value, dict) and value.get(_key(value, "value")) == "":
        used.add("manager_forms")
        return None
    return value


def bare_string_member(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """P7: an id instead of an object (clients/azure-postman/bare_string_member.json)."""
    if isinstance(value, str) and attribute.sub("value") is not None:
        used.add("bare_string_member")
        return {"value": value}
    return value


def stringified_json(attribute: Attribute, value: Json, used: set[str]) -> Json:
    """P10: Entra sends an app role as JSON in a string (clients/entra/app_roles.json)."""
    outer: Document = dict(value) if isinstance(value, dict) else {}
    text = outer.pop(_key(outer, "value"), None) if outer else value
    if not isinstance(text, str) or not text.lstrip().startswith("{"):
        return value
    try:
        inner = orjson.loads(text)
    except orjson.JSONDecodeError:
        return value
    used.add("stringified_json")
    for key, item in inner.items():
        sub = attribute.sub(key) or attribute.sub(key.removesuffix("Name"))
        if sub is not None:
            outer[sub.name] = item
    return outer


def _key(value: Document, name: str) -> str:
    """The key under which the client wrote ``name``."""
    return next((key for key in value if fold_name(key) == name), name)
