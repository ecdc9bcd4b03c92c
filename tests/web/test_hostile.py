"""Whatever is sent: never a 500, every refusal a SCIM error, and no trace of what was refused."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.application import MESSAGES, Application, error
from tests.examples import thorough
from tests.rows import digest
from tests.web.hostile_requests import FILTER, JSON, PATH, REQUESTS, Hostile

ANSWERS = {200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 501}


class Victim:
    """A tenant with a user and a group, which a request may well change or delete."""

    def __init__(self, application: Application) -> None:
        self.scim = application.scim()
        self.ids = {"user": self.scim.user()["id"], "group": self.scim.group()["id"]}

    def take(self, request: Hostile) -> None:
        """Send it and judge the answer."""
        before = digest(self.scim)
        path = request.path.replace("{user}", self.ids["user"])
        path = path.replace("{group}", self.ids["group"])
        headers = {"Content-Type": "application/scim+json", **request.headers}
        response = self.scim.send(
            request.method, path, data=_dumped(request.body), query=request.query, headers=headers
        )
        assert response.status_code in ANSWERS, response.text
        if response.status_code >= 400:
            assert request.method == "HEAD" or error(response)
            assert digest(self.scim) == before


def _dumped(body: Any) -> bytes:
    try:
        return orjson.dumps(body)
    except (TypeError, orjson.JSONEncodeError):
        return str(body).encode(errors="replace")


@pytest.fixture(scope="module")
def victim(application: Application) -> Victim:
    return Victim(application)


@thorough(150)
@given(request_=REQUESTS)
def test_a_hostile_request(victim: Victim, request_: Hostile) -> None:
    victim.take(request_)


@thorough(150)
@given(filter=FILTER, place=st.sampled_from(["/Users", "/Groups", "/", "/Devices"]))
def test_a_hostile_filter(victim: Victim, filter: str, place: str) -> None:
    victim.take(Hostile("GET", place, None, {"filter": filter}))


PATCH = {"schemas": [MESSAGES + "PatchOp"]}
OPERATION = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace"])},
    optional={"path": PATH, "value": JSON | FILTER},
)


@thorough(150)
@given(
    operations=st.lists(OPERATION, min_size=1, max_size=3),
    place=st.sampled_from(["/Users/{user}", "/Groups/{group}"]),
)
def test_a_hostile_patch(victim: Victim, operations: list[dict[str, Any]], place: str) -> None:
    victim.take(Hostile("PATCH", place, PATCH | {"Operations": operations}))
