"""What keeps a server from starting: all of it at once, before anything is changed."""

import errno
import os
import re
import socket
from collections.abc import Callable, Mapping

from scim_server.cli.group import refuse, warn
from scim_server.config import BadConfig, Config
from scim_server.config.environment import local_links, read_config
from scim_server.directory.authenticators.security_keys import RelyingParty
from scim_server.parts import Parts, build, unknown_types
from scim_server.protocol.loading.registry import BadSchemas
from scim_server.store.database import Database

Check = Callable[[Database], list[str]]
"""What is in the way of using a database: in one way or in another."""

_BIND_ARGUMENT = re.compile(r"(^|[\s'\"])(-b|--bi)")


def require_startable(check: Check) -> None:
    """Tell what is wrong with the environment, and go on only where that is nothing."""
    warn(local_links(os.environ))
    faults = start_faults(os.environ, check)
    if faults:
        refuse(faults)
    warn(keyless(read_config(os.environ)))


def keyless(config: Config) -> list[str]:
    """Says so where nobody can register a security key."""
    lacking = RelyingParty(config.key_domain, config.key_origins).lacks()
    return [f"SCIM_PUBLIC_URL: {lacking}"] if lacking else []


def start_faults(environment: Mapping[str, str], check: Check) -> list[str]:
    """Everything that keeps a server with this environment from starting.

    Faulty settings are put aside to find out what is wrong besides; what their defaults would
    meet is nobody's business.
    """
    config, faults = _sound_config(environment)
    faulty = {fault.partition(":")[0] for fault in faults}
    try:
        parts = build(config)
        if "SCIM_SCHEMAS" not in faulty:
            faults += unknown_types(parts)
    except BadSchemas as bad:
        faults += bad.faults
        parts = _bundled_only(environment, faulty)
    if "SCIM_DATABASE_URL" not in faulty:
        faults += check(parts.database)
    parts.database.close()
    if "SCIM_BIND" not in faulty and not _is_bound_elsewhere(environment):
        faults += _address_faults(config, environment)
    return faults


def _sound_config(environment: Mapping[str, str]) -> tuple[Config, list[str]]:
    try:
        return read_config(environment), []
    except BadConfig as bad:
        faults = str(bad).splitlines()
    return read_config(_without(environment, {f.partition(":")[0] for f in faults})), faults


def _bundled_only(environment: Mapping[str, str], faulty: set[str]) -> Parts:
    """The database is asked with the schemas that come with the server."""
    return build(read_config(_without(environment, faulty | {"SCIM_SCHEMAS"})))


def _without(environment: Mapping[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in names}


def _is_bound_elsewhere(environment: Mapping[str, str]) -> bool:
    """Whether gunicorn will listen on what it is handed, or told, rather than on SCIM_BIND."""
    # systemd names the process that its sockets are for: this one, which becomes gunicorn.
    if environment.get("LISTEN_PID") == str(os.getpid()):
        return environment.get("LISTEN_FDS", "0") != "0"
    return bool(_BIND_ARGUMENT.search(environment.get("GUNICORN_CMD_ARGS", "")))


def _address_faults(config: Config, environment: Mapping[str, str]) -> list[str]:
    """Whether gunicorn will get the address: bound as it binds, and given back."""
    host, port = config.address
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as fault:
        if fault.errno != errno.EADDRINUSE:
            return [f"SCIM_BIND: {config.bind} cannot be listened on: {fault.strerror}."]
        # The Makefile makes the one of the other, and exports PORT where it does.
        by_port = environment.get("PORT") == str(port)
        given, other = (f" (PORT={port})", "PORT") if by_port else ("", "port")
        return [
            f"SCIM_BIND: {config.bind}{given} is in use:"
            f" stop what listens there, or choose another {other}."
        ]
    return []
