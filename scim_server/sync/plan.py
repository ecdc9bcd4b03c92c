"""What is different between a source and this directory: joiners, movers, leavers.

Pure: desired entries and what there is, both by the source's own id, give steps, in the order of
their ids' arrival. Nothing here reads or writes. Steps are pickled by the spool, hence no slots:
with them that is done in Python.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b
from itertools import zip_longest
from typing import Any

import orjson

from scim_server.directory.accounts import lifecycle
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.diff import changed_paths
from scim_server.protocol.schema import Document, ResourceType

GIVEN_BACK = "reactivate"
"""What guards look at besides departures: many who come back at once."""
Taking = tuple[str, str]
"""The id of an entry, and what is taken from it, or given back: see Move.takes and Departure."""
MANY_LOST = 10
"""Members that a group may lose in one run though they are more than half of it."""
SLICE = 5_000
"""Members that one transaction adds or removes: others wait no longer than that."""


@dataclass(frozen=True)
class Desired:
    """An entry as this directory is to have it.

    document: checked, with ids as far as they are known
    active:   None: the source does not say
    members:  names; None: the source does not say
    checked:  the document with Names in the place of all ids
    refers:   those names
    said:     a digest of all but them
    awaits:   those of them that nobody here has yet
    """

    id: str
    name: str
    place: str
    document: Document
    active: bool | None = None
    members: frozenset[str] | None = None
    checked: Document = field(default_factory=dict)
    refers: tuple[str, ...] = ()
    said: str = ""
    awaits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Current:
    """The resource that an entry became.

    id:      what clients see
    members: their ids, each with its name in the source, None for whoever is not from there
    left:    whether the source had it no more when it was looked at last
    off:     whether it was the source that switched it off
    """

    id: str
    version: int
    status: Status | None
    document: Document
    members: Mapping[str, str | None] = field(default_factory=dict)
    left: bool = False
    off: bool = False


@dataclass(frozen=True)
class Join:
    """A new resource; ``added``: names of its members; not ``last``: a Move brings others."""

    desired: Desired
    added: tuple[str, ...] = ()
    last: bool = True
    first: bool = True


@dataclass(frozen=True)
class Move:
    """A resource that changes; without changes, what is remembered of it does.

    changes: as events tell them; added: names; removed: ids
    first, last: whether it begins, and ends, what is done to the entry
    adopts:  it was not the source's until now
    """

    desired: Desired
    current: Current
    changes: Mapping[str, Any] = field(default_factory=dict)
    event: lifecycle.Step | None = None
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    last: bool = True
    first: bool = True
    adopts: bool = False

    @property
    def takes(self) -> str:
        """What is taken from somebody, or given back, that guards look at; empty: nothing."""
        if self.event is not None:
            is_back = self.event is lifecycle.Step.REACTIVATE
            return GIVEN_BACK if is_back else Departure.SUSPEND.value
        if not self.first or self.desired.members is None:
            return ""
        before = len(self.current.members)
        lost = sum(name not in self.desired.members for name in self.current.members.values())
        # All of them: whether the others whom it names will be here, is not known yet.
        is_drained = lost == before or (lost > before / 2 and lost >= MANY_LOST)
        return Departure.EMPTY.value if before and is_drained else ""


SERVING = (Status.ACTIVE, Status.LOCKED, Status.PENDING)
"""Who can get in, or soon could."""


class Departure(StrEnum):
    """What becomes of a leaver.

    OFF:  it has not left, but is switched off there, and says nothing else that can be taken
    NONE: it is only noted that the source has it no more
    """

    SUSPEND = "suspend"
    DEPROVISION = "deprovision"
    DELETE = "delete"
    EMPTY = "empty"
    OFF = "switch off"
    NONE = "none"


@dataclass(frozen=True)
class Leave:
    """A resource that its source has no more."""

    id: str
    resource: str
    departure: Departure


Step = Join | Move | Leave


class Returning(Exception):
    """Who was deprovisioned is in the source again: no status leads back from there."""


def joined(desired: Desired) -> Iterator[Join | Move]:
    """A new resource; a large group in several steps."""
    first, *rest = _slices(tuple(sorted(desired.members or ())))
    yield Join(desired, first, last=not rest)
    unknown = Current("", 0, None, {})
    for at, part in enumerate(rest, 1):
        yield Move(desired, unknown, added=part, last=at == len(rest), first=False)


def moved(
    kind: ResourceType, owned: Collection[str], desired: Desired, current: Current
) -> Iterator[Move]:
    """What differs; one step without changes where nothing does. Raises Returning."""
    changes = changed_paths(kind, _owned_part(kind, owned, current.document), desired.document)
    event = switched(desired.active, current)
    added, removed = _members(desired, current)
    parts = list(zip_longest(_slices(added), _slices(removed), fillvalue=()))
    for at, (more, fewer) in enumerate(parts, 1):
        step = Move(desired, current, {}, None, more, fewer, at == len(parts), at == 1)
        yield replace(step, changes=changes, event=event) if step.first else step


def switched(active: bool | None, current: Current) -> lifecycle.Step | None:
    """The step that a source means. Raises Returning.

    It switches on only whom it has switched off itself: what an administrator suspends, stays so.
    """
    status = current.status
    if status is Status.DEPROVISIONED and current.left:
        raise Returning
    if active is False:
        return lifecycle.Step.SUSPEND if status in SERVING else None
    # A source that has ceased to speak of it, takes nothing back.
    is_meant = active is True or current.left
    is_ours = current.off and status is Status.SUSPENDED
    return lifecycle.Step.REACTIVATE if is_meant and is_ours else None


def departing(current_status: Status | None, is_over: bool, then: Departure) -> Departure:
    """What becomes of a user whom the source has no more.

    Args: is_over: whether the time of grace has passed; then: what the policy has for that moment
    """
    if is_over and then is Departure.DELETE:
        return then
    if current_status is Status.DEPROVISIONED:
        return Departure.NONE
    if is_over and then is Departure.DEPROVISION:
        return then
    return Departure.SUSPEND if current_status in SERVING else Departure.NONE


def said(
    document: Document,
    active: bool | None,
    members: Collection[str] | None,
    owned: Sequence[str] = (),
) -> str:
    """A digest of all that the source says of an entry, but for whom it refers to by Names.

    What it owns and says nothing of, is a word of its own.
    """
    told = [document, active, None if members is None else sorted(members), owned]
    return _digest(orjson.dumps(told, _nobody, _SAID))


def digest(said: str, ids: Sequence[str | None]) -> str:
    """And of whom it refers to: equal where nothing is to be done."""
    return _digest(orjson.dumps([said, ids]))


_SAID = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
"""The latter gives each Name to ``_nobody``."""


def _nobody(_: object) -> None:
    return None


def _digest(text: bytes) -> str:
    return blake2b(text, digest_size=16).hexdigest()


def _owned_part(kind: ResourceType, owned: Collection[str], document: Document) -> Document:
    """What of a document the source writes."""
    urns = {extension.schema.id for extension in kind.extensions}
    part = {name: value for name, value in document.items() if name in owned}
    for urn in urns & document.keys():
        part[urn] = {n: v for n, v in document[urn].items() if f"{urn}:{n}" in owned}
    return part


def _slices(all: tuple[str, ...]) -> list[tuple[str, ...]]:
    """At least one."""
    return [all[at : at + SLICE] for at in range(0, len(all), SLICE)] or [()]


def _members(desired: Desired, current: Current) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if desired.members is None:
        return (), ()
    present = set(current.members.values())
    added = sorted(name for name in desired.members if name not in present)
    removed = sorted(id for id, name in current.members.items() if name not in desired.members)
    return tuple(added), tuple(removed)
