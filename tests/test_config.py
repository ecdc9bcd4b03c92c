"""Settings from the environment."""

import pytest

from scim_server.config import BadConfig, Config


def test_without_settings_the_defaults_hold() -> None:
    assert Config.from_env({}) == Config() == Config.from_env({"SCIM_THREADS": "", "HOME": "/"})


def test_links_follow_the_address_unless_a_public_url_is_told() -> None:
    told = {"SCIM_BIND": "127.0.0.1:9000"}
    assert Config.from_env(told).base_url == "http://127.0.0.1:9000/scim/v2"
    told["SCIM_PUBLIC_URL"] = "https://example.com/directory/"
    assert Config.from_env(told).base_url == "https://example.com/directory/scim/v2"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "scim.db"),
        ("BIND", "8080"),
        ("BIND", "host:0"),
        ("BIND", "host:99999"),
        ("PUBLIC_URL", "ftp://x"),
        ("PUBLIC_URL", "https://x?y"),
        ("SCHEMAS", "/there/is/no/such/folder"),
        ("THREADS", "0"),
        ("WORKERS", "-1"),
        ("PAGE_SIZE", "many"),
        ("OPEN_DISCOVERY", "perhaps"),
    ],
)
def test_a_faulty_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadConfig, match=f"^SCIM_{name}: "):
        Config.from_env({f"SCIM_{name}": value})


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadConfig) as told:
        Config.from_env({"SCIM_THREADS": "x", "SCIM_BIND": "x", "SCIM_PAGE_SIZE": "5"})
    assert [line.partition(":")[0] for line in str(told.value).splitlines()] == [
        "SCIM_BIND",
        "SCIM_THREADS",
    ]
