"""Credentials that hold less than a Super Admin does."""

from tests.application import Application, Scim
from tests.security.stage import FOLDER
from tests.web.people import ADMINISTRATOR, DELEGATED, give, with_role
from tests.web.person import person

LESSER = [
    "an administrator's key",
    "an administrator's session",
    "a key of nobody that an administrator made",
    "a client with every permission but those of roles",
    "a delegated administrator",
]
WITHOUT_ROLES = [
    f"admin:{part}:{access}"
    for part in ("users", "sessions", "keys", "applications")
    for access in ("read", "write")
] + ["admin:users:status", "admin:users:delete", "admin:credentials:write", "admin:events:read"]


def bearer_of(lesser: str, application: Application, world: Scim) -> str:
    """A credential that holds less than a Super Admin."""
    scopes = [*WITHOUT_ROLES, "*:write", "bulk", "accounts:write"]
    if lesser.startswith("a client"):
        return application.token(world.tenant, scopes=WITHOUT_ROLES)
    if lesser.startswith("a delegated"):
        return str(with_role(application, world, DELEGATED, folder=FOLDER)[1].bearer)
    if lesser.endswith("session"):
        somebody = person(application, world)
        give(application.admin(world.tenant), somebody.id, ADMINISTRATOR)
        return str(somebody.token)
    _, administrator = with_role(application, world, ADMINISTRATOR)
    if lesser.endswith("made"):
        made = administrator.post("/keys", {"name": "k", "scopes": scopes})
        assert made.status_code == 201, made.text
        return str(made.get_json()["token"])
    return str(administrator.bearer)
