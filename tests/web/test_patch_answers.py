"""200 with the resource or 204 without: what PATCH answers, by setting (RFC 7644 §3.5.2)."""

from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from scim_server.app import create_app
from scim_server.config import BadConfig, Config
from tests.application import Application, Scim
from tests.cli.operator import Operator

RENAME = {"op": "replace", "path": "displayName", "value": "Ada"}


@pytest.fixture
def brief(database_url: str) -> Iterator[Scim]:
    """A client of a server that shows no patched users."""
    application = Application(database_url, patch_without_body=("User",))
    yield application.scim()
    application.parts.database.close()


def patched(scim: Scim, query: str = "") -> TestResponse:
    return scim.patch(f"/Users/{scim.user()['id']}{query}", RENAME)


def test_by_default_a_user_is_shown(scim: Scim) -> None:
    answer = patched(scim)
    assert answer.status_code == 200
    assert answer.get_json(force=True)["displayName"] == "Ada"


@pytest.mark.proves("PAT-006")
def test_a_type_that_is_named_is_not_shown(brief: Scim) -> None:
    answer = patched(brief)
    assert (answer.status_code, answer.data) == (204, b"")
    place = answer.headers["Content-Location"]
    shown = brief.get(place[place.index("/Users/") :])
    assert shown.get_json(force=True)["displayName"] == "Ada"
    assert shown.headers["ETag"] == answer.headers["ETag"]


@pytest.mark.proves("PAT-006")
@pytest.mark.parametrize("query", ["?attributes=displayName", "?excludedAttributes=emails"])
def test_who_asks_for_attributes_gets_them(brief: Scim, query: str) -> None:
    answer = patched(brief, query)
    assert answer.status_code == 200
    assert answer.get_json(force=True)["displayName"] == "Ada"


def test_other_types_and_other_verbs_show_what_they_did(brief: Scim) -> None:
    group = brief.patch(f"/Groups/{brief.group()['id']}", RENAME)
    assert (group.status_code, group.get_json(force=True)["displayName"]) == (200, "Ada")
    user = brief.user()
    assert brief.put(f"/Users/{user['id']}", user).status_code == 200


def test_a_type_that_there_is_not_stops_the_start() -> None:
    with pytest.raises(BadConfig, match='no resource type "Users"; there are: User, Group'):
        create_app(Config(patch_without_body=("User", "Users")))


def test_it_is_told_with_the_other_faults(database_url: str) -> None:
    told = Operator(SCIM_DATABASE_URL=database_url).refused(
        "serve", SCIM_PATCH_WITHOUT_BODY="Users, User,", SCIM_THREADS="many"
    )
    assert [line.partition(":")[2].strip().partition(":")[0] for line in told] == [
        "SCIM_THREADS",
        "SCIM_PATCH_WITHOUT_BODY",
        "SCIM_DATABASE_URL",
    ]
