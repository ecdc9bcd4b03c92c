"""API keys as they are asked for and shown, to administrators and to their owners."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.rights.keys import Key, Listed, Wanted
from scim_server.web.admin.paging import page
from scim_server.web.instants import Instant

LONGEST_DAYS = 3650


def not_blank(longest: int) -> validate.Validator:
    """Whether it can be a name: so many characters at most, and something to see at its start."""
    return validate.And(validate.Length(1, longest), validate.Regexp(r"\S"))


class KeyBody(Schema):
    """A key to be made."""

    name = fields.String(required=True, validate=not_blank(100))
    scopes = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "users:read, users:write, groups:read, admin:users:read, admin …"},
    )
    expiresDays = fields.Integer(
        strict=True,
        load_default=365,
        validate=validate.Range(1, LONGEST_DAYS),
        metadata={"description": "How long it lives."},
    )


class KeyAnswer(Schema):
    """A key; never its secret."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(), required=True)
    user = fields.String(allow_none=True, metadata={"description": "null: the system's."})
    created = Instant(required=True)
    createdBy = fields.String(required=True)
    expires = Instant(required=True, allow_none=True)
    used = Instant(required=True, allow_none=True)


class MadeKeyAnswer(KeyAnswer):
    """A new key with its token, which is shown this once."""

    token = fields.String(required=True)


class KeysAnswer(Schema):
    """A page of keys."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    keys = fields.List(fields.Nested(KeyAnswer), required=True)


def wanted(body: dict[str, Any]) -> Wanted:
    """What was asked for."""
    lifetime = timedelta(days=body["expiresDays"])
    return Wanted(body["name"], frozenset(body["scopes"]), lifetime)


def made(found: tuple[Key, str]) -> dict[str, Any]:
    """A new key, with its token."""
    key, token = found
    return shown(key) | {"token": token}


def listed(found: Listed) -> dict[str, Any]:
    """A page of them."""
    last = found.keys[-1] if found.more else None
    place = None if last is None else (last.created, last.id)
    return page("keys", list(map(shown, found.keys)), found.total, place)


def shown(key: Key) -> dict[str, Any]:
    """One of them."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "user": key.user,
        "created": key.created,
        "createdBy": key.created_by,
        "expires": key.expires,
        "used": key.used,
    }
