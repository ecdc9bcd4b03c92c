"""A user's own API keys."""

from dataclasses import dataclass
from typing import Any

from scim_server.directory.rights.keys import Keys
from scim_server.web.admin.paging import PageQuery
from scim_server.web.auth import Access, caller
from scim_server.web.keys import KeyBody, KeysAnswer, MadeKeyAnswer, listed, made, wanted
from scim_server.web.operations import Operation


@dataclass(frozen=True, slots=True)
class OwnKeysEndpoints:
    """``/keys``."""

    keys: Keys

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        own = Access.USER
        return (
            Operation("GET", "/keys", self.list, access=own, query=PageQuery, answer=KeysAnswer),
            Operation(
                *("POST", "/keys", self.make),
                access=own,
                body=KeyBody,
                answer=MadeKeyAnswer,
                status=201,
                faults=(409,),
            ),
            Operation("DELETE", "/keys/<id>", self.revoke, access=own, status=204, faults=(404,)),
        )

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List your keys that have not expired, newest first."""
        return listed(self.keys.page(caller(), _me(), query.get("cursor"), query["count"]))

    def make(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make a key that can do, of its scopes, what you may do at the time. Shown this once."""
        return made(self.keys.make_for(caller(), _me(), wanted(body)))

    def revoke(self, id: str) -> None:
        """End one of your keys."""
        self.keys.revoke(caller(), id, _me())


def _me() -> str:
    user = caller().user
    assert user is not None, "Access.USER lets nobody else in"
    return user
