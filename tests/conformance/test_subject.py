"""The least that a type takes is taken, also where the type requires extensions."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.catalogue import catalogue
from conformance.findings import Verdict
from conformance.subject import Subject
from conformance.wire import Endpoint, Request
from scim_server.config import BUNDLED_SCHEMAS
from tests.conformance.otherwise import found
from tests.conformance.serving import Server, serving

SENSOR = "urn:example:params:scim:schemas:core:2.0:Sensor"
PLACE, SEAL, SPARE = (
    f"urn:example:params:scim:schemas:extension:{name}:2.0:Sensor"
    for name in ("place", "seal", "spare")
)
SCHEMAS = {
    SENSOR: [{"name": "label", "required": True}],
    # Required, with something that is required and something that is not.
    PLACE: [{"name": "room", "required": True}, {"name": "floor", "type": "integer"}],
    # Required, and nothing in it is.
    SEAL: [{"name": "broken", "mutability": "readOnly"}, {"name": "colour"}, {"name": "shape"}],
    SPARE: [{"name": "part", "required": True}],
}
TYPE = {
    "name": "Sensor",
    "endpoint": "/Sensors",
    "schema": SENSOR,
    "schemaExtensions": [
        {"schema": PLACE, "required": True},
        {"schema": SEAL, "required": True},
        {"schema": SPARE, "required": False},
    ],
}


@pytest.fixture
def sensors(tmp_path: Path) -> Iterator[Server]:
    """A server with a type that requires two of its three extensions."""
    for number, (urn, attributes) in enumerate(SCHEMAS.items()):
        schema = {"id": urn, "name": f"Schema {number}", "attributes": attributes}
        (tmp_path / f"{number}.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    (tmp_path / "resource_types.json").write_text(json.dumps([TYPE]), encoding="utf-8")
    with serving(f"sqlite:///{tmp_path}/scim.db", schemas=(BUNDLED_SCHEMAS, tmp_path)) as server:
        yield server


def test_what_is_required_is_in_the_least_and_nothing_else(sensors: Server) -> None:
    subject = Subject(Endpoint(sensors.url, sensors.token("strict")))
    subject.discover()
    least = subject.minimal("Sensor")
    assert least["schemas"] == [SENSOR, PLACE, SEAL]
    assert least.keys() == {"schemas", "label", PLACE, SEAL}
    assert (least[PLACE].keys(), least[SEAL].keys()) == ({"room"}, {"colour"})
    made = subject.endpoint.send(Request("POST", "/Sensors", {}, json.dumps(least)))
    assert made.status == 201, made
    assert {name: made.document[name] for name in (PLACE, SEAL)} == {
        PLACE: least[PLACE],
        SEAL: least[SEAL],
    }


def test_the_rest_is_added_to_it(sensors: Server) -> None:
    subject = Subject(Endpoint(sensors.url, sensors.token("strict")))
    subject.discover()
    everything = subject.full("Sensor")
    assert everything["schemas"] == [SENSOR, PLACE, SEAL, SPARE]
    assert everything[PLACE].keys() == {"room", "floor"}
    made = subject.endpoint.send(Request("POST", "/Sensors", {}, json.dumps(everything)))
    assert made.status == 201, made


@pytest.mark.parametrize("id", ["RES-005", "RES-007", "RES-009", "RES-010", "RES-028", "ATT-035"])
def test_checks_can_work_with_such_a_type(sensors: Server, id: str) -> None:
    examination = found(sensors, id)
    assert not examination.interruptions
    assert examination.verdicts(catalogue())[id] is Verdict.PASSED, examination.failures(id)
