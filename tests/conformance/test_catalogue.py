"""Every requirement is decided by a check, or cannot be seen from outside."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import checks
from conformance.catalogue import catalogue
from conformance.check import registered
from conformance.features import FEATURES

checks.load()
FILES = sorted(Path(checks.__file__).parent.glob("[a-z]*.py"))
ID = re.compile(r"[A-Z]{3}-\d{3}")


def decided() -> set[str]:
    """The ids that the checks name."""
    return {id for check in registered() for id in check.proves}


def unseen() -> set[str]:
    """The ids that cannot be seen from outside."""
    return {id for id, requirement in catalogue().items() if requirement.unseen is not None}


def named(source: str) -> Iterator[tuple[str, bool]]:
    """The ids in a file of checks, each with whether it stands in ``@check``."""
    tree = ast.parse(source)
    decorators = [
        decorator
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
    ]
    heads = {id(each) for decorator in decorators for each in ast.walk(decorator)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and ID.fullmatch(str(node.value)):
            yield str(node.value), id(node) in heads


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_a_file_of_checks_names_is_what_it_expects(file: Path) -> None:
    names = set(named(file.read_text(encoding="utf-8")))
    assert {id for id, in_head in names if in_head} == {id for id, in_head in names if not in_head}


def test_every_requirement_is_decided_or_unseen() -> None:
    assert catalogue().keys() - decided() - unseen() == set()


def test_no_check_decides_what_cannot_be_seen() -> None:
    assert decided() & unseen() == set()


def test_no_check_names_what_is_no_requirement() -> None:
    assert decided() - catalogue().keys() == set()


def test_a_check_names_each_requirement_once() -> None:
    for check in registered():
        assert len(check.proves) == len(set(check.proves)) > 0, check.name


def test_every_gate_and_every_need_is_a_feature() -> None:
    rows = catalogue().values()
    gates = {feature for row in rows for feature in (row.gate, row.unless)} - {None}
    needs = {feature for check in registered() for feature in check.needs | check.unless}
    assert gates | needs <= FEATURES


def test_no_check_is_kept_from_a_server_that_its_requirements_bind() -> None:
    for check in registered():
        rows = [catalogue()[id] for id in check.proves]
        assert check.unless <= {row.unless for row in rows}, check.name


def test_what_cannot_be_seen_has_a_sentence_that_says_why() -> None:
    short = {id for id in unseen() if len(str(catalogue()[id].unseen)) < 20}
    assert short == set()
