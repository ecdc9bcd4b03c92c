"""Members that do not exist: refused by name, and left out for a lenient client only."""

import pytest
from structlog.testing import capture_logs

from tests.application import GROUP, Application, Scim, error
from tests.web.event_log import events

GHOST = "0199aaaa-0000-7000-8000-000000000000"


@pytest.fixture
def lenient(application: Application) -> Scim:
    return application.scim("lenient")


def members(scim: Scim, group: str) -> set[str]:
    return {each["value"] for each in scim.get(f"/Groups/{group}").get_json(force=True)["members"]}


def add(*ids: str) -> dict[str, object]:
    return {"op": "add", "path": "members", "value": [{"value": id} for id in ids]}


@pytest.mark.parametrize("mode", ["tolerant", "strict"])
def test_others_are_refused_and_told_who_is_missing(application: Application, mode: str) -> None:
    scim = application.scim("strict" if mode == "strict" else "tolerant")
    user, group = scim.user()["id"], scim.group()["id"]
    answer = scim.patch(f"/Groups/{group}", add(user, GHOST))
    assert error(answer) == (400, "invalidValue")
    assert GHOST in answer.get_json(force=True)["detail"]
    assert members(scim, group) == set()


def test_what_is_left_out_is_in_the_log(lenient: Scim) -> None:
    with capture_logs() as lines:
        lenient.group(GHOST)
        lenient.group()
    told = [line["tolerances"] for line in lines if line["event"] == "request"]
    assert told == [["unknown_members"], []]


def test_those_that_exist_are_members_by_every_verb(lenient: Scim) -> None:
    ada, bob = lenient.user()["id"], lenient.user()["id"]
    group = lenient.group(ada, GHOST)["id"]
    assert members(lenient, group) == {ada}
    place = f"/Groups/{group}"
    assert lenient.patch(place, add(GHOST, bob)).status_code == 200
    assert members(lenient, group) == {ada, bob}
    body = {"schemas": [GROUP], "displayName": "x", "members": [{"value": GHOST}, {"value": bob}]}
    assert lenient.put(place, body).status_code == 200
    assert members(lenient, group) == {bob}
    operation = {"method": "PATCH", "path": place, "data": {"Operations": [add(GHOST, ada)]}}
    other = {**body, "displayName": "other"}
    create = {"method": "POST", "path": "/Groups", "bulkId": "g", "data": other}
    results = lenient.bulk(operation, create).get_json(force=True)["Operations"]
    assert [result["status"] for result in results] == ["200", "201"]
    assert members(lenient, group) == {ada, bob}
    assert members(lenient, results[1]["location"].rpartition("/")[2]) == {bob}


def test_nobody_is_added_and_nothing_noted_where_nobody_exists(lenient: Scim) -> None:
    group = lenient.group()
    answer = lenient.patch(f"/Groups/{group['id']}", add(GHOST))
    assert answer.get_json(force=True)["meta"] == group["meta"]
    assert len(events(lenient, group["id"])) == 1


def test_a_list_of_nobody_does_not_empty_a_group(lenient: Scim) -> None:
    ada = lenient.user()["id"]
    place = f"/Groups/{lenient.group(ada)['id']}"
    operation = {"op": "replace", "path": "members", "value": [{"value": GHOST}]}
    assert error(lenient.patch(place, operation)) == (400, "invalidValue")
    body = {"schemas": [GROUP], "displayName": lenient.name(), "members": [{"value": GHOST}]}
    assert error(lenient.put(place, body)) == (400, "invalidValue")
    assert members(lenient, place.rpartition("/")[2]) == {ada}


def test_another_tenants_user_is_nobody(application: Application, lenient: Scim) -> None:
    stranger = application.scim().user()["id"]
    group = lenient.group(stranger)["id"]
    assert members(lenient, group) == set()


def test_a_circle_is_refused_all_the_same(lenient: Scim) -> None:
    inner = lenient.group()["id"]
    outer = lenient.group(inner, GHOST)["id"]
    assert error(lenient.patch(f"/Groups/{inner}", add(outer, GHOST))) == (400, "invalidValue")
    assert members(lenient, inner) == set()
