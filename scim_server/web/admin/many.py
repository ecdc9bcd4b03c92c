"""Many accounts at once over the administration API, and how many there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from scim_server.directory.accounts.lifecycle import Step
from scim_server.directory.accounts.many import MOST, Many, Result
from scim_server.directory.accounts.roster import Roster, Statistics
from scim_server.directory.rights.rights import Permission
from scim_server.web.admin.account_schemas import LONGEST_ID, StepBody
from scim_server.web.auth import caller
from scim_server.web.operations import Operation

MOST_IDS = 1000


def _ids(**options: Any) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.Length(1, LONGEST_ID)),
        validate=validate.Length(1, MOST_IDS),
        **options,
    )


class IdsBody(Schema):
    """Which users."""

    ids = _ids(required=True)


class StepsBody(StepBody):
    """A step of the life cycle of many."""

    ids = _ids()
    filter = fields.String(
        validate=validate.Length(1, 8192),
        metadata={"description": f"A SCIM filter, instead of ids; it may find up to {MOST}."},
    )

    @validates_schema
    def _one(self, told: dict[str, Any], **_: object) -> None:
        if ("ids" in told) == ("filter" in told):
            raise ValidationError("One of ids and filter is needed.")


class ResultAnswer(Schema):
    """What became of one account."""

    id = fields.String(required=True)
    status = fields.Integer(required=True, metadata={"description": "200, or as of a request."})
    detail = fields.String(metadata={"description": "Why it was refused."})


class ResultsAnswer(Schema):
    """What became of each, and how many were refused."""

    refused = fields.Integer(required=True)
    results = fields.List(fields.Nested(ResultAnswer), required=True)


class StatisticsAnswer(Schema):
    """How many there are."""

    users = fields.Integer(required=True)
    status = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    source = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    role = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    activeSessions = fields.Integer(required=True)
    apiKeys = fields.Integer(required=True)
    signIns = fields.Integer(required=True, metadata={"description": "Of the last 24 hours."})
    stale = fields.Integer(required=True)


@dataclass(frozen=True, slots=True)
class ManyEndpoints:
    """``/users/status``, ``/users/delete``, ``/statistics``."""

    many: Many
    roster: Roster

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        return (
            Operation(
                "POST",
                "/users/status",
                self.step,
                Permission.USERS_STATUS,
                body=StepsBody,
                answer=ResultsAnswer,
                limited=True,
            ),
            Operation(
                "POST",
                "/users/delete",
                self.delete,
                Permission.USERS_DELETE,
                body=IdsBody,
                answer=ResultsAnswer,
                limited=True,
            ),
            Operation(
                "GET",
                "/statistics",
                self.statistics,
                Permission.USERS_READ,
                answer=StatisticsAnswer,
            ),
        )

    def step(self, body: dict[str, Any]) -> dict[str, Any]:
        """Take a step of the life of many accounts, each with a result of its own."""
        ids = body["ids"] if "ids" in body else self.many.chosen(caller(), body["filter"])
        event, reason = Step(body["event"]), body.get("reason")
        return _results(self.many.step(caller(), ids, event, reason))

    def delete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Delete many users and all that they own, for good; each with a result of its own."""
        return _results(self.many.delete(caller(), body["ids"]))

    def statistics(self) -> dict[str, Any]:
        """Count users by status, source and role, and what they have."""
        return counts(self.roster.statistics(caller()))


def _results(results: Iterable[Result]) -> dict[str, Any]:
    told = [_result(each) for each in results]
    return {"refused": sum("detail" in each for each in told), "results": told}


def _result(result: Result) -> dict[str, Any]:
    told: dict[str, Any] = {"id": result.id, "status": result.status}
    return told if result.fault is None else told | {"detail": result.fault.detail}


def counts(found: Statistics) -> dict[str, Any]:
    """As they are shown."""
    return {
        "users": found.users,
        "status": dict(found.status),
        "source": dict(found.source),
        "role": dict(found.role),
        "activeSessions": found.live.sessions,
        "apiKeys": found.live.keys,
        "signIns": found.sign_ins,
        "stale": found.stale,
    }
