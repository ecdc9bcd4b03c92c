"""Whatever is sent, the answer is one that the OpenAPI document tells of (schemathesis)."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from scim_server.config import ADMIN_PATH, AUTH_PATH
from scim_server.web.openapi import BEARER
from tests.application import Application
from tests.signing import PASSWORD, people, signed_in

EXAMPLES = 3
"""For each operation, of what it takes and as many of what it does not; others per database."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
Headers = dict[str, str]


class World:
    """Who asks, and what there is to ask for; made anew for each operation, which may end it."""

    def __init__(self, application: Application, api: str) -> None:
        self.application = application
        self.api = api
        self.scim = people(application)

    def headers(self, operation: Any) -> Headers:
        """The credential that leads furthest."""
        schemes = {name for each in operation.definition.raw["security"] for name in each}
        token = self.application.token(self.scim.tenant)
        if self.api == AUTH_PATH and schemes == {BEARER}:
            name = self.scim.user(password=PASSWORD)["userName"]
            token = str(signed_in(self.application, self.scim, name).bearer)
        return {"Authorization": f"Bearer {token}"}

    def places(self) -> dict[str, list[str]]:
        """Ids of what there is, by what they are called in paths."""
        user = self.scim.user(displayName="Ada")["id"]
        return {"id": [user, self.scim.group(user)["id"]], "user": [user]}


@pytest.mark.parametrize("api", [ADMIN_PATH, AUTH_PATH])
def test_every_answer_is_one_that_is_described(application: Application, api: str) -> None:
    schema = schemathesis.openapi.from_wsgi(f"{api}/openapi.json", application.flask)
    world = World(application, api)
    faults: list[str] = []
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    described = sum(map(len, schema.raw_schema["paths"].values()))
    assert len(operations) == described - 1, "all but the document itself"
    for operation in operations:
        for mode in MODES:
            provoke(operation, mode, world, faults)
    assert not faults, "\n\n".join(faults)


def provoke(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    world: World,
    faults: list[str],
) -> None:
    """Send what the document allows, or what it does not, also of what there is."""
    headers, places = world.headers(operation), world.places()

    @seed(world.application.parts.database.is_sqlite)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), of=st.data())
    def send(case: Case[Any], of: st.DataObject) -> None:
        for name in case.path_parameters or {}:
            known = places.get(name, [])
            if known:
                drawn = of.draw(st.sampled_from([*known, case.path_parameters[name]]))
                case.path_parameters[name] = drawn
        case.call_and_validate(headers=headers, checks=CHECKS)

    try:
        send()
    except FailureGroup as found:
        faults.extend(f"{operation.label} {mode}: {each}" for each in found.exceptions)
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "what takes nothing cannot be given anything else"
    except Exception as found:  # noqa: BLE001  one operation's fault does not hide another's
        faults.append(f"{operation.label} {mode}: {found!r}")
