"""``[feed]`` of a source's file: what it may hold, and that all its faults are told at once."""

import base64
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scim_server.sync.faults import Faults
from scim_server.sync.feed import Settings, read_settings
from scim_server.sync.feed.settings import Address, GroupColumn
from scim_server.sync.files.tables import Surroundings

URL = "https://hr.example.com/workers.csv"
FILE = {"file": "workers.csv", "id": "Employee ID"}
ADDRESS = {"url": URL, "id": "Employee ID"}


def read(given: object, folder: Path = Path(), token: str = "t0ken") -> tuple[Settings | None, str]:
    faults = Faults()
    around = Surroundings(folder, {"TOKEN": token}, ZoneInfo("Europe/Berlin"))
    return read_settings(given, "feed", faults, around), "\n".join(faults)


def sound(given: object, **around: Any) -> Settings:
    settings, faults = read(given, **around)
    assert settings is not None, faults
    return settings


def headers(token: str = "t0ken", **told: str) -> dict[str, str]:
    origin = sound({**ADDRESS, "password_env": "TOKEN", **told}, token=token).origin
    assert isinstance(origin, Address)
    return dict(origin.headers)


def test_a_file_lies_beside_the_source(tmp_path: Path) -> None:
    settings = sound(FILE, folder=tmp_path)
    assert settings.origin == tmp_path / "workers.csv"
    assert settings.zone.key == "Europe/Berlin"
    assert settings.columns == ("Employee ID",)


def test_columns_and_forms_are_as_they_are_told() -> None:
    told = {
        **FILE,
        "start": "Hire Date",
        "end": "Last Day",
        "date_format": "%d.%m.%Y",
        "encoding": "cp1252",
        "delimiter": ";",
        "groups": {"column": "Teams", "separator": ";"},
    }
    settings = sound(told)
    assert settings.columns == ("Employee ID", "Hire Date", "Last Day", "Teams")
    assert settings.date_formats == ("%d.%m.%Y",)
    assert settings.groups == GroupColumn("Teams", ";")
    assert (settings.encoding, settings.delimiter) == ("cp1252", ";")


def test_a_secret_is_a_bearer_token_a_password_or_a_header() -> None:
    basic = base64.b64encode(b"hr:t0ken").decode()
    assert headers() == {"Authorization": "Bearer t0ken"}
    assert headers(user="hr") == {"Authorization": f"Basic {basic}"}
    assert headers(header="X-Api-Key") == {"X-Api-Key": "t0ken"}
    assert headers(header="Authorization", token="Basic a2V5Ong=") == {
        "Authorization": "Basic a2V5Ong="
    }


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    origin = sound({**ADDRESS, "password_file": "token"}, folder=tmp_path).origin
    assert isinstance(origin, Address)
    assert origin.headers == {"Authorization": "Bearer from-a-file"}


def test_no_secret_is_shown() -> None:
    settings = sound({**ADDRESS, "password_env": "TOKEN"})
    assert "t0ken" not in repr(settings)


def test_within_this_machine_http_will_do() -> None:
    assert sound({"url": "http://127.0.0.1:8080/workers", "id": "id"})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "feed: must be a table"),
        ({}, "feed.id: "),
        ({"id": "id"}, "feed: must have file or url, one of them"),
        ({**FILE, "url": URL}, "feed: must have file or url, one of them"),
        ({**FILE, "password_env": "TOKEN"}, "feed.password_env: goes with url"),
        ({**FILE, "seconds": 5}, "feed.seconds: goes with url"),
        ({**FILE, "id": ""}, "feed.id: "),
        ({**FILE, "start": 5}, "feed.start: "),
        ({**FILE, "start": "a\0"}, "feed.start: must be 1 to 200 characters"),
        ({**FILE, "file": "a\0"}, "feed.file: must be a path"),
        ({**FILE, "colour": "red"}, "feed.colour: "),
        ({**FILE, "format": "xml"}, "feed.format: "),
        ({**FILE, "encoding": "utf-9"}, 'feed.encoding: there is no encoding "utf-9"'),
        ({**FILE, "encoding": "base64"}, 'feed.encoding: there is no encoding "base64"'),
        ({**FILE, "encoding": "undefined"}, "feed.encoding: there is no encoding"),
        ({**FILE, "delimiter": ""}, "feed.delimiter: must be one character"),
        ({**FILE, "delimiter": "::"}, "feed.delimiter: must be one character"),
        ({**FILE, "delimiter": '"'}, "feed.delimiter: must be one character"),
        ({**FILE, "final_newline": True}, "feed.final_newline: "),
        ({**FILE, "date_format": []}, "feed.date_format: "),
        ({**FILE, "date_format": "%m/%Y"}, "must say day, month and year"),
        ({**FILE, "date_format": "%d.%m.%Y %"}, "must say day, month and year"),
        ({**FILE, "date_format": "%d%d%m%Y"}, "must say day, month and year"),
        ({**FILE, "date_format": ["%d.%m.%Y", "\0"]}, "must say day, month and year"),
        ({**FILE, "megabytes": 0}, "feed.megabytes: "),
        ({**FILE, "groups": {}}, "feed.groups.column: "),
        ({**FILE, "groups": "Teams"}, "feed.groups"),
        ({**ADDRESS, "url": "http://hr.example.com/x"}, "feed.url: must begin with https://"),
        ({**ADDRESS, "url": "https://me:word@hr.example.com/"}, "feed.url: must hold no name"),
        ({**ADDRESS, "user": "hr"}, "feed: must have password_env or password_file"),
        ({**ADDRESS, "header": "X-Key"}, "feed: must have password_env or password_file"),
        ({**ADDRESS, "header": "X Key", "password_env": "TOKEN"}, "feed.header: "),
        ({**ADDRESS, "password_env": "NONE"}, "the environment has no variable NONE"),
        ({**ADDRESS, "ca_file": "none.pem"}, "feed.ca_file: "),
        ({**ADDRESS, "ca_file": "a\0b"}, "feed.ca_file: must be a path"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(given: object, told: str) -> None:
    settings, faults = read(given)
    assert settings is None
    assert told in faults


def test_a_user_and_a_header_do_not_go_together() -> None:
    told = {**ADDRESS, "password_env": "TOKEN", "user": "hr", "header": "X-Key"}
    assert read(told) == (None, "feed.header: does not go with user")


def test_all_faults_are_told_at_once() -> None:
    told = {
        **{"url": URL, "file": "x", "password_env": "NONE", "ca_file": "none.pem", "id": ""},
        **{"format": "xml", "delimiter": "::", "colour": 1, "groups": {"colum": "x"}},
        **{"user": "hr", "header": "X-Key"},
    }
    _, faults = read(told)
    assert [fault.partition(": ")[0] for fault in faults.splitlines()] == [
        *("feed.format", "feed.delimiter", "feed.id"),
        *("feed.groups.column", "feed.groups.colum", "feed.colour", "feed", "feed.header"),
        *("feed.password_env", "feed.ca_file"),
    ]


@pytest.mark.parametrize("header", [{}, {"header": "X-Key"}])
def test_a_secret_that_no_header_holds_is_refused_and_not_told(header: dict[str, str]) -> None:
    told = {**ADDRESS, **header, "password_env": "TOKEN"}
    for token in ("t0\r\nken", "t0kén"):
        settings, faults = read(told, token=token)
        assert settings is None
        assert "printable ASCII" in faults
        assert "ken" not in faults.removeprefix("feed: the token")
