"""Who is switched off in a directory, and who only looks so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scim_server.sync.ldap.flags import filetime
from tests.ldap.slapd import AD_SUFFIX, Slapd, Tree
from tests.sync.directories import entries, read, source, table

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NEVER = 0x7FFF_FFFF_FFFF_FFFF
DAYS = (NOW - datetime(1970, 1, 1, tzinfo=UTC)).days


def active(tree: Tree, **more: Any) -> bool | None:
    [found] = entries(read(source(table(tree, **more), clock=lambda: NOW)).users)
    return found.active


@pytest.mark.parametrize(
    ("attributes", "is_active"),
    [
        ({"userAccountControl": "512"}, True),
        ({"userAccountControl": "514"}, False),
        ({"userAccountControl": "66048"}, True),
        ({"userAccountControl": "66050"}, False),
        ({"accountExpires": "0"}, True),
        ({"accountExpires": str(NEVER)}, True),
        ({"accountExpires": str(filetime(NOW + DAY))}, True),
        ({"accountExpires": str(filetime(NOW))}, False),
        ({"accountExpires": str(filetime(NOW - DAY))}, False),
        ({"userAccountControl": "514", "accountExpires": "0"}, False),
        ({"lockoutTime": str(filetime(NOW - DAY))}, True),
    ],
)
def test_flags_of_active_directory(
    slapd_server: Slapd, attributes: dict[str, str], is_active: bool
) -> None:
    corp = slapd_server.tree(AD_SUFFIX)
    corp.account("ada", objectGUID=bytes(range(16)), **attributes)
    given = {"dialect": "active directory", "users": {"filter": "(objectClass=user)"}}
    assert active(corp, **given) is is_active


@pytest.mark.parametrize(
    ("told", "is_active"),
    [({}, True), ({"nsAccountLock": "TRUE"}, False), ({"nsAccountLock": "false"}, True)],
)
def test_the_flag_of_389_directory_server(
    tree: Tree, told: dict[str, str], is_active: bool
) -> None:
    tree.person("ada", objectClass=["inetOrgPerson", "testPerson"], nsUniqueId="6a-1", **told)
    assert active(tree, dialect="389ds") is is_active


@pytest.mark.parametrize(
    ("locked", "is_active"),
    [(None, True), ("000001010000Z", False), ("20260301115900Z", True)],
)
def test_a_lockout_by_wrong_passwords_is_no_departure(
    tree: Tree, locked: str | None, is_active: bool
) -> None:
    tree.person("ada", **({"pwdAccountLockedTime": locked} if locked else {}))
    assert active(tree) is is_active


@pytest.mark.parametrize(
    ("expires", "is_active"), [(DAYS + 1, True), (DAYS, False), (-1, True), (0, True)]
)
def test_shadow_accounts_expire_where_that_counts(
    tree: Tree, expires: int, is_active: bool
) -> None:
    shadow = {"objectClass": ["inetOrgPerson", "shadowAccount"], "shadowExpire": str(expires)}
    tree.person("ada", **shadow)
    assert active(tree) is True
    assert active(tree, flags=["pwdAccountLockedTime", "shadowExpire"]) is is_active


def test_without_flags_nothing_is_said(tree: Tree) -> None:
    tree.person("ada")
    assert active(tree, flags=[]) is None
