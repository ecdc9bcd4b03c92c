"""What a run asks the database for the entries that it brings in: few statements, each for many."""

from tests.statements import watched
from tests.sync.office import Office

MOST_OF_MOVER = 6
"""It is locked and its owner looked up; it, a value for another one, and the event are written."""
MOST_OF_GROUP = 2
"""Its members are looked up, and put into it."""


def statements(office: Office) -> int:
    """Of one run."""
    with watched(office.application) as found:
        office.run()
    return len(found)


def names(first: int, last: int) -> list[str]:
    return [f"user-{number}" for number in range(first, last)]


def gather(office: Office, *teams: str, members: int) -> None:
    """Put the first workers into more groups."""
    for worker in office.workers[:members]:
        worker["teams"] = [*worker.get("teams", ()), *teams]


def test_a_joiner_costs_no_statement_of_its_own(office: Office) -> None:
    office.employ("boss")
    office.run()
    office.employ(*names(0, 2), boss="id-boss")
    few = statements(office)
    office.employ(*names(2, 62), boss="id-boss")
    assert statements(office) == few


def test_a_member_costs_no_statement_of_its_own(office: Office) -> None:
    office.employ(*names(0, 60))
    office.run()
    gather(office, "Board", members=2)
    few = statements(office)
    gather(office, "Everybody", members=60)
    assert statements(office) == few


def test_a_group_costs_what_its_members_do(office: Office) -> None:
    office.employ(*names(0, 5))
    office.run()
    gather(office, "Board", members=5)
    one = statements(office)
    gather(office, *(f"team-{number}" for number in range(11)), members=5)
    assert statements(office) - one == 10 * MOST_OF_GROUP


def test_a_mover_costs_few_statements(office: Office) -> None:
    office.employ(*names(0, 22), department="Engines")
    office.run()
    for worker in office.workers[:2]:
        worker["department"] = "Board"
    few = statements(office)
    for worker in office.workers[2:]:
        worker["department"] = "Board"
    assert statements(office) - few <= 18 * MOST_OF_MOVER
