"""Which address a request comes from, with reverse proxies in front and without."""

from collections.abc import Iterator

import pytest

from tests.application import Application, Scim
from tests.signing import PASSWORD, people, sign_in

PROXY = {"REMOTE_ADDR": "10.0.0.1"}
FORGED = "192.0.2.66"


@pytest.fixture
def behind(application: Application, proxies: int) -> Iterator[Application]:
    """A node on the same database that has so many proxies in front."""
    node = Application(application.config.database_url, proxies=proxies)
    yield node
    node.parts.database.close()


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, FORGED, "10.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, f"{FORGED}, 198.51.100.7", "198.51.100.7"),
        (1, "2001:DB8::7", "2001:db8::7"),
        (1, "", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, f"{FORGED}, {'7' * 5000}", "10.0.0.1"),
        (2, f"{FORGED},198.51.100.7 , 10.0.0.2", "198.51.100.7"),
        (2, "10.0.0.2", "10.0.0.1"),
    ],
)
def test_sessions_and_events_tell_where_a_request_came_from(
    behind: Application, header: str, address: str
) -> None:
    world = people(behind)
    user = world.user(password=PASSWORD)
    headers = {"X-Forwarded-For": header}
    name = user["userName"]
    answer = sign_in(behind, world, name, headers=headers, environ_overrides=PROXY)
    assert answer.get_json()["session"]["address"] == address
    assert addresses(behind, world, user["id"])[0] == address


@pytest.mark.parametrize("proxies", [1])
def test_a_change_tells_it_too(behind: Application) -> None:
    world: Scim = behind.scim()
    body = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": world.name()}
    made = world.post("/Users", body, headers={"X-Forwarded-For": "198.51.100.7"})
    assert addresses(behind, world, made.get_json(force=True)["id"]) == ["198.51.100.7"]


def addresses(application: Application, world: Scim, user: str) -> list[str]:
    """Where the events of a user came from, the newest first."""
    found = application.admin(world.tenant).get(f"/users/{user}/events").get_json()["events"]
    return [each["actor"]["address"] for each in found]
