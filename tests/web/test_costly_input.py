"""Small requests that would cost much: refused before the work (security rules 8 and 9)."""

import time

import pytest

from scim_server.protocol.finish import MOST_VALUES
from scim_server.protocol.values import MOST_MARKS
from tests.application import USER, Scim, error


def test_a_pile_of_combining_marks_is_refused_at_once(scim: Scim) -> None:
    pile = "a" + "\u0301" * 50_000 + "\u0323" * 50_000
    began = time.process_time()
    response = scim.post("/Users", {"schemas": [USER], "userName": "ada", "displayName": pile})
    assert error(response) == (400, "invalidValue")
    assert time.process_time() - began < 2


def test_as_many_marks_as_any_script_needs_are_kept(scim: Scim) -> None:
    name = "a" + "\u0301" * MOST_MARKS
    assert scim.user(displayName=name)["displayName"] == name


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_list_has_a_most_number_of_values(scim: Scim, method: str) -> None:
    emails = [{"value": f"a{n}@example.com"} for n in range(MOST_VALUES + 1)]
    user = scim.user(emails=emails[:-1])
    if method == "POST":
        response = scim.post("/Users", {"schemas": [USER], "userName": "bob", "emails": emails})
    else:
        add = {"op": "add", "path": "emails", "value": emails}
        response = scim.patch(f"/Users/{user['id']}", add)
    assert error(response) == (400, "invalidValue")
    assert len(scim.get(f"/Users/{user['id']}").get_json(force=True)["emails"]) == MOST_VALUES


def test_adding_many_values_takes_time_in_proportion(scim: Scim) -> None:
    user = scim.user(emails=[{"value": f"a{n}@example.com"} for n in range(MOST_VALUES)])
    again = [{"value": f"a{n % MOST_VALUES}@example.com"} for n in range(9_000)]
    began = time.process_time()
    response = scim.patch(f"/Users/{user['id']}", {"op": "add", "path": "emails", "value": again})
    assert response.status_code == 200
    assert time.process_time() - began < 4
