"""The tables of a source's file: read by schemas, every fault told with its place."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate

from scim_server.protocol.values import UNSTORABLE
from scim_server.sync.faults import Faults

KINDS = {"users": "User", "groups": "Group"}
"""Tables that are about one kind, and the resource types that they mean."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file may refer to.

    folder:      where it lies: relative paths in it begin there
    environment: where secrets are
    zone:        in which its dates are
    kinds:       names of the resource types that it has mappings for
    """

    folder: Path
    environment: Mapping[str, str]
    zone: ZoneInfo
    kinds: Collection[str] = ()


def load(schema: type[Schema], given: object, place: str, faults: Faults) -> dict[str, Any] | None:
    """What is sound of a table, as its schema reads it; None: it is no table.

    What is wrong with it is told in ``faults``, and the rest is there to be looked at further.
    """
    if not isinstance(given, Mapping):
        faults.at(place, "must be a table")
        return None
    reader = schema()
    try:
        return dict(reader.load(given))
    except ValidationError as fault:
        _tell(reader, place, fault.messages_dict, faults)
        return dict(fault.valid_data or {})


def _tell(schema: Schema | None, place: str, messages: Mapping[Any, Any], faults: Faults) -> None:
    known = schema.fields if schema else {}
    for name, told in messages.items():
        where = place if name == "_schema" else f"{place}.{name}".lstrip(".")
        field = known.get(name)
        if isinstance(told, Mapping):
            _tell(field.schema if isinstance(field, fields.Nested) else None, where, told, faults)
        elif schema and field is None and name != "_schema":
            faults.unknown(place, name, known)
        else:
            for each in told:
                faults.at(where, str(each))


# NUL ends a path, and with it a message in the database.
PATH = validate.Regexp(r"[^\0]{1,4096}\Z", error="must be a path")


class SecretFields(Schema):
    """``password_env`` or ``password_file``: a secret is never in the file itself."""

    password_env = fields.String(validate=validate.Length(1, 200))
    password_file = fields.String(validate=PATH)


def secret(told: Mapping[str, Any], place: str, faults: Faults, around: Surroundings) -> str | None:
    """The secret that SecretFields name, None where they name none; tells why there is none."""
    if "password_env" in told and "password_file" in told:
        faults.at(place, "must have password_env or password_file, not both")
    elif "password_env" in told:
        name, where = str(told["password_env"]), f"{place}.password_env"
        value = around.environment.get(name)
        if not value:
            faults.at(where, f"the environment has no variable {name}")
        elif UNSTORABLE.search(value):
            faults.at(where, f"the variable {name} is no text in UTF-8")
        else:
            return value
    elif "password_file" in told:
        return _content(around.folder / told["password_file"], f"{place}.password_file", faults)
    return None


def _content(path: Path, where: str, faults: Faults) -> str | None:
    try:
        if value := path.read_text("utf-8").strip():
            return value
        faults.at(where, f"{path} is empty")
    except OSError as fault:
        faults.at(where, f"{path} cannot be read: {fault.strerror}")
    except ValueError:
        # Its message would tell a part of what is in there.
        faults.at(where, f"{path} is no text in UTF-8")
    return None
