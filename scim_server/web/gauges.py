"""How sources stand, for Prometheus: read from the database whenever it asks.

Runs are carried out by other processes, on other machines perhaps, and by commands.
"""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from scim_server.directory.sources.latest import Latest
from scim_server.directory.sources.runs import Run
from scim_server.protocol.errors import Unavailable
from scim_server.protocol.values import moment

OF_SOURCE = ("tenant", "source")


class SourceGauges(Collector):
    """Gauges of all sources; none while the database is away, so that the others are seen."""

    def __init__(self, latest: Callable[[], Iterable[Latest]]) -> None:
        self.latest = latest

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Read them all."""
        success = _gauge("success_timestamp_seconds", "When the last run that was done ended.")
        seconds = _gauge("run_seconds", "How long it took.")
        entries = _gauge("entries", "What it came to.", "kind", "word")
        unconfirmed = _gauge("unconfirmed_runs", "Runs that guards have stopped.")
        try:
            for each in self.latest():
                labels = (str(each.tenant), each.source)
                unconfirmed.add_metric(labels, each.unconfirmed)
                success.add_metric(labels, _ended(each.done))
                if each.done is not None:
                    seconds.add_metric(labels, _seconds(each.done))
                    _add(entries, labels, each.done)
        except Unavailable:
            return
        yield from (success, seconds, entries, unconfirmed)


def _gauge(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"scim_sync_{name}", meaning, labels=OF_SOURCE + labels)


def _ended(run: Run | None) -> float:
    """0: there is none."""
    return moment(run.ended).timestamp() if run and run.ended else 0


def _seconds(run: Run) -> float:
    began = moment(run.started).timestamp() if run.started else 0
    return _ended(run) - began


def _add(entries: GaugeMetricFamily, labels: tuple[str, str], run: Run) -> None:
    for kind, words in run.counts.items():
        for word, number in words.items():
            entries.add_metric((*labels, kind, word), number)
