"""Bulk: the end state is that of processing in order, whatever is stored together (§3.7)."""

from typing import Any

import pytest

from tests.application import ENTERPRISE, Scim
from tests.web import bulk_job as job


def shown(scim: Scim, id: str) -> dict[str, Any]:
    found: dict[str, Any] = scim.get(f"/Users/{id}").get_json(force=True)
    return found


@pytest.mark.proves("BLK-016")
def test_a_name_is_free_after_a_deletion_in_the_same_job(scim: Scim) -> None:
    old = scim.user(userName="ada")["id"]
    results = job.run(scim, job.delete(f"/Users/{old}"), job.create_user("new", "ada"))
    assert job.statuses(results) == ["204", "201"]
    assert job.made(results[1]) != old


@pytest.mark.proves("BLK-016")
def test_a_name_is_taken_before_its_deletion(scim: Scim) -> None:
    old = scim.user(userName="ada")["id"]
    assert job.statuses(
        job.run(scim, job.create_user("new", "ada"), job.delete(f"/Users/{old}"))
    ) == ["409", "204"]


@pytest.mark.proves("BLK-016", "BLK-012")
def test_a_forward_reference_does_not_bring_a_creation_before_the_deletion_it_waits_for(
    scim: Scim,
) -> None:
    old = scim.user(userName="ada")["id"]
    results = job.run(
        scim,
        job.create_group("g", "Staff", "bulkId:new"),
        job.delete(f"/Users/{old}"),
        job.create_user("new", "ada"),
    )
    assert job.statuses(results) == ["201", "204", "201"]


@pytest.mark.proves("BLK-016", "BLK-012")
def test_a_forward_reference_does_not_turn_two_changes_of_one_resource_round(scim: Scim) -> None:
    id = scim.user(userName="ada")["id"]
    results = job.run(
        scim,
        job.put_user(f"/Users/{id}", "ada", title="first", **job.under("bulkId:boss")),
        job.retitle(f"/Users/{id}", "second"),
        job.create_user("boss", "boss"),
    )
    assert job.statuses(results) == ["200", "200", "201"]
    assert shown(scim, id)["title"] == "second"
    assert shown(scim, id)[ENTERPRISE]["manager"]["value"] == job.made(results[2])


@pytest.mark.proves("BLK-016")
def test_what_is_created_changed_and_deleted_in_one_job_ends_as_in_order(scim: Scim) -> None:
    results = job.run(
        scim,
        job.create_user("a", "a"),
        job.retitle("/Users/bulkId:a", "one"),
        job.create_user("b", "b"),
        job.retitle("/Users/bulkId:a", "two"),
        job.delete("/Users/bulkId:b"),
        job.create_user("c", "b"),
        job.retitle("/Users/bulkId:b", "three"),
    )
    assert job.statuses(results) == ["201", "200", "201", "200", "204", "201", "404"]
    assert shown(scim, job.made(results[0]))["title"] == "two"
    assert scim.found("/Users", 'userName eq "b"') == [job.made(results[5])]


@pytest.mark.proves("BLK-016")
def test_a_rename_frees_a_name_for_what_follows(scim: Scim) -> None:
    id = scim.user(userName="ada")["id"]
    renamed = job.patch(f"/Users/{id}", {"op": "replace", "path": "userName", "value": "lovelace"})
    assert job.statuses(job.run(scim, renamed, job.create_user("new", "ada"))) == ["200", "201"]
