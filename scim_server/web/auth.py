"""Authentication: one default-deny step on the matched route (security rules 3, 4, 21, 23)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from hmac import compare_digest
from typing import Any, TypeVar
from urllib.parse import unquote_plus

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from scim_server.directory.callers import Aim, Caller
from scim_server.directory.credentials import NOT_VALID, Client, Credentials, Mode
from scim_server.directory.events import Actor
from scim_server.directory.rights.rights import ALL, Permission, Rights, permissions_of
from scim_server.directory.rights.roles import Roles
from scim_server.directory.signing.trials import PasswordChangeRequired
from scim_server.directory.tokens import Use
from scim_server.protocol.errors import Forbidden, TooManyRequests, Unauthorized
from scim_server.protocol.intake import Intake, Lenient, Strict, Tolerant

LONGEST_DEVICE = 300
View = TypeVar("View", bound=Callable[..., Any])


INTAKES: dict[Mode, Callable[[], Intake]] = {
    "tolerant": Tolerant,
    "lenient": Lenient,
    "strict": Strict,
}


class Access(StrEnum):
    """Who may come to a route; what they may do there, the directory decides.

    CLIENT:        who provisions over SCIM: a client, or an API key
    ADMINISTRATOR: these, and users who are signed in
    USER:          users who are signed in
    APPLICATION:   a client, whose token may come by HTTP Basic, too
    METRICS:       the one token of the setting, which belongs to no tenant
    """

    ANYONE = "anyone"
    DISCOVERY = "discovery"
    CLIENT = "client"
    ADMINISTRATOR = "administrator"
    USER = "user"
    APPLICATION = "application"
    METRICS = "metrics"


USES: Mapping[Access, frozenset[Use]] = {
    Access.DISCOVERY: frozenset({Use.CLIENT, Use.KEY}),
    Access.CLIENT: frozenset({Use.CLIENT, Use.KEY}),
    Access.ADMINISTRATOR: frozenset({Use.CLIENT, Use.KEY, Use.SESSION}),
    Access.USER: frozenset({Use.SESSION}),
    Access.APPLICATION: frozenset({Use.CLIENT}),
}
"""The tokens that open each; a session opens nothing of SCIM."""


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


def device() -> str:
    """What the program that asks says that it is."""
    return "".join(filter(str.isprintable, request.headers.get("User-Agent", "")))[:LONGEST_DEVICE]


def rights() -> Rights:
    """What the caller may do as an administrator."""
    found = caller().rights
    assert found is not None, "Access.ADMINISTRATOR gives everybody some"
    return found


def require_for(permission: Permission, user: str) -> None:
    """Raises Forbidden; NotFound for a user who is not within the caller's limits.

    Of what changes the user, the transaction asks that does it.
    """
    roles: Roles = g.roles
    rights().require(permission)
    if permission.only_reads:
        roles.require_for(caller(), permission, user)
    else:
        g.caller = replace(caller(), aim=Aim(permission, roles.users, user))


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

    def ask(self, address: str) -> None:
        """Count what anybody may ask and a worker has to do. Raises TooManyRequests."""
        if self.failures and not self._limiter.hit(self.failures, "ask", address):
            raise TooManyRequests("Too many requests of this kind.", retry_after=60)

    @contextmanager
    def signing_in(self, address: str) -> Iterator[None]:
        """Around a try at a password. Raises TooManyRequests before it where too many failed.

        Not after it, as for tokens: a password can be guessed.
        """
        told = ("sign-in", address)
        if self.failures and not self._limiter.test(self.failures, *told):
            raise TooManyRequests("Too many failed sign-ins.", retry_after=60)
        try:
            yield
        except PasswordChangeRequired:
            # A right password.
            raise
        except (Unauthorized, Forbidden):
            if self.failures:
                self._limiter.hit(self.failures, *told)
            raise


class Authentication:
    """Who the caller is, found before any view runs."""

    def __init__(
        self,
        credentials: Credentials,
        roles: Roles,
        throttle: Throttle,
        open_discovery: bool,
        metrics_token: str,
    ) -> None:
        self.credentials = credentials
        self.roles = roles
        self.throttle = throttle
        self.open_discovery = open_discovery
        self.metrics_token = metrics_token

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
        if level is Access.ANYONE:
            return
        try:
            if level is Access.METRICS:
                self._require_metrics_token()
            else:
                self._identify(level)
        except Unauthorized:
            self.throttle.fail(request.remote_addr or "")
            raise

    def _require_metrics_token(self) -> None:
        """Raises Unauthorized; without the setting nobody passes."""
        sent, token = _bearer().encode(), self.metrics_token.encode()
        if not token or not compare_digest(sent, token):
            raise Unauthorized(NOT_VALID)

    def _identify(self, level: Access) -> None:
        client = self._client(level)
        g.client = client
        self.throttle.count(client)
        if level is Access.ADMINISTRATOR:
            client = self._with_rights(client)
        g.roles = self.roles
        g.caller = _caller(client)

    def _with_rights(self, client: Client) -> Client:
        """What an administrator may do, asked anew in each request; of a key, what it names."""
        if client.session is not None and client.user is not None:
            return replace(client, rights=self.roles.rights_of(client.tenant, client.user))
        rights = ALL if client.rights is None else client.rights
        return replace(client, rights=rights.only(permissions_of(client.scopes)))

    def _client(self, level: Access) -> Client:
        """Raises Unauthorized."""
        sent = request.authorization
        if level is not Access.APPLICATION or sent is None or sent.type != "basic":
            return self.credentials.authenticate(_bearer(), USES[level])
        # RFC 6749 §2.3.1 has both form-encoded.
        name, token = unquote_plus(sent.username or ""), unquote_plus(sent.password or "")
        client = self.credentials.authenticate(token, USES[level])
        if name not in (client.id, client.name):
            raise Unauthorized(NOT_VALID)
        return client


def _bearer() -> str:
    """The token of the Authorization header. Raises Unauthorized."""
    # Of two such headers WSGI makes one, which holds no token.
    sent: str = request.environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, token = sent.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized("A bearer token is needed.")
    return token.strip()


def _caller(client: Client) -> Caller:
    actor = Actor(
        client.name,
        g.request_id,
        client.id,
        request.remote_addr,
        key=client.key,
        device=device() if client.session else None,
    )
    intake = INTAKES[client.mode]()
    return Caller(
        client.tenant,
        actor,
        client.scopes,
        intake,
        client.user,
        rights=client.rights,
        session=client.session,
    )
