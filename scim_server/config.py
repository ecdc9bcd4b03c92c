"""Settings: one frozen record from the environment; a bad start-up tells every fault at once."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

BASE_PATH = "/scim/v2"
ADMIN_PATH = "/admin/v1"
AUTH_PATH = "/auth/v1"
LINK_PATH = "/auth/links"
BUNDLED_SCHEMAS = Path(__file__).with_name("schemas")
PREFIX = "SCIM_"
FOREIGN = re.compile(r"SCIM_(URL|TOKEN|TEST_\w+)")
"""Names that are no settings and no mistakes: what quickstart prints, and what the tests read."""
URL_TEXT = re.compile(r'[!"$->@-~]+')
"""Printable ASCII but "#" and "?": links begin with it, also in headers, which take no more."""
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
DEFAULT_PORTS = {"http": 80, "https": 443}
KEY_CHARACTERS = 32
"""At least, of a key that is a setting."""
LARGEST_PAGE = 10_000
"""Resources. A page is made from one snapshot of the database, which is held open meanwhile."""


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
    patch_without_body: tuple[str, ...] = ()
    rate_per_second: int = 0
    failures_per_minute: int = 600
    unique_group_names: bool = True
    open_discovery: bool = True
    link_url: str = ""
    templates: tuple[Path, ...] = ()
    smtp_host: str = ""
    smtp_port: int = 0
    smtp_tls: str = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_from: str = ""
    seal_key: tuple[str, ...] = field(default=(), repr=False)
    webauthn_domain: str = ""
    webauthn_origins: tuple[str, ...] = ()
    metrics_token: str = field(default="", repr=False)

    @property
    def base_url(self) -> str:
        """What every link begins with; never taken from a request (security rule 19)."""
        return self.site_url + BASE_PATH

    @property
    def site_url(self) -> str:
        """What comes before the paths of every API."""
        return self.public_url.rstrip("/").removesuffix(BASE_PATH)

    def link(self, purpose: str, token: str) -> str:
        """What is mailed: browsers send what follows a "#" to nobody, also not as Referer."""
        if self.link_url:
            return f"{self.link_url}#purpose={purpose}&token={token}"
        return f"{self.site_url}{LINK_PATH}/{purpose}/{token}"

    @property
    def key_domain(self) -> str:
        """The host that WebAuthn keys are for."""
        return self.webauthn_domain or urlsplit(self.public_url).hostname or ""

    @property
    def key_origins(self) -> tuple[str, ...]:
        """The origins of pages that may ask for one."""
        return tuple(map(_origin, self.webauthn_origins or (self.public_url,)))

    @property
    def address(self) -> tuple[str, int]:
        """Host, without the brackets of IPv6, and port to listen on."""
        host, _, port = self.bind.rpartition(":")
        return host.strip("[]"), int(port)

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Config":
        """Read SCIM_* variables. Raises BadConfig naming every faulty one."""
        try:
            told = _Settings(unknown=EXCLUDE).load(_given(environment))
        except ValidationError as fault:
            raise BadConfig(_lines(dict(fault.messages_dict))) from None
        if "bind" in told:
            told.setdefault("public_url", f"http://{_reachable(told['bind'])}")
        if "max_page_size" in told:
            told.setdefault("page_size", min(cls().page_size, told["max_page_size"]))
        return cls(**told)


def settings() -> Iterator[tuple[str, str, object]]:
    """Every variable, what it means in a few words, and its default."""
    defaults = {name: each.default for name, each in Config.__dataclass_fields__.items()}
    for name, declared in _Settings._declared_fields.items():
        yield PREFIX + name.upper(), declared.metadata["meaning"], defaults[name]


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """Variables that look like settings and are none, a line each."""
    known = [variable for variable, _, _ in settings()]
    return [
        f"{name} is no setting, and is ignored: {_nearest(name, known)}"
        for name in sorted(environment)
        if name.startswith(PREFIX) and name not in known and not FOREIGN.fullmatch(name)
    ]


def local_links(environment: Mapping[str, str]) -> list[str]:
    """Says so where links can be followed on this machine only, though it listens to others."""
    given = _given(environment)
    bind = given.get("bind", "")
    if "public_url" in given or _reachable(bind) == bind:
        return []
    return [
        f"{PREFIX}PUBLIC_URL is not set: with {PREFIX}BIND {bind}, links begin with"
        f" http://{_reachable(bind)}, which other machines cannot follow. Set it to the URL that"
        " clients use."
    ]


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    """What is set, by the names of the fields."""
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value
    }


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(
        name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known], n=1
    )
    return f"did you mean {PREFIX}{near[0]}?" if near else "scim-server --help lists the settings."


def _reachable(bind: str) -> str:
    """The address itself, or the loopback one where it means every address of the machine."""
    host, _, port = bind.rpartition(":")
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return bind
    if not address.is_unspecified:
        return bind
    return f"127.0.0.1:{port}" if address.version == 4 else f"[::1]:{port}"


class _Folders(fields.Field[tuple[Path, ...]]):
    """Further schema folders, separated as PATH is; the bundled ones come first."""

    def _deserialize(self, value: str, *_: object, **__: object) -> tuple[Path, ...]:
        folders = [BUNDLED_SCHEMAS, *(Path(part) for part in value.split(os.pathsep) if part)]
        faults = [*_unreachable(folders)] or [*_repeated(folders)]
        if faults:
            raise ValidationError("; ".join(faults))
        return tuple(folders)


class _Folder(_Folders):
    """One folder, of files that come before the bundled ones of their names."""

    def _deserialize(self, value: str, *_: object, **__: object) -> tuple[Path, ...]:
        if faults := [*_unreachable([Path(value)])]:
            raise ValidationError("; ".join(faults))
        return (Path(value),)


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


class _Names(fields.Field[tuple[str, ...]]):
    """Words, separated by commas."""

    def _deserialize(self, value: str, *_: object, **__: object) -> tuple[str, ...]:
        return tuple(name for part in value.split(",") if (name := part.strip()))


def _origin(url: str) -> str:
    """Scheme, host and port of a URL, as browsers tell them (RFC 6454 §6.2)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}"


def _are_origins(urls: tuple[str, ...]) -> None:
    for url in urls:
        _is_url(url)


def _is_domain(text: str) -> None:
    if not DOMAIN.fullmatch(text):
        raise ValidationError(f'must be a host name in small letters, not "{text}"')


def _are_keys(keys: tuple[str, ...]) -> None:
    """The keys are not repeated in a message."""
    if any(len(key) < KEY_CHARACTERS for key in keys):
        raise ValidationError(
            f"must be keys of at least {KEY_CHARACTERS} characters, such as"
            " python3 -c 'import secrets; print(secrets.token_urlsafe(32))' prints"
        )


def _is_database(text: str) -> None:
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


def _is_address(text: str) -> None:
    match = re.fullmatch(r"(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+):([0-9]{1,5})", text, re.ASCII)
    if match is None or not 0 < int(match[1]) < 65536:
        raise ValidationError(
            f'must be HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, not "{text}"'
        )


def _is_host(text: str) -> None:
    if not re.fullmatch(r"[\w.-]{1,253}|[0-9A-Fa-f:.]{2,45}", text, re.ASCII):
        raise ValidationError("must be the name or the address of a host, without a port")


def _is_sender(text: str) -> None:
    _, address = parseaddr(text)
    is_sound = text.isascii() and text.isprintable()
    if not is_sound or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValidationError("must be an address: NAME@HOST, or Words <NAME@HOST>")


def _is_url(text: str) -> None:
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


def _is_token(text: str) -> None:
    """The text is not repeated in a message: it is a secret."""
    if not re.fullmatch(r"[!-~]{32,512}", text):
        raise ValidationError("must be 32 to 512 characters of ASCII without blanks")


def _text(meaning: str, check: Any) -> fields.String:
    return fields.String(validate=check, metadata={"meaning": meaning})


def _count(least: int, meaning: str, most: int | None = None) -> fields.Integer:
    bounds = f"at least {least}" if most is None else f"from {least} to {most}"
    return fields.Integer(
        validate=validate.Range(least, most, error=f"must be {bounds}, not {{input}}"),
        error_messages={"invalid": f'must be a whole number, {bounds}, not "{{input}}"'},
        metadata={"meaning": meaning},
    )


def _switch(meaning: str) -> fields.Boolean:
    said = 'must be true or false (yes or no, on or off, 1 or 0), not "{input}"'
    return fields.Boolean(error_messages={"invalid": said}, metadata={"meaning": meaning})


class _Settings(Schema):
    database_url = _text(
        "sqlite:///FILE, sqlite:////FOLDER/FILE or postgresql://USER:PASSWORD@HOST/NAME",
        _is_database,
    )
    bind = _text("HOST:PORT to listen on", _is_address)
    public_url = _text("URL by which clients come; follows SCIM_BIND unless set", _is_url)
    schemas = _Folders(metadata={"meaning": "further folders of schema files, separated by :"})
    workers = _count(0, "processes; 0: one for each core, at least two")
    threads = _count(1, "requests at once in each process")
    page_size = _count(1, "resources in a page, unless the client says")
    max_page_size = _count(1, "most resources in a page", LARGEST_PAGE)
    max_matches = _count(0, "most resources that a search may find; 0: no limit")
    cursor_seconds = _count(1, "how long a cursor can be used")
    bulk_operations = _count(1, "most operations in a Bulk request")
    bulk_bytes = _count(1, "most bytes in a Bulk request")
    body_bytes = _count(1, "most bytes in any other request")
    patched_members = _count(0, "PATCH of a group with more members answers 204")
    patch_without_body = _Names(
        metadata={"meaning": "resource types whose PATCH answers 204, separated by commas"}
    )
    rate_per_second = _count(0, "requests a second of each client; 0: no limit")
    failures_per_minute = _count(0, "failed authentications a minute of an address; 0: no limit")
    unique_group_names = _switch("whether group names are unique in their tenant")
    open_discovery = _switch("whether discovery needs no token")
    link_url = _text("page that links in mails lead to; unless set, one of this server", _is_url)
    templates = _Folder(metadata={"meaning": "folder of mail templates that replace the bundled"})
    smtp_host = _text("mail server; unless set, mail waits", _is_host)
    smtp_port = _count(0, "its port; 0: 587, 465 or 25, as SCIM_SMTP_TLS has it", 65535)
    smtp_tls = _text("starttls, tls or none", validate.OneOf(("starttls", "tls", "none")))
    smtp_user = _text("name to sign in there with", validate.Length(1, 254))
    smtp_password = _text("password to sign in there with", validate.Length(1, 1024))
    smtp_from = _text("address that mail comes from", _is_sender)
    seal_key = _Names(
        validate=_are_keys,
        metadata={"meaning": "keys of authenticators' secrets, separated by commas"},
    )
    webauthn_domain = _text("host of security keys; that of SCIM_PUBLIC_URL unless set", _is_domain)
    webauthn_origins = _Names(
        validate=_are_origins,
        metadata={"meaning": "URLs of pages that ask for security keys, separated by commas"},
    )
    metrics_token = _text("bearer token that opens /metrics, which is closed without", _is_token)

    # Told beside the faults of other settings, and not where the limit itself is faulty.
    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _page_fits(self, told: dict[str, Any], given: Mapping[str, str], **_: object) -> None:
        is_sound = "max_page_size" in told or "max_page_size" not in given
        most = told.get("max_page_size", Config().max_page_size)
        size = told.get("page_size", 0)
        if is_sound and size > most:
            said = f"must be at most {PREFIX}MAX_PAGE_SIZE, {most}, not {size}"
            raise ValidationError(said, "page_size")

    @validates_schema
    def _pages_are_below(self, told: dict[str, Any], **_: object) -> None:
        names = ("public_url", "webauthn_domain", "webauthn_origins")
        config = Config(**{name: told[name] for name in names if name in told})
        for origin in config.key_origins:
            host = urlsplit(origin).hostname or ""
            if not f".{host}".endswith(f".{config.key_domain}"):
                said = f"{origin} must be below {config.key_domain}, SCIM_WEBAUTHN_DOMAIN"
                raise ValidationError(said, "webauthn_origins")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _has_sender(self, _told: dict[str, Any], given: Mapping[str, str], **_: object) -> None:
        if "smtp_host" in given and "smtp_from" not in given:
            raise ValidationError(f"is needed with {PREFIX}SMTP_HOST", "smtp_from")


def _lines(messages: dict[str, Any]) -> str:
    return "\n".join(
        f"{PREFIX}{name.upper()}: {' '.join(map(str, faults))}"
        for name, faults in sorted(messages.items())
    )
