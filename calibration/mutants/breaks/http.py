"""RFC 7644 §3.1, §3.8, §3.11: HTTP as SCIM uses it, and /Me."""

from dataclasses import replace
from urllib.parse import quote, unquote

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import page, refusal, told

EXPECTED = frozenset(
    {
        *("filter", "attributes", "excludedattributes", "sortby", "sortorder"),
        *("startindex", "count", "cursor"),
    }
)


@mutant("HTP-002")
def answers_are_plain_json(call: Call, server: Server) -> Reply:
    """Content-Type of answers is application/json, whatever is accepted."""
    reply = server(call)
    return reply.with_header("content-type", "application/json") if reply.raw else reply


@mutant("HTP-002")
def plain_json_is_not_acceptable(call: Call, server: Server) -> Reply:
    """Accept: application/json is 406."""
    if call.headers.get("accept", "").strip() == "application/json":
        return refusal(406)
    return server(call)


@mutant("HTP-002")
def a_request_must_say_what_it_accepts(call: Call, server: Server) -> Reply:
    """A request without Accept, or with */*, is 406."""
    if call.headers.get("accept", "*/*").strip() == "*/*":
        return refusal(406)
    return server(call)


@mutant("HTP-003", "IOP-010")
def a_charset_is_refused(call: Call, server: Server) -> Reply:
    """A Content-Type with charset=utf-8 is 415."""
    return refusal(415) if "charset" in call.headers.get("content-type", "") else server(call)


@mutant("HTP-003")
def plain_json_is_refused(call: Call, server: Server) -> Reply:
    """A body of application/json is 415."""
    if call.headers.get("content-type", "").startswith("application/json"):
        return refusal(415)
    return server(call)


@mutant("HTP-004")
def a_browser_gets_html(call: Call, server: Server) -> Reply:
    """Accept: text/html is answered with a page."""
    if call.headers.get("accept", "").startswith("text/html"):
        return page(200, "Users")
    return server(call)


@mutant("HTP-005", "RES-024", "ATT-014")
def links_have_the_internal_host(call: Call, server: Server) -> Reply:
    """Every link begins with the address behind the proxy."""
    return told(server(call), f"http://{call.headers.get('host')}", "http://10.0.0.7:8080")


@mutant("HTP-006")
def queries_are_decoded_twice(call: Call, server: Server) -> Reply:
    """A query is percent-decoded twice."""
    if not call.query:
        return server(call)
    pairs = (f"{quote(name)}={quote(unquote(said))}" for name, said in call.query.items())
    return server(replace(call, asked="&".join(pairs)))


@mutant("HTP-008")
def unknown_parameters_are_refused(call: Call, server: Server) -> Reply:
    """A parameter that SCIM does not know is 400."""
    if {name.lower() for name in call.query} - EXPECTED:
        return refusal(400, "invalidValue")
    return server(call)


@mutant("HTP-010", "ERR-001")
def unknown_endpoints_are_html(call: Call, server: Server) -> Reply:
    """404 of an unknown endpoint is the framework's page."""
    reply = server(call)
    if reply.status == 404 and call.steps and call.steps[0] not in {"Users", "Groups", "Schemas"}:
        return page(404, "Not Found")
    return reply


@mutant("HTP-010", "ERR-001")
def wrong_methods_are_html(call: Call, server: Server) -> Reply:
    """405 is the framework's page."""
    reply = server(call)
    return page(405, "Method Not Allowed") if reply.status == 405 else reply


@mutant("HTP-010")
def wrong_methods_do_not_tell_the_right_ones(call: Call, server: Server) -> Reply:
    """405 has no Allow."""
    return server(call).with_header("allow", None)


@mutant("HTP-011")
def groups_cannot_be_put(call: Call, server: Server) -> Reply:
    """PUT of a group is 501."""
    return refusal(501) if call.method == "PUT" and call.is_at("Groups") else server(call)


@mutant("HTP-014", "ERR-001", "CRE-008")
def malformed_json_breaks_the_server(call: Call, server: Server) -> Reply:
    """What is no JSON is 500."""
    reply = server(call)
    if reply.status == 400 and call.raw and not call.document:
        return page(500, "Internal Server Error")
    return reply


@mutant("HTP-014", "CRE-008")
def an_array_is_its_first_element(call: Call, server: Server) -> Reply:
    """A body that is an array is taken for its first element."""
    text = call.raw.strip()
    if text.startswith(b"[") and text.endswith(b"]"):
        inner = text[1:-1].strip() or b"{}"
        return server(replace(call, raw=inner))
    return server(call)


@mutant("IOP-010")
def a_trailing_slash_is_not_found(call: Call, server: Server) -> Reply:
    """/Users/ is 404."""
    return refusal(404) if call.path.endswith("/") and call.steps else server(call)


@mutant("HTP-001", "ATT-005")
def answers_are_latin_1(call: Call, server: Server) -> Reply:
    """Answers are encoded in ISO 8859-1."""
    reply = server(call)
    text = reply.raw.decode(errors="replace")
    return replace(reply, raw=text.encode("latin-1", errors="replace"))


@mutant("SCH-001", "HTP-009")
def the_groups_are_not_searched(call: Call, server: Server) -> Reply:
    """/Groups/.search is 404, /Users/.search is there."""
    return refusal(404) if call.path == "/Groups/.search" else server(call)


@mutant("ASY-001")
def respond_async_is_refused(call: Call, server: Server) -> Reply:
    """Prefer: respond-async is 400."""
    return refusal(400) if "respond-async" in call.headers.get("prefer", "") else server(call)


@mutant("ASY-001", "ASY-002")
def respond_async_is_accepted_and_forgotten(call: Call, server: Server) -> Reply:
    """Prefer: respond-async is 202 without Set-Txn, though asyncRequest is none."""
    reply = server(call)
    if "respond-async" in call.headers.get("prefer", "") and reply.is_good:
        return Reply(202, {"cache-control": "no-store"}, b"")
    return reply


@mutant("MEE-004")
def me_is_the_first_user(call: Call, server: Server) -> Reply:
    """/Me of a credential that is nobody's is the first user."""
    rows = server(call.reading("/Users").asking(count="1")).resources()
    if call.path == "/Me" and call.method == "GET" and rows:
        return server(call.reading(f"/Users/{rows[0]['id']}"))
    return server(call)


@mutant("ERR-001", "MEE-001")
def me_is_html(call: Call, server: Server) -> Reply:
    """/Me is the framework's 404."""
    return page(404, "Not Found") if call.path == "/Me" else server(call)


@mutant("MEE-004")
def me_breaks_the_server(call: Call, server: Server) -> Reply:
    """/Me is 500."""
    return refusal(500) if call.path == "/Me" else server(call)
