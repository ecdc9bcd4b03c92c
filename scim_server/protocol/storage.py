"""What this server keeps elsewhere than in the document of a resource: ours, in no RFC."""

from dataclasses import dataclass

STANDING = ("status", "source", "role", "lastSignIn")
"""Attributes of the account extension that are kept beside the document: they change by steps and
by sign-ins, not by what a client writes."""


@dataclass(frozen=True, slots=True)
class Storage:
    """What this server keeps elsewhere than in the document; from resource_types.json, unpublished.

    account:    URN of the extension in which STANDING are attributes
    addresses:  the list of e-mail addresses; mail goes to the primary one, else to the first
    display:    attributes; the first assigned one is shown where the resource is referred to
    identifier: attributes that people sign in with: no control, zero-width, bidi characters
    members:    the attribute kept as membership rows
    member_of:  its readOnly inverse, computed
    password:   the secret that people sign in with, where the tenant's policy lets SCIM set it
    status:     the boolean that shows the account status
    applications: the list in which assigned applications are shown besides what clients write
    """

    account: str | None = None
    addresses: str | None = None
    display: tuple[str, ...] = ()
    identifier: tuple[str, ...] = ()
    members: str | None = None
    member_of: str | None = None
    password: str | None = None
    status: str | None = None
    applications: str | None = None
