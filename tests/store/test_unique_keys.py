"""Who may have a unique value, under any race (security rule 17)."""

from functools import partial

import pytest

from scim_server.directory.ports import Resource
from scim_server.protocol.errors import NotUnique
from tests.store.shelf import Shelf, at_once


@pytest.mark.parametrize("name", ["ada", "ADA", "Ａｄａ"])
def test_a_taken_name_is_refused_in_any_spelling(shelf: Shelf, name: str) -> None:
    shelf.user("ada")
    with pytest.raises(NotUnique, match='"userName"'):
        shelf.user(name)


def test_an_exact_value_is_another_in_another_case(shelf: Shelf) -> None:
    kind = shelf.kinds["Device"]
    shelf.insert(shelf.new(kind, serialNumber="sn"))
    shelf.insert(shelf.new(kind, serialNumber="SN"))
    with pytest.raises(NotUnique, match='"serialNumber"'):
        shelf.insert(shelf.new(kind, serialNumber="sn"))


def test_kinds_do_not_share_their_names(shelf: Shelf) -> None:
    shelf.user("ada")
    shelf.group(name="ada")


def test_two_of_one_insert_cannot_have_one_name(shelf: Shelf) -> None:
    with pytest.raises(NotUnique):
        shelf.insert(shelf.new_user("ada"), shelf.new_user("ADA"))
    assert shelf.page(shelf.query()) == []


def test_one_taken_name_refuses_the_whole_insert(shelf: Shelf) -> None:
    shelf.user("ada")
    with pytest.raises(NotUnique):
        shelf.insert(shelf.new_user("bob"), shelf.new_user("ada"))
    assert shelf.found('userName eq "bob"') == []


def test_a_name_is_free_after_a_deletion(shelf: Shelf) -> None:
    shelf.delete(shelf.user("ada"))
    shelf.user("ada")


def test_a_name_is_free_after_a_renaming(shelf: Shelf) -> None:
    shelf.update(shelf.user("ada"), userName="eve")
    shelf.user("ada")


def test_a_taken_name_refuses_a_renaming(shelf: Shelf) -> None:
    shelf.user("ada")
    bob = shelf.user("bob")
    with pytest.raises(NotUnique):
        shelf.update(bob, userName="ADA")
    assert shelf.get(bob) == bob


def test_a_resource_may_spell_its_own_name_otherwise(shelf: Shelf) -> None:
    ada = shelf.update(shelf.user("ada"), userName="ADA")
    assert shelf.get(ada).document["userName"] == "ADA"


def test_an_undone_insert_leaves_its_name_free(shelf: Shelf) -> None:
    with pytest.raises(ZeroDivisionError), shelf.writing() as writer:
        writer.insert([shelf.new_user("ada")])
        raise ZeroDivisionError
    shelf.user("ada")


def test_a_long_name_is_unique_in_all_its_length(shelf: Shelf) -> None:
    shelf.user("a" * 300 + "x")
    shelf.user("a" * 300 + "y")
    with pytest.raises(NotUnique):
        shelf.user("A" * 300 + "X")


def test_of_twenty_that_create_one_name_at_once_one_wins(shelf: Shelf) -> None:
    outcomes = at_once([partial(shelf.user, "ada") for _ in range(20)])
    assert sum(isinstance(each, NotUnique) for each in outcomes) == 19
    assert [each.id for each in outcomes if isinstance(each, Resource)] == shelf.found(
        'userName eq "ada"'
    )


def test_of_ten_that_take_one_name_at_once_one_wins(shelf: Shelf) -> None:
    users = [shelf.user() for _ in range(10)]
    outcomes = at_once([partial(shelf.update, user, userName="ada") for user in users])
    assert sum(isinstance(each, NotUnique) for each in outcomes) == 9
    assert len(shelf.found('userName eq "ada"')) == 1


def test_two_that_swap_names_at_once_do_not_wait_for_ever(shelf: Shelf) -> None:
    ada, bob = shelf.user("ada"), shelf.user("bob")
    outcomes = at_once(
        [partial(shelf.update, ada, userName="bob"), partial(shelf.update, bob, userName="ada")]
    )
    assert any(isinstance(each, NotUnique) for each in outcomes)
    assert len(shelf.found('userName eq "ada" or userName eq "bob"')) == 2
