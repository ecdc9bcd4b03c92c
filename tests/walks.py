"""Pages whose commands are run as they stand there, block after block, in one shell."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.forked import commands

REPOSITORY = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SECONDS = 150


def walk(page: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Run it in the folder. What it tells of an answer must be what is answered."""
    walked = _steps(page)
    assert len(walked) > 10
    for number, (block, _) in enumerate(walked):
        (folder / f"{number}.sh").write_text(block)
    script = "\n".join(f"exec >{n}.out; . ./{n}.sh" for n in range(len(walked)))
    done = _run(f"trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n{script}", folder, environment)
    for number, (block, answer) in enumerate(walked):
        out = folder / f"{number}.out"
        assert out.exists(), (walked[number - 1][0], done.stderr)
        if answer is not None:
            matches = re.fullmatch(_expected(answer), _said(out), re.DOTALL)
            assert matches, "\n".join((block, _said(out), done.stderr))
    assert done.returncode == 0, done.stderr


def _run(
    script: str, folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    # Not below the folder: the address of a socket may have some 100 characters.
    with TemporaryDirectory() as forked, commands(Path(forked)):
        path = os.pathsep.join((forked, str(Path(sys.executable).parent), os.environ["PATH"]))
        return subprocess.run(
            ["bash", "-euc", script],
            cwd=folder,
            env={"PATH": path, "PYTHONPATH": str(REPOSITORY), **environment},
            timeout=SECONDS,
            stderr=subprocess.PIPE,
            text=True,
        )


def _steps(page: str) -> list[tuple[str, str | None]]:
    """The commands of each block, and what they answer where that is told right after them."""
    found = BLOCK.findall(page)
    following = [*found[1:], ("sh", "")]
    return [
        (block, answer if kind == "text" else None)
        for (language, block), (kind, answer) in zip(found, following, strict=True)
        if language == "sh"
    ]


def _expected(answer: str) -> str:
    """As a pattern: an ellipsis stands for whatever."""
    lines = [line.rstrip() for line in answer.strip("\n").splitlines()]
    return "\n".join(re.escape(line).replace("…", ".*") for line in lines)


def _said(file: Path) -> str:
    lines = [line.rstrip() for line in file.read_text().strip("\n").splitlines()]
    return "\n".join(lines)
