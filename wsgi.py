"""The WSGI entry point: gunicorn -c gunicorn.conf.py wsgi:app"""

import os

from scim_server.app import create_app
from scim_server.config import Config

app = create_app(Config.from_env(os.environ))
