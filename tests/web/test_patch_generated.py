"""PATCH over HTTP and a naive interpreter of RFC 7644 §3.5.2 agree on whatever the schemas allow.

What is refused changes nothing at all, and what comes out the same is no change.
"""

from copy import deepcopy
from functools import partial
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from tests.application import ACCOUNT, Application, Scim, error
from tests.examples import thorough
from tests.protocol.naive_document import assigned, listed
from tests.protocol.naive_patch import World, interpret
from tests.protocol.naive_values import Refused, Taken
from tests.protocol.patch_cases import BADGE, STARTS
from tests.protocol.patch_strategy import Operations
from tests.published import Json, is_membership, is_read_only, names_a_resource, published
from tests.rows import digest
from tests.web import samples

TAKEN = {"userName": ["b"], "displayName": ["b"], "number": ["b"], "assetTag": ["b"]}


def people(scim: Scim) -> dict[str, Json]:
    """Three users and a group, who have every value that is taken: each as a member, by its id."""
    users = [
        scim.user(userName="b", displayName="a", **{BADGE: {"number": "b"}}),
        scim.user(displayName="A work"),
        scim.user(),
    ]
    samples.device(scim, assetTag="b")
    everybody = [each["id"] for each in (*users, scim.group(displayName="b"))]
    return {member["value"]: member for member in scim.group(*everybody)["members"]}


class Place:
    """A tenant with a few resources, where those of one kind are made, patched and judged."""

    def __init__(self, application: Application, name: str) -> None:
        self.scim = scim = application.scim("strict")
        self.kind = published(samples.kind(scim, name), partial(samples.schema, scim))
        self.path = samples.kind(scim, name)["endpoint"]
        every = list(self.kind.everything())
        asked = [path for path, _ in every if not path.startswith(ACCOUNT)]
        self.query = {"attributes": ",".join(asked)}
        members = people(scim)
        unique = {d["name"] for _, d in every if d.get("uniqueness", "none") != "none"}
        self.world = World(members, {n: v for n, v in TAKEN.items() if n in unique})
        self.starts = list(STARTS[name])
        for relation in (d["name"] for _, d in every if is_membership(d)):
            some = [{"value": id} for id in sorted(members)[:3]]
            self.starts += [start | {relation: some} for start in STARTS[name]]
        self.wanted = Operations(self.kind, list(members)).strategy

    def judge(self, start: Json, wanted: list[Any]) -> None:
        """Patch a new resource, and compare with the naive answer."""
        created = self.scim.post(self.path, start, query=self.query)
        assert created.status_code == 201, created.text
        before = created.get_json(force=True)
        at = f"{self.path}/{before['id']}"
        try:
            self._judge(at, before, wanted)
        finally:
            assert self.scim.delete(at).status_code == 204

    def _judge(self, at: str, before: Json, wanted: list[Any]) -> None:
        rows = digest(self.scim)
        response = self.scim.patch(at, *wanted, query=self.query)
        after = self.scim.get(at, query=self.query).get_json(force=True)
        try:
            expected = interpret(self.kind, self._plain(before), wanted, self.world)
        except Refused as refusal:
            event(f"refused: {refusal}")
            _expect_refusal(response, refusal)
            expected = self._plain(before)
        else:
            assert response.status_code == 200, response.text
            assert response.get_json(force=True) == after
        assert self._plain(after) == self._plain(expected)
        if self._plain(before) == self._plain(expected):
            assert after == before
            assert digest(self.scim) == rows
        else:
            event("changed")
            assert _version(after) == _version(before) + 1

    def _plain(self, view: Json) -> Json:
        """What clients write of it, members in one order."""
        plain = deepcopy(view)
        for definition, value in assigned(self.kind, plain):
            if is_membership(definition):
                value.sort(key=lambda element: element["value"])
                continue
            derived = [d["name"] for d in definition.get("subAttributes", []) if _is_derived(d)]
            for element in listed(value) if derived else []:
                for part in derived:
                    element.pop(part, None)
        return {
            name: value
            for name, value in plain.items()
            if name not in ("meta", "groups") and value != []
        }


def _expect_refusal(response: TestResponse, refusal: Refused) -> None:
    status, scim_type = error(response)
    if isinstance(refusal, Taken):
        assert (status, scim_type) == (409, "uniqueness")
    else:
        assert status == 400, response.text


def _is_derived(definition: Json) -> bool:
    return is_read_only(definition) or names_a_resource(definition)


def _version(view: Json) -> int:
    """The version number, without the digest of what others say of the resource."""
    return int(view["meta"]["version"].removeprefix('W/"').rstrip('"').split(".")[0])


@pytest.fixture(scope="module")
def places(application: Application) -> dict[str, Place]:
    return {name: Place(application, name) for name in STARTS}


@pytest.mark.proves("PAT-004", "PAT-005", "PAT-025")
@pytest.mark.parametrize("name", STARTS)
@thorough(100)
@given(data=st.data())
def test_both_answer_alike(places: dict[str, Place], name: str, data: st.DataObject) -> None:
    place = places[name]
    place.judge(data.draw(st.sampled_from(place.starts)), data.draw(place.wanted))
