"""What happens, counted for Prometheus: requests, events, tolerances, mails, runs of sources.

With several worker processes, each counts in files of its own below PROMETHEUS_MULTIPROC_DIR, and
whichever is asked adds them up. No label holds what a client can make up.
"""

import os
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterable
from functools import cache

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from scim_server.directory.sources.latest import Latest
from scim_server.directory.sources.runs import Run
from scim_server.web.auth import Access, access
from scim_server.web.gauges import OF_SOURCE, SourceGauges

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "other"
API_KEY = "API key"
"""Of all of them: who makes one, chooses its name."""
SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "scim_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY
)
DURATIONS = Histogram(
    "scim_request_seconds",
    "Seconds from a request to the head of its answer.",
    ("method", "route"),
    buckets=SECONDS,
    registry=REGISTRY,
)
EVENTS = Counter(
    "scim_events",
    "What was done and committed: changes, steps of accounts, sign-ins, locks.",
    ("action",),
    registry=REGISTRY,
)
TOLERANCES = Counter(
    "scim_tolerances",
    "Requests in which a tolerance was used.",
    ("tenant", "client", "tolerance"),
    registry=REGISTRY,
)
MAILS = Counter(
    "scim_mails", "Mails sent, and attempts that failed.", ("outcome",), registry=REGISTRY
)
RUNS = Counter(
    "scim_sync_runs",
    "Runs of sources, by how they ended.",
    (*OF_SOURCE, "state"),
    registry=REGISTRY,
)

# To look a child up by its labels takes longer than to count.
_request = cache(REQUESTS.labels)
_duration = cache(DURATIONS.labels)
_event = cache(EVENTS.labels)
_tolerance = cache(TOLERANCES.labels)


def count_events(actions: Iterable[str]) -> None:
    """Count what a transaction has recorded, after its commit."""
    for action, number in Tally(actions).items():
        _event(action).inc(number)


def count_mail(outcome: str) -> None:
    """Count a mail: ``sent`` or ``failed``."""
    MAILS.labels(outcome).inc()


def count_run(tenant: int, run: Run) -> None:
    """Count a run of a source that has ended."""
    RUNS.labels(tenant, run.source, run.state).inc()


def register(app: Flask) -> None:
    """Count every request."""
    app.after_request(_count)


def metrics(latest: Callable[[], Iterable[Latest]]) -> Blueprint:
    """``/metrics``; ``latest``: where all sources stand."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    @access(Access.METRICS)
    def shown() -> Response:
        sources = CollectorRegistry()
        sources.register(SourceGauges(latest))
        text = generate_latest(_everything()) + generate_latest(sources)
        return Response(text, content_type=MEDIA_TYPE)

    return blueprint


def _everything() -> CollectorRegistry:
    """What all processes have counted, where they do so in files."""
    if FOLDER not in os.environ:
        return REGISTRY
    every = CollectorRegistry()
    MultiProcessCollector(every)  # type: ignore[no-untyped-call]
    return every


def _count(response: Response) -> Response:
    rule = request.url_rule
    route = rule.rule if rule else OTHER
    method = request.method if request.method in METHODS else OTHER
    _request(method, route, response.status_code).inc()
    _duration(method, route).observe(time.perf_counter() - g.began)
    caller = g.get("caller")
    if caller and caller.intake.used and response.status_code < 400:
        for name in caller.intake.used:
            client = API_KEY if caller.actor.key else caller.actor.client
            _tolerance(caller.tenant, client, name).inc()
    return response
