"""What one setting may hold. A message says what is to be there, and repeats no secret."""

import os
import re
from collections.abc import Iterable, Iterator
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from scim_server.config import BUNDLED_SCHEMAS

URL_TEXT = re.compile(r'[!"$->@-~]+')
"""Printable ASCII but "#" and "?": links begin with it, also in headers, which take no more."""
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
KEY_CHARACTERS = 32
"""At least, of a key that is a setting."""


class Folders(fields.Field[tuple[Path, ...]]):
    """Further schema folders, separated as PATH is; the bundled ones come first."""

    def _deserialize(self, value: str, *_: object, **__: object) -> tuple[Path, ...]:
        folders = [BUNDLED_SCHEMAS, *(Path(part) for part in value.split(os.pathsep) if part)]
        faults = [*_unreachable(folders)] or [*_repeated(folders)]
        if faults:
            raise ValidationError("; ".join(faults))
        return tuple(folders)


class Folder(Folders):
    """One folder, of files that come before the bundled ones of their names."""

    def _deserialize(self, value: str, *_: object, **__: object) -> tuple[Path, ...]:
        if faults := [*_unreachable([Path(value)])]:
            raise ValidationError("; ".join(faults))
        return (Path(value),)


class OneFolder(fields.Field[Path]):
    """One folder."""

    def _deserialize(self, value: str, *_: object, **__: object) -> Path:
        if faults := [*_unreachable([Path(value)])]:
            raise ValidationError("; ".join(faults))
        return Path(value)


def _unreachable(folders: Iterable[Path]) -> Iterator[str]:
    for folder in folders:
        try:
            if not folder.is_dir():
                yield f"no such folder: {folder}"
        except OSError as fault:
            yield f"{fault.strerror}: {folder}"


def _repeated(folders: Iterable[Path]) -> Iterator[str]:
    known: set[Path] = set()
    for folder in folders:
        place = folder.resolve()
        if place in known:
            yield f"is read already, leave it out here: {folder}"
        known.add(place)


class Names(fields.Field[tuple[str, ...]]):
    """Words, separated by commas."""

    def _deserialize(self, value: str, *_: object, **__: object) -> tuple[str, ...]:
        return tuple(name for part in value.split(",") if (name := part.strip()))


def are_origins(urls: tuple[str, ...]) -> None:
    """URLs of pages; all that follows their port is passed over."""
    for url in urls:
        is_url(url)


def is_domain(text: str) -> None:
    """A host that browsers accept security keys for."""
    if not DOMAIN.fullmatch(text):
        raise ValidationError(f'must be a host name in small letters, not "{text}"')


def are_keys(keys: tuple[str, ...]) -> None:
    """The keys are not repeated in a message."""
    if any(len(key) < KEY_CHARACTERS for key in keys):
        raise ValidationError(
            f"must be keys of at least {KEY_CHARACTERS} characters, such as"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(32))' prints"
        )


def is_database(text: str) -> None:
    """The text is not repeated in a message: it may hold a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        url = URL.create("none")
    if url.drivername not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise ValidationError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    if "@" in (url.host or ""):
        raise ValidationError('an "@" in the password is written %40')
    if url.drivername == "sqlite" and not _is_file(url):
        raise ValidationError(
            "must name a file and no more: sqlite:///FILE, or sqlite:////FOLDER/FILE"
        )


def _is_file(url: URL) -> bool:
    """Whether an SQLite URL names a file; a query would be left to the driver's parsing."""
    name = url.database or ""
    is_name = bool(name) and "\0" not in name and not name.startswith((":", "file:"))
    return is_name and not url.host and not url.query


def is_address(text: str) -> None:
    """To listen on; IPv6 in brackets."""
    match = re.fullmatch(r"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+):([0-9]{1,5})", text, re.ASCII)
    if match is None or not 0 < int(match[1]) < 65536:
        raise ValidationError(
            f'must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, not "{text}"'
        )


def is_host(text: str) -> None:
    """To connect to."""
    if not re.fullmatch(r"[\w.-]{1,253}|[0-9A-Fa-f:.]{2,45}", text, re.ASCII):
        raise ValidationError("must be the name or the address of a host, without a port")


def is_sender(text: str) -> None:
    """Of mail, with or without words before it."""
    _, address = parseaddr(text)
    is_sound = text.isascii() and text.isprintable()
    if not is_sound or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValidationError("must be an address: NAME@HOST, or Words <NAME@HOST>")


def is_url(text: str) -> None:
    """What links begin with."""
    try:
        parts = urlsplit(text)
        is_sound = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or parts.scheme not in ("http", "https") or not URL_TEXT.fullmatch(text):
        raise ValidationError(
            "must be an http or https URL without a query, in ASCII without blanks:"
            " a name such as münchen.example is written xn--mnchen-3ya.example"
        )


def is_token(text: str) -> None:
    """The text is not repeated in a message: it is a secret."""
    if not re.fullmatch(r"[!-~]{32,512}", text):
        raise ValidationError("must be 32 to 512 characters of ASCII without blanks")


def text(meaning: str, check: Any) -> fields.String:
    """A setting that passes the check."""
    return fields.String(validate=check, metadata={"meaning": meaning})


def count(least: int, meaning: str, most: int | None = None) -> fields.Integer:
    """A number within bounds."""
    bounds = f"at least {least}" if most is None else f"from {least} to {most}"
    return fields.Integer(
        validate=validate.Range(least, most, error=f"must be {bounds}, not {{input}}"),
        error_messages={"invalid": f'must be a whole number, {bounds}, not "{{input}}"'},
        metadata={"meaning": meaning},
    )


def switch(meaning: str) -> fields.Boolean:
    """Yes or no."""
    said = 'must be true or false (yes or no, on or off, 1 or 0), not "{input}"'
    return fields.Boolean(error_messages={"invalid": said}, metadata={"meaning": meaning})
