"""``python -m calibration``: run the conformance kit against servers, ours and those of others."""

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError

import click

from benchmarks.processes import NotStarted
from calibration import matrix
from calibration.examine import examine, report
from calibration.judgements import judgements, open_questions
from calibration.servers import SERVERS
from conformance.wire import Json

PAGE = Path(__file__).resolve().parent.parent / "docs" / "calibration.md"
FAULTS = (NotStarted, CalledProcessError, OSError)


@click.group()
def main() -> None:
    """Run the conformance kit against this server, scim2-server or SCIMMY, or all of them."""


def _command(name: str) -> Callable[..., None]:
    """A command of a server's name; what it is given besides goes to the kit."""

    @main.command(
        name,
        help=f"Examine {name}; the options are those of the kit.",
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
    )
    @click.argument("options", nargs=-1, type=click.UNPROCESSED)
    def command(options: tuple[str, ...]) -> None:
        try:
            sys.exit(examine(name, *options))
        except FAULTS as fault:
            raise click.ClickException(f"{name} does not start: {fault}") from None

    return command


for each in SERVERS:
    _command(each)


@main.command("matrix")
def write_matrix() -> None:
    """Examine all of them and write docs/calibration.md; fails where a failure is not judged."""
    reports: dict[str, Json] = {}
    for name in SERVERS:
        try:
            reports[name] = report(name)
        except FAULTS as fault:
            raise click.ClickException(f"{name} could not be examined: {fault}") from None
    versions = {name: server.version() for name, server in SERVERS.items()}
    page = PAGE.read_text(encoding="utf-8")
    written = matrix.placed(page, matrix.render(reports, versions, judgements()))
    PAGE.write_text(written, encoding="utf-8")
    questions = open_questions(reports, judgements())
    for question in questions:
        click.echo(question, err=True)
    sys.exit(1 if questions else 0)


if __name__ == "__main__":
    main()
