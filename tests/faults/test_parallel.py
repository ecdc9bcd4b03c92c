"""Many clients at once: on one group, one name, one version, one user."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest

from scim_server.store.check.invariants import violations
from tests.application import GROUP, MESSAGES, USER
from tests.live import Live, users

CLIENTS = 16
ADDED, REMOVED = 400, 200


def at_once(server: Live, tenant: int, work: Callable[[httpx2.Client, int], int]) -> list[int]:
    """What each of the parallel clients returns for its number."""
    with ThreadPoolExecutor(CLIENTS) as pool, server.client(tenant) as client:
        return list(pool.map(lambda number: work(client, number), range(CLIENTS)))


def patch(op: str, path: str, value: object = None) -> dict[str, object]:
    operation = {"op": op, "path": path} | ({} if value is None else {"value": value})
    return {"schemas": [MESSAGES + "PatchOp"], "Operations": [operation]}


def sound(server: Live) -> bool:
    application = server.application
    return not list(violations(application.parts.database, application.parts.registry))


def test_no_member_of_a_group_is_lost(server: Live) -> None:
    tenant = server.application.tenant()
    with server.client(tenant) as client:
        made = client.post("/Bulk", json=users(ADDED)).json()["Operations"]
        ids = [operation["location"].rpartition("/")[2] for operation in made]
        group = client.post("/Groups", json={"schemas": [GROUP], "displayName": "all"}).json()
        place = f"/Groups/{group['id']}"

        def work(_: httpx2.Client, number: int) -> int:
            bad = 0
            for position in range(number, ADDED, CLIENTS):
                added = patch("add", "members", [{"value": ids[position]}])
                bad += client.patch(place, json=added).status_code >= 300
                if position < REMOVED:
                    removed = patch("remove", f'members[value eq "{ids[position]}"]')
                    bad += client.patch(place, json=removed).status_code >= 300
            return bad

        assert at_once(server, tenant, work) == [0] * CLIENTS
        members = client.get(place).json()["members"]
        assert {member["value"] for member in members} == set(ids[REMOVED:])
        version = client.get(place).json()["meta"]["version"]
        assert re.fullmatch(rf'W/"{1 + ADDED + REMOVED}(\..+)?"', version)
    assert sound(server)


@pytest.mark.proves("CRE-005")
def test_of_equal_creates_one_wins(server: Live) -> None:
    body = {"schemas": [USER], "userName": "one"}
    found = at_once(
        server,
        server.application.tenant(),
        lambda client, _: client.post("/Users", json=body).status_code,
    )
    assert Counter(found) == {201: 1, 409: CLIENTS - 1}
    assert sound(server)


@pytest.mark.proves("ETG-003")
def test_of_two_writers_on_one_version_one_wins(server: Live) -> None:
    tenant = server.application.tenant()
    with server.client(tenant) as client:
        made = client.post("/Users", json={"schemas": [USER], "userName": "one"})
    place, tag = f"/Users/{made.json()['id']}", {"If-Match": made.headers["ETag"]}

    def work(client: httpx2.Client, number: int) -> int:
        body = patch("replace", "title", f"title {number}")
        return client.patch(place, json=body, headers=tag).status_code

    assert Counter(at_once(server, tenant, work)) == {200: 1, 412: CLIENTS - 1}


def test_parallel_changes_of_different_attributes_all_stay(server: Live) -> None:
    tenant = server.application.tenant()
    with server.client(tenant) as client:
        made = client.post("/Users", json={"schemas": [USER], "userName": "one"}).json()
        place = f"/Users/{made['id']}"

        def work(client: httpx2.Client, number: int) -> int:
            value = [{"value": f"{number}@example.com", "type": f"type{number}"}]
            return client.patch(place, json=patch("add", "emails", value)).status_code

        assert at_once(server, tenant, work) == [200] * CLIENTS
        assert len(client.get(place).json()["emails"]) == CLIENTS
    assert sound(server)
