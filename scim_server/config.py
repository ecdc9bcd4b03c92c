"""Settings: one frozen record from the environment; a bad start-up tells every fault at once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

BASE_PATH = "/scim/v2"
BUNDLED_SCHEMAS = Path(__file__).with_name("schemas")
PREFIX = "SCIM_"


class BadConfig(Exception):
    """What is wrong with the settings, a line each."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default; docs/settings.md explains each."""

    database_url: str = "sqlite:///scim.db"
    bind: str = "127.0.0.1:8080"
    public_url: str = "http://127.0.0.1:8080"
    schemas: tuple[Path, ...] = (BUNDLED_SCHEMAS,)
    workers: int = 0
    threads: int = 8
    page_size: int = 100
    max_page_size: int = 1000
    max_matches: int = 0
    cursor_seconds: int = 3600
    bulk_operations: int = 1000
    bulk_bytes: int = 4 * 2**20
    body_bytes: int = 2**20
    patched_members: int = 100
    rate_per_second: int = 0
    failures_per_minute: int = 600
    unique_group_names: bool = True
    open_discovery: bool = True

    @property
    def base_url(self) -> str:
        """What every link begins with; never taken from a request (security rule 19)."""
        return self.public_url.rstrip("/") + BASE_PATH

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Config":
        """Read SCIM_* variables. Raises BadConfig naming every faulty one."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and value
        }
        if "bind" in given:
            given.setdefault("public_url", f"http://{given['bind']}")
        try:
            return cls(**_Settings(unknown=EXCLUDE).load(given))
        except ValidationError as fault:
            raise BadConfig(_lines(dict(fault.messages_dict))) from None


class _Folders(fields.Field[tuple[Path, ...]]):
    """Further schema folders, separated as PATH is; the bundled ones come first."""

    def _deserialize(self, value: str, *_: object, **__: object) -> tuple[Path, ...]:
        folders = [Path(part) for part in value.split(os.pathsep) if part]
        missing = [str(folder) for folder in folders if not folder.is_dir()]
        if missing:
            raise ValidationError(f"no such folder: {', '.join(missing)}")
        return (BUNDLED_SCHEMAS, *folders)


def _is_database(url: str) -> None:
    if urlsplit(url).scheme not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise ValidationError("must begin with sqlite:/// or postgresql://")


def _is_address(text: str) -> None:
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise ValidationError("must be HOST:PORT")


def _is_url(text: str) -> None:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValidationError("must be an http or https URL without a query")


def _count(least: int) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=least))


class _Settings(Schema):
    database_url = fields.String(validate=_is_database)
    bind = fields.String(validate=_is_address)
    public_url = fields.String(validate=_is_url)
    schemas = _Folders()
    workers = _count(0)
    threads = _count(1)
    page_size = _count(1)
    max_page_size = _count(1)
    max_matches = _count(0)
    cursor_seconds = _count(1)
    bulk_operations = _count(1)
    bulk_bytes = _count(1)
    body_bytes = _count(1)
    patched_members = _count(0)
    rate_per_second = _count(0)
    failures_per_minute = _count(0)
    unique_group_names = fields.Boolean()
    open_discovery = fields.Boolean()


def _lines(messages: dict[str, Any]) -> str:
    return "\n".join(
        f"{PREFIX}{name.upper()}: {' '.join(map(str, faults))}"
        for name, faults in sorted(messages.items())
    )
