"""A file of excuses: what it may say, what it changes, and the one for this server."""

from pathlib import Path

import pytest

from conformance.catalogue import catalogue
from conformance.excuses import read
from conformance.findings import Examination, Finding, Verdict
from tests.test_requirements import ROOT, excuses

OWN = ROOT / "docs" / "excuses.toml"
URL = "https://scim.example/scim/v2"


def written(folder: Path, text: str) -> Path:
    file = folder / "excuses.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_it_has_a_reason_for_each_requirement(tmp_path: Path) -> None:
    file = written(tmp_path, 'CRE-001 = "Nobody needs it."\n')
    assert read(file, catalogue()) == {"CRE-001": "Nobody needs it."}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('ABC-001 = "why"', '"ABC-001" is no requirement'),
        ("CRE-001 = 1", "CRE-001 has no reason"),
        ('CRE-001 = " "', "CRE-001 has no reason"),
        ("CRE-001", "Expected '='"),
        ('CRE-001 = "a"\nCRE-001 = "b"', "Cannot overwrite"),
    ],
)
def test_what_is_wrong_with_it_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(written(tmp_path, text), catalogue())


def test_an_excuse_changes_what_failed_and_nothing_else() -> None:
    findings = [
        Finding("CRE-001", False, "201", "a.check"),
        Finding("CRE-002", True, "", "b.check"),
    ]
    ids = ("CRE-001", "CRE-002", "CRE-003")
    found = Examination(URL, "run", findings=findings, excuses=dict.fromkeys(ids, "why"))
    verdicts = found.verdicts(catalogue())
    expected = [Verdict.EXCUSED, Verdict.PASSED, Verdict.UNEXAMINED]
    assert [verdicts[id] for id in ids] == expected


def test_what_this_server_is_excused_of_is_what_the_divergences_say() -> None:
    known = dict(excuses())
    for id, reason in read(OWN, catalogue()).items():
        assert reason == f"{known[id].what}: {known[id].why}"
