"""What a tenant has decided about its accounts: passwords, sessions, links, names, mails."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Protocol

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import Document


@dataclass(frozen=True, slots=True)
class Policy:
    """Every decision, with its default; lengths are characters.

    password_length_with_factor: for whoever has a second factor besides
    password_blocklist:          words that no password may be, besides the well known ones
    lock_after:                  failed sign-ins after which an account is Locked
    lock_seconds:                of the first lock; each one after it is twice as long
    session_seconds:             after which a session ends, however much it is used
    user_name_email:             whether the names of local accounts are addresses
    approve_by_scim:             whether SCIM's active: true approves an account that is Pending
    passwords_by_scim:           whether the passwords that SCIM sends become ones to sign in with
    stale_days:                  without a sign-in, after which an account counts as stale
    retention_days:              for which events are kept
    notice_mails:                whether users are told of each change to how they sign in
    """

    password_length: int = 15
    password_length_with_factor: int = 8
    password_blocklist: tuple[str, ...] = ()
    lock_after: int = 10
    lock_seconds: int = 60
    lock_seconds_most: int = 3600
    session_idle_seconds: int = 1800
    session_seconds: int = 43200
    link_seconds: int = 600
    invitation_seconds: int = 604800
    activation_seconds: int = 86400
    user_name_least: int = 3
    user_name_most: int = 50
    user_name_email: bool = False
    unique_email: bool = False
    approve_by_scim: bool = False
    self_registration: bool = False
    passwords_by_scim: bool = False
    stale_days: int = 90
    retention_days: int = 365
    notice_mails: bool = True


DEFAULTS = Policy()
KIND, ID = "Policy", "policy"
"""How events name it."""
ORDERED = (
    ("password_length_with_factor", "password_length"),
    ("lock_seconds", "lock_seconds_most"),
    ("session_idle_seconds", "session_seconds"),
    ("user_name_least", "user_name_most"),
)
"""Of each two, the first is at most the second."""


class PolicyStore(Protocol):
    """The policy of a tenant, in one connection or transaction."""

    def get(self) -> Policy:
        """In one statement."""

    def lock(self) -> Policy:
        """Likewise, kept from every other writer of it until the end of the transaction."""

    def put(self, policy: Policy) -> None:
        """From the end of the transaction on."""


class Policies:
    """What administrators see and change of it."""

    def __init__(self, transactions: Transactions) -> None:
        self.transactions = transactions

    def get(self, caller: Caller) -> Policy:
        """The policy of the caller's tenant."""
        with self.transactions.store.reading(caller.tenant) as reader:
            return reader.policy.get()

    def change(self, caller: Caller, wanted: Mapping[str, Any]) -> Policy:
        """Change what is named; None is the default again. Raises InvalidValue."""

        def work(change: Change) -> Policy:
            before = change.store.policy.lock()
            after = replace(before, **{name: _value(name, wanted[name]) for name in wanted})
            _require_ordered(after)
            if after != before:
                change.store.policy.put(after)
                change.record(Action.UPDATE, KIND, ID, _changes(before, after))
            return after

        return self.transactions.write(caller, work)


def decided(policy: Policy) -> Document:
    """What is other than the default, by name."""
    return {
        name: value for name, value in asdict(policy).items() if value != getattr(DEFAULTS, name)
    }


def of_decided(document: Document) -> Policy:
    """What ``decided`` was made of; names that this version does not know are passed over."""
    known = {each.name for each in fields(Policy)}
    return Policy(**{name: _value(name, document[name]) for name in document if name in known})


def _value(name: str, value: Any) -> Any:
    if value is None:
        return getattr(DEFAULTS, name)
    return tuple(value) if isinstance(value, list) else value


def _require_ordered(policy: Policy) -> None:
    for least, most in ORDERED:
        if getattr(policy, least) > getattr(policy, most):
            raise InvalidValue(f"{_words(least)} cannot be more than {_words(most)}.")


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _changes(before: Policy, after: Policy) -> Document:
    was, now = asdict(before), asdict(after)
    return {
        name: {"before": was[name], "after": now[name]} for name in was if was[name] != now[name]
    }
