"""Accounts over the administration API: made, shown, changed, deleted."""

from typing import Any

import pytest

from tests.application import ACCOUNT, Admin, Application, Scim, problem

ADA = {
    "userName": "ada",
    "displayName": "Ada Lovelace",
    "givenName": "Ada",
    "familyName": "Lovelace",
    "email": "ada@example.com",
    "secondaryEmail": "countess@example.org",
    "phone": "+44 20 7946 0000",
    "userType": "Employee",
    "folder": "/emea/london",
    "attributes": {"badge": 17, "note": "17", "tags": ["a", {"b": None}], "same": "17"},
}


def made(admin: Admin, **members: Any) -> dict[str, Any]:
    answer = admin.post("/users", members)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.get_json()
    return body


@pytest.mark.shows("created with all members", "created with groups and a role")
def test_an_account_has_all_that_it_was_made_with(admin: Admin, scim: Scim) -> None:
    group = scim.group()
    user = made(admin, **ADA, groups=[group["id"]], role="Administrator")
    shown = admin.get(f"/users/{user['id']}").get_json()
    assert shown == user
    assert {name: shown[name] for name in ADA} == ADA
    assert (shown["status"], shown["source"], shown["role"]) == ("Active", "Local", "Administrator")
    assert [each["id"] for each in shown["groups"]] == [group["id"]]
    assert shown["created"].endswith("Z")
    assert shown["lastSignIn"] is None


@pytest.mark.shows("created with all members")
def test_scim_sees_the_same_account(admin: Admin, scim: Scim) -> None:
    user = made(admin, **ADA)
    shown = scim.get(f"/Users/{user['id']}").get_json(force=True)
    assert shown["name"] == {"givenName": "Ada", "familyName": "Lovelace"}
    assert [each["value"] for each in shown["emails"]] == [ADA["email"], ADA["secondaryEmail"]]
    assert shown[ACCOUNT]["folder"] == "/emea/london"
    assert shown["active"] is True


@pytest.mark.parametrize("role", ["Basic User", "Delegated Administrator", "Emperor"])
def test_an_account_is_made_with_a_role_for_everybody_or_none(admin: Admin, role: str) -> None:
    answer = admin.post("/users", {"userName": "ada", "role": role})
    assert problem(answer)[0] == 400
    assert "role" in answer.text


@pytest.mark.parametrize(
    ("activation", "status"),
    [("active", "Active"), ("pending", "Pending"), ("inactive", "Inactive")],
)
@pytest.mark.shows("created active, pending with a mail, or inactive")
def test_an_account_begins_as_it_is_asked_to(admin: Admin, activation: str, status: str) -> None:
    user = made(admin, userName="ada", email="ada@example.com", activation=activation)
    assert user["status"] == status


@pytest.mark.parametrize("name", ["ada", "ADA", "ａｄａ"])
@pytest.mark.shows("userName is unique")
def test_a_name_that_exists_is_refused_in_clear_words(admin: Admin, name: str) -> None:
    made(admin, userName="ada")
    refused = admin.post("/users", {"userName": name})
    assert problem(refused) == (409, "uniqueness")
    assert "userName already exists" in refused.get_json()["detail"]


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"userName": "ab"},
        {"userName": "a" * 51},
        {"userName": " ada"},
        {"userName": "ad\u200ba"},
        {"userName": "ada", "email": "no address"},
        {"userName": "ada", "secondaryEmail": "lonely@example.com"},
        {"userName": "ada", "displayName": "x" * 256},
        {"userName": "ada", "displayName": 7},
        {"userName": "ada", "attributes": []},
        {"userName": "ada", "attributes": {"x": "y" * 20_000}},
        {"userName": "ada", "activation": "tomorrow"},
        {"userName": "ada", "status": "Active"},
        {"userName": "ada", "source": "HR"},
        {"userName": "ada", "unknown": 1},
    ],
)
@pytest.mark.shows("userName has the form that the policy asks for")
def test_what_is_not_as_described_is_refused(admin: Admin, members: dict[str, Any]) -> None:
    assert problem(admin.post("/users", members))[0] == 400
    assert admin.get("/users").get_json()["total"] == 0


def test_an_unknown_group_leaves_no_account(admin: Admin) -> None:
    assert problem(admin.post("/users", {"userName": "ada", "groups": ["none"]}))[0] == 404
    assert admin.get("/users").get_json()["total"] == 0


def test_a_pending_account_without_an_address_is_refused(admin: Admin) -> None:
    refused = admin.post("/users", {"userName": "ada", "activation": "pending"})
    assert problem(refused)[0] == 409
    assert admin.get("/users").get_json()["total"] == 0


@pytest.mark.shows("any member edited")
def test_members_are_laid_over_and_taken_away(admin: Admin) -> None:
    user = made(admin, **ADA)
    answer = admin.patch(
        f"/users/{user['id']}",
        {
            "displayName": None,
            "familyName": None,
            "email": "new@example.com",
            "phone": None,
            "attributes": {"badge": None, "more": {"a": 1}},
        },
    )
    assert answer.status_code == 200, answer.text
    shown = answer.get_json()
    assert not shown.keys() & {"displayName", "familyName", "phone"}
    assert (shown["email"], shown["secondaryEmail"]) == ("new@example.com", ADA["secondaryEmail"])
    assert shown["givenName"] == "Ada"
    rest = {name: ADA["attributes"][name] for name in ("note", "tags", "same")}  # type: ignore[index]
    assert shown["attributes"] == rest | {"more": {"a": 1}}


def test_a_change_that_changes_nothing_moves_no_version(admin: Admin, scim: Scim) -> None:
    user = made(admin, **ADA)
    before = scim.get(f"/Users/{user['id']}").headers["ETag"]
    assert admin.patch(f"/users/{user['id']}", ADA).status_code == 200
    assert scim.get(f"/Users/{user['id']}").headers["ETag"] == before


def test_what_scim_wrote_besides_stays(admin: Admin, scim: Scim) -> None:
    user = scim.user(title="Countess", emails=[{"value": "a@example.com", "type": "work"}])
    admin.patch(f"/users/{user['id']}", {"email": "b@example.com"})
    shown = scim.get(f"/Users/{user['id']}").get_json(force=True)
    assert shown["title"] == "Countess"
    assert shown["emails"] == [{"value": "b@example.com", "type": "work"}]


@pytest.mark.parametrize("activation", ["pending", "inactive"])
def test_a_change_leaves_the_status_alone(admin: Admin, scim: Scim, activation: str) -> None:
    user = made(admin, userName="ada", email="ada@example.com", activation=activation)
    admin.patch(f"/users/{user['id']}", {"displayName": "Ada"})
    scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "Countess"})
    assert admin.get(f"/users/{user['id']}").get_json()["status"] == user["status"]


@pytest.mark.shows(
    "userName has the form that the policy asks for",
    "e-mail address is unique, where the policy has it",
)
def test_the_policy_decides_on_names_and_addresses(admin: Admin, scim: Scim) -> None:
    first = made(admin, userName="ada", email="ada@example.com")
    decided = admin.patch("/policy", {"userNameEmail": True, "uniqueEmail": True})
    assert decided.status_code == 200, decided.text
    assert problem(admin.post("/users", {"userName": "bob"}))[0] == 400
    body = {"userName": "bob@example.com", "email": "ADA@example.com"}
    assert problem(admin.post("/users", body)) == (409, "uniqueness")
    bob = made(admin, userName="bob@example.com", email="bob@example.com")
    own = admin.patch(f"/users/{bob['id']}", {"email": "BOB@example.com"})
    assert own.status_code == 200
    taken = admin.patch(f"/users/{first['id']}", {"secondaryEmail": "bob@example.com"})
    assert problem(taken) == (409, "uniqueness")
    assert admin.patch(f"/users/{first['id']}", {"displayName": "Ada"}).status_code == 200


@pytest.mark.shows("added to a group, to a new one, and taken out")
def test_a_user_joins_and_leaves_groups(admin: Admin, scim: Scim) -> None:
    user, group = made(admin, userName="ada"), scim.group()
    path = f"/users/{user['id']}/groups"
    assert admin.post(path, {"group": group["id"]}).status_code == 200
    shown = admin.post(f"{path}/new", {"displayName": "Engine"})
    assert shown.status_code == 201
    names = {each["displayName"]: each["id"] for each in shown.get_json()["groups"]}
    assert names.keys() == {"Engine", group["displayName"]}
    assert admin.delete(f"{path}/{group['id']}").status_code == 204
    assert problem(admin.delete(f"{path}/{group['id']}"))[0] == 404
    left = admin.get(f"/users/{user['id']}").get_json()["groups"]
    assert [each["displayName"] for each in left] == ["Engine"]
    assert problem(admin.post(f"{path}/new", {"displayName": "Engine"})) == (409, "uniqueness")


@pytest.mark.shows("deleted for good, after an export")
def test_a_deleted_user_is_gone_and_was_exported(admin: Admin, scim: Scim) -> None:
    user = made(admin, **ADA)
    answer = admin.send("DELETE", f"/users/{user['id']}", query_string={"export": "true"})
    assert answer.get_json()["id"] == user["id"]
    record = answer.get_json()["known"]
    assert record["user"]["userName"] == "ada"
    assert [each["action"] for each in record["events"]] == ["create"]
    assert problem(admin.get(f"/users/{user['id']}"))[0] == 404
    assert scim.get(f"/Users/{user['id']}").status_code == 404
    assert problem(admin.delete(f"/users/{user['id']}"))[0] == 404


@pytest.mark.shows("nobody deletes themselves")
def test_nobody_deletes_themselves(application: Application, admin: Admin, scim: Scim) -> None:
    user = made(admin, userName="ada")
    own = Admin(application, application.token(scim.tenant, scopes=["admin"], user=user["id"]))
    assert problem(own.delete(f"/users/{user['id']}"))[0] == 403
    results = own.post("/users/delete", {"ids": [user["id"]]}).get_json()["results"]
    assert [each["status"] for each in results] == [403]
    assert admin.get(f"/users/{user['id']}").status_code == 200


def test_the_overview_counts(admin: Admin, scim: Scim) -> None:
    user = made(admin, userName="ada")
    shown = admin.get(f"/users/{user['id']}/overview").get_json()
    assert shown == {"user": user, "authenticators": {}, "signIns": []}


def test_another_tenants_user_is_nobody(application: Application, admin: Admin) -> None:
    other = application.admin(application.tenant())
    user = made(other, userName="ada")
    for answer in (
        admin.get(f"/users/{user['id']}"),
        admin.get(f"/users/{user['id']}/overview"),
        admin.patch(f"/users/{user['id']}", {"displayName": "x"}),
        admin.delete(f"/users/{user['id']}"),
        admin.post(f"/users/{user['id']}/groups/new", {"displayName": "x"}),
    ):
        assert problem(answer)[0] == 404
    assert other.get(f"/users/{user['id']}").get_json() == user


@pytest.mark.parametrize("active", [True, "True"])
def test_scim_approves_where_the_policy_lets_it(admin: Admin, scim: Scim, active: Any) -> None:
    user = made(admin, userName="ada", email="ada@example.com", activation="pending")
    asks = {"op": "replace", "path": "active", "value": active}
    assert scim.patch(f"/Users/{user['id']}", asks).status_code == 409
    admin.patch("/policy", {"approveByScim": True})
    assert scim.patch(f"/Users/{user['id']}", asks).status_code == 200
    assert admin.get(f"/users/{user['id']}").get_json()["status"] == "Active"


def test_scim_suspends_who_is_pending(admin: Admin, scim: Scim) -> None:
    user = made(admin, userName="ada", email="ada@example.com", activation="pending")
    scim.patch(f"/Users/{user['id']}", {"op": "replace", "path": "active", "value": False})
    assert admin.get(f"/users/{user['id']}").get_json()["status"] == "Suspended"
