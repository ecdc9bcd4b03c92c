"""The whole command: its help, its warnings, and its faults in a line each, without traceback."""

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

import click
import structlog

from scim_server.cli.options import printable
from scim_server.config import BadConfig
from scim_server.config.environment import misspelt, settings
from scim_server.directory.ports import Contention
from scim_server.protocol.errors import ScimError
from scim_server.protocol.loading.registry import BadSchemas
from scim_server.sync.entries import SourceFault
from scim_server.sync.faults import BadSources


class Commands(click.Group):
    """A group of commands whose expected faults end with exit status 1.

    Args: later: commands that are imported when they are asked for: what they need takes longer
        to import than most others to run
    """

    def __init__(self, *args: Any, later: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names."""
        return sorted({*super().list_commands(ctx), *self.later})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name in self.later and cmd_name not in self.commands:
            self.add_command(getattr(import_module(f"scim_server.cli.{cmd_name}"), cmd_name))
        return super().get_command(ctx, cmd_name)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The settings: what is installed brings no other documentation."""
        with formatter.section("Settings, which are environment variables"):
            formatter.write_dl(
                [(name, f"{meaning}{_default(value)}") for name, meaning, value in settings()]
            )

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        # The log is for the server: an operator reads one line, and scripts read stdout.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        warn(misspelt(os.environ))
        try:
            return super().invoke(ctx)
        except BadConfig as bad:
            refuse(str(bad).splitlines())
        except (BadSchemas, BadSources) as bad:
            refuse(bad.faults)
        except Contention:
            raise click.ClickException("The database is busy: try again.") from None
        except ScimError as fault:
            raise click.ClickException(fault.detail) from None
        except SourceFault as fault:
            raise click.ClickException(printable(str(fault))) from None


def warn(lines: list[str]) -> None:
    """Tell what keeps nothing from going on."""
    for line in lines:
        click.echo(f"Warning: {line}", err=True)


def refuse(faults: Sequence[str]) -> NoReturn:
    """Tell what is wrong, as click tells a single fault, and end."""
    for fault in faults:
        click.echo(f"Error: {fault}", err=True)
    sys.exit(1)


def _default(value: object) -> str:
    match value:
        case tuple() | "" | None:
            return ""
        case bool():
            return f" [{str(value).lower()}]"
    return f" [{value}]"
