"""RFC 7644 §3.5.1: PUT."""

from dataclasses import replace

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    ENTERPRISE,
    NOTHING,
    each,
    refusal,
    stored,
)


@mutant("PUT-001")
def put_creates(call: Call, server: Server) -> Reply:
    """PUT of an unknown id makes a resource."""
    reply = server(call)
    if call.is_write("PUT") and reply.status == 404 and len(call.steps) == 2:
        return server(replace(call, method="POST", path=f"/{call.steps[0]}"))
    return reply


@mutant("PUT-003")
def put_keeps_what_is_left_out(call: Call, server: Server) -> Reply:
    """PUT leaves what the body does not name."""
    if call.is_write("PUT") and len(call.steps) == 2:
        kept = stored(call, server)
        if "id" in kept:
            named = {name.lower() for name in call.document}
            rest = {name: kept[name] for name in kept if name.lower() not in named}
            both = {*kept["schemas"], *(call.document.get("schemas") or ())}
            return server(call.saying({**rest, **call.document, "schemas": sorted(both)}))
    return server(call)


@mutant("PUT-002")
def put_adds_to_lists(call: Call, server: Server) -> Reply:
    """PUT adds the elements of a multi-valued attribute to those that are stored."""
    if not call.is_write("PUT"):
        return server(call)
    kept = stored(call, server)
    joined = {
        name: [*kept.get(name, ()), *(one for one in value if one not in kept.get(name, ()))]
        for name, value in call.document.items()
        if isinstance(value, list) and value and name != "schemas"
    }
    return server(call.saying({**call.document, **joined}))


@mutant("PUT-005")
def put_of_what_is_immutable_is_ignored(call: Call, server: Server) -> Reply:
    """PUT of another immutable value answers 200 and keeps the stored one."""
    reply = server(call)
    if not call.is_write("PUT") or reply.document.get("scimType") != "mutability":
        return reply
    kept = stored(call, server)
    same: Json = {name: kept[name] for name in ("serialNumber", "purchaseOrder") if name in kept}
    return server(call.saying({**call.document, **same}))


@mutant("PUT-005", "ATT-028")
def put_cannot_fill_what_is_immutable(call: Call, server: Server) -> Reply:
    """PUT drops an immutable value where there is none yet."""
    is_asked = call.is_write("PUT") and "purchaseOrder" in call.document
    if is_asked and "purchaseOrder" not in stored(call, server):
        rest = {k: v for k, v in call.document.items() if k != "purchaseOrder"}
        return server(call.saying(rest))
    return server(call)


@mutant("PUT-006", "PUT-012")
def put_of_what_is_read_only_is_refused(call: Call, server: Server) -> Reply:
    """PUT with a meta or groups is 400 mutability."""
    if call.is_write("PUT") and {"meta", "groups"} & call.document.keys():
        return refusal(400, "mutability")
    return server(call)


@mutant("PUT-008")
def put_has_no_body(call: Call, server: Server) -> Reply:
    """PUT answers 204."""
    reply = server(call)
    return replace(NOTHING, headers={}) if call.method == "PUT" and reply.is_good else reply


@mutant("PUT-008")
def put_answers_what_was(call: Call, server: Server) -> Reply:
    """PUT answers the resource as it was before."""
    before = server(call.reading()) if call.is_write("PUT") else None
    reply = server(call)
    return replace(reply, raw=before.raw) if before and reply.status == 200 else reply


@mutant("PUT-009", "CRE-005")
def a_refused_put_changes_something(call: Call, server: Server) -> Reply:
    """PUT that is 409 has changed everything but the userName."""
    reply = server(call)
    if call.is_write("PUT") and reply.status == 409 and call.is_at("Users"):
        kept = stored(call, server)
        server(call.saying({**call.document, "userName": kept.get("userName")}))
    return reply


@mutant("PUT-011", "RES-005")
def put_leaves_the_uri_of_an_extension(call: Call, server: Server) -> Reply:
    """PUT without an extension drops its data, and schemas still names it."""
    had = call.is_write("PUT") and ENTERPRISE in stored(call, server)
    reply = server(call)
    if had and reply.is_good and ENTERPRISE not in reply.document:
        server.memory[reply.document["id"]] = True
    return each(
        reply,
        lambda one: (
            {**one, "schemas": sorted({*one.get("schemas", ()), ENTERPRISE})}
            if one["id"] in server.memory
            else one
        ),
    )


@mutant("PUT-002", "RES-017")
def put_keeps_the_external_id(call: Call, server: Server) -> Reply:
    """PUT does not change externalId."""
    if call.is_write("PUT") and "externalId" in call.document:
        kept = stored(call, server).get("externalId")
        rest = {k: v for k, v in call.document.items() if k != "externalId"}
        return server(call.saying({**rest, **({"externalId": kept} if kept else {})}))
    return server(call)


@mutant("PUT-012")
def put_of_what_was_read_loses_a_primary(call: Call, server: Server) -> Reply:
    """PUT drops primary from the elements of emails."""
    held = call.document.get("emails")
    if call.is_write("PUT") and isinstance(held, list):
        rest = [{k: v for k, v in one.items() if k != "primary"} for one in held]
        return server(call.saying({**call.document, "emails": rest}))
    return server(call)
