"""Nobody acts on who holds more than they do (security rule 14): every endpoint is tried."""

import pytest
from werkzeug.test import TestResponse

from scim_server.config import ADMIN_PATH, BASE_PATH
from tests.application import Application
from tests.security.endpoints import ADMINISTRATION, PROVISIONING
from tests.security.lesser import LESSER, bearer_of
from tests.security.stage import ABOUT_SOMEBODY, Stage, staged
from tests.signing import people
from tests.web.people import ADMINISTRATOR, with_role


@pytest.fixture(scope="module")
def stage(application: Application) -> Stage:
    """One for all that is refused: each test sees that nothing has changed."""
    return staged(application, people(application))


@pytest.fixture(scope="module")
def told(stage: Stage) -> str:
    """All that is shown of who holds more, before anybody tries."""
    return stage.told()


@pytest.fixture(scope="module")
def lesser(request: pytest.FixtureRequest, stage: Stage) -> str:
    """The token of who tries."""
    return bearer_of(request.param, stage.application, stage.world)


@pytest.mark.parametrize("call", ABOUT_SOMEBODY)
@pytest.mark.parametrize("lesser", LESSER, indirect=True)
def test_nobody_acts_on_who_holds_more(stage: Stage, told: str, lesser: str, call: str) -> None:
    answer = stage.send(ADMIN_PATH, call, ADMINISTRATION[call], lesser)
    assert refused(answer), answer.text
    assert stage.told() == told


def refused(answer: TestResponse) -> bool:
    """Also where each of many has an outcome of its own, or who is out of reach is passed over."""
    if answer.status_code == 200:
        told = answer.get_json()
        return all(each["status"] in (403, 404) for each in told["results"])
    return answer.status_code in (403, 404)


ABOUT_USERS = [call for call in PROVISIONING if "/Users/<id>" in call or "/Bulk" in call]


@pytest.mark.parametrize("call", ABOUT_USERS)
@pytest.mark.parametrize("lesser", [each for each in LESSER if " key" in f" {each}"], indirect=True)
def test_nobody_acts_on_who_holds_more_over_scim(
    stage: Stage, told: str, lesser: str, call: str
) -> None:
    """A key is no identity provider, whoever it belongs to."""
    answer = stage.send(BASE_PATH, call, PROVISIONING[call], lesser)
    results = answer.get_json(force=True).get("Operations", [{"status": str(answer.status_code)}])
    assert [each["status"] for each in results] == ["403"]
    assert stage.told() == told


def test_a_session_of_who_holds_more_may_be_seen_and_not_ended(
    stage: Stage,
) -> None:
    _, administrator = with_role(stage.application, stage.world, ADMINISTRATOR)
    assert stage.names["session"] in administrator.get("/sessions").text
    assert administrator.delete(f"/sessions/{stage.names['session']}").status_code == 403
