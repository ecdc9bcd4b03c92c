"""Links as rows."""

from sqlalchemy import Connection, and_, bindparam, delete, exists, select, update

from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.signing.links import Link, Purpose
from scim_server.store.models import LINK, MAIL, RESOURCE
from scim_server.store.prepared import Prepared
from scim_server.store.sql import insert_many

_PLAIN = ("id", "address", "digest", "created", "expires")
_OWNER = and_(RESOURCE.c.tenant == LINK.c.tenant, RESOURCE.c.id == LINK.c.user)
_GET = Prepared(
    select(RESOURCE.c.public_id, LINK.c.purpose, *(LINK.c[name] for name in _PLAIN))
    .join(LINK, _OWNER)
    .where(LINK.c.tenant == bindparam("_tenant"), LINK.c.id == bindparam("_id"))
)
CARRIED = exists().where(
    MAIL.c.tenant == LINK.c.tenant,
    MAIL.c.user == LINK.c.user,
    MAIL.c.link == LINK.c.id,
    MAIL.c.ended.is_(None),
)
"""By a mail that waits or was put off: its time begins anew when that is sent."""
_REGISTERED = and_(
    LINK.c.purpose == Purpose.VERIFICATION.value, RESOURCE.c.status == Status.PENDING.value
)
OF_REGISTERED = exists().where(_OWNER, _REGISTERED)
"""It tells that the account was registered, until that is confirmed or deleted."""
_OTHER = LINK.alias()


class SqlLinks:
    """directory.links.LinkStore over one connection."""

    def __init__(self, connection: Connection, tenant: int) -> None:
        self.connection = connection
        self.tenant = tenant

    def put(self, user: int, link: Link) -> None:
        """Of the user with this store key."""
        row = (
            self.tenant,
            link.id,
            user,
            link.purpose.value,
            link.address,
            link.digest,
            link.created,
            link.expires,
        )
        insert_many(self.connection, LINK, [row])

    def get(self, id: str) -> Link | None:
        """By id."""
        rows = _GET.rows(self.connection, _tenant=self.tenant, _id=id)
        if not rows:
            return None
        [row] = rows
        plain = {name: getattr(row, name) for name in _PLAIN}
        return Link(user=row.public_id, purpose=Purpose(row.purpose), **plain)

    def sign(self, id: str, digest: str, expires: str) -> bool:
        """From now on it is this token that opens it; False: it has died."""
        signing = update(LINK).where(LINK.c.tenant == self.tenant, LINK.c.id == id)
        done = self.connection.execute(signing.values(digest=digest, expires=expires))
        return done.rowcount == 1

    def take(self, id: str) -> bool:
        """It is used; False: it was before."""
        taking = delete(LINK).where(LINK.c.tenant == self.tenant, LINK.c.id == id)
        return self.connection.execute(taking).rowcount == 1

    def close(self, id: str, now: str) -> None:
        """Nothing opens it any more."""
        closing = update(LINK).where(LINK.c.tenant == self.tenant, LINK.c.id == id)
        self.connection.execute(closing.values(digest=None, expires=now))

    def end(self, user: int, purpose: Purpose | None = None) -> None:
        """End the links of a user, or those for one purpose, and the mails that wait with them."""
        ended = [LINK.c.tenant == self.tenant, LINK.c.user == user]
        if purpose is not None:
            ended.append(LINK.c.purpose == purpose.value)
        waiting = select(LINK.c.id).where(*ended)
        self.connection.execute(
            delete(MAIL).where(
                MAIL.c.tenant == self.tenant,
                MAIL.c.user == user,
                MAIL.c.link.in_(waiting),
                MAIL.c.ended.is_(None),
            )
        )
        self.connection.execute(delete(LINK).where(*ended))

    def is_made_since(self, user: int, purpose: Purpose, since: str) -> bool:
        """Whether a link for that purpose was made since then, and is still kept."""
        made = exists().where(
            LINK.c.tenant == self.tenant,
            LINK.c.user == user,
            LINK.c.purpose == purpose.value,
            LINK.c.created >= since,
        )
        return bool(self.connection.execute(select(made)).scalar_one())

    def unconfirmed(self, now: str, most: int) -> list[str]:
        """Ids of Pending users who have registered, and whose links are all over."""
        another = exists().where(
            _OTHER.c.tenant == LINK.c.tenant, _OTHER.c.user == LINK.c.user, _OTHER.c.expires > now
        )
        statement = (
            select(RESOURCE.c.public_id)
            .join(LINK, _OWNER)
            .where(LINK.c.tenant == self.tenant, LINK.c.expires <= now, _REGISTERED)
            .where(~CARRIED, ~another)
            .distinct()
            .limit(most)
        )
        return list(self.connection.execute(statement).scalars())
