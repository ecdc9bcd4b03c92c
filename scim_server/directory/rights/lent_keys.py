"""Keys that somebody else has made for a user, and may know: they do not grow with the user.

Who makes one may do what its user may at the time. Before the user may do more, it ends.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING

from scim_server.directory.events import Action
from scim_server.directory.mail import outbox

if TYPE_CHECKING:
    from scim_server.directory.change import Change

MADE, ENDED = "key_made", "keys_ended"
"""Mails that tell the user."""


def end(change: "Change", holders: Collection[str]) -> None:
    """End those of users with these ids, and of the members of groups with these ids."""
    ended = change.store.keys.end_lent(holders)
    if not ended:
        return
    for user in change.store.census.resources(list(ended)):
        keys = ended[user.key]
        told = [{"id": key.id, "name": key.name} for key in keys]
        change.note(Action.REVOKE_KEY, user.kind, user.id, {"keys": told})
        outbox.notice(change, user, ENDED, {"keys": ", ".join(key.name for key in keys)})
