"""Nothing crosses from one tenant to another (RFC 7644 §6; security rules 1, 2, 3)."""

import pytest

from tests.application import ENTERPRISE, USER, Application, Scim, error

TITLE = {"op": "add", "path": "title", "value": "Dr"}


@pytest.fixture
def other(application: Application) -> Scim:
    """A client of another tenant on the same server."""
    return application.scim()


@pytest.mark.proves("TEN-001", "TEN-002")
@pytest.mark.parametrize("header", ["X-Tenant", "X-Tenant-Id", "X-Forwarded-Host", "Host"])
def test_only_the_credential_chooses_the_tenant(scim: Scim, other: Scim, header: str) -> None:
    id = other.user()["id"]
    named = {header: str(other.tenant)}
    assert error(scim.get(f"/Users/{id}", headers=named)) == (404, None)
    assert scim.get("/Users", headers=named).get_json(force=True)["totalResults"] == 0


@pytest.mark.proves("TEN-003")
def test_another_tenant_s_id_answers_as_an_unknown_and_a_deleted_one(
    scim: Scim, other: Scim
) -> None:
    strange, deleted, unknown = other.user()["id"], scim.user()["id"], "0" * 36
    scim.delete(f"/Users/{deleted}")
    body = {"schemas": [USER], "userName": "ada"}
    for method, sent in (("GET", None), ("PUT", body), ("DELETE", None)):
        told = {
            scim.send(method, f"/Users/{id}", sent).text.replace(id, "ID")
            for id in (strange, deleted, unknown)
        }
        assert len(told) == 1
    assert {
        scim.patch(f"/Users/{id}", TITLE).text.replace(id, "ID")
        for id in (strange, deleted, unknown)
    } == {scim.get(f"/Users/{unknown}").text.replace(unknown, "ID")}
    assert other.get(f"/Users/{strange}").status_code == 200


@pytest.mark.proves("TEN-003")
@pytest.mark.parametrize(
    "filter",
    [
        None,
        "userName pr",
        'userName eq "ada"',
        'not (userName eq "nobody")',
        'emails.value co "example"',
        'meta.lastModified gt "2000-01-01T00:00:00Z"',
        "id pr or userName pr",
    ],
)
def test_no_result_and_no_total_counts_another_tenant_s_resources(
    scim: Scim, other: Scim, filter: str | None
) -> None:
    user = other.user(userName="ada", emails=[{"value": "ada@example.com"}])["id"]
    other.group(user)
    query = {} if filter is None else {"filter": filter}
    for path in ("/Users", "/"):
        found = scim.get(path, query=query).get_json(force=True)
        assert (found["totalResults"], found.get("Resources", [])) == (0, [])


@pytest.mark.proves("TEN-003")
def test_no_group_of_another_tenant_is_found(scim: Scim, other: Scim) -> None:
    other.group(other.user()["id"])
    for filter in ("members.value pr", "displayName pr", 'not (displayName eq "x")'):
        assert scim.found("/Groups", filter) == []


@pytest.mark.proves("TEN-003")
def test_a_reference_to_another_tenant_s_resource_tells_nothing_of_it(
    scim: Scim, other: Scim
) -> None:
    stranger = other.user(displayName="Secret")["id"]
    user = scim.user(**{ENTERPRISE: {"manager": {"value": stranger}}})
    assert user[ENTERPRISE]["manager"] == {"value": stranger}
    group = {"op": "add", "path": "members", "value": [{"value": stranger}]}
    response = scim.patch(f"/Groups/{scim.group()['id']}", group)
    assert error(response) == (400, "invalidValue")
    unknown = scim.patch(
        f"/Groups/{scim.group()['id']}",
        {"op": "add", "path": "members", "value": [{"value": "0" * 36}]},
    )
    assert response.text.replace(stranger, "ID") == unknown.text.replace("0" * 36, "ID")


@pytest.mark.proves("TEN-003")
def test_a_cursor_of_another_tenant_is_no_cursor(scim: Scim, other: Scim) -> None:
    for client in (scim, other):
        for _ in range(3):
            client.user()
    cursor = other.get("/Users?cursor&count=1").get_json(force=True)["nextCursor"]
    response = scim.get("/Users", query={"cursor": cursor, "count": "1"})
    assert error(response) == (400, "invalidCursor")


@pytest.mark.proves("TEN-004", "TEN-005")
def test_names_are_unique_within_a_tenant_and_ids_everywhere(scim: Scim, other: Scim) -> None:
    mine = scim.user(userName="ada", externalId="7")
    theirs = other.user(userName="ada", externalId="7")
    assert mine["id"] != theirs["id"]
    assert scim.found("/Users", 'externalId eq "7"') == [mine["id"]]
    assert other.found("/Users", 'userName eq "ADA"') == [theirs["id"]]


@pytest.mark.parametrize("name", ["externalId", "userName"])
def test_nothing_but_the_id_finds_a_resource_by_its_uri(scim: Scim, name: str) -> None:
    user = scim.user(userName="ada", externalId="ext-7")
    assert error(scim.get(f"/Users/{user[name]}")) == (404, None)
    assert error(scim.delete(f"/Users/{user[name]}")) == (404, None)
    assert error(scim.patch(f"/Users/{user[name]}", TITLE)) == (404, None)


def test_an_external_id_that_is_another_s_id_or_name_is_nothing_special(scim: Scim) -> None:
    ada = scim.user(userName="ada")
    bob = scim.user(userName="bob", externalId=ada["id"])
    eve = scim.user(userName="eve", externalId="ada", displayName="ada")
    assert len({ada["id"], bob["id"], eve["id"]}) == 3
    assert scim.get(f"/Users/{ada['id']}").get_json(force=True)["userName"] == "ada"


def test_an_account_is_never_adopted_by_a_creation_that_matches_it(scim: Scim) -> None:
    emails = [{"value": "ada@example.com", "primary": True}]
    ada = scim.user(userName="ada", emails=emails, title="Countess")
    again = {"schemas": [USER], "userName": "Ada", "externalId": "7", "title": "Thief"}
    assert error(scim.post("/Users", again)) == (409, "uniqueness")
    twin = scim.user(userName="twin", emails=emails)
    assert twin["id"] != ada["id"]
    shown = scim.get(f"/Users/{ada['id']}").get_json(force=True)
    assert shown == ada


@pytest.mark.parametrize("method", ["PUT", "PATCH", "POST"])
def test_the_id_in_a_body_is_ignored(scim: Scim, method: str) -> None:
    victim, own = scim.user(userName="victim"), scim.user(userName="own")
    body = {"schemas": [USER], "id": victim["id"], "userName": "changed", "externalId": "x"}
    if method == "PATCH":
        value = {"id": victim["id"], "userName": "changed"}
        response = scim.patch(f"/Users/{own['id']}", {"op": "replace", "value": value})
    elif method == "PUT":
        response = scim.put(f"/Users/{own['id']}", body)
    else:
        response = scim.post("/Users", body)
    assert response.get_json(force=True)["id"] != victim["id"]
    assert scim.get(f"/Users/{victim['id']}").get_json(force=True) == victim
