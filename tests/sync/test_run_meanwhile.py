"""What others do after a run has planned, and before it applies: it is not planned over them."""

from pathlib import Path

import pytest

from scim_server.directory.callers import system
from scim_server.directory.sources.queue import interrupt
from scim_server.directory.sources.runs import Mode, State
from scim_server.sync import carrying, plan
from tests.application import Application
from tests.servers import PostgresServer
from tests.sync.office import Office

OVERWRITE = "[authority]\non_change = 'overwrite'"


@pytest.fixture
def office(office: Office) -> Office:
    office.employ("ada", "eve", active="true", teams=["Board"])
    office.run()
    return office


def settles(office: Office) -> None:
    """The next run sees to what is left to do, and the one after that finds nothing."""
    assert office.run(Mode.FULL).state is State.DONE
    number = len(office.workers)
    assert office.run(Mode.FULL).counts["User"] == {"read": number, "unchanged": number}
    assert office.violations() == []


@pytest.mark.parametrize("column", ["active", "name"])
def test_who_is_brought_back_meanwhile_is_out_all_the_same(office: Office, column: str) -> None:
    assert office.step("ada", "suspend") == 200
    office.change("ada", active="false", **({} if column == "active" else {column: "eve"}))
    office.run_while(lambda: office.step("ada", "reactivate"))
    office.run(Mode.FULL)
    assert office.status("ada") == "Suspended"
    assert office.step("ada", "reactivate") == 409


def test_whom_an_administrator_suspends_meanwhile_no_return_brings_back(office: Office) -> None:
    ada = office.workers[0]
    office.dismiss("ada")
    assert office.run_while(lambda: office.step("ada", "suspend")).told == ()
    office.workers.append(ada)
    settles(office)
    assert office.status("ada") == "Suspended"


def test_who_leaves_and_is_brought_back_meanwhile_is_not_out_by_the_source(office: Office) -> None:
    """The next run is to see to that: what it has switched off, it might switch on again."""
    office.configure(tables=f"{OVERWRITE}\n[guards]\nshare = 1.0")
    office.change("ada", active="false")
    office.run()
    office.dismiss("ada")
    office.run_while(lambda: office.step("ada", "reactivate"))
    assert (office.status("ada"), office.violations()) == ("Active", [])
    settles(office)
    assert office.status("ada") == "Suspended"


def test_whom_an_administrator_suspends_meanwhile_the_source_does_not_count(
    office: Office,
) -> None:
    office.change("ada", active="false")
    run = office.run_while(lambda: office.step("ada", "suspend"))
    assert "switchedOff" not in run.counts["User"]
    office.change("ada", active="true")
    settles(office)
    assert office.status("ada") == "Suspended"


def test_who_is_deprovisioned_while_the_source_switches_them_on_stays_so(office: Office) -> None:
    office.configure(tables=OVERWRITE)
    office.change("ada", active="false")
    office.run()
    office.change("ada", active="true")

    def work() -> None:
        assert office.step("ada", "reactivate") == 200
        assert office.step("ada", "suspend") == 200
        assert office.step("ada", "deprovision") == 200

    office.run_while(work)
    assert office.status("ada") == "Deprovisioned"


@pytest.mark.parametrize("how", ["dismissed", "changed"])
def test_who_is_deleted_meanwhile_is_in_nobodys_way(office: Office, how: str) -> None:
    if how == "dismissed":
        office.dismiss("ada")
    else:
        office.change("ada", shown="Ada")
    office.change("eve", shown="Eve")
    run = office.run_while(lambda: office.delete("ada"))
    assert (run.state, run.told) == (State.DONE, ())
    assert office.user("eve")["displayName"] == "Eve"
    settles(office)
    assert set(office.users()) == ({"eve"} if how == "dismissed" else {"ada", "eve"})


def test_a_name_that_is_taken_meanwhile_is_told(office: Office) -> None:
    office.employ("bob", "joe")
    run = office.run_while(lambda: office.scim.user(userName="bob", displayName="Other"))
    assert [each["entry"] for each in run.told] == ["id-bob"]
    assert office.users().keys() == {"ada", "eve", "bob", "joe"}
    assert office.user("bob")["displayName"] == "Other"


def test_whom_another_source_has_taken_meanwhile_is_its_own(office: Office, tmp_path: Path) -> None:
    second = Office(office.application, tmp_path, "second")
    second.tenant, second.scim = office.tenant, office.scim
    second.employ("ada", shown="Of the second")
    office.change("ada", shown="Of the first")
    run = office.run_while(lambda: second.run(adopt=frozenset({"id-ada"})))
    assert run.state is State.DONE
    assert office.user("ada")["displayName"] == "Of the second"
    assert [each["entry"] for each in office.run().told] == ["id-ada"]


def test_a_member_who_comes_between_two_slices_is_out_at_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "SLICE", 2)
    monkeypatch.setattr(carrying, "AT_ONCE", 1)
    office.configure(tables=OVERWRITE)
    office.employ(*(f"user-{number}" for number in range(5)), teams=["All"])
    zoe = office.scim.user(userName="zoe")["id"]
    added: list[int] = []

    def tell(kind: str, stage: str, _: int) -> None:
        if not added and (kind, stage) == ("Group", "applied"):
            add = {"op": "add", "path": "members", "value": [{"value": zoe}]}
            answer = office.scim.patch(f"/Groups/{office.group('All')['id']}", add)
            added.append(answer.status_code)

    office.run(tell=tell)
    assert added == [200]
    office.run()
    assert office.team("All") == {f"user-{number}" for number in range(5)}
    settles(office)


def test_a_member_who_comes_while_something_else_of_a_group_changes_is_out_likewise(
    office: Office,
) -> None:
    office.configure(tables=OVERWRITE)
    path = f"/Groups/{office.group('Board')['id']}"
    note = {"op": "add", "path": "externalId", "value": "17"}
    assert office.scim.patch(path, note).status_code == 200
    zoe = {"op": "add", "path": "members", "value": [{"value": office.scim.user()["id"]}]}
    office.run_while(lambda: office.scim.patch(path, zoe), Mode.FULL)
    assert len(office.team("Board")) == 3
    office.run()
    assert office.team("Board") == {"ada", "eve"}
    settles(office)


def overtake(office: Office) -> None:
    """As another run of the source does, which has its lock now."""
    transactions = office.runner.transactions
    transactions.write(system(office.tenant), lambda change: interrupt(change, "hr"))


@pytest.mark.parametrize(("mode", "leavers"), [(Mode.FULL, 1), (Mode.FULL, 20), (Mode.DRY_RUN, 20)])
def test_a_run_that_was_overtaken_writes_nothing(office: Office, mode: Mode, leavers: int) -> None:
    office.employ(*(f"user-{number}" for number in range(25)))
    office.run()
    everybody = office.workers
    office.workers = everybody[:-10]
    stopped = office.run()
    office.workers = everybody[:-leavers]
    before = office.state()
    run = office.run_while(lambda: overtake(office), mode)
    assert run.state is State.INTERRUPTED
    assert office.state() == before
    with office.application.parts.store.reading(office.tenant) as reader:
        assert reader.runs.get(run.id).state is State.INTERRUPTED
        assert reader.runs.count_steps(run.id) == 0
        assert reader.runs.get(stopped.id).state is State.AWAITING_CONFIRMATION


def test_a_run_that_was_overtaken_and_is_told_to_end_does_so(office: Office) -> None:
    stops: list[bool] = []

    def tell(*_: object) -> None:
        overtake(office)
        stops.append(True)

    assert office.run(tell=tell, stopping=lambda: bool(stops)).state is State.INTERRUPTED


@pytest.fixture
def remote(postgres_server: PostgresServer) -> Application:
    """With a lock that can be lost: that of a file cannot."""
    return Application(postgres_server.create_database())


def test_a_run_that_loses_its_lock_while_it_reads_reads_no_further(
    remote: Application, tmp_path: Path
) -> None:
    office = Office(remote, tmp_path)
    office.employ("ada", teams=["Board"])
    database = remote.parts.database
    read: list[str] = []

    def tell(kind: str, *_: object) -> None:
        read.append(kind)
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with database.reading() as connection:
            connection.exec_driver_sql(statement)

    assert office.run(tell=tell).state is State.INTERRUPTED
    assert read == ["User"]
    assert office.users() == {}
    assert office.run().state is State.DONE
    database.close()
