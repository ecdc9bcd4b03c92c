"""What the administration API takes and shows of accounts."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from scim_server.directory.accounts import profiles
from scim_server.directory.accounts.accounts import Activation
from scim_server.directory.accounts.lifecycle import Status, Step
from scim_server.directory.accounts.roster import Overview, Row
from scim_server.directory.rights.rights import UNLIMITED
from scim_server.web.admin.paging import Cursor, PageQuery
from scim_server.web.instants import Instant

STEPS = [step.value for step in Step if step not in (Step.LOCK, Step.VERIFY)]
LONGEST_ID = 100
MOST_GROUPS = 100


class StepBody(Schema):
    """A step of the life cycle."""

    event = fields.String(required=True, validate=validate.OneOf(STEPS))
    reason = fields.String(validate=validate.Length(max=500))


class UserAnswer(Schema):
    """A user, as SCIM shows it."""

    class Meta:
        additional_properties = True


def _text(name: str, **options: Any) -> fields.String:
    member = profiles.TEXTS[name]
    return fields.String(
        validate=validate.Length(max=member.longest),
        metadata={"description": member.meaning},
        **options,
    )


class ProfileBody(Schema):
    """Members of an account; null takes one away (RFC 7396)."""

    userName = _text("userName")
    displayName = _text("displayName", allow_none=True)
    givenName = _text("givenName", allow_none=True)
    familyName = _text("familyName", allow_none=True)
    email = _text("email", allow_none=True)
    secondaryEmail = _text("secondaryEmail", allow_none=True)
    phone = _text("phone", allow_none=True)
    userType = _text("userType", allow_none=True)
    folder = _text("folder", allow_none=True)
    attributes = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 255)),
        allow_none=True,
        metadata={"description": "Free attributes: any JSON by name."},
    )


class NewUserBody(ProfileBody):
    """An account to be made."""

    userName = _text("userName", required=True)
    activation = fields.Enum(
        Activation,
        by_value=True,
        load_default=Activation.ACTIVE,
        metadata={"description": "`pending`: it waits, and a mail is sent to activate it."},
    )
    groups = fields.List(
        fields.String(validate=validate.Length(1, LONGEST_ID)),
        load_default=list,
        validate=validate.Length(max=MOST_GROUPS),
        metadata={"description": "Ids of groups."},
    )
    role = fields.String(
        validate=validate.OneOf(UNLIMITED),
        metadata={"description": "A role for the whole directory; see `/roles`."},
    )


class GroupBody(Schema):
    """A group that there is."""

    group = fields.String(required=True, validate=validate.Length(1, LONGEST_ID))


class NewGroupBody(Schema):
    """A group that is made."""

    displayName = fields.String(required=True, validate=validate.Length(1, 255))


class UserRowAnswer(Schema):
    """A user in a list."""

    id = fields.String(required=True)
    userName = fields.String()
    displayName = fields.String()
    email = fields.String()
    status = fields.String(required=True)
    role = fields.String(allow_none=True)
    source = fields.String(allow_none=True)
    lastSignIn = Instant(required=True, allow_none=True)
    created = Instant(required=True)
    activeSessions = fields.Integer(required=True)
    apiKeys = fields.Integer(required=True)


class GroupAnswer(Schema):
    """A group that a user is in."""

    id = fields.String(required=True)
    displayName = fields.String(allow_none=True)
    direct = fields.Boolean(required=True, metadata={"description": "Not through another group."})


class AccountAnswer(UserRowAnswer):
    """A user with all members."""

    givenName = fields.String()
    familyName = fields.String()
    secondaryEmail = fields.String()
    phone = fields.String()
    userType = fields.String()
    folder = fields.String()
    attributes = fields.Dict(keys=fields.String())
    modified = Instant(required=True)
    groups = fields.List(fields.Nested(GroupAnswer), required=True)


class UsersAnswer(Schema):
    """A page of users."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    users = fields.List(fields.Nested(UserRowAnswer), required=True)


class SignInAnswer(Schema):
    """A sign-in, or one that failed."""

    at = Instant(required=True)
    action = fields.String(required=True)
    address = fields.String(allow_none=True)


class OverviewAnswer(Schema):
    """One user's page."""

    user = fields.Nested(AccountAnswer, required=True)
    authenticators = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata={"description": "How many there are of each kind."},
    )
    signIns = fields.List(fields.Nested(SignInAnswer), required=True)


class ChoiceQuery(Schema):
    """Which users."""

    search = fields.String(
        validate=validate.Length(max=255),
        metadata={"description": "Text in userName, displayName or an e-mail address."},
    )
    filter = fields.String(
        validate=validate.Length(max=8192), metadata={"description": "A SCIM filter."}
    )
    status = fields.Enum(Status, by_value=True)
    stale = fields.Integer(
        validate=validate.Range(1, 36_500),
        metadata={"description": "Active ones that have not signed in for so many days."},
    )


class UsersQuery(PageQuery, ChoiceQuery):
    """Which users, and in which order."""

    cursor = Cursor(parts=3, metadata={"description": "The `next` of the page before."})
    sortBy = fields.String(
        validate=validate.Length(max=255),
        metadata={"description": "A column or SCIM attribute; the newest first unless told."},
    )
    sortOrder = fields.String(
        load_default="ascending", validate=validate.OneOf(["ascending", "descending"])
    )


class StaleQuery(PageQuery):
    """For how long."""

    cursor = Cursor(parts=3, metadata={"description": "The `next` of the page before."})
    days = fields.Integer(
        validate=validate.Range(1, 36_500),
        metadata={"description": "Without a sign-in; what the policy says unless told."},
    )


def profile(body: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a profile in a body."""
    return {name: body[name] for name in body if name in profiles.TEXTS or name == profiles.FREE}


def row(one: Row) -> dict[str, Any]:
    """A user as UserRowAnswer has it, and all members besides."""
    resource = one.resource
    return profiles.shown(resource) | {
        "id": resource.id,
        "status": resource.status,
        "role": resource.role,
        "source": resource.source,
        "lastSignIn": resource.signed_in,
        "created": resource.created,
        "modified": resource.modified,
        "activeSessions": one.tally.sessions,
        "apiKeys": one.tally.keys,
    }


def whole(one: Row) -> dict[str, Any]:
    """A user as AccountAnswer has it."""
    groups = [
        {"id": each.group, "displayName": each.display, "direct": each.direct}
        for each in one.groups
    ]
    return row(one) | {"groups": groups}


def overview(found: Overview) -> dict[str, Any]:
    """One user's page as OverviewAnswer has it."""
    return {
        "user": whole(found.row),
        "authenticators": dict(found.authenticators),
        "signIns": [
            {
                "at": each.event.at,
                "action": each.event.action.value,
                "address": each.event.actor.address,
            }
            for each in found.recent
        ],
    }
