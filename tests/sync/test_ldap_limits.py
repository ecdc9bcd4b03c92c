"""However much a server sends, and however long it goes on, a reading has an end."""

import tracemalloc
from itertools import count

import pytest

from scim_server.sync.ldap import wire
from tests.ldap.ber import octets, terms
from tests.ldap.scripted import (
    SEARCH_DONE,
    SEARCH_ENTRY,
    SUCCESS,
    Answer,
    attribute,
    bound,
    done,
    entry,
    message,
    page,
    root,
)
from tests.sync.directories import refused

MIB = 1024 * 1024
UUID = attribute("entryUUID", octets("1"))


def test_a_page_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LARGEST_ANSWER", 1000)
    large = attribute("cn", octets("x" * 90))
    said = refused(bound, root, lambda id: [entry(id, large) * 10, done(id)])
    assert "sends more than 1000 octets" in said


# Its second term reaches to the end of the message: copied each time, it is large.
REACHING = b"\x30\x06\x04\x84\x00\xff\xff\xff" * 20_000
BOMBS: dict[str, tuple[Answer, str]] = {
    "of nothing but values": (
        lambda id: [entry(id, attribute("cn", b"\x04\x00" * 1000))],
        "more than 1000 values",
    ),
    "of many entries": (
        lambda id: [entry(id, attribute("cn", b"\x04\x00" * 90)) * 11],
        "more than 1000 values",
    ),
    "of something else than entries": (
        lambda id: [message(id, SEARCH_DONE, SUCCESS, controls=page(b"x" * 17_000))],
        "octets that is no entry",
    ),
    "of terms beyond their end": (lambda id: [entry(id, REACHING)], "no LDAP"),
    "of lists without a list's tag": (
        lambda id: [message(id, SEARCH_ENTRY, octets("cn=x"), octets(REACHING, 0x10))],
        "no LDAP",
    ),
    "of endless lengths": (lambda id: [entry(id, b"\x04\xff" + b"\xff" * 127)], "no LDAP"),
    "that ends in a tag": (lambda id: [terms(0x30, octets(id, 0x02), b"\x04")], "no LDAP"),
}


@pytest.mark.parametrize(("answer", "told"), BOMBS.values(), ids=BOMBS)
def test_no_message_fills_the_memory(
    answer: Answer, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "MOST_TERMS", 1000)
    tracemalloc.start()
    try:
        assert told in refused(bound, root, answer)
        assert tracemalloc.get_traced_memory()[1] < 8 * MIB
    finally:
        tracemalloc.stop()


class Ranges:
    """Values that come one at a time; ``step``: how far each is from the last."""

    def __init__(self, step: int) -> None:
        self._starts = count(0, step)

    def __call__(self, id: bytes) -> list[bytes]:
        start = next(self._starts)
        part = attribute(f"member;range={start}-{start}", octets(f"cn={start}"))
        return [entry(id, UUID, part) + done(id)]


@pytest.mark.parametrize("step", [0, 1, 2])
def test_ranges_lead_to_an_end(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scim_server.sync.ldap.search.MOST_RANGES", 20)
    assert "ranges of values that lead to no end" in refused(bound, root, Ranges(step))


class Pages:
    """One new person after the other, without an end."""

    def __init__(self) -> None:
        self._numbers = count()

    def __call__(self, id: bytes) -> list[bytes]:
        uid = str(next(self._numbers))
        person = entry(id, attribute("entryUUID", octets(uid)), dn=f"uid={uid}")
        return [person + done(id, controls=page(uid.encode()))]


def test_a_reading_gives_so_many_entries_at_most() -> None:
    assert "more than 20 entries: most_entries" in refused(bound, root, Pages(), most_entries=20)


def test_a_reading_takes_so_long_at_most() -> None:
    assert "has not given all in 1 seconds" in refused(bound, root, Pages(), reading_seconds=1)
