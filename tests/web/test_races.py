"""Many requests at once (security rules 10 and 17)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from tests.application import USER, Scim
from tests.web.event_log import actions

THREADS = 6
"""Fewer than the connections that the server may open for reads and for writes."""


def at_once(count: int, act: Callable[[int], TestResponse]) -> Counter[int]:
    """How often each status came back."""
    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(response.status_code for response in pool.map(act, range(count)))


@pytest.mark.proves("CRE-012")
def test_of_twenty_equal_creations_one_wins(scim: Scim) -> None:
    token, application = scim.bearer, scim.application

    def create(_: int) -> TestResponse:
        body = {"schemas": [USER], "userName": "ada"}
        return Scim(application, scim.tenant, token).post("/Users", body)

    assert at_once(20, create) == {201: 1, 409: 19}
    assert actions(scim) == ["create"]


def test_no_membership_is_lost_between_parallel_additions(scim: Scim) -> None:
    ids = [scim.user()["id"] for _ in range(24)]
    group = scim.group()["id"]

    def join(number: int) -> TestResponse:
        operation = {"op": "add", "path": "members", "value": [{"value": ids[number]}]}
        own = Scim(scim.application, scim.tenant, scim.bearer)
        return own.patch(f"/Groups/{group}", operation)

    assert at_once(24, join) == {200: 24}
    shown = scim.get(f"/Groups/{group}").get_json(force=True)
    assert {member["value"] for member in shown["members"]} == set(ids)
    assert shown["meta"]["version"] == 'W/"25"'
    assert actions(scim, group) == ["create", *["update"] * 24]
