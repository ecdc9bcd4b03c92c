"""Connections: to the first server that answers, encrypted, its certificate checked, and bound."""

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

import ldap3
from ldap3.core.exceptions import LDAPExceptionError

from scim_server.sync.entries import SourceFault
from scim_server.sync.ldap.settings import Address, Settings
from scim_server.sync.ldap.wire import Malformed, Wire

BUSY, UNAVAILABLE = 51, 52
PAGES = "1.2.840.113556.1.4.319"
"""Paged results (RFC 2696)."""

SASL = {"plain": ldap3.PLAIN, "external": ldap3.EXTERNAL}


class Silent(SourceFault):
    """A server that does not answer, or not now; another one may."""


class _Checked(ldap3.Tls):  # type: ignore[misc]
    """TLS whose context checks the certificate and the name in it.

    ldap3 2.9.1 looks at the name by itself, with what Python 3.12 no longer has.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context

    def wrap_socket(self, connection: ldap3.Connection, do_handshake: bool = False) -> None:
        """The handshake comes with it."""
        host = connection.server.host
        connection.socket = self._context.wrap_socket(connection.socket, server_hostname=host)


@dataclass(frozen=True, slots=True)
class Session:
    """A connection that is bound; ``until``: when all must have been read, by time.monotonic."""

    address: Address
    connection: ldap3.Connection
    wire: Wire
    settings: Settings
    until: float

    def search(
        self,
        base: str,
        scope: str,
        filter: str,
        attributes: list[str],
        cookie: bytes | None = None,
    ) -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
        """A page of what is found, and the result. Raises SourceFault: there is no answer."""
        if time.monotonic() > self.until:
            seconds = self.settings.reading_seconds
            raise SourceFault(f"{self.address} has not given all in {seconds} seconds")
        with _told(self.address, self.settings):
            self.wire.wait(self.settings.answer_seconds)
            self.connection.search(
                base,
                filter,
                scope,
                ldap3.DEREF_NEVER,
                attributes,
                time_limit=self.settings.answer_seconds,
                paged_size=None if scope == ldap3.BASE else self.settings.page_size,
                paged_cookie=cookie,
            )
            response, result = self.connection.response, self.connection.result
            if result["type"] != "searchResDone":
                raise Malformed("answers a search with something else")
            return response, result


@contextmanager
def session(settings: Settings) -> Iterator[Session]:
    """With the first server that answers. Raises SourceFault."""
    found = _first(settings)
    try:
        yield found
    finally:
        _close(found.connection)


def _first(settings: Settings) -> Session:
    silent: list[str] = []
    for address in settings.addresses:
        try:
            return _open(address, settings)
        except Silent as fault:
            silent.append(str(fault))
    raise SourceFault("; ".join(silent))


def _open(address: Address, settings: Settings) -> Session:
    with _told(address, settings):
        connection = _connection(address, settings)
    wire = Wire(connection)
    try:
        with _told(address, settings):
            wire.wait(settings.connect_seconds)
            connection.open(read_server_info=False)
            if settings.context and address.scheme == "ldap":
                connection.start_tls(read_server_info=False)
                _require_success(address, settings, "StartTLS", connection.result)
            wire.wait(settings.answer_seconds)
            connection.bind(read_server_info=False)
            _require_success(address, settings, "the bind", connection.result)
    except SourceFault:
        _close(connection)
        raise
    until = time.monotonic() + settings.reading_seconds
    return Session(address, connection, wire, settings, until)


def _connection(address: Address, settings: Settings) -> ldap3.Connection:
    server = ldap3.Server(
        address.host,
        address.port,
        use_ssl=address.scheme == "ldaps",
        get_info=ldap3.NONE,
        tls=_Checked(settings.context) if settings.context else None,
        connect_timeout=settings.connect_seconds,
    )
    bind = settings.bind
    how: dict[str, Any] = {"authentication": ldap3.ANONYMOUS}
    if bind.mechanism == "simple":
        how = {"user": bind.name, "password": bind.password, "authentication": ldap3.SIMPLE}
    elif bind.mechanism in SASL:
        # Of external an empty name: whom the certificate says (RFC 4422, appendix A).
        words = (None, bind.name, bind.password) if bind.mechanism == "plain" else ""
        how = {"authentication": ldap3.SASL, "sasl_mechanism": SASL[bind.mechanism]}
        how["sasl_credentials"] = words
    return ldap3.Connection(
        server,
        **how,
        read_only=True,
        auto_referrals=False,
        auto_range=False,
        check_names=False,
        return_empty_attributes=False,
    )


def _close(connection: ldap3.Connection) -> None:
    connection.strategy.close()
    # It leaves open what it could not connect.
    if connection.socket:
        connection.socket.close()


def _require_success(
    address: Address, settings: Settings, what: str, result: Mapping[str, Any]
) -> None:
    if result["result"] in (BUSY, UNAVAILABLE):
        raise Silent(f"{address} is {result['description']}")
    if result["result"]:
        raise SourceFault(f"{address} refuses {what}: {told(result, settings)}")


def told(result: Mapping[str, Any], settings: Settings) -> str:
    """How an operation ended."""
    said = printable(str(result["message"]), settings)
    return f"{result['description']} ({said})" if said else str(result["description"])


def printable(text: str, settings: Settings) -> str:
    """What a server says, shortened, without what a terminal would obey, and without the password.

    Some repeat what they were sent, which is in that form (SASLprep, RFC 4013 §2.2).
    """
    said, password = (
        "".join(filter(str.isprintable, normalize("NFKC", each)))
        for each in (text, settings.bind.password)
    )
    return (said.replace(password, "…") if password else said)[:200]


@contextmanager
def _told(address: Address, settings: Settings) -> Iterator[None]:
    """Raises SourceFault in place of all that a connection can raise."""
    try:
        yield
    except TimeoutError:
        raise Silent(f"{address} does not answer in time") from None
    except (LDAPExceptionError, OSError) as fault:
        raise Silent(f"{address}: {printable(str(fault), settings)}") from None
    except Malformed as fault:
        raise Silent(f"{address} {fault}") from None
