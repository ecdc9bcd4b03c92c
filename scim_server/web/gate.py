"""The JSON gate: what a body must be before anything looks at it (security rules 9 and 18)."""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import parse_qsl

import orjson
from flask import request
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import ClientDisconnected

from scim_server.protocol.errors import (
    InvalidSyntax,
    TooLarge,
    TooSlow,
    UnsupportedMediaType,
)
from scim_server.web.patience import Late

JSON_TYPES = frozenset({"application/scim+json", "application/json"})
FORM_TYPE = "application/x-www-form-urlencoded"
MOST_FIELDS = 100
MOST_LEVELS = 32
IN_MEMORY, BLOCK = 2**20, 2**16
"""Bytes of a file that are kept in memory, and that are read at once."""
SHOWN_CHARACTERS = 50

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"(\s*+:)?', re.DOTALL)
_SPACED = re.compile(rb'"\s+:')
_TOKEN = re.compile(_STRING.pattern + rb"|[{}]", re.DOTALL)


def read_json(limit: int) -> dict[str, Any]:
    """The request's body. Raises UnsupportedMediaType, TooLarge, TooSlow, InvalidSyntax.

    Args: limit: bytes
    """
    if request.mimetype and request.mimetype not in JSON_TYPES:
        known = " or ".join(sorted(JSON_TYPES))
        raise UnsupportedMediaType(f'"{request.mimetype}" is not JSON: send {known}.')
    return parse(_read(limit))


def read_form(limit: int) -> dict[str, str]:
    """The fields of a form in UTF-8, each once. Raises as read_json does."""
    if request.mimetype != FORM_TYPE:
        raise UnsupportedMediaType(f'"{request.mimetype}" is no form: send {FORM_TYPE}.')
    try:
        text = _read(limit).decode()
        sent = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise InvalidSyntax(f"The form is not UTF-8, or has over {MOST_FIELDS} fields.") from None
    fields = dict(sent)
    if len(fields) < len(sent):
        raise InvalidSyntax("A field of the form is given twice.")
    if any("\0" in name + value for name, value in sent):
        raise InvalidSyntax("A field of the form holds the character NUL.")
    return fields


def _read(limit: int) -> bytes:
    length = request.content_length
    if length is not None and length > limit:
        raise TooLarge(f"The body has {length} bytes; {limit} is the limit.")
    body = _taken(limit + 1)
    _check_size(len(body), limit)
    return body


@contextmanager
def read_file(limit: int) -> Iterator[IO[bytes]]:
    """The request's body as a file, on the disk where it is large. Raises as read_json does."""
    length = request.content_length
    if length is not None and length > limit:
        raise TooLarge(f"The body has {length} bytes; {limit} is the limit.")
    with SpooledTemporaryFile(IN_MEMORY) as file:
        while file.tell() <= limit and (block := _taken(BLOCK)):
            file.write(block)
        _check_size(file.tell(), limit)
        file.seek(0)
        yield file


def _taken(most: int) -> bytes:
    try:
        return request.stream.read(most)
    except Late:
        raise TooSlow("The body did not come to its end in time.") from None
    except (ClientDisconnected, OSError, ParseException):
        # The last is gunicorn's for chunks that are none; it reads them only now.
        raise InvalidSyntax("The body breaks off, or its chunks are malformed.") from None


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(f"The body has more than {limit} bytes, the limit.")
    # gunicorn hands a truncated body on as if it were complete.
    if request.content_length is not None and size != request.content_length:
        raise InvalidSyntax("The body is shorter than its Content-Length.")


def parse(body: bytes) -> dict[str, Any]:
    """The object that the bytes are. Raises InvalidSyntax.

    orjson refuses what is not UTF-8, NaN, 1e999, a BOM and lone surrogates; it keeps the last of
    equal keys, so they are counted.
    """
    if not body:
        raise InvalidSyntax("The body is empty.")
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as fault:
        raise InvalidSyntax(f"The body is not JSON: {fault}.") from None
    if not isinstance(document, dict):
        raise InvalidSyntax("The body must be a JSON object.")
    if not _is_written_once(body, _count_keys(document, 1)):
        raise InvalidSyntax(f"The key {_shown(next(_repeats(body)))} occurs twice in an object.")
    if rb"\u0000" in body and _holds_nul(document):
        raise InvalidSyntax("A string holds the character NUL.")
    return document


def _count_keys(value: object, level: int) -> int:
    if level > MOST_LEVELS:
        raise InvalidSyntax(f"The body is nested deeper than {MOST_LEVELS} levels.")
    if isinstance(value, dict):
        if len({key.lower() for key in value}) < len(value):
            twin = _shown(next(_twins(value)))
            raise InvalidSyntax(
                f"The key {twin} occurs twice in an object, in different letter case."
            )
        return len(value) + sum(
            _count_keys(child, level + 1)
            for child in value.values()
            if isinstance(child, dict | list)
        )
    if isinstance(value, list):
        return sum(
            _count_keys(child, level + 1) for child in value if isinstance(child, dict | list)
        )
    return 0


def _is_written_once(body: bytes, keys: int) -> bool:
    """Whether the text has so many keys.

    It has no more than there are quotes followed by a colon, unless a space comes between; only
    where these are more, or one does, the strings are told apart.
    """
    if body.count(b'":') == keys and not _SPACED.search(body):
        return True
    return sum(1 for colon in _STRING.findall(body) if colon) == keys


def _repeats(body: bytes) -> Iterator[str]:
    """The keys that their object has already, in the order of the text, however deep they are."""
    objects: list[set[str]] = []
    for token in _TOKEN.finditer(body):
        if token[0] == b"{":
            objects.append(set())
        elif token[0] == b"}":
            objects.pop()
        elif token[1]:
            key = orjson.loads(body[token.start() : token.start(1)])
            if key in objects[-1]:
                yield key
            objects[-1].add(key)


def _twins(keys: Iterable[str]) -> Iterator[str]:
    """The keys that another one before them differs from in letter case only."""
    seen = set()
    for key in keys:
        if key.lower() in seen:
            yield key
        seen.add(key.lower())


def _shown(key: str) -> str:
    """For a message: short, and with what cannot be printed escaped."""
    return json.dumps(key[:SHOWN_CHARACTERS])


def _holds_nul(value: object) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any("\0" in key or _holds_nul(child) for key, child in value.items())
        case list():
            return any(map(_holds_nul, value))
        case _:
            return False
