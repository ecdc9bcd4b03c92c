"""The WSGI entry point: gunicorn -c gunicorn.conf.py wsgi:app"""

from scim_server.app import from_environment

app = from_environment()
