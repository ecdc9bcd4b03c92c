"""One transaction for one use case, begun again when it met another."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from scim_server.directory.callers import Caller
from scim_server.directory.change import Change
from scim_server.directory.ports import Clock, Contention, Relations, Resource, ResourceStore
from scim_server.directory.rights import guards
from scim_server.directory.views import Renderer
from scim_server.protocol.errors import Unavailable
from scim_server.protocol.schema import Document

ATTEMPTS = 5

T = TypeVar("T")


class Transactions:
    """What changes anything, runs in here.

    Args: count: told after each commit what was recorded, as the actions of the events
    """

    def __init__(
        self,
        store: ResourceStore,
        renderer: Renderer,
        clock: Clock,
        new_id: Callable[[], str],
        count: Callable[[Sequence[str]], object] = len,
    ) -> None:
        self.store = store
        self.renderer = renderer
        self.clock = clock
        self.new_id = new_id
        self.count = count

    def write(self, caller: Caller, work: Callable[[Change], T]) -> T:
        """Run the work in one transaction, again when it met another.

        Raises Unavailable; Forbidden, NotFound: the caller may not do that to whom it is about.
        """
        for _ in range(ATTEMPTS):
            try:
                with self.store.writing(caller.tenant) as writer:
                    change = Change(writer, caller, self.clock(), self.new_id, self._read_only)
                    guards.require_aim(change)
                    done = work(change)
            except Contention:
                continue
            self.count(writer.recorded)
            return done
        raise Unavailable("Too many changes to the same resources at once.", retry_after=1)

    def _read_only(self, resource: Resource) -> Document:
        tag = self.renderer.tag(resource, Relations())
        return {"id": resource.id, "meta": self.renderer.meta(resource, tag)}
