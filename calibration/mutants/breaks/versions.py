"""RFC 7644 §3.14: versions."""

import time
from dataclasses import replace

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    each,
    refusal,
)


@mutant("ETG-001")
def reads_have_no_tag(call: Call, server: Server) -> Reply:
    """GET of a resource has no ETag."""
    return server(call).with_header("etag", None) if call.method == "GET" else server(call)


def _tagged(reply: Reply, tag: str) -> Reply:
    reply = each(
        reply,
        lambda one: {**one, "meta": {**one["meta"], "version": tag}} if "meta" in one else one,
    )
    return reply.with_header("etag", tag) if "etag" in reply.headers else reply


@mutant("ETG-001")
def a_patch_keeps_the_tag(call: Call, server: Server) -> Reply:
    """The ETag is the same after PATCH."""
    before = server(call.reading()).headers.get("etag") if call.method == "PATCH" else None
    reply = server(call)
    tags: dict[str, str] = server.memory
    if before and reply.is_good:
        tags[call.path] = tags.get(call.path, before)
    elif call.method in {"PUT", "DELETE"}:
        tags.pop(call.path, None)
    return _tagged(reply, tags[call.path]) if call.path in tags else reply


@mutant("ETG-001")
def every_read_has_another_tag(call: Call, server: Server) -> Reply:
    """The ETag is another at each GET."""
    reply = server(call)
    if call.method == "GET" and "etag" in reply.headers:
        return _tagged(reply, f'W/"{time.monotonic_ns()}"')
    return reply


@mutant("ETG-001", "PAT-025")
def a_patch_of_nothing_has_another_tag(call: Call, server: Server) -> Reply:
    """A PATCH that changes nothing makes another ETag."""
    before = server(call.reading()).headers.get("etag") if call.method == "PATCH" else None
    reply = server(call)
    if before and reply.headers.get("etag") == before and reply.is_good:
        server.memory[call.path] = f'W/"x{time.monotonic_ns()}"'
    found = server.memory.get(call.path)
    return _tagged(reply, found) if found and reply.is_good else reply


@mutant("PAT-025", "RES-023")
def a_patch_of_nothing_moves_the_time(call: Call, server: Server) -> Reply:
    """A PATCH that changes nothing moves meta.lastModified."""
    before = server(call.reading()).headers.get("etag") if call.method == "PATCH" else None
    reply = server(call)
    if before and reply.headers.get("etag") == before and reply.is_good:
        server.memory[call.path] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 1))
    moved = server.memory.get(call.path)
    if not moved:
        return reply
    return each(
        reply,
        lambda one: (
            {**one, "meta": {**one["meta"], "lastModified": moved}} if "meta" in one else one
        ),
    )


@mutant("ETG-002")
def if_none_match_is_ignored(call: Call, server: Server) -> Reply:
    """GET with If-None-Match is always 200."""
    return server(call.with_header("if-none-match", None))


@mutant("ETG-002")
def not_modified_has_a_body(call: Call, server: Server) -> Reply:
    """GET with the current tag is 200 and empty."""
    reply = server(call)
    if reply.status == 304:
        return Reply(200, {"etag": reply.headers.get("etag", "")}, b"")
    return reply


@mutant("ETG-002")
def not_modified_has_no_tag(call: Call, server: Server) -> Reply:
    """304 has no ETag."""
    reply = server(call)
    return reply.with_header("etag", None) if reply.status == 304 else reply


@mutant("ETG-002")
def a_star_is_no_tag(call: Call, server: Server) -> Reply:
    """If-None-Match: * is 200."""
    if call.headers.get("if-none-match") == "*":
        return server(call.with_header("if-none-match", None))
    return server(call)


@mutant("ETG-002", "ETG-001")
def not_modified_after_a_patch(call: Call, server: Server) -> Reply:
    """GET with the tag of before a PATCH is 304."""
    if call.method == "PATCH":
        server.memory.setdefault(call.path, set()).add(server(call.reading()).headers.get("etag"))
    if call.headers.get("if-none-match") in server.memory.get(call.path, ()):
        return Reply(304, {"etag": call.headers["if-none-match"]}, b"")
    return server(call)


@mutant("ETG-003")
def if_match_is_ignored(call: Call, server: Server) -> Reply:
    """If-Match is ignored."""
    return server(call.with_header("if-match", None))


@mutant("ETG-003")
def if_match_is_ignored_by_delete(call: Call, server: Server) -> Reply:
    """DELETE ignores If-Match."""
    return server(call.with_header("if-match", None) if call.method == "DELETE" else call)


@mutant("ETG-003")
def if_match_is_ignored_by_patch(call: Call, server: Server) -> Reply:
    """PATCH ignores If-Match."""
    return server(call.with_header("if-match", None) if call.method == "PATCH" else call)


@mutant("ETG-003")
def a_failed_precondition_is_409(call: Call, server: Server) -> Reply:
    """A stale If-Match is 409."""
    reply = server(call)
    if reply.status == 412:
        return replace(reply.saying({**reply.document, "status": "409"}), status=409)
    return reply


@mutant("ETG-003")
def a_failed_precondition_changes_something(call: Call, server: Server) -> Reply:
    """PATCH with a stale If-Match is 412, and carried out."""
    reply = server(call)
    if reply.status == 412 and call.method in {"PATCH", "PUT"}:
        server(call.with_header("if-match", None))
    return reply


@mutant("ETG-004")
def weak_tags_do_not_match(call: Call, server: Server) -> Reply:
    """If-Match with a weak tag is always 412, as HTTP has it."""
    said = call.headers.get("if-match", "")
    return refusal(412) if said.startswith("W/") else server(call)


@mutant("ETG-004")
def if_match_takes_one_tag(call: Call, server: Server) -> Reply:
    """If-Match with a list of tags is 412."""
    return refusal(412) if "," in call.headers.get("if-match", "") else server(call)


@mutant("ETG-003")
def if_match_takes_no_star(call: Call, server: Server) -> Reply:
    """If-Match: * is 412."""
    return refusal(412) if call.headers.get("if-match") == "*" else server(call)


@mutant("ETG-005")
def if_match_creates(call: Call, server: Server) -> Reply:
    """PUT of an unknown id with If-Match makes a resource."""
    reply = server(call)
    is_asked = call.is_write("PUT") and "if-match" in call.headers
    if is_asked and reply.status in {404, 412} and server(call.reading()).status == 404:
        made = replace(call, method="POST", path=f"/{call.steps[0]}")
        return server(made.with_header("if-match", None))
    return reply
