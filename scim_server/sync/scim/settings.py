"""``[scim]`` of a source's file: where the other server is, as whom, and whom to read.

[scim]
url = "https://hr.example.com/scim/v2"
password_env = "HR_TOKEN"     # or password_file; a bearer token, with user a password
ca_file = "ca.pem"            # else the certificates that the system trusts
page_size = 200
seconds = 3600                # for a whole reading
answer_seconds = 60           # for each answer, to its last byte
wait_seconds = 300            # for all the times in a run that the server says: later
[scim.users]
filter = 'userType eq "Employee"'
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from scim_server.protocol.errors import InvalidFilter
from scim_server.protocol.filter import parse_filter
from scim_server.sync.faults import Faults
from scim_server.sync.files.tables import KINDS, Surroundings, load
from scim_server.sync.http import AccessFields, authorization, is_protected, trust


@dataclass(frozen=True, slots=True)
class Settings:
    """What is read, and how.

    url:            of the base, without a slash at its end
    filters:        by kind, which of its resources
    seconds:        for a whole reading
    answer_seconds: for an answer, to its last byte
    wait_seconds:   in one reading, for all the times that the server says: later
    """

    url: str
    headers: Mapping[str, str] = field(repr=False)
    context: ssl.SSLContext = field(repr=False)
    page_size: int = 200
    seconds: float = 3600
    answer_seconds: float = 60
    wait_seconds: float = 300
    filters: Mapping[str, str] = field(default_factory=dict)


def _is_base(text: str) -> None:
    is_protected(text)
    url = httpx2.URL(text)
    if url.query or url.fragment:
        raise ValidationError("must end with the path")


def _is_filter(text: str) -> None:
    try:
        parse_filter(text)
    except InvalidFilter as fault:
        raise ValidationError(fault.detail) from None


class _KindFields(Schema):
    filter = fields.String(validate=_is_filter)


class _Fields(AccessFields):
    url = fields.String(required=True, validate=_is_base)
    page_size = fields.Integer(strict=True, validate=validate.Range(1, 10_000))
    seconds = fields.Float(validate=validate.Range(1, 86_400))
    answer_seconds = fields.Float(validate=validate.Range(1, 3600))
    wait_seconds = fields.Float(validate=validate.Range(0, 3600))
    users = fields.Nested(_KindFields)
    groups = fields.Nested(_KindFields)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _has_a_secret(self, _: dict[str, Any], given: Mapping[str, Any], **__: Any) -> None:
        if not {"password_env", "password_file"} & given.keys():
            raise ValidationError("must have password_env or password_file: nobody asks without")


NUMBERS = ("page_size", "seconds", "answer_seconds", "wait_seconds")


def read_settings(
    given: object, place: str, faults: Faults, around: Surroundings
) -> Settings | None:
    """The table as it was parsed; None where something is wrong with it, and told."""
    before = len(faults)
    told = load(_Fields, given, place, faults)
    if told is None:
        return None
    headers = authorization(told, place, faults, around)
    context = trust(around.folder, told.get("ca_file"), place, faults)
    filters = {
        kind: told[table]["filter"]
        for table, kind in KINDS.items()
        if "filter" in told.get(table, {})
    }
    if len(faults) > before:
        return None
    numbers = {name: told[name] for name in NUMBERS if name in told}
    return Settings(told["url"].rstrip("/"), headers, context, filters=filters, **numbers)
