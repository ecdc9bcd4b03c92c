"""``python -m conformance``: examine any SCIM 2.0 server from outside."""

import sys

import click
from rich.console import Console

from conformance.catalogue import LEVELS, catalogue
from conformance.check import registered
from conformance.checks import load
from conformance.examine import examine
from conformance.findings import Examination, Verdict
from conformance.report import terminal
from conformance.subject import NotScim, Subject
from conformance.wire import Endpoint

NEVER = "never"


@click.command()
@click.option("--url", required=True, help="The base URL, such as https://scim.example/scim/v2.")
@click.option("--token", required=True, envvar="SCIM_TOKEN", help="The bearer token.")
@click.option("--other-token", envvar="SCIM_OTHER_TOKEN", help="A token of another tenant.")
@click.option("--read-only", is_flag=True, help="Send nothing that writes.")
@click.option("--only", default="", help="Only checks whose name begins so: rfc7644_3_3.")
@click.option(
    "--fail-on",
    type=click.Choice([*(level.lower() for level in LEVELS), NEVER]),
    default="must",
    help="Exit with 1 when a requirement of this level, or a graver one, failed.",
)
def main(
    url: str, token: str, other_token: str | None, read_only: bool, only: str, fail_on: str
) -> None:
    """Examine a SCIM 2.0 server and tell, requirement by requirement, what it does."""
    load()
    console = Console(stderr=True)
    other = Endpoint(url, other_token) if other_token else None
    subject = Subject(Endpoint(url, token), other, read_only)
    chosen = [each for each in registered() if each.name.startswith(only)]
    if not chosen:
        raise click.BadParameter(f'no check begins with "{only}"', param_hint="--only")
    try:
        with terminal.progress(console, len(chosen)) as told:
            examination = examine(subject, chosen, told)
    except (NotScim, OSError) as fault:
        raise click.ClickException(f"{url} cannot be examined: {fault}") from None
    terminal.show(Console(), examination, catalogue())
    sys.exit(_failed(examination, fail_on))


def _failed(examination: Examination, fail_on: str) -> int:
    grave = LEVELS[: 0 if fail_on == NEVER else LEVELS.index(fail_on.upper()) + 1]
    verdicts = examination.verdicts(catalogue())
    failed = {id for id, verdict in verdicts.items() if verdict is Verdict.FAILED}
    return int(any(catalogue()[id].level in grave for id in failed))


if __name__ == "__main__":
    main()
