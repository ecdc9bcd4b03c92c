"""Text longer than the index holds is compared in all its length."""

import pytest

from scim_server.store.rows import CUT, cut
from tests.store.shelf import Shelf

SIZES = [CUT - 1, CUT, CUT + 1, CUT + 65, CUT + 66, 3_000]


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> int:
    value: int = request.param
    return value


def test_only_what_is_too_long_is_cut() -> None:
    assert cut("a" * CUT) == ("a" * CUT, None)
    assert cut("a" * (CUT + 1))[1] == "a" * (CUT + 1)
    assert len(cut("a" * 10_000)[0]) < 300


def test_equality_reaches_the_last_character(shelf: Shelf, size: int) -> None:
    users = shelf.insert(*(shelf.new_user(None, externalId="a" * size + end) for end in "xy"))
    assert shelf.found(f'externalId eq "{"a" * size}x"') == [users[0].id]
    assert shelf.found(f'externalId eq "{"a" * size}"') == []


def test_a_prefix_reaches_the_last_character(shelf: Shelf, size: int) -> None:
    users = shelf.insert(*(shelf.new_user(None, externalId="a" * size + end) for end in "xy"))
    assert shelf.found(f'externalId sw "{"a" * size}y"') == [users[1].id]
    assert shelf.found(f'externalId sw "{"a" * size}"') == [user.id for user in users]


def test_an_end_and_a_middle_are_found_behind_the_cut(shelf: Shelf, size: int) -> None:
    users = shelf.insert(*(shelf.new_user(None, externalId="a" * size + end) for end in "xy"))
    assert shelf.found('externalId ew "ay"') == [users[1].id]
    assert shelf.found('externalId co "ax"') == [users[0].id]


def test_order_is_told_by_the_last_character(shelf: Shelf, size: int) -> None:
    users = shelf.insert(*(shelf.new_user(None, externalId="a" * size + end) for end in "xyz"))
    ids = [user.id for user in users]
    middle = "a" * size + "y"
    for operator, expected in {
        "lt": ids[:1],
        "le": ids[:2],
        "gt": ids[2:],
        "ge": ids[1:],
    }.items():
        assert shelf.found(f'externalId {operator} "{middle}"') == expected


def test_a_short_text_is_ordered_before_a_longer_one_that_begins_so(shelf: Shelf) -> None:
    short, long = shelf.insert(
        shelf.new_user(None, externalId="a" * CUT), shelf.new_user(None, externalId="a" * 400)
    )
    assert shelf.found(f'externalId lt "{"a" * 300}"') == [short.id]
    assert shelf.found(f'externalId gt "{"a" * CUT}"') == [long.id]


def test_characters_are_counted_not_bytes(shelf: Shelf) -> None:
    long = "\U0001f642" * 300
    user = shelf.user(None, externalId=long)
    assert shelf.found(f'externalId eq "{long}"') == [user.id]
    assert shelf.found(f'externalId sw "{long[:250]}"') == [user.id]
    assert shelf.found(f'externalId ew "{long[:250]}"') == [user.id]


def test_certificates_are_stored_and_found(shelf: Shelf) -> None:
    certificates = ["QUJD" * 1_000 + end for end in ("TWFu", "TWE=")]
    users = shelf.insert(
        *(shelf.new_user(None, x509Certificates=[{"value": each}]) for each in certificates)
    )
    found = shelf.found(f'x509Certificates.value eq "{certificates[1]}"')
    assert found == [users[1].id]
