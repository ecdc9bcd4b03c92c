"""Folders: where in the organisation a user is, as a path in one form only."""

from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.values import UNSTORABLE

LONGEST = 1000
"""Characters."""


def check(path: str) -> None:
    """Raises InvalidValue for what is no folder, or another spelling of one."""
    begin, *names = path.split("/")
    is_sound = not begin and names and not {"", ".", ".."} & set(names)
    if not is_sound or len(path) > LONGEST or UNSTORABLE.search(path):
        raise InvalidValue(
            f"A folder is a path such as /emea/sales of at most {LONGEST} characters, without empty"
            ' names, ".", ".." or a slash at its end.'
        )


def is_below(path: str | None, top: str) -> bool:
    """Whether it is that folder, or within it."""
    return path is not None and (path == top or path.startswith(f"{top}/"))
