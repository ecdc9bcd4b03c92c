"""The documents beside the bundled schemas, as they are with these settings."""

from pathlib import Path
from typing import Any

import orjson

from scim_server.config import BUNDLED_SCHEMAS, Config
from scim_server.protocol.loading.registry import Changes
from scim_server.protocol.schema import Document

PROVIDER = "service_provider_config.json"
SHARED_GROUP_NAMES = "shared_group_names.changes.json"
PROFILE = ".profile.json"


def changes(config: Config) -> Changes:
    """What the settings change in the bundled schemas, and so in what ``/Schemas`` says."""
    if config.unique_group_names:
        return {}
    changes: Changes = _read(SHARED_GROUP_NAMES)
    return changes


def besides() -> frozenset[Path]:
    """The files among the bundled schemas that are read here."""
    named = (BUNDLED_SCHEMAS / name for name in (PROVIDER, SHARED_GROUP_NAMES))
    return frozenset((*named, *BUNDLED_SCHEMAS.glob(f"*{PROFILE}")))


def profiles() -> dict[str, frozenset[str]]:
    """What clients of each profile are not told of in ``/Schemas``."""
    files = BUNDLED_SCHEMAS.glob(f"*{PROFILE}")
    return {file.name.removesuffix(PROFILE): frozenset(_read(file.name)) for file in files}


def provider(config: Config) -> Document:
    """ServiceProviderConfig as it is with these settings (SPC-007)."""
    document: Document = _read(PROVIDER)
    document["bulk"] |= {
        "maxOperations": config.bulk_operations,
        "maxPayloadSize": config.bulk_bytes,
    }
    document["filter"]["maxResults"] = config.max_page_size
    document["pagination"] |= {
        "defaultPageSize": config.page_size,
        "maxPageSize": config.max_page_size,
        "cursorTimeout": config.cursor_seconds,
    }
    return document


def _read(name: str) -> Any:
    return orjson.loads((BUNDLED_SCHEMAS / name).read_bytes())
