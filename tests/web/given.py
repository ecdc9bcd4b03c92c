"""Applications, as an administrator makes and gives them, and users show them."""

from typing import Any

from tests.application import Admin, Scim


def made(admin: Admin, name: str = "Wiki") -> str:
    answer = admin.post("/applications", {"name": name})
    assert answer.status_code == 201, answer.text
    id: str = answer.get_json()["application"]["id"]
    return id


def assign(admin: Admin, application: str, *holders: str) -> None:
    answer = admin.post(f"/applications/{application}/assignments", {"holders": list(holders)})
    assert answer.status_code == 200, answer.text


def entitlements(scim: Scim, user: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        scim.get(f"/Users/{user}").get_json(force=True).get("entitlements", [])
    )
    return found
