"""What the store promises of a single resource."""

from dataclasses import replace

import pytest

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.ports import Relations
from scim_server.protocol.errors import NotFound
from tests.store.shelf import Shelf


def test_an_inserted_resource_is_read_as_it_was_written(shelf: Shelf) -> None:
    new = shelf.new_user("ada", name={"givenName": "Ada"}, emails=[{"value": "a@b", "type": "x"}])
    [stored] = shelf.insert(new)
    assert shelf.get(stored) == replace(new, key=stored.key)


def test_text_of_every_script_survives(shelf: Shelf) -> None:
    text = "Ä ﬀ \u2028 \ufffd \U0001f642 \U0010ffff"
    assert shelf.get(shelf.user(displayName=text)).document["displayName"] == text


def test_store_keys_ascend_in_the_order_of_insertion(shelf: Shelf) -> None:
    keys = [r.key for r in shelf.insert(*(shelf.new_user() for _ in range(20)))]
    later = shelf.user().key
    assert sorted(keys) == keys and later > keys[-1]


def test_inserting_nothing_is_allowed(shelf: Shelf) -> None:
    assert shelf.insert() == []


def test_an_unknown_id_is_not_found(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        shelf.get(shelf.new_user())


def test_an_id_of_another_kind_is_not_found(shelf: Shelf) -> None:
    with pytest.raises(NotFound):
        shelf.get(replace(shelf.user(), kind=shelf.groups))


def test_the_id_is_compared_exactly(shelf: Shelf) -> None:
    user = shelf.user()
    with pytest.raises(NotFound):
        shelf.get(replace(user, id=user.id.upper()))


def test_a_lone_resource_has_no_relations(shelf: Shelf) -> None:
    assert shelf.relations(shelf.user()) == Relations()


def test_a_locked_resource_is_the_stored_one(shelf: Shelf) -> None:
    user = shelf.user()
    assert shelf.write(lambda writer: writer.lock(user.kind, user.id)) == user


def test_what_is_unknown_cannot_be_locked(shelf: Shelf) -> None:
    user = shelf.new_user()
    with pytest.raises(NotFound):
        shelf.write(lambda writer: writer.lock(user.kind, user.id))


def test_an_update_is_read_back_whole(shelf: Shelf) -> None:
    user = shelf.user(title="before", active=True)
    after = replace(
        user,
        version=2,
        modified="2026-11-21T11:00:00",
        status=Status.SUSPENDED,
        document=user.document | {"title": "after", "active": False},
    )
    shelf.write(lambda writer: writer.update(user, after))
    assert shelf.get(user) == after


def test_an_update_moves_what_filters_find(shelf: Shelf) -> None:
    user = shelf.update(shelf.user(title="before", nickName="same"), title="after")
    assert shelf.found('title eq "before"') == []
    assert shelf.found('title eq "after" and nickName eq "same"') == [user.id]


def test_a_value_that_changes_its_element_is_found_there_only(shelf: Shelf) -> None:
    first, second = {"value": "a", "type": "work"}, {"value": "b", "type": "home"}
    user = shelf.user(emails=[first, second])
    shelf.update(user, emails=[{"value": "b", "type": "work"}, {"value": "a", "type": "home"}])
    assert shelf.found('emails[value eq "a" and type eq "work"]') == []
    assert shelf.found('emails[value eq "b" and type eq "work"]') == [user.id]


def test_an_update_changes_the_name_that_references_show(shelf: Shelf) -> None:
    user = shelf.user(displayName="before")
    group = shelf.group(user)
    shelf.update(user, displayName="after")
    shown = shelf.read(lambda reader: [m.display for _, m in reader.members([group])])
    assert shown == ["after"]


@pytest.mark.parametrize("count", [0, 1, 40_000])
def test_any_number_of_values_can_come_and_go(shelf: Shelf, count: int) -> None:
    kind = shelf.kinds["Device"]
    [device] = shelf.insert(shelf.new(kind, serialNumber="1", channels=list(range(count))))
    device = shelf.update(device, channels=[-7])
    assert shelf.found("channels gt -1", kind) == []
    assert shelf.found("channels eq -7", kind) == [device.id]


def test_a_deleted_resource_is_not_found(shelf: Shelf) -> None:
    user = shelf.user()
    shelf.delete(user)
    with pytest.raises(NotFound):
        shelf.get(user)


def test_nothing_finds_a_deleted_resource(shelf: Shelf) -> None:
    shelf.delete(shelf.user(title="x"))
    assert shelf.found('title eq "x"') == []
    assert shelf.page(shelf.query()) == []


def test_deleting_one_leaves_the_others(shelf: Shelf) -> None:
    gone, stays = shelf.user(title="x"), shelf.user(title="x")
    shelf.delete(gone)
    assert shelf.found('title eq "x"') == [stays.id]
