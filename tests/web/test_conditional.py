"""Versions: ETag, If-Match, If-None-Match (RFC 7644 §3.14, RFC 9110 §13.1)."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.application import USER, Scim, error

proves = pytest.mark.proves
REPLACE = {"op": "replace", "path": "title", "value": "new"}
Write = Callable[[Scim, str, dict[str, str]], TestResponse]


def _put(scim: Scim, path: str, headers: dict[str, str]) -> TestResponse:
    body = {"schemas": [USER], "userName": "ada", "title": "new"}
    return scim.put(path, body, headers=headers)


def _patch(scim: Scim, path: str, headers: dict[str, str]) -> TestResponse:
    return scim.patch(path, REPLACE, headers=headers)


def _delete(scim: Scim, path: str, headers: dict[str, str]) -> TestResponse:
    return scim.delete(path, headers=headers)


every_write = pytest.mark.parametrize("write", [_put, _patch, _delete])


@pytest.fixture
def path(scim: Scim) -> str:
    """A user at version 2."""
    at = f"/Users/{scim.user(userName='ada', title='a')['id']}"
    scim.patch(at, {"op": "replace", "path": "title", "value": "b"})
    return at


def version(scim: Scim, path: str) -> str:
    """The current tag."""
    tag: str = scim.get(path).headers["ETag"]
    return tag


@proves("ETG-001")
def test_every_answer_with_one_resource_has_its_version(scim: Scim) -> None:
    created = scim.post("/Users", {"schemas": [USER], "userName": "ada"})
    path = f"/Users/{created.get_json()['id']}"
    for response in (created, scim.get(path), _put(scim, path, {}), _patch(scim, path, {})):
        assert response.headers["ETag"] == response.get_json()["meta"]["version"]
        assert response.headers["ETag"].startswith('W/"')


@proves("ETG-001")
def test_the_version_changes_with_the_resource_and_not_otherwise(scim: Scim, path: str) -> None:
    before = version(scim, path)
    scim.get(path)
    scim.user()
    scim.patch(path, {"op": "replace", "path": "title", "value": "b"})
    scim.patch(path, {"op": "replace", "path": "nope", "value": "b"})
    assert version(scim, path) == before
    scim.patch(path, REPLACE)
    assert version(scim, path) != before


@proves("ETG-001")
def test_the_version_of_a_group_changes_with_its_members(scim: Scim) -> None:
    one, two = scim.user()["id"], scim.user()["id"]
    group = f"/Groups/{scim.group(one)['id']}"
    seen = [version(scim, group)]
    for op in ("add", "remove"):
        member = {"value": two}
        path = f'members[value eq "{two}"]'
        scim.patch(group, {"op": op, "path": "members", "value": [member]} if op == "add"
                   else {"op": op, "path": path})  # fmt: skip
        seen.append(version(scim, group))
    assert len(set(seen)) == 3


@proves("ETG-001")
def test_what_others_say_of_a_user_changes_what_is_shown_and_so_the_tag(
    scim: Scim, path: str
) -> None:
    alone = version(scim, path)
    group = scim.group(path.rpartition("/")[2])
    member = version(scim, path)
    scim.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "displayName", "value": "x"})
    renamed = version(scim, path)
    scim.delete(f"/Groups/{group['id']}")
    assert len({alone, member, renamed}) == 3
    assert version(scim, path) == alone


@proves("ETG-002")
@pytest.mark.parametrize("known", ["{tag}", "*", 'W/"0", {tag}', "{bare}"])
def test_a_representation_that_the_client_has_is_not_sent_again(
    scim: Scim, path: str, known: str
) -> None:
    tag = version(scim, path)
    header = known.format(tag=tag, bare=tag.removeprefix("W/"))
    for at in (path, f"{path}/", f"{path}?aadOptscim062020"):
        response = scim.get(at, headers={"If-None-Match": header})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == tag


@proves("ETG-002")
@pytest.mark.parametrize("known", ['W/"1"', 'W/"3"', '"22"', 'W/"0", W/"1"', '""'])
def test_another_one_is_sent(scim: Scim, path: str, known: str) -> None:
    response = scim.get(path, headers={"If-None-Match": known})
    assert response.status_code == 200
    assert response.get_json()["title"] == "b"


@proves("ETG-002")
def test_a_new_group_makes_what_the_client_has_stale(scim: Scim, path: str) -> None:
    known = {"If-None-Match": version(scim, path)}
    scim.group(path.rpartition("/")[2])
    assert scim.get(path, headers=known).status_code == 200


@proves("ETG-003")
@every_write
@pytest.mark.parametrize("known", ['W/"1"', '"1"', 'W/"3"', 'W/"22"', '""', 'W/"0", W/"1"'])
def test_a_stale_version_changes_nothing(scim: Scim, path: str, write: Write, known: str) -> None:
    before = scim.get(path).get_json()
    assert error(write(scim, path, {"If-Match": known})) == (412, None)
    assert scim.get(path).get_json() == before


@proves("ETG-003", "ETG-004")
@every_write
@pytest.mark.parametrize(
    "known", ['W/"2"', '"2"', "*", " * ", 'W/"1", W/"2"', 'W/"e1",W/"2" , W/"e3"', '"e1", "2"']
)
def test_the_current_version_may_be_changed(
    scim: Scim, path: str, write: Write, known: str
) -> None:
    assert write(scim, path, {"If-Match": known}).status_code in (200, 204)


@proves("ETG-003")
@every_write
def test_a_new_group_of_a_user_does_not_stand_in_the_way(
    scim: Scim, path: str, write: Write
) -> None:
    known = {"If-Match": version(scim, path)}
    scim.group(path.rpartition("/")[2])
    assert write(scim, path, known).status_code in (200, 204)


@proves("ETG-004")
@pytest.mark.parametrize("header", ["2", "W/2", '"2', 'W/"2" W/"3"', "", "2, *", '"a""b"'])
@pytest.mark.parametrize(("name", "method"), [("If-Match", "DELETE"), ("If-None-Match", "GET")])
def test_what_is_no_list_of_tags_is_refused(
    scim: Scim, path: str, header: str, name: str, method: str
) -> None:
    assert error(scim.send(method, path, headers={name: header})) == (400, None)
    assert scim.get(path).status_code == 200


@proves("ETG-005")
@every_write
@pytest.mark.parametrize("known", ["*", 'W/"1"'])
def test_a_ghost_is_not_created(scim: Scim, write: Write, known: str) -> None:
    path = "/Users/2819c223-7f76-453a-919d-413861904646"
    assert error(write(scim, path, {"If-Match": known})) == (404, None)
    assert scim.found("/Users", "id pr") == []


@proves("ETG-003")
def test_of_two_changes_to_one_version_the_second_is_refused(scim: Scim, path: str) -> None:
    known: dict[str, Any] = {"If-Match": version(scim, path)}
    assert _patch(scim, path, known).status_code == 200
    assert error(_put(scim, path, known)) == (412, None)
    assert scim.get(path).get_json()["title"] == "new"
