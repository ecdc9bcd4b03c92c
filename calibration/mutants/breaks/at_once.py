"""Requests of several clients at the same time."""

import time
from threading import Lock

from calibration.mutants.exchange import Call, Reply, Server
from calibration.mutants.mutant import mutant
from calibration.mutants.surgery import (
    op,
    operations,
    rewritten,
    stored,
)
from calibration.mutants.twins import insisted

WINDOW = 0.02
"""Seconds between reading and writing, of who does both without a lock."""
LONG_WINDOW = 0.1
"""Where there are but two, that one reads while the other waits, however busy the machine is."""


@mutant("PAT-021", "PAT-004", "PAT-005", "PAT-041")
def patches_at_once_are_lost(call: Call, server: Server) -> Reply:
    """PATCH reads, changes and writes without a lock: of those at once, the last stays."""
    found = [one for one in operations(call) if op(one) == "add" and one.get("path") == "members"]
    if not call.is_at("Groups") or not found:
        return server(call)
    kept = stored(call, server)
    time.sleep(WINDOW)
    added = [each for one in found for each in (one.get("value") or ())]
    if "id" not in kept or not all(isinstance(each, dict) for each in added):
        return server(call)
    return rewritten(call, server, {**kept, "members": [*kept.get("members", ()), *added]})


@mutant("PAT-005", "PAT-004", "PAT-031")
def patches_of_two_attributes_at_once_are_lost(call: Call, server: Server) -> Reply:
    """PATCH of a user reads the whole, and writes it back whole a moment later."""
    if not call.is_at("Users") or not operations(call) or "if-match" in call.headers:
        return server(call)
    before = stored(call, server)
    time.sleep(LONG_WINDOW)
    # In turn: of two that have read the same, the second always undoes the first.
    with server.memory.setdefault("turn", Lock()):
        if "id" in before and before != stored(call, server):
            rewritten(call, server, before)
        return server(call)


@mutant("ETG-003")
def preconditions_at_once_all_hold(call: Call, server: Server) -> Reply:
    """If-Match is compared before the write, without a lock: of two at once, both win."""
    said = call.headers.get("if-match")
    if said is None or call.method not in {"PUT", "PATCH"}:
        return insisted(server(call), server)
    now = server(call.reading()).headers.get("etag")
    time.sleep(WINDOW)
    if now is not None and said == now:
        return server(call.with_header("if-match", None))
    return server(call)
