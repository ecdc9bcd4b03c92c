"""The settings from the environment; a bad start-up tells every fault at once."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from marshmallow import EXCLUDE, Schema, ValidationError, validate, validates_schema

from scim_server.config import BadConfig, Config
from scim_server.config.fields import (
    Folder,
    Folders,
    Names,
    OneFolder,
    are_keys,
    are_origins,
    count,
    is_address,
    is_database,
    is_domain,
    is_host,
    is_sender,
    is_token,
    is_url,
    switch,
    text,
)

PREFIX = "SCIM_"
FOREIGN = re.compile(r"SCIM_(URL|TOKEN|TEST_\w+)")
"""Names that are no settings and no mistakes: what quickstart prints, and what the tests read."""
LARGEST_PAGE = 10_000
"""Resources. A page is made from one snapshot of the database, which is held open meanwhile."""


def read_config(environment: Mapping[str, str]) -> Config:
    """Read SCIM_* variables. Raises BadConfig naming every faulty one."""
    try:
        told = _Settings(unknown=EXCLUDE).load(_given(environment))
    except ValidationError as fault:
        raise BadConfig(_lines(dict(fault.messages_dict))) from None
    if "bind" in told:
        told.setdefault("public_url", f"http://{_reachable(told['bind'])}")
    if "max_page_size" in told:
        told.setdefault("page_size", min(Config().page_size, told["max_page_size"]))
    return Config(**told)


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


class _Settings(Schema):
    database_url = text(
        "sqlite:///FILE, sqlite:////FOLDER/FILE or postgresql://USER:PASSWORD@HOST/NAME",
        is_database,
    )
    bind = text("HOST:PORT to listen on", is_address)
    public_url = text("URL by which clients come; follows SCIM_BIND unless set", is_url)
    proxies = count(0, "reverse proxies that write X-Forwarded-For in front of it", 16)
    schemas = Folders(metadata={"meaning": "further folders of schema files, separated by :"})
    workers = count(0, "processes; 0: one for each core, at least two")
    threads = count(1, "requests at once in each process")
    page_size = count(1, "resources in a page, unless the client says")
    max_page_size = count(1, "most resources in a page", LARGEST_PAGE)
    max_matches = count(0, "most resources that a search may find; 0: no limit")
    cursor_seconds = count(1, "how long a cursor can be used")
    bulk_operations = count(1, "most operations in a Bulk request")
    bulk_bytes = count(1, "most bytes in a Bulk request")
    body_bytes = count(1, "most bytes in any other request")
    patched_members = count(0, "PATCH of a group with more members answers 204")
    patch_without_body = Names(
        metadata={"meaning": "resource types whose PATCH answers 204, separated by commas"}
    )
    rate_per_second = count(0, "requests a second of each client; 0: no limit")
    failures_per_minute = count(0, "failed authentications a minute of an address; 0: no limit")
    unique_group_names = switch("whether group names are unique in their tenant")
    open_discovery = switch("whether discovery needs no token")
    link_url = text("page that links in mails lead to; unless set, one of this server", is_url)
    templates = Folder(metadata={"meaning": "folder of mail templates that replace the bundled"})
    smtp_host = text("mail server; unless set, mail waits", is_host)
    smtp_port = count(0, "its port; 0: 587, 465 or 25, as SCIM_SMTP_TLS has it", 65535)
    smtp_tls = text("starttls, tls or none", validate.OneOf(("starttls", "tls", "none")))
    smtp_user = text("name to sign in there with", validate.Length(1, 254))
    smtp_password = text("password to sign in there with", validate.Length(1, 1024))
    smtp_from = text("address that mail comes from", is_sender)
    seal_key = Names(
        validate=are_keys,
        metadata={"meaning": "keys of authenticators' secrets, separated by commas"},
    )
    webauthn_domain = text("host of security keys; that of SCIM_PUBLIC_URL unless set", is_domain)
    webauthn_origins = Names(
        validate=are_origins,
        metadata={"meaning": "URLs of pages that ask for security keys, separated by commas"},
    )
    metrics_token = text("bearer token that opens /metrics, which is closed without", is_token)
    sources = OneFolder(metadata={"meaning": "folder of files of directories and HR systems"})

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
