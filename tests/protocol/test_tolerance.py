"""Named tolerances: what they let pass, what strict mode says instead, what stays refused."""

from copy import deepcopy

import pytest

from scim_server.protocol.bind import bind
from scim_server.protocol.errors import InvalidFilter, ScimError
from scim_server.protocol.filter import parse_filter
from scim_server.protocol.resource import load
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.tolerance.body import relax_document
from scim_server.protocol.tolerance.query import relax_filter, relax_filter_text, relax_query
from scim_server.protocol.tolerance.table import TOLERANCES
from tests.protocol.tolerance_cases import (
    BODIES,
    CORE,
    ENT,
    ENVELOPES,
    FILTERS,
    MEMBERS,
    OTHERWISE,
    PARAMETERS,
    PATCHES,
    USER,
)


@pytest.mark.parametrize(("more", "changes", "name"), BODIES)
def test_a_tolerated_body_means_the_standard_one(
    user: ResourceType, more: Document, changes: Document, name: str
) -> None:
    body, used = {"schemas": [CORE], "userName": "bo", **more}, set[str]()
    sent = deepcopy(body)
    assert load(user, relax_document(user, body, used)) == {
        "schemas": [CORE],
        "userName": "bo",
        **changes,
    }
    assert used == {name}
    assert body == sent
    with pytest.raises(ScimError):
        load(user, body)


@pytest.mark.proves("CRE-011")
def test_a_body_of_another_type_is_refused_all_the_same(group: ResourceType) -> None:
    body = {"schemas": [CORE], "userName": "bo", "displayName": "Bo"}
    with pytest.raises(ScimError):
        load(group, relax_document(group, body, set()))


@pytest.mark.parametrize("body", [[], None, {"schemas": [1]}, {"schemas": "x"}, {ENT: 5}])
def test_a_body_that_is_no_resource_is_refused(user: ResourceType, body: object) -> None:
    with pytest.raises(ScimError):
        load(user, relax_document(user, body, set()))


def test_read_only_values_are_left_to_the_strict_code(user: ResourceType) -> None:
    used = set[str]()
    body = {**USER, "id": None, "meta": {"x": 1}, "groups": []}
    assert load(user, relax_document(user, body, used)) == USER
    assert used == set()


@pytest.mark.parametrize(("text", "standard", "names"), FILTERS)
@pytest.mark.proves("FIL-024", "IOP-003")
def test_a_tolerated_filter_means_the_standard_one(
    user: ResourceType, text: str, standard: str, names: set[str]
) -> None:
    used = set[str]()
    tree = relax_filter(user, parse_filter(relax_filter_text(text, used)), used)
    assert bind(user, tree) == bind(user, parse_filter(standard))
    assert used == names


@pytest.mark.parametrize("text", ['foo eq "x"', 'foo[bar eq "x"]', 'emails[foo eq "x"]', "x pr"])
def test_an_unknown_name_in_a_filter_stays_refused(user: ResourceType, text: str) -> None:
    with pytest.raises(InvalidFilter):
        bind(user, relax_filter(user, parse_filter(text), set()))


@pytest.mark.parametrize(("args", "standard", "names"), PARAMETERS)
def test_tolerated_parameters_mean_the_standard_ones(
    args: dict[str, list[str]], standard: dict[str, list[str]], names: set[str]
) -> None:
    used = set[str]()
    assert relax_query(args, used) == standard
    assert used == names


def test_every_tolerance_has_a_case() -> None:
    named = {case[-1] for case in (*PATCHES, *OTHERWISE, *ENVELOPES, *MEMBERS, *BODIES)}
    rewriting = TOLERANCES.keys() - {"discovery_profile", "unknown_members"}  # test_intake.py
    assert named.union(*(case[-1] for case in (*FILTERS, *PARAMETERS))) == rewriting
