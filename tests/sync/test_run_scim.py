"""One server of ours follows another one, over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from scim_server.directory.sources.runs import Mode, State
from scim_server.store.models.resources import ResourceRow
from tests.application import ENTERPRISE, Application, Scim
from tests.sync.branch import SECRET, Branch
from tests.sync.scim_served import served

FILE = f"""
type = "scim"
[scim]
url = "{{url}}"
password_env = "{SECRET}"
[groups]
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Application]]:
    """Another server, with a database of its own."""
    other = Application(f"sqlite:///{tmp_path_factory.mktemp('other')}/scim.db")
    with served(other.flask.wsgi_app) as url:
        yield url, other
    other.parts.database.close()


@pytest.fixture
def head(elsewhere: tuple[str, Application]) -> Scim:
    """Ada, whose boss is Eve; Ada is staff, and staff is in board, as Eve is."""
    head = elsewhere[1].scim()
    eve = head.user(userName="eve", displayName="Eve")["id"]
    manager = {ENTERPRISE: {"manager": {"value": eve}, "department": "Engines"}}
    ada = head.user(userName="ada", displayName="Ada", **manager)["id"]
    staff = head.group(ada, displayName="staff")["id"]
    head.group(eve, staff, displayName="board")
    return head


@pytest.fixture
def branch(
    application: Application, tmp_path: Path, elsewhere: tuple[str, Application], head: Scim
) -> Branch:
    return Branch(application, tmp_path, FILE.format(url=elsewhere[0]), head.bearer)


def id(head: Scim, name: str) -> str:
    [found] = head.found("/Users", f'userName eq "{name}"')
    return found


def age(head: Scim) -> None:
    """Let it be long since anything was changed there."""
    with head.application.parts.database.writing() as connection:
        connection.execute(update(ResourceRow).values(modified="2026-01-01T00:00:00"))


def test_users_groups_and_bosses_are_there_as_they_are_here(branch: Branch, head: Scim) -> None:
    run = branch.run()
    assert (run.state, run.told) == (State.DONE, ())
    assert run.counts["User"] == {"read": 2, "joiners": 2}
    ada = branch.user("ada")
    assert ada["id"] != ada["externalId"] == id(head, "ada")
    assert ada[ENTERPRISE]["department"] == "Engines"
    assert ada[ENTERPRISE]["manager"]["value"] == branch.user("eve")["id"]
    assert branch.members("staff") == {"Ada"}
    assert branch.members("board") == {"Eve", "staff"}
    assert branch.violations() == []
    assert branch.run(Mode.FULL).counts["User"] == {"read": 2, "unchanged": 2}


def test_only_changes_are_read(branch: Branch, head: Scim) -> None:
    age(head)
    branch.run()
    head.patch(f"/Users/{id(head, 'ada')}", {"op": "replace", "path": "title", "value": "Countess"})
    run = branch.run()
    assert run.counts["User"] == {"read": 1, "movers": 1}
    assert branch.user("ada")["title"] == "Countess"


def test_who_is_suspended_there_is_so_here_and_comes_back(branch: Branch, head: Scim) -> None:
    branch.run()
    for active, status in ((False, "Suspended"), (True, "Active")):
        change = {"op": "replace", "path": "active", "value": active}
        head.patch(f"/Users/{id(head, 'ada')}", change)
        branch.run()
        assert branch.status("ada") == status


def test_who_is_deleted_there_is_out_here(branch: Branch, head: Scim) -> None:
    age(head)
    branch.run()
    head.delete(f"/Users/{id(head, 'ada')}")
    run = branch.run()
    assert (run.state, run.detail) == (State.DONE, None)
    assert run.counts["User"]["leavers"] == 1
    assert branch.users() == {"ada": False, "eve": True}
    assert branch.members("staff") == set()


def test_a_token_that_is_no_longer_valid_changes_nothing(branch: Branch, head: Scim) -> None:
    branch.run()
    branch.secret = "scim_no_longer_valid"
    run = branch.run()
    assert run.state is State.FAILED
    assert "401" in str(run.detail) and "no_longer" not in str(run.detail)
    assert branch.users() == {"ada": True, "eve": True}
