"""The composition root: settings in, a Flask application out."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask

from scim_server.config import BASE_PATH, BUNDLED_SCHEMAS, BadConfig, Config
from scim_server.directory.credentials import Credentials
from scim_server.directory.cursor import Cursors
from scim_server.directory.directory import Directory
from scim_server.directory.searching import Limits, Search
from scim_server.directory.views import Renderer
from scim_server.protocol.errors import Unavailable
from scim_server.protocol.loading.registry import BadSchemas, Changes, registry
from scim_server.protocol.schema import Document, Registry
from scim_server.store.clients import SqlClients
from scim_server.store.database import Database
from scim_server.store.migrate import NOT_CURRENT, is_current
from scim_server.store.resources import SqlResourceStore
from scim_server.store.rows import collisions
from scim_server.web import auth, errors, journal, negotiation
from scim_server.web.discovery import Discovery
from scim_server.web.health import health
from scim_server.web.queries import QueryEndpoints
from scim_server.web.resources import KindEndpoints
from scim_server.web.root import RootEndpoints

PROVIDER = "service_provider_config.json"
SHARED_GROUP_NAMES = "shared_group_names.changes.json"
PROFILE = ".profile.json"


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

    @cached_property
    def directory(self) -> Directory:
        """Made on first use: it needs the cursor secret, and so the database."""
        config = self.config
        store = SqlResourceStore(self.database, self.registry, config.base_url)
        renderer = Renderer(self.registry, config.base_url)
        cursors = Cursors(lambda: self.clients.secret("cursor"), config.cursor_seconds, utc_now)
        limits = Limits(config.page_size, config.max_page_size, config.max_matches)
        search = Search(store, renderer, cursors, limits)
        return Directory(
            store,
            self.registry,
            renderer,
            search,
            utc_now,
            new_id,
            config.patched_members,
            config.patch_without_body,
        )


def build(config: Config) -> Parts:
    """Everything but HTTP. Raises BadSchemas; opens no connection yet."""
    known = registry(*config.schemas, changes=_changes(config), besides=_besides())
    if colliding := collisions(known):
        raise BadSchemas(colliding)
    database = Database(config.database_url, config.threads)
    clients = SqlClients(database)
    return Parts(config, known, database, clients, Credentials(clients, utc_now))


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
    errors.register(app)
    throttle = auth.Throttle(config.rate_per_second, config.failures_per_minute)
    auth.Authentication(parts.credentials, throttle, config.open_discovery).register(app)
    negotiation.register(app, BASE_PATH)
    app.register_blueprint(_scim(parts), url_prefix=BASE_PATH)
    app.register_blueprint(health(lambda: _require_ready(parts.database)))
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
