"""The life of an account in docs/operations.md does what it says: its own commands, one by one.

Real processes: the server and the worker as an operator runs them, and a mail server. Ports are
changed for free ones, and nothing else.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.processes import free_port

REPOSITORY = Path(__file__).parent.parent
CHAPTER = "\n## The life of an account\n"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 150
TOKEN = re.compile(r"scim(?:lnk|ses|key)?_[\w-]{40,}")


def steps(text: str) -> list[tuple[str, str | None]]:
    """The commands of each block, and what they answer where that is told right after them."""
    found = BLOCK.findall(text)
    following = [*found[1:], ("sh", "")]
    return [
        (block, answer if kind == "text" else None)
        for (language, block), (kind, answer) in zip(found, following, strict=True)
        if language == "sh"
    ]


def expected(answer: str) -> str:
    """As a pattern: an ellipsis stands for whatever."""
    lines = [line.rstrip() for line in answer.strip("\n").splitlines()]
    return "\n".join(re.escape(line).replace("…", ".*") for line in lines)


def said(file: Path) -> str:
    lines = [line.rstrip() for line in file.read_text().strip("\n").splitlines()]
    return "\n".join(lines)


def test_the_walk(database_url: str, tmp_path: Path) -> None:
    chapter = (REPOSITORY / "docs/operations.md").read_text().partition(CHAPTER)[2]
    port, mail_port = str(free_port()), str(free_port())
    told = chapter.replace("8080", port).replace("2525", mail_port)
    walk = steps(told)
    assert len(walk) > 10
    for number, (commands, _) in enumerate(walk):
        (tmp_path / f"{number}.sh").write_text(commands)
    script = "\n".join(f"exec >{n}.out; . ./{n}.sh" for n in range(len(walk)))
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
        "SCIM_DATABASE_URL": database_url,
        "SCIM_BIND": f"127.0.0.1:{port}",
        "SCIM_WORKERS": "2",
    }
    done = subprocess.run(
        ["bash", "-euc", f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}"],
        cwd=tmp_path,
        env=environment,
        timeout=SECONDS,
        stderr=subprocess.PIPE,
        text=True,
    )
    for number, (commands, answer) in enumerate(walk):
        out = tmp_path / f"{number}.out"
        assert out.exists(), (walk[number - 1][0], done.stderr)
        if answer is not None:
            matches = re.fullmatch(expected(answer), said(out), re.DOTALL)
            assert matches, "\n".join((commands, said(out), done.stderr))
    assert done.returncode == 0, done.stderr
    for log in ("serve.log", "worker.log"):
        assert '"event"' in (tmp_path / log).read_text()
        assert TOKEN.findall((tmp_path / log).read_text()) == []
