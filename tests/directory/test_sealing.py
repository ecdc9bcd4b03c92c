"""Secrets that lie encrypted in the database, each for its owner."""

import pytest

from scim_server.directory.authenticators.sealing import Seal, Unsealable

SECRET, ANNA, BEN = "JBSWY3DPEHPK3PXP", "anna", "ben"
OLD, NEW = "o" * 43, "n" * 43


def seal(*keys: str) -> Seal:
    return Seal(lambda: keys)


def test_what_is_sealed_is_opened() -> None:
    sealed = seal(OLD).close(SECRET, ANNA)
    assert seal(OLD).open(sealed, ANNA) == SECRET
    assert SECRET not in sealed


def test_it_is_never_sealed_twice_alike() -> None:
    assert seal(OLD).close(SECRET, ANNA) != seal(OLD).close(SECRET, ANNA)


def test_a_key_is_replaced_by_one_before_it() -> None:
    sealed = seal(OLD).close(SECRET, ANNA)
    assert seal(NEW, OLD).open(sealed, ANNA) == SECRET
    assert seal(NEW).open(seal(NEW, OLD).close(SECRET, ANNA), ANNA) == SECRET


def test_without_its_key_or_for_somebody_else_it_stays_closed() -> None:
    sealed = seal(OLD).close(SECRET, ANNA)
    with pytest.raises(Unsealable):
        seal(NEW).open(sealed, ANNA)
    with pytest.raises(Unsealable):
        seal(OLD).open(sealed, BEN)


def test_what_was_tampered_with_stays_closed() -> None:
    sealed = seal(OLD).close(SECRET, ANNA)
    other = "A" if sealed[10] != "A" else "B"
    with pytest.raises(Unsealable):
        seal(OLD).open(sealed[:10] + other + sealed[11:], ANNA)
