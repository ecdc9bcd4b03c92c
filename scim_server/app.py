"""The composition root: settings in, a Flask application out."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask

from scim_server.config import (
    ADMIN_PATH,
    AUTH_PATH,
    BASE_PATH,
    BUNDLED_SCHEMAS,
    LINK_PATH,
    BadConfig,
    Config,
)
from scim_server.directory.accounts import Accounts
from scim_server.directory.applications import Applications
from scim_server.directory.authenticators import Authenticators
from scim_server.directory.confirmation import Confirmation
from scim_server.directory.credentials import Credentials, LookUp
from scim_server.directory.cursor import Cursors
from scim_server.directory.directory import Directory
from scim_server.directory.enrolment import Enrolment
from scim_server.directory.exporting import Exports
from scim_server.directory.history import History
from scim_server.directory.importing import Imports
from scim_server.directory.keys import KeyLookUp, Keys
from scim_server.directory.many import Many
from scim_server.directory.own_authenticators import OwnAuthenticators
from scim_server.directory.own_sessions import OwnSessions
from scim_server.directory.passwords import Passwords
from scim_server.directory.policy import Policies
from scim_server.directory.recovery import Recovery
from scim_server.directory.registration import Registration
from scim_server.directory.resets import Resets
from scim_server.directory.roles import Roles
from scim_server.directory.roster import Roster
from scim_server.directory.scim_passwords import ScimPasswords
from scim_server.directory.sealing import Seal
from scim_server.directory.searching import Limits, Search
from scim_server.directory.security_keys import RelyingParty
from scim_server.directory.session_tokens import SessionTokens
from scim_server.directory.sessions import Sessions
from scim_server.directory.sign_in import SignIn
from scim_server.directory.tokens import Use
from scim_server.directory.transactions import Transactions
from scim_server.directory.users_authenticators import UsersAuthenticators
from scim_server.directory.views import Renderer
from scim_server.protocol.errors import Unavailable
from scim_server.protocol.loading.registry import BadSchemas, Changes, registry
from scim_server.protocol.schema import Document, Registry
from scim_server.store.clients import SqlClients
from scim_server.store.database import Database
from scim_server.store.migrate import NOT_CURRENT, is_current
from scim_server.store.resources import SqlResourceStore
from scim_server.store.rows import collisions
from scim_server.web import auth, errors, journal, metrics, negotiation
from scim_server.web.admin.accounts import AccountsEndpoints
from scim_server.web.admin.applications import (
    ApplicationsEndpoints,
    UsersApplicationsEndpoints,
)
from scim_server.web.admin.authenticators import UsersAuthenticatorsEndpoints
from scim_server.web.admin.events import EventsEndpoints
from scim_server.web.admin.keys import KeysEndpoints
from scim_server.web.admin.many import ManyEndpoints
from scim_server.web.admin.policy import PolicyEndpoints
from scim_server.web.admin.resets import ResetsEndpoints
from scim_server.web.admin.roles import RolesEndpoints
from scim_server.web.admin.sessions import SessionsEndpoints
from scim_server.web.admin.sheets import SheetsEndpoints
from scim_server.web.discovery import Discovery
from scim_server.web.health import health
from scim_server.web.openapi import DescriptionEndpoints
from scim_server.web.operations import Operation, register
from scim_server.web.queries import QueryEndpoints
from scim_server.web.resources import KindEndpoints
from scim_server.web.root import RootEndpoints
from scim_server.web.signing.authenticators import AuthenticatorsEndpoints
from scim_server.web.signing.keys import OwnKeysEndpoints
from scim_server.web.signing.pages import LinkPages
from scim_server.web.signing.recovery import RecoveryEndpoints
from scim_server.web.signing.sessions import IntrospectionEndpoints, OwnSessionsEndpoints
from scim_server.web.signing.sign_in import SignInEndpoints

PROVIDER = "service_provider_config.json"
SHARED_GROUP_NAMES = "shared_group_names.changes.json"
PROFILE = ".profile.json"
APIS = {
    ADMIN_PATH: ("Administration", "Users, and all around them that SCIM has no words for."),
    AUTH_PATH: ("Sign-in", "What users and applications do for themselves."),
}
"""The title of each API beside SCIM, and what it is for."""


def utc_now() -> datetime:
    """The clock of a running server."""
    return datetime.now(UTC)


def new_id() -> str:
    """A time-ordered UUID (RFC 9562 §5.7): new rows go to the end of every index.

    The twelve bits after the milliseconds are a fraction of one (§6.2, method 3): the events of one
    request are in the order in which they were made.
    """
    stamp, rest = divmod(time.time_ns(), 1_000_000)
    high, low = rest * 4096 // 1_000_000, secrets.randbits(62)
    number = (stamp << 80) | (0x7 << 76) | (high << 64) | (0x2 << 62) | low
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


@dataclass
class Parts:
    """What an application is made of; the command line uses some of it without HTTP."""

    config: Config
    registry: Registry
    database: Database
    clients: SqlClients
    credentials: Credentials
    session_tokens: SessionTokens

    @cached_property
    def transactions(self) -> Transactions:
        """What every change runs in."""
        base_url = self.config.base_url
        store = SqlResourceStore(self.database, self.registry, base_url)
        renderer = Renderer(self.registry, base_url)
        return Transactions(store, renderer, utc_now, new_id, metrics.count_events)

    @cached_property
    def roles(self) -> Roles:
        """Who may do what."""
        return Roles(self.transactions, self.registry)

    @cached_property
    def applications(self) -> Applications:
        """What users and groups may be given."""
        return Applications(self.transactions, self.registry)

    @cached_property
    def keys(self) -> Keys:
        """API keys."""
        return Keys(self.transactions, self.registry)

    @cached_property
    def accounts(self) -> Accounts:
        """Users, as administrators look after them."""
        return Accounts(self.transactions, self.registry, self.roles)

    @cached_property
    def roster(self) -> Roster:
        """Users, as administrators see them."""
        return Roster(self.transactions, self.registry.own_kind)

    @cached_property
    def many(self) -> Many:
        """The same to many users."""
        return Many(self.accounts, self.roster)

    @cached_property
    def sessions(self) -> Sessions:
        """Where users are signed in."""
        return Sessions(self.transactions, self.registry.own_kind)

    @cached_property
    def imports(self) -> Imports:
        """Users from files."""
        return Imports(self.accounts)

    @cached_property
    def exports(self) -> Exports:
        """Users to files."""
        return Exports(self.roster)

    @cached_property
    def history(self) -> History:
        """What happened."""
        return History(self.transactions.store, self.registry.own_kind)

    @cached_property
    def authenticators(self) -> Authenticators:
        """Second factors."""
        stored = cache(lambda: self.clients.secret("seal"))
        seal = Seal(lambda: (*self.config.seal_key, stored()))
        return Authenticators(seal, RelyingParty(self.config.key_domain, self.config.key_origins))

    @cached_property
    def users_authenticators(self) -> UsersAuthenticators:
        """Second factors, as administrators look after them."""
        users = self.registry.own_kind
        return UsersAuthenticators(self.transactions, users, Enrolment(self.authenticators))

    @cached_property
    def own_authenticators(self) -> OwnAuthenticators:
        """Second factors, as users look after their own."""
        transactions, users = self.transactions, self.registry.own_kind
        confirmation = Confirmation(transactions, users, self.passwords, self.authenticators)
        enrolment = Enrolment(self.authenticators)
        return OwnAuthenticators(transactions, users, enrolment, confirmation)

    @cached_property
    def passwords(self) -> Passwords:
        """What hashes them, a few at a time."""
        return Passwords()

    @cached_property
    def sign_in(self) -> SignIn:
        """From nobody to a session."""
        users, factors = self.registry.own_kind, self.authenticators
        return SignIn(self.transactions, users, self.passwords, factors, self.clients)

    @cached_property
    def recovery(self) -> Recovery:
        """The ways back in."""
        users, factors = self.registry.own_kind, self.authenticators
        return Recovery(self.transactions, users, self.passwords, factors, self.clients)

    @cached_property
    def directory(self) -> Directory:
        """Made on first use: it needs the cursor secret, and so the database."""
        config = self.config
        transactions = self.transactions
        store, renderer = transactions.store, transactions.renderer
        cursors = Cursors(lambda: self.clients.secret("cursor"), config.cursor_seconds, utc_now)
        limits = Limits(config.page_size, config.max_page_size, config.max_matches)
        search = Search(store, renderer, cursors, limits)
        return Directory(
            transactions,
            self.registry,
            search,
            config.patched_members,
            config.patch_without_body,
            ScimPasswords(store, self.registry, self.passwords, self.authenticators),
        )


def build(config: Config) -> Parts:
    """Everything but HTTP. Raises BadSchemas; opens no connection yet."""
    known = registry(*config.schemas, changes=_changes(config), besides=_besides())
    if colliding := collisions(known):
        raise BadSchemas(colliding)
    database = Database(config.database_url, config.threads)
    clients = SqlClients(database)
    store = SqlResourceStore(database, known, config.base_url)
    sessions, keys = SessionTokens(store, utc_now), KeyLookUp(store, utc_now)
    look_ups: dict[Use, LookUp] = {Use.KEY: keys, Use.SESSION: sessions.look_up}
    credentials = Credentials(clients, utc_now, look_ups)
    return Parts(config, known, database, clients, credentials, sessions)


def unknown_types(parts: Parts) -> list[str]:
    """What settings name that is no resource type, a line each."""
    known = ", ".join(parts.registry.kinds)
    return [
        f'SCIM_PATCH_WITHOUT_BODY: there is no resource type "{name}"; there are: {known}'
        for name in parts.config.patch_without_body
        if name not in parts.registry.kinds
    ]


def _changes(config: Config) -> Changes:
    """What the settings change in the bundled schemas, and so in what ``/Schemas`` says."""
    if config.unique_group_names:
        return {}
    changes: Changes = _bundled(SHARED_GROUP_NAMES)
    return changes


def _bundled(name: str) -> Any:
    return orjson.loads((BUNDLED_SCHEMAS / name).read_bytes())


def _besides() -> frozenset[Path]:
    """The files among the bundled schemas that are read here."""
    named = (BUNDLED_SCHEMAS / name for name in (PROVIDER, SHARED_GROUP_NAMES))
    return frozenset((*named, *BUNDLED_SCHEMAS.glob(f"*{PROFILE}")))


def _profiles() -> dict[str, frozenset[str]]:
    """What clients of each profile are not told of in ``/Schemas``."""
    files = BUNDLED_SCHEMAS.glob(f"*{PROFILE}")
    return {file.name.removesuffix(PROFILE): frozenset(_bundled(file.name)) for file in files}


def from_environment() -> Flask:
    """The WSGI application with the settings of the environment. Raises as create_app, BadConfig.

    The factory that ``scim-server serve`` names to gunicorn.
    """
    return create_app(Config.from_env(os.environ))


def create_app(config: Config) -> Flask:
    """The WSGI application, with its log on stderr.

    Raises BadSchemas, BadConfig, UndeclaredRoute.
    """
    journal.configure()
    parts = build(config)
    if faults := unknown_types(parts):
        raise BadConfig("\n".join(faults))
    return assemble(parts)


class Application(Flask):
    """Flask, without asking of each function at each call whether it is a coroutine."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """None is."""
        return func


def assemble(parts: Parts) -> Flask:
    """The WSGI application over these parts. Raises UndeclaredRoute."""
    config = parts.config
    app = Application("scim_server", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    journal.register(app)
    metrics.register(app)
    errors.register(app, BASE_PATH.rpartition("/")[0])
    throttle = auth.Throttle(config.rate_per_second, config.failures_per_minute)
    authentication = auth.Authentication(
        parts.credentials, parts.roles, throttle, config.open_discovery, config.metrics_token
    )
    authentication.register(app)
    negotiation.register(app, BASE_PATH)
    app.register_blueprint(_scim(parts), url_prefix=BASE_PATH)
    app.register_blueprint(_admin(parts), url_prefix=ADMIN_PATH)
    app.register_blueprint(_signing(parts, throttle), url_prefix=AUTH_PATH)
    app.register_blueprint(_links(parts), url_prefix=LINK_PATH)
    app.register_blueprint(health(lambda: _require_ready(parts.database)))
    if config.metrics_token:
        app.register_blueprint(metrics.metrics())
    auth.refuse_undeclared(app)
    return app


def _scim(parts: Parts) -> Blueprint:
    config, known = parts.config, parts.registry
    blueprint = Blueprint("scim", __name__)
    blueprint.before_request(negotiation.refuse_unacceptable)
    endpoints = {
        kind.name: KindEndpoints(parts.directory, kind, config.body_bytes)
        for kind in known.kinds.values()
    }
    for each in endpoints.values():
        each.register(blueprint)
    own = endpoints[known.own_kind.name]
    RootEndpoints(parts.directory, own, config.bulk_bytes, config.bulk_operations).register(
        blueprint
    )
    every = tuple(known.kinds.values())
    QueryEndpoints(parts.directory, every, config.body_bytes).register(blueprint, "/", "root")
    Discovery(known, _provider(config), config.base_url, _profiles()).register(blueprint)
    return blueprint


def _admin(parts: Parts) -> Blueprint:
    blueprint = Blueprint("admin", __name__)
    users = parts.registry.own_kind
    endpoints = (
        AccountsEndpoints(parts.accounts, parts.roster),
        SheetsEndpoints(parts.imports, parts.exports),
        ManyEndpoints(parts.many, parts.roster),
        SessionsEndpoints(parts.sessions),
        PolicyEndpoints(Policies(parts.transactions)),
        ResetsEndpoints(Resets(parts.transactions, users, parts.passwords, parts.config.link)),
        EventsEndpoints(parts.history),
        RolesEndpoints(parts.roles),
        KeysEndpoints(parts.keys),
        ApplicationsEndpoints(parts.applications),
        UsersApplicationsEndpoints(parts.applications),
        UsersAuthenticatorsEndpoints(parts.users_authenticators),
    )
    every = [operation for each in endpoints for operation in each.operations()]
    register(blueprint, _described(parts, ADMIN_PATH, every), parts.config.body_bytes)
    return blueprint


def _signing(parts: Parts, throttle: auth.Throttle) -> Blueprint:
    blueprint = Blueprint("auth", __name__)
    users = parts.registry.own_kind
    endpoints = (
        SignInEndpoints(parts.sign_in, throttle),
        OwnSessionsEndpoints(OwnSessions(parts.transactions, users)),
        IntrospectionEndpoints(parts.session_tokens),
        RecoveryEndpoints(
            parts.recovery,
            Registration(parts.transactions, parts.accounts, parts.clients),
            throttle,
        ),
        AuthenticatorsEndpoints(parts.own_authenticators),
        OwnKeysEndpoints(parts.keys),
    )
    every = [operation for each in endpoints for operation in each.operations()]
    register(blueprint, _described(parts, AUTH_PATH, every), parts.config.body_bytes)
    return blueprint


def _links(parts: Parts) -> Blueprint:
    blueprint = Blueprint("links", __name__)
    LinkPages(parts.recovery, parts.config.body_bytes).register(blueprint)
    return blueprint


def _described(parts: Parts, path: str, operations: list[Operation]) -> list[Operation]:
    """The operations of an API, and those that describe it."""
    url = parts.config.site_url + path
    return [*operations, *DescriptionEndpoints(*APIS[path], url, operations).operations()]


def _provider(config: Config) -> Document:
    """ServiceProviderConfig as it is with these settings (SPC-007)."""
    document: Document = _bundled(PROVIDER)
    document["bulk"] |= {
        "maxOperations": config.bulk_operations,
        "maxPayloadSize": config.bulk_bytes,
    }
    document["filter"]["maxResults"] = config.max_page_size
    document["pagination"] |= {
        "defaultPageSize": config.page_size,
        "maxPageSize": config.max_page_size,
        "cursorTimeout": config.cursor_seconds,
    }
    return document


def _require_ready(database: Database) -> None:
    """Raises Unavailable: the database is away, or not at this version."""
    with database.reading() as connection:
        if not is_current(connection):
            raise Unavailable(NOT_CURRENT)
