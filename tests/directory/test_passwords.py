"""What may be a password, and how one is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from scim_server.directory.accounts.policy import DEFAULTS, Policy
from scim_server.directory.signing.password_rules import check, prepare
from scim_server.directory.signing.passwords import AT_ONCE, Passwords
from scim_server.protocol.errors import InvalidValue

KNOWN = ("anna.long@example.com", "anna.long", "anna", "long", "example")


def refused(text: str, policy: Policy = DEFAULTS, with_factor: bool = False) -> str:
    with pytest.raises(InvalidValue) as raised:
        check(policy, text, with_factor, KNOWN)
    return raised.value.detail


@pytest.mark.parametrize(
    "text",
    [
        "fifteen letters",
        "1539 2846 7015 5",
        "ein übles Paßwort, das gut ist",
        "合言葉は山と川と海と空と雲と星",
        "🦊 jumps over 🐶 again",
        "anna has a long way home",
        "x" * 3 + "y" * 500 + "z" * 521,
    ],
)
def test_a_long_one_of_any_characters_will_do(text: str) -> None:
    check(Policy(), text, False, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "passwordpassword",
        "PASSWORDpassword",
        "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
        "12345678901234567890",
        "abcdefghijklmnopqrs",
        "zyxwvutsrqponmlkjihg",
        "qwertyuiopasdfghjkl",
        "correcthorsebatterystaple",
        "changemechangeme",
    ],
)
def test_what_is_tried_first_is_refused(text: str) -> None:
    assert "first that are tried" in refused(text)


@pytest.mark.parametrize("text", ["aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabcab", "9x9x9x9x9x9x9x9x9"])
def test_what_repeats_itself_is_refused(text: str) -> None:
    assert "repeats itself" in refused(text) or "tried" in refused(text)


@pytest.mark.parametrize(
    "text", ["anna.long@example.com", "ANNAannaANNA2026", "annalonglonganna", "example-anna-long-1"]
)
def test_what_is_known_of_the_user_is_refused(text: str) -> None:
    assert "the user's name or address" in refused(text)


def test_the_tenant_has_words_of_its_own() -> None:
    policy = Policy(password_blocklist=("Globex", "rocket"))
    assert "not allowed here" in refused("globexROCKET2026", policy)
    check(policy, "a rocket to the moon and back", False, KNOWN)


@pytest.mark.parametrize(("with_factor", "least"), [(False, 15), (True, 8)])
def test_the_length_is_counted_in_characters(with_factor: bool, least: int) -> None:
    text = "🦊á合w7-kéñ&z🐶Qß+§"
    assert f"at least {least} characters" in refused(text[: least - 1], with_factor=with_factor)
    check(Policy(), text[:least], with_factor, KNOWN)


@pytest.mark.parametrize(
    "text", ["", "a\x00b" * 9, "a\nb" * 9, "x" * 1025, "\ud800" * 20, "\u200b" * 20]
)
def test_what_cannot_be_typed_again_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue):
        prepare(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("caf\u00e9", "cafe\u0301"), ("a b", "a\u00a0b"), ("\u212b", "\u00c5")],
)
def test_the_same_text_is_the_same_password(one: str, other: str) -> None:
    passwords = Passwords()
    assert passwords.verify(passwords.hash(one), other)


def test_the_whole_of_it_counts() -> None:
    passwords = Passwords()
    hashed = passwords.hash("x" * 1023 + "y")
    assert passwords.verify(hashed, "x" * 1023 + "y")
    assert not passwords.verify(hashed, "x" * 1023 + "z")
    assert not passwords.verify(hashed, "x" * 1023)


def test_it_is_kept_as_argon2id() -> None:
    passwords = Passwords()
    assert passwords.hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.hash("x") != passwords.hash("x")


@pytest.mark.parametrize("text", ["", "abc", "x" * 5000, "\x00"])
def test_where_there_is_none_nothing_is_right(text: str) -> None:
    assert not Passwords().verify(None, text)


def test_many_at_once_take_turns() -> None:
    passwords = Passwords()
    hashed = passwords.hash("x")
    with ThreadPoolExecutor(AT_ONCE * 3) as pool:
        found = list(pool.map(lambda text: passwords.verify(hashed, text), "xyxyxyxyxyxy"))
    assert found == [True, False] * 6
