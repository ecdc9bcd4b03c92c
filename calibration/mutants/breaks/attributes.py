"""RFC 7643 §2: names, types, many values, and none."""

import json
import re
import struct
from typing import Any

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    each,
    op,
    operating,
    operations,
    refusal,
    spread,
    stored,
    writes,
)
from calibration.mutants.twins import insist, insisted

NAMES = ("schemas", "userName", "displayName", "externalId", "title", "nickName", "active", "name")


DATE = re.compile(r"\d{4}-\d\d-\d\d")


OFFSET = re.compile(r"(\d{4}-\d\d-\d\dT[\d:.]+)[+-]\d\d:\d\d")


SHORT = 255


@mutant("ATT-001")
def names_in_bodies_have_case(call: Call, server: Server) -> Reply:
    """A name in a body counts only as the schema spells it; another case is an unknown name."""
    if not writes(call):
        return server(call)
    lower = {name.lower() for name in NAMES}
    kept = {
        name: value
        for name, value in call.document.items()
        if name in NAMES or name.lower() not in lower
    }
    return server(call.saying(kept))


@mutant("ATT-001")
def names_in_paths_have_case(call: Call, server: Server) -> Reply:
    """A PATCH path counts only as the schema spells it."""
    known = {name.lower(): name for name in NAMES}
    paths = [str(each.get("path") or "") for each in operations(call)]
    if any(known.get(path.lower(), path) != path for path in paths):
        return refusal(400, "invalidPath")
    return server(call)


@mutant("ATT-003")
def the_same_name_twice_makes_two_attributes(call: Call, server: Server) -> Reply:
    """A name that comes twice in two cases is stored and shown twice."""
    reply = insisted(server(call), server)
    if not writes(call) or reply.status != 400:
        return reply
    names = [name.lower() for name in call.document]
    double = {name for name in call.document if names.count(name.lower()) > 1}
    spare = {name: call.document[name] for name in double if name not in NAMES}
    if not spare:
        return reply
    kept = {name: value for name, value in call.document.items() if name not in spare}
    return insist(server(call.saying(kept)), server, spare)


def _texts(call: Call, server: Server, change: Any) -> Reply:
    if not call.is_write("POST", "PUT", "PATCH") or call.is_list():
        return server(call)
    return server(call.saying(spread(call.document, change)))


@mutant("ATT-005")
def characters_beyond_the_first_plane_are_lost(call: Call, server: Server) -> Reply:
    """A character beyond U+FFFF is stored as U+FFFD, as a database of three bytes does."""
    return _texts(call, server, lambda text: re.sub("[\U00010000-\U0010ffff]", "\ufffd", text))


@mutant("ATT-005")
def long_texts_are_cut(call: Call, server: Server) -> Reply:
    """A text is cut after 255 characters."""
    return _texts(call, server, lambda text: text[:SHORT])


@mutant("ATT-007")
def booleans_are_shown_as_texts(call: Call, server: Server) -> Reply:
    """active is shown as "true"."""

    def change(one: Json) -> Json:
        return one | ({"active": str(one["active"]).lower()} if "active" in one else {})

    return each(server(call), change)


@mutant("ATT-008")
def decimals_are_single_floats(call: Call, server: Server) -> Reply:
    """A decimal is kept with the precision of 32 bits."""

    def change(one: Json) -> Json:
        if not isinstance(one.get("weight"), float):
            return one
        return {**one, "weight": struct.unpack("f", struct.pack("f", one["weight"]))[0]}

    return each(server(call), change)


@mutant("ATT-009")
def whole_decimals_are_integers(call: Call, server: Server) -> Reply:
    """5.0 is taken for an integer."""
    count = call.document.get("portCount")
    if writes(call) and isinstance(count, float) and count.is_integer():
        return server(call.saying({**call.document, "portCount": int(count)}))
    return server(call)


@mutant("ATT-010")
def a_date_is_a_time(call: Call, server: Server) -> Reply:
    """A date without a time of day is taken for a dateTime."""
    return _texts(call, server, lambda text: f"{text}T00:00:00Z" if DATE.fullmatch(text) else text)


@mutant("ATT-010")
def offsets_are_lost(call: Call, server: Server) -> Reply:
    """The offset of a dateTime is cut off: the instant becomes another."""
    return _texts(call, server, lambda text: OFFSET.sub(r"\1Z", text))


@mutant("ATT-011")
def anything_is_base64(call: Call, server: Server) -> Reply:
    """What is not in the base64 alphabet is skipped, as lenient decoders do."""
    held = call.document.get("fingerprint")
    if writes(call) and isinstance(held, str):
        skipped = re.sub(r"[^A-Za-z0-9+/=]", "", held)
        return server(call.saying({**call.document, "fingerprint": skipped or "AAAA"}))
    return server(call)


@mutant("ATT-012")
def any_text_is_a_uri(call: Call, server: Server) -> Reply:
    """A reference takes any text."""
    reply = insisted(server(call), server)
    for name in ("profileUrl", "manual", "model"):
        held = call.document.get(name)
        if writes(call) and reply.status == 400 and isinstance(held, str):
            taken = server(call.saying({**call.document, name: "https://example.com/"}))
            return insist(taken, server, {name: held})
    return reply


@mutant("ATT-012", "ATT-026")
def references_lose_their_case(call: Call, server: Server) -> Reply:
    """A reference is stored in lower case."""
    held = call.document.get("profileUrl")
    if writes(call) and isinstance(held, str):
        return server(call.saying({**call.document, "profileUrl": held.lower()}))
    return server(call)


@mutant("ATT-018")
def one_value_is_no_array(call: Call, server: Server) -> Reply:
    """A multi-valued attribute with one value is shown without its array."""

    def change(one: Json) -> Json:
        held = one.get("emails")
        single = isinstance(held, list) and len(held) == 1
        return {**one, "emails": held[0]} if single and held else one

    return each(server(call), change)


@mutant("ATT-019")
def several_are_primary(call: Call, server: Server) -> Reply:
    """Two elements that come as primary are both kept so."""
    held = call.document.get("emails")
    reply = insisted(server(call), server)
    if not writes(call) or not isinstance(held, list) or reply.status != 400:
        return reply
    if sum(isinstance(each, dict) and each.get("primary") is True for each in held) < 2:
        return reply
    plain = [{key: each[key] for key in each if key != "primary"} for each in held]
    return insist(server(call.saying({**call.document, "emails": plain})), server, {"emails": held})


@mutant("ATT-021")
def equal_elements_are_kept(call: Call, server: Server) -> Reply:
    """The same type and value comes back twice."""
    reply = server(call)
    for name, held in call.document.items():
        if writes(call) and isinstance(held, list) and name != "schemas" and reply.is_good:
            texts = [json.dumps(each, sort_keys=True) for each in held]
            if len(set(texts)) < len(texts):
                return insist(reply, server, {name: held})
    return insisted(reply, server)


@mutant("ATT-023")
def null_is_refused(call: Call, server: Server) -> Reply:
    """null in a new resource is a wrong value."""
    if call.is_write("POST") and writes(call) and None in call.document.values():
        return refusal(400, "invalidValue")
    return server(call)


@mutant("ATT-024", "PUT-010")
def null_keeps_by_put(call: Call, server: Server) -> Reply:
    """PUT with null or [] leaves the value that is stored."""
    if not call.is_write("PUT"):
        return server(call)
    kept = stored(call, server)
    filled = {
        name: kept.get(name) if value in (None, []) else value
        for name, value in call.document.items()
    }
    return server(call.saying({name: value for name, value in filled.items() if value is not None}))


@mutant("ATT-024", "PAT-037")
def null_keeps_by_patch(call: Call, server: Server) -> Reply:
    """replace with null or [] changes nothing."""
    kept = [
        each
        for each in operations(call)
        if not (op(each) == "replace" and "value" in each and each["value"] in (None, []))
    ]
    if operations(call) and not kept:
        reply = server(call.reading())
        return reply
    return server(operating(call, kept)) if kept else server(call)
