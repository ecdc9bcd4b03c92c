"""Passwords that SCIM sends (security rule 16): by the tenant's policy forgotten, or kept.

By default they are forgotten: identity providers send placeholders. Where they are kept they are
hashed before the transaction, and judged in it, by what else the request has written.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.callers import WRITE, Caller
from scim_server.directory.change import Change
from scim_server.directory.ports import Reader, Resource, ResourceStore
from scim_server.directory.rights import guards
from scim_server.directory.signing.password_rules import check, known_of
from scim_server.directory.signing.passwords import AT_ONCE, NewPassword, Passwords, set_password
from scim_server.directory.signing.trials import SecondFactors
from scim_server.protocol.errors import Conflict, NotFound, ScimError
from scim_server.protocol.messages import BulkOperation
from scim_server.protocol.schema import Registry, ResourceType
from scim_server.protocol.secrets import password_in, password_patched

Given = NewPassword | ScimError | None
"""What a request brings: a password, one that cannot be, or none that counts."""
Sent = tuple[ResourceType, str | None, str]
"""The type and id of whom a password is for, and the password."""


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
        if text is None:
            return None
        with self.store.reading(caller.tenant) as reader:
            if not reader.policy.get().passwords_by_scim:
                return None
            hashed = _hashed(reader, kind, id)
        return self._given(hashed, text)

    def of_bulk(self, caller: Caller, operations: Sequence[BulkOperation]) -> Mapping[int, Given]:
        """The same for a Bulk job, by the operation's position; hashed a few at a time."""
        sent = {index: each for index, each in enumerate(self._sent(caller, operations)) if each}
        if not sent:
            return {}
        with self.store.reading(caller.tenant) as reader:
            if not reader.policy.get().passwords_by_scim:
                return {}
            hashes = [_hashed(reader, kind, id) for kind, id, _ in sent.values()]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = pool.map(self._given, hashes, (text for _, _, text in sent.values()))
            return dict(zip(sent, found, strict=True))

    def keep(self, change: Change, user: Resource, given: Given) -> None:
        """Make it the user's password. Raises InvalidValue, Forbidden, Conflict.

        Whoever sets a password may sign in with it: not that of a user who may do more.
        """
        if isinstance(given, ScimError):
            raise given
        if given is not None:
            if user.status is Status.DEPROVISIONED:
                raise Conflict(f"An account that is {user.status} gets no password.")
            rights = change.caller.own_rights
            guards.require_over(rights, change.store.grants.effective(user.id))
            with_factor = bool(self.factors.kinds(change.store, user.key))
            check(change.store.policy.get(), given.text, with_factor, known_of(user))
            set_password(change, user, given.hashed)

    def _given(self, hashed: str | None, text: str) -> Given:
        if self.passwords.is_in_use(hashed, text):
            return None
        try:
            return self.passwords.new(text)
        except ScimError as fault:
            return fault

    def _sent(self, caller: Caller, operations: Sequence[BulkOperation]) -> Iterator[Sent | None]:
        """Of each operation; what the caller may not write costs nobody a hash."""
        for operation in operations:
            endpoint, _, id = operation.path.removeprefix("/").partition("/")
            kind = self.registry.kind_at(f"/{endpoint}")
            if kind is None or operation.fault or not caller.may(WRITE, kind):
                yield None
                continue
            text = _text(caller, kind, operation)
            yield None if text is None else (kind, id or None, text)


def _hashed(reader: Reader, kind: ResourceType, id: str | None) -> str | None:
    """What the user's password is now."""
    if id is None:
        return None
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
