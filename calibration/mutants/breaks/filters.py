"""RFC 7644 §3.4.2.2: filters that mean something else than they say."""

import re
from functools import partial

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import add, mutant
from calibration.mutants.surgery import (
    ENTERPRISE,
    filter_of,
    filtering,
    nobody,
    number,
    page,
    refusal,
    whole,
)

Row = tuple[str, str, tuple[str, ...], str, str]
"""Name, what is broken, requirements, a pattern in the filter, what it becomes."""


REWRITTEN: tuple[Row, ...] = (
    ("co_is_sw", "co is understood as sw.", ("FIL-006",), r" co ", " sw "),
    ("sw_is_co", "sw is understood as co.", ("FIL-006",), r" sw ", " co "),
    ("ew_is_co", "ew is understood as co.", ("FIL-006",), r" ew ", " co "),
    ("gt_is_ge", "gt is understood as ge.", ("FIL-008",), r" gt ", " ge "),
    ("ge_is_gt", "ge is understood as gt.", ("FIL-008",), r" ge ", " gt "),
    ("le_is_lt", "le is understood as lt.", ("FIL-008",), r" le ", " lt "),
    ("lt_is_le", "lt is understood as le.", ("FIL-008",), r" lt ", " le "),
    ("ne_is_eq", "ne is understood as eq.", ("FIL-005",), r" ne ", " eq "),
    ("ne_is_pr", "ne finds whoever has a value.", ("FIL-005",), r' ne ("[^"]*"|\w+)', " pr"),
    ("eq_is_sw", 'title eq "…" is understood as sw.', ("FIL-004",), r"\btitle eq ", "title sw "),
    ("or_is_and", "or is understood as and.", ("FIL-012", "FIL-029"), r" or ", " and "),
    ("not_is_ignored", "not is ignored.", ("FIL-014",), r"\bnot *\(", "("),
    (
        "percent_is_a_wildcard",
        "% in the value of co stands for anything.",
        ("FIL-006", "SEC-003"),
        r' (co|sw|ew) "%"',
        " pr",
    ),
    (
        "underscore_is_a_wildcard",
        "_ in the value of ew stands for any character.",
        ("FIL-006", "SEC-003"),
        r' (ew|co|sw) "a_b"',
        ' co "b"',
    ),
    (
        "eq_null_finds_nobody",
        "eq null finds nobody.",
        ("FIL-027",),
        r"(\S+) eq null",
        r"(\1 pr and not (\1 pr))",
    ),
    (
        "ne_null_finds_everybody",
        "ne null finds everybody.",
        ("FIL-027",),
        r"(\S+) ne null",
        r"(\1 pr or not (\1 pr))",
    ),
    (
        "pr_finds_everybody",
        "title pr finds everybody.",
        ("FIL-007",),
        r"\btitle pr\b",
        "(title pr or not (title pr))",
    ),
    (
        "or_binds_as_and",
        "and and or have one precedence, from left to right.",
        ("FIL-012",),
        r"\(([^()]+) or ([^()]+) and ([^()]+)\)",
        r"((\1 or \2) and \3)",
    ),
    (
        "brackets_do_not_bind",
        "The terms in brackets are about any element each.",
        ("FIL-016",),
        r"(\w+)\[(\w+) (\w+) (\S+) and (\w+) (\w+) (\S+)\]",
        r"(\1.\2 \3 \4 and \1.\5 \6 \7)",
    ),
    (
        "offsets_do_not_count",
        "A dateTime in a filter is compared without its offset.",
        ("FIL-008", "FIL-004"),
        r'("\d{4}-\d\d-\d\dT[\d:.]+)[+-]\d\d:\d\d"',
        r'\1Z"',
    ),
    (
        "escapes_are_not_decoded",
        "\\\\u in a value of a filter is a backslash and a u.",
        ("FIL-023",),
        r"\\u(?=[0-9a-fA-F]{4})",
        r"\\\\u",
    ),
    (
        "the_third_term_is_dropped",
        "Of three terms joined by and, the last is dropped.",
        ("FIL-001", "FIL-012", "FIL-029"),
        r"^([^()\[\]]+? and [^()\[\]]+?) and [^()\[\]]+$",
        r"\1",
    ),
    (
        "booleans_have_order",
        "active gt false is taken.",
        ("FIL-009",),
        r"\bactive (gt|ge|lt|le) ",
        "active ne ",
    ),
    (
        "ids_are_found_by_their_beginning",
        "id eq finds what begins so.",
        ("FIL-004", "FIL-001"),
        r"\bid eq ",
        "id sw ",
    ),
    (
        "emails_alone_are_their_display",
        "emails means emails.display.",
        ("FIL-020",),
        r"\bemails (eq|co|sw|ew|pr)",
        r"emails.display \1",
    ),
    (
        "groups_are_found_by_any_member",
        "members.value eq finds groups with any member.",
        ("FIL-015", "FIL-001", "FIL-004"),
        r'members(\.value|\[value) eq "[^"]*"',
        r"members\1 pr",
    ),
)


def _rewritten(pattern: str, text: str, call: Call, server: Server) -> Reply:
    filter = filter_of(call)
    if filter is None:
        return server(call)
    return server(filtering(call, re.sub(pattern, text, filter)))


for _name, _broken, _ids, _pattern, _text in REWRITTEN:
    add(_name, "filters", _broken, _ids, partial(_rewritten, _pattern, _text))


def _kept(call: Call, server: Server, rows: list[Json]) -> Reply:
    """A page of these rows."""
    first, count = max(number(call, "startIndex") or 1, 1), number(call, "count")
    shown = rows[first - 1 :][: max(count if count is not None else 100, 0)]
    return server(call).listing(
        shown, totalResults=len(rows), itemsPerPage=len(shown), startIndex=first
    )


@mutant("FIL-002")
def keywords_have_case(call: Call, server: Server) -> Reply:
    """EQ, AND and the like are 400; only lower case is understood."""
    text = filter_of(call) or ""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    if re.search(r"\b(EQ|Eq|NE|CO|SW|EW|PR|Pr|GT|GE|LT|LE|AND|And|OR|Or|NOT|Not)\b", bare):
        return refusal(400, "invalidFilter")
    return server(call)


@mutant("FIL-003")
def an_empty_filter_finds_everybody(call: Call, server: Server) -> Reply:
    """An empty filter is no filter."""
    text = filter_of(call)
    return server(filtering(call, None) if text is not None and not text.strip() else call)


@mutant("FIL-025", "FIL-003")
def wrong_filters_find_everybody(call: Call, server: Server) -> Reply:
    """A filter that cannot be parsed is ignored."""
    reply = server(call)
    if reply.document.get("scimType") == "invalidFilter" and filter_of(call) is not None:
        return server(filtering(call, None))
    return reply


@mutant("FIL-025", "FIL-003")
def wrong_filters_find_nobody(call: Call, server: Server) -> Reply:
    """A filter that cannot be parsed finds nobody."""
    reply = server(call)
    return nobody() if reply.document.get("scimType") == "invalidFilter" else reply


@mutant("FIL-025")
def what_follows_a_filter_is_ignored(call: Call, server: Server) -> Reply:
    """What stands after a whole filter is ignored."""
    reply, text = server(call), filter_of(call)
    found = re.match(r'\w+ eq "[^"]*"', text or "")
    if found and reply.document.get("scimType") == "invalidFilter":
        return server(filtering(call, found[0]))
    return reply


@mutant("FIL-011", "ATT-026", "USR-003")
def user_names_are_found_by_case(call: Call, server: Server) -> Reply:
    """userName eq finds the same case only."""
    found = re.search(r'userName eq "([^"]*)"', filter_of(call) or "", re.IGNORECASE)
    if not found or not call.path.startswith("/Users") or "attributes" in call.asked.lower():
        return server(call)
    return _kept(
        call, server, [one for one in whole(call, server) if one.get("userName") == found[1]]
    )


@mutant("FIL-011", "ATT-026")
def titles_are_found_by_case(call: Call, server: Server) -> Reply:
    """title eq and nickName eq find the same case only."""
    found = re.search(r'\b(title|nickName) eq "([^"]*)"', filter_of(call) or "")
    if not found or " or " in (filter_of(call) or ""):
        return server(call)
    return _kept(
        call, server, [one for one in whole(call, server) if one.get(found[1]) == found[2]]
    )


@mutant("FIL-011", "FIL-006")
def parts_are_found_by_case(call: Call, server: Server) -> Reply:
    """co finds the same case only; eq ignores it."""
    found = re.search(r'\b(title|displayName|userName) co "([^"]*)"', filter_of(call) or "")
    if not found or " or " in (filter_of(call) or ""):
        return server(call)
    rows = [one for one in whole(call, server) if found[2] in str(one.get(found[1]))]
    return _kept(call, server, rows)


@mutant("FIL-013")
def deep_filters_break_the_server(call: Call, server: Server) -> Reply:
    """A filter of more than 50 parentheses is 500."""
    if (filter_of(call) or "").count("(") > 50:
        return page(500, "Internal Server Error")
    return server(call)


@mutant("FIL-013")
def parentheses_in_parentheses_are_refused(call: Call, server: Server) -> Reply:
    """Parentheses in parentheses are 400."""
    if re.search(r"\([^()]*\(", filter_of(call) or ""):
        return refusal(400, "invalidFilter")
    return server(call)


@mutant("FIL-014")
def not_needs_a_space(call: Call, server: Server) -> Reply:
    """not(…) without a space is 400."""
    if re.search(r"\bnot\(", filter_of(call) or ""):
        return refusal(400, "invalidFilter")
    return server(call)


@mutant("FIL-015")
def only_the_first_value_is_compared(call: Call, server: Server) -> Reply:
    """Of several emails the first alone is compared."""
    found = re.search(r'emails\.value eq "([^"]*)"', filter_of(call) or "")
    if not found or " or " in (filter_of(call) or ""):
        return server(call)
    rows = [
        one
        for one in whole(call, server)
        if one.get("emails", [{}])[0].get("value", "").lower() == found[1].lower()
    ]
    return _kept(call, server, rows)


@mutant("FIL-021")
def uris_in_filters_have_case(call: Call, server: Server) -> Reply:
    """A URI in a filter is understood as it is published, and in no other case."""
    text = filter_of(call) or ""
    for urn in re.findall(r"urn:[\w:.]+(?=:\w+ )", text, re.IGNORECASE):
        if not urn.startswith(("urn:ietf:params:scim:schemas:", "urn:example:params:scim:")):
            return refusal(400, "invalidFilter")
    return server(call)


@mutant("FIL-021")
def the_core_uri_is_not_understood(call: Call, server: Server) -> Reply:
    """A filter that names userName with the URI of its schema is 400."""
    if "urn:ietf:params:scim:schemas:core:2.0:User:" in (filter_of(call) or ""):
        return refusal(400, "invalidFilter")
    return server(call)


@mutant("FIL-021", "FIL-001")
def filters_on_extensions_find_nobody(call: Call, server: Server) -> Reply:
    """A filter on an extension attribute finds nobody."""
    if "extension:enterprise:2.0:User:" in (filter_of(call) or ""):
        return nobody()
    return server(call)


@mutant("FIL-028")
def a_default_is_not_found(call: Call, server: Server) -> Reply:
    """active eq true leaves out who was made without active."""
    reply = server(call)
    if call.method == "POST" and reply.status == 201 and "active" not in call.document:
        server.memory[reply.document["id"]] = True
    if "active eq true" not in (filter_of(call) or ""):
        return reply
    return _kept(
        call, server, [one for one in whole(call, server) if one["id"] not in server.memory]
    )


@mutant("FIL-001", "FIL-004")
def groups_cannot_be_filtered(call: Call, server: Server) -> Reply:
    """A filter of groups is ignored."""
    return server(filtering(call, None) if call.path == "/Groups" and filter_of(call) else call)


@mutant("FIL-001")
def long_filters_are_cut(call: Call, server: Server) -> Reply:
    """Of ten terms joined by or, the last ones are dropped."""
    text = filter_of(call) or ""
    terms = text.split(" or ")
    if len(terms) > 9 and not {"(", "["} & set(text):
        return server(filtering(call, " or ".join(terms[:9])))
    return server(call)


@mutant("FIL-026")
def unknown_attributes_find_everybody(call: Call, server: Server) -> Reply:
    """A filter on an attribute that nobody has is ignored."""
    reply = server(call)
    rest = re.sub(r' and notInAnySchema (eq "[^"]*"|pr)', "", filter_of(call) or "")
    if reply.document.get("scimType") == "invalidFilter" and rest != filter_of(call):
        return server(filtering(call, rest))
    return reply


@mutant("PAT-009", "FIL-021")
def uris_of_extensions_are_not_understood(call: Call, server: Server) -> Reply:
    """A filter or path with the URI of the extension is 400."""
    if ENTERPRISE in call.query.get("filter", ""):
        return refusal(400, "invalidFilter")
    if call.method == "PATCH" and f'"path": "{ENTERPRISE}'.encode() in call.raw:
        return refusal(400, "invalidPath")
    return server(call)
