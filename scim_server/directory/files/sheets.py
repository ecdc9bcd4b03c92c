"""Accounts as lines: CSV that spreadsheets can open, and JSON, an object for each line.

Reads what people send, whatever its encoding and delimiter; writes what it reads.
"""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import orjson

from scim_server.directory.accounts import profiles
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.files.cells import neutral, restored
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import InvalidSyntax, InvalidValue, TooLarge
from scim_server.protocol.schema import Document
from scim_server.protocol.values import UNSTORABLE

WRITTEN = (*profiles.TEXTS, profiles.FREE, "status", "groups")
"""Columns that an import takes."""
TOLD = ("id", "role", "source", "created", "lastSignIn")
"""Columns that an export has besides; an import passes over them."""
COLUMNS = (*WRITTEN, *TOLD)
PASSWORD = "password"
"""A column that an import takes, and no export has."""
READ = (*COLUMNS, PASSWORD)
NAME = "userName"
DELIMITERS = ",;\t"
BETWEEN = "|"
"""Between the names of groups; a cell that begins with "[" is a JSON list of them."""
LONGEST_LINE = 131_072
"""Bytes of a line of JSON; Python's csv has the same limit for a cell."""
MOST_GROUPS = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """An account as a line has it; ``fault``: why it is none. Cells that are empty are left out.

    number: of the line in the file, from 1
    groups: names
    password: until it is hashed
    """

    number: int
    name: str
    profile: Mapping[str, Any]
    status: Status | None = None
    groups: tuple[str, ...] = ()
    fault: str | None = None
    password: str | None = field(default=None, repr=False)


def read_csv(file: IO[bytes]) -> Iterator[Line]:
    """Raises InvalidSyntax: a header that is none, bytes that are no text, a cell too long."""
    text = io.TextIOWrapper(file, encoding_of(file), newline="")
    try:
        yield from _lines(text)
    except csv.Error as fault:
        raise InvalidSyntax(f"The file is not CSV: {fault}.") from None
    finally:
        # Else the wrapper would close the file with itself. Who stops reading may have done so.
        if not file.closed:
            text.detach()


def read_json(file: IO[bytes]) -> Iterator[Line]:
    """JSON lines. Raises TooLarge: a line that does not end."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            raise TooLarge(f"Line {number} has more than {LONGEST_LINE} bytes.")
        if line.strip():
            yield _of_json(number, line)


def encoding_of(file: IO[bytes]) -> str:
    """UTF-8, or what Windows writes instead. Raises InvalidSyntax."""
    begins = file.read(3)
    if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InvalidSyntax("The file is UTF-16: save it as UTF-8.")
    for encoding in ("utf-8-sig", "cp1252"):
        file.seek(0)
        if _decodes(file, encoding):
            file.seek(0)
            return encoding
    raise InvalidSyntax("The file is neither UTF-8 nor Windows-1252.")


def row(resource: Resource, groups: Sequence[str]) -> Document:
    """An account as a line of JSON has it."""
    signed_in = resource.signed_in
    told = {
        "status": resource.status,
        "groups": list(groups),
        "id": resource.id,
        "role": resource.role,
        "source": resource.source,
        "created": f"{resource.created}Z",
        "lastSignIn": signed_in and f"{signed_in}Z",
    }
    return profiles.shown(resource) | {name: value for name, value in told.items() if value}


def csv_text(rows: Iterable[Document]) -> str:
    """Lines of CSV, in the order of COLUMNS."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows(map(_cells, rows))
    return text.getvalue()


def csv_header() -> str:
    """The first line."""
    return ",".join(COLUMNS) + "\r\n"


def _cells(row: Document) -> list[str]:
    """In the order of COLUMNS."""
    told = dict(row)
    if profiles.FREE in told:
        told[profiles.FREE] = orjson.dumps(told[profiles.FREE]).decode()
    if "groups" in told:
        told["groups"] = _named(told["groups"])
    return [neutral(told[name]) if name in told else "" for name in COLUMNS]


def _named(groups: Sequence[str]) -> str:
    is_plain = not any(BETWEEN in n or n.startswith("[") or n != n.strip() for n in groups)
    return BETWEEN.join(groups) if is_plain else orjson.dumps(groups).decode()


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := file.read(1 << 20):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _lines(text: IO[str]) -> Iterator[Line]:
    first = text.readline(LONGEST_LINE)
    delimiter = max(DELIMITERS, key=first.count)
    columns = _columns(next(csv.reader([first], delimiter=delimiter), []))
    rows = csv.reader(text, delimiter=delimiter)
    number = 2
    for cells in rows:
        if any(cells):
            yield _of_cells(number, columns, cells)
        number = rows.line_num + 2


def _columns(header: Sequence[str]) -> list[str]:
    """Raises InvalidSyntax."""
    known = {name.lower(): name for name in READ}
    columns = []
    for cell in header:
        name = known.get(cell.strip().lower())
        if name is None:
            raise InvalidSyntax(f'There is no column "{cell[:50]}"; there are {", ".join(READ)}.')
        if name in columns:
            raise InvalidSyntax(f'The column "{name}" comes twice.')
        columns.append(name)
    if NAME not in columns:
        raise InvalidSyntax(f'The column "{NAME}" is missing.')
    return columns


def _of_cells(number: int, columns: Sequence[str], cells: Sequence[str]) -> Line:
    if len(cells) != len(columns):
        said = f"The line has {len(cells)} cells, and the header {len(columns)}."
        return Line(number, "", {}, fault=said)
    given: Document = {
        # No export has neutralised a password.
        name: cell if name == PASSWORD else restored(cell)
        for name, cell in zip(columns, cells, strict=True)
        if cell
    }
    try:
        if profiles.FREE in given:
            given[profiles.FREE] = orjson.loads(given[profiles.FREE])
        if "groups" in given:
            given["groups"] = _names(given["groups"])
    except orjson.JSONDecodeError:
        return Line(number, given.get(NAME, ""), {}, fault="A cell is not JSON that should be.")
    return _line(number, given)


def _names(cell: str) -> Any:
    if cell.startswith("["):
        return orjson.loads(cell)
    return [name.strip() for name in cell.split(BETWEEN) if name.strip()]


def _of_json(number: int, text: bytes) -> Line:
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        return Line(number, "", {}, fault="The line is not JSON.")
    if not isinstance(given, dict):
        return Line(number, "", {}, fault="The line is no JSON object.")
    unknown = [name for name in given if name not in READ]
    if unknown:
        return Line(number, "", {}, fault=f'There is no member "{unknown[0][:50]}".')
    return _line(number, {name: value for name, value in given.items() if value is not None})


def _line(number: int, given: Document) -> Line:
    name = given.get(NAME)
    shown = name if isinstance(name, str) else ""
    try:
        status, groups = _status(given.get("status")), _groups(given.get("groups", []))
        if not shown:
            raise InvalidValue(f'"{NAME}" is missing.')
        if not isinstance(given.get(PASSWORD, ""), str):
            raise InvalidValue(f'"{PASSWORD}" must be a string.')
        if any(map(UNSTORABLE.search, (shown, *groups))):
            raise InvalidValue("A name holds the character NUL.")
    except InvalidValue as fault:
        return Line(number, shown, {}, fault=fault.detail)
    members = (*profiles.TEXTS, profiles.FREE)
    profile = {name: given[name] for name in members if name in given}
    return Line(number, shown, profile, status, groups, password=given.get(PASSWORD))


def _status(given: object) -> Status | None:
    if given is None:
        return None
    known = {status.lower(): status for status in Status}
    status = known.get(given.lower()) if isinstance(given, str) else None
    if status is None:
        raise InvalidValue(f'"status" must be one of {", ".join(Status)}.')
    return status


def _groups(given: object) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(name, str) and name for name in given):
        raise InvalidValue('"groups" must be names.')
    if len(given) > MOST_GROUPS:
        raise InvalidValue(f'"groups" has more than {MOST_GROUPS} names.')
    return tuple(dict.fromkeys(given))
