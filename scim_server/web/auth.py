"""Authentication: one default-deny step on the matched route (security rules 3, 4, 21, 23)."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from scim_server.directory.callers import Caller
from scim_server.directory.credentials import Client, Credentials, Mode
from scim_server.directory.events import Actor
from scim_server.protocol.errors import TooManyRequests, Unauthorized
from scim_server.protocol.intake import Intake, Lenient, Strict, Tolerant

View = TypeVar("View", bound=Callable[..., Any])


INTAKES: dict[Mode, Callable[[], Intake]] = {
    "tolerant": Tolerant,
    "lenient": Lenient,
    "strict": Strict,
}


class Access(StrEnum):
    """Who may come to a route; what they may do there, the directory decides."""

    ANYONE = "anyone"
    DISCOVERY = "discovery"
    CLIENT = "client"


class UndeclaredRoute(Exception):
    """A route that does not say who may come: the server does not start."""


def access(level: Access) -> Callable[[View], View]:
    """Declare who may come to the view."""

    def declare(view: View) -> View:
        view.access = level  # type: ignore[attr-defined]
        return view

    return declare


def declared(level: Access, view: Callable[..., Response]) -> Callable[..., Response]:
    """A view that is a bound method, which cannot carry the declaration itself."""

    @access(level)
    def declaring(**arguments: str) -> Response:
        return view(**arguments)

    return declaring


def caller() -> Caller:
    """Who asks, as authentication found."""
    found: Caller = g.caller
    return found


def refuse_undeclared(app: Flask) -> None:
    """Raises UndeclaredRoute."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if not isinstance(getattr(view, "access", None), Access):
            raise UndeclaredRoute(rule.rule)


class Throttle:
    """Requests per client and failed authentications per address.

    Counted in each worker process: with n workers a client may have up to n times its rate.
    """

    def __init__(self, rate_per_second: int, failures_per_minute: int) -> None:
        self.rate_per_second = rate_per_second
        self.failures = RateLimitItemPerMinute(failures_per_minute) if failures_per_minute else None
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, client: Client) -> None:
        """Raises TooManyRequests."""
        rate = self.rate_per_second if client.rate is None else client.rate
        if rate and not self._limiter.hit(RateLimitItemPerSecond(rate), client.id):
            raise TooManyRequests(f"More than {rate} requests in a second.", retry_after=1)

    def fail(self, address: str) -> None:
        """Count a failed authentication. Raises TooManyRequests where there were too many.

        A good token passes all the same: behind one proxy, all clients have one address.
        """
        if self.failures and not self._limiter.hit(self.failures, address):
            raise TooManyRequests("Too many failed authentications.", retry_after=60)


class Authentication:
    """Who the caller is, found before any view runs."""

    def __init__(self, credentials: Credentials, throttle: Throttle, open_discovery: bool) -> None:
        self.credentials = credentials
        self.throttle = throttle
        self.open_discovery = open_discovery

    def register(self, app: Flask) -> None:
        """Run before each request that has a route."""
        app.before_request(self.authenticate)

    def authenticate(self) -> None:
        """Raises Unauthorized, TooManyRequests."""
        if request.url_rule is None:
            return
        view: Any = current_app.view_functions[request.url_rule.endpoint]
        level = view.access
        is_open = level is Access.ANYONE or (level is Access.DISCOVERY and self.open_discovery)
        if is_open and "Authorization" not in request.headers:
            return
        if level is not Access.ANYONE:
            self._identify()

    def _identify(self) -> None:
        try:
            client = self.credentials.authenticate(_bearer())
        except Unauthorized:
            self.throttle.fail(request.remote_addr or "")
            raise
        g.client = client
        self.throttle.count(client)
        g.caller = _caller(client)


def _bearer() -> str:
    """The token of the Authorization header. Raises Unauthorized."""
    # Of two such headers WSGI makes one, which holds no token.
    sent: str = request.environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, token = sent.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("A bearer token is needed.")
    return token.strip()


def _caller(client: Client) -> Caller:
    actor = Actor(client.name, g.request_id)
    return Caller(client.tenant, actor, client.scopes, INTAKES[client.mode](), client.user)
