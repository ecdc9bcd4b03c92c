"""``scim-server check``: each invariant is broken by hand, and named."""

from typing import Any

import pytest

from scim_server.store.check.invariants import sizes, violations
from tests.application import Application
from tests.store.ruin import World

OF_USER = "WHERE tenant = :tenant AND public_id = :user"
KEY = "(SELECT id FROM resource WHERE tenant = :tenant AND public_id = :user)"
EVENT = """INSERT INTO event (tenant, id, at, actor, request, kind, resource, version, action,
    changes) VALUES (:tenant, :user || '-new', '2026-11-21T00:00:00.000', 'x', 'x', 'User', """


def test_a_tenant_with_a_history_is_sound(world: World) -> None:
    scim = world.scim
    scim.patch(f"/Users/{world.user['id']}", {"op": "replace", "path": "active", "value": False})
    scim.patch(f"/Groups/{world.outer['id']}", {"op": "remove", "path": "members"})
    scim.delete(f"/Users/{world.user['id']}")
    scim.bulk(
        *(
            {"method": "POST", "path": "/Groups", "bulkId": str(n), "data": {"displayName": str(n)}}
            for n in range(3)
        )
    )
    assert world.found() == []


@pytest.mark.parametrize(
    ("statement", "rule", "what"),
    [
        (f"UPDATE resource SET display = 'Eve' {OF_USER}", "V-05", "display"),
        (f"UPDATE resource SET display_key = 'eve' {OF_USER}", "V-05", "display"),
        (
            f"UPDATE resource SET document = replace(document, '\"ada\"', '\"eve\"') {OF_USER}",
            "V-04",
            "unique keys",
        ),
        (f"UPDATE resource SET document = 'ada' {OF_USER}", "V-03", "not JSON"),
        (
            f"""UPDATE resource SET document = '{{"meta":{{}},' || substr(document, 2) {OF_USER}""",
            "V-05",
            '"meta"',
        ),
        (f"UPDATE resource SET kind = 'Robot' {OF_USER}", "V-05", "no schema file"),
        (f"UPDATE value SET lead = 1 - lead WHERE resource = {KEY}", "V-05", "value rows"),
        (f"DELETE FROM value WHERE resource = {KEY}", "V-05", "value rows"),
        (f"DELETE FROM unique_key WHERE resource = {KEY}", "V-04", "unique keys"),
        (
            f"INSERT INTO unique_key (tenant, path, key, resource) SELECT :tenant, 1, 'eve', {KEY}",
            "V-04",
            "unique keys",
        ),
        (
            "INSERT INTO value (tenant, path, key, resource, element, lead) "
            "VALUES (:tenant, 1, 'eve', 987654321, 0, 1)",
            "V-05",
            "resource is not there",
        ),
        (
            "INSERT INTO unique_key (tenant, path, key, resource) "
            "VALUES (:tenant, 1, 'eve', 987654321)",
            "V-05",
            "resource is not there",
        ),
    ],
)
def test_what_is_derived_from_a_document_is_compared_with_it(
    world: World, statement: str, rule: str, what: str
) -> None:
    world.corrupt(statement)
    assert [found for found in world.found() if found[0] == rule and what in found[1]]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (f"UPDATE resource SET status = 'Suspended' {OF_USER}", "what the status says"),
        (f"UPDATE resource SET status = NULL {OF_USER}", "has no status"),
        (f"UPDATE resource SET status = 'Asleep' {OF_USER}", "no such status"),
        (
            "UPDATE resource SET status = 'Active' WHERE tenant = :tenant AND public_id = :inner",
            "this resource type has no status",
        ),
    ],
)
def test_active_and_the_status_say_the_same(world: World, statement: str, what: str) -> None:
    world.corrupt(statement)
    [(rule, fault)] = world.found()
    assert rule == "V-08" and what in fault


@pytest.mark.parametrize(
    ("statement", "rule", "what"),
    [
        (f"UPDATE resource SET version = 0 {OF_USER}", "V-06", "below 1"),
        (f"UPDATE resource SET version = 9 {OF_USER}", "V-06", "its version is 9"),
        ("DELETE FROM event WHERE tenant = :tenant AND resource = :user", "V-07", "no event"),
        (f"{EVENT} :user, 2, 'create', '{{}}')", "V-07", "2 create events"),
        (f"{EVENT} :user, 1, 'update', '{{}}')", "V-07", "same version"),
        (f"{EVENT} :user, 3, 'update', '{{}}')", "V-07", "a version has no event"),
        (f"{EVENT} :user, 1, 'delete', '{{}}')", "V-07", "it lives"),
        (f"{EVENT} 'nobody', 1, 'create', '{{}}')", "V-07", "it is not there"),
        (
            "UPDATE event SET kind = 'Group' WHERE tenant = :tenant AND resource = :user",
            "V-07",
            "another resource type",
        ),
    ],
)
def test_versions_and_events_are_one_chain(
    world: World, statement: str, rule: str, what: str
) -> None:
    world.corrupt(statement)
    assert [found for found in world.found() if found[0] == rule and what in found[1]]


def test_a_deleted_resource_has_one_deletion(world: World) -> None:
    world.scim.delete(f"/Users/{world.user['id']}")
    world.corrupt("UPDATE event SET action = 'update' WHERE tenant = :tenant AND action = 'delete'")
    assert ("V-07", "it is not there, and 0 events tell of its deletion") in world.found()


MEMBERSHIP = 'INSERT INTO membership (tenant, "group", member) VALUES (:tenant, :above, :below)'


@pytest.mark.parametrize(
    ("above", "below", "what"),
    [
        ("inner", "nobody", "the member of a membership is not there"),
        ("nobody", "user", "the group of a membership is not there"),
        ("user", "inner", "a Group cannot be a member of a User"),
        ("inner", "outer", "it contains itself"),
        ("outer", "outer", "it contains itself"),
    ],
)
def test_memberships_are_between_what_is_there(
    world: World, above: str, below: str, what: str
) -> None:
    keys = {name: world.key(getattr(world, name)["id"]) for name in ("user", "inner", "outer")}
    keys["nobody"] = 987654321
    world.corrupt(MEMBERSHIP, above=keys[above], below=keys[below])
    assert ("V-05", what) in world.found()


@pytest.mark.parametrize(
    ("statement", "rule", "what"),
    [
        ("UPDATE tenant SET id = id + 1000 WHERE id = :tenant", "V-09", "there is no such tenant"),
        ("DELETE FROM client WHERE tenant = :tenant", "V-09", "its client is not there"),
        (
            f'UPDATE resource SET document = \'{{"password":"x",\' || substr(document, 2) '
            f"{OF_USER}",
            "V-10",
            'its document holds "password"',
        ),
        (
            f"UPDATE resource SET document = '{{\"title\":\"' || :token || '\",' || "
            f"substr(document, 2) {OF_USER}",
            "V-10",
            "its document holds a bearer token",
        ),
        (
            """UPDATE event SET changes = '{"password":{"after":"x"}}' WHERE resource = :user""",
            "V-10",
            'an event holds "password"',
        ),
        (
            """UPDATE event SET changes = '{"title":{"after":"' || :token || '"}}'
            WHERE resource = :user""",
            "V-10",
            "an event holds a bearer token",
        ),
        ("UPDATE token SET digest = :token WHERE tenant = :tenant", "V-10", "no SHA-256"),
        ("UPDATE client SET name = :token WHERE tenant = :tenant", "V-10", "its name holds"),
        (
            """INSERT INTO authenticator SELECT tenant, 'a', id, 'totp', 'phone', '2026', NULL,
            NULL, 'JBSWY3DPEHPK3PXP', 0 FROM resource WHERE tenant = :tenant
            AND public_id = :user""",
            "V-10",
            "its secret is not sealed",
        ),
        (
            """INSERT INTO recovery_code SELECT tenant, id, 'k5rw-2mzq', '2026' FROM resource
            WHERE tenant = :tenant AND public_id = :user""",
            "V-10",
            "it is no SHA-256",
        ),
    ],
)
def test_tenants_exist_and_secrets_are_not_kept(
    world: World, statement: str, rule: str, what: str
) -> None:
    world.corrupt(statement)
    assert [found for found in world.found() if found[0] == rule and what in found[1]]


def test_a_violation_names_tenant_kind_and_id(world: World) -> None:
    world.corrupt(f"UPDATE resource SET version = 9 {OF_USER}")
    parts = world.application.parts
    lines = [str(each) for each in violations(parts.database, parts.registry)]
    expected = f"tenant {world.scim.tenant}, User {world.user['id']}: its version is 9"
    assert any(expected in line for line in lines)


def test_sqlite_is_asked_about_its_own_file(tmp_path: Any) -> None:
    world = World(Application(f"sqlite:///{tmp_path}/scim.db"))
    world.corrupt(MEMBERSHIP, above=world.key(world.inner["id"]), below=987654321)
    what = "refers to a row of resource that is not there"
    parts = world.application.parts
    every = list(violations(parts.database, parts.registry))
    assert [each.kind for each in every if each.rule == "V-12" and what in each.what] == [
        "membership"
    ]


def test_it_tells_how_much_it_has_seen(world: World) -> None:
    before = sizes(world.application.parts.database)
    world.scim.user()
    after = sizes(world.application.parts.database)
    assert after["resources"] == before["resources"] + 1
    assert after["events"] == before["events"] + 1


SESSION = (
    "INSERT INTO session SELECT tenant, '0123456789abcdef', id, :digest, 'x', 'x', 'x', 'x', 'x',"
    " 'x', 'pwd' FROM resource WHERE tenant = :tenant AND public_id = :user"
)


def test_a_session_of_whoever_is_switched_off_is_named(world: World) -> None:
    world.scim.patch(
        f"/Users/{world.user['id']}", {"op": "replace", "path": "active", "value": False}
    )
    world.corrupt(SESSION, digest="0" * 64)
    assert world.found() == [("V-08", "it is Suspended and has a session")]


def test_a_session_that_could_be_used_by_a_reader_is_named(world: World) -> None:
    world.corrupt(SESSION, digest="scimses_whole")
    assert world.found() == [("V-10", "its digest is no SHA-256")]


def test_a_password_that_is_not_hashed_is_named(world: World) -> None:
    world.corrupt(
        "INSERT INTO login SELECT tenant, id, 'plain', NULL, 0, NULL, 0, NULL FROM resource"
        " WHERE tenant = :tenant AND public_id = :user"
    )
    assert world.found() == [("V-10", "its password is not hashed")]
