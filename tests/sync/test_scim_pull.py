"""This server as the source: everything that it has, and what has changed in it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import update

from scim_server.store.models.resources import ResourceRow
from scim_server.sync.entries import Asked, Entry, SourceFault
from scim_server.sync.mapping.names import Name
from scim_server.sync.scim.source import ScimReading
from tests.application import ENTERPRISE, Application, Scim
from tests.sync.mapped import mapping
from tests.sync.scim_peer import ids, reading
from tests.sync.scim_served import paged_by, served

KINDS = ("User", "Group")


class Elsewhere:
    """A tenant of this server that another one reads."""

    def __init__(self, url: str, scim: Scim) -> None:
        self.url = url
        self.scim = scim

    def reading(self, since: str | None = None, **how: Any) -> AbstractContextManager[ScimReading]:
        """Two resources at once."""
        asked = Asked(since, how.pop("again", {}))
        return reading(self.url, self.scim.bearer, KINDS, asked, **how)

    def mark(self, **how: Any) -> str:
        """Of a reading that is over."""
        with self.reading(**how) as read:
            mark = read.mark()
        assert mark is not None
        return mark

    def age(self, *ids: str) -> None:
        """Let it be long since they were changed."""
        aged = update(ResourceRow).where(ResourceRow.public_id.in_(ids))
        with self.scim.application.parts.database.writing() as connection:
            connection.execute(aged.values(modified="2026-01-01T00:00:00"))


@pytest.fixture
def elsewhere(application: Application) -> Iterator[Elsewhere]:
    with served(paged_by("cursor", application.flask.wsgi_app)) as url:
        yield Elsewhere(url, application.scim())


@pytest.fixture(params=["cursor", "startIndex"])
def paged(request: pytest.FixtureRequest, application: Application) -> Iterator[Elsewhere]:
    """By each way of paging."""
    with served(paged_by(request.param, application.flask.wsgi_app)) as url:
        yield Elsewhere(url, application.scim())


def entries(read: ScimReading, kind: str) -> dict[str, Entry]:
    """By id, and nothing but entries."""
    return {entry.id: entry for entry in read.entries(kind) if isinstance(entry, Entry)}


def test_a_whole_reading_has_everybody_and_every_group(paged: Elsewhere) -> None:
    people = [paged.scim.user()["id"] for _ in range(5)]
    inner = paged.scim.group(*people[:3])["id"]
    outer = paged.scim.group(inner, people[4])["id"]
    empty = paged.scim.group()["id"]
    with paged.reading() as read:
        assert read.is_whole
        users, groups = entries(read, "User"), entries(read, "Group")
    assert sorted(users) == sorted(people)
    assert {id: sorted(group.members or ()) for id, group in groups.items()} == {
        inner: sorted(people[:3]),
        outer: sorted([inner, people[4]]),
        empty: [],
    }


def test_an_entry_is_the_resource_as_it_is_there(elsewhere: Elsewhere) -> None:
    boss = elsewhere.scim.user()["id"]
    made = elsewhere.scim.user(
        active=False, **{ENTERPRISE: {"department": "Tours", "manager": {"value": boss}}}
    )
    with elsewhere.reading() as read:
        entry = entries(read, "User")[made["id"]]
    assert entry.active is False
    assert entry.document["userName"] == made["userName"]
    assert entry.values["department"] == ["Tours"]
    assert entry.values["manager.value"] == [boss]
    assert not {"id", "meta", "groups"} & entry.document.keys()
    assert entry.place == f"{elsewhere.url}/Users/{made['id']}"


def test_a_mapping_takes_over_what_this_server_says_of_a_user(elsewhere: Elsewhere) -> None:
    boss = elsewhere.scim.user()["id"]
    said: dict[str, Any] = {
        "name": {"givenName": "Barbara"},
        "emails": [{"value": "b@example.com", "type": "work", "primary": True}],
    }
    made = elsewhere.scim.user(**said, **{ENTERPRISE: {"manager": {"value": boss}}})
    mapped, faults = mapping('copy = true\nexternalId = "{id}"')
    with elsewhere.reading() as read:
        document = mapped.document(entries(read, "User")[made["id"]])
    assert faults == []
    del document["schemas"]
    assert document == {
        **said,
        "userName": made["userName"],
        "externalId": made["id"],
        ENTERPRISE: {"manager": {"value": Name(boss)}},
    }


def test_a_filter_says_who_is_read(paged: Elsewhere) -> None:
    made = [paged.scim.user(title=title)["id"] for title in ("in", "out", "in", "in")]
    filters = {"User": 'title eq "in"'}
    with paged.reading(filters=filters) as read:
        assert sorted(map(str, ids(read.entries("User")))) == sorted([made[0], *made[2:]])
        assert sorted(read.present("User")) == sorted([made[0], *made[2:]])


def test_nobody_is_missed_where_others_go_meanwhile(paged: Elsewhere) -> None:
    people = [paged.scim.user()["id"] for _ in range(7)]
    with paged.reading() as read:
        coming = read.entries("User")
        first = [entry.id for entry in (next(coming), next(coming))]
        for id in first:
            paged.scim.delete(f"/Users/{id}")
        assert {*first, *ids(coming)} == {*people}


def test_nobody_there_is_no_entry(elsewhere: Elsewhere) -> None:
    with elsewhere.reading() as read:
        assert [*read.entries("User"), *read.entries("Group")] == []


def test_a_reading_from_a_mark_has_what_has_changed(paged: Elsewhere) -> None:
    changed = [paged.scim.user()["id"] for _ in range(3)]
    same = [paged.scim.user()["id"] for _ in range(3)]
    group, same_group = paged.scim.group()["id"], paged.scim.group(same[0])["id"]
    paged.age(*same, same_group, group)
    mark = paged.mark()
    paged.scim.patch(
        f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": same[0]}]}
    )
    with paged.reading(mark) as read:
        assert not read.is_whole
        assert entries(read, "User").keys() == {*changed}
        assert entries(read, "Group")[group].members == (same[0],)
        assert set(read.present("User")) == {*changed, *same}
        assert set(read.present("Group")) == {group, same_group}


def test_what_is_asked_for_again_is_read_also_where_nothing_has_changed(
    elsewhere: Elsewhere,
) -> None:
    asked, other, out = (elsewhere.scim.user(title=t)["id"] for t in ("in", "in", "out"))
    elsewhere.age(asked, other, out)
    elsewhere.scim.delete(f"/Users/{(gone := elsewhere.scim.user(title='in')['id'])}")
    again = {"User": [asked, out, gone]}
    with elsewhere.reading(elsewhere.mark(), again=again) as read:
        assert entries(read, "User").keys() == {asked, out}
    filters = {"User": 'title eq "in"'}
    mark = elsewhere.mark(filters=filters)
    with elsewhere.reading(mark, again=again, filters=filters) as read:
        assert entries(read, "User").keys() == {asked}


def test_a_mark_of_another_filter_makes_a_whole_reading(elsewhere: Elsewhere) -> None:
    with elsewhere.reading(elsewhere.mark(), filters={"User": 'title eq "in"'}) as read:
        assert read.is_whole


def test_a_mark_from_after_now_makes_a_whole_reading(elsewhere: Elsewhere) -> None:
    digest, _, _ = elsewhere.mark().partition(" ")
    with elsewhere.reading(f"{digest} 2126-01-01T00:00:00Z") as read:
        assert read.is_whole


def test_a_token_that_is_not_taken_is_a_fault(elsewhere: Elsewhere) -> None:
    with (
        pytest.raises(SourceFault, match="401 Unauthorized") as raised,
        reading(elsewhere.url, "wrong"),
    ):
        pass
    assert "wrong" not in str(raised.value)


def test_a_token_that_may_read_no_groups_is_a_fault(elsewhere: Elsewhere) -> None:
    scim = elsewhere.scim.application.scim(tenant=elsewhere.scim.tenant, scopes=["users:read"])
    with (
        reading(elsewhere.url, scim.bearer, KINDS) as read,
        pytest.raises(SourceFault, match="/Groups: 403 Forbidden"),
    ):
        list(read.entries("Group"))
