"""RFC 9944: devices and the applications that work with them."""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple

from conformance.check import check
from conformance.features import TYPES
from conformance.story import Interrupted, Story
from conformance.subject import Place, is_server_s
from conformance.wire import Answer, Json

EXTENSION = "urn:ietf:params:scim:schemas:extension:"
BLE = f"{EXTENSION}ble:2.0:Device"
PASS_KEY = f"{EXTENSION}pairingPassKey:2.0:Device"
PASS_KEY_SENT = 123456
LONGEST_TOKEN = 500
SECRETS = {
    "irk": "{hex}",
    "bootstrapKey": "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgAD{base64}",
    "fdoVoucher": "-----BEGIN OWNERSHIP VOUCHER-----\n{base64}\n-----END OWNERSHIP VOUCHER-----",
}
"""What is written and never shown (§7.1, §7.2, §7.4), in its form: the key is one of P-256."""


class Extension(NamedTuple):
    """What the RFC says of one.

    mark:  an attribute that no other has; None where there is none
    lists: whether each of the attributes that it requires has several values
    """

    mark: str | None
    lists: Mapping[str, bool]


EXTENSIONS = {
    BLE: Extension(
        "pairingMethods",
        {"versionSupport": True, "deviceMacAddress": False, "pairingMethods": True},
    ),
    f"{EXTENSION}dpp:2.0:Device": Extension(
        "bootstrapKey", {"dppVersion": False, "bootstrapKey": False}
    ),
    f"{EXTENSION}ethernet-mab:2.0:Device": Extension(None, {"deviceMacAddress": False}),
    f"{EXTENSION}fido-device-onboard:2.0:Device": Extension("fdoVoucher", {"fdoVoucher": False}),
    f"{EXTENSION}zigbee:2.0:Device": Extension(
        "deviceEui64Address", {"versionSupport": True, "deviceEui64Address": False}
    ),
    f"{EXTENSION}endpointAppsExt:2.0:Device": Extension(
        "deviceControlEnterpriseEndpoint", {"applications": True}
    ),
}


@check("DEV-001", needs=("devices",))
def devices_are_as_the_rfc_defines_them(story: Story) -> None:
    """A Device has active, which is required; its other attributes may be left out."""
    _, known = _defined(story, "devices")
    _says(story, "DEV-001", known, "active", type="boolean", required=True, multiValued=False)
    _says(story, "DEV-001", known, "active", mutability="readWrite")
    for name in ("displayName", "mudUrl", "groups"):
        if name in known:
            _says(story, "DEV-001", known, name, required=False, multiValued=name == "groups")
    if "displayName" in known:
        _says(story, "DEV-001", known, "displayName", type="string", caseExact=False)
    if "mudUrl" in known:
        is_reference = known["mudUrl"].get("type") == "reference"  # Which is exact by itself.
        exact = known["mudUrl"].get("caseExact", is_reference)
        story.expect("DEV-001", exact is True, "mudUrl defined with caseExact true")
    if "groups" in known:
        _says(story, "DEV-001", known, "groups", type="complex", mutability="readOnly")


@check("DEV-001", needs=("devices",))
def a_device_is_active_or_is_not(story: Story) -> None:
    """A Device says whether it is active, and is in no group that its client names."""
    kind, known = _defined(story, "devices")
    devices = story.subject.endpoint_of(kind)
    for active in (True, False):
        made = story.make(kind, active=active)
        shown = story.get(story.at(kind, made)).document
        story.expect("DEV-001", shown.get("active") is active, f"active {active}".lower())
        told = (shown.get("meta") or {}).get("resourceType")
        story.expect("DEV-001", told == kind, f"meta.resourceType {kind}")
    without = story.new(kind)
    without.pop("active", None)
    story.error("DEV-001", story.post(devices, without), 400)
    if "groups" in known:
        claimed = story.post(devices, story.new(kind, active=True, groups=[{"value": "x"}]))
        story.expect("DEV-001", not claimed.document.get("groups"), "no groups that a client names")


@check("DEV-002", needs=("endpointApps",))
def endpoint_apps_are_as_the_rfc_defines_them(story: Story) -> None:
    """An EndpointApp has a type, a name, and a certificate or a token."""
    _, known = _defined(story, "endpointApps")
    for name in ("applicationType", "applicationName"):
        _says(story, "DEV-002", known, name, type="string", required=True, multiValued=False)
    if "certificateInfo" in known:
        _says(story, "DEV-002", known, "certificateInfo", type="complex", multiValued=False)
        parts = {part.get("name") for part in known["certificateInfo"].get("subAttributes") or ()}
        # A server that knows its trust anchors without being told needs no rootCA (§6.3.1).
        story.expect("DEV-002", "subjectName" in parts, "subjectName in certificateInfo")
    if "clientToken" in known:
        _says(story, "DEV-002", known, "clientToken", type="string", mutability="readOnly")
    if "groups" in known:
        _says(story, "DEV-002", known, "groups", type="complex", mutability="readOnly")


@check("DEV-002", needs=("endpointApps",))
def an_endpoint_app_controls_or_listens(story: Story) -> None:
    """An EndpointApp is of one of the two types, and keeps its name."""
    kind, known = _defined(story, "endpointApps")
    for type in ("deviceControl", "telemetry"):
        sent = {"applicationType": type, "applicationName": story.name()}
        made = story.make(kind, **sent)
        shown = story.get(story.at(kind, made)).document
        told = str(shown.get("applicationType")).lower() == type.lower()
        # The RFC calls it required and read-only: who goes by the latter chooses it.
        told = told or is_server_s(known.get("applicationType", {}))
        held = told and shown.get("applicationName") == sent["applicationName"]
        story.expect("DEV-002", held, f"applicationType {type}, and the name that was sent")
        token = made.get("clientToken") or ""
        story.expect(
            "DEV-002", len(token) <= LONGEST_TOKEN, f"a clientToken of {LONGEST_TOKEN} characters"
        )


@check("DEV-003", needs=("devices",))
def extensions_of_devices_bear_their_urns(story: Story) -> None:
    """What the RFC defines is published under its URN, with what it requires."""
    known = {urn.lower(): urn for urn in EXTENSIONS}
    for urn, schema in story.subject.schemas.items():
        attributes = {str(each["name"]): each for each in schema.get("attributes") or ()}
        if urn.lower() in known:
            for name, several in EXTENSIONS[known[urn.lower()]].lists.items():
                _says(story, "DEV-003", attributes, name, multiValued=several)
        elif urn.lower().startswith(EXTENSION) and urn.lower().endswith(":device"):
            # A later RFC may register more, but none with the attributes of these.
            taken = [u for u, each in EXTENSIONS.items() if each.mark in attributes]
            story.expect("DEV-003", not taken, f"{' or '.join(taken)}, not {urn}")


@check("DEV-004", needs=("devices",))
def keys_of_devices_are_not_shown(story: Story) -> None:
    """Keys and vouchers are in no answer; nobody makes a device without a credential."""
    subject = story.subject
    kind, _ = _defined(story, "devices")
    devices = subject.endpoint_of(kind)
    unknown = story.post(devices, story.new(kind, active=True), Authorization=None)
    story.expect("DEV-004", unknown.status in (401, 403), "401 without a credential")
    for urn in _extensions(story, kind):
        hidden = [place.name for place in subject.attributes(kind) if _hides(place, urn)]
        if not hidden:
            continue
        mark = secrets.token_hex(16)
        coded = b64encode(mark.encode()).decode()
        forms = {name: SECRETS.get(name, "{hex}") for name in hidden}
        held = {name: form.format(hex=mark, base64=coded) for name, form in forms.items()}
        made = _device(story, kind, urn, held)
        if made.status != 201:
            continue  # Its values may have a form that no schema tells.
        for path in (story.at(kind, made.document), devices):
            answer = story.get(path)
            seen = mark in answer.text + made.text or coded in answer.text + made.text
            story.expect("DEV-004", not seen, f"no {' and no '.join(hidden)}")


@check("DEV-005", needs=("devices",))
def pairing_is_nested_in_its_extension(story: Story) -> None:
    """The key of a pairing method is in the BLE extension, under a URN of its own."""
    kind, _ = _defined(story, "devices")
    if BLE not in _extensions(story, kind):
        return
    nested = {"pairingMethods": [PASS_KEY], PASS_KEY: {"key": PASS_KEY_SENT}}
    made = _device(story, kind, BLE, nested)
    story.expect("DEV-005", made.status in (201, 400), "201, or 400")
    if made.status != 201:
        return
    shown = story.get(story.at(kind, made.document)).document
    # Which may be withheld, as keys are.
    pairing = (shown.get(BLE) or {}).get(PASS_KEY)
    held = pairing is None or pairing.get("key", PASS_KEY_SENT) == PASS_KEY_SENT
    story.expect("DEV-005", held and PASS_KEY not in shown, f"{PASS_KEY} in {BLE}, or not shown")


def _defined(story: Story, feature: str) -> tuple[str, Mapping[str, Json]]:
    """The name of the type, and its published attributes. Raises Interrupted: there are none."""
    urn = TYPES[feature].lower()
    types = story.subject.types.items()
    kind = next(name for name, each in types if str(each["schema"]).lower() == urn)
    known = {
        place.name: place.definition for place in story.subject.attributes(kind) if not place.urn
    }
    if not known:
        raise Interrupted(f"{kind} has no schema that is published")
    return kind, known


def _says(story: Story, id: str, known: Mapping[str, Json], name: str, **traits: object) -> None:
    """Expect a definition with these characteristics, the default where it is silent (§2.2)."""
    silent = {"type": "string", "mutability": "readWrite"}
    told = known.get(name)
    held = told is not None and all(
        told.get(trait, silent.get(trait, False)) == value for trait, value in traits.items()
    )
    said = ", ".join(f"{trait} {str(value).lower()}" for trait, value in traits.items())
    story.expect(id, held, f"{name} defined with {said}")


def _extensions(story: Story, kind: str) -> list[str]:
    published = story.subject.types[kind].get("schemaExtensions") or ()
    return [each["schema"] for each in published]


def _hides(place: Place, urn: str) -> bool:
    """Whether it is a text of this extension that is never shown."""
    told = place.definition
    withheld = told.get("mutability") == "writeOnly" or told.get("returned") == "never"
    plain = told.get("type", "string") == "string" and not told.get("multiValued")
    return place.urn == urn and plain and (withheld or place.name in SECRETS)


def _device(story: Story, kind: str, urn: str, values: Json) -> Answer:
    """A POST of a device with an extension: what it requires, and these."""
    document = story.new(kind, active=True)
    held: Json = document.setdefault(urn, {})
    for place in story.subject.attributes(kind):
        needed = place.definition.get("required") and not is_server_s(place.definition)
        if place.urn == urn and needed:
            held[place.name] = _known(place.name) or story.subject.sample(place.definition)
    held.update(values)
    document["schemas"] = list(dict.fromkeys([*document["schemas"], urn]))
    return story.post(story.subject.endpoint_of(kind), document)


def _known(name: str) -> object:
    """A value of an attribute whose form the RFC tells, and no schema; else None."""
    octets = [f"{octet:02X}" for octet in b"\x02" + secrets.token_bytes(7)]
    return {
        "deviceMacAddress": ":".join(octets[:6]),
        "deviceEui64Address": ":".join(octets),
        "versionSupport": ["5.3"],
        "pairingMethods": [f"{EXTENSION}pairingNull:2.0:Device"],
        "dppVersion": 2,
    }.get(name)
