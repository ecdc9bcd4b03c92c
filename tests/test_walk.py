"""The life of an account in docs/operations.md does what it says: its own commands, one by one.

Real processes: the server and the worker as an operator runs them, and a mail server. Ports are
changed for free ones, and nothing else.
"""

import re
from pathlib import Path

from benchmarks.processes import free_port
from tests.walks import REPOSITORY, walk

CHAPTER = "\n## The life of an account\n"
TOKEN = re.compile(r"scim(?:lnk|ses|key)?_[\w-]{40,}")


def test_the_walk(database_url: str, tmp_path: Path) -> None:
    chapter = (REPOSITORY / "docs/operations.md").read_text().partition(CHAPTER)[2]
    port, mail_port = str(free_port()), str(free_port())
    told = chapter.replace("8080", port).replace("2525", mail_port)
    environment = {
        "SCIM_DATABASE_URL": database_url,
        "SCIM_BIND": f"127.0.0.1:{port}",
        "SCIM_WORKERS": "2",
    }
    walk(told, tmp_path, environment)
    for log in ("serve.log", "worker.log"):
        assert '"event"' in (tmp_path / log).read_text()
        assert TOKEN.findall((tmp_path / log).read_text()) == []
