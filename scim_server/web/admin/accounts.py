"""Accounts over the administration API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response

from scim_server.directory.accounts.accounts import Accounts, NewAccount
from scim_server.directory.accounts.lifecycle import Step
from scim_server.directory.accounts.roster import Roster, Wanted
from scim_server.directory.ports import Position
from scim_server.directory.rights.rights import Permission
from scim_server.protocol.errors import InvalidCursor
from scim_server.web.admin.account_schemas import (
    AccountAnswer,
    GroupBody,
    NewGroupBody,
    NewUserBody,
    OverviewAnswer,
    ProfileBody,
    StaleQuery,
    StepBody,
    UserAnswer,
    UsersAnswer,
    UsersQuery,
    overview,
    profile,
    row,
    whole,
)
from scim_server.web.admin.dossiers import DeletedAnswer, DeleteQuery, dossier
from scim_server.web.admin.paging import page
from scim_server.web.auth import caller
from scim_server.web.operations import ONE_USER, Operation, json

KEYS = range(2**63)
"""Store keys, which cursors hold."""


@dataclass(frozen=True, slots=True)
class AccountsEndpoints:
    """``/users``."""

    accounts: Accounts
    roster: Roster

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        return (*self._lists(), *self._reading(), *self._writing(), *self._grouping())

    def _lists(self) -> tuple[Operation, ...]:
        read = Permission.USERS_READ
        return (
            Operation(
                "GET",
                "/users",
                self.list,
                read,
                query=UsersQuery,
                answer=UsersAnswer,
                limited=True,
            ),
            Operation(
                "GET",
                "/users/stale",
                self.stale,
                read,
                query=StaleQuery,
                answer=UsersAnswer,
                limited=True,
            ),
        )

    def _reading(self) -> tuple[Operation, ...]:
        read = Permission.USERS_READ
        return (
            Operation("GET", ONE_USER, self.get, read, answer=AccountAnswer, faults=(404,)),
            Operation(
                "GET",
                f"{ONE_USER}/overview",
                self.overview,
                read,
                answer=OverviewAnswer,
                faults=(404,),
            ),
        )

    def _writing(self) -> tuple[Operation, ...]:
        write = Permission.USERS_WRITE
        return (
            Operation(
                "POST",
                "/users",
                self.create,
                write,
                body=NewUserBody,
                answer=AccountAnswer,
                status=201,
                faults=(404, 409),
                limited=True,
            ),
            Operation(
                "PATCH",
                ONE_USER,
                self.change,
                write,
                body=ProfileBody,
                answer=AccountAnswer,
                faults=(404, 409),
            ),
            Operation(
                "DELETE",
                ONE_USER,
                self.delete,
                Permission.USERS_DELETE,
                query=DeleteQuery,
                answer=DeletedAnswer,
                faults=(404, 409),
            ),
            Operation(
                "POST",
                f"{ONE_USER}/status",
                self.step,
                Permission.USERS_STATUS,
                body=StepBody,
                answer=UserAnswer,
                faults=(404, 409),
            ),
        )

    def _grouping(self) -> tuple[Operation, ...]:
        write, groups, faults = Permission.USERS_WRITE, f"{ONE_USER}/groups", (404, 409)
        return (
            Operation(
                "POST",
                groups,
                self.join,
                write,
                body=GroupBody,
                answer=AccountAnswer,
                faults=faults,
            ),
            Operation(
                "POST",
                f"{groups}/new",
                self.join_new,
                write,
                body=NewGroupBody,
                answer=AccountAnswer,
                status=201,
                faults=faults,
            ),
            Operation("DELETE", f"{groups}/<group>", self.leave, write, status=204, faults=faults),
        )

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List users, the newest first unless another order is asked for."""
        return self._page(chosen(query, query.get("sortBy"), query["sortOrder"]), query)

    def stale(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the Active users who have not signed in for long, the newest first."""
        days = query.get("days") or self.roster.stale_days(caller())
        return self._page(Wanted(stale=days), query)

    def _page(self, wanted: Wanted, query: Mapping[str, Any]) -> dict[str, Any]:
        place = _position(query.get("cursor"), _order(wanted))
        found = self.roster.page(caller(), wanted, place, query["count"])
        last = None if found.after is None else (_order(wanted), *_place(found.after))
        return page("users", list(map(row, found.rows)), found.total, last)

    def get(self, id: str) -> dict[str, Any]:
        """Show one user."""
        return whole(self.roster.one(caller(), id))

    def overview(self, id: str) -> dict[str, Any]:
        """Show one user's page: groups, sessions, keys, authenticators, and the last sign-ins."""
        return overview(self.roster.overview(caller(), id))

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make an account by hand; its source is Local."""
        new = NewAccount(profile(body), body["activation"], body["groups"], body.get("role"))
        return whole(self.accounts.create(caller(), new))

    def change(self, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Change members of an account; what is not named stays as it is."""
        return whole(self.accounts.change(caller(), id, profile(body)))

    def delete(self, id: str, query: dict[str, Any]) -> dict[str, Any]:
        """Delete a user and all that they own, for good.

        With `export=true` the answer has all that was known of the user besides, but no secrets.
        """
        if query["export"]:
            return {"id": id, "known": dossier(self.accounts.export_and_delete(caller(), id))}
        self.accounts.delete(caller(), id)
        return {"id": id}

    def step(self, id: str, body: dict[str, Any]) -> Response:
        """Take a step of the account's life: suspend, reactivate, approve, unlock, deprovision.

        A step that the account's status forbids is refused with 409 and changes nothing.
        """
        view = self.accounts.step(caller(), id, Step(body["event"]), body.get("reason"))
        return json(view.document)

    def join(self, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Add a user to a group."""
        return whole(self.accounts.join(caller(), id, body["group"]))

    def join_new(self, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Add a user to a new group, which is made."""
        return whole(self.accounts.join_new(caller(), id, body["displayName"]))

    def leave(self, id: str, group: str) -> None:
        """Take a user out of a group."""
        self.accounts.leave(caller(), id, group)


def chosen(query: Mapping[str, Any], sort: str | None = None, order: str = "ascending") -> Wanted:
    """Which users a ChoiceQuery asks for."""
    return Wanted(
        query.get("search"),
        query.get("filter"),
        query.get("status"),
        query.get("stale"),
        sort,
        order == "descending",
    )


def _order(wanted: Wanted) -> str:
    """In which order a list is, as its cursors tell."""
    return f"{wanted.sort or ''} {'descending' if wanted.descending else 'ascending'}"


def _position(cursor: tuple[str, str, str] | None, order: str) -> Position | None:
    """Where a page begins. Raises InvalidCursor, also for the cursor of another order."""
    if cursor is None:
        return None
    told, sort_key, key = cursor
    is_key = key.isascii() and key.isdecimal() and len(key) < 20 and int(key) in KEYS
    if told != order or not is_key:
        raise InvalidCursor("This is no cursor that this server gave out for this order.")
    return Position(sort_key[1:] if sort_key else None, int(key))


def _place(after: Position) -> tuple[str, str]:
    return "" if after.sort_key is None else f"={after.sort_key}", str(after.key)
