"""Feeds of JSON: what comes of their objects, and files that are not believed."""

import json
from pathlib import Path
from typing import Any

import pytest

from scim_server.sync.entries import Entry, SourceFault, Unreadable
from tests.sync.feeds import Feed

ROWS: list[dict[str, Any]] = [{"id": "W1", "mail": "a@x.example"}, {"id": "W2"}]


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path)


def values(folder: Path, row: dict[str, Any], *read: str) -> dict[str, list[str]]:
    [entry] = Feed(folder, read).of(json.dumps({"id": "W1", **row}))
    assert isinstance(entry, Entry)
    return {name: list(texts) for name, texts in entry.values.items() if name != "id"}


@pytest.mark.parametrize(
    "content",
    [
        "".join(json.dumps(row) + "\n" for row in ROWS),
        "\r\n\r\n".join(map(json.dumps, ROWS)),
        json.dumps(ROWS),
        json.dumps(ROWS, indent=2),
        "\ufeff" + json.dumps(ROWS),
    ],
)
def test_each_object_is_a_user(feed: Feed, content: str) -> None:
    assert [(row.id, row.place) for row in feed.of(content)] == [
        ("W1", "row 1 of workers"),
        ("W2", "row 2 of workers"),
    ]


def test_the_rows_may_be_in_an_object(feed: Feed) -> None:
    whole = {"title": "All", "fields": [{"id": "x"}], "n": 2, "Report_Entry": ROWS, "more": None}
    assert feed.ids(json.dumps(whole), rows="Report_Entry") == ["W1", "W2"]


@pytest.mark.parametrize("content", ["", "[]", " [ ] ", '{"data": []}'])
def test_a_file_without_rows_gives_nobody(feed: Feed, content: str) -> None:
    told = {"rows": "data"} if "data" in content else {}
    assert feed.of(content, **told) == []


def test_names_within_names_are_joined_by_dots(tmp_path: Path) -> None:
    row = {"Name": {"First": "Ada", "Parts": {"Last": " Byron "}}}
    found = values(tmp_path, row, "name.first", "Name.Parts.Last")
    assert found == {"name.first": ["Ada"], "name.parts.last": ["Byron"]}


def test_all_texts_of_an_array_are_values(tmp_path: Path) -> None:
    row = {"teams": ["a", "", None, "b"], "phones": [{"type": "work", "number": "1"}]}
    found = values(tmp_path, row, "teams", "phones.number")
    assert found == {"teams": ["a", "b"], "phones.number": ["1"]}


@pytest.mark.parametrize("text", ["17", "1.10", "-0", "1e400", "123456789012345678901234567890"])
def test_a_number_is_the_text_that_it_is_written_as(feed: Feed, text: str) -> None:
    assert feed.ids(f'{{"id": {text}}}') == [text]


def test_booleans_are_texts_and_null_is_nothing(tmp_path: Path) -> None:
    row: dict[str, Any] = {"a": True, "b": False, "c": None, "d": {}, "e": "  "}
    assert values(tmp_path, row, *"abcde") == {"a": ["true"], "b": ["false"]}


def test_whoever_has_two_ids_has_none(feed: Feed) -> None:
    [row] = feed.of('{"id": ["W1", "W2"]}')
    assert row == Unreadable("User", "row 1 of workers", '"id" holds no worker\'s id')


@pytest.mark.parametrize("mail", ["a\\u0000", "\\ud800"])
def test_a_text_that_no_database_keeps_stops_its_worker_alone(feed: Feed, mail: str) -> None:
    bad, good = feed.of(f'{{"id": "W1", "mail": "{mail}"}}\n{{"id": "W2"}}')
    assert isinstance(bad, Unreadable)
    assert (bad.id, good.id) == ("W1", "W2")


@pytest.mark.parametrize("id", ["a\\u0000", "\\u0000", "\\ud800"])
def test_an_id_that_no_database_keeps_is_none(feed: Feed, id: str) -> None:
    [row] = feed.of(f'{{"id": "{id}"}}')
    assert row == Unreadable("User", "row 1 of workers", '"id" holds no worker\'s id')


def test_what_lies_very_deep_is_not_looked_at(feed: Feed) -> None:
    deep = '{"mail":' * 100 + '"x"' + "}" * 100
    [row] = feed.of(f'{{"id": "W1", "mail": {deep}}}')
    assert isinstance(row, Entry)
    assert row.values == {"id": ["W1"]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{"id": "W1"}\n{"id": "W', "row 2: it is not JSON, or the file breaks off in it"),
        ('[{"id": "W1"}', "row 2: one of"),
        ('[{"id": "W1"},', "row 2: it is not JSON, or the file breaks off"),
        ('[{"id": "W1"},]', "row 2: it is not JSON"),
        ('[{"id": "W1"}]{"id": "W2"}', "row 2: it comes after the end"),
        ('[["W1"]]', "row 1: that is no object"),
        ('{"id": "W1"}\n17\n', "row 2: that is no object"),
        ('{"id": NaN}', "row 1: it is not JSON"),
        ('{"id": "W1\0"}', "row 1: it is not JSON"),
        ("[" * 100_000, "row 1: it is nested too deeply"),
        ('{"id": "' + "a" * 1_200_000, "row 1: it is not JSON, or has more than 1,048,576"),
        ('{"id": "' + "a" * 1_200_000 + '"}', "row 1: it is not JSON, or has more than"),
    ],
)
def test_a_file_that_may_have_been_cut_is_not_believed(feed: Feed, content: str, told: str) -> None:
    with pytest.raises(SourceFault, match=f"^workers: {told}") as fault:
        feed.of(content)
    assert "W1" not in str(fault.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "one of"),
        ("[]", "one of"),
        ('{"rows": []}', 'there are no rows, for the object has no "data"'),
        ('{"data": {}}', "one of"),
        ('{"data": [{"id": "W1"}]', "row 2: one of"),
        ('{"data": [{"id": "W1"}], "total": 1', "row 2: one of"),
        ('{"data": [{"id": "W1"}]} x', "row 2: it comes after the end"),
        ("{data: []}", "it is not JSON"),
    ],
)
def test_an_object_around_the_rows_must_be_whole(feed: Feed, content: str, told: str) -> None:
    with pytest.raises(SourceFault, match=told):
        feed.of(content, format="json", rows="data")


def test_values_across_two_blocks_are_whole(feed: Feed) -> None:
    rows = [{"id": f"W{at}", "mail": "é" * (at % 700)} for at in range(400)]
    whole = {"total": 12345, "data": rows}
    for shift in range(3):
        content = " " * (2**16 - 12 + shift) + json.dumps(whole, ensure_ascii=False)
        assert feed.ids(content, format="json", rows="data") == [row["id"] for row in rows]
