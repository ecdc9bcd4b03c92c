"""RFC 7643 §7: what the characteristics of an attribute promise."""

import re

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    each,
    filter_of,
    filtering,
    op,
    operating,
    operations,
    stored,
    writes,
)
from calibration.mutants.twins import insist, insisted, twin, untwinned


@mutant("ATT-026", "RES-017")
def external_ids_lose_their_case(call: Call, server: Server) -> Reply:
    """externalId is stored in lower case."""
    held = call.document.get("externalId")
    if writes(call) and isinstance(held, str):
        return server(call.saying({**call.document, "externalId": held.lower()}))
    return server(call)


@mutant("ATT-026", "RES-017", "FIL-011")
def external_ids_compare_without_case(call: Call, server: Server) -> Reply:
    """externalId eq finds another case."""
    text = filter_of(call) or ""
    found = re.search(r'externalId eq "([^"]*)"', text)
    if not found:
        return server(call)
    forms = {found[1], found[1].lower(), found[1].upper(), found[1].swapcase()}
    either = " or ".join(f'externalId eq "{form}"' for form in sorted(forms))
    return server(filtering(call, text.replace(found[0], f"({either})")))


@mutant("ATT-027", "USR-018", "CRE-003")
def what_is_read_only_is_echoed(call: Call, server: Server) -> Reply:
    """The answer to POST repeats readOnly values that the client sent; nothing is stored."""
    reply = server(call)
    forged = {"groups", "registrationState"} & call.document.keys()
    if not call.is_write("POST") or not forged:
        return reply
    return each(reply, lambda one: one | {name: call.document[name] for name in forged})


@mutant("ATT-027")
def what_is_read_only_is_written(call: Call, server: Server) -> Reply:
    """PUT changes a readOnly attribute."""
    reply = server(call)
    if call.is_write("PUT") and "registrationState" in call.document:
        return insist(reply, server, {"registrationState": call.document["registrationState"]})
    return insisted(reply, server)


@mutant("ATT-028", "PUT-005")
def what_is_immutable_changes_by_put(call: Call, server: Server) -> Reply:
    """PUT changes an immutable attribute."""
    reply = insisted(server(call), server)
    if not call.is_write("PUT") or reply.document.get("scimType") != "mutability":
        return reply
    kept, sent = stored(call, server), call.document
    changed: Json = {name: sent[name] for name in ("serialNumber", "purchaseOrder") if name in sent}
    same: Json = {name: kept[name] for name in changed if name in kept}
    return insist(server(call.saying({**sent, **same})), server, changed)


@mutant("ATT-028", "PAT-017")
def what_is_immutable_changes_by_patch(call: Call, server: Server) -> Reply:
    """PATCH replaces an immutable value."""
    reply = insisted(server(call), server)
    named = {
        str(each.get("path")): each.get("value")
        for each in operations(call)
        if each.get("path") in {"serialNumber", "purchaseOrder"} and op(each) != "remove"
    }
    if reply.document.get("scimType") != "mutability" or not named:
        return reply
    return insist(server(call.reading()), server, named)


@mutant("ATT-029", "ATT-031", "USR-009")
def a_new_password_is_echoed(call: Call, server: Server) -> Reply:
    """The answer to POST repeats the password."""
    reply = server(call)
    if call.is_write("POST") and "password" in call.document:
        return each(reply, lambda one: {**one, "password": call.document["password"]})
    return reply


@mutant("ATT-029", "ATT-031", "PRJ-009")
def a_secret_is_shown_to_who_asks(call: Call, server: Server) -> Reply:
    """attributes=pin shows the pin, which is never returned."""
    reply = server(call)
    if call.is_write("POST", "PUT") and "pin" in call.document and reply.is_good:
        server.memory[reply.document["id"]] = call.document["pin"]
    secrets: Json = server.memory
    if "pin" in call.query.get("attributes", ""):
        return each(
            reply,
            lambda one: {**one, "pin": secrets.get(one["id"])} if one["id"] in secrets else one,
        )
    return reply


@mutant("ATT-031", "USR-009")
def a_refusal_quotes_the_password(call: Call, server: Server) -> Reply:
    """The detail of a refused POST quotes the whole body, its password too."""
    reply = server(call)
    if call.is_write("POST") and reply.status in {400, 409} and "password" in call.document:
        return reply.saying({**reply.document, "detail": f"Refused: {call.raw.decode()}"})
    return reply


@mutant("USR-009")
def the_hash_of_a_password_is_shown(call: Call, server: Server) -> Reply:
    """GET shows the hash of the password."""
    reply = server(call)
    if call.is_write("POST") and "password" in call.document and reply.is_good:
        server.memory[reply.document["id"]] = True
    hashed = "{SSHA}0c0blZmYWkS0cW9fbGUHRbnUFQVmYWtl"
    return each(
        reply, lambda one: {**one, "password": hashed} if one["id"] in server.memory else one
    )


@mutant("ATT-030", "ATT-032", "PRJ-002")
def what_is_always_returned_can_be_left_out(call: Call, server: Server) -> Reply:
    """attributes=… leaves out serialNumber, which is returned always."""
    reply = server(call)
    if "attributes" in call.query and "serialNumber" not in call.query["attributes"]:
        return each(reply, lambda one: {name: one[name] for name in one if name != "serialNumber"})
    return reply


@mutant("ATT-030", "PRJ-003")
def the_id_can_be_excluded(call: Call, server: Server) -> Reply:
    """excludedAttributes=id leaves out the id."""
    reply = server(call)
    if "id" in call.query.get("excludedAttributes", "").split(","):
        return each(reply, lambda one: {name: one[name] for name in one if name != "id"})
    return reply


@mutant("ATT-032")
def lists_show_less(call: Call, server: Server) -> Reply:
    """A list leaves out emails, phoneNumbers and name, which are returned by default."""
    reply = server(call)
    if not call.is_list() or "attributes" in call.asked:
        return reply
    hidden = {"emails", "phoneNumbers", "name"}
    return each(reply, lambda one: {name: one[name] for name in one if name not in hidden})


@mutant("ATT-032", "GRP-005")
def lists_leave_out_members(call: Call, server: Server) -> Reply:
    """A list of groups leaves out members, which are returned by default."""
    reply = server(call)
    if not call.is_list() or "attributes" in call.asked:
        return reply
    return each(reply, lambda one: {name: one[name] for name in one if name != "members"})


@mutant("ATT-033")
def what_is_returned_on_request_is_always_returned(call: Call, server: Server) -> Reply:
    """GET shows notes, which nobody asked for."""
    reply = server(call)
    if call.method != "GET" or not call.is_at("Devices") or call.asked or not reply.is_good:
        return reply
    asked = server(call.reading().asking(attributes="notes")).document
    return each(reply, lambda one: one | ({"notes": asked["notes"]} if "notes" in asked else {}))


@mutant("ATT-034")
def a_unique_value_can_be_taken_twice(call: Call, server: Server) -> Reply:
    """assetTag, which is published as unique, is not compared."""
    reply = untwinned(server(call), server)
    tag = call.document.get("assetTag")
    if reply.status == 409 and writes(call) and isinstance(tag, str):
        return twin(call, server, tag)
    return reply


@mutant("ATT-034", "PUT-009")
def put_does_not_compare_unique_values(call: Call, server: Server) -> Reply:
    """PUT takes a userName that is taken."""
    reply = untwinned(server(call), server)
    if reply.status == 409 and call.is_write("PUT") and "userName" in call.document:
        return twin(call, server, call.document["userName"])
    return reply


@mutant("ATT-034", "PAT-038")
def patch_does_not_compare_unique_values(call: Call, server: Server) -> Reply:
    """PATCH takes a userName that is taken."""
    reply = untwinned(server(call), server)
    named = [each.get("value") for each in operations(call) if each.get("path") == "userName"]
    if reply.status == 409 and named:
        return twin(call, server, str(named[-1]))
    return reply


@mutant("ATT-035", "PUT-007")
def put_keeps_what_is_required(call: Call, server: Server) -> Reply:
    """PUT without userName is taken, and keeps the one that is stored."""
    if call.is_write("PUT") and call.is_at("Users") and not call.document.get("userName"):
        name = stored(call, server).get("userName")
        return server(call.saying({**call.document, "userName": name}))
    return server(call)


@mutant("ATT-035", "PAT-030")
def what_is_required_can_be_removed(call: Call, server: Server) -> Reply:
    """remove of userName answers 200 and does nothing."""
    found = operations(call)
    kept = [one for one in found if (op(one), one.get("path")) != ("remove", "userName")]
    if len(kept) < len(found):
        return server(operating(call, kept)) if kept else server(call.reading())
    return server(call)
