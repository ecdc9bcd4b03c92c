"""API keys, as administrators make, see and end them."""

from dataclasses import dataclass
from typing import Any

from scim_server.directory.rights.keys import Keys
from scim_server.directory.rights.rights import Permission
from scim_server.web.admin.paging import PageQuery
from scim_server.web.auth import caller
from scim_server.web.keys import KeyBody, KeysAnswer, MadeKeyAnswer, listed, made, wanted
from scim_server.web.operations import Operation


@dataclass(frozen=True, slots=True)
class KeysEndpoints:
    """``/keys``, ``/users/{id}/keys``."""

    keys: Keys

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.KEYS_READ, Permission.KEYS_WRITE
        own = "/users/<id>/keys"
        return (
            Operation("GET", "/keys", self.list, read, query=PageQuery, answer=KeysAnswer),
            Operation(
                *("POST", "/keys", self.make, write),
                body=KeyBody,
                answer=MadeKeyAnswer,
                status=201,
            ),
            Operation("DELETE", "/keys/<id>", self.revoke, write, status=204, faults=(404,)),
            Operation(
                "GET", own, self.list_of, read, query=PageQuery, answer=KeysAnswer, faults=(404,)
            ),
            Operation(
                *("POST", own, self.make_for, write),
                body=KeyBody,
                answer=MadeKeyAnswer,
                status=201,
                faults=(404, 409),
            ),
            Operation(
                *("DELETE", f"{own}/<key>", self.revoke_of, write), status=204, faults=(404,)
            ),
        )

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the keys that have not expired, the system's and users', newest first."""
        return listed(self.keys.page(caller(), None, query.get("cursor"), query["count"]))

    def make(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make a key of the system. Its token is shown this once.

        Its scopes must be within what you may do yourself.
        """
        return made(self.keys.make(caller(), wanted(body)))

    def revoke(self, id: str) -> None:
        """End a key, whoever owns it."""
        self.keys.revoke(caller(), id, None)

    def list_of(self, id: str, query: dict[str, Any]) -> dict[str, Any]:
        """List a user's keys."""
        return listed(self.keys.page(caller(), id, query.get("cursor"), query["count"]))

    def make_for(self, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a key for a user. It can do what the user may do at the time, and no more."""
        return made(self.keys.make_for(caller(), id, wanted(body)))

    def revoke_of(self, id: str, key: str) -> None:
        """End a key of a user."""
        self.keys.revoke(caller(), key, id)
