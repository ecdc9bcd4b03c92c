"""A JSON file in a schema folder is all that a new type or extension takes (RFC 7643 §3.2, §6)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scim_server.config import BUNDLED_SCHEMAS, Config
from scim_server.parts import build
from scim_server.protocol.loading.registry import BadSchemas
from tests.application import BASE_URL, USER, Application, Scim, error

SENSOR = "urn:example:params:scim:schemas:core:2.0:Sensor"
PLACE = "urn:example:params:scim:schemas:extension:place:2.0:Sensor"
PARKING = "urn:example:params:scim:schemas:extension:parking:1.0:User"

FILES: dict[str, Any] = {
    "sensor.schema.json": {
        "id": SENSOR,
        "name": "Sensor",
        "attributes": [
            {"name": "id", "mutability": "readWrite", "returned": "default"},
            {"name": "label", "required": True, "uniqueness": "server"},
            {"name": "reading", "type": "decimal"},
            {"name": "model", "mutability": "immutable", "caseExact": True},
            {"name": "key", "mutability": "writeOnly", "returned": "never"},
            {
                "name": "probes",
                "type": "complex",
                "multiValued": True,
                "subAttributes": [
                    {"name": "value", "required": True},
                    {"name": "type"},
                    {"name": "primary", "type": "boolean"},
                ],
            },
        ],
    },
    "place.schema.json": {
        "id": PLACE,
        "name": "Place",
        "attributes": [{"name": "room", "required": True}, {"name": "floor", "type": "integer"}],
    },
    "parking.schema.json": {
        "id": PARKING,
        "name": "Parking",
        "attributes": [
            {"name": "lot", "uniqueness": "server"},
            {"name": "paid", "type": "boolean"},
        ],
    },
    "sensor.resource_types.json": [
        {
            "name": "Sensor",
            "endpoint": "/Sensors",
            "schema": SENSOR,
            "schemaExtensions": [{"schema": PLACE, "required": True}],
        }
    ],
    "parking.resource_types.json": [
        {"name": "User", "schemaExtensions": [{"schema": PARKING, "required": False}]}
    ],
}

Json = dict[str, Any]


def write(folder: Path, files: dict[str, Any]) -> Path:
    """A schema folder with these files."""
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return folder


@pytest.fixture
def strict(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scim]:
    """A strict client of a server with the files above in a folder of its own."""
    folder = write(tmp_path_factory.mktemp("schemas"), FILES)
    application = Application(database_url, schemas=(BUNDLED_SCHEMAS, folder))
    yield application.scim("strict")
    application.parts.database.close()


def sensor(label: str, **attributes: Any) -> Json:
    """The body of a sensor."""
    return {"schemas": [SENSOR, PLACE], "label": label, PLACE: {"room": "R1"}} | attributes


def posted(scim: Scim, label: str, **attributes: Any) -> Json:
    """A stored sensor."""
    response = scim.post("/Sensors", sensor(label, **attributes))
    assert response.status_code == 201, response.text
    body: Json = response.get_json()
    return body


@pytest.mark.proves("RES-028", "RES-026", "RTY-001", "SDF-001", "SDF-008")
def test_the_type_is_discovered(strict: Scim) -> None:
    published = strict.get("/ResourceTypes/Sensor").get_json()
    assert published["endpoint"] == "/Sensors"
    assert published["schemaExtensions"] == [{"schema": PLACE, "required": True}]
    assert strict.get(f"/Schemas/{SENSOR}").get_json()["attributes"][2]["type"] == "decimal"
    extended = strict.get("/ResourceTypes/User").get_json()["schemaExtensions"]
    assert {"schema": PARKING, "required": False} in extended


@pytest.mark.proves("RES-028")
def test_it_is_created_read_replaced_and_deleted(strict: Scim) -> None:
    created = posted(strict, "S-1", reading=4.75, key="secret")
    at = f"/Sensors/{created['id']}"
    assert created["meta"]["resourceType"] == "Sensor"
    assert created["meta"]["location"] == BASE_URL + at
    assert strict.get(at).get_json() == created
    assert "key" not in created
    put = strict.put(at, sensor("S-2", **{PLACE: {"room": "R2", "floor": 3}})).get_json()
    assert (put["label"], put[PLACE]) == ("S-2", {"room": "R2", "floor": 3})
    assert "reading" not in put
    assert error(strict.put(at, sensor("S-2", reading="4.75"))) == (400, "invalidValue")
    assert strict.delete(at).status_code == 204
    assert error(strict.get(at)) == (404, None)


@pytest.mark.proves("RES-028")
def test_it_is_filtered_and_sorted(strict: Scim) -> None:
    hot = posted(strict, "hot", reading=40.5, **{PLACE: {"room": "R1", "floor": 9}})["id"]
    cold = posted(strict, "cold", reading=-3, probes=[{"value": "P-1", "type": "tip"}])["id"]
    assert strict.found("/Sensors", "reading gt 5") == [hot]
    assert strict.found("/Sensors", f"{PLACE}:floor eq 9") == [hot]
    assert strict.found("/Sensors", 'probes[type eq "tip" and value sw "p"]') == [cold]
    assert strict.found("/", 'meta.resourceType eq "Sensor" and label eq "COLD"') == [cold]
    rows = strict.get("/Sensors?sortBy=reading").get_json()["Resources"]
    assert [row["id"] for row in rows] == [cold, hot]
    rows = strict.search("/Sensors", sortBy="label", sortOrder="descending").get_json()
    assert [row["id"] for row in rows["Resources"]] == [hot, cold]


@pytest.mark.proves("RES-028", "ATT-028")
def test_it_is_patched(strict: Scim) -> None:
    at = f"/Sensors/{posted(strict, 'S-1')['id']}"
    patched = strict.patch(
        at,
        {"op": "add", "path": "probes", "value": [{"value": "a"}, {"value": "b"}]},
        {"op": "replace", "path": 'probes[value eq "a"].primary', "value": True},
        {"op": "replace", "path": f"{PLACE}:floor", "value": 2},
        {"op": "add", "path": "model", "value": "X"},
    ).get_json()
    assert patched["probes"] == [{"value": "a", "primary": True}, {"value": "b"}]
    assert patched[PLACE] == {"room": "R1", "floor": 2}
    again = {"op": "replace", "path": "model", "value": "Y"}
    assert error(strict.patch(at, again)) == (400, "mutability")
    assert error(strict.patch(at, {"op": "remove", "path": "label"})) == (400, "mutability")


@pytest.mark.proves("RES-028")
def test_it_is_projected(strict: Scim) -> None:
    at = f"/Sensors/{posted(strict, 'S-1', reading=1, probes=[{'value': 'a', 'type': 't'}])['id']}"
    asked = {"attributes": f"probes.value,{PLACE}:room"}
    shown = strict.get(at, query=asked).get_json()
    assert shown.keys() == {"schemas", "id", "probes", PLACE}
    assert shown["probes"] == [{"value": "a"}]
    left = strict.get(at, query={"excludedAttributes": f"reading,{PLACE}"}).get_json()
    assert left.keys() == {"schemas", "id", "meta", "label", "probes"}


@pytest.mark.proves("RES-028")
def test_it_takes_part_in_bulk(strict: Scim) -> None:
    operations = [
        {"method": "POST", "path": "/Sensors", "bulkId": "a", "data": sensor("S-1")},
        {"method": "POST", "path": "/Sensors", "bulkId": "b", "data": sensor("s-1")},
    ]
    results = strict.bulk(*operations).get_json()["Operations"]
    assert [result["status"] for result in results] == ["201", "409"]


@pytest.mark.proves("RES-010", "RES-005")
@pytest.mark.parametrize("place", [None, {}, {"floor": 1}])
def test_a_required_extension_is_demanded(strict: Scim, place: Json | None) -> None:
    assert error(strict.post("/Sensors", sensor("S-1", **{PLACE: place}))) == (400, "invalidValue")
    at = f"/Sensors/{posted(strict, 'S-1')['id']}"
    assert error(strict.put(at, sensor("S-1", **{PLACE: place}))) == (400, "invalidValue")
    assert error(strict.patch(at, {"op": "remove", "path": PLACE}))[0] == 400


@pytest.mark.proves("RES-010")
def test_an_extension_that_is_not_required_may_be_left_out(strict: Scim) -> None:
    assert PARKING not in strict.user()


@pytest.mark.proves("RES-027")
def test_a_schema_does_not_change_what_an_id_is(strict: Scim) -> None:
    created = posted(strict, "S-1", id="mine")
    at = f"/Sensors/{created['id']}"
    assert created["id"] != "mine"
    assert "id" in strict.get(at, query={"excludedAttributes": "id"}).get_json()
    assert error(strict.patch(at, {"op": "replace", "path": "id", "value": "mine"})) == (
        400,
        "mutability",
    )
    assert strict.found("/Sensors", f'id eq "{created["id"].upper()}"') == []


@pytest.mark.proves("ATT-034", "RES-028")
def test_an_extension_of_users_works_like_their_own_attributes(strict: Scim) -> None:
    first = strict.user(**{PARKING: {"lot": "P-1", "paid": False}})
    assert first["schemas"] == [USER, PARKING]
    assert strict.found("/Users", f'{PARKING}:lot eq "p-1"') == [first["id"]]
    body = {"schemas": [USER], "userName": "bo", PARKING: {"lot": "p-1"}}
    assert error(strict.post("/Users", body)) == (409, "uniqueness")
    pay = {"op": "replace", "path": f"{PARKING}:paid", "value": True}
    assert strict.patch(f"/Users/{first['id']}", pay).get_json()[PARKING]["paid"] is True


@pytest.mark.proves("SDF-004", "ATT-017")
@pytest.mark.parametrize(
    ("attribute", "fault"),
    [
        ({"name": "reading", "type": "float"}, "reading: type must be one of string"),
        ({"name": "reading", "returned": "often"}, "reading: returned must be one of always"),
        ({"name": "1st"}, "1st: the name must be a letter followed by"),
        (
            {
                "name": "probe",
                "type": "complex",
                "subAttributes": [{"name": "tip", "type": "complex"}],
            },
            "probe.tip: a sub-attribute cannot be complex",
        ),
    ],
)
def test_a_faulty_file_stops_the_start_and_is_named_with_its_attribute(
    tmp_path: Path, attribute: Json, fault: str
) -> None:
    faulty = {"id": SENSOR, "name": "Sensor", "attributes": [attribute]}
    folder = write(tmp_path, FILES | {"sensor.schema.json": faulty})
    with pytest.raises(BadSchemas) as refusal:
        build(Config(schemas=(BUNDLED_SCHEMAS, folder)))
    assert str(refusal.value).startswith(f"{folder}/sensor.schema.json: {fault}")


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"badge.json": FILES["parking.schema.json"]},
            "badge.json: is not read: call it badge.schema.json or badge.resource_types.json",
        ),
        (
            {"parking.schema.json": FILES["parking.schema.json"]},
            f"parking.schema.json: id: no resource type has the schema {PARKING}:"
            " attach it to one in parking.resource_types.json",
        ),
        (
            {
                "parking.schema.json": FILES["parking.schema.json"],
                "resource_types.json": [{"name": "Usr", "schemaExtensions": [{"schema": PARKING}]}],
            },
            "resource_types.json: Usr: no file defines this resource type (did you mean 'User'?)",
        ),
    ],
    ids=str,
)
def test_a_file_that_would_change_nothing_stops_the_start(
    tmp_path: Path, files: Json, fault: str
) -> None:
    folder = write(tmp_path, {"README.md": "", **files})
    with pytest.raises(BadSchemas) as refusal:
        build(Config(schemas=(BUNDLED_SCHEMAS, folder)))
    assert refusal.value.faults == (f"{folder}/{fault}",)
