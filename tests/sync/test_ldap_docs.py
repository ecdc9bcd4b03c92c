"""The documentation of LDAP directories says what there is."""

import re
from pathlib import Path

from scim_server.sync.files.sources import SourceFiles
from scim_server.sync.ldap.fields import GroupFields, LdapFields
from scim_server.sync.ldap.flags import FLAGS
from tests.protocol.shipped import REGISTRY

PAGE = (Path(__file__).parents[2] / "docs/sync/ldap.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+)$([^#]*)", PAGE, re.MULTILINE))


def first_cells(section: str) -> set[str]:
    rows = re.findall(r"^\| (`.+?`) \|", SECTIONS[section], re.MULTILINE)
    return {name for row in rows for name in re.findall("`([^`]+)`", row)}


def test_the_example_is_sound(tmp_path: Path) -> None:
    [block] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "corp.toml").write_text(block)
    files = SourceFiles(tmp_path, {"CORP_LDAP_PASSWORD": "a-password-of-tests"}, REGISTRY)
    assert set(files.read("corp").mapped) == {"User", "Group"}


def test_every_key_is_described() -> None:
    tables = {"users", "groups", "cert_file", "key_file"}
    assert first_cells("`[ldap]`") | tables == set(LdapFields().fields)
    assert first_cells("`[ldap.users]` and `[ldap.groups]`") == set(GroupFields().fields)


def test_every_flag_is_described() -> None:
    assert first_cells("Who is off") == set(FLAGS)
