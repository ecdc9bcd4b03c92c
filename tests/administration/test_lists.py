"""Lists of users: their columns, who is stale, and over SCIM."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.application import ACCOUNT, Admin, Application, Scim
from tests.signing import PASSWORD, signed_in
from tests.web.people import key_of

COLUMNS = {
    *("id", "userName", "displayName", "email", "status", "role", "source"),
    *("lastSignIn", "created", "activeSessions", "apiKeys"),
}


@pytest.mark.shows("columns of a list", "counts of active sessions and keys")
def test_a_list_has_every_column(application: Application, world: Scim, admin: Admin) -> None:
    local = {"userName": "ada", "displayName": "Ada", "email": "ada@example.com"}
    assert admin.post("/users", local | {"role": "Administrator"}).status_code == 201
    bob = world.user(userName="bob", password=PASSWORD)
    for _ in range(2):
        signed_in(application, world, "bob")
    key_of(application, world.tenant, bob["id"])
    newest, oldest = admin.get("/users").get_json()["users"]
    assert oldest.keys() & COLUMNS == COLUMNS
    assert (oldest["displayName"], oldest["email"]) == ("Ada", "ada@example.com")
    assert (oldest["role"], oldest["source"], oldest["lastSignIn"]) == (
        *("Administrator", "Local"),
        None,
    )
    assert (newest["source"], newest["activeSessions"], newest["apiKeys"]) == ("SCIM", 2, 1)
    assert newest["lastSignIn"] > newest["created"]


def ago(days: int) -> str:
    return f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture
def seen(application: Application, world: Scim) -> list[str]:
    """Users who signed in today, 100 and 200 days ago."""
    users = [world.user(userName=name) for name in ("today", "spring", "winter")]
    with application.parts.database.writing() as connection:
        for user, days in zip(users, (0, 100, 200), strict=True):
            connection.execute(
                text("UPDATE resource SET signed_in = :at WHERE tenant = :t AND public_id = :id"),
                {"at": ago(days).removesuffix("Z"), "t": world.tenant, "id": user["id"]},
            )
    return [user["id"] for user in users]


def ids(found: Any) -> list[str]:
    return [user["id"] for user in found.get_json()["users"]]


@pytest.mark.shows("stale accounts, as a report", "stale accounts, as a filter")
def test_the_stale_are_reported_and_filtered(admin: Admin, seen: list[str]) -> None:
    assert ids(admin.get("/users/stale")) == ids(admin.get("/users", stale=90)) == seen[:0:-1]
    assert ids(admin.get("/users/stale", days=150)) == ids(admin.get("/users", stale=150))
    assert ids(admin.get("/users/stale", days=150)) == seen[2:]
    assert admin.get("/statistics").get_json()["stale"] == 2
    exported = admin.get("/users/export", format="csv", stale=150).text.splitlines()
    assert [line.split(",")[0] for line in exported[1:]] == ["winter"]
    assert admin.patch("/policy", {"staleDays": 150}).status_code == 200
    assert ids(admin.get("/users/stale")) == seen[2:]


@pytest.mark.shows("stale accounts, as a filter")
def test_scim_filters_by_the_last_sign_in(world: Scim, admin: Admin, seen: list[str]) -> None:
    never = world.user()["id"]
    path = f"{ACCOUNT}:lastSignIn"
    assert world.found("/Users", f'{path} lt "{ago(150)}"') == seen[2:]
    assert world.found("/Users", f'{path} gt "{ago(150)}"') == seen[:2]
    assert world.found("/Users", f"not ({path} pr)") == [never]
