"""RFC 7643 §4.1: the user."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import add, mutant
from calibration.mutants.surgery import (
    NOTHING,
    each,
    op,
    operating,
    operations,
    refusal,
    stored,
    writes,
)
from calibration.mutants.twins import twin, untwinned

Drop = tuple[str, str, str]
"""Attribute, sub-attribute or nothing, requirement."""
DROPPED: tuple[Drop, ...] = (
    ("nickName", "", "USR-005"),
    ("name", "middleName", "USR-005"),
    ("name", "honorificSuffix", "USR-005"),
    ("addresses", "region", "USR-016"),
    ("roles", "display", "USR-021"),
    ("entitlements", "type", "USR-021"),
)


def _without(document: Json, name: str, sub: str) -> Json:
    held = document.get(name)
    if not sub:
        return {each: document[each] for each in document if each != name}
    if isinstance(held, dict):
        return {**document, name: {key: held[key] for key in held if key != sub}}
    if isinstance(held, list):
        rest = [
            {key: one[key] for key in one if key != sub} if isinstance(one, dict) else one
            for one in held
        ]
        return {**document, name: rest}
    return document


def _dropped(name: str, sub: str, call: Call, server: Server) -> Reply:
    if not writes(call) or not call.path.startswith("/Users"):
        return server(call)
    return server(call.saying(_without(call.document, name, sub)))


for _name, _sub, _id in DROPPED:
    add(
        f"{_name}_{_sub}_is_not_stored".replace("__", "_").lower(),
        "user",
        f"{_name}{'.' if _sub else ''}{_sub} of a user is accepted and not stored.",
        (_id, "SDF-007", "CRE-004"),
        partial(_dropped, _name, _sub),
    )


@mutant("USR-002")
def an_empty_user_name_is_taken(call: Call, server: Server) -> Reply:
    """A userName of nothing, or of spaces, is taken."""
    name = call.document.get("userName")
    if writes(call) and isinstance(name, str) and not name.strip():
        return twin(call, server, name)
    return untwinned(server(call), server)


@mutant("USR-003", "CRE-005", "ATT-034")
def user_names_are_unique_by_case(call: Call, server: Server) -> Reply:
    """A userName that differs in case alone is another."""
    names = server.memory.setdefault("names", set())
    name = str(call.document.get("userName"))
    reply = untwinned(server(call), server)
    if call.is_write("POST") and reply.status == 409 and name not in names:
        reply = twin(call, server, name)
    names.add(name)
    return reply


@mutant("USR-004")
def users_cannot_be_renamed(call: Call, server: Server) -> Reply:
    """PUT of another userName is 400 mutability."""
    if call.is_write("PUT") and call.is_at("Users"):
        kept = stored(call, server).get("userName")
        if kept is not None and call.document.get("userName") not in (kept, None):
            return refusal(400, "mutability")
    return server(call)


@mutant("USR-016")
def lines_of_an_address_are_joined(call: Call, server: Server) -> Reply:
    """A line break in an address becomes a space."""
    held = call.document.get("addresses")
    if not writes(call) or not isinstance(held, list):
        return server(call)
    joined = [
        {key: one[key].replace("\n", " ") if isinstance(one[key], str) else one[key] for key in one}
        for one in held
        if isinstance(one, dict)
    ]
    return server(call.saying({**call.document, "addresses": joined}))


@mutant("USR-008")
def lists_leave_out_the_inactive(call: Call, server: Server) -> Reply:
    """A user who is not active is in no list."""
    reply = server(call)
    if not call.is_list() or "Resources" not in reply.document:
        return reply
    kept = [one for one in reply.resources() if one.get("active") is not False]
    gone = len(reply.resources()) - len(kept)
    return reply.listing(kept, totalResults=reply.document["totalResults"] - gone)


@mutant("USR-008")
def deactivation_deletes(call: Call, server: Server) -> Reply:
    """active false by PATCH removes the user."""
    reply = server(call)
    if call.method == "PATCH" and reply.is_good and reply.document.get("active") is False:
        server(replace(call.reading(), method="DELETE"))
    return reply


def _groups(call: Call, server: Server, change: Callable[[Json], Json | None]) -> Reply:
    def changed(one: Json) -> Json:
        if "groups" not in one or "userName" not in one:
            return one
        kept = [change(group) for group in one["groups"]]
        return {**one, "groups": [group for group in kept if group is not None]}

    return each(server(call), changed)


@mutant("USR-019")
def groups_have_the_name_for_the_id(call: Call, server: Server) -> Reply:
    """groups.value is the name of the group."""
    return _groups(call, server, lambda group: {**group, "value": group.get("display", "")})


@mutant("USR-020")
def every_group_is_direct(call: Call, server: Server) -> Reply:
    """groups.type is direct, also for a group by way of another."""
    return _groups(call, server, lambda group: {**group, "type": "direct"})


@mutant("USR-018", "PAT-015")
def patch_of_groups_is_ignored(call: Call, server: Server) -> Reply:
    """PATCH of groups at a user answers 200 and does nothing."""
    kept = [one for one in operations(call) if not str(one.get("path")).startswith("groups")]
    if call.is_at("Users") and len(kept) < len(operations(call)):
        return server(operating(call, kept)) if kept else server(call.reading())
    return server(call)


@mutant("USR-015", "ATT-012")
def any_text_is_a_photo(call: Call, server: Server) -> Reply:
    """photos.value takes any text."""
    held = call.document.get("photos")
    reply = untwinned(server(call), server)
    if writes(call) and reply.status == 400 and isinstance(held, list) and held:
        wrong = str(held[0].get("value")) if isinstance(held[0], dict) else ""
        good = "https://example.com/taken-as-it-is"
        server.memory.setdefault("twins", {})[good] = wrong
        taken = call.saying({**call.document, "photos": [{"value": good}]})
        return untwinned(server(taken), server)
    return reply


@mutant("USR-001", "IOP-007", "PAT-031")
def active_cannot_be_patched_without_a_path(call: Call, server: Server) -> Reply:
    """replace without path leaves active as it is."""
    changed = [
        {**one, "value": {key: one["value"][key] for key in one["value"] if key != "active"}}
        if op(one) == "replace" and not one.get("path") and isinstance(one.get("value"), dict)
        else one
        for one in operations(call)
    ]
    if [one for one in changed if one.get("value") == {}]:
        return server(call.reading())
    return server(operating(call, changed)) if changed else server(call)


@mutant("DEL-002")
def deletion_only_deactivates(call: Call, server: Server) -> Reply:
    """DELETE of a user sets active to false."""
    if call.method == "DELETE" and call.is_at("Users"):
        kept = stored(call, server)
        if "userName" in kept:
            put = replace(call, method="PUT").saying({**kept, "active": False})
            server(put.with_header("content-type", "application/scim+json"))
            return NOTHING
    return server(call)
