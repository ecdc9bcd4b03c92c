"""What is typed after ``python -m conformance``; what is wrong is refused before a request."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import click

from conformance import excuses
from conformance.catalogue import catalogue
from conformance.wire import SCHEMES


def base_url(_context: click.Context, _option: click.Parameter, url: str) -> str:
    """Scheme, host and path, and nothing else."""
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.hostname:
        raise click.BadParameter(f'"{url}" does not begin with http:// or https:// and a host.')
    if parts.query or parts.fragment or parts.username is not None:
        raise click.BadParameter("no query, no fragment, no user: only what stands before /Users.")
    try:
        _ = parts.port
    except ValueError as fault:
        raise click.BadParameter(f"{fault}.") from None
    return url


def token(_context: click.Context, _option: click.Parameter, text: str | None) -> str | None:
    """What can follow "Bearer" in a header."""
    if text is not None and (not text.isascii() or not text.isprintable() or " " in text):
        raise click.BadParameter('give the token alone, without "Bearer": ASCII, no spaces.')
    if text == "":
        raise click.BadParameter("it is empty.")
    return text


def report(_context: click.Context, _option: click.Parameter, file: Path | None) -> Path | None:
    """A file that can be written when the examination is over."""
    if file is not None and not os.access(file.parent, os.W_OK | os.X_OK):
        raise click.BadParameter(f'there is no folder "{file.parent}" to write it in.')
    return file


def excused(
    _context: click.Context, _option: click.Parameter, file: Path | None
) -> Mapping[str, str]:
    """The reasons in a file of excuses, by requirement."""
    try:
        return {} if file is None else excuses.read(file, catalogue())
    except (OSError, ValueError) as fault:
        raise click.BadParameter(f"{file}: {fault}.") from None
