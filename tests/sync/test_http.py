"""What all sources behind an address have in common."""

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scim_server.sync.entries import SourceFault
from scim_server.sync.faults import Faults
from scim_server.sync.http import instant, trust
from tests.certificates import Authority
from tests.sync.scim_peer import Peer, peer, pulled

AFTERNOON = datetime(2026, 11, 21, 15, tzinfo=UTC)


@pytest.mark.parametrize("zone", [" GMT", " -0000", " +0000", "", " XYZ"])
def test_an_http_date_is_in_utc(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert instant(f"Sat, 21 Nov 2026 15:00:00{zone}") == AFTERNOON
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "text",
    [
        *("", "today", "Sat, 99 Nov 2026 15:00:00 GMT", "Fri, 31 Dec 9999 23:00:00 -0500"),
        "Sat, 21 Nov 2026 15:00:00 +99999999999999",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert instant(text) is None


def test_a_file_of_certificates_takes_the_place_of_the_system_s(tmp_path: Path) -> None:
    authority, faults = Authority(tmp_path), Faults()
    context = trust(tmp_path, authority.ca.name, "x", faults)
    assert [len(context.get_ca_certs()), faults] == [1, []]


def test_nobody_is_believed_where_the_file_is_faulty(tmp_path: Path) -> None:
    faults = Faults()
    context = trust(tmp_path, "nowhere.pem", "x", faults)
    assert (context.get_ca_certs(), context.check_hostname) == ([], True)
    assert len(faults) == 1 and faults[0].startswith("x.ca_file: ")


def test_no_proxy_reads_what_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer() as proxy, peer() as other:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert pulled(other) == []
        assert proxy.asked == []


@pytest.mark.parametrize("proxy", ["gopher://x", "http://x:port", "socks5://127.0.0.1:1"])
def test_a_proxy_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    other = Peer()
    other.url = "https://127.0.0.1:1"
    with pytest.raises(SourceFault, match="a proxy that is none"):
        pulled(other)
