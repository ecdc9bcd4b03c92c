"""RFC 7644 §5: texts that are equal to people."""

import re
import unicodedata

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import filter_of, refusal, whole
from calibration.mutants.twins import twin, untwinned


def _kept(call: Call, server: Server, rows: list[Json]) -> Reply:
    return server(call).listing(rows, totalResults=len(rows), itemsPerPage=len(rows))


@mutant("INT-001", "INT-002")
def names_are_not_normalised(call: Call, server: Server) -> Reply:
    """userName is compared code point by code point: composed and decomposed are two."""
    reply = untwinned(server(call), server)
    name = str(call.document.get("userName"))
    if call.is_write("POST") and reply.status == 409 and not name.isascii():
        return twin(call, server, name)
    return reply


@mutant("INT-002", "INT-001")
def names_are_found_code_point_by_code_point(call: Call, server: Server) -> Reply:
    """A filter on userName finds the same form and width only."""
    found = re.search(r'userName eq "([^"]*)"', filter_of(call) or "")
    if not found or found[1].isascii():
        return server(call)
    rows = [
        one
        for one in whole(call, server)
        if str(one.get("userName")).casefold() == found[1].casefold()
    ]
    return _kept(call, server, rows)


@mutant("INT-002")
def wide_letters_are_letters_of_their_own(call: Call, server: Server) -> Reply:
    """A userName of full-width letters is another name."""
    reply = untwinned(server(call), server)
    name = str(call.document.get("userName"))
    is_wide = any(unicodedata.east_asian_width(each) == "F" for each in name)
    if call.is_write("POST") and reply.status == 409 and is_wide:
        return twin(call, server, name)
    return reply


@mutant("INT-005", "FIL-011")
def only_ascii_has_no_case(call: Call, server: Server) -> Reply:
    """Of titles, the case of ASCII letters alone is ignored."""
    found = re.search(r'\b(title|displayName) eq "([^"]*)"', filter_of(call) or "")
    if not found or found[2].isascii() or "\\" in found[2]:
        return server(call)

    def folded(text: str) -> str:
        return "".join(each.lower() if each.isascii() else each for each in text)

    rows = [
        one for one in whole(call, server) if folded(str(one.get(found[1]))) == folded(found[2])
    ]
    return _kept(call, server, rows)


@mutant("INT-005")
def parts_of_other_scripts_have_case(call: Call, server: Server) -> Reply:
    """co with letters beyond ASCII finds the same case only; eq ignores it."""
    found = re.search(r'\b(title|displayName) (?:co|sw|ew) "([^"]*)"', filter_of(call) or "")
    if not found or found[2].isascii() or "\\" in found[2]:
        return server(call)
    rows = [one for one in whole(call, server) if found[2] in str(one.get(found[1]))]
    return _kept(call, server, rows)


@mutant("INT-004")
def names_with_spaces_are_met_in_two_ways(call: Call, server: Server) -> Reply:
    """A userName with a space is taken by POST and refused by PUT."""
    if call.is_write("PUT") and " " in str(call.document.get("userName")):
        return refusal(400, "invalidValue")
    return server(call)
