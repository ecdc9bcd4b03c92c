"""``python -m conformance``: examine any SCIM 2.0 server from outside."""

import sys
from collections.abc import Callable, Mapping
from http.client import HTTPException
from pathlib import Path

import click
from rich.console import Console

from conformance.catalogue import LEVELS, Requirement, catalogue
from conformance.check import Check, registered
from conformance.checks import load
from conformance.dialogue import CREDENTIALS, STRICT, Dialogue, choose
from conformance.examine import examine
from conformance.findings import Examination, Verdict
from conformance.report import html, json, junit, terminal
from conformance.report.cleaning import cleaned
from conformance.subject import NotScim, Subject
from conformance.wire import Endpoint

NEVER = "never"
DIALOGUES = "INTEROP"
"""The level that dialogues have beside checks; asked for by --client, each of them counts."""
Render = Callable[[Examination, Mapping[str, Requirement]], str]
FORMS: dict[str, Render] = {"json": json.render, "junit": junit.render, "html": html.render}
WRITABLE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option("--url", required=True, help="The base URL, such as https://scim.example/scim/v2.")
@click.option("--token", required=True, envvar="SCIM_TOKEN", help="The bearer token.")
@click.option("--other-token", envvar="SCIM_OTHER_TOKEN", help="A token of another tenant.")
@click.option("--read-only", is_flag=True, help="Send nothing that writes; play no dialogue.")
@click.option("--only", default="", help="Only checks whose name begins so: rfc7644_3_3.")
@click.option("--client", help="Only dialogues whose name begins so: entra, okta/import.")
@click.option(
    "--credential",
    type=click.Choice([*CREDENTIALS, STRICT]),
    default=CREDENTIALS[0],
    help="What the token is for; a strict client plays the strict form of the dialogues.",
)
@click.option("--json", type=WRITABLE, help="Write the report for programs.")
@click.option("--junit", type=WRITABLE, help="Write the report for build servers.")
@click.option("--html", type=WRITABLE, help="Write the report as one page for a browser.")
@click.option(
    "--fail-on",
    type=click.Choice([*(level.lower() for level in LEVELS), NEVER]),
    default="must",
    help="Exit with 1 when a requirement of this level, or a graver one, failed. Dialogues are"
    " interop; with --client each of them counts, unless this is never.",
)
def main(
    url: str,
    token: str,
    other_token: str | None,
    read_only: bool,
    only: str,
    client: str | None,
    credential: str,
    fail_on: str,
    **files: Path | None,
) -> None:
    """Examine a SCIM 2.0 server and tell, requirement by requirement, what it does."""
    if client is not None and (only or read_only):
        raise click.UsageError("--client plays dialogues, which write: not --only or --read-only.")
    other = Endpoint(url, other_token) if other_token else None
    subject = Subject(Endpoint(url, token), other, read_only)
    checks = _checks(only) if client is None else []
    dialogues = [] if only or read_only else _dialogues(client or "", credential)
    try:
        with terminal.progress(Console(stderr=True), len(checks) + len(dialogues)) as told:
            found = examine(subject, checks, told, dialogues)
    except (NotScim, OSError, HTTPException) as fault:
        raise click.ClickException(f"{url} cannot be examined: {fault}") from None
    examination = cleaned(found, {token: "$SCIM_TOKEN", other_token or "": "$SCIM_OTHER_TOKEN"})
    terminal.show(Console(), examination, catalogue())
    for form, file in files.items():
        if file is not None:
            file.write_text(FORMS[form](examination, catalogue()), encoding="utf-8")
    sys.exit(_failed(examination, fail_on, asked=client is not None))


def _checks(only: str) -> list[Check]:
    load()
    chosen = [each for each in registered() if each.name.startswith(only)]
    if not chosen:
        raise click.BadParameter(f'no check begins with "{only}"', param_hint="--only")
    return chosen


def _dialogues(client: str, credential: str) -> list[Dialogue]:
    try:
        return choose(client, credential)
    except LookupError as fault:
        raise click.BadParameter(str(fault), param_hint="--client") from None


def _failed(examination: Examination, fail_on: str, *, asked: bool) -> int:
    """asked: whether the dialogues are what was asked for."""
    grave = LEVELS[: 0 if fail_on == NEVER else LEVELS.index(fail_on.upper()) + 1]
    verdicts = examination.verdicts(catalogue())
    failed = {id for id, verdict in verdicts.items() if verdict is Verdict.FAILED}
    played = any(each.failures for each in examination.played)
    counts = played and (DIALOGUES in grave or (asked and fail_on != NEVER))
    return int(counts or any(catalogue()[id].level in grave for id in failed))


if __name__ == "__main__":
    main()
