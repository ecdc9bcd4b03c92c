"""scim-server as an operator and as scripts use it."""

import json
from collections.abc import Sequence
from typing import Any

from click.testing import CliRunner, Result

from benchmarks.processes import free_port
from scim_server.cli import main
from scim_server.config import Config
from scim_server.parts import build
from scim_server.protocol.errors import Unauthorized

DEAD = "postgresql://scim:hunter2@127.0.0.1:1/scim"
"""Nothing listens there."""


class Operator:
    """Commands in one environment. What would serve, ends the tests: start a process for that."""

    def __init__(self, **environment: str) -> None:
        self.environment = {"SCIM_BIND": f"127.0.0.1:{free_port()}"} | environment

    def __call__(self, *arguments: str, **environment: str) -> Result:
        settings = self.environment | environment
        return CliRunner().invoke(main, arguments, env=settings, catch_exceptions=False)

    def json(self, *arguments: str) -> Any:
        """What a command prints with --json, and nothing besides."""
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def refused(self, *arguments: str, **environment: str) -> Sequence[str]:
        """The lines that tell why not; nothing is on stdout then."""
        result = self(*arguments, **environment)
        assert (result.exit_code, result.stdout) == (1, "")
        return result.stderr.splitlines()

    def is_valid(self, token: str) -> bool:
        """Whether the server would let it in."""
        parts = build(Config(database_url=self.environment["SCIM_DATABASE_URL"]))
        try:
            parts.credentials.authenticate(token)
        except Unauthorized:
            return False
        finally:
            parts.database.close()
        return True
