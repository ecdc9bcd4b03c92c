"""All of a transaction or nothing of it, its events included."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select

from scim_server.directory.events import Action
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import NotFound, NotUnique
from scim_server.store.models.events import EventRow
from scim_server.store.models.resources import MembershipRow, UniqueKeyRow, ValueRow
from tests.store.shelf import ACTOR, MOMENT, Shelf, at_once, event


def rows(shelf: Shelf) -> list[int]:
    """How many rows of each table the tenant has."""
    with shelf.store.database.reading() as connection:
        return [
            connection.execute(
                select(func.count()).where(model.tenant == shelf.tenant)
            ).scalar_one()
            for model in (ValueRow, UniqueKeyRow, MembershipRow, EventRow)
        ]


@pytest.mark.parametrize(
    "act",
    [
        lambda shelf, writer, user: writer.insert([shelf.new_user()]),
        lambda shelf, writer, user: writer.update(user, replace(user, version=2)),
        lambda shelf, writer, user: writer.delete(user),
        lambda shelf, writer, user: writer.record([event(user)]),
    ],
)
def test_an_exception_undoes_the_whole_transaction(
    shelf: Shelf, act: Callable[..., object]
) -> None:
    user = shelf.user()
    before = rows(shelf)
    with pytest.raises(ZeroDivisionError), shelf.writing() as writer:
        act(shelf, writer, user)
        raise ZeroDivisionError
    assert (shelf.get(user), rows(shelf)) == (user, before)


def test_an_exception_undoes_members(shelf: Shelf) -> None:
    user, group = shelf.user(), shelf.group()
    with pytest.raises(ZeroDivisionError), shelf.writing() as writer:
        writer.add_members(group, [user.id])
        raise ZeroDivisionError
    assert shelf.members(group) == []


def test_a_deletion_leaves_no_row_behind(shelf: Shelf) -> None:
    user = shelf.user(emails=[{"value": "a@b"}])
    group = shelf.group(user)
    shelf.delete(group)
    shelf.delete(user)
    assert rows(shelf) == [0, 0, 0, 0]


def test_a_failed_attempt_undoes_itself_only(shelf: Shelf) -> None:
    with shelf.writing() as writer:
        writer.insert([shelf.new_user("ada")])
        with pytest.raises(NotUnique), writer.attempt():
            writer.insert([shelf.new_user("bob")])
            writer.insert([shelf.new_user("ada")])
        writer.insert([shelf.new_user("eve")])
    names = [row.resource.document["userName"] for row in shelf.page(shelf.query())]
    assert names == ["ada", "eve"]


def test_a_name_that_an_attempt_took_is_free_after_it_failed(shelf: Shelf) -> None:
    with shelf.writing() as writer:
        with pytest.raises(ZeroDivisionError), writer.attempt():
            writer.insert([shelf.new_user("ada")])
            raise ZeroDivisionError
        writer.insert([shelf.new_user("ada")])
    assert len(shelf.found('userName eq "ada"')) == 1


def test_an_attempt_that_succeeds_is_undone_with_the_rest(shelf: Shelf) -> None:
    with pytest.raises(ZeroDivisionError), shelf.writing() as writer:
        with writer.attempt():
            writer.insert([shelf.new_user("ada")])
        raise ZeroDivisionError
    assert shelf.page(shelf.query()) == []


def test_an_event_is_kept_as_it_was_told(shelf: Shelf) -> None:
    user = shelf.user()
    told = event(user, Action.SUSPEND, active={"before": True, "after": False})
    shelf.write(lambda writer: writer.record([told]))
    with shelf.store.database.reading() as connection:
        [row] = connection.execute(select(EventRow.__table__).where(EventRow.id == told.id))
    assert row[2:9] == (MOMENT, ACTOR.client, ACTOR.request, "User", user.id, 1, "suspend")
    assert row.changes == '{"active":{"before":true,"after":false}}'


def test_a_snapshot_does_not_see_what_comes_later(shelf: Shelf) -> None:
    shelf.user()
    with shelf.store.snapshot(shelf.tenant) as reader:
        before = reader.count(shelf.query())
        shelf.user()
        assert (before, reader.count(shelf.query())) == (1, 1)
    assert shelf.read(lambda reader: reader.count(shelf.query())) == 2


def test_a_writer_sees_its_own_changes(shelf: Shelf) -> None:
    with shelf.writing() as writer:
        [user] = writer.insert([shelf.new_user(title="x")])
        assert writer.get(user.kind, user.id)[0] == user
        assert writer.count(shelf.query('title eq "x"')) == 1


def test_twenty_changes_of_one_resource_at_once_are_all_counted(shelf: Shelf) -> None:
    user = shelf.user()

    def raise_version() -> None:
        with shelf.writing() as writer:
            now = writer.lock(user.kind, user.id)
            writer.update(now, replace(now, version=now.version + 1))

    assert at_once([raise_version] * 20) == [None] * 20
    assert shelf.get(user).version == 21


def test_of_two_deletions_at_once_the_second_finds_nothing(shelf: Shelf) -> None:
    user = shelf.user()

    def delete() -> list[Resource]:
        with shelf.writing() as writer:
            return writer.delete(writer.lock(user.kind, user.id))

    first, second = sorted(at_once([delete, delete]), key=lambda each: not isinstance(each, list))
    assert first == []
    assert isinstance(second, NotFound)


def test_two_transactions_that_lock_crosswise_both_end(shelf: Shelf) -> None:
    one, two = shelf.user(), shelf.user()

    def lock(*users: Resource) -> int:
        with shelf.writing() as writer:
            return len([writer.lock(user.kind, user.id) for user in users])

    assert at_once([partial(lock, one, two), partial(lock, two, one)]) == [2, 2]
