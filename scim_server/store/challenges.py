"""Sign-ins that have begun, as rows."""

import orjson
from sqlalchemy import Connection, bindparam, delete, select

from scim_server.directory.signing.challenges import Challenge, Missing
from scim_server.store.models import CHALLENGE, RESOURCE
from scim_server.store.prepared import Prepared
from scim_server.store.sql import insert_many

_GET = Prepared(
    select(
        CHALLENGE.c.id,
        RESOURCE.c.public_id,
        CHALLENGE.c.purpose,
        CHALLENGE.c.digest,
        CHALLENGE.c.content,
        CHALLENGE.c.expires,
    )
    .join(
        RESOURCE,
        (RESOURCE.c.tenant == CHALLENGE.c.tenant) & (RESOURCE.c.id == CHALLENGE.c.user),
    )
    .where(
        CHALLENGE.c.tenant == bindparam("_tenant"),
        CHALLENGE.c.id == bindparam("_id"),
        # Not IN, which is spelled anew for each execution.
        (CHALLENGE.c.purpose == Missing.SECOND.value)
        | (CHALLENGE.c.purpose == Missing.PASSWORD.value),
    )
)
_END = delete(CHALLENGE).where(
    CHALLENGE.c.tenant == bindparam("_tenant"), CHALLENGE.c.id == bindparam("_id")
)


class SqlChallenges:
    """directory.challenges.ChallengeStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def add(self, user: int, challenge: Challenge) -> None:
        """For the user with this store key."""
        row = (
            self.tenant,
            challenge.id,
            user,
            challenge.missing.value,
            challenge.digest,
            orjson.dumps(challenge.content).decode(),
            challenge.expires,
        )
        insert_many(self.connection, CHALLENGE, [row])

    def get(self, id: str) -> Challenge | None:
        """One that is a sign-in's."""
        rows = _GET.rows(self.connection, _tenant=self.tenant, _id=id)
        if not rows:
            return None
        [(id, user, purpose, digest, content, expires)] = rows
        return Challenge(id, user, Missing(purpose), digest, orjson.loads(content), expires)

    def end(self, id: str) -> bool:
        """Whether there was one."""
        names = {"_tenant": self.tenant, "_id": id}
        return self.connection.execute(_END, names).rowcount == 1
