"""No method of the store sees or touches another tenant (security rule 3)."""

from collections.abc import Callable
from typing import Any

import pytest

from scim_server.directory.ports import Relations, Resource, Window
from scim_server.protocol.errors import InvalidValue, NotFound
from tests.application import ENTERPRISE
from tests.store.shelf import Shelf


def test_one_name_can_be_taken_in_each(shelf: Shelf, other: Shelf) -> None:
    shelf.user("ada")
    other.user("ada")


def test_one_id_can_be_taken_in_each(shelf: Shelf, other: Shelf) -> None:
    new = shelf.new_user("ada")
    shelf.insert(new)
    other.insert(new)
    assert len(shelf.found(f'id eq "{new.id}"')) == len(other.found(f'id eq "{new.id}"')) == 1


@pytest.mark.parametrize(
    "look",
    [
        lambda store, kind, id: store.get(kind, id),
        lambda store, kind, id: store.lock(kind, id),
    ],
)
def test_an_id_of_another_tenant_is_not_found(
    shelf: Shelf, other: Shelf, look: Callable[..., Any]
) -> None:
    user = shelf.user()
    with pytest.raises(NotFound), other.writing() as writer:
        look(writer, user.kind, user.id)


def test_another_tenants_id_answers_as_an_unknown_one(shelf: Shelf, other: Shelf) -> None:
    hers, unknown = shelf.user(), shelf.new_user()
    messages = []
    for user in (hers, unknown):
        with pytest.raises(NotFound) as refusal:
            other.get(user)
        messages.append(str(refusal.value).replace(user.id, "ID"))
    assert messages[0] == messages[1]


@pytest.mark.parametrize(
    "filter",
    [
        None,
        'userName eq "ada"',
        'not (userName eq "bob")',
        'emails[type eq "work" and value co "@"]',
        "groups pr",
        'groups.display eq "staff"',
        f'{ENTERPRISE}:manager.displayName sw "b"',
        "meta.created pr",
        'id ne "x"',
    ],
)
def test_no_query_finds_another_tenants_resources(
    shelf: Shelf, other: Shelf, filter: str | None
) -> None:
    boss = shelf.user("boss")
    ada = shelf.user(
        "ada",
        emails=[{"value": "a@b", "type": "work"}],
        **{ENTERPRISE: {"manager": {"value": boss.id}}},
    )
    shelf.group(ada, name="staff")
    query = other.query(filter)
    assert other.page(query) == []
    assert other.read(lambda reader: reader.count(query)) == 0


def test_no_order_finds_another_tenants_resources(shelf: Shelf, other: Shelf) -> None:
    shelf.user("ada")
    bob = other.user("bob")
    rows = other.page(other.query(sort="userName"), Window(10))
    assert [row.resource.id for row in rows] == [bob.id]


def test_another_tenants_members_are_not_read(shelf: Shelf, other: Shelf) -> None:
    group = shelf.group(shelf.user())
    assert other.members(group) == []


def test_another_tenants_relations_are_not_read(shelf: Shelf, other: Shelf) -> None:
    user = shelf.user()
    shelf.group(user)
    related = other.read(lambda reader: reader.related([user]))
    assert related.get(user.key, Relations()) == Relations()


def test_a_reference_does_not_reach_another_tenant(shelf: Shelf, other: Shelf) -> None:
    boss = shelf.user("boss")
    user = other.user(None, **{ENTERPRISE: {"manager": {"value": boss.id}}})
    assert other.relations(user).references == {}
    assert other.found(f"{ENTERPRISE}:manager.displayName pr") == []


@pytest.mark.parametrize("method", ["add_members", "set_members"])
def test_another_tenants_user_cannot_be_a_member(shelf: Shelf, other: Shelf, method: str) -> None:
    group, user = other.group(), shelf.user()
    with pytest.raises(InvalidValue, match=user.id):
        other.write(lambda writer: getattr(writer, method)(group, [user.id]))


@pytest.mark.parametrize(
    "act",
    [
        lambda writer, group, user: writer.remove_members(group, [user.id]),
        lambda writer, group, user: writer.remove_members_where(group, None),
        lambda writer, group, user: writer.set_members(group, []),
        lambda writer, group, user: writer.update(user, user),
        lambda writer, group, user: writer.delete(user),
        lambda writer, group, user: writer.delete(group),
    ],
)
def test_no_write_touches_another_tenant(
    shelf: Shelf, other: Shelf, act: Callable[[Any, Resource, Resource], object]
) -> None:
    user = shelf.user("ada")
    group = shelf.group(user)
    with other.writing() as writer:
        act(writer, group, user)
    assert shelf.members(group) == [user.id]
    assert shelf.found('userName eq "ada"') == [user.id]
