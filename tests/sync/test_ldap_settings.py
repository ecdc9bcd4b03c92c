"""What may stand in [ldap], and that all that is wrong is told at once, without secrets."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from scim_server.sync.faults import Faults
from scim_server.sync.ldap import Settings, read_settings
from tests.certificates import Authority
from tests.sync.directories import around

GOOD = {
    "url": "ldaps://ldap.example.com",
    "bind": "cn=reader,dc=example,dc=com",
    "password_env": "LDAP",
    "base": "dc=example,dc=com",
}


def settings(given: object, folder: Path = Path()) -> tuple[Settings | None, list[str]]:
    faults = Faults()
    return read_settings(given, "ldap", faults, around(folder)), list(faults)


def without(*names: str, **more: Any) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name not in names} | more


def test_the_least_that_is_needed() -> None:
    made, faults = settings(GOOD)
    assert faults == []
    assert made is not None
    assert [str(at) for at in made.addresses] == ["ldaps://ldap.example.com:636"]
    assert made.context is not None
    assert made.context.check_hostname
    assert {part.bases for part in made.parts.values()} == {("dc=example,dc=com",)}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ldap://[2001:db8::1]", "ldap://[2001:db8::1]:389"),
        ("LDAPS://Ldap.Example.COM:3269/", "ldaps://ldap.example.com:3269"),
    ],
)
def test_addresses(url: str, told: str) -> None:
    made, _ = settings(without("url", url=[url]))
    assert made is not None
    assert str(made.addresses[0]) == told


FAULTS: list[tuple[Mapping[str, Any], str]] = [
    (without("url"), "ldap.url: Missing"),
    (without(url=[]), "ldap.url: must be text, or an array of texts"),
    (without(url=["ldaps://x", 5]), "ldap.url: must be text"),
    (without(url="ldapi:///run/slapd"), "ldap.url: ldapi:///run/slapd must be ldaps://HOST"),
    (without(url="ldaps://"), "must be ldaps://HOST"),
    (without(url="ldaps://x/dc=example"), "must be ldaps://HOST"),
    (without(url="ldaps://x:99999"), "ldap.url: is no address"),
    (without(url="ldaps://ex..ample.com"), "ldap.url: is no address"),
    (without(url=f"ldaps://{'x' * 64}.com"), "ldap.url: is no address"),
    (without(url="ldaps://[fe80::1%25lo]"), "must be ldaps://HOST"),
    (without(url="ldaps://me:secret@x"), "must hold no name and no password"),
    (without(tls="none"), 'ldap.tls: may be "none" only'),
    (without(tls="none", url="ldap://ldap.example.com"), 'ldap.tls: may be "none" only'),
    (without(tls="none", url=["ldap://127.0.0.1", "ldap://x"]), 'ldap.tls: may be "none" only'),
    (without(tls="off"), "ldap.tls: Must be one of: required, none"),
    (without(ca_file="gone.pem"), "ldap.ca_file"),
    (without(cert_file="gone.pem"), "ldap.cert_file: cannot be used"),
    (without(ca_file="a\0b"), "ldap.ca_file: must be a path"),
    (without(cert_file="a\0b"), "ldap.cert_file: must be a path"),
    (without(bind="a\0b"), "ldap.bind: "),
    (without(key_file="gone.key"), "ldap.key_file: needs a cert_file"),
    (without("bind"), "ldap.bind: is missing"),
    (without("password_env"), "ldap: needs password_env or password_file"),
    (without(password_env="GONE"), "ldap.password_env: the environment has no variable GONE"),
    (without("password_env", password_file="empty"), "ldap.password_file"),
    (without(password="secret"), "ldap.password"),
    (without(mechanism="gssapi"), "Must be one of: simple, plain, external, anonymous"),
    (without(mechanism="anonymous"), 'ldap.mechanism: "anonymous" takes no bind'),
    (without("bind", "password_env", mechanism="external"), "ldap.cert_file: is missing"),
    (without("base"), "ldap.users.base: is missing"),
    (without("base"), "ldap.groups.base: is missing"),
    (without(base="people"), "ldap.base: people is no distinguished name"),
    (without(base=""), "ldap.base: must be text"),
    (
        without(base=["dc=example", "ou=x,dc=EXAMPLE"]),
        "ldap.users.base: ou=x,dc=EXAMPLE lies below another one",
    ),
    (without(users={"filter": "uid=*"}), "ldap.users.filter: is no filter"),
    (without(users={"filter": "(&(uid=*)(!(x=y))"}), "ldap.users.filter: is no filter"),
    (without(groups={"filter": "(!" * 50 + "(a=b)" + ")" * 50}), "is nested deeper than 50"),
    (without(users={"filter": f"(a={'b' * 9000})"}), "is longer than 8192"),
    (without(users={"scope": "base"}), "ldap.users.scope"),
    (without(users={"id": "a b"}), "ldap.users.id"),
    (without(users={"members": "member"}), "ldap.users.members"),
    (without(users="ou=people"), "ldap.users: must be a table"),
    (without(groups={"by": "magic"}), "ldap.groups.by: Must be one of: members, memberOf"),
    (without(groups={"nested": "yes"}), "ldap.groups.nested: Must be one of: keep, flatten"),
    (without(flags=["lockoutTime"]), "ldap.flags"),
    (without(dialect="novell"), "ldap.dialect: Must be one of: auto, openldap, 389ds, active"),
    (without(page_size=0), "ldap.page_size"),
    (without(page_size="many"), "ldap.page_size"),
    (without(answer_seconds=0), "ldap.answer_seconds"),
    (without(reading_seconds=0), "ldap.reading_seconds"),
    (without(most_entries=0), "ldap.most_entries"),
    (without(referrals="follow"), "ldap.referrals: Must be one of: refuse, ignore"),
    (without(binary=5), "ldap.binary: must be text"),
    (without(verify=False), "ldap.verify"),
]


@pytest.mark.parametrize(("given", "told"), FAULTS)
def test_each_fault_is_told_with_its_place(
    given: Mapping[str, Any], told: str, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_text("\n")
    made, faults = settings(given, tmp_path)
    assert made is None
    assert any(told in fault for fault in faults), faults
    assert "secret" not in " ".join(faults)


def test_all_faults_are_told_at_once() -> None:
    _, faults = settings(
        {
            "url": 5,
            "tls": 5,
            "bnd": "cn=reader",
            "base": "people",
            "ca_file": "gone",
            "password_env": "GONE",
            "page_size": 0,
            "users": {"filter": "x", "scop": "one"},
            "groups": {"nested": "maybe"},
        }
    )
    assert sorted(fault.partition(":")[0] for fault in faults) == [
        "ldap.base",
        "ldap.bind",
        "ldap.bnd",
        "ldap.ca_file",
        "ldap.groups.nested",
        "ldap.page_size",
        "ldap.password_env",
        "ldap.tls",
        "ldap.url",
        "ldap.users.filter",
        "ldap.users.scop",
    ]


@pytest.mark.parametrize("given", [None, [], "x", 5])
def test_what_is_no_table_is_a_fault(given: object) -> None:
    assert settings(given) == (None, ["ldap: must be a table"])


def test_a_key_that_needs_a_password_is_a_fault_and_no_question(tmp_path: Path) -> None:
    pair = Authority(tmp_path).signed("reader")
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"word"),
        )
    )
    given = without(cert_file=str(pair.certificate), key_file=str(locked))
    made, [fault] = settings(given)
    assert made is None
    assert fault.startswith("ldap.cert_file: cannot be used")


def test_the_password_is_in_no_representation() -> None:
    made, _ = settings(GOOD)
    assert made is not None
    assert made.bind.password not in repr(made)
