"""What a server is made of, HTTP apart: settings in, use cases over a store out."""

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property

from scim_server import bundled
from scim_server.config import Config
from scim_server.directory.accounts.accounts import Accounts
from scim_server.directory.accounts.confirmation import Confirmation
from scim_server.directory.accounts.many import Many
from scim_server.directory.accounts.policy import Policies
from scim_server.directory.accounts.registration import Registration
from scim_server.directory.accounts.roster import Roster
from scim_server.directory.authenticators.authenticators import Authenticators
from scim_server.directory.authenticators.enrolment import Enrolment
from scim_server.directory.authenticators.own_authenticators import OwnAuthenticators
from scim_server.directory.authenticators.sealing import Seal
from scim_server.directory.authenticators.security_keys import RelyingParty
from scim_server.directory.authenticators.users_authenticators import UsersAuthenticators
from scim_server.directory.credentials import Credentials
from scim_server.directory.cursor import Cursors
from scim_server.directory.directory import Directory
from scim_server.directory.files.exporting import Exports
from scim_server.directory.files.importing import Imports
from scim_server.directory.history import History
from scim_server.directory.mail.mails import Mails
from scim_server.directory.rights.applications import Applications
from scim_server.directory.rights.keys import Keys, KeyTokens
from scim_server.directory.rights.roles import Roles
from scim_server.directory.searching import Limits, Search
from scim_server.directory.signing.introspection import Introspection
from scim_server.directory.signing.own_sessions import OwnSessions
from scim_server.directory.signing.passwords import Passwords
from scim_server.directory.signing.recovery import Recovery
from scim_server.directory.signing.resets import Resets
from scim_server.directory.signing.scim_passwords import ScimPasswords
from scim_server.directory.signing.session_tokens import SessionTokens
from scim_server.directory.signing.sessions import Sessions
from scim_server.directory.signing.sign_in import SignIn
from scim_server.directory.sources.latest import LatestRuns
from scim_server.directory.sources.queue import Queue
from scim_server.directory.sources.sources import Sources
from scim_server.directory.tokens import Use
from scim_server.directory.transactions import Transactions
from scim_server.directory.views import Renderer
from scim_server.protocol.loading.registry import BadSchemas, registry
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.store.clients import SqlClients
from scim_server.store.database import Database
from scim_server.store.resources import SqlResourceStore
from scim_server.store.rows import collisions
from scim_server.store.runs import SqlSourceTenants
from scim_server.web import metrics


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

    @property
    def users(self) -> ResourceType:
        """The resource type of accounts."""
        return self.registry.own_kind

    @cached_property
    def clients(self) -> SqlClients:
        """Tenants, clients and their tokens, and the secrets that all nodes share."""
        return SqlClients(self.database)

    @cached_property
    def store(self) -> SqlResourceStore:
        """Everything else that is stored."""
        return SqlResourceStore(self.database, self.registry, self.config.base_url)

    @cached_property
    def transactions(self) -> Transactions:
        """What every change runs in."""
        renderer = Renderer(self.registry, self.config.base_url)
        return Transactions(self.store, renderer, utc_now, new_id, metrics.count_events)

    @cached_property
    def credentials(self) -> Credentials:
        """Who a bearer token is."""
        look_ups = {Use.KEY: self.key_tokens.look_up, Use.SESSION: self.session_tokens.look_up}
        return Credentials(self.clients, utc_now, look_ups)

    @cached_property
    def session_tokens(self) -> SessionTokens:
        """What users are signed in by."""
        return SessionTokens(self.store, utc_now)

    @cached_property
    def key_tokens(self) -> KeyTokens:
        """What API keys open."""
        return KeyTokens(self.store, utc_now)

    @cached_property
    def introspection(self) -> Introspection:
        """What applications ask about both."""
        return Introspection(self.session_tokens, self.key_tokens)

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
        return Roster(self.transactions, self.users)

    @cached_property
    def many(self) -> Many:
        """The same to many users."""
        return Many(self.accounts, self.roster)

    @cached_property
    def sessions(self) -> Sessions:
        """Where users are signed in."""
        return Sessions(self.transactions, self.users)

    @cached_property
    def mails(self) -> Mails:
        """What is mailed to users."""
        return Mails(self.transactions, self.users)

    @cached_property
    def own_sessions(self) -> OwnSessions:
        """Where users are signed in, as they see it."""
        return OwnSessions(self.transactions, self.users)

    @cached_property
    def policies(self) -> Policies:
        """What tenants decide."""
        return Policies(self.transactions)

    @cached_property
    def imports(self) -> Imports:
        """Users from files."""
        return Imports(self.accounts, self.passwords)

    @cached_property
    def exports(self) -> Exports:
        """Users to files."""
        return Exports(self.roster)

    @cached_property
    def history(self) -> History:
        """What happened."""
        return History(self.store, self.users)

    @cached_property
    def authenticators(self) -> Authenticators:
        """Second factors."""
        stored = cache(lambda: self.clients.secret("seal"))
        seal = Seal(lambda: (*self.config.seal_key, stored()))
        return Authenticators(seal, RelyingParty(self.config.key_domain, self.config.key_origins))

    @cached_property
    def enrolment(self) -> Enrolment:
        """How users come to have them."""
        return Enrolment(self.authenticators)

    @cached_property
    def users_authenticators(self) -> UsersAuthenticators:
        """Second factors, as administrators look after them."""
        return UsersAuthenticators(self.transactions, self.users, self.enrolment)

    @cached_property
    def own_authenticators(self) -> OwnAuthenticators:
        """Second factors, as users look after their own."""
        transactions, users = self.transactions, self.users
        confirmation = Confirmation(transactions, users, self.passwords, self.authenticators)
        return OwnAuthenticators(transactions, users, self.enrolment, confirmation)

    @cached_property
    def sources(self) -> Sources:
        """Directories and HR systems that say who is here."""
        return Sources(self.transactions)

    @cached_property
    def queue(self) -> Queue:
        """Their runs that wait."""
        return Queue(self.transactions)

    @cached_property
    def latest(self) -> LatestRuns:
        """How they went last."""
        return LatestRuns(self.store, SqlSourceTenants(self.database))

    @cached_property
    def passwords(self) -> Passwords:
        """What hashes them, a few at a time."""
        return Passwords()

    @cached_property
    def resets(self) -> Resets:
        """Ways back in that administrators give."""
        return Resets(self.transactions, self.users, self.passwords, self.config.link)

    @cached_property
    def registration(self) -> Registration:
        """Accounts that people make for themselves."""
        return Registration(self.accounts, self.recovery, self.clients)

    @cached_property
    def sign_in(self) -> SignIn:
        """From nobody to a session."""
        factors = self.authenticators
        return SignIn(self.transactions, self.users, self.passwords, factors, self.clients)

    @cached_property
    def recovery(self) -> Recovery:
        """The ways back in."""
        factors = self.authenticators
        return Recovery(self.transactions, self.users, self.passwords, factors, self.clients)

    @cached_property
    def directory(self) -> Directory:
        """Made on first use: it needs the cursor secret, and so the database."""
        config, transactions, store = self.config, self.transactions, self.store
        cursors = Cursors(lambda: self.clients.secret("cursor"), config.cursor_seconds, utc_now)
        limits = Limits(config.page_size, config.max_page_size, config.max_matches)
        search = Search(store, transactions.renderer, cursors, limits)
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
    known = registry(*config.schemas, changes=bundled.changes(config), besides=bundled.besides())
    if colliding := collisions(known):
        raise BadSchemas(colliding)
    return Parts(config, known, Database(config.database_url, config.threads))


def unknown_types(parts: Parts) -> list[str]:
    """What settings name that is no resource type, a line each."""
    known = ", ".join(parts.registry.kinds)
    return [
        f'SCIM_PATCH_WITHOUT_BODY: there is no resource type "{name}"; there are: {known}'
        for name in parts.config.patch_without_body
        if name not in parts.registry.kinds
    ]
