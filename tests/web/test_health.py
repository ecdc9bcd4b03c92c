"""What load balancers ask; ``/readyz`` tells an operator which of two things is wrong."""

from pathlib import Path

import pytest

from scim_server.app import assemble
from scim_server.config import Config
from scim_server.parts import build
from tests.application import Scim


def test_a_server_on_its_database_is_ready(scim: Scim) -> None:
    client = scim.application.flask.test_client()
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("place", "said"),
    [("empty.db", "run scim-server init"), ("missing.db", "cannot be used just now")],
)
def test_a_database_that_is_away_is_told_from_an_empty_one(
    tmp_path: Path, place: str, said: str
) -> None:
    (tmp_path / "empty.db").touch()
    parts = build(Config(database_url=f"sqlite:///{tmp_path / place}"))
    response = assemble(parts).test_client().get("/readyz")
    parts.database.close()
    assert response.status_code == 503
    assert said in response.get_json(force=True)["detail"]
    assert not (tmp_path / "missing.db").exists()
