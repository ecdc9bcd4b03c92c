"""Encodings of feeds: what is told apart by itself, what must be told, and what is damaged."""

import codecs
from pathlib import Path

import pytest

from scim_server.sync.entries import Entry, SourceFault
from tests.sync.feeds import Feed

FRENCH = "Hélène Besançon – l’œuvre, 10 €"
GERMAN = "Jörg Weiß"


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path, read=("name",))


def name(feed: Feed, content: bytes, **told: str) -> str:
    [entry] = feed.of(content, **told)
    assert isinstance(entry, Entry)
    return entry.values["name"][0]


def written(text: str, encoding: str) -> bytes:
    return f'id,name\nW1,"{text}"\n'.encode(encoding)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", FRENCH),
        ("utf-8", "Wałęsa 田中"),
        ("utf-8-sig", FRENCH),
        ("utf-16", "Wałęsa 田中"),
        ("utf-32", FRENCH),
        ("cp1252", FRENCH),
        ("cp1252", GERMAN),
        ("iso8859-15", GERMAN),
    ],
)
def test_it_is_found(feed: Feed, encoding: str, text: str) -> None:
    assert name(feed, written(text, encoding)) == text


def test_big_endian_is_found(feed: Feed) -> None:
    raw = codecs.BOM_UTF16_BE + written(FRENCH, "utf-16-be")
    assert name(feed, raw) == FRENCH


@pytest.mark.parametrize(
    "encoding", ["utf-8", "UTF8", "utf-16-le", "cp1250", "iso8859-15", "cp1252"]
)
def test_it_is_read_as_it_is_told(feed: Feed, encoding: str) -> None:
    assert name(feed, written("Ž á", encoding), encoding=encoding) == "Ž á"


def test_a_mark_is_no_part_of_the_header_where_utf_8_is_told(feed: Feed) -> None:
    assert name(feed, written(FRENCH, "utf-8-sig"), encoding="utf-8") == FRENCH


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("iso8859-15", "10 €"),
        ("cp1250", "Stanisław Wałęsa"),
        ("iso8859-2", "Stanisław Wałęsa"),
        ("cp1251", "Пётр Сергей"),
        ("cp1254", "Yılmaz Doğan"),
        ("shift_jis", "田中 太郎"),
    ],
)
def test_what_is_not_certain_must_be_told(feed: Feed, encoding: str, text: str) -> None:
    raw = written(text, encoding)
    with pytest.raises(SourceFault, match=r'its "encoding" must be told$'):
        feed.of(raw)
    assert name(feed, raw, encoding=encoding) == text


def test_what_breaks_off_in_a_character_is_no_other_encoding(feed: Feed) -> None:
    with pytest.raises(SourceFault, match="damaged"):
        feed.of("id,name\nW1,Zoë\nW2,Zo".encode() + "ë".encode()[:1])


def test_one_damaged_line_does_not_change_the_names_of_all_others(feed: Feed) -> None:
    with pytest.raises(SourceFault, match="damaged"):
        feed.of(written("Zoë", "utf-8") + b"W2,J\xf6rg\n")


def test_bytes_that_an_encoding_does_not_have_are_a_fault(feed: Feed) -> None:
    with pytest.raises(SourceFault, match="do not belong to its encoding"):
        feed.of(written("Zoë", "cp1252"), encoding="utf-8")


@pytest.mark.parametrize("shift", [0, 1, 2])
def test_a_character_across_two_blocks_is_one(feed: Feed, shift: int) -> None:
    long = "田" * 100_000
    header = f"id,{' ' * shift}name\n"
    rows = feed.of(header + f"W1,{long}\n" * 4)
    assert [row.values["name"] for row in rows if isinstance(row, Entry)] == [(long,)] * 4
