"""POST (RFC 7644 §3.3)."""

import pytest

from tests.application import USER, Scim, error


@pytest.mark.proves("CRE-001", "CRE-002")
def test_the_new_resource_is_told_where_it_is(scim: Scim) -> None:
    response = scim.post("/Users", {"schemas": [USER], "userName": "ada"})
    assert response.status_code == 201
    assert response.headers["Location"] == response.get_json(force=True)["meta"]["location"]


@pytest.mark.proves("CRE-005", "USR-003")
def test_a_taken_name_is_a_conflict_whatever_its_case(scim: Scim) -> None:
    scim.user(userName="ada")
    response = scim.post("/Users", {"schemas": [USER], "userName": "ADA"})
    assert error(response) == (409, "uniqueness")
