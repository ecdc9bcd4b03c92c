"""What has changed since an earlier reading, and from where the next one may go on."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from scim_server.sync.ldap.connection import Session
from scim_server.sync.ldap.filters import since
from scim_server.sync.ldap.search import Found, one

OVERLAP = timedelta(seconds=60)
"""Read again each time: a replica shows a change later than the change says."""

UNMARKED = frozenset({"memberof", "ismemberof", "nsrole", "directreports", "tokengroups"})
"""Folded names of what servers make of other entries: it changes, and the entry's mark does not."""

USN = "highestcommittedusn"
SERVICE = "dsservicename"

_GENERALIZED = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True)
class Mark:
    """Up to where a reading went.

    asked:    a digest of what was looked for
    server:   whose numbers or times count
    position: a number of changes, or seconds since 1970 by the server's clock
    at:       seconds since 1970 by our clock: what ended by itself until then has been seen
    """

    asked: str
    server: str
    position: int
    at: int


def written(mark: Mark) -> str:
    """As JSON."""
    return json.dumps(asdict(mark))


def read(text: str | None) -> Mark | None:
    """None for what is no mark of this version."""
    try:
        told = json.loads(text or "")
    except (ValueError, RecursionError):
        return None
    match told:
        case {"asked": str(), "server": str(), "position": int(), "at": int(), **rest} if not rest:
            return Mark(**told)
    return None


class Changes(Protocol):
    """How a server's changes are found."""

    @property
    def server(self) -> str:
        """Whose they are."""

    def follow(self, mark: Mark) -> bool:
        """Whether nothing is missed by going on from there."""

    def filter(self, mark: Mark) -> str:
        """What has changed since then."""

    def saw(self, found: Found) -> None:
        """An entry was read."""

    def position(self) -> int | None:
        """From where to go on; None: nobody knows."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Active Directory counts changes, each server its own.

    highest: when the reading began
    """

    server: str
    highest: int

    def follow(self, mark: Mark) -> bool:
        """Not where the server has gone back, as from a backup."""
        return 0 <= mark.position <= self.highest

    def filter(self, mark: Mark) -> str:
        """With a higher number."""
        return since("uSNChanged", mark.position + 1)

    def saw(self, _found: Found) -> None:
        """The number was known before."""

    def position(self) -> int | None:
        """The number of the beginning."""
        return self.highest


@dataclass(slots=True)
class Times:
    """Others write the time of a change into the entry.

    What changes while a reading goes on may be missed by it, though others that changed later are
    seen. So the next one goes back by as long as this one took; the server's clock alone counts.

    now:   by our clock
    timer: seconds from anywhere
    """

    server: str
    attribute: str
    now: datetime
    timer: Callable[[], float] = time.monotonic
    _began: float = field(init=False)
    _latest: str = field(init=False)
    _newest: str = ""

    def __post_init__(self) -> None:
        self._began = self.timer()
        self._latest = f"{self.now + OVERLAP:{_GENERALIZED}}"

    def follow(self, mark: Mark) -> bool:
        """Not from the future: the server's clock has gone back."""
        return 0 <= mark.position <= (self.now + OVERLAP).timestamp()

    def filter(self, mark: Mark) -> str:
        """Changed at that time or later, or a little before."""
        moment = datetime.fromtimestamp(mark.position, UTC) - OVERLAP
        return since(self.attribute, f"{moment:{_GENERALIZED}}Z")

    def saw(self, found: Found) -> None:
        """When it was changed, may be the latest so far; a time to come is somebody's mistake."""
        for value in found.attributes.get(self.attribute.lower(), ()):
            moment = value[:14].decode("ascii", "replace")
            if self._newest < moment <= self._latest:
                self._newest = moment

    def position(self) -> int | None:
        """The time of the latest change, less the time that the reading took."""
        try:
            newest = datetime.strptime(self._newest, _GENERALIZED).replace(tzinfo=UTC)
        except ValueError:
            return None
        return int(newest.timestamp() - (self.timer() - self._began))


def changes(
    session: Session, root: Mapping[str, Sequence[bytes]], attribute: str, now: datetime
) -> Changes | None:
    """Of this server; None: it does not tell. Raises SourceFault."""
    if attribute != "uSNChanged":
        return Times(str(session.address), attribute, now)
    try:
        highest, service = int(root[USN][0]), root[SERVICE][0].decode()
    except (KeyError, ValueError):
        return None
    # It changes when a server is restored from a backup, and counts what it has counted before.
    invocation = one(session, service, ["invocationId"]).get("invocationid")
    return Numbers(f"{service} {invocation[0].hex()}", highest) if invocation else None
