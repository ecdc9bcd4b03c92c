"""RFC 7643 §7: schemas, and that resources are as their schemas say."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from conformance.check import check
from conformance.querying import rows
from conformance.story import Story
from conformance.subject import COMMON, is_shown
from conformance.urns import LIST_RESPONSE

SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
MESSAGES = "urn:ietf:params:scim:api:"
KEYWORDS = {
    "type": "string boolean decimal integer dateTime reference binary complex",
    "mutability": "readOnly readWrite immutable writeOnly",
    "returned": "always never default request",
    "uniqueness": "none server global",
}
BOOLEANS = ("multiValued", "required", "caseExact")
PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "decimal": (int, float),
    "integer": (int,),
    "dateTime": (str,),
    "reference": (str,),
    "binary": (str,),
    "complex": (dict,),
}


SENT: dict[str, Any] = {
    "displayName": "Ada",
    "active": True,
    "name": {"givenName": "Ada", "familyName": "King"},
    "emails": [{"value": "ada@example.com", "type": "work"}],
}
"""What RFC 7643 §4.1 defines, and clients send to every server."""


@check("SDF-001", "SDF-002", "SDF-006")
def schemas_are_published(story: Story) -> None:
    """/Schemas lists every schema, and each can be read by its URN."""
    answer = story.get("/Schemas")
    schemas = rows(answer)
    listed = answer.status == 200 and answer.document.get("schemas") == [LIST_RESPONSE]
    story.expect(
        "SDF-001",
        listed and answer.document.get("totalResults") == len(schemas) > 0,
        "200 with all schemas in one ListResponse",
    )
    for schema in schemas:
        urn, meta = str(schema.get("id")), schema.get("meta") or {}
        story.expect(
            "SDF-002",
            bool(schema.get("id"))
            and isinstance(schema.get("attributes"), list)
            and SCHEMA in schema.get("schemas", ())
            and meta.get("resourceType", "Schema") == "Schema",
            "id, attributes, the schema of Schema, meta.resourceType Schema",
        )
        story.expect("SDF-006", not urn.startswith(MESSAGES), "no schema of a message")
        for text in {urn, quote(urn, safe="")}:
            one = story.get(f"/Schemas/{text}")
            right = one.status == 200 and one.document.get("id") == urn
            story.expect("SDF-001", right, f"200 with {urn}")
    story.error("SDF-001", story.get(f"/Schemas/urn:example:{story.name()}"), 404)


@check("SDF-003", "SDF-004", "SDF-005")
def attributes_are_defined(story: Story) -> None:
    """Each definition has its characteristics, in the words of the RFC."""
    for schema in rows(story.get("/Schemas")):
        for path, told in _definitions(schema.get("attributes") or []):
            at = f"{schema.get('id')}: {path}"
            story.expect("SDF-003", _complete(told), f"characteristics of their types in {at}")
            for name, words in KEYWORDS.items():
                if name in told:
                    story.expect("SDF-004", told[name] in words.split(), f"{name} of {at}: {words}")
            if told.get("type") == "complex":
                plain = told.get("uniqueness") in (None, "none") and not told.get("caseExact")
                story.expect("SDF-005", plain, f"no uniqueness and no caseExact in {at}")


@check("SDF-007", "SDF-008")
def resources_are_as_their_schemas_say(story: Story) -> None:
    """What a new resource shows is published, of its type, and may be shown."""
    subject = story.subject
    for kind in ("User", "Group"):
        if kind not in subject.types:
            continue
        made = story.post(subject.endpoint_of(kind), subject.full(kind)).document
        shown = story.get(story.at(kind, made)).document
        for urn in shown["schemas"]:
            story.expect("SDF-008", urn in subject.schemas, f"{urn} at /Schemas")
        for place in subject.attributes(kind):
            told, value = place.definition, place.value_in(shown)
            if value is not None:
                right = told.get("returned") not in ("never", "request") and _fits(told, value)
                story.expect("SDF-007", right, f"{place.path()} as its schema says")
        sent = subject.minimal(kind)
        for place in subject.attributes(kind):
            if place.urn is None and place.definition.get("required") and place.name in sent:
                less = {name: value for name, value in sent.items() if name != place.name}
                refused = story.post(subject.endpoint_of(kind), less)
                story.error("SDF-007", refused, 400)


def _complete(told: Mapping[str, Any]) -> bool:
    texts = all(isinstance(told.get(part), str) and told[part] for part in ("name", "type"))
    given = [told[part] for part in BOOLEANS if part in told]
    flags = "multiValued" in told and all(isinstance(each, bool) for each in given)
    parts = ("canonicalValues", "referenceTypes", "subAttributes")
    lists = all(isinstance(told[part], list) for part in parts if told.get(part) is not None)
    targets = told.get("type") == "reference" or not told.get("referenceTypes")
    return texts and flags and lists and targets


def _definitions(attributes: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for told in attributes:
        yield str(told.get("name")), told
        for part in told.get("subAttributes") or []:
            yield f"{told.get('name')}.{part.get('name')}", part


def _fits(told: Mapping[str, Any], value: object) -> bool:
    """Whether a value is of its type, and so are its parts."""
    if told.get("multiValued"):
        return isinstance(value, list) and all(_one_fits(told, each) for each in value)
    return _one_fits(told, value)


def _one_fits(told: Mapping[str, Any], value: object) -> bool:
    if isinstance(value, bool) and told["type"] != "boolean":
        return False
    if not isinstance(value, PYTHON[told["type"]]):
        return False
    parts = {str(part["name"]): part for part in told.get("subAttributes") or []}
    inner = value if isinstance(value, dict) and parts else {}
    return all(_fits(parts[name], each) for name, each in inner.items() if name in parts)


@check("SDF-007")
def what_is_shown_is_published(story: Story) -> None:
    """A user with what clients send most: all that it shows has a definition, and fits it."""
    subject, extra = story.subject, {}
    known = {place.name.lower(): place for place in subject.attributes("User") if not place.urn}
    for name, value in SENT.items():
        if name.lower() in known:
            extra[name] = value
    answer = story.post(subject.endpoint_of("User"), story.new("User", **extra))
    if answer.status != 201:
        return
    shown = story.get(story.at("User", answer.document)).document
    for name, value in shown.items():
        if ":" in name or name in COMMON:
            continue
        place = known.get(name.lower())
        right = place is not None and _fits(place.definition, value)
        story.expect("SDF-007", right, f"{name} as a schema defines it")


@check("SDF-007")
def what_is_taken_is_kept(story: Story) -> None:
    """A user with a value for everything: where it is made, each part of it comes back."""
    subject = story.subject
    sent = subject.full("User")
    answer = story.post(subject.endpoint_of("User"), sent)
    if answer.status != 201:
        return
    shown = story.get(story.at("User", answer.document)).document
    for place in subject.attributes("User"):
        value, told = place.value_in(sent), place.definition
        if value is None or told.get("mutability") == "writeOnly" or not is_shown(told):
            continue
        kept = place.value_in(shown)
        one, other = (
            (each[0] if isinstance(each, list) and each else each) for each in (value, kept)
        )
        if isinstance(one, dict):
            hidden = {part["name"] for part in told["subAttributes"] if not is_shown(part)}
            # Whether it is the primary one need not be said of one alone.
            wanted = one.keys() - hidden - {"primary"}
            right = isinstance(other, dict) and wanted <= other.keys()
            story.expect("SDF-007", right, f"{place.path()} with {', '.join(sorted(wanted))}")
        else:
            story.expect("SDF-007", kept is not None, f"a value in {place.path()}")
