"""An account as administrators write and see it: flat, and behind it the SCIM document.

The same members serve the administration API, CSV and JSON lines. Nothing here touches the store.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from scim_server.directory.accounts import folders
from scim_server.directory.accounts.policy import Policy
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.messages import Op, Operation
from scim_server.protocol.schema import Document, ResourceType

EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
LONGEST_JSON = 16_384
"""Bytes of all free attributes of one account, as JSON."""
DEEPEST_JSON = 20
"""Levels, one within the other."""


@dataclass(frozen=True, slots=True)
class Member:
    """One text of a profile.

    path:    where it stands in the document; the first name may be an extension's URN
    list:    the multi-valued attribute it is a value of, instead
    lead:    whether it is the element that comes first, or the one after it
    longest: characters
    """

    meaning: str
    longest: int
    path: tuple[str, ...] = ()
    list: str | None = None
    lead: bool = True


ACCOUNT = "account"
"""Stands for the URN of the account extension."""
TEXTS: Mapping[str, Member] = {
    "userName": Member("What the user signs in with.", 255, ("userName",)),
    "displayName": Member("What others see.", 255, ("displayName",)),
    "givenName": Member("First name.", 255, ("name", "givenName")),
    "familyName": Member("Last name.", 255, ("name", "familyName")),
    "email": Member("The address that mail goes to.", 320, list="emails"),
    "secondaryEmail": Member("Another address.", 320, list="emails", lead=False),
    "phone": Member("Phone number.", 100, list="phoneNumbers"),
    "userType": Member("Such as Employee or Contractor.", 255, ("userType",)),
    "folder": Member("Where in the organisation: /emea.", folders.LONGEST, (ACCOUNT, "folder")),
}
ADDRESSES = ("email", "secondaryEmail")
FREE = "attributes"


def check(given: Mapping[str, Any]) -> None:
    """Raises InvalidValue, naming the member, for what is too long or of a wrong form."""
    for name, value in given.items():
        if name in TEXTS and value is not None:
            _check_text(name, value)
    if given.get(FREE) is not None:
        _check_free(given[FREE])


def _check_text(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise InvalidValue(f'"{name}" must be a string.')
    if len(value) > TEXTS[name].longest:
        raise InvalidValue(f'"{name}" has more than {TEXTS[name].longest} characters.')
    if name in ADDRESSES and value and not EMAIL.fullmatch(value):
        raise InvalidValue(f'"{name}" must be an e-mail address.')
    if name == "folder" and value:
        folders.check(value)


def _check_free(value: object) -> None:
    if not isinstance(value, dict):
        raise InvalidValue(f'"{FREE}" must be a JSON object.')
    if _levels(value) > DEEPEST_JSON:
        raise InvalidValue(f'"{FREE}" is nested deeper than {DEEPEST_JSON} levels.')
    if len(orjson.dumps(value)) > LONGEST_JSON:
        raise InvalidValue(f'"{FREE}" has more than {LONGEST_JSON} bytes.')


def check_name(policy: Policy, user_name: str) -> None:
    """What the policy asks of the name of a local account. Raises InvalidValue."""
    least, most = policy.user_name_least, policy.user_name_most
    if not least <= len(user_name) <= most:
        raise InvalidValue(f'"userName" must have {least} to {most} characters.')
    if policy.user_name_email and not EMAIL.fullmatch(user_name):
        raise InvalidValue('"userName" must be an e-mail address.')


def laid(kind: ResourceType, document: Document, given: Mapping[str, Any]) -> Document:
    """The document with the members of a profile laid over it, None taking one away (RFC 7396).

    Raises InvalidValue.
    """
    check(given)
    laid = dict(document)
    for name, member in TEXTS.items():
        if name not in given:
            continue
        value = given[name] or None
        if member.list:
            _put_element(laid, member, value)
        else:
            _put(laid, _path(kind, member), value)
    if FREE in given:
        urn = str(kind.storage.account)
        before = _free(laid.get(urn, {}).get(FREE, []))
        after = merged(before, given[FREE]) if given[FREE] is not None else {}
        _put(laid, (urn, FREE), [_element(n, v) for n, v in after.items()] or None)
    return laid


def operations(kind: ResourceType, before: Document, after: Document) -> tuple[Operation, ...]:
    """What a PATCH does to make of one document the other, in what a profile can hold."""
    urn = str(kind.storage.account)
    paths = dict.fromkeys([*(_place(kind, member) for member in TEXTS.values()), (urn, FREE)])
    found = []
    for path in paths:
        value = _value_at(after, path)
        if value == _value_at(before, path):
            continue
        text = f"{urn}:{path[1]}" if path[0] == urn else ".".join(path)
        op: Op = "remove" if value is None else "replace"
        found.append(Operation(op, text, value, has_value=value is not None))
    return tuple(found)


def shown(resource: Resource) -> Document:
    """The profile of a resource; what it does not have is left out."""
    document = resource.document
    profile: Document = {}
    for name, path, at in _plan(resource.kind):
        value = document.get(path[0])
        if value and at is not None:
            value = _value_of(value, at)
        elif value and len(path) > 1:
            value = value.get(path[1])
        if value is not None:
            profile[name] = value
    account = document.get(resource.kind.storage.account or "", {})
    if FREE in account:
        profile[FREE] = _free(account[FREE])
    return profile


@cache
def _plan(kind: ResourceType) -> tuple[tuple[str, tuple[str, ...], int | None], ...]:
    """Of each text: its name, where it stands, and as which value of a list."""
    return tuple(
        (name, _place(kind, member), int(not member.lead) if member.list else None)
        for name, member in TEXTS.items()
    )


def _value_of(elements: list[Document], at: int) -> Any:
    if len(elements) == 1:
        return None if at else elements[0].get("value")
    places = _places(elements)
    return elements[places[at]].get("value") if len(places) > at else None


def merged(target: object, patch: object) -> Any:
    """A JSON merge patch (RFC 7396 §2)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def _levels(value: object) -> int:
    """How deep it is nested, up to one more than is allowed."""
    level, levels = [value], 0
    while level and levels <= DEEPEST_JSON:
        inner = [each for each in level if isinstance(each, dict | list)]
        level = [v for each in inner for v in (each.values() if isinstance(each, dict) else each)]
        levels += bool(inner)
    return levels


def _path(kind: ResourceType, member: Member) -> tuple[str, ...]:
    first, *rest = member.path
    return (str(kind.storage.account) if first == ACCOUNT else first, *rest)


def _put(document: Document, path: tuple[str, ...], value: object) -> None:
    """Set, or take away with what is empty then; parts that are changed are copied."""
    name, *rest = path
    if rest:
        inner = dict(document.get(name, {}))
        _put(inner, tuple(rest), value)
        value = inner or None
    if value is None:
        document.pop(name, None)
    else:
        document[name] = value


def _place(kind: ResourceType, member: Member) -> tuple[str, ...]:
    return (member.list,) if member.list else _path(kind, member)


def _value_at(document: Document, path: tuple[str, ...]) -> Any:
    found: Any = document
    for name in path:
        found = found.get(name)
        if found is None:
            return None
    return found


def _places(elements: list[Document]) -> list[int]:
    """The places of the elements, the primary one's first."""
    primary = [at for at, each in enumerate(elements) if each.get("primary") is True]
    return primary + [at for at in range(len(elements)) if at not in primary]


def _put_element(document: Document, member: Member, value: str | None) -> None:
    name = str(member.list)
    elements = list(document.get(name, ()))
    places = _places(elements)
    wanted = 0 if member.lead else 1
    if len(places) > wanted:
        at = places[wanted]
        if value is None:
            del elements[at]
        elif elements[at].get("value") != value:
            kept = {key: elements[at][key] for key in ("type", "primary") if key in elements[at]}
            elements[at] = {"value": value} | kept
    elif value is not None:
        if len(places) < wanted:
            raise InvalidValue('A "secondaryEmail" needs an "email".')
        elements.append(_new_element(elements, value))
    _put(document, (name,), elements or None)


def _new_element(elements: list[Document], value: str) -> Document:
    """The first is the primary one; the second has another type, which tells them apart."""
    if not elements:
        return {"value": value, "type": "work", "primary": True}
    return {"value": value, "type": "home" if elements[0].get("type") != "home" else "other"}


def _element(name: str, value: object) -> Document:
    """A free attribute as it is stored: text as it is, unless it could be taken for JSON."""
    if isinstance(value, str) and value.strip() and not _is_json(value):
        return {"name": name, "value": value}
    return {"name": name, "value": orjson.dumps(value).decode()}


def _free(elements: list[Document]) -> Document:
    return {str(each.get("name")): _value(str(each.get("value", ""))) for each in elements}


def _value(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
