"""A request and its answer as a person reads them, and as curl sends them again."""

import json
import re
import shlex

from conformance.wire import Request

LONGEST = 20_000
"""Characters of a body that are shown."""
LONGEST_ARGUMENT = 4_000
"""Bytes of a body that stand in a command; Linux takes no argument of more than 131,072."""
TOKEN = re.compile(r'\{\s*\}|\[\s*\]|"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
BEARER = re.compile(r"Bearer \$SCIM_(OTHER_)?TOKEN")


def pretty(text: str | None) -> str:
    """JSON indented, every number and string as it was sent; other text as it is; cut at LONGEST.

    Not by loading and dumping: 1.0 and 1e0, doubled keys and escapes are what a failure is about.
    """
    whole = _indented(text or "")
    left = len(whole) - LONGEST
    return whole if left <= 0 else f"{whole[:LONGEST]}\n… {left} more characters"


def curl(base_url: str, request: Request) -> str:
    """The request for a shell that has the token in $SCIM_TOKEN.

    A body that is too long for a command is left out, and a comment says that curl waits for it.
    """
    reading = request.method == "HEAD"
    words = ["curl -sS --globoff --path-as-is", "--head" if reading else "-i"]
    if not reading:
        words.append(f"-X {shlex.quote(request.method)}")
    lines = [" ".join([*words, shlex.quote(base_url.rstrip("/") + request.path)])]
    lines += [f"-H {_header(name, value)}" for name, value in _sent(request).items()]
    before, data = _data(request.body)
    return before + " \\\n  ".join([*lines, *data])


def _data(body: str | bytes | None) -> tuple[str, list[str]]:
    """What stands before curl, and the options that give it the body."""
    if body is None:
        return "", []
    size = len(body.encode(errors="replace") if isinstance(body, str) else body)
    if size > LONGEST_ARGUMENT:
        told = f"# Pipe the body in, {size} bytes: the JSON report has the whole of it.\n"
        return told, ["--data-binary @-"]
    if isinstance(body, bytes):
        octal = "".join(chr(each) if _is_plain(each) else f"\\{each:03o}" for each in body)
        return f"printf {shlex.quote(octal)} | ", ["--data-binary @-"]
    return "", [f"--data-raw {shlex.quote(body)}"]


def _is_plain(octet: int) -> bool:
    """Whether printf writes it as it stands."""
    return 0x20 <= octet < 0x7F and chr(octet) not in "%\\"


def _sent(request: Request) -> dict[str, str]:
    """The headers, an empty one for each that curl would add of its own."""
    given = {name: value for name, value in request.headers.items() if value is not None}
    known = {name.lower() for name in given}
    added = ("Accept",) if request.body is None else ("Accept", "Content-Type")
    return given | {name: "" for name in added if name.lower() not in known}


def _header(name: str, value: str) -> str:
    if BEARER.fullmatch(value):
        return f'"{name}: {value}"'
    return shlex.quote(f"{name}: {value}" if value else f"{name}:")


def _indented(text: str) -> str:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    written, depth = [], 0
    for token in TOKEN.findall(text):
        if token in "{[":
            depth += 1
            written.append(token + _line(depth))
        elif token in "}]":
            depth -= 1
            written.append(_line(depth) + token)
        else:
            written.append({",": "," + _line(depth), ":": ": "}.get(token, token))
    return "".join(written)


def _line(depth: int) -> str:
    return "\n" + "  " * depth
