"""``scim-server check`` on what opens doors: each invariant is broken by hand, and named."""

import pytest

from scim_server.store.check.invariants import violations
from scim_server.store.models import TENANT
from scim_server.store.models.base import Base
from tests.signing import PASSWORD, Signing, allow, sign_in
from tests.store.ruin import World, has_source
from tests.web.people import SUPER, give, key_of

OFF = "UPDATE resource SET status = :status WHERE tenant = :tenant AND public_id = :user"
PUT = """INSERT INTO {table} ({columns}) SELECT {values} FROM resource
    WHERE tenant = :tenant AND public_id = :user"""

OPENING = ("session", "link", "challenge", "api key", "mail", "token")


def well_equipped(world: World) -> World:
    """The user has everything that anybody can have."""
    application, scim, user = world.application, world.scim, world.user["id"]
    allow(application, scim, passwordsByScim=True)
    scim.patch(f"/Users/{user}", {"op": "replace", "path": "password", "value": PASSWORD})
    scim.patch(
        f"/Users/{user}", {"op": "replace", "path": "emails", "value": [{"value": "ada@x.example"}]}
    )
    admin = application.admin(scim.tenant)
    give(admin, user, SUPER)
    made = admin.post("/applications", {"name": "shop"}).get_json()
    admin.post(f"/applications/{made['application']['id']}/assignments", {"holders": [user]})
    key_of(application, scim.tenant, user)
    application.token(scim.tenant, user=user)
    session = sign_in(application, scim, "ada").get_json()["token"]
    begun = Signing(application, session).post("/authenticators/totp/begin")
    assert begun.status_code == 200, begun.text
    assert admin.post(f"/users/{user}/recovery-link", {"mail": "send"}).status_code == 200
    has_source(world)
    return world


def put(world: World, table: str, **values: str) -> None:
    """Insert a row past every foreign key; the values are SQL, and ``id`` is the user's."""
    row = {"tenant": "tenant", **values}
    columns = ", ".join(f'"{name}"' for name in row)
    world.corrupt(PUT.format(table=table, columns=columns, values=", ".join(row.values())))


DIGEST = f"'{'0' * 64}'"
NO_LOGIN = {"must_change": "0", "failures": "0"}
KEY = {"id": "'k'", "lent": "0", "name": "'n'", "scopes": "''", "digest": DIGEST, "created": "'x'"}
GRANT = {"id": "'g'", "role": "'Administrator'", "limits": "'{}'", "created": "'x'"}
MADE_BY = {"given_by": "'x'"}
SESSION_OF = {name: "'x'" for name in ("created", "used", "idle_ends", "ends", "address", "device")}
WEBAUTHN = {"kind": "'webauthn'", "name": "'key'", "created": "'x'", "secret": "'x'"}


def test_whoever_has_everything_violates_nothing(world: World) -> None:
    assert well_equipped(world).found() == []


@pytest.mark.parametrize("status", ["Suspended", "Deprovisioned"])
def test_what_lets_somebody_in_who_is_switched_off_is_named(world: World, status: str) -> None:
    well_equipped(world).corrupt(OFF, status=status)
    named = {f"it is {status} and has a {what}" for what in OPENING}
    assert named <= {what for rule, what in world.found() if rule == "V-08"}


@pytest.mark.parametrize(("status", "named"), [("Locked", ["session"]), ("Active", [])])
def test_who_is_locked_keeps_keys_and_links(world: World, status: str, named: list[str]) -> None:
    well_equipped(world)
    world.corrupt(OFF, status=status)
    found = [what.rpartition(" has a ")[2] for rule, what in world.found() if "has a" in what]
    assert found == named


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("login", {"user": "id", **NO_LOGIN}),
        ("authenticator", {"id": "'a'", "user": "id", "counter": "0", **WEBAUTHN}),
        ("recovery_code", {"user": "id", "digest": DIGEST, "created": "'x'"}),
        ("role_grant", {"holder": "id", **GRANT, **MADE_BY}),
    ],
)
def test_what_a_deprovisioned_user_has_left_is_named(
    world: World, table: str, values: dict[str, str]
) -> None:
    put(world, table, **values)
    assert world.found() == []
    world.corrupt(OFF, status="Deprovisioned")
    what = table.replace("_", " ")
    assert ("V-08", f"it is Deprovisioned and has a {what}") in world.found()


def test_a_tenant_without_its_last_super_admin_is_named(world: World) -> None:
    missing = ("V-11", "it has no Super Admin any more")
    give(world.application.admin(world.scim.tenant), world.user["id"], SUPER)
    assert missing not in world.found()
    world.corrupt(OFF, status="Suspended")
    assert missing in world.found()
    world.corrupt(OFF, status="Active")
    world.corrupt("DELETE FROM role_grant WHERE tenant = :tenant")
    assert missing in world.found()


def test_a_super_admin_who_has_not_begun_is_not_missed(world: World) -> None:
    pending = {"userName": "pending", "email": "p@x.example", "activation": "pending"}
    admin = world.application.admin(world.scim.tenant)
    assert admin.post("/users", pending | {"role": SUPER}).status_code == 201
    assert world.found() == []


@pytest.mark.parametrize(
    ("table", "values", "parent"),
    [
        (
            "session",
            {"id": "'s'", "user": "99", "digest": DIGEST, "methods": "''", **SESSION_OF},
            "resource",
        ),
        ("api_key", {"user": "99", "created_by": "'x'", **KEY}, "resource"),
        ("login", {"user": "99", **NO_LOGIN}, "resource"),
        (
            "link",
            {
                "id": "'l'",
                "user": "99",
                "purpose": "'recovery'",
                "created": "'x'",
                "expires": "'x'",
            },
            "resource",
        ),
        ("role_grant", {"holder": "99", **GRANT, **MADE_BY}, "resource"),
        (
            "assignment",
            {"holder": "id", "application": "'nowhere'", "created": "'x'"},
            "application",
        ),
        (
            "application",
            {"id": "'a'", "name": "'n'", "name_key": "'n'", "client": "'x'", "created": "'x'"},
            "client",
        ),
    ],
)
def test_what_belongs_to_nothing_is_named(
    world: World, table: str, values: dict[str, str], parent: str
) -> None:
    put(world, table, **values)
    assert ("V-09", f"its {parent} is not there") in world.found()


def test_a_tenant_that_there_is_not_is_named_for_every_table(world: World) -> None:
    well_equipped(world)
    tables = {table.name for table in Base.metadata.sorted_tables if "tenant" in table.c}
    empty = {"recovery_request", "authenticator", "recovery_code"}
    world.corrupt("UPDATE tenant SET id = id + 1000 WHERE id = :tenant")
    parts = world.application.parts
    every = violations(parts.database, parts.registry)
    named = {each.kind for each in every if each.what == "there is no such tenant"}
    assert TENANT.name not in named
    assert named == tables - empty


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE api_key SET digest = 'x' WHERE tenant = :tenant", "its digest is no SHA-256"),
        ("UPDATE session SET digest = :token WHERE tenant = :tenant", "its digest is no SHA-256"),
        ("UPDATE link SET digest = :token WHERE tenant = :tenant", "its digest is no SHA-256"),
        ("UPDATE challenge SET digest = 'x' WHERE tenant = :tenant", "its digest is no SHA-256"),
        ("UPDATE challenge SET content = 'JBSW' WHERE tenant = :tenant", "secret is not sealed"),
        ("UPDATE login SET password = 'x' WHERE tenant = :tenant", "password is not hashed"),
        ("UPDATE session SET device = :token WHERE tenant = :tenant", "its device holds"),
        ("UPDATE api_key SET name = :token WHERE tenant = :tenant", "its name holds"),
        ("UPDATE application SET description = :token WHERE tenant = :tenant", "its description"),
        ("""UPDATE mail SET "values" = :token WHERE tenant = :tenant""", "its values holds"),
        ("UPDATE policy SET document = :token WHERE tenant = :tenant", "its document holds"),
        ("UPDATE event SET reason = :token WHERE tenant = :tenant", "its reason holds"),
        ("UPDATE role_grant SET given_by = :token WHERE tenant = :tenant", "its given_by holds"),
    ],
)
def test_a_secret_outside_of_its_column_is_named(world: World, statement: str, what: str) -> None:
    well_equipped(world).corrupt(statement)
    assert [found for found in world.found() if found[0] == "V-10" and what in found[1]]
