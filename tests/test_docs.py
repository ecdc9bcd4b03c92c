"""The documentation says what there is."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from scim_server.cli import main
from scim_server.config import (
    ADMIN_PATH,
    AUTH_PATH,
    BASE_PATH,
    BUNDLED_SCHEMAS,
    LINK_PATH,
    Config,
)
from scim_server.config.environment import PREFIX
from scim_server.protocol.tolerance.table import TOLERANCES

REPOSITORY = Path(__file__).parent.parent
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])


def page(name: str) -> str:
    return (REPOSITORY / name).read_text()


def commands(group: click.Group, words: str) -> Iterator[tuple[str, click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{words} {name}")
        else:
            yield f"{words} {name}", command


EVERY_COMMAND = dict(commands(main, "scim-server"))


@pytest.mark.parametrize("field", sorted(Config.__dataclass_fields__))
def test_every_setting_is_documented(field: str) -> None:
    assert f"| `{PREFIX}{field.upper()}` |" in page("docs/settings.md")


def test_no_other_setting_is_documented() -> None:
    told = re.findall(rf"^\| `{PREFIX}(\w+)`", page("docs/settings.md"), re.MULTILINE)
    assert sorted(name.lower() for name in told) == sorted(Config.__dataclass_fields__)


IN_WORDS = {
    "database_url": "`sqlite:///scim.db`",
    "bind": "`127.0.0.1:8080`",
    "public_url": "`http://` and `SCIM_BIND`",
    "schemas": "none",
    "patch_without_body": "none",
    "unique_group_names": "true",
    "open_discovery": "true",
    "seal_key": "none",
    "webauthn_domain": "none: the host of `SCIM_PUBLIC_URL`",
    "webauthn_origins": "none: that of `SCIM_PUBLIC_URL`",
    "link_url": "none",
    "templates": "none",
    "sources": "none",
    "smtp_host": "none",
    "smtp_user": "none",
    "smtp_password": "none",
    "smtp_from": "none",
}
"""Defaults that the documentation does not spell as Python does."""


@pytest.mark.parametrize("name", sorted(Config.__dataclass_fields__))
def test_defaults_are_documented(name: str) -> None:
    [line] = re.findall(rf"^\| `{PREFIX}{name.upper()}` .*$", page("docs/settings.md"), re.M)
    assert line.endswith(f"| {IN_WORDS.get(name, getattr(Config(), name))} |")


def test_the_defaults_in_words_are_those_of_the_code() -> None:
    config = Config()
    told = f"`{config.database_url}`", f"`{config.bind}`"
    assert told == (IN_WORDS["database_url"], IN_WORDS["bind"])
    assert config.public_url == f"http://{config.bind}"
    assert config.schemas == (BUNDLED_SCHEMAS,)
    assert config.patch_without_body == config.seal_key == ()
    assert config.templates == () and config.sources is None
    assert not any((config.link_url, config.smtp_host, config.smtp_user, config.smtp_password))
    assert config.smtp_from == config.webauthn_domain == "" and config.webauthn_origins == ()
    assert config.unique_group_names and config.open_discovery


@pytest.mark.parametrize("words", sorted(EVERY_COMMAND))
def test_every_command_and_option_is_documented(words: str) -> None:
    text = page("docs/commands.md")
    assert f"| `{words}`" in text
    for parameter in EVERY_COMMAND[words].params:
        for option in parameter.opts if isinstance(parameter, click.Option) else ():
            assert f"`{option}`" in text


def test_no_other_command_is_documented() -> None:
    told = re.findall(r"^\| `(scim-server [\w -]+)`", page("docs/commands.md"), re.MULTILINE)
    assert sorted(told) == sorted(EVERY_COMMAND)


def test_the_table_of_tolerances_is_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| `(.+)` \|$", page("docs/clients.md"), re.M)
    assert {name: (sentence, dialogue) for name, sentence, dialogue in rows} == {
        name: (tolerance.sentence, tolerance.dialogue) for name, tolerance in TOLERANCES.items()
    }


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_and_named_files_are_there(path: Path) -> None:
    text = path.read_text()
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert [link for link in links if not (path.parent / link).exists()] == []
    files = re.findall(r"`((?:tests|docs|scim_server|conformance|schemas)/[\w/.-]+\.\w+)`", text)
    assert [file for file in files if not (REPOSITORY / file).exists()] == []


def test_the_nginx_sample_covers_a_bulk_request() -> None:
    [megabytes] = re.findall(r"client_max_body_size +(\d+)m;", page("docs/operations.md"))
    assert int(megabytes) * 2**20 >= Config().bulk_bytes


def test_the_nginx_sample_serves_every_api_and_logs_no_path() -> None:
    [sample] = re.findall(r"```nginx\n(.*?)```", page("docs/operations.md"), re.DOTALL)
    served = re.findall(r"^    location (\S+)/ \{", sample, re.MULTILINE)
    assert served == [BASE_PATH, ADMIN_PATH, AUTH_PATH, LINK_PATH]
    assert re.search(r"^    access_log off;", sample, re.MULTILINE)
    links = sample.partition(f"location {LINK_PATH}/")[2].partition("}")[0]
    assert "error_log /dev/null;" in links
    assert "X-Forwarded-For $remote_addr;" in sample


def test_ci_runs_the_command_of_the_readme() -> None:
    [command] = re.findall(r"## Test it\n\n```\n(.+)\n```", page("README.md"))
    assert page(".ci/run").splitlines()[-1] == f"exec {command}"
