"""RFC 7644 §6: tenants."""

import re
from collections.abc import Iterator
from dataclasses import replace

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import ERROR, filter_of, refusal, writes
from calibration.mutants.twins import insist, insisted


def _others(call: Call, server: Server) -> Iterator[Call]:
    """The same request with the credentials of other tenants; a good one is remembered."""
    known: dict[str, bool] = server.memory.setdefault("tenants", {})
    own = call.credential
    if own and own not in known:
        known[own] = server(call.reading("/Users").asking(count="0")).is_good
    if own and known.get(own):
        for each, good in list(known.items()):
            if good and each != own:
                yield call.with_header("authorization", each)


def _elsewhere(methods: set[str], call: Call, server: Server) -> Reply:
    reply = server(call)
    others = list(_others(call, server))
    if call.method not in methods or reply.status != 404 or len(call.steps) != 2:
        return reply
    found = (server(each) for each in others)
    return next((each for each in found if each.status != 404), reply)


@mutant("TEN-003")
def resources_of_other_tenants_are_read(call: Call, server: Server) -> Reply:
    """GET of an id of another tenant answers it."""
    return _elsewhere({"GET"}, call, server)


@mutant("TEN-003")
def resources_of_other_tenants_are_deleted(call: Call, server: Server) -> Reply:
    """DELETE of an id of another tenant deletes it."""
    return _elsewhere({"DELETE"}, call, server)


@mutant("TEN-003")
def resources_of_other_tenants_are_changed(call: Call, server: Server) -> Reply:
    """PATCH and PUT of an id of another tenant change it."""
    return _elsewhere({"PATCH", "PUT"}, call, server)


@mutant("TEN-003", "QRY-010")
def lists_have_other_tenants(call: Call, server: Server) -> Reply:
    """A list with a filter finds the users of other tenants."""
    reply = server(call)
    others = list(_others(call, server))
    if filter_of(call) is None or not reply.is_good or not call.path.startswith("/Users"):
        return reply
    rows = [*reply.resources(), *(row for each in others for row in server(each).resources())]
    return reply.listing(rows, totalResults=len(rows))


@mutant("TEN-004", "TEN-003")
def names_are_unique_over_tenants(call: Call, server: Server) -> Reply:
    """A userName of another tenant is 409."""
    name = str(call.document.get("userName"))
    search = call.reading("/Users").asking(filter=f'userName eq "{name}"')
    is_new = call.is_write("POST") and call.steps == ("Users",) and re.fullmatch(r"[\w-]+", name)
    if is_new and any(server(each).resources() for each in _others(search, server)):
        return refusal(409, "uniqueness")
    return server(call)


@mutant("TEN-003")
def members_may_be_of_other_tenants(call: Call, server: Server) -> Reply:
    """A member of another tenant is accepted, and shown with its name."""
    reply = server(call)
    held = call.document.get("members")
    list(_others(call, server))  # who else there is
    if not writes(call) or reply.status != 400 or not isinstance(held, list):
        return insisted(reply, server)
    paths = [f"/Users/{one.get('value')}" for one in held if isinstance(one, dict)]
    seen = [each for path in paths for each in _others(call.reading(path), server)]
    found = [each for each in seen if server(each).is_good]
    if not found:
        return insisted(reply, server)
    shown = [{**one, "display": server(found[0]).document.get("displayName")} for one in held]
    return insist(server(call.saying({**call.document, "members": []})), server, {"members": shown})


@mutant("TEN-005")
def ids_are_those_of_another_tenant(call: Call, server: Server) -> Reply:
    """A user with the name of one in another tenant has the same id there."""
    names: dict[str, str] = server.memory.setdefault("names", {})
    shown: dict[str, str] = server.memory.setdefault("shown", {})
    path = call.path
    for real, alias in shown.items():
        if call.credential == server.memory.get(real):
            path = path.replace(alias, real)
    reply = server(replace(call, path=path))
    name = str(call.document.get("userName"))
    if call.is_write("POST") and reply.status == 201 and "userName" in call.document:
        made = reply.document["id"]
        if names.setdefault(name, made) != made:
            shown[made] = names[name]
            server.memory[made] = call.credential
    for real, alias in shown.items():
        headers = {key: said.replace(real, alias) for key, said in reply.headers.items()}
        raw = reply.raw.replace(real.encode(), alias.encode())
        reply = replace(reply, headers=headers, raw=raw)
    return reply


@mutant("CUR-019", "TEN-003")
def a_refusal_tells_of_another_tenant(call: Call, server: Server) -> Reply:
    """404 of an id of another tenant says so in its detail."""
    reply = server(call)
    others = list(_others(call, server))
    is_asked = reply.status == 404 and len(call.steps) == 2 and call.method == "GET"
    if is_asked and any(server(each).is_good for each in others):
        detail = "This resource belongs to another tenant."
        return reply.saying({"schemas": [ERROR], "status": "404", "detail": detail})
    return reply


@mutant("QRY-010", "TEN-003", "QRY-002")
def totals_have_other_tenants(call: Call, server: Server) -> Reply:
    """totalResults counts the users of other tenants too."""
    known = server.memory.setdefault("tenants", set())
    reply = server(call)
    if reply.is_good and "authorization" in call.headers:
        known.add(call.headers["authorization"])
    if not call.is_list() or not reply.is_good or "Resources" not in reply.document:
        return reply
    others = (
        server(call.with_header("authorization", each)).document.get("totalResults", 0)
        for each in known - {call.credential}
    )
    total = reply.document.get("totalResults", 0) + sum(others)
    return reply.listing(reply.resources(), totalResults=total)
