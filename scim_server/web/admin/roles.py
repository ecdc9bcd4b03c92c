"""Roles, and who holds which."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from scim_server.directory.accounts.folders import LONGEST
from scim_server.directory.rights.grants import Gift, Grant, Held, gift_of_role
from scim_server.directory.rights.rights import GIVEN, ROLES, Permission, limits_from
from scim_server.directory.rights.roles import Roles
from scim_server.web.admin.paging import Cursor, PageQuery, page
from scim_server.web.auth import caller
from scim_server.web.instants import Instant
from scim_server.web.operations import Operation

LONGEST_ID = 100


class LimitsBody(Schema):
    """The part of the directory that a role is for; what is left out does not limit."""

    groups = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_ID)),
        load_default=(),
        validate=validate.Length(max=100),
        metadata={"description": "Ids of groups: whoever is in one, directly or through others."},
    )
    folder = fields.String(
        load_default=None,
        validate=validate.Length(1, LONGEST),
        metadata={"description": "Whoever is in this folder or below: /emea/sales."},
    )
    attributes = fields.List(
        fields.String(validate=validate.Length(1, 200)),
        load_default=(),
        validate=validate.Length(max=100),
        metadata={"description": "The only attributes that may be written: userName, emails."},
    )
    users = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_ID)),
        load_default=(),
        validate=validate.Length(max=100),
        metadata={"description": "Ids of users: only these."},
    )


class LimitsAnswer(Schema):
    """The part of the directory that a role is for; without members, all of it."""

    groups = fields.List(fields.String())
    folder = fields.String()
    attributes = fields.List(fields.String())
    users = fields.List(fields.String())


class GrantBody(Schema):
    """Which role, to whom, for which part of the directory."""

    holder = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_ID),
        metadata={"description": "The id of a user or of a group."},
    )
    role = fields.String(validate=validate.OneOf(GIVEN))
    permissions = fields.List(
        fields.Enum(Permission, by_value=True),
        validate=validate.Length(1, len(Permission)),
        metadata={"description": "Instead of a role: these permissions alone; see `/roles`."},
    )
    limits = fields.Nested(LimitsBody, load_default=dict)

    @validates_schema
    def _one(self, body: dict[str, Any], **_: object) -> None:
        if ("role" in body) == ("permissions" in body):
            raise ValidationError("One of `role` and `permissions` is needed.", "role")


class GrantAnswer(Schema):
    """What somebody was given, and by whom."""

    id = fields.String(required=True)
    role = fields.String(
        required=True, allow_none=True, metadata={"description": "null: permissions alone."}
    )
    permissions = fields.List(fields.String(), required=True)
    limits = fields.Nested(LimitsAnswer, required=True)
    holder = fields.String(required=True, metadata={"description": "The id of who has it."})
    type = fields.String(required=True, metadata={"description": "User or Group."})
    display = fields.String(allow_none=True)
    givenBy = fields.String(
        required=True, metadata={"description": "The name of the client or user, at the time."}
    )
    givenById = fields.String(required=True, allow_none=True)
    created = Instant(required=True)


class GrantsQuery(PageQuery):
    """Whose, and of which role."""

    cursor = Cursor(parts=1, metadata={"description": "The `next` of the page before."})

    holder = fields.String(validate=validate.Length(1, LONGEST_ID))
    role = fields.String(validate=validate.OneOf(GIVEN))


class GrantsAnswer(Schema):
    """A page of grants."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    grants = fields.List(fields.Nested(GrantAnswer), required=True)


class RoleAnswer(Schema):
    """A role and what it allows."""

    name = fields.String(required=True)
    permissions = fields.List(fields.String(), required=True)


class RolesAnswer(Schema):
    """Every role, the highest first."""

    roles = fields.List(fields.Nested(RoleAnswer), required=True)


class HeldAnswer(GrantAnswer):
    """What a user has, and where it comes from: their own, or a group's."""

    direct = fields.Boolean(required=True)


class RightsAnswer(Schema):
    """What a user may do right now."""

    rights = fields.List(fields.Nested(HeldAnswer), required=True)


@dataclass(frozen=True, slots=True)
class RolesEndpoints:
    """``/roles``, ``/grants``, ``/users/{id}/rights``."""

    roles: Roles

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.ROLES_READ, Permission.ROLES_WRITE
        faults = (404, 409)
        return (
            Operation("GET", "/roles", self.list, read, answer=RolesAnswer),
            Operation("GET", "/grants", self.grants, read, query=GrantsQuery, answer=GrantsAnswer),
            Operation(
                *("POST", "/grants", self.give, write),
                body=GrantBody,
                answer=GrantAnswer,
                status=201,
                faults=faults,
            ),
            Operation("DELETE", "/grants/<id>", self.take, write, status=204, faults=faults),
            Operation("GET", "/users/<id>/rights", self.rights, read, answer=RightsAnswer),
        )

    def list(self) -> dict[str, Any]:
        """List the roles and their permissions."""
        return {"roles": [{"name": n, "permissions": sorted(p)} for n, p in ROLES.items()]}

    def grants(self, query: dict[str, Any]) -> dict[str, Any]:
        """List who holds which role and who gave it, newest first."""
        [after] = query.get("cursor") or [None]
        asked = (query.get("holder"), query.get("role"))
        found = self.roles.page(caller(), *asked, after, query["count"])
        last = (found.grants[-1].id,) if found.more else None
        return page("grants", [_shown(grant) for grant in found.grants], found.total, last)

    def give(self, body: dict[str, Any]) -> dict[str, Any]:
        """Give a user or a group a role, or permissions. Nobody gives more than they hold."""
        within = limits_from(body["limits"])
        if "role" in body:
            gift = gift_of_role(body["role"], within)
        else:
            gift = Gift(None, frozenset(body["permissions"]), within)
        return _shown(self.roles.give(caller(), body["holder"], gift))

    def take(self, id: str) -> None:
        """Take a role or permissions back; it counts no more from the next request on.

        The last Super Admin keeps theirs: 409.
        """
        self.roles.take(caller(), id)

    def rights(self, id: str) -> dict[str, Any]:
        """Show what a user may do right now, and where each of it comes from."""
        return {"rights": [held(each) for each in self.roles.held_by(caller(), id)]}


def _shown(grant: Grant) -> dict[str, Any]:
    return {
        "id": grant.id,
        "role": grant.gift.role,
        "permissions": sorted(grant.gift.permissions),
        "limits": grant.gift.limits.told(),
        "holder": grant.holder,
        "type": grant.kind,
        "display": grant.display,
        "givenBy": grant.given_by,
        "givenById": grant.giver,
        "created": grant.created,
    }


def held(one: Held) -> dict[str, Any]:
    """A grant as HeldAnswer has it."""
    return _shown(one.grant) | {"direct": one.direct}
