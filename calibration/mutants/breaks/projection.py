"""RFC 7644 §3.9: attributes and excludedAttributes."""

import re
from functools import partial

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import add, mutant
from calibration.mutants.surgery import (
    each,
    refusal,
)


def _unprojected(methods: tuple[str, ...], call: Call, server: Server) -> Reply:
    if call.method in methods and not call.path.endswith("/.search"):
        return server(call.asking(attributes=None, excludedAttributes=None))
    return server(call)


for _method in ("POST", "PUT", "PATCH"):
    add(
        f"{_method.lower()}_is_not_projected",
        "projection",
        f"{_method} ignores attributes and excludedAttributes.",
        ("PRJ-001",),
        partial(_unprojected, (_method,)),
    )


@mutant("PRJ-001", "PRJ-002")
def lists_are_not_projected(call: Call, server: Server) -> Reply:
    """Lists ignore attributes and excludedAttributes; single resources do not."""
    return server(
        call.asking(attributes=None, excludedAttributes=None)
        if call.is_list() and call.method == "GET"
        else call
    )


@mutant("PRJ-003")
def nothing_is_excluded(call: Call, server: Server) -> Reply:
    """excludedAttributes is ignored."""
    is_asked = "excludedAttributes" in call.query
    return server(call.asking(excludedAttributes=None) if is_asked else call)


def _named(call: Call, name: str) -> list[str]:
    return [each.strip() for each in call.query.get(name, "").split(",") if each.strip()]


@mutant("PRJ-008")
def a_part_excludes_the_whole(call: Call, server: Server) -> Reply:
    """excludedAttributes=name.givenName leaves out name."""
    names = [each.partition(".")[0] for each in _named(call, "excludedAttributes")]
    if not names or any(":" in each for each in _named(call, "excludedAttributes")):
        return server(call)
    return server(call.asking(excludedAttributes=",".join(names)))


@mutant("PRJ-007")
def a_part_brings_the_whole(call: Call, server: Server) -> Reply:
    """attributes=name.givenName shows all of name."""
    names = _named(call, "attributes")
    if not names or any(":" in each for each in names):
        return server(call)
    return server(call.asking(attributes=",".join(each.partition(".")[0] for each in names)))


@mutant("PRJ-007")
def a_part_is_of_the_first_element(call: Call, server: Server) -> Reply:
    """attributes=emails.value shows the first of several emails."""
    reply = server(call)
    if "emails.value" not in _named(call, "attributes"):
        return reply
    return each(reply, lambda one: one | ({"emails": one["emails"][:1]} if "emails" in one else {}))


@mutant("PRJ-005")
def spaces_belong_to_names(call: Call, server: Server) -> Reply:
    """attributes=userName, title shows userName only."""
    names = call.query.get("attributes", "").split(",")
    kept = [each for each in names if each == each.strip()]
    return server(call.asking(attributes=",".join(kept)) if len(kept) < len(names) else call)


def _only(kept: list[str], names: list[str], call: Call, server: Server) -> Reply:
    less = call.asking(attributes=",".join(kept) or "id")
    return server(less if len(kept) < len(names) else call)


@mutant("PRJ-006", "ATT-001")
def projected_names_have_case(call: Call, server: Server) -> Reply:
    """attributes counts only as the schema spells it."""
    known = {"username": "userName", "displayname": "displayName", "emails": "emails"}
    names = _named(call, "attributes")
    kept = [each for each in names if known.get(each.lower(), each) == each]
    return _only(kept, names, call, server)


@mutant("PRJ-006")
def projected_names_have_no_uri(call: Call, server: Server) -> Reply:
    """attributes with the URI of a schema in front is unknown."""
    names = _named(call, "attributes")
    kept = [each for each in names if not each.lower().startswith("urn:")]
    return _only(kept, names, call, server)


@mutant("PRJ-012")
def a_uri_alone_brings_nothing(call: Call, server: Server) -> Reply:
    """attributes with the URI of an extension alone shows nothing of it."""
    names = _named(call, "attributes")
    kept = [each for each in names if not each.endswith(":2.0:User")]
    return _only(kept, names, call, server)


@mutant("PRJ-010")
def unknown_names_are_refused(call: Call, server: Server) -> Reply:
    """attributes with a name that no schema has is 400."""
    known = {
        *("id", "schemas", "meta", "externalid", "username", "displayname", "title", "name"),
        *("emails", "groups", "members", "active", "nickname", "phonenumbers", "password"),
    }
    names = [
        each.lower().partition(".")[0]
        for parameter_name in ("attributes", "excludedAttributes")
        for each in _named(call, parameter_name)
        if ":" not in each
    ]
    plain = [each for each in names if re.fullmatch(r"\w+", each)]
    strange = [each for each in plain if each not in known and "no" in each and len(each) > 5]
    return refusal(400, "invalidValue") if strange else server(call)


@mutant("PRJ-011", "RES-001")
def projected_resources_have_no_schemas(call: Call, server: Server) -> Reply:
    """attributes=… leaves out schemas."""
    reply = server(call)
    if "attributes" not in call.query:
        return reply
    return each(reply, lambda one: {name: one[name] for name in one if name != "schemas"})


@mutant("PRJ-002")
def meta_is_always_shown(call: Call, server: Server) -> Reply:
    """attributes=userName shows meta as well."""
    names = call.query.get("attributes")
    return server(call.asking(attributes=f"{names},meta") if names else call)


@mutant("PRJ-003", "ETG-001")
def an_excluded_meta_takes_the_tag(call: Call, server: Server) -> Reply:
    """excludedAttributes=meta takes the ETag header away as well."""
    reply = server(call)
    if "meta" in _named(call, "excludedAttributes"):
        return reply.with_header("etag", None)
    return reply
