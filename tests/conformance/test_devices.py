"""RFC 9944's types, dropped in as schema files: ours are in order, and wrong ones are found."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from werkzeug import Request, Response

from conformance.catalogue import catalogue
from conformance.findings import Verdict
from scim_server.config import BUNDLED_SCHEMAS
from tests.conformance.otherwise import Ask, body_of, found, otherwise, pass_on, path_of
from tests.conformance.serving import Server, serving

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
EXTENSION = "urn:ietf:params:scim:schemas:extension:"
BLE = f"{EXTENSION}ble:2.0:Device"
PASS_KEY = f"{EXTENSION}pairingPassKey:2.0:Device"
IDS = ("DEV-001", "DEV-002", "DEV-003", "DEV-004", "DEV-005")
Json = dict[str, Any]


def several(name: str, **traits: object) -> Json:
    return {"name": name, "multiValued": True, **traits}


SECRET = {"mutability": "writeOnly", "returned": "never", "caseExact": True}
GROUPS = several(
    "groups",
    type="complex",
    mutability="readOnly",
    subAttributes=[
        {"name": "value", "mutability": "readOnly"},
        {
            "name": "$ref",
            "type": "reference",
            "referenceTypes": ["Group"],
            "mutability": "readOnly",
        },
        {"name": "display", "mutability": "readOnly"},
        {"name": "type", "mutability": "readOnly", "canonicalValues": ["direct", "indirect"]},
    ],
)
ATTRIBUTES: dict[str, list[Json]] = {
    f"{CORE}Device": [
        {"name": "displayName"},
        {"name": "active", "type": "boolean", "required": True},
        {"name": "mudUrl", "type": "reference", "referenceTypes": ["external"]},
        GROUPS,
    ],
    f"{CORE}EndpointApp": [
        {"name": "applicationType", "required": True, "mutability": "immutable"},
        {"name": "applicationName", "required": True},
        {
            "name": "certificateInfo",
            "type": "complex",
            "subAttributes": [
                {"name": "rootCA", "caseExact": True},
                {"name": "subjectName", "required": True},
            ],
        },
        {"name": "clientToken", "mutability": "readOnly", "caseExact": True},
        GROUPS,
    ],
    BLE: [
        several("versionSupport", required=True),
        {"name": "deviceMacAddress", "required": True, "uniqueness": "server"},
        {"name": "isRandom", "type": "boolean"},
        several("separateBroadcastAddress"),
        {"name": "irk", **SECRET},
        {"name": "mobility", "type": "boolean"},
        several("pairingMethods", required=True, caseExact=True),
    ],
    f"{EXTENSION}dpp:2.0:Device": [
        {"name": "dppVersion", "type": "integer", "required": True},
        {"name": "bootstrapKey", "required": True, **SECRET},
        {"name": "deviceMacAddress"},
        {"name": "serialNumber"},
        several("bootstrappingMethod"),
        several("classChannel"),
    ],
    f"{EXTENSION}ethernet-mab:2.0:Device": [{"name": "deviceMacAddress", "required": True}],
    f"{EXTENSION}fido-device-onboard:2.0:Device": [
        {"name": "fdoVoucher", "required": True, **SECRET}
    ],
    f"{EXTENSION}zigbee:2.0:Device": [
        several("versionSupport", required=True),
        {"name": "deviceEui64Address", "required": True},
    ],
    f"{EXTENSION}endpointAppsExt:2.0:Device": [
        {"name": "deviceControlEnterpriseEndpoint", "mutability": "readOnly", "caseExact": True},
        {"name": "telemetryEnterpriseEndpoint", "mutability": "readOnly", "caseExact": True},
        several(
            "applications",
            type="complex",
            required=True,
            subAttributes=[
                {"name": "value", "required": True},
                {
                    "name": "$ref",
                    "type": "reference",
                    "referenceTypes": ["EndpointApp"],
                    "mutability": "readOnly",
                },
            ],
        ),
    ],
}


@contextmanager
def offering(folder: Path, attributes: Mapping[str, list[Json]]) -> Iterator[Server]:
    """A server with these schemas, of devices and of the applications that work with them."""
    for number, (urn, defined) in enumerate(attributes.items()):
        schema = {"id": urn, "name": f"Schema {number}", "attributes": defined}
        (folder / f"{number}.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    extensions = [{"schema": urn} for urn in attributes if not urn.startswith(CORE)]
    types = [
        {
            "name": "Device",
            "endpoint": "/Devices",
            "schema": f"{CORE}Device",
            "schemaExtensions": extensions,
        },
        {"name": "EndpointApp", "endpoint": "/EndpointApps", "schema": f"{CORE}EndpointApp"},
    ]
    (folder / "devices.resource_types.json").write_text(json.dumps(types), encoding="utf-8")
    with serving(f"sqlite:///{folder}/scim.db", schemas=(BUNDLED_SCHEMAS, folder)) as server:
        yield server


def test_where_no_devices_are_served_all_is_absent(server: Server) -> None:
    verdicts = found(server, *IDS).verdicts(catalogue())
    assert {verdicts[id] for id in IDS} == {Verdict.ABSENT}


def test_devices_as_the_rfc_defines_them_pass(tmp_path: Path) -> None:
    with offering(tmp_path, ATTRIBUTES) as server:
        examination = found(server, *IDS)
    verdicts = examination.verdicts(catalogue())
    assert not examination.interruptions
    assert {id: verdicts[id] for id in IDS} == dict.fromkeys(IDS, Verdict.PASSED)


Change = Callable[[dict[str, list[Json]]], object]


def only(urn: str, name: str, **traits: object) -> Change:
    """Define one attribute otherwise."""

    def change(attributes: dict[str, list[Json]]) -> None:
        next(each for each in attributes[urn] if each["name"] == name).update(traits)

    return change


def renamed(urn: str, other: str) -> Change:
    """Publish a schema under another URN."""
    return lambda attributes: attributes.update({other: attributes.pop(urn)})


@pytest.mark.parametrize(
    ("change", "id"),
    [
        (only(f"{CORE}Device", "active", required=False), "DEV-001"),
        (only(f"{CORE}Device", "active", type="string"), "DEV-001"),
        (only(f"{CORE}Device", "mudUrl", type="string", referenceTypes=[]), "DEV-001"),
        (only(f"{CORE}Device", "displayName", multiValued=True), "DEV-001"),
        (only(f"{CORE}Device", "groups", mutability="readWrite"), "DEV-001"),
        (only(f"{CORE}EndpointApp", "applicationName", required=False), "DEV-002"),
        (only(f"{CORE}EndpointApp", "certificateInfo", multiValued=True), "DEV-002"),
        (only(f"{CORE}EndpointApp", "clientToken", mutability="readWrite"), "DEV-002"),
        (only(f"{EXTENSION}zigbee:2.0:Device", "versionSupport", multiValued=False), "DEV-003"),
        (
            renamed(f"{EXTENSION}zigbee:2.0:Device", f"{EXTENSION}zigbee-pro:2.0:Device"),
            "DEV-003",
        ),
        (
            only(BLE, "irk", mutability="readWrite", returned="default"),
            "DEV-004",
        ),
        (
            only(
                f"{EXTENSION}dpp:2.0:Device",
                "bootstrapKey",
                mutability="readWrite",
                returned="default",
            ),
            "DEV-004",
        ),
        (
            only(
                f"{EXTENSION}fido-device-onboard:2.0:Device",
                "fdoVoucher",
                mutability="readWrite",
                returned="always",
            ),
            "DEV-004",
        ),
    ],
)
def test_devices_that_are_defined_otherwise_fail(tmp_path: Path, change: Change, id: str) -> None:
    attributes = copy.deepcopy(ATTRIBUTES)
    change(attributes)
    with offering(tmp_path, attributes) as server:
        assert found(server, id).verdicts(catalogue())[id] is Verdict.FAILED


@pytest.mark.parametrize(
    "place",
    [lambda shown: shown, lambda shown: shown[BLE]],
    ids=["beside the extension", "with another key"],
)
def test_pairing_that_is_lost_or_changed_fails(
    tmp_path: Path, place: Callable[[Json], Json]
) -> None:
    def elsewhere(request: Request, ask: Ask) -> Response:
        body = body_of(request)
        if PASS_KEY.encode() in body:  # Which ours refuses: no schema of it has such a name.
            sent = json.loads(body)
            del sent[BLE][PASS_KEY]
            pass_on(request, json.dumps(sent).encode())
        answer = ask()
        if request.method == "GET" and path_of(request).startswith("/Devices/"):
            shown = json.loads(answer.get_data())
            place(shown)[PASS_KEY] = {"key": 1}
            answer.set_data(json.dumps(shown))
        return answer

    with offering(tmp_path, ATTRIBUTES) as server, otherwise(server, elsewhere):
        assert found(server, "DEV-005").verdicts(catalogue())["DEV-005"] is Verdict.FAILED


def test_an_extension_of_a_vendor_is_nobodys_business(tmp_path: Path) -> None:
    own = renamed(f"{EXTENSION}zigbee:2.0:Device", "urn:example:zigbee:2.0:Device")
    attributes = copy.deepcopy(ATTRIBUTES)
    own(attributes)
    with offering(tmp_path, attributes) as server:
        assert found(server, "DEV-003").verdicts(catalogue())["DEV-003"] is Verdict.PASSED
