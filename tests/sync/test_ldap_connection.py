"""How an LDAP server is reached: encrypted, checked, bound, and the next one where it is silent."""

import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.processes import free_port
from scim_server.sync.entries import SourceFault
from scim_server.sync.ldap.connection import session
from tests.certificates import Authority
from tests.ldap.slapd import AD_SUFFIX, NOT_IN_CERTIFICATE, PASSWORD, READER, Slapd, Tree
from tests.sync.directories import read, settings, source, table


def encrypted(tree: Tree, **more: Any) -> dict[str, Any]:
    given = {**table(tree), "url": tree.server.tls_url, "ca_file": str(tree.server.authority.ca)}
    del given["tls"]
    return {**given, **more}


@pytest.fixture
def ada(tree: Tree) -> Tree:
    """A part of the tree with one user."""
    tree.person("ada")
    return tree


@pytest.mark.parametrize("way", ["url", "tls_url"])
def test_a_connection_is_encrypted_from_the_beginning_or_by_starttls(ada: Tree, way: str) -> None:
    given = encrypted(ada, url=getattr(ada.server, way))
    with session(settings(given)) as opened:
        assert opened.connection.socket.version() in ("TLSv1.2", "TLSv1.3")
    assert read(source(given)).uids == ["ada"]


@pytest.mark.parametrize("way", ["url", "tls_url"])
def test_a_server_that_another_authority_vouches_for_is_refused(
    ada: Tree, way: str, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path)
    given = encrypted(ada, url=getattr(ada.server, way), ca_file=str(stranger.ca))
    with pytest.raises(SourceFault, match="certificate verify failed"):
        read(source(given))


@pytest.mark.parametrize("way", ["url", "tls_url"])
def test_a_certificate_for_another_name_is_refused(ada: Tree, way: str) -> None:
    url = getattr(ada.server, way).replace("127.0.0.1", NOT_IN_CERTIFICATE)
    with pytest.raises(SourceFault, match="IP address mismatch"):
        read(source(encrypted(ada, url=url)))


def test_without_an_authority_that_one_trusts_nothing_is_read(ada: Tree) -> None:
    given = encrypted(ada)
    del given["ca_file"]
    with pytest.raises(SourceFault, match="certificate verify failed"):
        read(source(given))


def test_a_wrong_password_ends_the_reading_and_is_in_no_message(ada: Tree) -> None:
    given = table(ada, bind=READER.replace("reader", "limited"), password_file="wrong")
    del given["password_env"]
    folder = Path(ada.server.authority.ca).parent
    (folder / "wrong").write_text("not-the-password\n")
    with pytest.raises(SourceFault, match="refuses the bind: invalidCredentials") as fault:
        read(source(given, folder=folder))
    assert "not-the-password" not in str(fault.value)
    assert PASSWORD not in repr(source(table(ada)))


def test_a_refused_bind_is_not_tried_elsewhere(ada: Tree) -> None:
    """Three servers would count three failures, and lock the account."""
    given = table(ada, url=[ada.server.url] * 2, bind=f"cn=nobody,{ada.base}")
    with pytest.raises(SourceFault) as fault:
        read(source(given))
    assert str(fault.value).count("invalidCredentials") == 1


def test_a_certificate_can_be_the_credential(ada: Tree) -> None:
    client = ada.server.client
    given = encrypted(
        ada,
        mechanism="external",
        cert_file=str(client.certificate),
        key_file=str(client.key),
    )
    del given["bind"], given["password_env"]
    assert read(source(given)).uids == ["ada"]


def test_sasl_plain_takes_a_user_name(ada: Tree) -> None:
    assert read(source(encrypted(ada, mechanism="plain", bind="reader"))).uids == ["ada"]


def test_anonymous_reads_what_anybody_may(slapd_server: Slapd, ada: Tree) -> None:
    corp = slapd_server.tree(AD_SUFFIX)
    corp.account("bob", objectGUID=bytes(range(16)))
    anonymous = {"mechanism": "anonymous", "dialect": "active directory"}
    for tree, outcome in ((corp, 1), (ada, "insufficientAccessRights")):
        given = table(tree, users={"filter": "(objectClass=user)"}, **anonymous)
        del given["bind"], given["password_env"]
        if outcome == 1:
            assert len(read(source(given)).users) == 1
        else:
            with pytest.raises(SourceFault, match=str(outcome)):
                read(source(given))


def test_the_next_server_is_asked_where_one_is_silent(ada: Tree) -> None:
    nobody = f"ldap://127.0.0.1:{free_port()}"
    assert read(source(table(ada, url=[nobody, ada.server.url]))).uids == ["ada"]


def test_where_all_are_silent_each_is_named(ada: Tree) -> None:
    silent = [f"ldap://127.0.0.1:{free_port()}" for _ in range(2)]
    with pytest.raises(SourceFault) as fault:
        read(source(table(ada, url=silent)))
    assert all(url in str(fault.value) for url in silent)
    assert "refused" in str(fault.value)


def test_a_server_that_says_nothing_is_not_waited_for_long(ada: Tree) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        url = f"ldap://127.0.0.1:{deaf.getsockname()[1]}"
        given = table(ada, url=[url, ada.server.url], answer_seconds=1)
        assert read(source(given)).uids == ["ada"]
