"""Users and groups, as those to whom roles and applications are given."""

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.change import Change
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import Conflict, NotFound
from scim_server.protocol.schema import Registry


class Recipients:
    """Found by their ids, whichever of the two they are."""

    def __init__(self, registry: Registry) -> None:
        self.kinds = tuple(
            kind for kind in registry.kinds.values() if kind.storage.status or kind.storage.members
        )

    def lock(self, change: Change, id: str) -> Resource:
        """Raises NotFound."""
        for kind in self.kinds:
            try:
                return change.store.lock(kind, id)
            except NotFound:
                continue
        raise NotFound(f'No user and no group has the id "{id[:100]}".')

    def lock_to_give(self, change: Change, id: str) -> Resource:
        """One who may be given something. Raises NotFound, Conflict."""
        found = self.lock(change, id)
        if found.status is Status.DEPROVISIONED:
            raise Conflict("A deprovisioned account is given nothing.")
        return found
