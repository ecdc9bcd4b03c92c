"""What commands about users share: who acts, whom they name, and how far they are."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import Progress, TaskID

from scim_server.cli.opening import ready
from scim_server.cli.options import FIRST_NAME, tenant_number
from scim_server.directory.callers import Caller
from scim_server.directory.events import Actor
from scim_server.directory.rights.rights import ADMIN
from scim_server.parts import Parts
from scim_server.protocol.intake import Strict

MOST_SHOWN = 10

in_tenant = click.option(
    "--tenant", default=FIRST_NAME, show_default=True, help="Name of the users' tenant."
)

names = click.argument("names", metavar="NAME...", nargs=-1, required=True)
ids = click.argument("ids", metavar="ID...", nargs=-1, required=True)


@contextmanager
def acting(tenant: str) -> Iterator[tuple[Parts, Caller]]:
    """The parts of a server, and whoever runs the command as the caller of that tenant."""
    with ready() as parts:
        yield parts, operator(tenant_number(parts, tenant))


def operator(tenant: int) -> Caller:
    """Whoever may run the command may do everything."""
    return Caller(tenant, Actor("scim-server", ""), frozenset({ADMIN}), Strict())


def found(parts: Parts, caller: Caller, names: Sequence[str]) -> dict[str, str]:
    """The names by id. Raises ClickException, naming who is unknown."""
    ids = parts.accounts.named(caller, names)
    unknown = [f'"{name}"' for name in dict.fromkeys(names) if name not in ids]
    if unknown:
        more = f" and {len(unknown) - MOST_SHOWN:,} more" if len(unknown) > MOST_SHOWN else ""
        raise click.ClickException(f"No user is called {', '.join(unknown[:MOST_SHOWN])}{more}.")
    return {ids[name]: name for name in names}


def id_of(parts: Parts, caller: Caller, name: str) -> str:
    """The id of one user. Raises ClickException."""
    return next(iter(found(parts, caller, [name])))


@contextmanager
def bar(what: str, total: int) -> Iterator[tuple[Progress, TaskID]]:
    """How far it is: on stderr, and on a terminal only, for a program may read what is printed."""
    console, hidden = Console(stderr=True), not sys.stderr.isatty()
    with Progress(console=console, transient=True, disable=hidden) as progress:
        yield progress, progress.add_task(what, total=total)
