"""Accounts to files: narrowed, streamed, safe in a spreadsheet, and back the same."""

import csv
import io
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.application import Application, Scim
from tests.web.files import Files


@pytest.mark.shows("export as CSV and JSON")
def test_an_export_is_safe_in_a_spreadsheet(files: Files) -> None:
    body = {"userName": "ada", "displayName": "=1+1", "phone": "+49 89", "userType": "@x"}
    assert files.admin.post("/users", body).status_code == 201
    [header, cells] = csv.reader(io.StringIO(files.get().text))
    row = dict(zip(header, cells, strict=True))
    assert (row["displayName"], row["phone"], row["userType"]) == ("'=1+1", "'+49 89", "'@x")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"status": "Suspended"}, ["bob"]),
        ({"search": "AD"}, ["ada"]),
        ({"filter": 'userName sw "b"'}, ["bob"]),
        ({"filter": 'userName eq "nobody"'}, []),
    ],
)
@pytest.mark.shows("export as CSV and JSON")
def test_an_export_is_narrowed(
    files: Files, scim: Scim, query: dict[str, str], names: list[str]
) -> None:
    scim.user(userName="ada")
    scim.user(userName="bob", active=False)
    found = orjson.loads(files.get(format="json", **query).data)
    assert [user["userName"] for user in found] == names
    lines = files.get(format="jsonl", **query).text.splitlines()
    assert [orjson.loads(line)["userName"] for line in lines] == names


def test_an_export_holds_no_secret(files: Files, scim: Scim) -> None:
    scim.user(userName="ada", password="correct horse battery staple")
    for format in ("csv", "json", "jsonl"):
        text = files.get(format=format).text
        assert "horse" not in text
        assert "argon2" not in text


def test_a_large_export_goes_on_from_page_to_page(files: Files) -> None:
    count = 2_345
    files.done("userName\n" + "".join(f"user-{number}\n" for number in range(count)))
    names = [f"user-{number}" for number in range(count)]
    rows = list(csv.DictReader(io.StringIO(files.get().text)))
    assert [row["userName"] for row in rows] == names
    assert [user["userName"] for user in files.users()] == names
    assert files.done("userName\n" + "\n".join(names), update="true")["unchanged"] == count


TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc"), max_codepoint=0x2FFF), max_size=8)

CELL = st.one_of(TEXT, st.text("=+-@'\t\r\n\",;|x", max_size=5))

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), CELL),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(CELL, inner, max_size=2)),
    max_leaves=4,
)

PROFILE = st.fixed_dictionaries(
    {},
    optional={
        "displayName": CELL.filter(str.strip),
        "givenName": CELL.filter(str.strip),
        "familyName": CELL.filter(str.strip),
        "phone": CELL.filter(str.strip),
        "userType": CELL.filter(str.strip),
        "folder": CELL.map(lambda name: f"/emea/{name.replace('/', '')}x"),
        "email": st.sampled_from(["a@b", "=x@y", "'+@z"]),
        "attributes": st.dictionaries(
            CELL.filter(str.strip),
            JSON.filter(lambda value: value is not None),
            min_size=1,
            max_size=3,
        ),
    },
)


@settings(max_examples=25, deadline=None)
@given(profiles=st.lists(PROFILE, min_size=1, max_size=5))
@pytest.mark.parametrize("format", ["csv", "jsonl"])
@pytest.mark.shows("export as CSV and JSON")
def test_what_was_exported_is_imported_the_same(
    application: Application, format: str, profiles: list[dict[str, Any]]
) -> None:
    first, second = (Files(application, application.scim()) for _ in range(2))
    made = [{"userName": f"user-{number}"} | each for number, each in enumerate(profiles)]
    sent = b"\n".join(map(orjson.dumps, made))
    answer = first.put(sent, "application/jsonl", skipBad="true")
    assert answer.status_code == 200, answer.text
    kind = "text/csv" if format == "csv" else "application/jsonl"
    report = second.done(first.get(format=format).data, kind)
    assert report["refused"] == 0
    assert _essence(second.users()) == _essence(first.users())


@pytest.mark.parametrize("name", [" spaced ", "a|b", "[x]", "'=x", "spaced\n"])
def test_a_group_of_any_name_comes_back(application: Application, name: str) -> None:
    first, second = application.scim(), application.scim()
    first.group(first.user(userName="ada")["id"], displayName=name)
    second.group(displayName=name)
    Files(application, second).done(Files(application, first).get().data, "text/csv")
    [user] = Files(application, second).users()
    assert user["groups"] == [name]


def _essence(users: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{n: v for n, v in user.items() if n not in ("id", "created")} for user in users]
