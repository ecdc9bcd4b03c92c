"""The history over the administration API: listed, filtered, exported; nothing changes it."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import orjson
from flask import Response
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from scim_server.directory.events import Action
from scim_server.directory.files.cells import neutral
from scim_server.directory.history import COUNTED, Entry, History, Listed, Sought
from scim_server.directory.rights.rights import Permission
from scim_server.web.admin.paging import Cursor, PageQuery, page
from scim_server.web.auth import caller
from scim_server.web.instants import Instant
from scim_server.web.operations import Operation

JSON_LINES, CSV = "application/jsonl", "text/csv"
COLUMNS = (
    "id",
    "at",
    "action",
    "kind",
    "resource",
    "display",
    "version",
    "actor",
    "actorId",
    "actorKey",
    "address",
    "reason",
    "request",
    "changes",
)


class Several(fields.List[Any]):
    """A parameter that may be given more than once."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        return super()._deserialize(values, attr, data, **kwargs)


class _Sought(Schema):
    actor = fields.String(
        metadata={"description": "Only what the client or user with this id did."}
    )
    action = Several(
        fields.String(validate=validate.OneOf([action.value for action in Action])),
        metadata={"description": "Only these."},
    )
    address = fields.String(metadata={"description": "Only what came from this address."})
    since = Instant(data_key="from", metadata={"description": "Only what came then or later."})
    until = Instant(data_key="to", metadata={"description": "Only what came before that."})


class _OfAnybody(_Sought):
    user = fields.String(metadata={"description": "Only what happened to the user with this id."})
    kind = fields.String(
        metadata={"description": "Only what happened to such: `User`, `Group`, `Policy`."}
    )
    resource = fields.String(metadata={"description": "Only what happened to what has this id."})

    @validates_schema
    def _one_way(self, told: dict[str, Any], **_: object) -> None:
        if "user" in told and told.keys() & {"kind", "resource"}:
            raise ValidationError("cannot stand beside `kind` or `resource`.", "user")


class EventPages(PageQuery):
    """Which page."""

    cursor = Cursor(parts=1, metadata={"description": "The `next` of the page before."})


class EventsQuery(EventPages, _OfAnybody):
    """Which events."""


class UserEventsQuery(EventPages, _Sought):
    """Which events of the user."""


class EventsExportQuery(_OfAnybody):
    """Which events, and how."""

    format = fields.String(
        load_default="jsonl",
        validate=validate.OneOf(["jsonl", "csv"]),
        metadata={"description": "JSON, a line for each event, or CSV."},
    )


class ActorAnswer(Schema):
    """Who did it: a client or a user, by name and id; with which API key, and from where."""

    name = fields.String(attribute="client", required=True)
    id = fields.String(required=True, allow_none=True)
    key = fields.String(required=True, allow_none=True, metadata={"description": "The key's id."})
    address = fields.String(required=True, allow_none=True)


class EventAnswer(Schema):
    """What happened."""

    id = fields.String(attribute="event.id", required=True)
    at = Instant(attribute="event.at", required=True)
    action = fields.String(attribute="event.action", required=True)
    kind = fields.String(attribute="event.kind", required=True)
    resource = fields.String(
        attribute="event.resource", required=True, metadata={"description": "Its id."}
    )
    display = fields.String(
        required=True, allow_none=True, metadata={"description": "What it is called now."}
    )
    version = fields.Integer(
        attribute="event.version",
        required=True,
        metadata={"description": "Its version afterwards; 0: the resource itself did not change."},
    )
    actor = fields.Nested(ActorAnswer, attribute="event.actor", required=True)
    reason = fields.String(attribute="event.actor.reason", required=True, allow_none=True)
    request = fields.String(attribute="event.actor.request", required=True)
    changes = fields.Dict(
        keys=fields.String(),
        attribute="event.changes",
        required=True,
        metadata={
            "description": "By attribute, what was `before` and is `after`; of members, the ids"
            " that were `added` and `removed`."
        },
    )


class EventsAnswer(Schema):
    """A page of events, newest first."""

    total = fields.Integer(
        required=True, metadata={"description": f"Of all pages; counted up to {COUNTED}."}
    )
    next = fields.String(metadata={"description": "The cursor of the next page, if there is one."})
    events = fields.List(fields.Nested(EventAnswer), required=True)


@dataclass(frozen=True, slots=True)
class EventsEndpoints:
    """``/events``, ``/users/{id}/events``."""

    history: History

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        read = Permission.EVENTS_READ
        return (
            Operation("GET", "/events", self.list, read, query=EventsQuery, answer=EventsAnswer),
            Operation(
                "GET",
                "/events/export",
                self.export,
                read,
                query=EventsExportQuery,
                media=(JSON_LINES, CSV),
            ),
            Operation(
                "GET",
                "/users/<id>/events",
                self.list_of_user,
                read,
                query=UserEventsQuery,
                answer=EventsAnswer,
                faults=(404,),
            ),
        )

    def list(self, query: dict[str, Any]) -> dict[str, Any]:
        """List what happened in the tenant, newest first."""
        return self._page(self._sought(query), query)

    def list_of_user(self, id: str, query: dict[str, Any]) -> dict[str, Any]:
        """List what happened to a user, newest first.

        What happened to somebody who has been deleted since is listed all the same.
        """
        self.history.require_known(caller(), id)
        return self._page(self._sought(query | {"user": id}), query)

    def export(self, query: dict[str, Any]) -> Response:
        """Export what happened in the tenant, newest first, as JSON lines or CSV.

        The answer is streamed. In CSV, an apostrophe stands before what a spreadsheet would take
        for a formula.
        """
        pages = self.history.pages(caller(), self._sought(query))
        form, media = (_csv, CSV) if query["format"] == "csv" else (_lines, JSON_LINES)
        return _streamed(pages, form, media, f"events.{query['format']}")

    def _page(self, sought: Sought, query: dict[str, Any]) -> dict[str, Any]:
        (after,) = query.get("cursor", (None,))
        found: Listed = self.history.page(caller(), sought, after, query["count"])
        last = (found.entries[-1].event.id,) if found.more else None
        return page("events", found.entries, found.total, last)

    def _sought(self, query: dict[str, Any]) -> Sought:
        sought = Sought(
            query.get("kind"),
            query.get("resource"),
            query.get("actor"),
            tuple(map(Action, query.get("action", ()))),
            query.get("address"),
            query.get("since"),
            query.get("until"),
        )
        if "user" in query:
            return replace(sought, kind=self.history.users.name, resource=query["user"])
        return sought


Form = Callable[[Sequence[Entry]], bytes]


def _streamed(pages: Iterator[list[Entry]], form: Form, media: str, name: str) -> Response:
    """The first page is read before the answer begins: a fault until then is still told."""
    first = next(pages)
    head = _row(COLUMNS) if media == CSV else b""
    response = Response(chain([head + form(first)], (form(each) for each in pages)), mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(entries: Sequence[Entry]) -> bytes:
    return b"".join(orjson.dumps(shown) + b"\n" for shown in EventAnswer(many=True).dump(entries))


def _csv(entries: Sequence[Entry]) -> bytes:
    return b"".join(_row(_cells(entry)) for entry in entries)


def _cells(entry: Entry) -> list[str]:
    event, actor = entry.event, entry.event.actor
    cells = (
        *(event.id, f"{event.at}Z", event.action, event.kind, event.resource, entry.display),
        *(str(event.version), actor.client, actor.id, actor.key),
        *(actor.address, actor.reason, actor.request),
        orjson.dumps(event.changes).decode(),
    )
    return [neutral(cell or "") for cell in cells]


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode()
