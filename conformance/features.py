"""What a server says that it can do (RFC 7643 §5, §6, RFC 9865 §4, RFC 9944, RFC 9967 §4)."""

from collections.abc import Iterable, Mapping

SWITCHES = {
    "patch": "patch",
    "bulk": "bulk",
    "filter": "filter",
    "cpw": "changePassword",
    "sort": "sort",
    "etag": "etag",
}
"""Feature to the member of ServiceProviderConfig that has its ``supported``."""
PAGINATION = {"cursor": "cursor", "index": "index"}
"""Feature to the boolean in ``pagination``."""
TYPES = {
    "devices": "urn:ietf:params:scim:schemas:core:2.0:Device",
    "endpointApps": "urn:ietf:params:scim:schemas:core:2.0:EndpointApp",
}
"""Feature to the schema of the resource type that it is."""

FEATURES = frozenset({*SWITCHES, *PAGINATION, *TYPES, "events", "async", "tenant"})
"""Every feature; ``tenant`` is a credential of another tenant, which the examiner has."""


def advertised(config: Mapping[str, object]) -> frozenset[str]:
    """The features of a ServiceProviderConfig; without ``pagination``, paging is by index."""
    found = {
        feature
        for feature, member in SWITCHES.items()
        if _member(config, member).get("supported") is True
    }
    pagination = _member(config, "pagination")
    found |= {feature for feature, member in PAGINATION.items() if pagination.get(member) is True}
    found |= set() if pagination else {"index"}
    events = _member(config, "securityEvents")
    found |= {"events"} if events else set()
    asynchronous = str(events.get("asyncRequest", "none")).lower() != "none"
    return frozenset(found | {"async"} if asynchronous else found)


def offered(types: Iterable[Mapping[str, object]]) -> frozenset[str]:
    """The features that are resource types, by the schemas of those that are published."""
    schemas = {str(each.get("schema")).lower() for each in types}
    return frozenset(feature for feature, urn in TYPES.items() if urn.lower() in schemas)


def _member(config: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = config.get(name)
    return value if isinstance(value, dict) else {}
