"""Security rule 2: nobody takes over an account by its name."""

from pathlib import Path

import pytest

from scim_server.directory.sources.runs import Running, State
from tests.application import ACCOUNT, Application
from tests.sync.office import Office


def held_by_somebody_else(office: Office) -> str:
    return str(office.scim.user(userName="ada", displayName="Another")["id"])


def test_a_name_that_another_has_is_told_and_left_out(office: Office) -> None:
    id = held_by_somebody_else(office)
    office.employ("ada", "eve", shown="Of the source")
    run = office.run()
    [told] = run.told
    assert run.state is State.DONE
    assert (told["entry"], told["place"]) == ("id-ada", "row 1 of hr.jsonl")
    assert id in told["why"] and "SCIM" in told["why"] and "--adopt id-ada" in told["why"]
    assert office.user("ada")["displayName"] == "Another"
    assert office.user("eve")["displayName"] == "Of the source"


def test_letter_case_makes_no_other_name(office: Office) -> None:
    held_by_somebody_else(office)
    office.employ("ADA")
    assert len(office.run().told) == 1


def test_who_was_left_out_joins_once_the_name_is_free(office: Office) -> None:
    id = held_by_somebody_else(office)
    office.employ("ada")
    office.run()
    office.scim.delete(f"/Users/{id}")
    assert office.run().counts["User"] == {"read": 1, "joiners": 1}


def test_who_is_renamed_to_anothers_name_keeps_the_old_one(office: Office) -> None:
    held_by_somebody_else(office)
    office.employ("eve", "bob", department="A")
    office.run()
    office.change("eve", name="ada", department="B")
    run = office.run()
    assert [each["entry"] for each in run.told] == ["id-eve"]
    assert set(office.users()) == {"ada", "eve", "bob"}
    assert office.user("ada")["displayName"] == "Another"


def test_two_entries_of_one_name_are_one_account(office: Office) -> None:
    office.employ("ada", shown="first")
    office.workers.append({"id": "other", "name": "ada", "shown": "second"})
    run = office.run()
    assert [each["entry"] for each in run.told] == ["other"]
    assert office.user("ada")["displayName"] == "first"


def test_an_id_that_comes_twice_is_told(office: Office) -> None:
    office.employ("ada", "eve")
    office.workers.append({"id": "id-ada", "name": "again"})
    [told] = office.run().told
    assert (told["entry"], told["why"].partition(":")[0]) == ("id-ada", "it came twice")
    assert set(office.users()) == {"ada", "eve"}


@pytest.mark.shows("an account that is there given to an entry of a source")
def test_a_person_may_give_the_account_to_the_entry(office: Office) -> None:
    id = held_by_somebody_else(office)
    office.employ("ada", "eve", shown="Of the source")
    office.run()
    run = office.run(adopt=frozenset({"id-ada"}))
    assert run.told == ()
    ada = office.user("ada")
    assert (ada["id"], ada["displayName"]) == (id, "Of the source")
    assert office.admin.get(f"/users/{id}").get_json()["source"] == "HR"
    events = office.admin.get(f"/users/{id}/events").get_json()["events"]
    [adopted] = [each for each in events if each["action"] == "adopt"]
    assert adopted["changes"] == {"source": {"before": "SCIM", "after": "HR"}}
    assert (adopted["actor"]["name"], adopted["request"]) == ("sync hr", run.id)
    office.dismiss("ada")
    office.run()
    assert not office.users()["ada"]


def test_only_the_named_entry_adopts(office: Office) -> None:
    held_by_somebody_else(office)
    office.employ("ada")
    assert len(office.run(adopt=frozenset({"ada", "id-eve"})).told) == 1


def test_one_source_does_not_take_from_another(office: Office, tmp_path: Path) -> None:
    office.employ("ada", shown="Of the first")
    office.run()
    second = Office(office.application, tmp_path, "second")
    second.tenant, second.scim = office.tenant, office.scim
    second.employ("ada", shown="Of the second")
    [told] = second.run().told
    assert "HR" in told["why"]
    assert office.user("ada")["displayName"] == "Of the first"
    second.run(adopt=frozenset({"id-ada"}))
    assert office.user("ada")["displayName"] == "Of the second"


def test_an_entry_takes_nothing_from_another_of_its_source(office: Office) -> None:
    office.employ("ada")
    office.run()
    office.workers.append({"id": "other", "name": "ada"})
    run = office.run(adopt=frozenset({"other"}))
    assert [each["entry"] for each in run.told] == ["other"]


def test_a_group_that_is_there_by_that_name_is_left_alone(office: Office) -> None:
    office.scim.group(displayName="Board")
    office.employ("ada", teams=["Board"])
    run = office.run()
    assert [each["kind"] for each in run.told] == ["Group"]
    assert office.team("Board") == set()


@pytest.mark.parametrize("name", ["", " ", "a\u200bb"])
def test_a_name_that_cannot_be_is_left_out_and_stops_nobody(office: Office, name: str) -> None:
    office.employ("eve")
    office.workers.append({"id": "bad", "name": name})
    run = office.run()
    assert run.state is State.DONE
    assert [each["entry"] for each in run.told] == ["bad"]
    assert set(office.users()) == {"eve"}


def test_the_last_administrator_stays_whatever_a_source_says(office: Office) -> None:
    office.employ("ada", "eve")
    office.run()
    id = office.user("ada")["id"]
    given = {"holder": id, "role": "Super Admin"}
    assert office.admin.post("/grants", given).status_code == 201
    office.dismiss("ada")
    run = office.run()
    assert [each["entry"] for each in run.told] == ["id-ada"]
    assert office.status("ada") == "Active"


def test_tenants_know_nothing_of_each_other(application: Application, tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    first, second = Office(application, tmp_path / "1"), Office(application, tmp_path / "2")
    for office in (first, second):
        office.employ("ada", teams=["Board"])
        assert office.run().told == ()
    first.dismiss("ada")
    first.employ("eve", "bob")
    first.run()
    assert (first.users()["ada"], second.users()["ada"]) == (False, True)


def test_a_run_of_a_source_that_another_holds_is_refused(office: Office) -> None:
    office.employ("ada")
    with office.runner.locks.held(office.tenant, "hr"), pytest.raises(Running):
        office.run()
    assert office.run().state is State.DONE


def test_one_account_goes_to_one_of_two_entries_that_may_have_it(office: Office) -> None:
    id = held_by_somebody_else(office)
    office.employ("ada")
    office.workers.append({"id": "other", "name": "ada"})
    run = office.run(adopt=frozenset({"id-ada", "other"}))
    assert [each["entry"] for each in run.told] == ["other"]
    assert office.user("ada")["id"] == id
    with office.application.parts.store.reading(office.tenant) as reader:
        assert reader.anchors.known("hr", "User", ["id-ada", "other"]).keys() == {"id-ada"}


def test_what_cannot_be_adopted_is_not_offered(office: Office) -> None:
    """The name is that of another entry, which has another one from this run on."""
    office.employ("ada")
    office.run()
    office.change("ada", name="countess")
    office.workers.append({"id": "new", "name": "ada"})
    [told] = office.run().told
    assert told["entry"] == "new" and "--adopt" not in told["why"]
    assert office.run().told == ()
    assert office.users() == {"ada": True, "countess": True}


def test_a_joiner_who_is_refused_keeps_no_other_out(office: Office) -> None:
    file = office.folder / "hr.toml"
    account = f'[users."{ACCOUNT}"]\nfolder = "{{folder}}"\n[groups]'
    file.write_text(file.read_text().replace("[groups]", account))
    office.employ("ada", "bob", "eve", folder="/Sales")
    office.run()
    office.dismiss("eve")
    office.employ("bad", folder="Sales/")
    office.employ("joe", folder="/Sales")
    run = office.run()
    assert run.state is State.DONE
    assert [each["entry"] for each in run.told] == ["id-bad"]
    assert office.users() == {"ada": True, "bob": True, "eve": False, "joe": True}


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
@pytest.mark.parametrize("column", ["id", "name", "boss"])
def test_what_no_database_holds_is_left_out_and_told(
    office: Office, column: str, text: str
) -> None:
    office.employ("ada", "eve")
    office.run()
    office.workers.append({"id": "bad", "name": "bad", column: text})
    run = office.run()
    assert run.state is State.DONE and run.told
    assert {each["place"] for each in run.told} <= {"row 3 of hr.jsonl", "hr"}
    assert office.users() == {"ada": True, "eve": True}
