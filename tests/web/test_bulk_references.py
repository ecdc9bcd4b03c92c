"""Bulk: ``bulkId:x`` references, forward, circular, and to what was not made (RFC 7644 §3.7.2)."""

import pytest

from tests.application import ENTERPRISE, Scim
from tests.web import bulk_job as job
from tests.web.event_log import actions


def manager(scim: Scim, id: str) -> object:
    return scim.get(f"/Users/{id}").get_json(force=True)[ENTERPRISE]["manager"]["value"]


def member_ids(scim: Scim, group: str) -> list[str]:
    shown = scim.get(f"/Groups/{group}").get_json(force=True)["members"]
    return [member["value"] for member in shown]


@pytest.mark.proves("BLK-011", "BLK-012")
@pytest.mark.parametrize("turned", [False, True])
def test_references_resolve_wherever_they_stand_in_either_order(scim: Scim, turned: bool) -> None:
    operations = [
        job.create_user("alice", "alice"),
        job.create_user("bob", "bob", **job.under("bulkId:alice")),
        job.create_group("staff", "Staff", "bulkId:alice", "bulkId:bob"),
    ]
    results = job.run(scim, *(reversed(operations) if turned else operations))
    alice, bob, staff = (job.made(r) for r in (reversed(results) if turned else results))
    assert manager(scim, bob) == alice
    assert sorted(member_ids(scim, staff)) == sorted([alice, bob])


@pytest.mark.proves("BLK-013")
def test_a_circle_of_managers_resolves(scim: Scim) -> None:
    results = job.run(
        scim,
        job.create_user("a", "a", **job.under("bulkId:b")),
        job.create_user("b", "b", **job.under("bulkId:c")),
        job.create_user("c", "c", **job.under("bulkId:a")),
        job.create_user("self", "self", **job.under("bulkId:self")),
    )
    a, b, c, own = map(job.made, results)
    assert [manager(scim, id) for id in (a, b, c, own)] == [b, c, a, own]


@pytest.mark.proves("BLK-013")
def test_a_circle_of_groups_is_a_conflict_for_them_alone(scim: Scim) -> None:
    results = job.run(
        scim,
        job.create_user("u", "u"),
        job.create_group("a", "A", "bulkId:b", "bulkId:u"),
        job.create_group("b", "B", "bulkId:a"),
        job.create_group("own", "Own", "bulkId:own"),
        job.create_group("c", "C", "bulkId:u"),
    )
    assert job.statuses(results) == ["201", "409", "409", "409", "201"]
    assert actions(scim) == ["create", "create"]
    assert len(scim.found("/Groups", "displayName pr")) == 1


@pytest.mark.proves("BLK-014")
@pytest.mark.parametrize(
    "operation",
    [
        job.create_user("q", "ada", **job.under("bulkId:ghost")),
        job.create_group("q", "Staff", "bulkId:ghost"),
        job.retitle("/Users/bulkId:ghost", "Dr"),
        job.delete("/Users/bulkId:ghost"),
        job.create_user("q", "ada", displayName="bulkId:ghost"),
    ],
)
def test_a_reference_to_nothing_fails_and_is_never_stored(
    scim: Scim, operation: job.Operation
) -> None:
    results = job.run(scim, operation)
    assert job.statuses(results) == ["409"]
    assert "bulkId:ghost" in results[0]["response"]["detail"]
    assert actions(scim) == []


FAILING = [
    pytest.param(job.create_user("bad", "taken"), "409", id="by a taken name"),
    pytest.param(job.create_user("bad", ""), "400", id="by its body"),
    pytest.param(job.create_user("bad", "x") | {"path": "/Ghosts"}, "404", id="by its path"),
    pytest.param(job.create_user("bad", "x") | {"data": None}, "400", id="by its form"),
]


@pytest.mark.proves("BLK-014")
@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("bad", "status"), FAILING)
def test_what_refers_to_a_failed_operation_fails_and_so_does_what_refers_to_that(
    scim: Scim, bad: job.Operation, status: str, turned: bool
) -> None:
    scim.user(userName="taken")
    operations = [
        bad,
        job.create_user("report", "report", **job.under("bulkId:bad")),
        job.create_group("staff", "Staff", "bulkId:report"),
        job.retitle("/Users/bulkId:report", "Dr"),
        job.create_user("good", "good"),
    ]
    results = job.run(scim, *(reversed(operations) if turned else operations))
    expected = [status, "409", "409", "409", "201"]
    assert job.statuses(results) == (expected[::-1] if turned else expected)
    assert scim.found("/Users", 'userName eq "report"') == []
    assert actions(scim) == ["create", "create"]


@pytest.mark.proves("BLK-013", "BLK-014")
def test_of_a_circle_with_a_bad_user_the_bad_one_says_why_and_the_other_conflicts(
    scim: Scim,
) -> None:
    results = job.run(
        scim,
        job.create_user("a", "a", **job.under("bulkId:b")),
        job.create_user("b", "b", active="maybe", **job.under("bulkId:a")),
    )
    assert job.statuses(results) == ["409", "400"]
    assert actions(scim) == []


@pytest.mark.proves("BLK-010", "BLK-013")
def test_both_of_a_circle_count_as_errors(scim: Scim) -> None:
    results = job.run(
        scim,
        job.create_group("a", "A", "bulkId:b"),
        job.create_group("b", "B", "bulkId:a"),
        job.create_user("late", "late"),
        failOnErrors=2,
    )
    assert job.statuses(results) == ["409", "409"]
    assert actions(scim) == []


@pytest.mark.proves("BLK-022")
def test_a_path_may_name_what_the_job_makes(scim: Scim) -> None:
    results = job.run(
        scim,
        job.retitle("/Users/bulkId:u", "Dr"),
        job.create_user("u", "u"),
        job.put_user("/Users/bulkId:u", "renamed", title="Prof"),
        job.create_user("gone", "gone"),
        job.delete("/Users/bulkId:gone"),
    )
    assert job.statuses(results) == ["200", "201", "200", "201", "204"]
    location = results[1]["location"]
    assert [r["location"] for r in results[:3]] == [location] * 3
    shown = scim.get(f"/Users/{job.made(results[1])}").get_json(force=True)
    assert (shown["userName"], shown["title"]) == ("renamed", "Prof")
    assert scim.get(f"/Users/{job.made(results[3])}").status_code == 404


@pytest.mark.proves("BLK-006", "BLK-022")
def test_a_failed_change_of_what_the_job_makes_is_told_by_its_real_location(scim: Scim) -> None:
    results = job.run(scim, job.create_user("u", "u"), job.put_user("/Users/bulkId:u", ""))
    assert job.statuses(results) == ["201", "400"]
    assert results[1]["location"] == results[0]["location"]


@pytest.mark.proves("BLK-011")
def test_a_reference_resolves_inside_the_path_of_a_patch(scim: Scim) -> None:
    user = scim.user()["id"]
    group = scim.group(user)["id"]
    added = {"op": "add", "path": "members", "value": [{"value": "bulkId:u"}]}
    removed = {"op": "remove", "path": 'members[value eq "bulkId:u"]'}
    at = f"/Groups/{group}"
    results = job.run(scim, job.patch(at, added), job.create_user("u", "u"))
    assert job.statuses(results) == ["200", "201"]
    assert member_ids(scim, group) == [user, job.made(results[1])]
    both = job.run(scim, job.patch(at, added), job.patch(at, removed), job.create_user("u", "u2"))
    assert job.statuses(both) == ["200", "200", "201"]
    assert member_ids(scim, group) == [user, job.made(results[1])]


def test_another_tenant_s_bulk_ids_and_members_are_unknown(scim: Scim) -> None:
    stranger = scim.application.scim().user()["id"]
    results = job.run(scim, job.create_group("g", "G", stranger), job.delete(f"/Users/{stranger}"))
    assert job.statuses(results) == ["400", "404"]
