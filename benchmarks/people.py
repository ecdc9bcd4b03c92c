"""What users have besides their account, put into a server's database by the server's own code.

Signing in a thousand times would take a thousand password hashes, and measure nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from benchmarks.servers import Server
from scim_server.cli.options import FIRST_NAME, tenant_number
from scim_server.cli.people import operator
from scim_server.config.environment import read_config
from scim_server.directory.authenticators.factors import Authenticator, Factor
from scim_server.directory.change import Change
from scim_server.directory.rights.keys import Wanted
from scim_server.directory.signing.session_tokens import Origin, begin
from scim_server.parts import Parts, build, new_id

CHUNK = 1000
"""Users in one transaction."""
ORIGIN = Origin("192.0.2.1", "benchmark")
KEY = Wanted("benchmark", frozenset({"users:read"}), timedelta(days=1))


class People:
    """The users of the first tenant."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.caller = operator(tenant_number(parts, FIRST_NAME))

    def sign_in(self, ids: Sequence[str]) -> list[str]:
        """Begin a session for each, more of one who is named more often; return the tokens."""

        def work(change: Change) -> list[str]:
            policy, users = change.store.policy.get(), self.parts.users
            owners = {each.id: each for each in change.store.lock_all(users, set(ids))}
            return [begin(change, owners[id], policy, ["pwd"], ORIGIN).token for id in ids]

        return self.parts.transactions.write(self.caller, work)

    def make_keys(self, id: str, count: int) -> list[str]:
        """Make API keys for a user; return their tokens."""
        keys = self.parts.keys
        return [keys.make_for(self.caller, id, KEY)[1] for _ in range(count)]

    def enrol(self, ids: Sequence[str]) -> None:
        """Give each an authenticator application."""
        seal = self.parts.authenticators.seal

        def work(change: Change) -> None:
            for owner in change.store.lock_all(self.parts.users, chunk):
                sealed = seal.close("secret", owner.id)
                made = Authenticator(new_id(), Factor.TOTP, "phone", change.now, sealed, 0)
                change.store.authenticators.add(owner.key, made)

        for at in range(0, len(ids), CHUNK):
            chunk = ids[at : at + CHUNK]
            self.parts.transactions.write(self.caller, work)


@contextmanager
def people(server: Server) -> Iterator[People]:
    """The users of a server, reached by its database."""
    parts = build(read_config(server.settings))
    try:
        yield People(parts)
    finally:
        parts.database.close()
