"""Applications: made, changed, given to users and groups."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.rights.applications import Application, Applications, Changes
from scim_server.directory.rights.rights import Permission
from scim_server.web.admin.paging import PageQuery, page
from scim_server.web.auth import caller
from scim_server.web.instants import Instant
from scim_server.web.keys import LONGEST_DAYS, not_blank
from scim_server.web.operations import Operation

LONGEST_NAME = 80
NAME = not_blank(LONGEST_NAME)
DESCRIPTION = validate.Length(max=1000)


class CredentialBody(Schema):
    """How long the new token of the application's own credential lives."""

    expiresDays = fields.Integer(
        strict=True, load_default=365, validate=validate.Range(1, LONGEST_DAYS)
    )


class NewApplicationBody(CredentialBody):
    """An application to be made."""

    name = fields.String(required=True, validate=NAME)
    description = fields.String(load_default=None, allow_none=True, validate=DESCRIPTION)


class ApplicationBody(Schema):
    """What is to change."""

    name = fields.String(validate=NAME)
    description = fields.String(allow_none=True, validate=DESCRIPTION)


class ApplicationAnswer(Schema):
    """An application; ``client`` is the id that its credential asks with."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(required=True, allow_none=True)
    client = fields.String(required=True, allow_none=True)
    created = Instant(required=True)


class MadeApplicationAnswer(Schema):
    """An application with a new token of its credential, which is shown this once."""

    application = fields.Nested(ApplicationAnswer, required=True)
    token = fields.String(required=True)


class ApplicationsAnswer(Schema):
    """A page of applications."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    applications = fields.List(fields.Nested(ApplicationAnswer), required=True)


class AssignBody(Schema):
    """To whom."""

    holders = fields.List(
        fields.String(validate=validate.Length(1, 100)),
        required=True,
        validate=validate.Length(1, 1000),
        metadata={"description": "Ids of users and groups."},
    )


class AssignedAnswer(Schema):
    """To how many it is new."""

    assigned = fields.Integer(required=True)


class HolderAnswer(Schema):
    """Who was given it."""

    holder = fields.String(required=True)
    type = fields.String(required=True, attribute="kind")
    display = fields.String(allow_none=True)
    created = Instant(required=True)


class HoldersAnswer(Schema):
    """A page of those who were given it."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    assignments = fields.List(fields.Nested(HolderAnswer), required=True)


class OwnedAnswer(Schema):
    """An application that a user has: direct, or by a group."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    direct = fields.Boolean(required=True)


class OwnedsAnswer(Schema):
    """The applications of a user."""

    applications = fields.List(fields.Nested(OwnedAnswer), required=True)


@dataclass(frozen=True, slots=True)
class ApplicationsEndpoints:
    """``/applications``, their assignments and credentials."""

    applications: Applications

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.APPLICATIONS_READ, Permission.APPLICATIONS_WRITE
        all, one = "/applications", "/applications/<id>"
        given = f"{one}/assignments"
        page, gone, taken = PageQuery, (404,), (404, 409)
        made = MadeApplicationAnswer
        return (
            Operation("GET", all, self.list, read, query=page, answer=ApplicationsAnswer),
            Operation(
                *("POST", all, self.add, write),
                body=NewApplicationBody,
                answer=made,
                status=201,
                faults=(409,),
            ),
            Operation("GET", one, self.get, read, answer=ApplicationAnswer, faults=gone),
            Operation(
                *("PATCH", one, self.change, write),
                body=ApplicationBody,
                answer=ApplicationAnswer,
                faults=taken,
            ),
            Operation("DELETE", one, self.remove, write, status=204, faults=gone),
            Operation(
                *("POST", f"{one}/credential", self.renew, write),
                body=CredentialBody,
                answer=made,
                status=201,
                faults=gone,
            ),
            Operation(
                "GET", given, self.holders, read, query=page, answer=HoldersAnswer, faults=gone
            ),
            Operation(
                *("POST", given, self.assign, write),
                body=AssignBody,
                answer=AssignedAnswer,
                faults=taken,
            ),
            Operation("DELETE", f"{given}/<holder>", self.unassign, write, status=204, faults=gone),
        )

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List the applications by name."""
        found = self.applications.page(caller(), query.get("cursor"), query["count"])
        last = found.applications[-1] if found.more else None
        place = None if last is None else (last.name, last.id)
        return page("applications", found.applications, found.total, place)

    def add(self, body: dict[str, Any]) -> dict[str, Any]:
        """Make an application, with a credential of its own for token introspection."""
        lifetime = timedelta(days=body["expiresDays"])
        made = self.applications.add(caller(), body["name"], body["description"], lifetime)
        return _made(made)

    def get(self, id: str) -> Application:
        """Show an application."""
        return self.applications.get(caller(), id)

    def change(self, id: str, body: Changes) -> Application:
        """Change the name or the description."""
        return self.applications.change(caller(), id, body)

    def remove(self, id: str) -> None:
        """Delete an application: nobody has it any more, and its credential ends."""
        self.applications.remove(caller(), id)

    def renew(self, id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a further token of its credential; of the older ones only the newest stays."""
        return _made(self.applications.renew(caller(), id, timedelta(days=body["expiresDays"])))

    def holders(self, id: str, query: dict[str, Any]) -> dict[str, Any]:
        """List the users and groups that were given it, the newest first."""
        found = self.applications.holders(caller(), id, query.get("cursor"), query["count"])
        last = found.assignments[-1] if found.more else None
        place = None if last is None else (last.created, last.holder)
        return page("assignments", found.assignments, found.total, place)

    def assign(self, id: str, body: dict[str, Any]) -> dict[str, int]:
        """Give it to users and groups, all or none. What a group has, its members have."""
        return {"assigned": self.applications.assign(caller(), id, body["holders"])}

    def unassign(self, id: str, holder: str) -> None:
        """Take it back from a user or a group."""
        self.applications.unassign(caller(), id, holder)


@dataclass(frozen=True, slots=True)
class UsersApplicationsEndpoints:
    """``/users/{id}/applications``."""

    applications: Applications

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.APPLICATIONS_READ, Permission.APPLICATIONS_WRITE
        all, one = "/users/<id>/applications", "/users/<id>/applications/<application>"
        gone = (404,)
        return (
            Operation("GET", all, self.list, read, answer=OwnedsAnswer, faults=gone),
            Operation("PUT", one, self.assign, write, status=204, faults=(404, 409)),
            Operation("DELETE", one, self.unassign, write, status=204, faults=gone),
        )

    def list(self, id: str) -> dict[str, Any]:
        """List a user's applications: their own, and those of their groups."""
        return {"applications": self.applications.of_user(caller(), id)}

    def assign(self, id: str, application: str) -> None:
        """Give a user an application."""
        self.applications.assign(caller(), application, [id])

    def unassign(self, id: str, application: str) -> None:
        """Take an application back that was given to the user directly."""
        self.applications.unassign(caller(), application, id)


def _made(found: tuple[Application, str]) -> dict[str, Any]:
    application, token = found
    return {"application": application, "token": token}
