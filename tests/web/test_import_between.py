"""A deletion that comes before any one of the statements of an import."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from itertools import count, takewhile
from threading import get_ident
from typing import Any

import pytest
from sqlalchemy import event

from tests.application import GROUP, Application, Scim, problem
from tests.web.files import Files

PAUSE = 0.3
"""Seconds that an import is held up; on SQLite the deletion waits until it has ended."""
SHEET = "userName,email,groups\nada,ada@example.com,Poets\nnew,new@example.com,Poets\n"


@contextmanager
def before(
    application: Application, number: int, act: Callable[[], Any]
) -> Iterator[list[Future[Any]]]:
    """Act in another thread before that statement of this one; gives what came of it."""
    engine, here, seen = application.parts.database.engine, get_ident(), 0
    begun: list[Future[Any]] = []

    def note(*_: object) -> None:
        nonlocal seen
        if get_ident() != here:
            return
        seen += 1
        if seen == number:
            begun.append(pool.submit(act))
            wait(begun, PAUSE)

    with ThreadPoolExecutor(1) as pool:
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield begun
        finally:
            event.remove(engine, "before_cursor_execute", note)


def is_met(application: Application, victim: str, number: int) -> bool:
    """Import while the victim goes before that statement; whether there are so many."""
    scim = application.scim()
    files, other = Files(application, scim), Scim(application, scim.tenant, scim.bearer)
    files.admin.patch("/policy", {"uniqueEmail": True})
    made = {
        "/Users": files.admin.post("/users", {"userName": "ada", "email": "ada@example.com"}),
        "/Groups": scim.post("/Groups", {"schemas": [GROUP], "displayName": "Poets"}),
    }
    path = f"{victim}/{made[victim].get_json(force=True)['id']}"
    with before(application, number, lambda: other.delete(path)) as begun:
        answer = files.put(SHEET, update="true")
    assert [each.result().status_code for each in begun] == [204] * len(begun)
    if answer.status_code != 200:
        assert problem(answer)[0] == 400, answer.text
    names = {user["userName"] for user in files.users()}
    assert ("new" in names) is (answer.status_code == 200)
    return bool(begun)


@pytest.mark.parametrize("victim", ["/Users", "/Groups"])
def test_what_goes_meanwhile_is_no_defect(application: Application, victim: str) -> None:
    numbers = takewhile(partial(is_met, application, victim), count(1))
    assert len(list(numbers)) > 5
