"""Whose turn it is, asked in each transaction: who has lost the lock of a source writes no more."""

from scim_server.directory.change import Change
from scim_server.directory.sources.runs import Registered


class Overtaken(Exception):
    """Another run has taken the source over; this one has lost its lock."""


def own_source(change: Change, source: str, run: str) -> Registered:
    """The source, locked, that a run is busy with. Raises Overtaken."""
    found = change.store.runs.lock_source(source)
    if found.run != run:
        raise Overtaken
    return found
