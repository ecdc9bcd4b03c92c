"""docs/sync.md does what it says: its own commands, one by one.

Real processes: OpenLDAP, the server and the worker as an operator runs them. Ports are changed for
free ones, and nothing else.
"""

from pathlib import Path

from benchmarks.processes import free_port
from tests.walks import REPOSITORY, walk


def test_the_walk(database_url: str, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs/sync.md").read_text()
    port, ldap_port = str(free_port()), str(free_port())
    told = page.replace("8080", port).replace("3389", ldap_port)
    environment = {
        "SCIM_DATABASE_URL": database_url,
        "SCIM_BIND": f"127.0.0.1:{port}",
        "SCIM_WORKERS": "1",
    }
    walk(told, tmp_path, environment)
    log = (tmp_path / "worker.log").read_text()
    assert '"run ended"' in log
    for name in ("worker.log", "serve.log"):
        assert "reader-of-all" not in (tmp_path / name).read_text()
