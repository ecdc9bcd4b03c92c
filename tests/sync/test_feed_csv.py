"""Feeds of CSV: what comes of their rows, and files that are not believed."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scim_server.sync.entries import Asked, Entry, Source, SourceFault, Unreadable
from scim_server.sync.feed import FeedSource
from tests.sync.feeds import NOON, Feed


@pytest.fixture
def feed(tmp_path: Path) -> Feed:
    return Feed(tmp_path)


def test_a_row_is_a_user(feed: Feed) -> None:
    assert feed.of("id,mail\nW1,a@x.example\n") == [
        Entry(
            "User",
            "W1",
            "W1",
            "line 2 of workers",
            {"id": ("W1",), "mail": ("a@x.example",)},
        )
    ]


def test_only_what_is_read_of_a_row_comes(feed: Feed) -> None:
    [entry] = feed.of("id,salary,mail\nW1,90000,a@x.example\n")
    assert isinstance(entry, Entry)
    assert entry.values.keys() == {"id", "mail"}


def test_names_of_columns_are_found_in_any_spelling(tmp_path: Path) -> None:
    feed = Feed(tmp_path, read=("Work Mail",))
    [entry] = feed.of(" Employee ID ,WORK MAIL\n7, a@x.example \n", id="employee id")
    assert isinstance(entry, Entry)
    assert entry.values == {"employee id": ("7",), "work mail": ("a@x.example",)}


def test_an_empty_cell_is_no_value(feed: Feed) -> None:
    [entry] = feed.of("id,mail\nW1,  \n")
    assert isinstance(entry, Entry)
    assert entry.values == {"id": ("W1",)}


def test_a_cell_that_was_neutralised_is_restored(feed: Feed) -> None:
    [entry] = feed.of("id,mail\nW1,'+49 30 1\n")
    assert isinstance(entry, Entry)
    assert entry.values["mail"] == ("+49 30 1",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_column_of_the_ids(feed: Feed, delimiter: str) -> None:
    header = ["mail", '"a,b;c|d"', "id"]
    rows = [header, ["a@x.example", "1", "W1"]]
    assert feed.ids("".join(delimiter.join(row) + "\n" for row in rows)) == ["W1"]


def test_another_delimiter_is_told(feed: Feed) -> None:
    assert feed.ids("id#mail\nW1#a@x.example\n", delimiter="#") == ["W1"]


def test_lines_are_counted_as_an_editor_does(feed: Feed) -> None:
    rows = feed.of('id,mail\r\n\r\nW1,"a\r\nb"\r\n,\r\nW2,c\r\n')
    assert [row.place for row in rows] == ["line 3 of workers", "line 6 of workers"]


def test_whoever_has_no_id_is_told_without_what_else_is_known(feed: Feed) -> None:
    assert feed.of("id,mail\n,a@x.example\n") == [
        Unreadable("User", "line 2 of workers", '"id" holds no worker\'s id')
    ]


def test_an_id_that_no_database_keeps_is_none(feed: Feed) -> None:
    [row] = feed.of(f"id,mail\n{'7' * 256},a@x.example\n")
    assert isinstance(row, Unreadable)
    assert row.id is None


@pytest.mark.parametrize("content", ["", "id,mail\n", "id,mail\n\n,\n"])
def test_a_file_without_rows_gives_nobody(feed: Feed, content: str) -> None:
    assert feed.of(content) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("id\nW1\n", 'the header lacks "mail"'),
        ("name\nAda\n", 'the header lacks "id", "mail"'),
        ("<html><body>Sign in</body></html>\n", 'the header lacks "id", "mail"'),
        ("id,mail,Mail\nW1,a,b\n", 'the header has twice "mail"'),
        ("id,mail\nW1\n", "line 2 has 1 cells, and the header 2"),
        ("id,mail\nW1,a\n\nW2,b,c\n", "line 4 has 3 cells, and the header 2"),
        ('id,mail\nW1,"a\nW2,b\n', "line 3 is not CSV: unexpected end of data"),
        ('id,mail\nW1,"a"b\n', "line 2 is not CSV"),
        ("id,mail\nW1,a\0\n", "line 2 holds NUL"),
        ("id,mail\nW1,a@x.exam", "its last line has no end"),
        (f"id,mail\nW1,{'a' * 200_000}\n", "field larger than field limit"),
        (f'id,mail\nW1,"{"a" * 1_100_000}', "its last line has no end"),
        (f"{'a' * 200_000}\nW1\n", "line 1 is not CSV: field larger than field limit"),
        (f"id,mail{',' * 1_100_000}\nW1,a\n", "line 1 is too long"),
        ("id,mail\nW1,a" + ',"\n"' * 600_000 + "\n", "is too long, or a quote before it"),
    ],
)
def test_a_file_that_may_have_been_cut_is_not_believed(feed: Feed, content: str, told: str) -> None:
    with pytest.raises(SourceFault, match=f"^workers: .*{told}") as fault:
        feed.of(content)
    assert "W1" not in str(fault.value)


def test_a_last_line_without_an_end_is_believed_where_that_is_told(feed: Feed) -> None:
    assert feed.ids("id,mail\nW1,a", final_newline="optional") == ["W1"]


def test_a_file_that_is_written_while_it_is_read_is_not_believed(feed: Feed) -> None:
    path = feed.folder / "workers"
    path.write_text("id,mail\nW1,a\n")
    source = FeedSource(feed.settings(file="workers"), {}, lambda: NOON)
    with source.reading(Asked()) as reading:
        entries = reading.entries("User")
        assert next(entries).id == "W1"
        with path.open("a") as file:
            file.write("W2,b\n")
        with pytest.raises(SourceFault, match="written to while it was read"):
            list(entries)


def test_rows_come_before_the_file_has_been_read(feed: Feed) -> None:
    (feed.folder / "workers").write_text("id,mail\n" + "W1,a\n" * 100_000 + "W2\n")
    source = FeedSource(feed.settings(file="workers"), {}, lambda: NOON)
    with source.reading(Asked()) as reading:
        assert next(reading.entries("User")).id == "W1"


def test_days_pass_without_the_file_changing_and_so_it_is_read_whole(feed: Feed) -> None:
    (feed.folder / "workers").write_text("id\nW1\n")
    source: Source = FeedSource(feed.settings(file="workers"), {}, lambda: NOON)
    with source.reading(Asked(since="an earlier mark")) as reading:
        assert [entry.id for entry in reading.entries("User")] == ["W1"]
        assert (reading.is_whole, reading.present("User"), reading.mark()) == (True, None, None)


def test_there_must_be_a_file(feed: Feed) -> None:
    os.mkfifo(feed.folder / "pipe")
    for name in ("nothing", "pipe", "."):
        with pytest.raises(SourceFault, match="there is no file"):
            feed.entries(file=name)
    with pytest.raises(SourceFault, match=r"File name too long$"):
        feed.entries(file="x" * 300)


def test_a_file_has_a_largest_size(feed: Feed) -> None:
    with (feed.folder / "workers").open("wb") as file:
        file.truncate(2**20 + 1)
    with pytest.raises(SourceFault, match="more than 1,048,576 bytes"):
        feed.entries(file="workers", megabytes=1)


# One folder for all examples: each one writes its own file.
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(alphabet='id,mail;"\n\r\0[]{}:\\u0W1é', max_size=80).map(lambda t: t.encode()),
        st.tuples(st.sampled_from([b"id,mail\n", b'{"id":']), st.binary(max_size=50)).map(b"".join),
    )
)
def test_no_file_breaks_the_reading(feed: Feed, content: bytes) -> None:
    try:
        rows = feed.of(content)
    except SourceFault as fault:
        assert str(fault).startswith("workers: ")
    else:
        assert all(isinstance(row, (Entry, Unreadable)) for row in rows)
