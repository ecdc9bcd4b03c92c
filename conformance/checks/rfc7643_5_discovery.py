"""RFC 7643 §5, §6 and RFC 7644 §4: ServiceProviderConfig, ResourceTypes, and lists of both."""

from collections.abc import Mapping
from typing import Any

from conformance.check import check
from conformance.jobs import job
from conformance.querying import asked, rows
from conformance.story import Story
from conformance.urns import LIST_RESPONSE

CORE = "urn:ietf:params:scim:schemas:core:2.0"
CONFIG, TYPES, SCHEMAS = "/ServiceProviderConfig", "/ResourceTypes", "/Schemas"
SWITCHES = ("patch", "bulk", "filter", "changePassword", "sort", "etag")
LIMITS = (("bulk", "maxOperations"), ("bulk", "maxPayloadSize"), ("filter", "maxResults"))


@check("SPC-001", "SPC-002", "SPC-003", "SPC-006")
def the_configuration_is_whole(story: Story) -> None:
    """ServiceProviderConfig is one object that tells every feature."""
    answer = story.get(CONFIG)
    config = answer.document
    story.expect(
        "SPC-001",
        answer.status == 200
        and f"{CORE}:ServiceProviderConfig" in config.get("schemas", ())
        and "Resources" not in config,
        "200 with one ServiceProviderConfig",
    )
    for name in SWITCHES:
        supported = (config.get(name) or {}).get("supported")
        story.expect("SPC-002", isinstance(supported, bool), f"{name}.supported, a boolean")
    for name, limit in LIMITS:
        number = (config.get(name) or {}).get(limit)
        right = isinstance(number, int) and not isinstance(number, bool)
        story.expect("SPC-002", right, f"{name}.{limit}, an integer")
    schemes = config.get("authenticationSchemes")
    story.expect("SPC-003", isinstance(schemes, list), "authenticationSchemes, a list")
    for scheme in schemes or ():
        told = [scheme.get(part) for part in ("type", "name", "description")]
        right = all(isinstance(each, str) and each for each in told)
        story.expect("SPC-003", right, "type, name and description in each scheme")
    documentation = config.get("documentationUri", "")
    type = config.get("meta", {}).get("resourceType", "ServiceProviderConfig")
    story.expect(
        "SPC-006",
        isinstance(documentation, str) and type == "ServiceProviderConfig",
        "documentationUri and meta.resourceType right where they are given",
    )


@check("SPC-004", "DSC-003")
def discovery_needs_no_credential(story: Story) -> None:
    """The configuration can be read by anybody; the rest can, or wants a credential."""
    open_to_all = story.get(CONFIG, Authorization=None)
    story.expect("SPC-004", open_to_all.status == 200, "200 without a credential")
    for path in (TYPES, SCHEMAS):
        answer = story.get(path, Authorization=None)
        story.expect("DSC-003", answer.status in (200, 401, 403), "200, 401 or 403")


@check("SPC-005")
def discovery_is_read_only(story: Story) -> None:
    """PUT of what is there already is refused: 405 with Allow, or 501."""
    kind = story.subject.types["User"]
    # What is sent is what is there: nothing is lost where it is taken.
    for path in (CONFIG, f"{TYPES}/{kind.get('id', 'User')}", f"{SCHEMAS}/{kind['schema']}"):
        shown = story.get(path)
        if shown.status == 200:
            answer = story.put(path, shown.document)
            refused = answer.status == 405 and "allow" in answer.headers
            refused = refused or answer.status in (401, 403, 404, 501)
            story.expect("SPC-005", refused, "a refusal: 405 with Allow, or 501")


@check("SPC-007")
def what_is_advertised_works(story: Story) -> None:
    """A feature that is told works; one that is denied does not."""
    features = story.subject.features
    user = story.make("User")
    at, users = story.at("User", user), story.subject.endpoint_of("User")
    patched = story.patch(at, {"op": "replace", "path": "userName", "value": user["userName"]})
    works = patched.status in (200, 204)
    story.expect("SPC-007", works == ("patch" in features), "PATCH as patch.supported tells")
    works = job(story, _create(story)).status == 200
    story.expect("SPC-007", works == ("bulk" in features), "Bulk as bulk.supported tells")
    if "filter" in features:
        found = rows(story.get(asked(users, filter=f'userName eq "{user["userName"]}"')))
        story.expect("SPC-007", [each["id"] for each in found] == [user["id"]], "the user alone")
    if "etag" in features:
        story.expect("SPC-007", "etag" in story.get(at).headers, "an ETag header")
    if "sort" in features:
        listed = story.get(asked(users, sortBy="userName", count=1))
        story.expect("SPC-007", listed.status == 200, "200 with sortBy")


@check("SPC-008")
def the_configuration_has_a_schema(story: Story) -> None:
    """Where its schema is published, it names all that the configuration shows."""
    schema = story.subject.schemas.get(f"{CORE}:ServiceProviderConfig")
    if schema is not None:
        config = {
            name: value
            for name, value in story.get(CONFIG).document.items()
            # Of every resource (RFC 7643 §3.1).
            if name not in ("schemas", "id", "externalId", "meta") and ":" not in name
        }
        unnamed = _unnamed(config, schema["attributes"])
        story.expect("SPC-008", not unnamed, f"a schema that names {', '.join(unnamed) or 'all'}")


@check("RTY-001", "RTY-002", "RTY-003", "RTY-004", "RTY-006")
def resource_types_are_told(story: Story) -> None:
    """Each type has a name, an endpoint and schemas that are published."""
    answer = story.get(TYPES)
    types = rows(answer)
    listed = answer.status == 200 and answer.document.get("schemas") == [LIST_RESPONSE]
    story.expect("RTY-001", listed and bool(types), "200 with a ListResponse")
    total = answer.document.get("totalResults")
    story.expect("RTY-001", total == len(types), f"all {total} in it")
    for kind in types:
        right = f"{CORE}:ResourceType" in kind.get("schemas", ())
        story.expect("RTY-001", right, "the schema of ResourceType in each")
        told = [kind.get(part) for part in ("name", "endpoint", "schema")]
        right = all(isinstance(each, str) and each for each in told)
        story.expect("RTY-002", right, "name, endpoint and schema")
        extensions = kind.get("schemaExtensions") or []
        for extension in extensions:
            required = isinstance(extension.get("required"), bool)
            story.expect("RTY-004", required and "schema" in extension, "schema and required")
        for urn in (kind["schema"], *(each["schema"] for each in extensions)):
            story.expect("RTY-003", urn in story.subject.schemas, f"{urn} at /Schemas")
    for part in ("name", "endpoint"):
        values = [str(kind.get(part)).strip("/") for kind in types]
        story.expect("RTY-006", len(values) == len(set(values)), f"each {part} once")


@check("RTY-005", "RTY-007")
def a_resource_type_has_a_place(story: Story) -> None:
    """Each type can be read by itself, and its endpoint is below the base URL."""
    for name, kind in story.subject.types.items():
        one = story.get(f"{TYPES}/{kind.get('id', name)}")
        right = one.status == 200 and one.document.get("name") == name
        story.expect("RTY-005", right, f"200 with the type {name}")
        endpoint = str(kind["endpoint"])
        answer = story.get(asked(story.subject.endpoint_of(name), count=0))
        relative = "://" not in endpoint and "?" not in endpoint
        story.expect("RTY-007", relative and answer.status != 404, "an endpoint below the base URL")
    story.error("RTY-005", story.get(f"{TYPES}/{story.name()}"), 404)


@check("DSC-001", "DSC-002")
def discovery_is_not_queried(story: Story) -> None:
    """Paging and sorting change nothing; a filter is 403."""
    for path in (TYPES, SCHEMAS):
        whole = {each.get("id", each.get("name")) for each in rows(story.get(path))}
        for parameters in ({"count": 1}, {"startIndex": 2}, {"sortBy": "id", "count": 0}):
            answer = story.get(asked(path, **parameters))
            found = {each.get("id", each.get("name")) for each in rows(answer)}
            story.expect("DSC-001", answer.status == 200 and found == whole, f"all {len(whole)}")
        story.error("DSC-002", story.get(asked(path, filter="id pr")), 403)
    story.expect("DSC-001", story.get(asked(CONFIG, count=0)).status == 200, "200")


def _create(story: Story) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": story.subject.endpoint_of("User"),
        "bulkId": "one",
        "data": story.new("User"),
    }


def _unnamed(shown: Mapping[str, Any], definitions: list[dict[str, Any]]) -> list[str]:
    """What is shown and has no definition."""
    found = []
    known = {str(each["name"]).lower(): each for each in definitions}
    for name, value in shown.items():
        definition = known.get(name.lower())
        if definition is None:
            found.append(name)
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                inner = _unnamed(part, definition.get("subAttributes") or [])
                found += [f"{name}.{each}" for each in inner]
    return found


@check("RTY-001")
def what_is_served_is_told(story: Story) -> None:
    """Where /Groups answers with a list, /ResourceTypes names it; so with /Users."""
    told = {str(kind.get("endpoint")).strip("/") for kind in story.subject.types.values()}
    for name in ("Users", "Groups"):
        answer = story.get(asked(f"/{name}", count=1))
        if answer.status == 200 and answer.document.get("schemas") == [LIST_RESPONSE]:
            story.expect("RTY-001", name in told, f"a type whose endpoint is /{name}")
