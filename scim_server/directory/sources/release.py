"""Gives a source up that is retired or has another name: what it has brought stays as it is here,
and is everybody's from then on.
"""

from collections.abc import Callable
from dataclasses import dataclass

from scim_server.directory.callers import LOCAL, Caller
from scim_server.directory.change import Change
from scim_server.directory.events import Action
from scim_server.directory.sources.runs import Locks
from scim_server.directory.sources.sources import KIND
from scim_server.directory.transactions import Transactions
from scim_server.protocol.schema import Registry

AT_ONCE = 250
"""Resources of one transaction: others wait no longer than that."""


@dataclass(frozen=True, slots=True)
class Release:
    """Of one source after the other."""

    transactions: Transactions
    registry: Registry
    locks: Locks

    def carry_out(self, caller: Caller, name: str, tell: Callable[[int], None]) -> int:
        """Some hundreds at a time; returns how many there were. Whoever is killed does it again.

        Args: tell: is told how many are done
        Raises: NotFound; Running: a run of it goes on; Lost, Unavailable
        """
        with self.transactions.store.reading(caller.tenant) as reader:
            reader.runs.source(name)
        done = 0
        with self.locks.held(caller.tenant, name) as lock:
            while some := self.transactions.write(caller, lambda change: self._some(change, name)):
                done += some
                tell(done)
                lock.require()
        return done

    def _some(self, change: Change, name: str) -> int:
        """0: there were none any more, and now the source is not there either."""
        change.store.runs.lock_source(name)
        found = change.store.anchors.some(name, AT_ONCE)
        if not found:
            change.store.runs.remove_source(name)
            change.record(Action.RELEASE, KIND, name, {})
            return 0
        for kind in self.registry.kinds.values():
            ids = [known.resource_id for known in found if known.anchor.kind == kind.name]
            for resource in change.store.lock_all(kind, ids) if ids else ():
                change.hand_over(resource, LOCAL if resource.status else None, Action.RELEASE)
        change.store.anchors.remove([known.anchor.resource for known in found])
        return len(found)
