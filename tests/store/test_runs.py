"""Sources, their runs and plans are kept as they were told, each tenant's apart."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from scim_server.directory.ports import Writer
from scim_server.directory.sources.runs import (
    TO_THE_END,
    Mode,
    OnChange,
    Registered,
    Run,
    State,
)
from scim_server.protocol.errors import NotFound
from tests.store.corp import CORP, HR, register, run
from tests.store.shelf import Shelf, at_once

MIDNIGHT = datetime.fromisoformat("2026-11-03T00:00:00Z")
BARE = Registered("bare", "scim", "Other")


@pytest.fixture
def corp(shelf: Shelf) -> Shelf:
    return register(shelf, HR, CORP)


def put(shelf: Shelf, *runs: Run) -> None:
    with shelf.writing() as writer:
        for each in runs:
            writer.runs.put(each)


def page(shelf: Shelf, source: str | None = None, after: Run | None = None) -> list[Run]:
    id = after.id if after else None
    return shelf.read(lambda reader: reader.runs.page(source, id, 2))


def test_sources_are_kept_as_they_were_told_and_listed_by_name(corp: Shelf) -> None:
    assert corp.read(lambda reader: reader.runs.sources()) == [CORP, HR]
    register(corp, BARE, replace(CORP, on_change=OnChange.REFUSE, mark="42", run="r", owned={}))
    bare, changed, hr = corp.read(lambda reader: reader.runs.sources())
    assert (bare, hr) == (BARE, HR)
    assert (changed.on_change, changed.mark, changed.run, changed.owned) == (
        "refuse",
        "42",
        "r",
        {},
    )
    assert changed == corp.read(lambda reader: reader.runs.source("corp"))


def test_a_source_goes_with_its_runs_and_their_plans(corp: Shelf, other: Shelf) -> None:
    register(other, CORP)
    kept, gone = run(source="hr"), run()
    for shelf in (corp, other):
        put(shelf, gone)
        shelf.write(lambda writer: writer.runs.add_steps(gone.id, 0, [{"entry": "1"}]))
    put(corp, kept)
    corp.write(lambda writer: writer.runs.remove_source("corp"))
    assert corp.read(lambda reader: reader.runs.sources()) == [HR]
    assert corp.read(lambda reader: reader.runs.count_steps(gone.id)) == 0
    assert (page(corp), page(other)) == ([kept], [gone])


def test_a_source_that_is_not_there_is_told(corp: Shelf, other: Shelf) -> None:
    assert corp.read(lambda reader: reader.runs.find_source("corp")) == CORP
    assert other.read(lambda reader: reader.runs.find_source("corp")) is None
    assert other.read(lambda reader: reader.runs.sources()) == []
    with pytest.raises(NotFound, match="corp"):
        other.read(lambda reader: reader.runs.source("corp"))
    with pytest.raises(NotFound, match="corp"):
        other.write(lambda writer: writer.runs.lock_source("corp"))


def test_a_locked_source_is_kept_from_other_writers(corp: Shelf) -> None:
    def count(writer: Writer) -> None:
        source = writer.runs.lock_source("corp")
        writer.runs.put_source(replace(source, mark=str(int(source.mark or 0) + 1)))

    assert at_once([lambda: corp.write(count) for _ in range(8)]) == [None] * 8
    assert corp.read(lambda reader: reader.runs.source("corp")).mark == "8"


def test_a_run_is_kept_as_it_was_told(corp: Shelf, other: Shelf) -> None:
    asked = run(asked_by_id="7", confirms="another")
    put(corp, asked)
    assert corp.read(lambda reader: reader.runs.get(asked.id)) == asked
    done = replace(
        asked,
        state=State.DONE,
        mode=Mode.DRY_RUN,
        started="2026-11-21T10:00:01",
        ended="2026-11-21T10:00:02",
        counts={"User": {"joiners": 3}},
        detail="all 3",
        told=({"entry": "1", "why": "no userName"},),
        confirmed_by="ada",
    )
    put(corp, done)
    assert corp.read(lambda reader: reader.runs.get(asked.id)) == done
    with pytest.raises(NotFound, match=asked.id):
        other.read(lambda reader: reader.runs.get(asked.id))


def test_pages_go_from_the_newest_run_to_the_oldest(corp: Shelf) -> None:
    first, second, third = runs = [run(), run(source="hr"), run()]
    put(corp, *runs)
    assert page(corp) == [third, second]
    assert page(corp, after=second) == [first]
    assert page(corp, "corp") == [third, first]
    assert page(corp, "corp", third) == [first]
    assert page(corp, "hr", second) == []
    assert corp.read(lambda reader: reader.runs.count("corp")) == 2
    assert corp.read(lambda reader: reader.runs.count("nobody's")) == 0


def test_runs_of_a_state_come_the_oldest_first(corp: Shelf) -> None:
    runs = [run(), run(state=State.RUNNING), run(source="hr")]
    put(corp, *reversed(runs))
    waiting = corp.read(lambda reader: reader.runs.of_state(State.WAITING, None))
    assert waiting == [runs[0], runs[2]]
    assert corp.read(lambda reader: reader.runs.of_state(State.WAITING, "hr")) == [runs[2]]


def test_the_last_run_is_that_of_the_modes_and_the_states(corp: Shelf) -> None:
    full, incremental = run(mode=Mode.FULL), run()
    interrupted, dry = run(state=State.INTERRUPTED), run(mode=Mode.DRY_RUN)
    put(corp, full, incremental, interrupted, dry, run(source="hr"))

    def last(*modes: Mode) -> Run | None:
        return corp.read(lambda reader: reader.runs.last("corp", modes, TO_THE_END))

    assert last(Mode.FULL) == full
    assert last(Mode.FULL, Mode.INCREMENTAL) == incremental
    assert corp.read(lambda reader: reader.runs.last("hr", [Mode.FULL], TO_THE_END)) is None


def test_a_plan_is_read_in_parts(corp: Shelf) -> None:
    mine, another = run(), run()
    put(corp, mine, another)
    steps = [{"number": number} for number in range(12)]
    with corp.writing() as writer:
        writer.runs.add_steps(mine.id, 10, steps[10:])
        writer.runs.add_steps(mine.id, 0, steps[:10])
        writer.runs.add_steps(another.id, 0, steps[:1])
        writer.runs.add_steps(another.id, 1, [])
    assert corp.read(lambda reader: reader.runs.steps(mine.id, 0, 11)) == steps[:11]
    assert corp.read(lambda reader: reader.runs.steps(mine.id, 9, 100)) == steps[9:]
    assert corp.read(lambda reader: reader.runs.steps(another.id, 0, 100)) == steps[:1]
    assert corp.read(lambda reader: reader.runs.count_steps(mine.id)) == 12


def test_the_oldest_runs_are_forgotten_with_their_plans(corp: Shelf, other: Shelf) -> None:
    days = ["2026-11-03T00:00:00", "2026-11-01T00:00:00", "2026-11-02T00:00:00", None]
    third, first, second, open_ = runs = [run(ended=day) for day in days]
    put(corp, *runs)
    put(register(other, CORP), run(ended=days[1]), run())
    with corp.writing() as writer:
        writer.runs.add_steps(first.id, 0, [{}])
        assert writer.runs.forget(MIDNIGHT, 1) == 1
    assert page(corp) == [open_, second]
    assert corp.read(lambda reader: reader.runs.count_steps(first.id)) == 0
    assert [corp.write(lambda writer: writer.runs.forget(MIDNIGHT, 9)) for _ in range(2)] == [1, 0]
    assert page(corp) == [open_, third]
    assert len(page(other)) == 2


def test_of_each_source_mode_and_state_the_last_run_is_kept(corp: Shelf) -> None:
    old = run(ended="2026-11-01T00:00:00")
    others: list[dict[str, Any]] = [{"mode": Mode.FULL}, {"state": State.DONE}, {"source": "hr"}]
    put(corp, old, *(replace(old, id=run().id, **each) for each in others))
    assert corp.write(lambda writer: writer.runs.forget(MIDNIGHT, 9)) == 0
    put(corp, run())
    assert corp.write(lambda writer: writer.runs.forget(MIDNIGHT, 9)) == 1
