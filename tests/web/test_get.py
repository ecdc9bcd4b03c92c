"""GET of one resource (RFC 7644 §3.4.1)."""

from pathlib import Path
from typing import Any

import pytest

from scim_server.web.answers import BLOCK
from tests.application import MESSAGES, Application, Scim, error

proves = pytest.mark.proves


def in_use(application: Application) -> int:
    """Connections that are lent to somebody."""
    pool: Any = application.parts.database.engine.pool
    return int(pool.checkedout())


@pytest.fixture(scope="module")
def large(application: Application) -> tuple[Scim, str, list[str]]:
    """A group that is too large to be answered at once: its tenant, its id, its members."""
    scim = application.scim()
    ids = [_users(scim, start) for start in range(0, 2500, 500)]
    members = [id for some in ids for id in some]
    return scim, scim.group(*members)["id"], members


def _users(scim: Scim, start: int) -> list[str]:
    operations = [
        {
            "method": "POST",
            "path": "/Users",
            "bulkId": str(number),
            "data": {"userName": f"user-{number}", "displayName": "x" * 1000},
        }
        for number in range(start, start + 500)
    ]
    answered = scim.bulk(*operations).get_json()["Operations"]
    return [each["location"].rpartition("/")[2] for each in answered]


@proves("GET-001")
def test_an_existing_resource_is_one_object(scim: Scim) -> None:
    user = scim.user(userName="ada")
    response = scim.get(f"/Users/{user['id']}")
    assert response.status_code == 200
    assert response.get_json() == user
    assert response.headers["Content-Location"] == user["meta"]["location"]


@proves("GET-001")
def test_an_unknown_id_is_not_found(scim: Scim) -> None:
    assert error(scim.get("/Users/2819c223-7f76-453a-919d-413861904646")) == (404, None)


@proves("GET-002")
def test_an_id_is_found_at_its_own_type_only(scim: Scim) -> None:
    user, group = scim.user()["id"], scim.group()["id"]
    for path in (f"/Groups/{user}", f"/Users/{group}", f"/Devices/{user}", f"/Notes/{group}"):
        assert error(scim.get(path)) == (404, None)


@proves("GET-003")
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "id",
    [
        "1",
        "not-a-uuid",
        "%2F..",
        "..%2FGroups",
        "%00",
        "%FF",
        "%F0%9F%99%82",
        "x" * 7000,
        "9" * 100,
        "'%20or%201=1--",
        "%25",
        "id%0Awith%0Dbreaks",
    ],
)
def test_an_odd_id_is_not_found(scim: Scim, method: str, id: str) -> None:
    bodies: dict[str, Any] = {
        "PUT": {"userName": "ada"},
        "PATCH": {
            "schemas": [f"{MESSAGES}PatchOp"],
            "Operations": [{"op": "remove", "path": "title"}],
        },
    }
    assert error(scim.send(method, f"/Users/{id}", bodies.get(method))) == (404, None)


def test_query_parameters_of_a_list_mean_nothing_for_one_resource(scim: Scim) -> None:
    user = scim.user()
    query = {"filter": 'userName eq "nobody"', "count": 0, "startIndex": 9}
    assert scim.get(f"/Users/{user['id']}", query=query).get_json() == user


def test_a_large_group_is_streamed_whole(large: tuple[Scim, str, list[str]]) -> None:
    scim, id, members = large
    response = scim.get(f"/Groups/{id}")
    group = response.get_json()
    assert len(response.data) > 2 * BLOCK
    assert "Content-Length" not in response.headers
    assert [member["value"] for member in group["members"]] == members
    assert in_use(scim.application) == 0


def test_a_page_with_a_large_group_is_streamed_whole(large: tuple[Scim, str, list[str]]) -> None:
    scim, _, members = large
    first, last = scim.group(members[0], displayName="a"), scim.group(displayName="b")
    found = scim.get("/Groups", query={"sortBy": "displayName"}).get_json()["Resources"]
    by_id = {group["id"]: group for group in found}
    assert len(by_id) >= 3
    assert by_id[first["id"]] == first
    assert by_id[last["id"]] == last
    assert max(len(group["members"]) for group in found) == len(members)
    assert in_use(scim.application) == 0


@pytest.mark.parametrize("path", ["/Groups", "/Groups/{id}", "/"])
@pytest.mark.parametrize("pieces", [0, 1])
def test_a_client_that_goes_away_frees_the_connection(
    large: tuple[Scim, str, list[str]], path: str, pieces: int
) -> None:
    scim, id, _ = large
    response = scim.application.flask.test_client().get(
        f"/scim/v2{path.format(id=id)}",
        headers={"Authorization": f"Bearer {scim.bearer}"},
        query_string={"filter": "displayName pr and members pr"} if path != "/Groups/{id}" else {},
    )
    assert in_use(scim.application) == 1
    stream = iter(response.response)
    for _ in range(pieces):
        assert next(stream)
    response.close()
    assert in_use(scim.application) == 0


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"If-None-Match": "*"}),
        ("GET", {"If-None-Match": "unquoted"}),
        ("GET", {"Accept": "text/html"}),
        ("DELETE", {"If-Match": 'W/"99"'}),
    ],
)
def test_an_answer_without_the_members_frees_the_connection(
    large: tuple[Scim, str, list[str]], method: str, headers: dict[str, str]
) -> None:
    scim, id, _ = large
    scim.send(method, f"/Groups/{id}", headers=headers)
    assert in_use(scim.application) == 0


def test_only_what_is_asked_of_a_large_group_is_read(large: tuple[Scim, str, list[str]]) -> None:
    scim, id, _ = large
    bare = scim.get(f"/Groups/{id}?excludedAttributes=members").get_json()
    assert bare.keys() == {"schemas", "id", "displayName", "meta"}
    values = scim.get(f"/Groups/{id}?attributes=members.value").get_json()["members"]
    assert {tuple(member) for member in values} == {("value",)}


@pytest.mark.parametrize("path", ["/Groups", "/Groups/{id}", "/Groups?cursor"])
def test_a_defect_in_the_middle_is_told_and_frees_the_connection(tmp_path: Path, path: str) -> None:
    application = Application(f"sqlite:///{tmp_path}/scim.db")
    scim = application.scim()
    users = [scim.user()["id"] for _ in range(3)]
    group = scim.group(*users)["id"]
    with application.parts.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE resource SET kind = 'Ghost' WHERE public_id = ?", (users[1],)
        )
    assert error(scim.get(path.format(id=group))) == (500, None)
    assert in_use(application) == 0
    application.parts.database.close()
