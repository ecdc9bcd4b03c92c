"""Recorded client dialogues, played against a SCIM base URL.

One file of ``clients/`` is one dialogue; ``clients/README.md`` describes the form.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from conformance.findings import Played
from conformance.player import Player, Step
from conformance.wire import Endpoint

CLIENTS = Path(__file__).parent / "clients"
CREDENTIALS = ("tolerant", "lenient", "limited", "entra")
"""Clients that dialogues are recorded with; clients/README.md says how each is made."""
STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A recorded exchange; ``tolerances`` names the departures from the RFCs that it needs."""

    name: str
    title: str
    source: str
    covers: frozenset[str]
    tolerances: tuple[str, ...]
    credential: str
    headers: Mapping[str, str | None]
    steps: tuple[Step, ...]

    def strict(self) -> "Dialogue":
        """What a strict credential sees: it ends at the first step that is answered otherwise."""
        for number, step in enumerate(self.steps):
            if "strict" in step:
                last = {**step, "expect": step["strict"]}
                return replace(self, steps=(*self.steps[:number], last))
        return self

    def play(self, base_url: str, token: str) -> Played:
        """Send every step and compare; delete what was made, whatever happened."""
        player = Player(Endpoint(base_url, token, self.headers))
        try:
            failures = player.play(self.steps)
        finally:
            left = player.tidy()
        return Played(
            self.name, self.title, self.source, self.tolerances, tuple(failures), tuple(left)
        )


def load(directory: Path = CLIENTS) -> list[Dialogue]:
    """Every dialogue below ``directory``, in the order of their names.

    Raises:   ValueError: a dialogue with tolerances and no strict answer, or the reverse.
    """
    return [_read(path, directory) for path in sorted(directory.rglob("*.json"))]


def _read(path: Path, directory: Path) -> Dialogue:
    raw = json.loads(path.read_text(encoding="utf-8"))
    steps = (*raw["steps"], *raw.get("afterwards", ()))
    if bool(raw["tolerances"]) != any("strict" in step for step in steps):
        raise ValueError(
            f"{path}: a strict step stands where there are tolerances, and only there."
        )
    return Dialogue(
        name=path.relative_to(directory).with_suffix("").as_posix(),
        title=raw["title"],
        source=raw["source"],
        covers=frozenset(raw["covers"]),
        tolerances=tuple(raw["tolerances"]),
        credential=raw.get("credential", "tolerant"),
        headers=raw.get("headers", {}),
        steps=steps,
    )


def choose(client: str, credential: str) -> list[Dialogue]:
    """Those whose name begins with ``client``, in the form that the credential sees.

    Raises:   LookupError: there is none; it tells the clients that there are.
    """
    suitable = [dialogue for dialogue in load() if _suits(dialogue, credential)]
    chosen = [dialogue for dialogue in suitable if dialogue.name.startswith(client)]
    if not chosen:
        clients = ", ".join(sorted({dialogue.name.partition("/")[0] for dialogue in suitable}))
        raise LookupError(f'no dialogue begins with "{client}"; clients: {clients}')
    return [dialogue.strict() if credential == STRICT else dialogue for dialogue in chosen]


def _suits(dialogue: Dialogue, credential: str) -> bool:
    """A strict client is answered in the same way, whatever a dialogue was recorded with."""
    if credential == STRICT:
        return bool(dialogue.tolerances) or dialogue.credential == "tolerant"
    return dialogue.credential == credential
