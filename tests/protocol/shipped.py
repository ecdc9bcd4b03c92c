"""The schemas that the server ships, with the examples of tests/data added."""

from pathlib import Path

from scim_server.protocol.loading.registry import registry

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "schemas"
EXAMPLES = ROOT / "tests" / "data" / "schemas"
OTHERS = [
    SHIPPED / "service_provider_config.json",
    *SHIPPED.glob("*.profile.json"),
    *SHIPPED.glob("*.changes.json"),
]
"""What the application reads, and the registry does not."""

REGISTRY = registry(SHIPPED, EXAMPLES, besides=OTHERS)
