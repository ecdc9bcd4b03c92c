"""RFC 7643 §5, §6: the configuration and the resource types."""

from collections.abc import Callable

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import NOTHING, refusal


def _config(change: Callable[[Json], Json], call: Call, server: Server) -> Reply:
    reply = server(call)
    if call.path == "/ServiceProviderConfig" and reply.is_good and call.method == "GET":
        return reply.saying(change(reply.document))
    return reply


@mutant("SPC-002")
def limits_are_texts(call: Call, server: Server) -> Reply:
    """bulk.maxOperations is a text."""
    return _config(
        lambda one: {**one, "bulk": {**one["bulk"], "maxOperations": "1000"}}, call, server
    )


@mutant("SPC-002")
def a_feature_is_not_told_of(call: Call, server: Server) -> Reply:
    """ServiceProviderConfig has no changePassword."""
    return _config(
        lambda one: {key: one[key] for key in one if key != "changePassword"}, call, server
    )


@mutant("SPC-003")
def a_scheme_has_no_description(call: Call, server: Server) -> Reply:
    """authenticationSchemes have no description."""
    return _config(
        lambda one: {
            **one,
            "authenticationSchemes": [
                {key: each[key] for key in each if key != "description"}
                for each in one["authenticationSchemes"]
            ],
        },
        call,
        server,
    )


@mutant("BLK-018", "SPC-007")
def more_is_promised_for_bulk(call: Call, server: Server) -> Reply:
    """bulk.maxOperations says fewer than are taken: the limit is not kept."""
    return _config(lambda one: {**one, "bulk": {**one["bulk"], "maxOperations": 10}}, call, server)


@mutant("PAG-006", "SPC-007")
def pages_are_larger_than_promised(call: Call, server: Server) -> Reply:
    """filter.maxResults says 5, and pages hold more."""
    return _config(lambda one: {**one, "filter": {**one["filter"], "maxResults": 5}}, call, server)


@mutant("SPC-007", "USR-013")
def a_password_is_said_to_be_changeable(call: Call, server: Server) -> Reply:
    """changePassword says true, and PATCH of password is 501."""
    if call.method == "PATCH" and b"password" in call.raw:
        return refusal(501)
    return _config(lambda one: {**one, "changePassword": {"supported": True}}, call, server)


@mutant("CUR-015")
def paging_is_told_in_texts(call: Call, server: Server) -> Reply:
    """pagination.maxPageSize is a text."""
    return _config(
        lambda one: {**one, "pagination": {**one["pagination"], "maxPageSize": "1000"}},
        call,
        server,
    )


@mutant("EVT-014")
def events_are_told_without_their_names(call: Call, server: Server) -> Reply:
    """securityEvents has an asyncRequest that is none of the three, and no eventUris."""
    return _config(
        lambda one: {**one, "securityEvents": {"asyncRequest": "sometimes"}}, call, server
    )


@mutant("SPC-004")
def the_config_needs_a_credential(call: Call, server: Server) -> Reply:
    """ServiceProviderConfig without a credential is 401."""
    if call.path == "/ServiceProviderConfig" and "authorization" not in call.headers:
        return refusal(401).with_header("www-authenticate", "Bearer")
    return server(call)


@mutant("SPC-005")
def the_config_can_be_deleted(call: Call, server: Server) -> Reply:
    """DELETE of ServiceProviderConfig answers 204."""
    return NOTHING if call.is_discovery and call.method == "DELETE" else server(call)


@mutant("SPC-005")
def schemas_can_be_replaced(call: Call, server: Server) -> Reply:
    """PUT of a schema answers 200."""
    if call.is_discovery and call.method == "PUT":
        return server(call.reading())
    return server(call)


def _types(change: Callable[[Json], Json | None], call: Call, server: Server) -> Reply:
    reply = server(call)
    if not call.path.startswith("/ResourceTypes") or not reply.is_good:
        return reply
    changed = [one for one in map(change, reply.resources()) if one is not None]
    if "Resources" in reply.document:
        return reply.listing(changed, totalResults=len(changed), itemsPerPage=len(changed))
    return reply.saying(changed[0]) if changed else refusal(404)


@mutant("RTY-001")
def a_type_is_not_told_of(call: Call, server: Server) -> Reply:
    """/ResourceTypes leaves out Group, which is served."""
    return _types(lambda one: None if one["name"] == "Group" else one, call, server)


@mutant("RTY-003", "SDF-008")
def a_type_names_no_schema_of_ours(call: Call, server: Server) -> Reply:
    """The schema of the type Group is not at /Schemas."""
    return _types(
        lambda one: (
            {**one, "schema": "urn:ietf:params:scim:schemas:core:1.0:Group"}
            if one["name"] == "Group"
            else one
        ),
        call,
        server,
    )


@mutant("RTY-004")
def an_extension_is_not_said_to_be_required(call: Call, server: Server) -> Reply:
    """schemaExtensions have no required."""
    return _types(
        lambda one: {
            **one,
            "schemaExtensions": [
                {"schema": each["schema"]} for each in one.get("schemaExtensions") or ()
            ],
        },
        call,
        server,
    )


@mutant("RTY-005")
def one_type_cannot_be_read(call: Call, server: Server) -> Reply:
    """/ResourceTypes/{name} is 404."""
    return refusal(404) if call.path.startswith("/ResourceTypes/") else server(call)


@mutant("RTY-005")
def an_unknown_type_is_found(call: Call, server: Server) -> Reply:
    """/ResourceTypes/{unknown} is the type User."""
    reply = server(call)
    if call.path.startswith("/ResourceTypes/") and reply.status == 404:
        return server(call.reading("/ResourceTypes/User"))
    return reply


@mutant("RTY-006")
def a_type_is_told_of_twice(call: Call, server: Server) -> Reply:
    """/ResourceTypes lists User twice."""
    reply = server(call)
    if call.path != "/ResourceTypes" or not reply.is_good:
        return reply
    rows = [*reply.resources(), reply.resources()[0]]
    return reply.listing(rows, totalResults=len(rows), itemsPerPage=len(rows))


@mutant("RTY-001", "SPC-001")
def discovery_has_wrong_schemas(call: Call, server: Server) -> Reply:
    """Resource types are shown without schemas."""
    return _types(lambda one: {key: one[key] for key in one if key != "schemas"}, call, server)
