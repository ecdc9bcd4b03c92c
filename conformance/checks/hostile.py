"""RFC 7644 §3.12: what is malformed, huge, deep or of a wrong type is refused, and breaks nothing.

A server may take what is merely odd; it must not fail over it. Whatever is answered with 4xx has
changed nothing.
"""

import json
from contextlib import suppress

from conformance.check import check
from conformance.jobs import codes, sent
from conformance.leaks import INSIDE
from conformance.story import Interrupted, Story
from conformance.subject import is_server_s
from conformance.urns import BULK_REQUEST, ERROR, PATCH_OP, SEARCH_REQUEST
from conformance.wire import Answer, Json

DEEP = 5_000
LONG = 2_000_000
MALFORMED = ("", "{", '{"schemas":', "[]", '"text"', "17", "null", "not JSON", '{"a":1}{"b":2}')
WRONG: tuple[object, ...] = (17, "text", {"a": 1}, [[]], [{"value": {"value": []}}], [17, None])

NO_UTF_8 = (b"\xff", b"\xc3(", b"\xe2\x82", b"\xc0\xaf", b"\xed\xa0\x80")
"""A byte of none, a letter without its end, two of them; "/" in two bytes, half a surrogate."""
LENGTHS = ("9" * 12, "9" * 30, "-1", "1e3", "0x10", "5, 6", "")
"""What no Content-Length is, and ones that no body will reach."""


def _met(story: Story, answer: Answer, sent: str) -> None:
    """The server did not break; what it says is for the client."""
    story.expect(
        "ERR-004",
        answer.status < 500 and answer.status != 422,
        f"{sent}: a 4xx of RFC 7644 §3.12, or success",
    )
    if answer.status >= 400:
        story.expect("ERR-007", not INSIDE.search(answer.text), "nothing of the server's inside")


@check("HTP-014", "ERR-001", "ERR-004", "ERR-007")
def what_is_no_json_object_is_refused(story: Story) -> None:
    """A body that is cut off, or no JSON object, is 400, and changes nothing."""
    user = story.make("User", displayName="Ada")
    users, at = story.subject.endpoint_of("User"), story.at("User", user)
    cut = json.dumps(story.new("User", displayName="Eve"))[:-1]
    for body in (*MALFORMED, cut):
        for answer in (story.post(users, body), story.put(at, body)):
            _met(story, answer, "what is no JSON object")
            story.expect("HTP-014", answer.status in (400, 411), "400")
            story.expect("ERR-001", ERROR in answer.document.get("schemas", ()), "a SCIM error")
    shown = story.get(at).document.get("displayName")
    story.expect("ERR-004", shown == "Ada", "the user as it was: every request was refused")


@check("HTP-014", "ERR-004", "ERR-007")
def what_is_no_utf_8_is_refused(story: Story) -> None:
    """Bytes that are no UTF-8 are 400 invalidSyntax and change nothing, or are mended."""
    user = story.make("User", displayName="Ada")
    users, at = story.subject.endpoint_of("User"), story.at("User", user)
    for octets in NO_UTF_8:
        for method, path in (("POST", users), ("PUT", at)):
            body = json.dumps(story.new("User", displayName="@")).encode().replace(b"@", octets)
            answer = story.send(method, path, body)
            _met(story, answer, "what is no UTF-8")
            # A decoder may also put U+FFFD for what it cannot decode.
            if answer.status in (200, 201) and "\ufffd" in str(answer.document.get("displayName")):
                continue
            # scimType is optional (RFC 7644 §3.12), and the fault is in a value.
            told = answer.document.get("scimType", "invalidSyntax")
            held = answer.status == 400 and told in ("invalidSyntax", "invalidValue")
            story.expect("HTP-014", held, "400 invalidSyntax")
    shown = story.get(at).document.get("displayName")
    held = shown == user.get("displayName") or "\ufffd" in str(shown)
    story.expect("HTP-014", held, "the user as it was")


@check("HTP-014", "ERR-004", "ERR-007")
def a_name_twice_does_not_count_twice(story: Story) -> None:
    """Of two members with one name one counts, or both are refused."""
    names = [story.subject.user_name(), story.subject.user_name()]
    doubled = f'"{names[0]}", "userName": "{names[1]}"'
    body = json.dumps(story.new("User", userName="@")).replace('"@"', doubled)
    answer = story.post(story.subject.endpoint_of("User"), body)
    _met(story, answer, "a name twice")
    # Which of them counts is open (RFC 8259 §4).
    one = answer.status == 201 and answer.document.get("userName") in names
    story.expect("HTP-014", answer.status == 400 or one, "400, or one of the two names")


@check("HTP-014", "ERR-004", "ERR-007")
def an_upload_that_ends_early_makes_nothing(story: Story) -> None:
    """A body that is cut off before its Content-Length is refused, and nothing is made of it."""
    user = story.make("User", displayName="Ada")
    at, users = story.at("User", user), story.subject.endpoint_of("User")
    document = story.new("User", displayName="Eve")
    whole = json.dumps(document)
    length = {"Content-Length": str(len(whole.encode()))}
    for method, path in (("POST", users), ("PUT", at)):
        # Nobody need answer whoever hung up: the connection may simply end.
        with suppress(Interrupted):
            answer = story.send(method, path, whole[: -len('e"}')], length)
            _met(story, answer, "a body that ends early")
            story.expect("HTP-014", 400 <= answer.status < 500, "a 4xx")
    shown = story.get(at).document
    held = shown.get("displayName") == user.get("displayName")
    story.expect("HTP-014", held, "the user as it was")
    again = story.post(users, document)
    story.expect("HTP-014", again.status != 409, "the user's name free: nothing was made before")


@check("ERR-004", "ERR-007")
def absurd_lengths_break_nothing(story: Story) -> None:
    """A Content-Length that is no number, or beyond every body, is refused; the server goes on."""
    users = story.subject.endpoint_of("User")
    for length in LENGTHS:
        # A body whose length is not known cannot be read: the connection may simply end.
        with suppress(Interrupted):
            answer = story.send(
                "POST", users, json.dumps(story.new("User")), {"Content-Length": length}
            )
            _met(story, answer, f"Content-Length {length!r}")
    after = story.get(f"{users}?count=1")
    story.expect("ERR-004", after.status == 200, "200: the server goes on")


@check("ERR-004", "ERR-007")
def wrong_types_break_nothing(story: Story) -> None:
    """For every attribute that is published, values of other types are refused or ignored."""
    users = story.subject.endpoint_of("User")
    for place in story.subject.attributes("User"):
        if is_server_s(place.definition):
            continue
        for value in WRONG:
            answer = story.post(users, story.new("User") | place.within(value))
            _met(story, answer, f"{place.path()}: {json.dumps(value)}")
    odd: tuple[object, ...] = ("text", 17, {}, [], [17], [[]], None)
    for schemas in odd:
        answer = story.post(users, story.new("User", schemas=schemas))
        _met(story, answer, f"schemas: {json.dumps(schemas)}")


@check("ERR-004", "ERR-007")
def odd_texts_and_numbers_break_nothing(story: Story) -> None:
    """Controls, lone surrogates and numbers beyond every range are refused, or kept."""
    users = story.subject.endpoint_of("User")
    for text in (r"\u0000", r"a\u0000b", r"\ud800", r"\udfff\ud800", r"\u202e\u200f", r"\uffff"):
        document = json.dumps(story.new("User", displayName="@"))
        _met(story, story.post(users, document.replace('"@"', f'"{text}"')), text)
        name = json.dumps(story.new("User"))
        # Within the name as well, which is compared, prepared and indexed.
        marked = name.replace('"conformance-', f'"{text}conformance-')
        _met(story, story.post(users, marked), text)
    for number in ("1e400", "-0", "9" * 400, "9" * 6_000, "NaN", "-Infinity", "1e-400"):
        document = json.dumps(story.new("User", x509Certificates="@", displayName="@"))
        _met(story, story.post(users, document.replace('"@"', number)), number[:20])


@check("ERR-004", "ERR-007")
def deep_and_huge_bodies_break_nothing(story: Story) -> None:
    """Thousands of levels, of values and of names are refused or taken; the server goes on."""
    users = story.subject.endpoint_of("User")
    document = json.dumps(story.new("User", name="@"))
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        inner = "1" if closing == "}" else ""
        nested = opening * DEEP + inner + closing * DEEP
        _met(story, story.post(users, document.replace('"@"', nested)), "5,000 levels")
    emails = [{"value": f"ada{number}@example.com"} for number in range(DEEP)]
    _met(story, story.post(users, story.new("User", emails=emails)), "5,000 addresses")
    names = {f"unknown{number}": number for number in range(DEEP)}
    _met(story, story.post(users, story.new("User", **names)), "5,000 unknown names")
    # Who refuses a body by its size need not read it: the connection may then simply end.
    with suppress(Interrupted):
        _met(story, story.post(users, story.new("User", displayName="x" * LONG)), "2 MB of text")
    after = story.get(f"{users}?count=1")
    story.expect("ERR-004", after.status == 200, "200: the server goes on")


@check("ERR-004", "ERR-007")
def odd_urls_break_nothing(story: Story) -> None:
    """Ids, counts and names that make no sense are refused, ignored or not found."""
    users = story.subject.endpoint_of("User")
    for id in ("%00", "%FF%FE", "%2e%2e%2f", "%27%3B--", "%F0%9F%98%80", "x" * 2_000, "%25s", "-1"):
        _met(story, story.get(f"{users}/{id}"), "an id that nobody has")
    for query in (
        "count=abc",
        "count=99999999999999999999999",
        "count=-5",
        "count=1&startIndex=99999999999999999999999",
        "count=1&startIndex=-99999999999999999999999",
        "count=1&startIndex=1.5",
        "count=1&count=2",
        "count=1&attributes=%00,,%FF",
        "count=1&excludedAttributes=" + "a." * 500,
        "count=1&sortBy=%00&sortOrder=sideways",
        "count=1&" + "&".join(f"p{number}=1" for number in range(300)),
    ):
        _met(story, story.get(f"{users}?{query}"), "an odd parameter")


@check("ERR-004", "ERR-007")
def long_heads_break_nothing(story: Story) -> None:
    """A URL and a header beyond every limit are refused (414, 431) or taken; the server goes on."""
    users = story.subject.endpoint_of("User")
    for length in (9_000, 100_000):
        # Who refuses a head by its length need not read it: the connection may simply end.
        with suppress(Interrupted):
            _met(story, story.get(f"{users}?count=1&x={'x' * length}"), "a long URL")
        with suppress(Interrupted):
            _met(story, story.get(f"{users}?count=1", X_Long="x" * length), "a long header")
    after = story.get(f"{users}?count=1")
    story.expect("ERR-004", after.status == 200, "200: the server goes on")


@check("ERR-004", "ERR-007", needs=("filter",))
def odd_filters_break_nothing(story: Story) -> None:
    """Filters that are deep, long or garbled are refused, or answered."""
    users = story.subject.endpoint_of("User")
    name = f'userName eq "{story.name()}"'
    deep = "(" * DEEP + name + ")" * DEEP
    filters = (
        deep,
        "not (" * 1_000 + name + ")" * 1_000,
        "emails[" * 500,
        " or ".join([name] * 1_000),
        f'userName eq "{"x" * 100_000}"',
        f"userName eq {'9' * 6_000}",
        'userName eq "\\u0000"',
        'userName eq "\\ud800"',
        'meta.created gt "99999-99-99T99:99:99Z"',
        "userName eq",
        '"',
        "",
    )
    for filter in filters:
        body: Json = {"schemas": [SEARCH_REQUEST], "filter": filter, "count": 1}
        answer = story.post(f"{users}/.search", body)
        if answer.status != 501:  # not served at all
            _met(story, answer, "an odd filter")
    for query in ("filter=%00", "filter=%FF", "filter=userName%20eq%20%22%00%22", "filter="):
        _met(story, story.get(f"{users}?count=1&{query}"), "an odd filter")


@check("PAT-005", "ERR-004", "ERR-007", needs=("patch",))
def odd_operations_break_nothing(story: Story) -> None:
    """A PATCH whose last operation makes no sense is refused, and its first one not done."""
    user = story.make("User", displayName="Ada")
    at = story.at("User", user)
    before = story.get(at).document
    rename = {"op": "replace", "path": "displayName", "value": "Eve"}
    odd: tuple[object, ...] = (
        17,
        None,
        "text",
        [],
        {},
        {"op": 17, "path": "displayName", "value": "x"},
        {"op": "explode", "path": "displayName", "value": "x"},
        {"op": "add", "path": 17, "value": "x"},
        {"op": "add", "path": "(" * DEEP, "value": "x"},
        {"op": "add", "path": "emails[" * 500, "value": "x"},
        {"op": "replace", "path": "emails[type eq", "value": "x"},
        {"op": "replace", "path": "displayName.\u0000", "value": "x"},
        {"op": "replace", "value": "text"},
        {"op": "replace", "value": [17]},
    )
    for operation in odd:
        answer = story.send(
            "PATCH",
            at,
            {
                "schemas": [PATCH_OP],
                "Operations": [rename, operation],
            },
        )
        _met(story, answer, "an odd operation")
        if answer.status >= 400:
            shown = story.get(at).document
            story.expect("PAT-005", shown == before, "the user as it was, meta included")


@check("ERR-004", "ERR-007", needs=("bulk",))
def odd_jobs_break_nothing(story: Story) -> None:
    """A Bulk request whose operations make no sense is refused, whole or one by one."""
    odd: tuple[object, ...] = ("text", 17, {}, [17], [None, "text", []], [{}], [{"method": 17}])
    for operations in odd:
        answer = sent(story, {"schemas": [BULK_REQUEST], "Operations": operations})
        _met(story, answer, "an odd job")
        story.expect(
            "ERR-004",
            not any(each.startswith("5") for each in codes(answer)),
            "no operation that fails with 5xx",
        )
