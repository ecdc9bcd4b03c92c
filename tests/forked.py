"""``scim-server`` for walks: processes forked from one that has imported everything already.

The import takes ten times as long as most commands. All else is as operators have it: arguments,
environment, folder, standard streams, exit status.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from scim_server.cli import main

COMMAND = """#!{python} -IS
import json, os, socket, sys
if sys.argv[1] in ("serve", "worker"):
    os.execv({real!r}, sys.argv)
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect({address!r})
    asked = json.dumps([sys.argv, os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(connection, [asked], [0, 1, 2])
    sys.exit(int(connection.recv(10) or 70))
"""
"""Those that go on are the real ones: they are sent signals."""
LONGEST = 2**17
"""Bytes of arguments and environment."""


@contextmanager
def commands(folder: Path) -> Iterator[None]:
    """Have a ``scim-server`` in the folder, until the block ends."""
    address = folder / "forked"
    real = Path(sys.executable).parent / "scim-server"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(address))
        listener.listen()
        number = listener.fileno()
        command = [sys.executable, "-m", __name__, str(number)]
        process = subprocess.Popen(command, pass_fds=[number], cwd=Path(__file__).parent.parent)
    file = folder / "scim-server"
    text = COMMAND.format(python=sys.executable, real=str(real), address=str(address))
    file.write_text(text)
    file.chmod(0o755)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def _become(connection: socket.socket) -> NoReturn:
    """The command that is asked for."""
    asked, streams, *_ = socket.recv_fds(connection, LONGEST, 3)
    sys.argv, folder, environment = json.loads(asked)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    main()
    raise AssertionError("A command ends the process.")


def _forked(connection: socket.socket) -> int:
    """Its exit status."""
    child = os.fork()
    if not child:
        _become(connection)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _serve(listener: socket.socket) -> None:
    """One command at a time."""
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(str(_forked(connection)).encode())


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
