"""What a run could not bring in, the next one asks for, though nothing has changed there."""

from pathlib import Path

import pytest

from scim_server.directory.sources.runs import Mode
from scim_server.sync import outcomes
from tests.application import Application
from tests.ldap.slapd import Slapd
from tests.sync.branch import Branch, branch

LONG_AGO = "20200101000000Z"


@pytest.fixture
def corp(application: Application, tmp_path: Path, slapd_server: Slapd) -> Branch:
    """Five people, of whom three have names that others have here."""
    tree = slapd_server.tree()
    for uid in ("u0", "u1", "u2", "u3", "u4"):
        tree.backdate(tree.person(uid), LONG_AGO)
    corp = branch(application, tmp_path, tree)
    corp.configure()
    for uid in ("u0", "u1", "u2"):
        corp.scim.user(userName=uid)
    assert corp.run().counts["User"] == {"read": 5, "joiners": 2, "leftOut": 3}
    return corp


def free_names(corp: Branch) -> None:
    for uid in ("u0", "u1", "u2"):
        corp.delete(uid)


def test_who_was_left_out_is_asked_for_by_id(corp: Branch) -> None:
    free_names(corp)
    assert corp.run().counts["User"]["joiners"] == 3
    assert "joiners" not in corp.run().counts["User"]


def test_of_too_many_all_are_read_again(corp: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "MOST_AGAIN", 2)
    corp.run(Mode.FULL)
    free_names(corp)
    assert corp.run().counts["User"]["joiners"] == 3
