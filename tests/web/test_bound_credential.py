"""A credential that is bound to a user goes with that user (security rule 12, V-08)."""

import pytest

from tests.application import Application, Scim, error


@pytest.fixture
def ada(scim: Scim) -> dict[str, str]:
    return scim.user(userName="ada")


@pytest.fixture
def own(application: Application, scim: Scim, ada: dict[str, str]) -> Scim:
    return application.scim(tenant=scim.tenant, user=ada["id"], scopes=("users:write",))


def test_a_suspended_user_is_out_at_once(scim: Scim, own: Scim, ada: dict[str, str]) -> None:
    assert own.get("/Me").status_code == 200
    scim.patch(f"/Users/{ada['id']}", {"op": "replace", "path": "active", "value": False})
    assert error(own.get("/Me")) == (401, None)
    assert error(own.get("/Users")) == (401, None)


def test_and_cannot_come_back_by_its_own_hand(scim: Scim, own: Scim, ada: dict[str, str]) -> None:
    scim.patch(f"/Users/{ada['id']}", {"op": "replace", "path": "active", "value": False})
    own.patch("/Me", {"op": "replace", "path": "active", "value": True})
    assert scim.get(f"/Users/{ada['id']}").get_json(force=True)["active"] is False


def test_a_deleted_user_is_out_at_once(scim: Scim, own: Scim, ada: dict[str, str]) -> None:
    scim.delete(f"/Users/{ada['id']}")
    assert error(own.get("/Users")) == (401, None)
