"""Faults that an operator can mend, told in a line each and without a traceback."""

import logging
from typing import Any

import click
import structlog

from scim_server.config import BadConfig
from scim_server.directory.ports import Contention
from scim_server.protocol.errors import ScimError, Unavailable
from scim_server.protocol.load import BadSchemas


class Commands(click.Group):
    """A group of commands whose expected faults end with exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        # The log is for the server: an operator reads one line, and scripts read stdout.
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        try:
            return super().invoke(ctx)
        except (BadConfig, BadSchemas) as fault:
            raise click.ClickException(str(fault)) from None
        except Unavailable as fault:
            raise click.ClickException(why_away(fault)) from None
        except Contention:
            raise click.ClickException("The database is busy: try again.") from None
        except ScimError as fault:
            raise click.ClickException(fault.detail) from None


def why_away(fault: Unavailable) -> str:
    """What the driver says, in one line."""
    cause = fault.__cause__
    lines = str(getattr(cause, "orig", None) or "").strip().splitlines()
    return f"{fault.detail} {lines[0].strip()}" if lines else fault.detail
