"""A real OpenLDAP of its own: slapd with any configuration, in a folder, on loopback."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import ldap3

from benchmarks.processes import NotStarted, running

SCHEMAS = Path("/etc/ldap/schema")
MODULES = Path("/usr/lib/ldap")
_CONFIGURATION = "slapd.conf"
_PATHS = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))


def prepare(folder: Path, configuration: str) -> None:
    """Make the folder one from which slapd can be run. Raises NotStarted: there is no slapd."""
    installed = shutil.which("slapd", path=_PATHS)
    if installed is None:
        raise NotStarted("There is no slapd. Install it (make slapd; Debian: apt install slapd).")
    # A copy: Debian's AppArmor profile keeps /usr/sbin/slapd from files that are not its own.
    shutil.copy(installed, folder / "slapd")
    # By the name it is called by, it is one of its tools.
    (folder / "slapadd").symlink_to("slapd")
    (folder / _CONFIGURATION).write_text(configuration)


def load(folder: Path, suffix: str, ldif: str) -> None:
    """Put entries into a database before it is served. Raises NotStarted."""
    file = folder / "start.ldif"
    file.write_text(ldif)
    command = [f"{folder}/slapadd", "-q", "-f", f"{folder}/{_CONFIGURATION}", "-b", suffix]
    done = subprocess.run([*command, "-l", str(file)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotStarted(done.stderr[-1500:])


def serving(folder: Path, port: int, urls: Sequence[str]) -> AbstractContextManager[int]:
    """Serve at these URLs, of which one is at the port, until the block ends. Raises NotStarted."""
    configuration = str(folder / _CONFIGURATION)
    command = [str(folder / "slapd"), "-d", "0", "-f", configuration, "-h", " ".join(urls)]
    return running(command, port, folder / "log")


@contextmanager
def bound(port: int, name: str, password: str) -> Iterator[ldap3.Connection]:
    """A connection of who writes entries. Raises NotStarted."""
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.NONE)
    connection = ldap3.Connection(server, name, password, check_names=False)
    if not connection.bind():
        raise NotStarted(f"{name} is not let in: {connection.result}")
    try:
        yield connection
    finally:
        connection.unbind()
