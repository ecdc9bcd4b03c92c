"""All that is known of one user, for whoever keeps a copy before it goes. No secrets."""

from collections.abc import Sequence
from dataclasses import dataclass

from scim_server.directory.authenticators.factors import Factors
from scim_server.directory.history import Entry, Sought
from scim_server.directory.mail.outbox import Kept
from scim_server.directory.mail.outbox import Sought as SoughtMail
from scim_server.directory.ports import Assigned, Reader, Relations, Resource
from scim_server.directory.rights.grants import Held
from scim_server.directory.rights.keys import Key
from scim_server.directory.signing.sessions import Session
from scim_server.protocol.schema import Document

MOST = 100_000
"""Of one kind: the newest."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """``user`` is as SCIM shows it, all else is what stands beside it."""

    user: Document
    roles: Sequence[Held]
    applications: Sequence[Assigned]
    factors: Factors
    sessions: Sequence[Session]
    keys: Sequence[Key]
    mails: Sequence[Kept]
    events: Sequence[Entry]


def dossier(
    reader: Reader, user: Resource, related: Relations, shown: Document, now: str
) -> Dossier:
    """Of a user, whom ``shown`` shows whole."""
    return Dossier(
        shown,
        reader.grants.effective(user.id),
        related.applications,
        reader.authenticators.of(user.key),
        reader.sessions.page(user.id, None, MOST, now),
        reader.keys.page(user.id, None, MOST, now),
        reader.mail.page(SoughtMail(user.id), None, MOST),
        reader.history.page(Sought(user.kind.name, user.id), None, MOST),
    )
