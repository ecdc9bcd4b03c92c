"""gunicorn -c gunicorn.conf.py wsgi:app

One process per core and one more, each with its own engine, made after the fork.
"""

import os

bind = os.environ.get("SCIM_BIND", "127.0.0.1:8080")
worker_class = "gthread"
workers = int(os.environ.get("SCIM_WORKERS", (os.cpu_count() or 1) + 1))
threads = int(os.environ.get("SCIM_THREADS", 8))
preload_app = False

timeout = 60  # seconds
graceful_timeout = 30  # seconds
keepalive = 75  # seconds: longer than a reverse proxy keeps its idle connection, commonly 60
max_requests = 1_000_000
max_requests_jitter = 100_000

limit_request_line = 8190  # bytes
limit_request_fields = 64

# The heartbeat file on a disk would stop a worker whenever the disk is busy.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
control_socket_disable = True
accesslog = None  # the application writes its own request log
