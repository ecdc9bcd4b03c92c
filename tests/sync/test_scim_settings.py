"""``[scim]`` of a source's file: what it may hold, and that all its faults are told at once."""

import base64
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from scim_server.sync.faults import Faults
from scim_server.sync.files.tables import Surroundings
from scim_server.sync.scim.settings import Settings, read_settings

URL = "https://hr.example.com/scim/v2"
WITH_TOKEN = {"url": URL, "password_env": "TOKEN"}


def read(given: object, folder: Path = Path(), token: str = "t0ken") -> tuple[Settings | None, str]:
    faults = Faults()
    around = Surroundings(folder, {"TOKEN": token}, ZoneInfo("UTC"))
    return read_settings(given, "scim", faults, around), "\n".join(faults)


def sound(given: object, **around: Any) -> Settings:
    settings, faults = read(given, **around)
    assert settings is not None, faults
    return settings


def test_an_address_and_a_token_are_enough() -> None:
    settings = sound({**WITH_TOKEN, "url": f"{URL}/"})
    assert settings.url == URL
    assert settings.headers == {"Authorization": "Bearer t0ken"}
    assert settings.filters == {}


def test_a_user_has_a_password() -> None:
    settings = sound({**WITH_TOKEN, "user": "sync"}, token="pass wörd")
    sent = settings.headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "sync:pass wörd"


def test_the_token_may_lie_in_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-a-file\n")
    settings = sound({"url": URL, "password_file": "token"}, folder=tmp_path)
    assert settings.headers == {"Authorization": "Bearer from-a-file"}


def test_it_shows_no_secret() -> None:
    assert "t0ken" not in repr(sound(WITH_TOKEN))


def test_limits_and_filters_are_taken_over() -> None:
    settings = sound(
        {
            **WITH_TOKEN,
            "page_size": 50,
            "seconds": 600,
            "answer_seconds": 5,
            "wait_seconds": 0,
            "users": {"filter": 'userType eq "Employee"'},
            "groups": {},
        }
    )
    assert (settings.seconds, settings.answer_seconds, settings.wait_seconds) == (600, 5, 0)
    assert settings.page_size == 50
    assert settings.filters == {"User": 'userType eq "Employee"'}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost", "[::1]:8000"])
def test_http_will_do_within_this_machine(host: str) -> None:
    assert sound({**WITH_TOKEN, "url": f"http://{host}/scim/v2"}).url == f"http://{host}/scim/v2"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (7, "scim: must be a table"),
        ({"password_env": "TOKEN"}, "scim.url: "),
        ({"url": URL}, "scim: must have password_env or password_file"),
        ({**WITH_TOKEN, "url": "http://hr.example.com"}, "scim.url: must begin with https"),
        ({**WITH_TOKEN, "url": "http://127.0.0.1.example.com"}, "scim.url: must begin"),
        ({**WITH_TOKEN, "url": "http://localhost@example.com"}, "scim.url: must hold no name"),
        ({**WITH_TOKEN, "url": "https://a:b@example.com"}, "scim.url: must hold no name"),
        ({**WITH_TOKEN, "url": f"{URL}?a=b"}, "scim.url: must end with the path"),
        ({**WITH_TOKEN, "url": f"{URL}#a"}, "scim.url: must end with the path"),
        ({**WITH_TOKEN, "url": "ftp://example.com"}, "scim.url: must begin with https"),
        ({**WITH_TOKEN, "url": "https://[::"}, "scim.url: is no URL"),
        ({**WITH_TOKEN, "url": "https://hr..example.com"}, "scim.url: is no URL"),
        ({**WITH_TOKEN, "url": f"https://{'a' * 64}.com"}, "scim.url: is no URL"),
        ({**WITH_TOKEN, "url": "https://localhost:65536"}, "scim.url: is no URL"),
        ({**WITH_TOKEN, "url": "https://x.com/a%00b"}, "scim.url: is no URL"),
        ({**WITH_TOKEN, "url": "https://x.com/\udc80"}, "scim.url: is no URL"),
        ({**WITH_TOKEN, "url": "example.com"}, "scim.url: must begin with https"),
        ({**WITH_TOKEN, "url": 7}, "scim.url: "),
        ({"url": URL, "password_env": "NONE"}, "scim.password_env: the environment has no"),
        ({"url": URL, "password_file": "none"}, "scim.password_file: "),
        ({**WITH_TOKEN, "user": "a:b"}, "scim.user: "),
        ({**WITH_TOKEN, "ca_file": "none"}, "scim.ca_file: "),
        ({**WITH_TOKEN, "page_size": 0}, "scim.page_size: "),
        ({**WITH_TOKEN, "answer_seconds": float("inf")}, "scim.answer_seconds: "),
        ({**WITH_TOKEN, "users": {"filter": "userType eq"}}, "scim.users.filter: "),
        ({**WITH_TOKEN, "users": {"filter": "(a pr) or b pr)"}}, "scim.users.filter: "),
        ({**WITH_TOKEN, "users": {"base": "x"}}, "scim.users.base: "),
        ({**WITH_TOKEN, "verify": False}, "scim.verify: "),
    ],
)
def test_what_cannot_be_is_told_with_its_place(given: object, fault: str) -> None:
    settings, faults = read(given)
    assert settings is None
    assert fault in faults


def test_a_file_without_certificates_is_told(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing of the kind")
    settings, faults = read({**WITH_TOKEN, "ca_file": "ca.pem"}, folder=tmp_path)
    assert settings is None
    assert "scim.ca_file: " in faults


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "tökén"])
def test_a_token_that_cannot_be_sent_is_told_and_not_shown(token: str) -> None:
    settings, faults = read(WITH_TOKEN, token=token)
    assert settings is None
    assert faults.startswith("scim: the token holds")
    assert token not in faults


def test_all_faults_are_told_at_once() -> None:
    told = {"url": "x", "page_size": "many", "groups": {"filter": "("}, "wrong": 1}
    _, faults = read({**told, "ca_file": "none", "user": "a:b"})
    assert [fault.partition(": ")[0] for fault in faults.splitlines()] == [
        *("scim.user", "scim.url", "scim.page_size", "scim.groups.filter", "scim.wrong", "scim"),
        "scim.ca_file",
    ]
