"""A request and its answer as a person reads them, and as curl sends them again."""

import json
import re
import shlex

from conformance.wire import Request

LONGEST = 20_000
"""Characters of a body that are shown."""
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
    """The request for a shell that has the token in $SCIM_TOKEN."""
    reading = request.method == "HEAD"
    words = ["curl -sS --globoff --path-as-is", "--head" if reading else "-i"]
    if not reading:
        words.append(f"-X {shlex.quote(request.method)}")
    lines = [" ".join([*words, shlex.quote(base_url.rstrip("/") + request.path)])]
    lines += [f"-H {_header(name, value)}" for name, value in _sent(request).items()]
    if request.body is not None:
        lines.append(f"--data-raw {shlex.quote(request.body)}")
    return " \\\n  ".join(lines)


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
