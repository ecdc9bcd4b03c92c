"""The tables of a source's file: read by schemas, every fault told with its place."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, validate

from scim_server.sync.faults import Faults


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a file may refer to.

    folder:      where it lies: relative paths in it begin there
    environment: where secrets are
    zone:        in which its dates are
    """

    folder: Path
    environment: Mapping[str, str]
    zone: ZoneInfo


def load(schema: type[Schema], given: object, place: str, faults: Faults) -> dict[str, Any]:
    """A table as its schema reads it: what is sound of it, so that the rest is looked at as well.

    What is wrong with it is told in ``faults``.
    """
    if not isinstance(given, Mapping):
        faults.at(place, "must be a table")
        return {}
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
            faults.at(where, " ".join(map(str, told)))


class SecretFields(Schema):
    """``password_env`` or ``password_file``: a secret is never in the file itself."""

    password_env = fields.String(validate=validate.Length(1, 200))
    password_file = fields.String(validate=validate.Length(1, 4096))


def secret(told: Mapping[str, Any], place: str, faults: Faults, around: Surroundings) -> str | None:
    """The secret that SecretFields name, None where they name none; tells why there is none."""
    if "password_env" in told and "password_file" in told:
        faults.at(place, "must have password_env or password_file, not both")
    elif "password_env" in told:
        name = str(told["password_env"])
        if value := around.environment.get(name):
            return value
        faults.at(f"{place}.password_env", f"the environment has no variable {name}")
    elif "password_file" in told:
        path = around.folder / str(told["password_file"])
        try:
            if value := path.read_text("utf-8").strip():
                return value
            faults.at(f"{place}.password_file", f"{path} is empty")
        except OSError as fault:
            faults.at(f"{place}.password_file", f"{path} cannot be read: {fault.strerror}")
        except ValueError:
            # Its message would tell a part of what is in there.
            faults.at(f"{place}.password_file", f"{path} is no text in UTF-8")
    return None
