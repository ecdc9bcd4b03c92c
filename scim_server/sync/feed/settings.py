"""``[feed]`` of a source's file: where the export is, how it is written, what its columns say.

[feed]
url = "https://hr.example.com/reports/workers.csv"     # or file = "workers.csv"
password_env = "HR_TOKEN"     # or password_file; a bearer token, with user a password
header = "X-Api-Key"          # the secret is sent in this header instead
ca_file = "ca.pem"            # else the certificates that the system trusts
seconds = 600                 # for the whole download
megabytes = 1024              # of the file, at most
format = "auto"               # "csv", "json": lines of objects, an array,
rows = "Report_Entry"         #     or an object that has the array under this name
encoding = "auto"
delimiter = "auto"
final_newline = "required"    # "optional": the last line of CSV may end with the file
id = "Employee ID"
start = "Hire Date"           # joins on this day
end = "Termination Date"      # is there on this day for the last time
date_format = ["%d.%m.%Y"]    # else ISO 8601: 2025-12-31
[feed.groups]
column = "Teams"
separator = ";"               # else each value is one name
"""

import re
import ssl
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from scim_server.sync.faults import Faults
from scim_server.sync.files.tables import PATH, Surroundings, load, secret
from scim_server.sync.http import AccessFields, authorization, is_protected, trust

AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a feed is fetched from; ``seconds``: for all of it."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    context: ssl.SSLContext = field(repr=False)
    seconds: float


@dataclass(frozen=True, slots=True)
class GroupColumn:
    """Where a row names its worker's groups; ``separator``: None where a value is one name."""

    column: str
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What is read, and how. The names of columns are as they are spelt in the settings.

    zone:         in which a day begins
    megabytes:    of the file, at most
    date_formats: of strptime; none: ISO 8601
    """

    origin: Path | Address
    zone: ZoneInfo
    id: str
    start: str | None = None
    end: str | None = None
    date_formats: tuple[str, ...] = ()
    megabytes: int = 1024
    format: str = AUTO
    rows: str | None = None
    encoding: str = AUTO
    delimiter: str = AUTO
    final_newline: str = "required"
    groups: GroupColumn | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that the feed itself reads, beside the mapping."""
        named = (self.id, self.start, self.end, self.groups and self.groups.column)
        return tuple(name for name in named if name)


_NAME = validate.Regexp(r"[^\0]{1,200}\Z", error="must be 1 to 200 characters")
_SAMPLE = datetime(2001, 12, 31, tzinfo=UTC)


def _is_encoding(name: str) -> None:
    try:
        " ".encode("utf-8" if name == AUTO else name)
    except (LookupError, ValueError):
        raise ValidationError(f'there is no encoding "{name}"') from None


def _is_delimiter(text: str) -> None:
    if text != AUTO and (len(text) != 1 or text in '"\r\n\0 '):
        raise ValidationError('must be one character, as ";" is, or "auto"')


def _is_date_format(text: str) -> None:
    try:
        read = datetime.strptime(_SAMPLE.strftime(text), text)  # noqa: DTZ007 (a date)
        is_whole = read.date() == _SAMPLE.date()
    except (ValueError, re.error):
        is_whole = False
    if not is_whole:
        raise ValidationError('must say day, month and year, as "%d.%m.%Y" does')


class _OneOrMore(fields.List[str]):
    """A text stands for an array of one."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return super()._deserialize([value] if isinstance(value, str) else value, *args, **kwargs)


class _GroupFields(Schema):
    column = fields.String(required=True, validate=_NAME)
    separator = fields.String(validate=validate.Length(1, 10))


class _Fields(AccessFields):
    file = fields.String(validate=PATH)
    url = fields.String(validate=is_protected)
    header = fields.String(validate=validate.Regexp(r"[A-Za-z][A-Za-z0-9-]{0,99}\Z"))
    seconds = fields.Float(validate=validate.Range(1, 86_400))
    megabytes = fields.Integer(strict=True, validate=validate.Range(1, 1_000_000))
    format = fields.String(validate=validate.OneOf((AUTO, "csv", "json")))
    rows = fields.String(validate=_NAME)
    encoding = fields.String(validate=_is_encoding)
    delimiter = fields.String(validate=_is_delimiter)
    final_newline = fields.String(validate=validate.OneOf(("required", "optional")))
    id = fields.String(required=True, validate=_NAME)
    start = fields.String(validate=_NAME)
    end = fields.String(validate=_NAME)
    date_format = _OneOrMore(
        fields.String(validate=_is_date_format), validate=validate.Length(1, 20)
    )
    groups = fields.Nested(_GroupFields)

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _goes_together(self, _: dict[str, Any], given: Mapping[str, Any], **__: Any) -> None:
        found: dict[str, list[str]] = defaultdict(list)
        if ("file" in given) == ("url" in given):
            found["_schema"].append("must have file or url, one of them")
        elif "file" in given:
            for name in sorted(_OF_ADDRESSES & given.keys()):
                found[name].append("goes with url, not with file")
        if {"user", "header"} <= given.keys():
            found["header"].append("does not go with user")
        if {"user", "header"} & given.keys() and not _SECRETS & given.keys():
            found["_schema"].append("must have password_env or password_file")
        if found:
            raise ValidationError(dict(found))


_SECRETS = {"password_env", "password_file"}
_OF_ADDRESSES = {*_SECRETS, "user", "header", "ca_file", "seconds"}
_SAME = frozenset(Settings.__dataclass_fields__) - {"groups"}
"""Settings that are called in the file what they are called here."""


def read_settings(
    given: object, place: str, faults: Faults, around: Surroundings
) -> Settings | None:
    """The table as it was parsed; None where something is wrong with it, and told."""
    before = len(faults)
    told = load(_Fields, given, place, faults)
    if told is None:
        return None
    origin = _origin(told, place, faults, around)
    if "Group" in around.kinds and "groups" not in told:
        faults.at(f"{place}.groups", "must say where groups are, for there is a mapping [groups]")
    if origin is None or len(faults) > before:
        return None
    return Settings(
        origin,
        around.zone,
        date_formats=tuple(told.get("date_format", ())),
        groups=GroupColumn(**told["groups"]) if "groups" in told else None,
        **{name: value for name, value in told.items() if name in _SAME},
    )


def _origin(
    told: Mapping[str, Any], place: str, faults: Faults, around: Surroundings
) -> Path | Address | None:
    if "file" in told and "url" not in told:
        return around.folder.joinpath(told["file"])
    headers = _headers(told, place, faults, around)
    context = trust(around.folder, told.get("ca_file"), place, faults)
    if "url" not in told:
        return None
    return Address(told["url"], headers, context, told.get("seconds", 600))


def _headers(
    told: Mapping[str, Any], place: str, faults: Faults, around: Surroundings
) -> Mapping[str, str]:
    if "header" not in told:
        return authorization(told, place, faults, around)
    word = secret(told, place, faults, around) or ""
    if not (word.isascii() and word.isprintable()):
        faults.at(place, "the secret holds something else than printable ASCII")
    return {told["header"]: word}
