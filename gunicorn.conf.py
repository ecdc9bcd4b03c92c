"""gunicorn -c gunicorn.conf.py wsgi:app: the settings that ``scim-server serve`` uses too."""

import os
import sys
from typing import Any

from scim_server.config import BadConfig
from scim_server.config.environment import local_links, misspelt

try:
    from scim_server.serving import *  # noqa: F403  gunicorn reads the names of this module
except BadConfig as bad:
    sys.exit(str(bad))


def on_starting(server: Any) -> None:
    """Tell what is probably not as it was meant."""
    for line in (*misspelt(os.environ), *local_links(os.environ)):
        server.log.warning("%s", line)
