"""RFC 7644 §7.2: what travels is encrypted, and no credential stands in a URL."""

import socket
import ssl
import warnings
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, urlsplit

from conformance.check import check
from conformance.story import Interrupted, Story
from conformance.wire import Endpoint

SECONDS = 10
PORT = 443
INSIDE = (".local", ".internal", ".localhost")
"""Top-level names that no public name has."""


@check("SEC-001", "UCS-001")
def the_service_is_encrypted(story: Story) -> None:
    """The service is reached by TLS and by nothing else; within a network, nothing is said."""
    url = urlsplit(story.subject.endpoint.base_url)
    if url.scheme == "https":
        story.expect("SEC-001", not _plainly_served(story, url), "nothing over plain HTTP")
        story.expect("SEC-001", not _old_tls(url), "no handshake of TLS 1.0 or 1.1 (BCP 195)")
    elif not _inside(str(url.hostname)):
        # What is reached from within alone may be behind what ends TLS for everybody else.
        story.expect("SEC-001", False, "an https URL")
        story.expect("UCS-001", False, "an https URL")


@check("AUT-008")
def a_token_in_a_url_is_no_credential(story: Story) -> None:
    """A token in the query is 401 (RFC 6750 §2.3); asked of a loopback address only."""
    own = story.subject.endpoint
    if not _loopback(str(urlsplit(own.base_url).hostname)):
        return  # the URL would stand in the logs of everything on the way, the token in it
    for name in ("access_token", "token", "api_key"):
        token = f"{name}={quote(own.token, safe='')}"
        path = f"{story.subject.endpoint_of('User')}?count=1&{token}"
        answer = story.send("GET", path, headers={"Authorization": None})
        story.expect("AUT-008", answer.status == 401, "401: the token is in no header")


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _inside(host: str) -> bool:
    """Whether nobody of the public Internet reaches it by this name or address."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(INSIDE)


def _plainly_served(story: Story, url: SplitResult) -> bool:
    """Whether the same host answers a SCIM request that is not encrypted; no credential is sent."""
    port = "" if url.port in (None, PORT) else f":{url.port}"
    host = f"[{url.hostname}]" if ":" in str(url.hostname) else url.hostname
    plain = Endpoint(f"http://{host}{port}{url.path}", "")
    with suppress(Interrupted):
        answer = story.send(
            "GET", "/ServiceProviderConfig", headers={"Authorization": None}, endpoint=plain
        )
        return answer.status == 200 and "schemas" in answer.document
    return False


def _old_tls(url: SplitResult) -> bool:
    """Whether a handshake below TLS 1.2 succeeds."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with suppress(OSError, ValueError), warnings.catch_warnings():
        # Else the library of this side refuses before the server is asked, and warns of old TLS.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        address = (str(url.hostname), url.port or PORT)
        with (
            socket.create_connection(address, SECONDS) as raw,
            context.wrap_socket(raw, server_hostname=url.hostname),
        ):
            return True
    return False
