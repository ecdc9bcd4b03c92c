"""The composition root: settings in, a Flask application out."""

import os
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask

from scim_server import bundled
from scim_server.config import ADMIN_PATH, AUTH_PATH, BASE_PATH, LINK_PATH, BadConfig, Config
from scim_server.config.environment import read_config
from scim_server.parts import Parts, build, unknown_types
from scim_server.protocol.errors import Unavailable
from scim_server.store.database import Database
from scim_server.store.migrate import NOT_CURRENT, is_current
from scim_server.web import auth, errors, journal, metrics, negotiation
from scim_server.web.admin.accounts import AccountsEndpoints
from scim_server.web.admin.applications import ApplicationsEndpoints, UsersApplicationsEndpoints
from scim_server.web.admin.authenticators import UsersAuthenticatorsEndpoints
from scim_server.web.admin.events import EventsEndpoints
from scim_server.web.admin.keys import KeysEndpoints
from scim_server.web.admin.mails import MailsEndpoints
from scim_server.web.admin.many import ManyEndpoints
from scim_server.web.admin.policy import PolicyEndpoints
from scim_server.web.admin.resets import ResetsEndpoints
from scim_server.web.admin.roles import RolesEndpoints
from scim_server.web.admin.sessions import SessionsEndpoints
from scim_server.web.admin.sheets import SheetsEndpoints
from scim_server.web.admin.sources import SourcesEndpoints
from scim_server.web.discovery import Discovery
from scim_server.web.forwarded import Forwarded
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

APIS = {
    ADMIN_PATH: ("Administration", "Users, and all around them that SCIM has no words for."),
    AUTH_PATH: ("Sign-in", "What users and applications do for themselves."),
}
"""The title of each API beside SCIM, and what it is for."""


def from_environment() -> Flask:
    """The WSGI application with the settings of the environment. Raises as create_app, BadConfig.

    The factory that ``scim-server serve`` names to gunicorn.
    """
    return create_app(read_config(os.environ))


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
        app.register_blueprint(metrics.metrics(parts.latest.every))
    auth.refuse_undeclared(app)
    if config.proxies:
        app.wsgi_app = Forwarded(app.wsgi_app, config.proxies)  # type: ignore[method-assign]
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
    provider = bundled.provider(config)
    Discovery(known, provider, config.base_url, bundled.profiles()).register(blueprint)
    return blueprint


def _admin(parts: Parts) -> Blueprint:
    blueprint = Blueprint("admin", __name__)
    endpoints = (
        AccountsEndpoints(parts.accounts, parts.roster),
        SheetsEndpoints(parts.imports, parts.exports),
        ManyEndpoints(parts.many, parts.roster),
        SessionsEndpoints(parts.sessions),
        MailsEndpoints(parts.mails),
        PolicyEndpoints(parts.policies),
        ResetsEndpoints(parts.resets),
        EventsEndpoints(parts.history),
        RolesEndpoints(parts.roles),
        KeysEndpoints(parts.keys),
        ApplicationsEndpoints(parts.applications),
        UsersApplicationsEndpoints(parts.applications),
        UsersAuthenticatorsEndpoints(parts.users_authenticators),
        SourcesEndpoints(parts.sources),
    )
    every = [operation for each in endpoints for operation in each.operations()]
    register(blueprint, _described(parts, ADMIN_PATH, every), parts.config.body_bytes)
    return blueprint


def _signing(parts: Parts, throttle: auth.Throttle) -> Blueprint:
    blueprint = Blueprint("auth", __name__)
    endpoints = (
        SignInEndpoints(parts.sign_in, throttle),
        OwnSessionsEndpoints(parts.own_sessions),
        IntrospectionEndpoints(parts.introspection),
        RecoveryEndpoints(parts.recovery, parts.registration, throttle),
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


def _require_ready(database: Database) -> None:
    """Raises Unavailable: the database is away, or not at this version."""
    with database.reading() as connection:
        if not is_current(connection):
            raise Unavailable(NOT_CURRENT)
