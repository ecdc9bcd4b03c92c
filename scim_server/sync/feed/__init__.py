"""HR systems, by the files that they export: CSV or JSON, a worker on each row."""

from scim_server.sync.feed.settings import Settings, read_settings
from scim_server.sync.feed.source import FeedSource

__all__ = ["FeedSource", "Settings", "read_settings"]
