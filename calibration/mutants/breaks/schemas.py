"""RFC 7643 §7: schemas that say something else than the server does."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import add, mutant
from calibration.mutants.surgery import ENTERPRISE, nobody, refusal

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def _schemas(change: Callable[[Json], Json | None], call: Call, server: Server) -> Reply:
    reply = server(call)
    if not call.path.startswith("/Schemas") or not reply.is_good:
        return reply
    changed = [change(one) for one in reply.resources()]
    kept = [one for one in changed if one is not None]
    if "Resources" in reply.document:
        return reply.listing(kept, totalResults=len(kept), itemsPerPage=len(kept))
    return reply.saying(kept[0]) if kept else refusal(404)


def _attribute(urn: str, name: str, traits: Json, schema: Json) -> Json:
    if schema["id"] != urn:
        return schema
    told = [{**each, **traits} if each["name"] == name else each for each in schema["attributes"]]
    return {**schema, "attributes": told}


LIES: tuple[tuple[str, str, Json, tuple[str, ...]], ...] = (
    ("user_name_is_said_to_have_case", "userName", {"caseExact": True}, ("ATT-026", "SDF-007")),
    ("title_is_said_to_be_read_only", "title", {"mutability": "readOnly"}, ("SDF-007", "ATT-027")),
    (
        "nick_name_is_said_to_be_unique",
        "nickName",
        {"uniqueness": "server"},
        ("SDF-007", "ATT-034"),
    ),
    (
        "display_name_is_said_to_be_required",
        "displayName",
        {"required": True},
        ("SDF-007", "ATT-035"),
    ),
    ("title_is_said_to_be_on_request", "title", {"returned": "request"}, ("SDF-007", "ATT-033")),
    ("active_is_said_to_be_a_text", "active", {"type": "string"}, ("SDF-007", "USR-008")),
    ("types_are_misspelt", "active", {"type": "Boolean"}, ("SDF-004",)),
    ("emails_are_said_to_be_one", "emails", {"multiValued": False}, ("SDF-007", "ATT-018")),
    ("name_is_said_to_have_case", "name", {"caseExact": True}, ("SDF-005",)),
    ("a_name_has_a_space", "nickName", {"name": "nick name"}, ("ATT-002",)),
    ("password_is_said_to_be_shown", "password", {"returned": "default"}, ("USR-009", "SDF-007")),
)


for _mutant, _attribute_name, _traits, _ids in LIES:
    add(
        _mutant,
        "schemas",
        f"The schema says of {_attribute_name}: "
        + ", ".join(f"{name} {str(said).lower()}" for name, said in _traits.items())
        + ".",
        _ids,
        partial(_schemas, partial(_attribute, USER, _attribute_name, _traits)),
    )


def _trait(name: str, schema: Json) -> Json:
    rest = [{key: each[key] for key in each if key != name} for each in schema["attributes"]]
    return {**schema, "attributes": rest}


for _trait_name in ("name", "type", "multiValued"):
    add(
        f"schemas_do_not_say_{_trait_name}".lower(),
        "schemas",
        f"The attributes of schemas have no {_trait_name}.",
        ("SDF-003",),
        partial(_schemas, partial(_trait, _trait_name)),
    )


@mutant("SDF-008", "RTY-003", "SDF-001")
def the_extension_is_not_published(call: Call, server: Server) -> Reply:
    """/Schemas leaves out the enterprise extension."""
    return _schemas(lambda one: None if one["id"] == ENTERPRISE else one, call, server)


@mutant("SDF-006")
def messages_are_published(call: Call, server: Server) -> Reply:
    """/Schemas lists the schema of ListResponse."""
    reply = server(call)
    if call.path != "/Schemas" or not reply.is_good:
        return reply
    urn = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
    row = {**reply.resources()[0], "id": urn, "name": "ListResponse", "attributes": []}
    rows = [*reply.resources(), row]
    return reply.listing(rows, totalResults=len(rows), itemsPerPage=len(rows))


@mutant("ATT-017")
def complex_holds_complex(call: Call, server: Server) -> Reply:
    """A published sub-attribute is complex."""

    def change(one: Json) -> Json:
        if one["id"] != USER:
            return one
        nested = {
            **{"name": "parts", "type": "complex", "multiValued": False, "required": False},
            **{"description": "Parts.", "mutability": "readWrite", "returned": "default"},
            "subAttributes": [],
        }
        told = [
            {**each, "subAttributes": [*each["subAttributes"], nested]}
            if each["name"] == "name"
            else each
            for each in one["attributes"]
        ]
        return {**one, "attributes": told}

    return _schemas(change, call, server)


@mutant("SDF-001")
def one_schema_cannot_be_read(call: Call, server: Server) -> Reply:
    """/Schemas/{urn} is 404."""
    return refusal(404) if call.path.startswith("/Schemas/") else server(call)


@mutant("SDF-001")
def an_unknown_schema_is_an_empty_list(call: Call, server: Server) -> Reply:
    """/Schemas/{unknown} is 200 with nothing in it."""
    reply = server(call)
    if call.path.startswith("/Schemas/") and reply.status == 404:
        return nobody()
    return reply


@mutant("SDF-001", "HTP-006")
def an_encoded_schema_is_unknown(call: Call, server: Server) -> Reply:
    """/Schemas/{urn} with percent-encoded colons is 404."""
    raw = str(call.environ.get("REQUEST_URI", ""))
    return refusal(404) if "/Schemas/" in raw and "%3A" in raw.upper() else server(call)


@mutant("SDF-002")
def a_schema_has_no_attributes(call: Call, server: Server) -> Reply:
    """The schema of Group has no attributes member."""

    def change(one: Json) -> Json:
        if not one["id"].endswith(":Group"):
            return one
        return {key: one[key] for key in one if key != "attributes"}

    return _schemas(change, call, server)


@mutant("DSC-001")
def schemas_are_paged(call: Call, server: Server) -> Reply:
    """count is honoured at /Schemas and /ResourceTypes."""
    reply, count = server(call), call.query.get("count", "")
    if call.path in {"/Schemas", "/ResourceTypes"} and count.isdigit() and reply.is_good:
        rows = reply.resources()[: int(count)]
        return reply.listing(rows, itemsPerPage=len(rows))
    return reply


@mutant("DSC-002")
def a_filter_of_schemas_is_ignored(call: Call, server: Server) -> Reply:
    """A filter at the discovery endpoints is ignored, not 403."""
    return server(call.asking(filter=None) if call.is_discovery and call.asked else call)


@mutant("SPC-008", "SDF-008")
def the_schema_of_the_config_is_old(call: Call, server: Server) -> Reply:
    """The schema of ServiceProviderConfig, as published, has no etag."""

    def change(one: Json) -> Json:
        if not one["id"].endswith(":ServiceProviderConfig"):
            return one
        rest = [each for each in one["attributes"] if each["name"] != "etag"]
        return {**one, "attributes": rest}

    return _schemas(change, call, server)


@mutant("SDF-007")
def a_shown_attribute_is_not_published(call: Call, server: Server) -> Reply:
    """Users show an attribute that no schema has."""
    reply = server(call)
    if not call.path.startswith("/Users") or "attributes" in call.asked.lower():
        return reply
    rows = [{**one, "internalRow": 17} for one in reply.resources()]
    return replace(reply.showing(rows), status=reply.status) if rows else reply
