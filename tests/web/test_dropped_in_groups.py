"""A second type with members, and references of a group: data alone makes them (RFC 7643 §4.2)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scim_server.config import BUNDLED_SCHEMAS
from tests.application import BASE_URL, GROUP, USER, Application, Scim, error

TEAM = "urn:example:params:scim:schemas:core:2.0:Team"
OWNED = "urn:example:params:scim:schemas:extension:owned:1.0:Group"
VAULT = "urn:example:params:scim:schemas:extension:vault:1.0:User"


def reference(name: str, many: bool) -> dict[str, Any]:
    """An attribute that names users."""
    to_users = {"name": "$ref", "type": "reference", "referenceTypes": ["User"]}
    subs = [{"name": "value", "caseExact": True}, to_users]
    return {"name": name, "type": "complex", "multiValued": many, "subAttributes": subs}


def extension(name: str, urn: str) -> dict[str, Any]:
    """An entry that adds an extension to a type."""
    return {"name": name, "schemaExtensions": [{"schema": urn, "required": False}]}


FILES: dict[str, Any] = {
    "team.schema.json": {
        "id": TEAM,
        "name": "Team",
        "attributes": [{"name": "label", "required": True}, reference("people", True)],
    },
    "owned.schema.json": {
        "id": OWNED,
        "name": "Owned",
        "attributes": [reference("owner", False)],
    },
    "vault.schema.json": {
        "id": VAULT,
        "name": "Vault",
        "attributes": [
            {
                "name": "vault",
                "type": "complex",
                "mutability": "writeOnly",
                "returned": "never",
                "subAttributes": [{"name": "code"}],
            }
        ],
    },
    "team.resource_types.json": [
        {
            "name": "Team",
            "endpoint": "/Teams",
            "schema": TEAM,
            "storage": {"display": ["label"], "members": "people"},
        },
        extension("Group", OWNED),
        extension("User", VAULT),
    ],
}


@pytest.fixture
def scim(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scim]:
    folder = tmp_path_factory.mktemp("schemas")
    for name, content in FILES.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    application = Application(database_url, schemas=(BUNDLED_SCHEMAS, folder), patched_members=2)
    yield application.scim("strict")
    application.parts.database.close()


def test_groups_tells_what_type_each_of_them_is(scim: Scim) -> None:
    id = scim.user()["id"]
    group = scim.group(id)["id"]
    body = {"schemas": [TEAM], "label": "T", "people": [{"value": id}]}
    team = scim.post("/Teams", body).get_json()["id"]
    shown = {each["$ref"] for each in scim.get(f"/Users/{id}").get_json()["groups"]}
    assert shown == {f"{BASE_URL}/Groups/{group}", f"{BASE_URL}/Teams/{team}"}


@pytest.mark.parametrize(("members", "status"), [(1, 200), (3, 204)])
def test_the_answer_to_a_patch_has_the_tag_of_the_next_get(
    scim: Scim, members: int, status: int
) -> None:
    owner, *ids = (scim.user()["id"] for _ in range(members + 1))
    owned = {"schemas": [GROUP, OWNED], OWNED: {"owner": {"value": owner}}}
    at = f"/Groups/{scim.group(*ids, **owned)['id']}"
    patched = scim.patch(at, {"op": "replace", "path": "displayName", "value": "other"})
    assert patched.status_code == status
    got = scim.get(at)
    assert patched.headers["ETag"] == got.headers["ETag"]
    assert got.get_json()[OWNED]["owner"]["$ref"] == f"{BASE_URL}/Users/{owner}"
    assert status == 204 or patched.get_json() == got.get_json()


@pytest.mark.parametrize("path", ["vault", "vault.code"])
def test_no_part_of_a_secret_sorts(scim: Scim, path: str) -> None:
    scim.user(schemas=[USER, VAULT], **{VAULT: {"vault": {"code": "1234"}}})
    query = {"sortBy": f"{VAULT}:{path}"}
    assert error(scim.get("/Users", query=query)) == (403, "sensitive")
