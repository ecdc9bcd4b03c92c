"""What only Active Directory does: counted changes, values in ranges, GUIDs, its own references."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from scim_server.sync.entries import Asked, SourceFault, Unreadable
from scim_server.sync.ldap.flags import filetime
from tests.ldap.domain_controller import BASE, DomainController, running
from tests.sync.directories import Pass, entries, now, read, source

NAMES = {"User": frozenset({"cn", "uid"}), "Group": frozenset({"cn"})}


@pytest.fixture
def controller() -> Iterator[DomainController]:
    with running(DomainController()) as made:
        yield made


def passed(
    controller: DomainController,
    mark: str | None = None,
    again: Mapping[str, list[str]] | None = None,
    at: datetime | None = None,
    **more: Any,
) -> Pass:
    given = {
        "url": controller.url,
        "tls": "none",
        "mechanism": "anonymous",
        "base": BASE,
        "page_size": 100,
        **more,
    }
    asked = Asked(mark, again or {})
    return read(source(given, NAMES, clock=lambda: at or now()), asked)


def names(found: Pass) -> list[str]:
    return sorted(each.values["cn"][0] for each in entries(found.users))


def test_it_is_recognised_and_its_references_to_its_own_partitions_are_not_missed(
    controller: DomainController,
) -> None:
    controller.user("Ada", 1)
    [found] = entries(passed(controller).users)
    assert (found.id, found.active) == (str(UUID(int=1)), True)


def test_a_reference_to_another_domain_is_a_fault(controller: DomainController) -> None:
    controller.references = [*controller.references, "DC=Sales"]
    controller.user("Ada", 1)
    with pytest.raises(SourceFault, match=r"refers to another server.*far\.example/DC=Sales"):
        passed(controller)
    assert names(passed(controller, referrals="ignore")) == ["Ada"]


@pytest.mark.parametrize("count", [0, 1, 1500, 1501, 3000, 3001, 4700])
def test_members_beyond_the_range_come_to_the_last(
    controller: DomainController, count: int
) -> None:
    members = [f"CN=User {number},{BASE}" for number in range(count)]
    controller.group("All", 1, *members)
    [group] = entries(passed(controller).groups)
    assert group.members == tuple(sorted(dn.lower() for dn in members))
    assert len(controller.asked) == max(0, -(-count // 1500) - 1)


def test_a_group_that_goes_while_its_members_are_read_stays_as_it_is(
    controller: DomainController,
) -> None:
    """What came of it is a part, and no truth."""
    dn = controller.group("All", 1, *(f"CN=User {number},{BASE}" for number in range(2000)))
    asked = controller.found
    controller.found = lambda base, scope: asked("gone" if base == dn else base, scope)  # type: ignore[method-assign]
    [group] = passed(controller).groups
    why = "member changed while it was read"
    assert group == Unreadable("Group", dn, why, str(UUID(int=1)))


def test_only_what_has_a_higher_number_comes(controller: DomainController) -> None:
    controller.user("Ada", 1)
    controller.user("Bob", 2)
    first = passed(controller)
    assert passed(controller, first.mark).users == []
    controller.user("Bob", 2)
    controller.user("Eve", 3)
    second = passed(controller, first.mark)
    assert (names(second), second.is_whole) == (["Bob", "Eve"], False)
    assert second.present == [str(UUID(int=each)) for each in (1, 2, 3)]
    assert passed(controller, second.mark).users == []


def test_who_is_asked_for_again_is_found_by_the_octets_of_the_guid(
    controller: DomainController,
) -> None:
    controller.user("Ada", 0x2A28295C0001)
    first = passed(controller)
    again = {"User": [str(UUID(int=0x2A28295C0001)), "no guid", ""]}
    assert names(passed(controller, first.mark, again)) == ["Ada"]


def test_ids_of_another_attribute_with_guids_are_found_by_their_octets(
    controller: DomainController,
) -> None:
    anchor = UUID(int=0x2A28295C0001)
    controller.user("Ada", 1, **{"mS-DS-ConsistencyGuid": anchor.bytes_le})
    users = {"id": "mS-DS-ConsistencyGuid"}
    first = passed(controller, users=users)
    assert [each.id for each in first.users] == [str(anchor)]
    again = {"User": [str(anchor)]}
    assert names(passed(controller, first.mark, again, users=users)) == ["Ada"]


def test_a_controller_that_was_restored_is_read_as_a_whole(controller: DomainController) -> None:
    controller.user("Ada", 1)
    first = passed(controller)
    controller.invocation = b"\2" * 16
    assert passed(controller, first.mark).is_whole


def test_a_controller_that_does_not_say_whether_it_was_restored_is_read_as_a_whole(
    controller: DomainController,
) -> None:
    controller.user("Ada", 1)
    first = passed(controller)
    controller.hides = {"invocationId"}
    second = passed(controller, first.mark)
    assert (second.is_whole, second.mark) == (True, None)


def test_who_shows_no_flag_stays_as_is(controller: DomainController) -> None:
    """Where the account that reads loses a right, nobody is switched on."""
    controller.user("Ada", 1, userAccountControl=b"514")
    controller.group("All", 2)
    controller.hides = {"userAccountControl"}
    found = passed(controller)
    [ada] = found.users
    assert isinstance(ada, Unreadable)
    assert (ada.id, ada.why[:25]) == (str(UUID(int=1)), "userAccountControl is not")
    assert len(entries(found.groups)) == 1
    [ada] = entries(passed(controller, flags=["accountExpires"]).users)
    assert ada.active is True


def test_a_controller_that_counts_less_is_read_as_a_whole(controller: DomainController) -> None:
    controller.user("Ada", 1)
    first = passed(controller)
    controller.usn -= 1
    assert passed(controller, first.mark).is_whole


def test_an_account_that_has_ended_meanwhile_comes_though_nothing_changed(
    controller: DomainController,
) -> None:
    began = datetime(2026, 3, 1, tzinfo=UTC)
    ends = began + timedelta(hours=1)
    controller.user("Ada", 1, accountExpires=str(filetime(ends)).encode())
    controller.user("Bob", 2, accountExpires=b"0")
    first = passed(controller, at=began)
    assert [each.active for each in entries(first.users)] == [True, True]
    second = passed(controller, first.mark, at=began + timedelta(minutes=59))
    assert second.users == []
    third = passed(controller, second.mark, at=ends + timedelta(minutes=1))
    assert [(each.values["cn"], each.active) for each in entries(third.users)] == [
        (("Ada",), False)
    ]
    assert passed(controller, third.mark, at=ends + timedelta(hours=1)).users == []


def test_without_a_count_every_reading_is_whole(controller: DomainController) -> None:
    controller.user("Ada", 1)
    first = passed(controller, dialect="active directory")
    controller.about = lambda: {}  # type: ignore[method-assign]
    found = passed(controller, first.mark, dialect="active directory")
    assert (found.is_whole, found.mark, names(found)) == (True, None, ["Ada"])
