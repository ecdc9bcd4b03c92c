"""The matrix of docs/calibration.md: what the kit says of each server, and by what right."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from calibration.judgements import Judgements, failed
from conformance.catalogue import Requirement, catalogue
from conformance.check import registered
from conformance.checks import load
from conformance.dialogue import load as load_dialogues
from conformance.report.overview import source
from conformance.wire import Json

BEGINNING, END = "<!-- matrix -->", "<!-- end of the matrix -->"
NOT_KEPT = ("failed", "excused")
DECIDED = ("passed", *NOT_KEPT)
SECTION = re.compile(r"\d{4} §\d+(\.\d+)*")
Reports = Mapping[str, Json]
"""The kit's reports for programs, by the server that they are of."""


def render(reports: Reports, versions: Mapping[str, str], judged: Judgements) -> str:
    """The matrix as Markdown."""
    parts = (
        _versions(reports, versions),
        "### Requirements",
        "Passed of those that were decided; then how many are absent (–) and unexamined (?).",
        _table(("Part", "Mostly from", *reports), _requirements(reports)),
        "### Dialogues",
        "How many of each client's recorded dialogues a server answers as the client needs.",
        _table(("Client", *reports), _dialogues(reports)),
        "### What fails somewhere",
        _table(("Requirement", "", "From", "Sentence", *reports), _failures(reports)),
        *_judgements(reports, judged),
    )
    return "\n\n".join(parts)


def placed(page: str, matrix: str) -> str:
    """The page with the matrix between its marks. Raises ValueError: it has no such marks."""
    before, beginning, rest = page.partition(BEGINNING)
    _, end, after = rest.partition(END)
    if not beginning or not end:
        raise ValueError(f"the page has no {BEGINNING} and {END}")
    return f"{before}{BEGINNING}\n\n{matrix}\n\n{END}{after}"


def _versions(reports: Reports, versions: Mapping[str, str]) -> str:
    load()
    kit = (
        f"kit {version('scim-server')}: {len(catalogue())} requirements, "
        f"{len(registered())} checks, {len(load_dialogues())} dialogues"
    )
    lines = [f"- {server} {versions[server]}" for server in reports]
    return "\n".join([f"{datetime.now(UTC):%Y-%m-%d}, {kit}", "", *lines])


def _requirements(reports: Reports) -> Iterator[Sequence[str]]:
    columns = [{part["part"]: part for part in report["parts"]} for report in reports.values()]
    for letter, part in columns[0].items():
        yield (part["title"], _mostly(letter), *(_score(column[letter]) for column in columns))
    yield ("**All**", "", *(_score(_sum(column.values())) for column in columns))


def _mostly(letter: str) -> str:
    """The section that most requirements of a part are from."""
    own = [each for each in catalogue().values() if each.part == letter]
    found = Counter(match[0] for each in own if (match := SECTION.match(each.source)))
    return f"RFC {found.most_common(1)[0][0]}" if found else ""


def _sum(parts: Iterable[Json]) -> Json:
    counted: Counter[str] = Counter()
    for part in parts:
        counted.update({name: n for name, n in part.items() if isinstance(n, int)})
    return dict(counted)


def _score(counts: Json) -> str:
    decided = sum(counts.get(verdict, 0) for verdict in DECIDED)
    left = (("–", counts.get("absent", 0)), ("?", counts.get("unexamined", 0)))
    score = f"{counts.get('passed', 0)}/{decided}" if decided else ""
    return " ".join([score, *(f"{n}{sign}" for sign, n in left if n)]).strip()


def _dialogues(reports: Reports) -> Iterator[Sequence[str]]:
    columns = [
        {each["client"]: each["dialogues"] for each in report["clients"]}
        for report in reports.values()
    ]
    for client in columns[0]:
        yield (client, *(_answered(column.get(client, [])) for column in columns))
    everything = [[one for played in column.values() for one in played] for column in columns]
    yield ("**All**", *map(_answered, everything))


def _answered(dialogues: Sequence[Json]) -> str:
    held = sum(1 for each in dialogues if not each["failures"])
    return f"{held}/{len(dialogues)}"


def _failures(reports: Reports) -> Iterator[Sequence[str]]:
    verdicts = [
        {each["id"]: each["verdict"] for each in report["requirements"]}
        for report in reports.values()
    ]
    for id, requirement in catalogue().items():
        marks = [given[id] if given.get(id) in NOT_KEPT else "" for given in verdicts]
        if any(marks):
            yield (id, *_said(requirement), *marks)


def _said(requirement: Requirement) -> tuple[str, str, str]:
    return requirement.level, source(requirement), requirement.text


def _judgements(reports: Reports, judged: Judgements) -> Iterator[str]:
    for server, report in reports.items():
        if ids := failed(report):
            yield f"### What {server} does"
            why = judged.get(server, {})
            yield _table(("Requirement", "Judged"), ((id, why.get(id, "**open**")) for id in ids))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    escaped = ([cell.replace("|", "\\|") for cell in cells] for cells in rows)
    lines = [header, ["---"] * len(header), *escaped]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
