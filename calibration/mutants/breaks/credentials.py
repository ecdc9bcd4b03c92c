"""RFC 7644 §2: who asks."""

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import refusal

HALF = 2


@mutant("AUT-001")
def a_refusal_names_no_scheme(call: Call, server: Server) -> Reply:
    """401 has no WWW-Authenticate."""
    return server(call).with_header("www-authenticate", None)


@mutant("AUT-002", "AUT-001")
def a_wrong_token_is_forbidden(call: Call, server: Server) -> Reply:
    """A wrong token is 403."""
    reply = server(call)
    return refusal(403) if reply.status == 401 and "authorization" in call.headers else reply


def _known(call: Call, server: Server) -> str | None:
    """A credential that was good; this one if it is."""
    said = call.credential
    if said is not None and server.memory.get("good") is None and server(call).status != 401:
        server.memory["good"] = said
    good: str | None = server.memory.get("good")
    return good


@mutant("AUT-001")
def anybody_reads(call: Call, server: Server) -> Reply:
    """GET needs no credential."""
    good = _known(call, server) if call.method == "GET" else None
    if good and call.method == "GET" and "authorization" not in call.headers:
        return server(call.with_header("authorization", good))
    return server(call)


@mutant("AUT-001")
def anybody_deletes(call: Call, server: Server) -> Reply:
    """DELETE needs no credential."""
    good = _known(call.reading("/Users"), server)
    if good and call.method == "DELETE" and "authorization" not in call.headers:
        return server(call.with_header("authorization", good))
    return server(call)


@mutant("AUT-001", "BLK-020")
def bulk_needs_no_credential(call: Call, server: Server) -> Reply:
    """POST /Bulk needs no credential."""
    good = _known(call.reading("/Users"), server)
    if good and call.path == "/Bulk" and "authorization" not in call.headers:
        return server(call.with_header("authorization", good))
    return server(call)


@mutant("AUT-002")
def the_end_of_a_token_does_not_count(call: Call, server: Server) -> Reply:
    """Of a token only the first half is compared."""
    good = _known(call.reading("/Users"), server)
    said = call.credential
    if good and said.startswith(good[: len(good) // HALF]):
        return server(call.with_header("authorization", good))
    return server(call)


@mutant("AUT-008")
def a_token_in_the_query_is_taken(call: Call, server: Server) -> Reply:
    """access_token in the query is a credential."""
    token = call.query.get("access_token")
    if token and "authorization" not in call.headers:
        return server(call.with_header("authorization", f"Bearer {token}"))
    return server(call)


@mutant("AUT-008")
def a_token_of_another_name_is_taken(call: Call, server: Server) -> Reply:
    """token in the query is a credential, under that name alone."""
    token = call.query.get("token")
    if token and "authorization" not in call.headers:
        return server(call.with_header("authorization", f"Bearer {token}"))
    return server(call)


@mutant("AUT-001", "ERR-001")
def a_missing_credential_is_not_found(call: Call, server: Server) -> Reply:
    """A request without a credential is 404."""
    reply = server(call)
    return refusal(404) if reply.status == 401 and "authorization" not in call.headers else reply
