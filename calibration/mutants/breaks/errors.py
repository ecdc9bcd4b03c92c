"""RFC 7644 §3.12: how errors are told."""

from dataclasses import replace

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant


@mutant("ERR-001", "ERR-002")
def errors_have_a_number(call: Call, server: Server) -> Reply:
    """status of an Error is a number."""
    reply = server(call)
    return reply.saying({**reply.document, "status": reply.status}) if reply.status > 399 else reply


@mutant("ERR-001", "RES-001")
def errors_have_no_schemas(call: Call, server: Server) -> Reply:
    """An Error has no schemas."""
    reply = server(call)
    kept = {name: said for name, said in reply.document.items() if name != "schemas"}
    return reply.saying(kept) if reply.status > 399 else reply


@mutant("ERR-002")
def errors_have_the_status_of_another(call: Call, server: Server) -> Reply:
    """status in the body of 404, 409 and 412 is "400"."""
    reply = server(call)
    if reply.status in {404, 409, 412}:
        return reply.saying({**reply.document, "status": "400"})
    return reply


@mutant("ERR-003")
def errors_have_types_of_their_own(call: Call, server: Server) -> Reply:
    """404 has the scimType notFound."""
    reply = server(call)
    if reply.status == 404:
        return reply.saying({**reply.document, "scimType": "notFound"})
    return reply


@mutant("ERR-004")
def wrong_values_are_422(call: Call, server: Server) -> Reply:
    """invalidValue comes with 422."""
    reply = server(call)
    if reply.document.get("scimType") == "invalidValue":
        return replace(reply.saying({**reply.document, "status": "422"}), status=422)
    return reply


@mutant("ERR-005", "FIL-025")
def wrong_filters_are_wrong_values(call: Call, server: Server) -> Reply:
    """A wrong filter is invalidValue."""
    reply = server(call)
    if reply.document.get("scimType") == "invalidFilter":
        return reply.saying({**reply.document, "scimType": "invalidValue"})
    return reply


@mutant("ERR-005", "PAT-007")
def wrong_paths_are_wrong_syntax(call: Call, server: Server) -> Reply:
    """A wrong path is invalidSyntax."""
    reply = server(call)
    if reply.document.get("scimType") in {"invalidPath", "noTarget"}:
        return reply.saying({**reply.document, "scimType": "invalidSyntax"})
    return reply


@mutant("ERR-005", "CRE-005")
def errors_have_no_type(call: Call, server: Server) -> Reply:
    """No Error has a scimType."""
    reply = server(call)
    kept = {name: said for name, said in reply.document.items() if name != "scimType"}
    return reply.saying(kept) if reply.status > 399 else reply


@mutant("ERR-006")
def errors_are_plain_json(call: Call, server: Server) -> Reply:
    """An Error is application/json."""
    reply = server(call)
    return reply.with_header("content-type", "application/json") if reply.status > 399 else reply
