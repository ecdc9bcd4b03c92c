"""One user's page: everything that belongs to a user, each part at an address of its own."""

from collections.abc import Iterator

import pytest

from tests.application import Admin, Application, Scim
from tests.signing import sign_in
from tests.statements import Statements, watched
from tests.web.person import PASSWORD, Person, person

PARTS = {
    "/sessions": "sessions",
    "/keys": "keys",
    "/authenticators": "authenticators",
    "/applications": "applications",
    "/rights": "rights",
    "/events": "events",
}


@pytest.fixture
def ada(application: Application, world: Scim, admin: Admin) -> Person:
    """Somebody who has one of each."""
    made = person(application, world)
    made.enrol()
    group = world.group(made.id)["id"]
    wiki = admin.post("/applications", {"name": "Wiki"}).get_json()["application"]["id"]
    admin.post(f"/applications/{wiki}/assignments", {"holders": [group]})
    admin.post("/grants", {"holder": made.id, "role": "Administrator"})
    admin.post(f"/users/{made.id}/keys", {"name": "own", "scopes": ["admin"]})
    return made


@pytest.mark.shows("one user's page")
def test_every_part_is_there(world: Scim, admin: Admin, ada: Person) -> None:
    shown = admin.get(f"/users/{ada.id}/overview").get_json()
    assert (shown["user"]["activeSessions"], shown["user"]["apiKeys"]) == (1, 1)
    assert [each["direct"] for each in shown["user"]["groups"]] == [True]
    assert shown["authenticators"] == {"totp": 1}
    assert [each["action"] for each in shown["signIns"]] == ["sign in"]
    assert shown["user"] == admin.get(f"/users/{ada.id}").get_json()
    for path, name in PARTS.items():
        assert admin.get(f"/users/{ada.id}{path}").get_json()[name], path


@pytest.mark.shows("applications assigned and unassigned", "applications come from groups, too")
def test_applications_are_assigned_directly_and_by_groups(
    world: Scim, admin: Admin, ada: Person
) -> None:
    path = f"/users/{ada.id}/applications"

    def owned() -> dict[str, bool]:
        found = admin.get(path).get_json()["applications"]
        return {each["name"]: each["direct"] for each in found}

    shop = admin.post("/applications", {"name": "Shop"}).get_json()["application"]["id"]
    assert owned() == {"Wiki": False}
    assert admin.put(f"{path}/{shop}", {}).status_code == 204
    assert owned() == {"Shop": True, "Wiki": False}
    entitled = world.get(f"/Users/{ada.id}").get_json(force=True)["entitlements"]
    assert {each["display"] for each in entitled} == {"Shop", "Wiki"}
    assert admin.delete(f"{path}/{shop}").status_code == 204
    assert owned() == {"Wiki": False}


@pytest.fixture
def statements(application: Application) -> Iterator[Statements]:
    with watched(application) as seen:
        yield seen


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/users/{id}", 4),
        ("/users/{id}/overview", 6),
        ("/users/{id}/sessions", 5),
        ("/users/{id}/keys", 5),
        ("/users/{id}/events", 5),
        ("/sessions", 4),
        ("/mails", 4),
    ],
)
def test_a_page_takes_as_many_statements_whatever_there_is(
    application: Application,
    world: Scim,
    admin: Admin,
    ada: Person,
    statements: Statements,
    path: str,
    most: int,
) -> None:
    def taken() -> int:
        admin.get(path.format(id=ada.id))
        statements.clear()
        assert admin.get(path.format(id=ada.id)).status_code == 200
        return len(statements)

    before = taken()
    for number in range(4):
        sign_in(application, world, ada.name, PASSWORD)
        admin.post(f"/users/{ada.id}/keys", {"name": f"key-{number}", "scopes": ["admin"]})
        world.group(ada.id)
    assert taken() == before <= most, "\n\n".join(statements)
