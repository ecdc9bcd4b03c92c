"""Who asks, and what they may do: decided by the credential, for every operation anew."""

from dataclasses import dataclass

from scim_server.directory.events import Actor
from scim_server.protocol.errors import Forbidden
from scim_server.protocol.intake import Intake
from scim_server.protocol.schema import ResourceType

BULK = "bulk"
ADMIN = "admin"
EVERY = "*"
READ, WRITE = "read", "write"


def kind_scope(kind: ResourceType) -> str:
    """``users`` for the type at ``/Users``: the first half of its scopes."""
    return kind.endpoint.strip("/").lower()


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated client in one request.

    scopes: ``users:read``, ``groups:write``, ``*:write``, ``bulk``, ``admin``; write implies read
    user:   id of the resource that the credential is bound to, for ``/Me``
    """

    tenant: int
    actor: Actor
    scopes: frozenset[str]
    intake: Intake
    user: str | None = None

    def may(self, access: str, kind: ResourceType) -> bool:
        """Whether the scopes allow to read or write resources of a kind."""
        granted = {READ: (READ, WRITE), WRITE: (WRITE,)}[access]
        names = (kind_scope(kind), EVERY)
        return any(f"{name}:{one}" in self.scopes for name in names for one in granted)

    def require(self, access: str, kind: ResourceType) -> None:
        """Raises Forbidden."""
        if not self.may(access, kind):
            raise Forbidden(f'This needs the scope "{kind_scope(kind)}:{access}".')

    def readable(self, kinds: tuple[ResourceType, ...]) -> tuple[ResourceType, ...]:
        """Those of the kinds that may be read. Raises Forbidden where there is none."""
        readable = tuple(kind for kind in kinds if self.may(READ, kind))
        if not readable:
            scopes = " or ".join(f'"{kind_scope(kind)}:{READ}"' for kind in kinds)
            raise Forbidden(f"This needs the scope {scopes}.")
        return readable

    def require_bulk(self) -> None:
        """Raises Forbidden."""
        if BULK not in self.scopes:
            raise Forbidden('This needs the scope "bulk".')
