"""How much an import takes at most."""

import pytest

from scim_server.web.admin.sheets import LARGEST, MOST_LINES
from tests.application import Admin, problem


def put(admin: Admin, data: bytes, kind: str = "text/csv") -> tuple[int, str | None]:
    answer = admin.send("POST", "/users/import", data=data, content_type=kind)
    return problem(answer)


@pytest.mark.shows("import within limits")
@pytest.mark.parametrize("kind", ["text/csv", "application/jsonl"])
def test_a_file_is_no_larger_than_64_mebibytes(admin: Admin, kind: str) -> None:
    assert put(admin, b"userName\n" + b"\n" * LARGEST, kind)[0] == 413
    assert admin.get("/users").get_json()["total"] == 0


@pytest.mark.shows("import within limits")
def test_a_file_has_no_more_than_200_000_lines(admin: Admin) -> None:
    assert put(admin, b"userName\n" + b"ada\n" * (MOST_LINES + 1))[0] == 413
    assert admin.get("/users").get_json()["total"] == 0


@pytest.mark.shows("import within limits")
@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (b"userName,displayName\nada," + b"a" * 131_073, "text/csv", 400),
        (b'{"userName": "' + b"a" * 131_072 + b'"}', "application/jsonl", 413),
        (b"userName\n" + b"a" * 256 + b"\n", "text/csv", 400),
        (b"userName,displayName\nada," + b"a" * 256, "text/csv", 400),
        (b"userName,attributes\nada," + b'"{""a"": ""' + b"a" * 16_384 + b'""}"', "text/csv", 400),
        (b"userName,groups\nada," + b"|".join(b"%d" % n for n in range(1001)), "text/csv", 400),
        (b"userName," + b",".join(b"c%d" % n for n in range(10_000)), "text/csv", 400),
    ],
    ids=["cell", "line", "userName", "displayName", "attributes", "groups", "columns"],
)
def test_cells_lines_and_columns_are_no_larger_than_an_account(
    admin: Admin, data: bytes, kind: str, status: int
) -> None:
    assert put(admin, data, kind)[0] == status
    assert admin.get("/users").get_json()["total"] == 0
