"""One connection's view of one tenant: its resources, and the store of each domain beside them."""

from collections.abc import Generator, Mapping, Sequence
from functools import cached_property

from sqlalchemy import Connection

from scim_server.directory.ports import Hit, Query, Reference, Relations, Resource, Window
from scim_server.protocol.errors import NotFound
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.store import relations, search
from scim_server.store.anchors import SqlAnchors
from scim_server.store.applications import SqlApplications
from scim_server.store.authenticators import SqlAuthenticators
from scim_server.store.census import SqlCensus
from scim_server.store.challenges import SqlChallenges
from scim_server.store.grants import SqlGrants
from scim_server.store.history import SqlHistory
from scim_server.store.keys import SqlKeys
from scim_server.store.links import SqlLinks
from scim_server.store.logins import SqlLogins
from scim_server.store.mail import SqlMail
from scim_server.store.policy import SqlPolicy
from scim_server.store.runs import SqlRuns
from scim_server.store.scope import Scope
from scim_server.store.sessions import SqlSessions


class SqlReader:
    """One connection's view of one tenant."""

    def __init__(
        self, connection: Connection, tenant: int, registry: Registry, base_url: str
    ) -> None:
        self.connection = connection
        self.tenant = tenant
        self.registry = registry
        self.base_url = base_url

    @cached_property
    def census(self) -> SqlCensus:
        """Counts and look-ups over many of its users."""
        return SqlCensus(self.connection, self.tenant, self.registry.kinds)

    @cached_property
    def history(self) -> SqlHistory:
        """Its events."""
        return SqlHistory(self.connection, self.tenant)

    @cached_property
    def links(self) -> SqlLinks:
        """Its links."""
        return SqlLinks(self.connection, self.tenant)

    @cached_property
    def mail(self) -> SqlMail:
        """Its mail."""
        return SqlMail(self.connection, self.tenant, self.registry.own_kind)

    @cached_property
    def policy(self) -> SqlPolicy:
        """What its tenant has decided."""
        return SqlPolicy(self.connection, self.tenant)

    @cached_property
    def authenticators(self) -> SqlAuthenticators:
        """Second factors of its users."""
        return SqlAuthenticators(self.connection, self.tenant)

    @cached_property
    def applications(self) -> SqlApplications:
        """Its applications, and who has them."""
        return SqlApplications(self.connection, self.tenant)

    @cached_property
    def keys(self) -> SqlKeys:
        """Its API keys."""
        return SqlKeys(self.connection, self.tenant, self.registry.own_kind)

    @cached_property
    def grants(self) -> SqlGrants:
        """Who holds which role."""
        return SqlGrants(self.connection, self.tenant)

    @cached_property
    def sessions(self) -> SqlSessions:
        """Its sessions."""
        return SqlSessions(self.connection, self.tenant, self.registry.own_kind)

    @cached_property
    def logins(self) -> SqlLogins:
        """How its users sign in."""
        return SqlLogins(self.connection, self.tenant, self.registry.own_kind)

    @cached_property
    def challenges(self) -> SqlChallenges:
        """Its sign-ins that have begun."""
        return SqlChallenges(self.connection, self.tenant)

    @cached_property
    def anchors(self) -> SqlAnchors:
        """Which source each of its resources belongs to."""
        return SqlAnchors(self.connection, self.tenant)

    @cached_property
    def runs(self) -> SqlRuns:
        """Its sources and their runs."""
        return SqlRuns(self.connection, self.tenant)

    def get(self, kind: ResourceType, id: str) -> tuple[Resource, Relations]:
        """In one statement. Raises NotFound."""
        found = relations.get(self.connection, self.tenant, kind, id, self.registry.kinds)
        if found is None:
            raise not_found(kind, id)
        return found

    def related(self, resources: Sequence[Resource]) -> Mapping[int, Relations]:
        """By store key, in one statement for any number of resources."""
        return relations.related(self.connection, self.tenant, resources)

    def count(self, query: Query) -> int:
        """How many resources match."""
        return search.count(self.connection, self._scopes(query), query)

    def page(self, query: Query, window: Window) -> list[Hit]:
        """The matches in the window, in order."""
        return search.page(self.connection, self._scopes(query), query, window, self.registry.kinds)

    def members(
        self, groups: Sequence[Resource], most: int | None = None
    ) -> Generator[tuple[int, Reference], None, None]:
        """(group's store key, member), in the order of ``groups``, streamed; at most ``most``."""
        return relations.members(self.connection, self.tenant, groups, most)

    def _scope(self, kind: ResourceType) -> Scope:
        return Scope(self.tenant, kind, self.registry, self.base_url)

    def _scopes(self, query: Query) -> list[Scope]:
        return [self._scope(kind) for kind in query.kinds]


def not_found(kind: ResourceType, id: str) -> NotFound:
    """The same for unknown, deleted and other tenants' resources."""
    return NotFound(f'No {kind.name} has the id "{id[:100]}".')
