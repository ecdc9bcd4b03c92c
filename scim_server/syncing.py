"""Puts sync together, as working.py does what else a worker does."""

from collections.abc import Callable

from scim_server.directory.worker import Worker
from scim_server.parts import Parts
from scim_server.store.sync_lock import SyncLocks
from scim_server.sync.files.sources import SourceFiles
from scim_server.sync.rounds import Rounds
from scim_server.sync.run import Runner
from scim_server.web import metrics


def runner(parts: Parts) -> Runner:
    """What carries runs out."""
    return Runner(parts.transactions, parts.registry, SyncLocks(parts.database))


def worker(parts: Parts, files: SourceFiles, stopping: Callable[[], bool]) -> Worker:
    """What runs these sources; ``stopping``: whether the process is to end."""
    rounds = Rounds(files, parts.clients, parts.queue, runner(parts), stopping, metrics.count_run)
    clock = parts.transactions.clock
    return Worker(clock, {"sync": rounds.run}, {"dead runs": rounds.tidy})
