"""Plans that people are to read: of dry runs, and of runs that the guards have stopped."""

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain, islice
from typing import Protocol, TypeVar

from scim_server.directory.accounts import lifecycle
from scim_server.directory.change import Change
from scim_server.directory.sources.queue import supersede
from scim_server.directory.sources.runs import Mode, Run, RunStore, State
from scim_server.protocol.schema import Document, Registry
from scim_server.sync import outcomes
from scim_server.sync.outcomes import Outcomes
from scim_server.sync.plan import Departure, Join, Leave, Move, Step, Taking
from scim_server.sync.planning import Plan
from scim_server.sync.told import DEPARTS, TAKES, told
from scim_server.sync.turn import own_source

MOST_KEPT = 10_000
"""Steps that are kept besides departures, of which all are."""
CHUNK = 1_000
"""Steps that are kept, or read, at once."""
Done = TypeVar("Done")


class Write(Protocol):
    """One transaction."""

    def __call__(self, work: Callable[[Change], Done]) -> Done: ...


def keep(write: Write, registry: Registry, run: Run, plan: Plan) -> None:
    """Keep a plan with its run: departures first. Raises Overtaken."""
    steps, start = _ordered(registry, plan), 0
    while chunk := list(islice(steps, CHUNK)):

        def work(change: Change, start: int = start, chunk: list[Document] = chunk) -> None:
            own_source(change, run.source, run.id)
            change.store.runs.add_steps(run.id, start, chunk)

        write(work)
        start += len(chunk)


def foresee(plan: Plan, counted: Outcomes) -> None:
    """Count what would be done."""
    for kind, step in chain(plan.leavers, plan.steps):
        for word, number in _effects(step).items():
            counted.count(kind, word, number)


def stopped(
    write: Write, registry: Registry, run: Run, plan: Plan, excess: str, modes: Collection[Mode]
) -> tuple[State, str]:
    """Keep what was stopped until somebody has looked at it; how the run ends, and why.

    Args: modes: of the runs before it whose place it takes
    Raises: Overtaken
    """
    why = f"It would {excess}. Nothing was done."

    def work(change: Change) -> Run | None:
        own_source(change, run.source, run.id)
        runs = change.store.runs
        departing = {kind: frozenset(each) for kind, each in plan.departing.items() if each}
        for each in runs.of_state(State.AWAITING_CONFIRMATION, run.source):
            if confirmed(runs, each.id) == departing:
                return each
        supersede(runs, run, modes)
        return None

    before = write(work)
    if before is not None:
        return State.REFUSED, f"{why} Run {before.id} awaits the confirmation of the same."
    keep(write, registry, run, plan)
    return State.AWAITING_CONFIRMATION, f"{why} Confirm this run if it is right."


def confirmed(runs: RunStore, run: str) -> Mapping[str, frozenset[Taking]]:
    """The departures in a plan that was kept, by kind."""
    found: dict[str, set[Taking]] = {}
    start = 0
    while steps := runs.steps(run, start, CHUNK):
        for step in steps:
            if not step[DEPARTS]:
                return {kind: frozenset(ids) for kind, ids in found.items()}
            found.setdefault(step["kind"], set()).add((step["entry"], step[TAKES]))
        start += len(steps)
    return {kind: frozenset(ids) for kind, ids in found.items()}


def _effects(step: Step) -> Mapping[str, int]:
    match step:
        case Leave():
            is_off = step.departure is Departure.OFF
            word = outcomes.SWITCHED_OFF if is_off else outcomes.LEAVERS
            return {word: int(step.departure is not Departure.NONE)}
        case Join():
            return {outcomes.JOINERS: 1, outcomes.MEMBERS_ADDED: len(step.added)}
        case Move():
            members = len(step.added) + len(step.removed)
            return {
                outcomes.MOVERS: int(bool(step.changes or step.event or step.adopts or members)),
                outcomes.SWITCHED_OFF: int(step.event is lifecycle.Step.SUSPEND),
                outcomes.SWITCHED_ON: int(step.event is lifecycle.Step.REACTIVATE),
                outcomes.MEMBERS_ADDED: len(step.added),
                outcomes.MEMBERS_REMOVED: len(step.removed),
            }


def _ordered(registry: Registry, plan: Plan) -> Iterator[Document]:
    def all_steps() -> Iterator[Document]:
        for name, step in chain(plan.leavers, plan.steps):
            # Of some entries no more changes than what is remembered of them.
            if isinstance(step, Leave) or any(_effects(step).values()):
                yield told(registry.kinds[name], step)

    departures = (step for step in all_steps() if step[DEPARTS])
    others = (step for step in all_steps() if not step[DEPARTS])
    return chain(departures, islice(others, MOST_KEPT))
