"""Passwords that SCIM sends (security rule 16): by the tenant's policy forgotten, or kept.

By default they are forgotten: identity providers send placeholders. Where they are kept they are
hashed before the transaction, and judged in it, by what else the request has written.
"""

from collections.abc import Mapping, Sequence

from scim_server.directory import guards
from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.passwords import NewPassword, Passwords, check, known_of, set_password
from scim_server.directory.ports import Resource, ResourceStore
from scim_server.directory.rights import of_scopes
from scim_server.directory.trials import SecondFactors
from scim_server.protocol.errors import NotFound, ScimError
from scim_server.protocol.messages import BulkOperation
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.protocol.secrets import password_in, password_patched

Given = NewPassword | ScimError | None
"""What a request brings: a password, one that cannot be, or none that counts."""


class ScimPasswords:
    """From a text in a request to a login."""

    def __init__(
        self,
        store: ResourceStore,
        registry: Registry,
        passwords: Passwords,
        factors: SecondFactors,
    ) -> None:
        self.store = store
        self.registry = registry
        self.passwords = passwords
        self.factors = factors

    def given(self, caller: Caller, kind: ResourceType, id: str | None, text: str | None) -> Given:
        """What is to be kept; nothing where it is the user's password already.

        Args: id: of the user, if there is one yet. Raises Unavailable.
        """
        if text is None or not self._counts(caller):
            return None
        if id is not None and self.passwords.is_in_use(self._hashed(caller, kind, id), text):
            return None
        try:
            return self.passwords.new(text)
        except ScimError as fault:
            return fault

    def of_bulk(self, caller: Caller, operations: Sequence[BulkOperation]) -> Mapping[int, Given]:
        """The same for a Bulk job, by the operation's position."""
        found = {}
        for index, operation in enumerate(operations):
            endpoint, _, id = operation.path.removeprefix("/").partition("/")
            kind = self.registry.kind_at(f"/{endpoint}")
            text = _text(caller, kind, operation) if kind and not operation.fault else None
            if kind is not None and text is not None:
                found[index] = self.given(caller, kind, id or None, text)
        return found

    def keep(self, change: Change, user: Resource, given: Given) -> None:
        """Make it the user's password. Raises InvalidValue, Forbidden.

        Whoever sets a password may sign in with it: not that of a user who may do more.
        """
        if isinstance(given, ScimError):
            raise given
        if given is not None:
            caller = change.caller
            rights = of_scopes(caller.scopes) if caller.rights is None else caller.rights
            guards.require_over(rights, change.store.grants.effective(user.id))
            with_factor = bool(self.factors.kinds(change.store, user.key))
            check(change.store.policy.get(), given.text, with_factor, known_of(user))
            set_password(change, user, given.hashed)

    def _counts(self, caller: Caller) -> bool:
        with self.store.reading(caller.tenant) as reader:
            return reader.policy.get().passwords_by_scim

    def _hashed(self, caller: Caller, kind: ResourceType, id: str) -> str | None:
        with self.store.reading(caller.tenant) as reader:
            try:
                user, _ = reader.get(kind, id)
            except NotFound:
                return None
            return reader.logins.get(user.key).password


def _text(caller: Caller, kind: ResourceType, operation: BulkOperation) -> str | None:
    if operation.method != "PATCH":
        return password_in(kind, operation.data)
    try:
        return password_patched(kind, caller.intake.operations(kind, operation.data))
    except ScimError:
        # It is refused when its turn comes.
        return None
