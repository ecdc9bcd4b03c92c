"""Which attributes say that an account is switched off.

Not among them: a lockout after too many wrong passwords (``lockoutTime``, or a moment in
``pwdAccountLockedTime``). It is no departure, and anybody who can reach a sign-in form can bring
it about.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

FOR_EVER = "000001010000Z"
"""A lock by an administrator, in ``pwdAccountLockedTime``."""

ACCOUNTDISABLE = 0x2
_FILETIME_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# What stands for "never" in accountExpires.
_NEVER = frozenset({0, 0x7FFF_FFFF_FFFF_FFFF})


def filetime(moment: datetime) -> int:
    """In steps of 100 ns since 1601, as Active Directory counts."""
    return (moment - _FILETIME_EPOCH) // timedelta(microseconds=1) * 10


def _is_expired(text: str, now: datetime) -> bool:
    expires = int(text)
    return expires not in _NEVER and expires <= filetime(now)


def _is_past(text: str, now: datetime) -> bool:
    """Days since 1970; shadow(5) advises against 0, which some read as never."""
    return 0 < int(text) <= (now - _UNIX_EPOCH).days


FLAGS: Mapping[str, Callable[[str, datetime], bool]] = {
    "userAccountControl": lambda text, _: bool(int(text) & ACCOUNTDISABLE),
    "accountExpires": _is_expired,
    "nsAccountLock": lambda text, _: text.casefold() == "true",
    "pwdAccountLockedTime": lambda text, _: text == FOR_EVER,
    "shadowExpire": _is_past,
}
"""By attribute: whether this value of it, now, says that the account is off."""


def is_active(
    flags: Sequence[str], first: Callable[[str], str | None], now: datetime
) -> bool | None:
    """What an entry says with these flags; None: with none of them asked, nothing.

    first: the value of an attribute. Raises ValueError: a value is not what the flag has.
    """
    if not flags:
        return None
    told = ((FLAGS[flag], first(flag)) for flag in flags)
    return not any(is_off(text, now) for is_off, text in told if text is not None)
