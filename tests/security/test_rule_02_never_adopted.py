"""An account that is there is never adopted by what looks like it (security rule 2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.application import USER, Application, Scim
from tests.cli.operator import Operator
from tests.security.stage import Stage, staged
from tests.signing import Signing, allow, people, tenant_name


@dataclass(frozen=True)
class Twin:
    """A profile that looks like the one of somebody who is there."""

    stage: Stage
    name: str
    email: str

    @property
    def scim(self) -> Scim:
        return self.stage.world

    def body(self, **attributes: Any) -> dict[str, Any]:
        emails = [{"value": self.email, "primary": True}]
        return {"schemas": [USER], "userName": self.name, "emails": emails, **attributes}


def bulk(twin: Twin) -> TestResponse:
    operation = {"method": "POST", "path": "/Users", "bulkId": "q", "data": twin.body()}
    return twin.scim.bulk(operation)


def imported(media: str, text: Callable[[Twin], str]) -> Callable[[Twin], TestResponse]:
    return lambda twin: twin.stage.admin.send(
        "POST", "/users/import", data=text(twin).encode(), content_type=media
    )


WAYS: dict[str, Callable[[Twin], TestResponse]] = {
    "POST": lambda t: t.scim.post("/Users", t.body()),
    "POST with the externalId": lambda t: t.scim.post("/Users", t.body(externalId=t.stage.id)),
    "POST with the id": lambda t: t.scim.post("/Users", t.body(id=t.stage.id)),
    "Bulk": bulk,
    "administration": lambda t: t.stage.admin.post(
        "/users", {"userName": t.name, "email": t.email}
    ),
    "invitation": lambda t: t.stage.admin.post(
        "/users", {"userName": t.name, "email": t.email, "activation": "pending"}
    ),
    "import of CSV": imported("text/csv", lambda t: f"userName,email\n{t.name},{t.email}\n"),
    "import of lines": imported(
        "application/jsonl", lambda t: f'{{"userName": "{t.name}", "email": "{t.email}"}}\n'
    ),
    "registration": lambda t: Signing(t.stage.application).post(
        "/registration",
        {"tenant": t.stage.names["tenant"], "userName": t.name, "email": t.email},
    ),
}


@pytest.fixture(scope="module")
def stage(application: Application) -> Stage:
    """One for all: each test sees that nothing has changed."""
    world = people(application)
    allow(application, world, selfRegistration=True)
    return staged(application, world)


@pytest.mark.parametrize("spelling", [str, str.upper, str.title])
@pytest.mark.parametrize("way", WAYS)
def test_the_same_name_is_refused(stage: Stage, way: str, spelling: Callable[[str], str]) -> None:
    before = stage.told()
    answer = WAYS[way](Twin(stage, spelling(stage.own.name), "else@mail.example"))
    outcomes = [each["status"] for each in answer.get_json(force=True).get("Operations", ())]
    status = 400 if way.startswith("import") else 409
    assert answer.status_code == status or outcomes == ["409"], answer.text
    assert stage.told() == before


@pytest.mark.parametrize("way", WAYS)
def test_the_same_address_is_another_account(stage: Stage, way: str) -> None:
    before, name = stage.told(), f"twin-{stage.world.name()}"
    answer = WAYS[way](Twin(stage, name, f"{stage.own.name}@mail.example"))
    assert answer.status_code in (200, 201, 202), answer.text
    [made] = stage.world.found("/Users", f'userName eq "{name}"')
    assert made != stage.id
    assert stage.told() == before
    assert stage.admin.get(f"/users/{made}/sessions").get_json()["total"] == 0
    assert stage.admin.get(f"/users/{made}/keys").get_json()["total"] == 0
    assert stage.admin.get(f"/users/{made}/rights").get_json()["rights"] == []


def test_the_command_adopts_nobody(application: Application, stage: Stage) -> None:
    before = stage.told()
    operator = Operator(SCIM_DATABASE_URL=application.config.database_url)
    tenant = tenant_name(application, stage.world.tenant)
    [told] = operator.refused("user", "add", stage.own.name, "--tenant", tenant)
    assert told.startswith("Error: userName already exists")
    assert stage.told() == before
