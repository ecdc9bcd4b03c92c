"""One exception per row of RFC 7644 Tables 8 and 9, and of RFC 9865 Table 3.

Raised where the fault is found, naming the thing at fault; rendered in web/errors.py only.
"""

ERROR_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"


class ScimError(Exception):
    """A refusal with its HTTP status and, where Table 9 has one, its scimType."""

    status = 500
    scim_type: str | None = None

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail

    def body(self) -> dict[str, object]:
        """The Error message of §3.12; ``status`` is a string."""
        body: dict[str, object] = {"schemas": [ERROR_SCHEMA], "status": str(self.status)}
        if self.scim_type is not None:
            body["scimType"] = self.scim_type
        return body | {"detail": self.detail}


class BadRequest(ScimError):
    """Malformed in a way that Table 9 has no keyword for."""

    status = 400


class InvalidFilter(BadRequest):
    """The filter cannot be parsed, or compares what cannot be compared (§3.4.2.2)."""

    scim_type = "invalidFilter"


class TooMany(BadRequest):
    """More results than the server is willing to compute (§3.4.2.1)."""

    scim_type = "tooMany"


class InvalidSyntax(BadRequest):
    """The body is no JSON, or not the message that the endpoint takes."""

    scim_type = "invalidSyntax"


class InvalidPath(BadRequest):
    """A PATCH path or ``sortBy`` is malformed or names an unknown attribute (§3.5.2)."""

    scim_type = "invalidPath"


class NoTarget(BadRequest):
    """The PATCH path selects nothing, or a removal has no path (§3.5.2)."""

    scim_type = "noTarget"


class InvalidValue(BadRequest):
    """A required value is missing, or a value has the wrong type or form."""

    scim_type = "invalidValue"


class UnknownMembers(InvalidValue):
    """Members are not among the resources that there are; ``ids`` names them."""

    def __init__(self, detail: str, ids: frozenset[str]) -> None:
        super().__init__(detail)
        self.ids = ids


class InvalidVersion(BadRequest):
    """The protocol version in the URL is not served (§3.13)."""

    scim_type = "invalidVers"


class NotMutable(BadRequest):
    """A readOnly, immutable or required attribute would be changed or emptied."""

    scim_type = "mutability"


class InvalidCursor(BadRequest):
    """The cursor is not one that this caller was given for this query (RFC 9865 §2.1)."""

    scim_type = "invalidCursor"


class ExpiredCursor(BadRequest):
    """The cursor is older than ``cursorTimeout`` (RFC 9865 §2.1)."""

    scim_type = "expiredCursor"


class InvalidCount(BadRequest):
    """The page size differs from the one the cursor was made for (RFC 9865 §2.1)."""

    scim_type = "invalidCount"


class Unauthorized(ScimError):
    """No credential, or one that does not stand (§2)."""

    status = 401


class Forbidden(ScimError):
    """The credential stands and does not allow this."""

    status = 403


class Sensitive(Forbidden):
    """A filter in a URL would carry a secret (§7.5.2)."""

    scim_type = "sensitive"


class NotFound(ScimError):
    """Unknown, deleted, or another tenant's: the answer is the same."""

    status = 404


class MethodNotAllowed(ScimError):
    """The path is known, the method is not valid there."""

    status = 405


class NotAcceptable(ScimError):
    """The client accepts no JSON."""

    status = 406


class TooSlow(ScimError):
    """The request did not come to its end in time."""

    status = 408


class Conflict(ScimError):
    """The state of other resources forbids this (§3.7.1)."""

    status = 409


class NotUnique(Conflict):
    """A unique value is taken."""

    scim_type = "uniqueness"


class VersionMismatch(ScimError):
    """If-Match, or a Bulk ``version``, is not the current one (§3.14)."""

    status = 412


class TooLarge(ScimError):
    """A limit of ServiceProviderConfig or of the settings is exceeded (§3.7.4)."""

    status = 413


class UnsupportedMediaType(ScimError):
    """The body is not JSON by its Content-Type (§3.8)."""

    status = 415


class TooManyRequests(ScimError):
    """The client's request rate is exceeded; ``retry_after`` is in whole seconds."""

    status = 429

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class NotImplementedHere(ScimError):
    """An optional operation that this server does not offer."""

    status = 501


class Unavailable(ScimError):
    """The database is away or too busy; ``retry_after`` is in whole seconds."""

    status = 503

    def __init__(self, detail: str, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
