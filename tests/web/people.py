"""People who hold roles, as the tests of rights need them."""

from typing import Any

from tests.application import Admin, Application, Scim

SUPER, ADMINISTRATOR, DELEGATED = "Super Admin", "Administrator", "Delegated Administrator"
EVERY_SCOPE = ("admin", "*:write", "bulk", "accounts:write")


def give(admin: Admin, holder: str, role: str, **limits: Any) -> str:
    """The id of a new grant."""
    answer = admin.post("/grants", {"holder": holder, "role": role, "limits": limits})
    assert answer.status_code == 201, answer.text
    id: str = answer.get_json()["id"]
    return id


def key_of(application: Application, tenant: int, user: str, scopes: Any = EVERY_SCOPE) -> str:
    """The token of a new key of the user."""
    body = {"name": "test", "scopes": list(scopes)}
    answer = application.admin(tenant).post(f"/users/{user}/keys", body)
    assert answer.status_code == 201, answer.text
    token: str = answer.get_json()["token"]
    return token


def acting(application: Application, scim: Scim, user: str, scopes: Any = EVERY_SCOPE) -> Admin:
    """The administration API as this user, by a key."""
    return Admin(application, key_of(application, scim.tenant, user, scopes))


def with_role(application: Application, scim: Scim, role: str, **limits: Any) -> tuple[str, Admin]:
    """A new user who holds a role, and the administration API as they."""
    user = scim.user()["id"]
    give(application.admin(scim.tenant), user, role, **limits)
    return user, acting(application, scim, user)
