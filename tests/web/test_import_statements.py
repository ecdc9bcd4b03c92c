"""How many statements files take: of a chunk, and of a page, whatever its length."""

from tests.application import Application
from tests.statements import watched
from tests.web.files import Files


def test_a_chunk_takes_as_many_statements_as_a_line(application: Application, files: Files) -> None:
    names = ("first", "second", *(f"u-{number}" for number in range(200)))
    with watched(application) as statements:
        taken = []
        for chunk in (names[:1], names[1:2], names[2:]):
            statements.clear()
            files.done("userName\n" + "\n".join(chunk))
            taken.append(len(statements))
        assert taken[1] == taken[2] <= 9, "\n\n".join(statements)


def test_a_page_of_an_export_takes_as_many_statements_as_a_line(
    application: Application, files: Files
) -> None:
    taken = []
    for number in (1, 200):
        files.done("userName\n" + "".join(f"n-{number}-{each}\n" for each in range(number)))
        with watched(application) as statements:
            files.get()
            statements.clear()
            files.get()
            taken.append(len(statements))
    assert taken[0] == taken[1] <= 4
