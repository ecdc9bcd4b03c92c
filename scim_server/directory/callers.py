"""Who asks, and what they may do: decided by the credential, for every operation anew."""

from dataclasses import dataclass

from scim_server.directory.events import Actor
from scim_server.directory.rights.rights import Permission, Rights, of_scopes
from scim_server.protocol.errors import Forbidden
from scim_server.protocol.intake import Intake, Strict
from scim_server.protocol.restriction import restricted
from scim_server.protocol.schema import ResourceType

BULK = "bulk"
INTROSPECT = "introspect"
ACCOUNTS = "accounts:write"
EVERY = "*"
READ, WRITE = "read", "write"
NO_TENANT, FIRST_TENANT = 0, 1
"""A number that none has, and one that there always is."""
LOCAL, SCIM = "Local", "SCIM"
"""Sources of accounts, as the account extension names them."""


def kind_scope(kind: ResourceType) -> str:
    """``users`` for the type at ``/Users``: the first half of its scopes."""
    return kind.endpoint.strip("/").lower()


SYSTEM = Actor("system", "")


def system(tenant: int, actor: Actor = SYSTEM) -> "Caller":
    """The server itself, in what it does of its own accord, or for somebody who is nobody yet."""
    return Caller(tenant, actor, frozenset(), Strict(), source=LOCAL)


@dataclass(frozen=True, slots=True)
class Aim:
    """The user whom a request is to change, and what who asks must be allowed there."""

    permission: Permission
    kind: ResourceType
    user: str


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated client in one request.

    scopes: ``users:read``, ``groups:write``, ``*:write``, ``bulk``, ``accounts:write``, ``admin``;
            write implies read
    user:   id of the resource that the credential is bound to, for ``/Me``
    source: where the accounts that it creates come from
    rights: of the user who acts, and within which this caller is kept; None: an identity provider
            or the server itself, which over SCIM looks after everybody
    session: id of the session, where the credential is one
    authority: name of the source that it speaks for, which may change what the source owns
    aim:    whom each of its transactions is about; None: the use case looks to that
    """

    tenant: int
    actor: Actor
    scopes: frozenset[str]
    intake: Intake
    user: str | None = None
    source: str = SCIM
    rights: Rights | None = None
    session: str | None = None
    authority: str | None = None
    aim: Aim | None = None

    @property
    def own_rights(self) -> Rights:
        """What it may give to others; a provider, what its scopes name."""
        return of_scopes(self.scopes) if self.rights is None else self.rights

    def writes(self, kind: ResourceType) -> ResourceType:
        """The type as the caller may write it: without its scope, the account is readOnly."""
        return kind if ACCOUNTS in self.scopes else restricted(kind)

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
