"""Passwords from SCIM are hashed before the transaction, four at a time (security rule 16).

That they open nothing by default, and obey the policy where they do: tests/web/test_passwords.py.
"""

from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from tests.application import MESSAGES, USER, Application, Scim
from tests.security.hashing import hashing, long
from tests.signing import PASSWORD, allow, sign_in

MANY = 12


def body(world: Scim, name: str = "") -> dict[str, object]:
    return {"schemas": [USER], "userName": name or world.name(), "password": PASSWORD}


def job(world: Scim, *names: str) -> list[dict[str, object]]:
    return [
        {"method": "POST", "path": "/Users", "bulkId": name, "data": body(world, name)}
        for name in names
    ]


def bulk_of_patches(world: Scim) -> TestResponse:
    operation = {"op": "replace", "path": "password", "value": PASSWORD}
    data = {"schemas": [MESSAGES + "PatchOp"], "Operations": [operation]}
    return world.bulk(
        *(
            {"method": "PATCH", "path": f"/Users/{world.user()['id']}", "data": data}
            for _ in range(2)
        )
    )


SENT: dict[str, Callable[[Scim], TestResponse]] = {
    "POST": lambda w: w.post("/Users", body(w)),
    "PUT": lambda w: w.put(f"/Users/{w.user()['id']}", body(w)),
    "PATCH": lambda w: w.patch(
        f"/Users/{w.user()['id']}", {"op": "replace", "path": "password", "value": PASSWORD}
    ),
    "Bulk POST": lambda w: w.bulk(*job(w, w.name(), w.name())),
    "Bulk PATCH": bulk_of_patches,
}


@pytest.mark.parametrize("way", SENT)
def test_others_write_while_a_password_is_hashed(
    application: Application, other: Application, world: Scim, way: str
) -> None:
    """On SQLite nobody could, were the transaction open by then."""
    beside = Scim(other, world.tenant, world.bearer)
    written: list[bool] = []

    def write() -> None:
        written.append(beside.group()["meta"]["version"] == 'W/"1"')

    with hashing(application, write) as hasher:
        assert SENT[way](world).status_code in (200, 201)
    assert len(written) == hasher.runs > 0


def test_a_job_hashes_four_at_a_time(application: Application, world: Scim) -> None:
    names = [world.name() for _ in range(MANY)]
    with hashing(application, long) as hasher:
        answer = world.bulk(*job(world, *names))
    statuses = [each["status"] for each in answer.get_json(force=True)["Operations"]]
    assert statuses == ["201"] * MANY
    assert (hasher.runs, hasher.most) == (MANY, 4)
    assert sign_in(application, world, names[-1], PASSWORD).status_code == 200


@pytest.mark.parametrize("why", ["the policy", "the scope", "the password"])
def test_what_counts_nothing_is_not_hashed(application: Application, world: Scim, why: str) -> None:
    client, operations = world, job(world, world.name())
    match why:
        case "the policy":
            allow(application, world, passwordsByScim=False)
        case "the scope":
            client = application.scim(tenant=world.tenant, scopes=["groups:write", "bulk"])
        case _:
            operations = [{**operations[0], "data": {"userName": world.name(), "password": ""}}]
    with hashing(application) as hasher:
        assert client.bulk(*operations).status_code == 200
    assert hasher.runs == 0
