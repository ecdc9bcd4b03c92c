"""The files of sources, as commands come to them."""

import os

import click

from scim_server.parts import Parts
from scim_server.sync.files.sources import SourceFiles


def source_files(parts: Parts) -> SourceFiles:
    """The files in SCIM_SOURCES."""
    if parts.config.sources is None:
        raise click.ClickException("SCIM_SOURCES is not set: it names the folder of sources.")
    return SourceFiles(parts.config.sources, os.environ, parts.registry)
