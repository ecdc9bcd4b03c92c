"""Bulk: the end state is that of processing in order, whatever is stored together (§3.7)."""

from typing import Any

import pytest

from tests.application import ENTERPRISE, Scim
from tests.web.bulk_job import (
    create_group,
    create_user,
    delete,
    made,
    patch,
    put_user,
    retitle,
    run,
    statuses,
)


def shown(scim: Scim, id: str) -> dict[str, Any]:
    found: dict[str, Any] = scim.get(f"/Users/{id}").get_json(force=True)
    return found


@pytest.mark.proves("BLK-016")
def test_a_name_is_free_after_a_deletion_in_the_same_job(scim: Scim) -> None:
    old = scim.user(userName="ada")["id"]
    results = run(scim, delete(f"/Users/{old}"), create_user("new", "ada"))
    assert statuses(results) == ["204", "201"]
    assert made(results[1]) != old


@pytest.mark.proves("BLK-016")
def test_a_name_is_taken_before_its_deletion(scim: Scim) -> None:
    old = scim.user(userName="ada")["id"]
    assert statuses(run(scim, create_user("new", "ada"), delete(f"/Users/{old}"))) == ["409", "204"]


@pytest.mark.proves("BLK-016", "BLK-012")
def test_a_forward_reference_does_not_bring_a_creation_before_the_deletion_it_waits_for(
    scim: Scim,
) -> None:
    old = scim.user(userName="ada")["id"]
    results = run(
        scim,
        create_group("g", "Staff", "bulkId:new"),
        delete(f"/Users/{old}"),
        create_user("new", "ada"),
    )
    assert statuses(results) == ["201", "204", "201"]


@pytest.mark.proves("BLK-016", "BLK-012")
def test_a_forward_reference_does_not_turn_two_changes_of_one_resource_round(scim: Scim) -> None:
    id = scim.user(userName="ada")["id"]
    reports_to = {ENTERPRISE: {"manager": {"value": "bulkId:boss"}}}
    results = run(
        scim,
        put_user(f"/Users/{id}", "ada", title="first", **reports_to),
        retitle(f"/Users/{id}", "second"),
        create_user("boss", "boss"),
    )
    assert statuses(results) == ["200", "200", "201"]
    assert shown(scim, id)["title"] == "second"
    assert shown(scim, id)[ENTERPRISE]["manager"]["value"] == made(results[2])


@pytest.mark.proves("BLK-016")
def test_what_is_created_changed_and_deleted_in_one_job_ends_as_in_order(scim: Scim) -> None:
    results = run(
        scim,
        create_user("a", "a"),
        retitle("/Users/bulkId:a", "one"),
        create_user("b", "b"),
        retitle("/Users/bulkId:a", "two"),
        delete("/Users/bulkId:b"),
        create_user("c", "b"),
        retitle("/Users/bulkId:b", "three"),
    )
    assert statuses(results) == ["201", "200", "201", "200", "204", "201", "404"]
    assert shown(scim, made(results[0]))["title"] == "two"
    assert scim.found("/Users", 'userName eq "b"') == [made(results[5])]


@pytest.mark.proves("BLK-016")
def test_a_rename_frees_a_name_for_what_follows(scim: Scim) -> None:
    id = scim.user(userName="ada")["id"]
    renamed = patch(f"/Users/{id}", {"op": "replace", "path": "userName", "value": "lovelace"})
    assert statuses(run(scim, renamed, create_user("new", "ada"))) == ["200", "201"]
