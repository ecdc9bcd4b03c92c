"""Settings from the environment."""

import os
from pathlib import Path

import pytest

from scim_server.config import BUNDLED_SCHEMAS, BadConfig, Config
from scim_server.config.environment import local_links, misspelt, read_config, settings

LONG = "x" * 300
"""No file system takes a name of so many characters."""


def test_without_settings_the_defaults_hold() -> None:
    assert read_config({}) == Config() == read_config({"SCIM_THREADS": "", "HOME": "/"})


def test_links_follow_the_address_unless_a_public_url_is_told() -> None:
    told = {"SCIM_BIND": "127.0.0.1:9000"}
    assert read_config(told).base_url == "http://127.0.0.1:9000/scim/v2"
    for url in ("https://example.com/directory", "https://example.com/directory/scim/v2"):
        for told["SCIM_PUBLIC_URL"] in (url, f"{url}/"):
            assert read_config(told).base_url == "https://example.com/directory/scim/v2"


@pytest.mark.parametrize(
    ("bind", "links"),
    [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("[::0]:80", "[::1]:80")],
)
def test_links_never_begin_with_an_address_that_is_none(bind: str, links: str) -> None:
    told = {"SCIM_BIND": bind}
    assert read_config(told).base_url == f"http://{links}/scim/v2"
    [warning] = local_links(told)
    assert bind in warning and f"http://{links}" in warning
    assert local_links(told | {"SCIM_PUBLIC_URL": "https://example.com"}) == []


@pytest.mark.parametrize("bind", ["", "10.0.0.7:80", "[fe80::7]:80", "scim.example.com:80"])
def test_links_that_others_can_follow_are_not_warned_of(bind: str) -> None:
    assert local_links({"SCIM_BIND": bind}) == []


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::1]:8080", ("::1", 8080)),
        ("localhost:65535", ("localhost", 65535)),
    ],
)
def test_an_address_has_a_host_and_a_port(bind: str, address: tuple[str, int]) -> None:
    assert read_config({"SCIM_BIND": bind}).address == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "scim.db"),
        ("DATABASE_URL", "sqlite:"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite://scim.db"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///file:scim.db"),
        ("DATABASE_URL", "sqlite:///scim.db?timeout=abc"),
        ("DATABASE_URL", "sqlite:///scim.db?timeout=5"),
        ("DATABASE_URL", "sqlite:///scim%00.db"),
        ("DATABASE_URL", "postgresql://host:port/scim"),
        ("DATABASE_URL", "postgresql://scim:p@ssword@host/scim"),
        ("BIND", "8080"),
        ("BIND", "host:0"),
        ("BIND", "host:99999"),
        ("BIND", "::1:8080"),
        ("BIND", "http://127.0.0.1:8080"),
        ("BIND", "*:8080"),
        ("BIND", "münchen.example:8080"),
        ("BIND", "127.0.0.1:8080\n"),
        ("PUBLIC_URL", "ftp://x"),
        ("PUBLIC_URL", "https://x?y"),
        ("PUBLIC_URL", "https://x?"),
        ("PUBLIC_URL", "https://x#"),
        ("PUBLIC_URL", "https://x\n"),
        ("PUBLIC_URL", "https://x y"),
        ("PUBLIC_URL", "https://x/\x7f"),
        ("PUBLIC_URL", "https://x/\N{NO-BREAK SPACE}"),
        ("PUBLIC_URL", "https://münchen.example"),
        ("PUBLIC_URL", "https://[x"),
        ("PUBLIC_URL", "https://x:99999"),
        ("PUBLIC_URL", "https:///path"),
        ("SCHEMAS", "/there/is/no/such/folder"),
        ("SCHEMAS", f"/{LONG}"),
        ("SCHEMAS", str(BUNDLED_SCHEMAS)),
        ("SOURCES", "/there/is/no/such/folder"),
        ("THREADS", "0"),
        ("WORKERS", "-1"),
        ("PAGE_SIZE", "many"),
        ("PAGE_SIZE", "1001"),
        ("MAX_PAGE_SIZE", "10001"),
        ("OPEN_DISCOVERY", "perhaps"),
        ("SEAL_KEY", "too short"),
        ("WEBAUTHN_DOMAIN", "https://example.com"),
        ("WEBAUTHN_ORIGINS", "example.com"),
        ("WEBAUTHN_ORIGINS", "https://login.example.org"),
        ("SEAL_KEY", f"{'k' * 32},short"),
    ],
)
def test_a_faulty_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(BadConfig, match=f"^SCIM_{name}: "):
        read_config({f"SCIM_{name}": value})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("OPEN_DISCOVERY", "perhaps", ["true", "false", "yes", "no", "on", "off", '"perhaps"']),
        ("PAGE_SIZE", "many", ["whole number", "at least 1", '"many"']),
        ("PAGE_SIZE", "0", ["at least 1", "0"]),
        ("MAX_PAGE_SIZE", "20000", ["from 1 to 10000", "20000"]),
        ("BIND", "here", ["HOST:PORT", '"here"']),
        ("PAGE_SIZE", "1001", ["at most SCIM_MAX_PAGE_SIZE, 1000", "1001"]),
        ("PUBLIC_URL", "https://münchen.example", ["ASCII", "xn--mnchen-3ya.example"]),
        ("SCHEMAS", f"/{LONG}:/nowhere", ["File name too long: /x", "no such folder: /nowhere"]),
        ("DATABASE_URL", "sqlite://", ["sqlite:///FILE"]),
        ("DATABASE_URL", "postgresql://scim:p@ss@host/scim", ["%40"]),
    ],
)
def test_a_fault_says_what_is_allowed(name: str, value: str, words: list[str]) -> None:
    with pytest.raises(BadConfig) as told:
        read_config({f"SCIM_{name}": value})
    assert [word for word in words if word not in str(told.value)] == []


@pytest.mark.parametrize("given", [("50", ""), ("50", "50"), ("2000", "2000"), ("", "1000")])
def test_a_page_is_never_larger_than_the_largest(given: tuple[str, str]) -> None:
    most, size = given
    config = read_config({"SCIM_MAX_PAGE_SIZE": most, "SCIM_PAGE_SIZE": size})
    assert config.page_size == int(size or most) <= config.max_page_size


def test_the_default_page_stays_where_the_largest_is_larger() -> None:
    assert read_config({"SCIM_MAX_PAGE_SIZE": "101"}).page_size == 100


@pytest.mark.parametrize(
    ("besides", "named"),
    [("MAX_PAGE_SIZE", ["MAX_PAGE_SIZE"]), ("THREADS", ["PAGE_SIZE", "THREADS"])],
)
def test_a_page_is_compared_with_a_sound_limit_only(besides: str, named: list[str]) -> None:
    with pytest.raises(BadConfig) as told:
        read_config({"SCIM_PAGE_SIZE": "1001", f"SCIM_{besides}": "x"})
    lines = str(told.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == [f"SCIM_{name}" for name in named]


def test_a_folder_of_schemas_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    for other in (tmp_path, tmp_path / "link", f"{tmp_path}/."):
        with pytest.raises(BadConfig, match=r"^SCIM_SCHEMAS: is read already, leave it out here: "):
            read_config({"SCIM_SCHEMAS": f"{tmp_path}{os.pathsep}{other}"})


@pytest.mark.parametrize(
    "url", ["mysql://scim:hunter2@host/scim", "postgresql://scim:hunter2@x@host/scim", "hunter2"]
)
def test_no_fault_repeats_a_password(url: str) -> None:
    with pytest.raises(BadConfig) as told:
        read_config({"SCIM_DATABASE_URL": url})
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("word", ["true", "YES", "on", "1", "false", "No", "OFF", "0"])
def test_a_switch_understands_the_words_that_its_fault_lists(word: str) -> None:
    config = read_config({"SCIM_OPEN_DISCOVERY": word})
    assert config.open_discovery is (word.lower() in ("true", "yes", "on", "1"))


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("SCIM_BNID", "did you mean SCIM_BIND?"),
        ("SCIM_DATABASE", "did you mean SCIM_DATABASE_URL?"),
        ("SCIM_PAGESIZE", "did you mean SCIM_PAGE_SIZE?"),
        ("SCIM_QUARTZ", "scim-server --help lists the settings."),
    ],
)
def test_a_variable_that_is_no_setting_is_told(name: str, advice: str) -> None:
    assert misspelt({name: "", "SCIM_BIND": "x"}) == [
        f"{name} is no setting, and is ignored: {advice}"
    ]


@pytest.mark.parametrize("name", ["SCIM_URL", "SCIM_TOKEN", "SCIM_TEST_EXAMPLES", "PORT", "HOME"])
def test_a_variable_of_others_is_not_told(name: str) -> None:
    assert misspelt({name: "x"}) == []


def test_every_setting_is_described_in_few_words() -> None:
    told = {variable: (meaning, default) for variable, meaning, default in settings()}
    assert list(told) == [f"SCIM_{name.upper()}" for name in Config.__dataclass_fields__]
    assert all(meaning for meaning, _ in told.values())
    assert told["SCIM_THREADS"][1] == Config().threads


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(BadConfig) as told:
        read_config({"SCIM_THREADS": "x", "SCIM_BIND": "x", "SCIM_PAGE_SIZE": "5"})
    assert [line.partition(":")[0] for line in str(told.value).splitlines()] == [
        "SCIM_BIND",
        "SCIM_THREADS",
    ]


def test_keys_are_read_and_never_told() -> None:
    keys = ("k" * 32, "o" * 43)
    config = read_config({"SCIM_SEAL_KEY": ", ".join(keys)})
    assert config.seal_key == keys
    assert keys[0] not in repr(config)
    with pytest.raises(BadConfig) as told:
        read_config({"SCIM_SEAL_KEY": "secret"})
    assert "secret" not in str(told.value).replace("secrets", "")


PAGES = {
    "SCIM_WEBAUTHN_DOMAIN": "example.com",
    "SCIM_WEBAUTHN_ORIGINS": "https://login.example.com:443/x, https://example.com:444",
}


def test_keys_are_for_the_public_url_unless_told() -> None:
    environment = {"SCIM_PUBLIC_URL": "https://scim.example.com/directory/"}
    config = read_config(environment)
    assert config.key_domain == "scim.example.com"
    assert config.key_origins == ("https://scim.example.com",)
    config = read_config(environment | PAGES)
    assert config.key_domain == "example.com"
    assert config.key_origins == ("https://login.example.com", "https://example.com:444")


@pytest.mark.parametrize("bind", ["127.0.0.1:8080", "0.0.0.0:8080", "[::1]:8080"])
def test_keys_of_this_machine_are_for_its_name(bind: str) -> None:
    config = read_config({"SCIM_BIND": bind})
    assert (config.key_domain, config.key_origins) == ("localhost", ("http://localhost:8080",))


@pytest.mark.parametrize("domain", ["example.org", "login.example.com", "ample.com"])
def test_pages_that_ask_for_keys_are_below_their_domain(domain: str) -> None:
    with pytest.raises(BadConfig, match=r"^SCIM_WEBAUTHN_ORIGINS: "):
        read_config(PAGES | {"SCIM_WEBAUTHN_DOMAIN": domain})
