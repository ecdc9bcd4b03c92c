"""``python -m conformance``: examine any SCIM 2.0 server from outside."""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

import click
from rich.console import Console

from conformance import advice, arguments
from conformance.catalogue import LEVELS, Requirement, catalogue
from conformance.check import Check, registered
from conformance.checks import load
from conformance.dialogue import CREDENTIALS, STRICT, Dialogue, choose
from conformance.examine import examine
from conformance.findings import Examination, Verdict
from conformance.patience import patient
from conformance.report import html, json, junit, terminal
from conformance.report.cleaning import cleaned
from conformance.subject import NotScim, Subject
from conformance.wire import Endpoint, misspelt

NEVER = "never"
DIALOGUES = "INTEROP"
"""The level that dialogues have beside checks; asked for by --client, each of them counts."""
Render = Callable[[Examination, Mapping[str, Requirement]], str]
FORMS: dict[str, Render] = {"json": json.render, "junit": junit.render, "html": html.render}
WRITABLE = click.Path(dir_okay=False, writable=True, path_type=Path)
READABLE = click.Path(dir_okay=False, exists=True, path_type=Path)


class Interrupted(click.ClickException):
    """Somebody pressed Ctrl-C."""

    exit_code = 130  # As a shell tells that SIGINT ended a command.


@click.command()
@click.option(
    "--url",
    required=True,
    callback=arguments.base_url,
    help="The base URL, such as https://scim.example/scim/v2.",
)
@click.option(
    "--token",
    required=True,
    envvar="SCIM_TOKEN",
    show_envvar=True,
    callback=arguments.token,
    help="The bearer token.",
)
@click.option(
    "--other-token",
    envvar="SCIM_OTHER_TOKEN",
    show_envvar=True,
    callback=arguments.token,
    help="A token of another tenant; without it nothing is said of tenants.",
)
@click.option("--read-only", is_flag=True, help="Send nothing that writes; play no dialogue.")
@click.option(
    "--only",
    default="",
    help="Only checks whose name begins so, or that decide the requirement of that id:"
    " rfc7644_3_3, CRE-001. No dialogue is played.",
)
@click.option(
    "--without",
    multiple=True,
    help="No checks whose name begins so: large_groups. May be given several times.",
)
@click.option(
    "--client", help="No checks, only dialogues whose name begins so: entra, okta/import."
)
@click.option(
    "--credential",
    type=click.Choice([*CREDENTIALS, STRICT]),
    default=CREDENTIALS[0],
    show_default=True,
    help="What the token is for; a strict client plays the strict form of the dialogues.",
)
@click.option("--json", type=WRITABLE, callback=arguments.report, help="The report for programs.")
@click.option(
    "--junit", type=WRITABLE, callback=arguments.report, help="The report for build servers."
)
@click.option(
    "--html", type=WRITABLE, callback=arguments.report, help="The report as one page for a browser."
)
@click.option(
    "--excuses",
    type=READABLE,
    callback=arguments.excused,
    help='A TOML file of ID = "reason": these may fail, and are told as excused.',
)
@click.option(
    "--fail-on",
    type=click.Choice([*(level.lower() for level in LEVELS), NEVER]),
    default="must",
    show_default=True,
    help="Exit with 1 when a requirement of this level, or a graver one, failed. Dialogues are"
    " interop; with --client each of them counts, unless this is never.",
)
def main(
    url: str,
    token: str,
    other_token: str | None,
    read_only: bool,
    only: str,
    without: tuple[str, ...],
    client: str | None,
    credential: str,
    excuses: Mapping[str, str],
    fail_on: str,
    **files: Path | None,
) -> None:
    """Examine a SCIM 2.0 server and tell, requirement by requirement, what it does.

    It changes and deletes what it has made and nothing else. Exit status: 0 nothing failed, 1
    something did or the server cannot be examined, 2 wrong usage.
    """
    if client is not None and (only or read_only):
        raise click.UsageError("--client plays dialogues, which write: not --only or --read-only.")
    if client is not None and without:
        raise click.UsageError("--client plays dialogues and no checks: not --without.")
    other = Endpoint(url, other_token) if other_token else None
    subject = Subject(Endpoint(url, token), other, read_only)
    checks = _checks(only, without) if client is None else []
    dialogues = [] if only or read_only else _dialogues(client or "", credential)
    secrets = _secrets(token, other_token)
    found = replace(_examine(subject, checks, dialogues, secrets), excuses=excuses)
    examination = cleaned(found, secrets)
    requirements = _asked(checks) if only or client is not None else catalogue()
    written = [(form, file) for form, file in files.items() if file is not None]
    for form, file in written:
        _write(file, FORMS[form](examination, requirements))
    terminal.show(Console(), examination, requirements)
    for _, file in written:
        click.echo(f"Written: {file}")
    sys.exit(_failed(examination, requirements, fail_on, asked=client is not None))


def _secrets(token: str, other_token: str | None) -> Mapping[str, str]:
    """What each token is called in a report; so is one that is known but for a character."""
    names = {token: "$SCIM_TOKEN"} | ({other_token: "$SCIM_OTHER_TOKEN"} if other_token else {})
    wrong = {misspelt(each): f"{name} with a wrong character" for each, name in names.items()}
    return names | {each: name for each, name in wrong.items() if each is not None}


def _examine(
    subject: Subject,
    checks: Collection[Check],
    dialogues: Collection[Dialogue],
    secrets: Mapping[str, str],
) -> Examination:
    url, console = subject.endpoint.base_url, Console(stderr=True)
    try:
        with (
            terminal.progress(console, len(checks) + len(dialogues)) as told,
            patient(told, console.print) as step,
        ):
            return examine(subject, checks, step, dialogues)
    except (NotScim, OSError, HTTPException) as fault:
        advised = advice.told(fault, secrets)
        raise click.ClickException(f"{url} cannot be examined: {advised}") from None
    except KeyboardInterrupt as pressed:
        raise Interrupted(f"{pressed}.") from None


def _asked(checks: Iterable[Check]) -> Mapping[str, Requirement]:
    """The requirements that these checks decide."""
    ids = {id for check in checks for id in check.proves}
    return {id: requirement for id, requirement in catalogue().items() if id in ids}


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise click.ClickException(f"{file} cannot be written: {fault}") from None


def _checks(only: str, without: tuple[str, ...]) -> list[Check]:
    load()
    for each in without:
        if not each or not any(check.name.startswith(each) for check in registered()):
            raise click.BadParameter(f'no check begins with "{each}"', param_hint="--without")
    chosen = [each for each in registered() if each.name.startswith(only) or only in each.proves]
    if not chosen:
        files = ", ".join(dict.fromkeys(each.name.partition(".")[0] for each in registered()))
        raise click.BadParameter(
            f'no check begins with "{only}"; there are {files}', param_hint="--only"
        )
    return [each for each in chosen if not each.name.startswith(without)]


def _dialogues(client: str, credential: str) -> list[Dialogue]:
    try:
        return choose(client, credential)
    except LookupError as fault:
        raise click.BadParameter(str(fault), param_hint="--client") from None


def _failed(
    examination: Examination,
    requirements: Mapping[str, Requirement],
    fail_on: str,
    *,
    asked: bool,
) -> int:
    """asked: whether the dialogues are what was asked for."""
    grave = LEVELS[: 0 if fail_on == NEVER else LEVELS.index(fail_on.upper()) + 1]
    verdicts = examination.verdicts(requirements)
    failed = {id for id, verdict in verdicts.items() if verdict is Verdict.FAILED}
    played = any(each.failures for each in examination.played)
    counts = played and (DIALOGUES in grave or (asked and fail_on != NEVER))
    return int(counts or any(requirements[id].level in grave for id in failed))


if __name__ == "__main__":
    main()
