"""Accounts from files and to files, over the administration API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any

from flask import Response, request
from marshmallow import Schema, fields

from scim_server.directory.files.exporting import Exports, Format
from scim_server.directory.files.importing import Imports
from scim_server.directory.files.outcomes import Effect, Plan, Report
from scim_server.directory.files.sheets import Line, read_csv, read_json
from scim_server.directory.rights.rights import Permission
from scim_server.protocol.errors import ScimError, TooLarge, UnsupportedMediaType
from scim_server.web.admin.account_schemas import ChoiceQuery
from scim_server.web.admin.accounts import chosen
from scim_server.web.auth import caller
from scim_server.web.errors import add_patience
from scim_server.web.gate import read_file
from scim_server.web.operations import Operation
from scim_server.web.problems import Invalid, problem

LARGEST = 64 * 2**20
"""Bytes of a file."""
MOST_LINES = 200_000
"""Of a file; the command line takes more."""
BLOCK = 2**20
MOST_TOLD = 1000
"""Lines that a refusal names."""
MEDIA = {
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
    Format.JSON_LINES: "application/jsonl",
}
READERS: dict[str, Callable[[IO[bytes]], Iterator[Line]]] = {
    "text/csv": read_csv,
    "application/jsonl": read_json,
    "application/x-ndjson": read_json,
}


class ImportQuery(Schema):
    """How to import."""

    dryRun = fields.Boolean(
        load_default=False,
        metadata={"description": "Change nothing; say of every line what it would do."},
    )
    skipBad = fields.Boolean(
        load_default=False,
        metadata={"description": "Go on without bad lines; else one of them stops them all."},
    )
    update = fields.Boolean(
        load_default=False,
        metadata={"description": "Change the accounts that there are by their userName."},
    )


class LineAnswer(Schema):
    """What became of a line."""

    line = fields.Integer(required=True)
    userName = fields.String(attribute="name", required=True)
    effect = fields.Enum(Effect, by_value=True, required=True)
    detail = fields.String(allow_none=True)


class ImportAnswer(Schema):
    """What became of a file."""

    dryRun = fields.Boolean(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    through = fields.Integer(
        metadata={"description": "The last line that was done, of a file not done to its end."},
    )
    lines = fields.List(
        fields.Nested(LineAnswer),
        required=True,
        metadata={"description": "Every line of a dry run, else those that were refused."},
    )


class ExportQuery(ChoiceQuery):
    """Which users, and how."""

    format = fields.Enum(Format, by_value=True, load_default=Format.CSV)


@dataclass(frozen=True, slots=True)
class SheetsEndpoints:
    """``/users/import``, ``/users/export``."""

    imports: Imports
    exports: Exports

    def operations(self) -> tuple[Operation, ...]:
        """Every one of them."""
        return (
            Operation(
                "POST",
                "/users/import",
                self.take,
                Permission.USERS_WRITE,
                query=ImportQuery,
                files=tuple(READERS),
                answer=ImportAnswer,
                faults=(409,),
            ),
            Operation(
                "GET",
                "/users/export",
                self.give,
                Permission.USERS_READ,
                query=ExportQuery,
                media=tuple(MEDIA.values()),
                limited=True,
            ),
        )

    def take(self, query: dict[str, Any]) -> dict[str, Any] | Response:
        """Make accounts, or change them, from CSV or JSON lines.

        CSV has a header, JSON lines an object in each line. Columns, or members: userName,
        displayName, givenName, familyName, email, secondaryEmail, phone, userType, folder,
        attributes (a JSON object), status, groups (names: in CSV with "|" between, in JSON a
        list), and of new accounts the password, which needs the permission `credentials:write`.
        Those that an export has besides are passed over. Where something puts an end to an import
        with `skipBad` before the last line, the problem has a `report`: what this answer would be.
        """
        reader = READERS.get(request.mimetype)
        if reader is None:
            raise UnsupportedMediaType(f"Send one of {', '.join(READERS)}.")
        plan = Plan(query["dryRun"], query["skipBad"], query["update"])
        with read_file(LARGEST) as file:

            def lines() -> Iterator[Line]:
                file.seek(0)
                return reader(file)

            _check_length(file, lines)
            report = self.imports.run(caller(), lines, plan, lambda *_: None)
        if report.refused and not (plan.dry_run or plan.skip_bad):
            raise _refusal(report)
        if report.fault is not None:
            return _ended(report.fault, _told(plan, report) | {"through": report.through})
        return _told(plan, report)

    def give(self, query: dict[str, Any]) -> Response:
        """Export users, as an import takes them; the oldest come first."""
        format: Format = query["format"]
        pages = self.exports.text(caller(), chosen(query), format)
        headers = {"Content-Disposition": f"attachment; filename=users.{format}"}
        return Response(pages, headers=headers, mimetype=MEDIA[format])


def _check_length(file: IO[bytes], lines: Callable[[], Iterator[Line]]) -> None:
    """Raises TooLarge, before any work: lines are read only where breaks alone do not tell."""
    breaks = 0
    while block := file.read(BLOCK):
        breaks += block.count(b"\n") + block.count(b"\r")
    if breaks > MOST_LINES and next(islice(lines(), MOST_LINES, None), None) is not None:
        raise TooLarge(f"The file has more than {MOST_LINES} lines, the limit.")


def _refusal(report: Report) -> Invalid:
    faults = {str(each.line): each.detail for each in report.lines[:MOST_TOLD]}
    return Invalid({"lines": faults})


def _ended(fault: ScimError, told: dict[str, Any]) -> Response:
    """The fault that came half-way, with what is done for good."""
    answer = problem(fault, report=ImportAnswer().dump(told))
    add_patience(answer, fault)
    return answer


def _told(plan: Plan, report: Report) -> dict[str, Any]:
    return {
        "dryRun": plan.dry_run,
        "created": report.counts[Effect.CREATE],
        "updated": report.counts[Effect.UPDATE],
        "unchanged": report.counts[Effect.NOTHING],
        "refused": report.refused,
        "lines": report.lines,
    }
