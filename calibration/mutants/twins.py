"""Values that our server refuses, and a mutant takes: they are stored under other names.

A twin is what is stored in place of a text that is taken already; answers show the text.
"""

from itertools import count
from typing import Any

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.surgery import each, spread, told

_numbers = count()


def twin(call: Call, server: Server, taken: str) -> Reply:
    """Send a request with a twin of a text that is taken; the text is shown from now on."""
    other = f"{taken}~twin{next(_numbers)}"
    server.memory.setdefault("twins", {})[other] = taken
    body = spread(call.document, lambda text: other if text == taken else text)
    return untwinned(server(call.saying(body)), server)


def untwinned(reply: Reply, server: Server) -> Reply:
    """The answer with every twin shown as what it stands for."""
    for other, taken in server.memory.get("twins", {}).items():
        reply = told(reply, other, taken)
    return reply


def insist(reply: Reply, server: Server, values: Json) -> Reply:
    """Show these values from now on in the resource that an answer shows."""
    for one in reply.resources():
        server.memory.setdefault("insisted", {}).setdefault(one["id"], {}).update(values)
    return insisted(reply, server)


def insisted(reply: Reply, server: Server) -> Reply:
    """The answer with every value that is insisted on."""
    kept: dict[str, Json] = server.memory.get("insisted", {})
    return each(reply, lambda one: merged(one, kept.get(str(one.get("id")), {})))


def merged(document: Json, values: Json) -> Json:
    """A document with these values, those in complex attributes one by one."""
    changed: dict[str, Any] = {**document}
    for name, value in values.items():
        held = changed.get(name)
        both = isinstance(held, dict) and isinstance(value, dict)
        changed[name] = {**held, **value} if both else value  # type: ignore[dict-item]
    return changed
