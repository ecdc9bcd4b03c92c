"""What users prove themselves with, and what they get for it."""

from sqlalchemy import BigInteger, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from scim_server.store.models.base import Base, code_point_text, tenant_key, users_key


class LoginRow(Base):
    """How one user signs in with a password, and how often that failed.

    password:      argon2id hash; None: no password
    must_change:   1: it is a temporary one
    password_ends: when a temporary one stops to work
    """

    __tablename__ = "login"
    tenant: Mapped[int] = tenant_key()
    user: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    password: Mapped[str | None] = mapped_column(Text)
    password_set: Mapped[str | None] = mapped_column(code_point_text())
    must_change: Mapped[int] = mapped_column(Integer)
    password_ends: Mapped[str | None] = mapped_column(code_point_text())
    failures: Mapped[int] = mapped_column(Integer)
    locked_until: Mapped[str | None] = mapped_column(code_point_text())
    __table_args__ = (users_key(), Index("login_locked", "tenant", "locked_until"))


class SessionRow(Base):
    """One session of a user: the SHA-256 of its token, never itself."""

    __tablename__ = "session"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[str] = mapped_column(code_point_text())
    used: Mapped[str] = mapped_column(code_point_text())
    idle_ends: Mapped[str] = mapped_column(code_point_text())
    ends: Mapped[str] = mapped_column(code_point_text())
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(Text)
    methods: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        users_key(),
        Index("session_user", "tenant", "user"),
        {"sqlite_with_rowid": False},
    )


class ApiKeyRow(Base):
    """One API key: a user's own, or the system's where ``user`` is None.

    lent: 1 where somebody else made it for the user, see directory/rights/lent_keys.py
    """

    __tablename__ = "api_key"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user: Mapped[int | None] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(100))
    scopes: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    created: Mapped[str] = mapped_column(code_point_text())
    created_by: Mapped[str] = mapped_column(String(100))
    expires: Mapped[str | None] = mapped_column(code_point_text())
    used: Mapped[str | None] = mapped_column(code_point_text())
    lent: Mapped[int] = mapped_column(Integer)
    __table_args__ = (users_key(), Index("api_key_user", "tenant", "user"))


class AuthenticatorRow(Base):
    """A second factor of a user.

    kind:    totp or webauthn
    handle:  the credential id of a WebAuthn key
    secret:  of TOTP, sealed (directory/authenticators/sealing.py); the public key of WebAuthn
    counter: the last time step, or signature count, that was accepted
    """

    __tablename__ = "authenticator"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(100))
    created: Mapped[str] = mapped_column(code_point_text())
    used: Mapped[str | None] = mapped_column(code_point_text())
    handle: Mapped[str | None] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    counter: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (
        users_key(),
        Index("authenticator_user", "tenant", "user"),
        Index("authenticator_handle", "tenant", "handle", unique=True),
    )


class RecoveryCodeRow(Base):
    """A code that stands in for a second factor once: its SHA-256."""

    __tablename__ = "recovery_code"
    tenant: Mapped[int] = tenant_key()
    user: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (users_key(),)


class ChallengeRow(Base):
    """A ceremony that has begun: a sign-in that waits for a second factor, a key to register."""

    __tablename__ = "challenge"
    tenant: Mapped[int] = tenant_key()
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    user: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(16))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    expires: Mapped[str] = mapped_column(code_point_text())
    __table_args__ = (
        users_key(),
        Index("challenge_user", "tenant", "user"),
        Index("challenge_expires", "tenant", "expires"),
    )
