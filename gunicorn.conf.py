"""gunicorn -c gunicorn.conf.py wsgi:app: the settings that ``scim-server serve`` uses too."""

from scim_server.serving import *  # noqa: F403  gunicorn reads the names of this module
