"""Filters in the URL of a real GET: as long as a request line may be, and longer (rule 8)."""

from urllib.parse import quote

import pytest

from scim_server import serving
from scim_server.config import BASE_PATH
from tests.live import Live
from tests.web.test_filter_limits import FILTERS

ROOM = serving.limit_request_line - len(f"GET {BASE_PATH}/Users?filter= HTTP/1.1")
"""Bytes of a filter, as it is sent."""


def padded(length: int) -> str:
    """A filter that takes so many bytes in a URL, and finds the user "long"."""
    begin, end = quote('userName eq "'), quote('" or userName eq "long"')
    return begin + "x" * (length - len(begin) - len(end)) + end


@pytest.mark.parametrize("over", [0, 1])
def test_the_longest_filter_that_a_request_line_holds_is_answered(server: Live, over: int) -> None:
    with server.client() as client:
        client.post("/Users", json={"userName": "long"}).raise_for_status()
        answer = client.get(f"/Users?filter={padded(ROOM + over)}")
        assert answer.status_code == (414 if over else 200), answer.text
        assert [each["userName"] for each in answer.json().get("Resources", ())] == (
            [] if over else ["long"]
        )


@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS)
def test_a_filter_beyond_the_limits_is_refused_and_the_server_goes_on(
    server: Live, filter: str
) -> None:
    with server.client() as client:
        for sent in (quote(filter), quote(filter, safe="()' ").replace(" ", "+")):
            answer = client.get(f"/Users?filter={sent}")
            assert answer.status_code in (400, 414), answer.text
            assert answer.json()["status"] == str(answer.status_code)
        assert client.get("/Users").status_code == 200
