"""Sources and their runs over the administration API."""

import re
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields

from scim_server.directory.rights.rights import Permission
from scim_server.directory.sources.runs import Mode, OnChange, Run, State
from scim_server.directory.sources.sources import Shown, Sources
from scim_server.web.admin.paging import Cursor, PageQuery, page
from scim_server.web.auth import caller
from scim_server.web.instants import Instant
from scim_server.web.operations import Operation

LAST_STEP = 2**31 - 1
"""What both databases have numbers for."""
_NUMBER = re.compile("[1-9][0-9]{0,9}")


class RunAnswer(Schema):
    """One pass over a source."""

    id = fields.String(required=True)
    source = fields.String(required=True)
    mode = fields.Enum(Mode, by_value=True, required=True)
    state = fields.Enum(State, by_value=True, required=True)
    asked = Instant(required=True)
    askedBy = fields.String(attribute="asked_by", required=True)
    askedById = fields.String(
        attribute="asked_by_id",
        required=True,
        allow_none=True,
        metadata={"description": "The id of that client or user, where one asked."},
    )
    started = Instant(required=True, allow_none=True)
    ended = Instant(required=True, allow_none=True)
    counts = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.Integer()),
        required=True,
        metadata={
            "description": "By resource type, how many: `read`, `unchanged`, `joiners`, `movers`,"
            " `leavers`, `switchedOff`, `switchedOn`, `membersAdded`, `membersRemoved`, `leftOut`."
        },
    )
    detail = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it failed or stopped."}
    )
    leftOut = fields.List(
        fields.Dict(keys=fields.String(), values=fields.String()),
        attribute="told",
        required=True,
        metadata={
            "description": "The first hundred entries that were left out: `kind`, `entry` where it"
            " has an id, `place` and `why`."
        },
    )
    confirms = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The id of the run whose departures it may carry out."},
    )
    confirmedBy = fields.String(attribute="confirmed_by", required=True, allow_none=True)


class SourceAnswer(Schema):
    """A directory or an HR system that says who is here."""

    name = fields.String(attribute="source.name", required=True)
    type = fields.String(
        attribute="source.type", required=True, metadata={"description": "ldap, feed or scim."}
    )
    shownAs = fields.String(
        attribute="source.shown_as",
        required=True,
        metadata={"description": "The `source` of the accounts that it makes."},
    )
    schedule = fields.String(attribute="source.schedule", required=True, allow_none=True)
    fullSchedule = fields.String(attribute="source.full_schedule", required=True, allow_none=True)
    timeZone = fields.String(attribute="source.time_zone", required=True)
    onChange = fields.Enum(
        OnChange,
        by_value=True,
        attribute="source.on_change",
        required=True,
        metadata={"description": "What becomes of a change to what the source writes."},
    )
    owned = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        attribute="source.owned",
        required=True,
        metadata={"description": "By resource type, the attributes that it writes."},
    )
    running = fields.String(
        attribute="source.run",
        required=True,
        allow_none=True,
        metadata={"description": "The id of the run that it is busy with."},
    )
    unconfirmed = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The id of the run that awaits confirmation."},
    )
    lastRun = fields.Nested(RunAnswer, attribute="last", required=True, allow_none=True)
    due = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When its schedules ask for a run; null: they do not."},
    )


class SourcesAnswer(Schema):
    """All sources, by name."""

    sources = fields.List(fields.Nested(SourceAnswer), required=True)


class RunsAnswer(Schema):
    """A page of runs, newest first."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    runs = fields.List(fields.Nested(RunAnswer), required=True)


class MembersAnswer(Schema):
    """Members of a group that come or go."""

    count = fields.Integer(required=True)
    first = fields.List(
        fields.String(), required=True, metadata={"description": "Some of them, by name or id."}
    )


class StepAnswer(Schema):
    """What a run would do about one entry, or would have done."""

    step = fields.String(
        required=True, metadata={"description": "`join`, `move`, `adopt` or `leave`."}
    )
    kind = fields.String(required=True)
    entry = fields.String(required=True, metadata={"description": "Its id in the source."})
    place = fields.String(metadata={"description": "Where it is there."})
    display = fields.String(required=True, allow_none=True)
    resource = fields.String(metadata={"description": "The id of what it is here."})
    departs = fields.Boolean(
        required=True, metadata={"description": "Whether guards count it as taken away."}
    )
    departure = fields.String(metadata={"description": "What becomes of who leaves."})
    status = fields.String(metadata={"description": "The step of the account's status."})
    changes = fields.Dict(
        keys=fields.String(),
        metadata={"description": "By attribute, what is `before` and would be `after`."},
    )
    refersTo = fields.List(
        fields.String(),
        metadata={
            "description": "Names of entries that it refers to and that are not here yet: what"
            " refers to them follows where they join."
        },
    )
    membersAdded = fields.Nested(MembersAnswer)
    membersRemoved = fields.Nested(MembersAnswer)


class PlanAnswer(Schema):
    """A page of a plan; who goes comes first."""

    total = fields.Integer(required=True)
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    steps = fields.List(fields.Nested(StepAnswer), required=True)


class RunsQuery(PageQuery):
    """Which page."""

    cursor = Cursor(parts=1, metadata={"description": "The `next` of the page before."})


class _Number(Cursor):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        (text,) = super()._deserialize(value, attr, data, **kwargs)
        if not _NUMBER.fullmatch(text) or int(text) > LAST_STEP:
            raise ValidationError("is no cursor that this server gave out.")
        return int(text)


class PlanQuery(PageQuery):
    """Which page."""

    cursor = _Number(
        parts=1, load_default=0, metadata={"description": "The `next` of the page before."}
    )


class RunBody(Schema):
    """What to run."""

    mode = fields.Enum(
        Mode,
        by_value=True,
        load_default=Mode.INCREMENTAL,
        metadata={
            "description": "What has changed only, where the source can tell; everything; or"
            " everything, and only a plan is made of it."
        },
    )


@dataclass(frozen=True, slots=True)
class SourcesEndpoints:
    """``/sources``, ``/runs``."""

    sources: Sources

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read, write = Permission.SYNC_READ, Permission.SYNC_WRITE
        return (
            Operation("GET", "/sources", self.list, read, answer=SourcesAnswer),
            Operation("GET", "/sources/<source>", self.get, read, answer=SourceAnswer),
            Operation(
                *("GET", "/sources/<source>/runs", self.list_runs, read),
                query=RunsQuery,
                answer=RunsAnswer,
            ),
            Operation(
                *("POST", "/sources/<source>/runs", self.start, write),
                body=RunBody,
                answer=RunAnswer,
                status=202,
                faults=(409,),
            ),
            Operation("GET", "/runs/<id>", self.get_run, read, answer=RunAnswer),
            Operation(
                *("GET", "/runs/<id>/plan", self.get_plan, read),
                query=PlanQuery,
                answer=PlanAnswer,
            ),
            Operation(
                *("POST", "/runs/<id>/confirm", self.confirm, write),
                answer=RunAnswer,
                status=202,
                faults=(409,),
            ),
        )

    def list(self) -> dict[str, list[Shown]]:
        """List the sources that a worker has read the file of."""
        return {"sources": self.sources.every(caller())}

    def get(self, source: str) -> Shown:
        """Show a source, with its last run."""
        return self.sources.one(caller(), source)

    def list_runs(self, source: str, query: dict[str, Any]) -> dict[str, Any]:
        """List the runs of a source, newest first."""
        (after,) = query.get("cursor", (None,))
        found = self.sources.runs(caller(), source, after, query["count"])
        return page("runs", found.items, found.total, (found.items[-1].id,) if found.more else None)

    def start(self, source: str, body: dict[str, Any]) -> Run:
        """Let a run wait for a worker that has the file of the source."""
        return self.sources.start(caller(), source, body["mode"])

    def get_run(self, id: str) -> Run:
        """Show a run."""
        return self.sources.run(caller(), id)

    def get_plan(self, id: str, query: dict[str, Any]) -> dict[str, Any]:
        """Show the plan of a dry run, or of a run that was stopped.

        All departures are kept, and the first ten thousand of the other steps.
        """
        start: int = query["cursor"]
        found = self.sources.plan(caller(), id, start, query["count"])
        after = str(start + len(found.items))
        return page("steps", found.items, found.total, (after,) if found.more else None)

    def confirm(self, id: str) -> Run:
        """Let a full run wait that may take away what this one was stopped over.

        It is stopped again where more is to go by then. The answer is that run.
        """
        return self.sources.confirm(caller(), id)
