"""Settings: one frozen record; environment.py reads it."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

BASE_PATH = "/scim/v2"
ADMIN_PATH = "/admin/v1"
AUTH_PATH = "/auth/v1"
LINK_PATH = "/auth/links"
BUNDLED_SCHEMAS = Path(__file__).parent.with_name("schemas")
LOOPBACK = ("127.0.0.1", "::1")
DEFAULT_PORTS = {"http": 80, "https": 443}


class BadConfig(Exception):
    """What is wrong with the settings, a line each."""


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default; docs/settings.md explains each."""

    database_url: str = "sqlite:///scim.db"
    bind: str = "127.0.0.1:8080"
    public_url: str = "http://127.0.0.1:8080"
    proxies: int = 0
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
    sources: Path | None = None

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
        return self.webauthn_domain or urlsplit(_origin(self.public_url)).hostname or ""

    @property
    def key_origins(self) -> tuple[str, ...]:
        """The origins of pages that may ask for one."""
        return tuple(map(_origin, self.webauthn_origins or (self.public_url,)))

    @property
    def address(self) -> tuple[str, int]:
        """Host, without the brackets of IPv6, and port to listen on."""
        host, _, port = self.bind.rpartition(":")
        return host.strip("[]"), int(port)


def _origin(url: str) -> str:
    """Scheme, host and port of a URL, as browsers tell them (RFC 6454 §6.2).

    Of this machine by its name, since browsers make no keys for addresses.
    """
    parts = urlsplit(url)
    host = "localhost" if parts.hostname in LOOPBACK else parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}"
