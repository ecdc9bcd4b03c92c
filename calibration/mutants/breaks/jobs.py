"""RFC 7644 §3.7.2: the operations of a job, and what they refer to."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import ENTERPRISE, doing, is_bulk, jobs_of, refusal, without

REFERENCE = re.compile(r"bulkId:([\w-]+)")


def _referring(call: Call, server: Server, change: Callable[[Json], Json]) -> Reply:
    jobs = jobs_of(call)
    return server(doing(call, [change(one) for one in jobs])) if jobs else server(call)


@mutant("BLK-011")
def references_in_extensions_are_not_resolved(call: Call, server: Server) -> Reply:
    """bulkId: in manager.value fails."""

    def change(one: Json) -> Json:
        data = one.get("data")
        if not isinstance(data, dict) or ENTERPRISE not in data:
            return one
        text = json.dumps(data[ENTERPRISE]).replace("bulkId:", "bulkId:no-")
        return {**one, "data": {**data, ENTERPRISE: json.loads(text)}}

    return _referring(call, server, change)


@mutant("BLK-011")
def references_in_patches_are_not_resolved(call: Call, server: Server) -> Reply:
    """bulkId: in the operations of a PATCH fails."""

    def change(one: Json) -> Json:
        if str(one.get("method")).upper() != "PATCH":
            return one
        text = json.dumps(one.get("data")).replace("bulkId:", "bulkId:no-")
        return {**one, "data": json.loads(text)}

    return _referring(call, server, change)


@mutant("BLK-011", "BLK-012")
def only_the_first_reference_is_resolved(call: Call, server: Server) -> Reply:
    """Of several bulkId: in one operation, the first is resolved."""

    def change(one: Json) -> Json:
        text = json.dumps(one.get("data"))
        head, mark, tail = text.partition("bulkId:")
        return {**one, "data": json.loads(head + mark + tail.replace("bulkId:", "bulkId:no-"))}

    return _referring(call, server, change)


@mutant("BLK-012")
def references_look_back_only(call: Call, server: Server) -> Reply:
    """bulkId: of an operation that comes later fails."""
    known: set[str] = set()

    def change(one: Json) -> Json:
        text = REFERENCE.sub(
            lambda match: match[0] if match[1] in known else "bulkId:not-yet",
            json.dumps(one.get("data")),
        )
        known.add(str(one.get("bulkId")))
        return {**one, "data": json.loads(text)}

    return _referring(call, server, change)


@mutant("BLK-013")
def circles_break_the_server(call: Call, server: Server) -> Reply:
    """Two operations that refer to each other are 500."""
    uses = {
        str(one.get("bulkId")): set(REFERENCE.findall(json.dumps(one.get("data"))))
        for one in jobs_of(call)
    }
    circle = any(one in uses.get(other, ()) for one, others in uses.items() for other in others)
    return refusal(500) if circle else server(call)


@mutant("BLK-014")
def references_to_nobody_are_dropped(call: Call, server: Server) -> Reply:
    """A member whose bulkId: is not in the job is left out."""
    known = {str(one.get("bulkId")) for one in jobs_of(call)}

    def change(one: Json) -> Json:
        data: Any = one.get("data")
        if not isinstance(data, dict) or not isinstance(data.get("members"), list):
            return one
        kept = [
            each
            for each in data["members"]
            if not (match := REFERENCE.search(json.dumps(each))) or match[1] in known
        ]
        return {**one, "data": {**data, "members": kept}}

    return _referring(call, server, change)


@mutant("BLK-014")
def references_to_failures_are_dropped(call: Call, server: Server) -> Reply:
    """A member whose bulkId: is of an operation that fails is left out."""
    reply = server(call)
    found = reply.document.get("Operations", ())
    failed = {one.get("bulkId") for one in found if one.get("status", "")[:1] == "4"}
    reply_again = [
        one
        for one in jobs_of(call)
        if one.get("bulkId") in failed and set(REFERENCE.findall(json.dumps(one))) & failed
    ]
    if not reply_again:
        return reply
    for one in reply_again:
        members = [
            each
            for each in (one.get("data") or {}).get("members", ())
            if not set(REFERENCE.findall(json.dumps(each))) & failed
        ]
        one["data"] = {**(one.get("data") or {}), "members": members}
    second = server(doing(call, reply_again)).document.get("Operations", ())
    by_id = {one.get("bulkId"): one for one in second}
    merged = [by_id.get(one.get("bulkId"), one) for one in found]
    return reply.saying({**reply.document, "Operations": merged})


@mutant("BLK-017")
def versions_in_a_job_are_ignored(call: Call, server: Server) -> Reply:
    """version of an operation is ignored."""
    return _referring(call, server, lambda one: without("version", one))


@mutant("BLK-018")
def long_jobs_are_carried_out(call: Call, server: Server) -> Reply:
    """Of more operations than maxOperations, the first ones are carried out."""
    jobs = jobs_of(call)
    return server(doing(call, jobs[:1000])) if len(jobs) > 1000 else server(call)


@mutant("BLK-018")
def long_jobs_are_a_wrong_value(call: Call, server: Server) -> Reply:
    """A job that is too long or too large is 400."""
    reply = server(call)
    if is_bulk(call) and reply.status == 413:
        return replace(reply.saying({**reply.document, "status": "400"}), status=400)
    return reply


@mutant("BLK-020", "BLK-003")
def absolute_paths_are_cut(call: Call, server: Server) -> Reply:
    """A path that is a URL of another host is taken without its host."""

    def change(one: Json) -> Json:
        path = str(one.get("path") or "")
        if "://" not in path:
            return one
        return {**one, "path": "/" + "/".join(path.split("/")[-1:])}

    return _referring(call, server, change)


@mutant("BLK-003")
def an_operation_needs_no_path(call: Call, server: Server) -> Reply:
    """An operation without a path is for /Users."""
    return _referring(
        call, server, lambda one: one if one.get("path") else {**one, "path": "/Users"}
    )


@mutant("BLK-003")
def unknown_methods_are_left_out(call: Call, server: Server) -> Reply:
    """An operation of another method is left out, and not reported."""
    methods = {"POST", "PUT", "PATCH", "DELETE"}
    kept = [one for one in jobs_of(call) if str(one.get("method")).upper() in methods]
    return server(doing(call, kept)) if len(kept) < len(jobs_of(call)) else server(call)
