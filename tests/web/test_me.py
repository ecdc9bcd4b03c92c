"""``/Me`` (RFC 7644 §3.11)."""

import pytest

from tests.application import MESSAGES, USER, Application, Scim, error

TITLE = {"op": "add", "path": "title", "value": "Dr"}


@pytest.fixture
def me(application: Application) -> Scim:
    """A client whose credential is bound to a user."""
    tenant = application.tenant()
    id = application.scim(tenant=tenant).user(userName="ada")["id"]
    return application.scim(tenant=tenant, user=id)


def own(scim: Scim) -> str:
    [id] = scim.found("/Users", 'userName eq "ada"')
    return f"/Users/{id}"


@pytest.mark.proves("MEE-003")
@pytest.mark.parametrize("method", ["GET", "PATCH", "PUT"])
def test_me_acts_as_the_permanent_uri_and_tells_it(me: Scim, method: str) -> None:
    at = own(me)
    body = {
        "PATCH": {"schemas": [MESSAGES + "PatchOp"], "Operations": [TITLE]},
        "PUT": {"schemas": [USER], "userName": "ada", "nickName": "A"},
    }.get(method)
    response = me.send(method, "/Me", body)
    assert response.status_code == 200
    assert response.headers["Location"] == response.get_json(force=True)["meta"]["location"]
    later = me.get(at)
    assert (later.data, later.headers["ETag"]) == (response.data, response.headers["ETag"])


@pytest.mark.proves("MEE-003")
def test_me_is_deleted_as_at_the_permanent_uri(me: Scim) -> None:
    at = own(me)
    location = me.get(at).get_json(force=True)["meta"]["location"]
    response = me.delete("/Me")
    assert (response.status_code, response.headers["Location"]) == (204, location)
    other = me.application.scim(tenant=me.tenant)
    assert error(other.get(at)) == (404, None)
    # The credential has gone with the user that it was bound to.
    assert error(me.get("/Me")) == (401, None)


@pytest.mark.proves("MEE-003")
def test_me_obeys_preconditions_and_projection(me: Scim) -> None:
    first = me.get("/Me", query={"attributes": "userName"})
    assert first.get_json(force=True).keys() == {"schemas", "id", "userName"}
    known = me.get("/Me", headers={"If-None-Match": first.headers["ETag"]})
    assert (known.status_code, known.headers["Location"]) == (304, first.headers["Location"])
    me.patch("/Me", TITLE)
    stale = {"If-Match": first.headers["ETag"]}
    assert error(me.patch("/Me", TITLE, headers=stale)) == (412, None)


@pytest.mark.proves("MEE-004")
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_credential_of_nobody_is_told_that_there_is_no_me(scim: Scim, method: str) -> None:
    user = scim.user()["id"]
    assert error(scim.send(method, "/Me", {"schemas": [USER], "userName": "x"})) == (404, None)
    assert scim.get(f"/Users/{user}").status_code == 200


@pytest.mark.proves("MEE-001", "MEE-004")
def test_nobody_registers_at_me(me: Scim) -> None:
    response = me.post("/Me", {"schemas": [USER], "userName": "new"})
    assert error(response) == (501, None)
    assert me.found("/Users", 'userName eq "new"') == []


@pytest.mark.proves("AUT-003")
def test_me_needs_the_scope_that_the_permanent_uri_needs(application: Application) -> None:
    tenant = application.tenant()
    id = application.scim(tenant=tenant).user()["id"]
    reader = application.scim(tenant=tenant, user=id, scopes=("users:read",))
    assert reader.get("/Me").status_code == 200
    assert error(reader.patch("/Me", TITLE)) == (403, None)
    assert error(reader.delete("/Me")) == (403, None)
