"""A plan that has no room is a clear fault, and no plan."""

import resource
from collections.abc import Iterator
from contextlib import closing

import pytest

from scim_server.sync.entries import SourceFault
from scim_server.sync.plan import Departure, Leave
from scim_server.sync.spool import Spool


def leavers(number: int) -> list[Leave]:
    return [Leave(f"id-{each}", f"resource-{each}", Departure.SUSPEND) for each in range(number)]


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file of this process may have more than some hundred octets."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_steps_come_as_they_were_put_by_kind_and_all(tmp_path: object) -> None:
    first, second, third = leavers(3)
    with closing(Spool()) as spool:
        spool.put("User", [first, second])
        spool.put("Group", [third])
        assert list(spool.of("User")) == [first, second]
        spool.put("User", [third])
        assert list(spool.of("User")) == [first, second, third]
        kinds = [kind for kind, _ in spool]
        assert kinds == ["User", "User", "Group", "User"]


def test_what_has_no_room_is_a_fault_and_leaves_nothing_open(small_files: None) -> None:
    spool = Spool()
    with pytest.raises(SourceFault, match="cannot be kept: File too large"):
        spool.put("User", leavers(100))
    with pytest.raises(SourceFault, match="cannot be kept"):
        list(spool.of("User"))
    spool.close()
