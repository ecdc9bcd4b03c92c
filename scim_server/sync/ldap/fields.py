"""What may stand in the table ``[ldap]``."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate

from scim_server.sync.files.tables import PATH, SecretFields
from scim_server.sync.ldap.dialects import DIALECTS
from scim_server.sync.ldap.filters import checked
from scim_server.sync.ldap.flags import FLAGS
from scim_server.sync.ldap.names import rdns

PORTS = {"ldap": 389, "ldaps": 636}
MECHANISMS = ("simple", "plain", "external", "anonymous")


class Texts(fields.Field[tuple[str, ...]]):
    """A text, or an array of them, as a tuple."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[str, ...]:
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not texts or not all(map(_is_text, texts)):
            raise ValidationError("must be text, or an array of texts")
        return tuple(texts)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value


def _addresses(urls: Sequence[str]) -> None:
    for url in urls:
        try:
            parts = urlsplit(url)
            port = parts.port
            # As the socket will: labels that are empty or too long have no address.
            (parts.hostname or "").encode("idna")
        except ValueError:
            raise ValidationError("is no address") from None
        if parts.username is not None or parts.password is not None:
            raise ValidationError("must hold no name and no password: it is shown")
        rest = (parts.path.strip("/"), parts.query, parts.fragment)
        is_host = parts.hostname and "%" not in parts.hostname
        if parts.scheme not in PORTS or not is_host or port == 0 or any(rest):
            raise ValidationError(f"{url} must be ldaps://HOST or ldap://HOST, and perhaps :PORT")


def _bases(names: Sequence[str]) -> None:
    for name in names:
        if not rdns(name):
            raise ValidationError(f"{name} is no distinguished name")


def _filter(text: str) -> None:
    try:
        checked(text)
    except ValueError as fault:
        raise ValidationError(str(fault)) from None


class PartFields(Schema):
    """``[ldap.users]``."""

    base = Texts(validate=_bases)
    filter = fields.String(validate=_filter)
    scope = fields.String(validate=validate.OneOf(["subtree", "one"]))
    id = fields.String(validate=validate.Regexp(r"[A-Za-z][\w.;-]{0,199}\Z"))


class GroupFields(PartFields):
    """``[ldap.groups]``."""

    members = Texts()
    by = fields.String(validate=validate.OneOf(["members", "memberOf"]))
    nested = fields.String(validate=validate.OneOf(["keep", "flatten"]))


_path = partial(fields.String, validate=PATH)
_seconds = partial(fields.Integer, strict=True, validate=validate.Range(1, 3600))
_table = partial(fields.Raw, load_default=dict)


class LdapFields(SecretFields):
    """``[ldap]``; its tables are read on their own."""

    url = Texts(required=True, validate=_addresses)
    tls = fields.String(load_default="required", validate=validate.OneOf(["required", "none"]))
    ca_file = _path()
    cert_file = _path()
    key_file = _path()
    mechanism = fields.String(load_default="simple", validate=validate.OneOf(MECHANISMS))
    bind = fields.String(validate=validate.Regexp(r"[^\0]{1,4096}\Z"))
    base = Texts(validate=_bases)
    users = _table()
    groups = _table()
    dialect = fields.String(validate=validate.OneOf(["auto", *DIALECTS]))
    flags = fields.List(fields.String(validate=validate.OneOf(list(FLAGS))))
    page_size = fields.Integer(strict=True, validate=validate.Range(1, 10_000))
    connect_seconds = _seconds()
    answer_seconds = _seconds()
    reading_seconds = _seconds()
    most_entries = fields.Integer(strict=True, validate=validate.Range(1))
    referrals = fields.String(validate=validate.OneOf(["refuse", "ignore"]))
    binary = Texts()
