"""The matrix says what the reports say, and no failure of another server goes unjudged."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from calibration.__main__ import main
from calibration.judgements import failed, judgements, open_questions
from calibration.matrix import BEGINNING, END, placed, render
from calibration.servers import SCIMMY, SERVERS
from conformance.catalogue import catalogue
from conformance.findings import Examination, Failure, Finding, Played
from conformance.report import json
from conformance.wire import Json

PAGE = Path(__file__).parents[2] / "docs" / "calibration.md"
VERSIONS = {"one": "1.0", "other": "2.0"}


def report(held: Mapping[str, bool], *played: Played) -> Json:
    examination = Examination("http://127.0.0.1/scim/v2", "run", frozenset({"patch"}))
    examination.findings += [Finding(id, right, "200", "check") for id, right in held.items()]
    examination.played += played
    return json.document(examination, catalogue())


def played(name: str, *failures: Failure) -> Played:
    return Played(name, "title", "source", (), failures)


@pytest.fixture
def reports() -> dict[str, Json]:
    bad = Failure(("status is 500, expected 200",))
    return {
        "one": report({"CRE-001": True, "CRE-002": True, "PAT-001": True}, played("entra/create")),
        "other": report({"CRE-001": True, "CRE-002": False}, played("entra/create", bad)),
    }


def row(matrix: str, first: str) -> list[str]:
    line, *_ = (each for each in matrix.splitlines() if each.startswith(f"| {first} |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_it_counts_what_was_decided(reports: dict[str, Json]) -> None:
    cells = row(render(reports, VERSIONS, {}), "Create")
    assert cells[1] == "RFC 7644 §3.3"
    assert [cell.split()[0] for cell in cells[2:]] == ["2/2", "1/2"]


def test_it_adds_the_parts_up(reports: dict[str, Json]) -> None:
    cells = row(render(reports, VERSIONS, {}), "**All**")
    assert [cell.split()[0] for cell in cells[2:]] == ["3/3", "1/2"]


def test_it_counts_the_dialogues_of_each_client(reports: dict[str, Json]) -> None:
    assert row(render(reports, VERSIONS, {}), "entra") == ["entra", "1/1", "0/1"]


def test_it_tells_who_fails_what(reports: dict[str, Json]) -> None:
    matrix = render(reports, VERSIONS, {"other": {"CRE-002": "No Location. RFC 7644 §3.3"}})
    requirement = catalogue()["CRE-002"]
    assert row(matrix, "CRE-002")[1:3] == [requirement.level, f"RFC {requirement.source}"]
    assert "| CRE-002 | No Location. RFC 7644 §3.3 |" in matrix
    assert "What one does" not in matrix


def test_it_names_the_versions(reports: dict[str, Json]) -> None:
    matrix = render(reports, VERSIONS, {})
    assert "- one 1.0\n- other 2.0" in matrix


def test_a_failure_that_is_not_judged_is_an_open_question(reports: dict[str, Json]) -> None:
    assert failed(reports["other"]) == ["CRE-002"]
    assert open_questions(reports, {}) == ["other fails CRE-002: not judged yet"]
    assert open_questions(reports, {"other": {"CRE-002": "why"}}) == []


def test_a_judgement_without_a_failure_is_an_open_question(reports: dict[str, Json]) -> None:
    judged = {"one": {"CRE-002": "why"}, "other": {"CRE-002": "why"}}
    assert open_questions(reports, judged) == ["one does not fail CRE-002: judged in vain"]


def test_the_rest_of_the_page_stays() -> None:
    page = f"# Title\n\n{BEGINNING}\nold\n{END}\nafter\n"
    assert placed(page, "new") == f"# Title\n\n{BEGINNING}\n\nnew\n\n{END}\nafter\n"
    with pytest.raises(ValueError):
        placed("# Title\n", "new")


@pytest.mark.parametrize("server", judgements())
def test_every_judgement_is_of_a_known_server_and_requirement(server: str) -> None:
    assert server in SERVERS
    assert set(judgements()[server]) <= set(catalogue())


@pytest.mark.parametrize("server", judgements())
def test_every_judgement_names_what_it_goes_by(server: str) -> None:
    for id, why in judgements()[server].items():
        assert "RFC" in why, id


@pytest.mark.parametrize("server", judgements())
def test_every_judgement_is_published(server: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for id, why in judgements()[server].items():
        assert f"| {id} | {why} |" in page


def test_nothing_that_is_published_is_open() -> None:
    assert "**open**" not in PAGE.read_text(encoding="utf-8")


def test_there_is_a_command_for_each_server() -> None:
    told = CliRunner().invoke(main, ["--help"]).output
    assert all(f"  {name}" in told for name in (*SERVERS, "matrix"))
    assert all(f"python -m calibration {name}\n" in PAGE.read_text() for name in SERVERS)


def test_what_scimmy_needs_is_pinned() -> None:
    pins = (SCIMMY / "package-lock.json").read_text(encoding="utf-8")
    assert '"lockfileVersion": 3' in pins and '"integrity": "sha512-' in pins
