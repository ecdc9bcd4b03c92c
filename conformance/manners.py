"""What every client relies on in every answer, whatever the dialogue is about.

Not all that the RFC asks of an answer, which the checks examine: no client is known to break
where a 201 has no Location, a 401 no WWW-Authenticate, or itemsPerPage tells the size asked for.
"""

from collections.abc import Iterator

from conformance.urns import ERROR, LIST_RESPONSE
from conformance.wire import Answer, Request

NUMBERS = ("totalResults", "startIndex", "itemsPerPage")


def faults(request: Request, answer: Answer) -> list[str]:
    """The manners that the answer lacks."""
    return [*_body(answer), *_error(answer), *_created(request, answer), *_list(answer)]


def _body(answer: Answer) -> Iterator[str]:
    """RFC 7644 §3.1, §3.8: SCIM's own media type; RFC 7643 §2.5: unassigned is left out."""
    if answer.status == 204 or not answer.text:
        if answer.text:
            yield "204 has a body"
        return
    if not answer.headers.get("content-type", "").startswith("application/scim+json"):
        yield f"Content-Type is {answer.headers.get('content-type')!r}"
    if answer.body is None:
        yield "the body is no JSON object"
    elif _has_null(answer.body):
        yield "the body has a null"


def _error(answer: Answer) -> Iterator[str]:
    """RFC 7644 §3.12: every refusal is an Error message, ``status`` a string."""
    if answer.status < 400:
        return
    body = answer.body or {}
    if body.get("schemas") != [ERROR] or body.get("status") != str(answer.status):
        yield "the refusal is no SCIM Error message with its status as a string"


def _created(request: Request, answer: Answer) -> Iterator[str]:
    """RFC 7644 §3.3: 201 has the resource, its id and, if one is sent, its Location."""
    if request.method != "POST" or answer.status != 201:
        return
    body = answer.body or {}
    meta = body.get("meta")
    location = meta.get("location") if isinstance(meta, dict) else None
    if not body.get("id") and "attributes=" not in request.path.lower():
        yield "201 without an id"
    if location is not None and answer.headers.get("location", location) != location:
        yield "Location is not meta.location"


def _list(answer: Answer) -> Iterator[str]:
    """RFC 7644 §3.4.2: the numbers are integers, and the resources a list.

    Where a page stands need be said of a part alone, and Resources where there are any.
    """
    body = answer.body or {}
    if LIST_RESPONSE not in str(body.get("schemas")):
        return
    resources, total = body.get("Resources", []), body.get("totalResults")
    if not isinstance(resources, list) or ("Resources" not in body and total):
        yield "Resources is no list"
        return
    needless = {"startIndex", "itemsPerPage"} if total == len(resources) else set()
    for name in NUMBERS:
        if not isinstance(body.get(name), int) and (name in body or name not in needless):
            yield f"{name} is {body.get(name)!r}"


def _has_null(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_null(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_null(item) for item in value)
    return value is None
