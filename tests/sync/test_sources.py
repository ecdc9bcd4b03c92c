"""The files of sources."""

import tomllib
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scim_server.directory.sources.runs import OnChange
from scim_server.sync.faults import BadSources, Faults
from scim_server.sync.files.sources import MAPPINGS, SourceFile, SourceFiles
from scim_server.sync.files.toml import LARGEST
from scim_server.sync.files.types import TYPES
from scim_server.sync.guards import Guards
from scim_server.sync.mapping.bind import bind
from scim_server.sync.plan import Departure
from scim_server.sync.policy import Leavers
from tests.application import ENTERPRISE
from tests.protocol.shipped import REGISTRY

FEED = """
type = "feed"
[feed]
file = "workers.csv"
id = "Employee ID"
[users]
userName = "{E-Mail}"
"""
SECRETS = {"HR_TOKEN": "t1meMa$heen", "LATIN": "hunter2\udcff"}


def files(folder: Path, **written: str | bytes) -> SourceFiles:
    """A folder of files."""
    for name, text in written.items():
        content = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.toml").write_bytes(content)
    return SourceFiles(folder, SECRETS, REGISTRY)


def read(folder: Path, written: str) -> SourceFile:
    return files(folder, hr=written).read("hr")


def faults(folder: Path, **written: str | bytes) -> list[str]:
    with pytest.raises(BadSources) as bad:
        files(folder, **written).every()
    return bad.value.faults


def test_what_a_file_leaves_out_has_a_default(tmp_path: Path) -> None:
    file = read(tmp_path, FEED)
    assert (file.name, file.type.name, file.tenant, file.shown_as) == (
        "hr",
        "feed",
        "default",
        "HR",
    )
    assert (file.schedule, file.full_schedule, file.zone) == (None, None, ZoneInfo("UTC"))
    assert (file.guards, file.leavers, file.on_change) == (Guards(), Leavers(), OnChange.REFUSE)
    assert list(file.mapped) == ["User"]


def test_what_a_file_says_is_there(tmp_path: Path) -> None:
    told = """
        tenant = "emea"
        shown_as = "Directory Sync"
        schedule = "*/5 * * * *"
        full_schedule = "0 3 * * *"
        time_zone = "Europe/Berlin"
        guards = {share = 0.5, number = 7}
        leavers = {then = "delete", after_days = 0}
        authority = {on_change = "overwrite"}
        groups = {displayName = "{Team}"}
    """
    file = read(tmp_path, f'{told}{FEED}[feed.groups]\ncolumn = "Teams"')
    assert (file.tenant, file.shown_as) == ("emea", "Directory Sync")
    assert (file.guards, file.leavers) == (Guards(0.5, 7), Leavers(Departure.DELETE, 0))
    registered = file.registered()
    assert (registered.name, registered.type) == ("hr", "feed")
    assert (registered.schedule, registered.full_schedule) == ("*/5 * * * *", "0 3 * * *")
    assert registered.time_zone == "Europe/Berlin"
    assert registered.owned == {"User": ("userName",), "Group": ("displayName", "members")}
    assert registered.on_change is OnChange.OVERWRITE


LDAP = """
type = "ldap"
[ldap]
url = "ldaps://ldap.example.com"
mechanism = "anonymous"
base = "dc=example,dc=com"
"""


@pytest.mark.parametrize(
    ("told", "full"),
    [
        ("", None),
        ('schedule = "*/5 * * * *"', "0 3 * * *"),
        ('schedule = "*/5 * * * *"\nfull_schedule = "30 2 * * *"', "30 2 * * *"),
        ('schedule = "*/5 * * * *"\nfull_schedule = "never"', None),
    ],
)
def test_what_is_read_by_its_changes_is_read_as_a_whole_each_night(
    tmp_path: Path, told: str, full: str | None
) -> None:
    assert read(tmp_path, told + LDAP).full_schedule == full


def test_what_is_always_read_as_a_whole_is_so_by_one_schedule(tmp_path: Path) -> None:
    assert read(tmp_path, 'schedule = "*/5 * * * *"' + FEED).full_schedule is None


FAULTS = [
    ("", "type: Missing data for required field."),
    ('type = "ladp"', "type: Must be one of: ldap, feed, scim."),
    ('type = ["ldap"]', "type: Not a valid string."),
    (f'shedule = "x"\n{FEED}', 'shedule: means nothing here; did you mean "schedule"?'),
    (f'schedule = "5 minutes"\n{FEED}', "schedule: must be minute, hour, day, month and weekday"),
    (f'schedule = "* * * * * *"\n{FEED}', "schedule: must be minute, hour, day, month and weekday"),
    (f'schedule = "61 * * * *"\n{FEED}', "schedule: is no cron expression: Bad minute"),
    (f'full_schedule = ""\n{FEED}', "full_schedule: must be minute, hour, day, month and weekday"),
    (f'full_schedule = "0 0 31 2 *"\n{FEED}', "full_schedule: is no cron expression: Bad day"),
    (f'time_zone = "Berlin"\n{FEED}', "time_zone: names no time zone"),
    (f'time_zone = "../etc/passwd"\n{FEED}', "time_zone: names no time zone"),
    (f'time_zone = "Europe"\n{FEED}', "time_zone: names no time zone"),
    (f"time_zone = 1\n{FEED}", "time_zone: names no time zone"),
    (f'shown_as = "Local"\n{FEED}', "shown_as: Must be one of: Directory Sync, HR."),
    (f'shown_as = "SCIM"\n{FEED}', "shown_as: Must be one of: Directory Sync, HR."),
    (f'tenant = ""\n{FEED}', "tenant: "),
    (f"guards = 50\n{FEED}", "guards: Invalid input type."),
    (f"guards = {{share = 10}}\n{FEED}", "guards.share: "),
    (f"guards = {{share = nan}}\n{FEED}", "guards.share: "),
    (f"guards = {{number = 0.5}}\n{FEED}", "guards.number: "),
    (f"guards = {{numbers = 1}}\n{FEED}", 'guards.numbers: means nothing here; did you mean "numb'),
    (f'leavers = {{then = "empty"}}\n{FEED}', "leavers.then: Must be one of: suspend, deprovision"),
    (f"leavers = {{after_days = -1}}\n{FEED}", "leavers.after_days: "),
    (f'authority = {{on_change = "ask"}}\n{FEED}', "authority.on_change: Must be one of: refuse"),
    (f"scim = {{}}\n{FEED}", 'scim: does not go with type = "feed"'),
    (f"groups = {{}}\n{FEED}", "groups.displayName: is required"),
    (f'groups = {{displayName = "x"}}\n{FEED}', "feed.groups: must say where groups are"),
    (f"groups = 1\n{FEED}", "groups: must be a table"),
    ('type = "feed"\nfeed = 1\nusers.userName = "x"', "feed: must be a table"),
    (FEED.replace("file", "flie"), 'feed.flie: means nothing here; did you mean "file"?'),
    (f'{FEED}displayNmae = "x"', 'users.displayNmae: means nothing here; did you mean "displ'),
    (FEED.partition("[users]")[0], "users.userName: is required"),
    ('type = "feed\n', "Illegal character '\\n' (at line 1, column 13)"),
    ('type = "feed"\ntype = "ldap"\n', "Cannot overwrite a value (at line 2"),
    (b"\xff", "is no text in UTF-8"),
    (b"#" * (LARGEST + 1), "is larger than"),
    ("x = " + "[" * 40 + "]" * 40, "has more than 32 tables or arrays within each other"),
    ("x = " + "[" * 9999 + "]" * 9999, "has more than 32 tables or arrays within each other"),
    ("x." * 5000 + "x = 1", "has more than 32 tables or arrays within each other"),
    (f"{FEED}title = {2**63}", "users.title: is an integer of more than 64 bits"),
    (f"{FEED}title = [1, {-(2**63) - 1}]", "users.title[1]: is an integer of more than 64 bits"),
    (f"type = 0x{'f' * 9999}", "type: is an integer of more than 64 bits"),
    (f"{FEED}copy = [0x{'f' * 9999}]", "users.copy[0]: is an integer of more than 64 bits"),
    (f"{FEED}title.{'if.' * 5000}if = 1", "has more than 32 tables or arrays within each other"),
]


@pytest.mark.parametrize(("written", "told"), FAULTS)
def test_a_fault_is_told_with_its_place(tmp_path: Path, written: str | bytes, told: str) -> None:
    found = faults(tmp_path, hr=written)
    assert [fault for fault in found if fault.startswith(f"hr.toml: {told}")], found


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), "inf", "nan", "1e400"])
def test_a_number_that_toml_has_may_be_a_value(tmp_path: Path, number: object) -> None:
    assert len(read(tmp_path, f"{FEED}title = {number}").digest) == 32


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    bad = 'type = "feed"\nschedule = "x"\nfeed.id = 1\nusers = {userNmae = "{"}\nx = 1'
    found = faults(tmp_path, a=bad, b=FEED, c="=", D="")
    assert [fault.partition(": ")[::2][0] for fault in found] == [
        "D.toml",
        *["a.toml"] * 6,
        "c.toml",
    ]
    told = {fault.split(": ")[1] for fault in found[1:7]}
    assert {"schedule", "x", "feed.id", "feed", "users.userNmae", "users.userName"} == told


@pytest.mark.parametrize("name", ["Corp", "a_b", "ä", "x" * 33, "a.b", " "])
def test_a_file_of_another_name_is_told(tmp_path: Path, name: str) -> None:
    found = faults(tmp_path, **{name: FEED})
    assert found == [f"{name}.toml: must be named with a-z, 0-9 and -, at most 32 of them"]


def test_other_files_may_lie_beside(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("=")
    (tmp_path / "corp-ca.pem").write_text("=")
    assert [file.name for file in files(tmp_path, hr=FEED).every()] == ["hr"]


def test_a_folder_or_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "hr.toml").mkdir()
    assert faults(tmp_path) == ["hr.toml: cannot be read: Is a directory"]
    with pytest.raises(BadSources, match="No such file or directory"):
        files(tmp_path / "nowhere").every()
    with pytest.raises(BadSources, match=r"^x\.toml: cannot be read: No such file"):
        files(tmp_path).read("x")


def test_a_broken_file_stands_in_the_way_of_no_other(tmp_path: Path) -> None:
    assert files(tmp_path, hr=FEED, broken="=").read("hr").name == "hr"


PULL = 'type = "scim"\n[scim]\nurl = "https://hr.example.com"\n'


def test_a_secret_lies_elsewhere_and_shows_nowhere(tmp_path: Path) -> None:
    file = read(tmp_path, f'{PULL}password_env = "HR_TOKEN"')
    assert SECRETS["HR_TOKEN"] not in repr(file)
    (tmp_path / "token").write_text("hunter2hunter2\n")
    assert "hunter2" not in repr(read(tmp_path, f'{PULL}password_file = "token"'))


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ('password_env = "NOWHERE"', "password_env: the environment has no variable NOWHERE"),
        ('password_file = "nowhere"', "password_file: "),
        ('password_file = "."', "password_file: "),
        ('password_file = "empty"', "password_file: "),
        ('password_file = "latin"', "password_file: "),
        ('password_file = "a\\u0000b"', "password_file: must be a path"),
        ('password_env = "LATIN"', "password_env: the variable LATIN is no text in UTF-8"),
        ('user = "hr"\npassword_env = "LATIN"', "password_env: the variable LATIN is no text"),
        ('password_env = "HR_TOKEN"\npassword_file = "token"', ""),
        ('password = "t1meMa$heen"', 'password: means nothing here; did you mean "password_'),
    ],
)
def test_a_secret_that_cannot_be_had_is_told(tmp_path: Path, told: str, fault: str) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "latin").write_bytes(b"hunter2\xff")
    found = faults(tmp_path, hr=PULL + told)
    assert any(each.startswith(f"hr.toml: scim.{fault}".rstrip(".")) for each in found), found
    assert not any(word in each for each in found for word in ("hunter2", "xff", "t1meMa", "udcff"))


def test_a_mapping_that_is_left_out_is_the_usual_one(tmp_path: Path) -> None:
    told = f'{PULL}password_env = "HR_TOKEN"\n'
    assert list(read(tmp_path, told).mapped) == ["User"]
    whole = read(tmp_path, f"{told}[users]\n[groups]").mapped
    assert whole["Group"].owned == ("displayName", "externalId", "members")
    assert f"{ENTERPRISE}:manager" in whole["User"].owned
    own = read(tmp_path, f'{told}[users]\nuserName = "{{userName}}"').mapped
    assert own["User"].owned == ("userName",)


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.toml")), ids=lambda path: path.stem)
def test_the_usual_mappings_are_sound(path: Path) -> None:
    told, found = tomllib.loads(path.read_text()), Faults()
    assert path.stem in TYPES and told.keys() == {"users", "groups"}
    bind(REGISTRY.kinds["User"], told["users"], "users", found)
    bind(REGISTRY.kinds["Group"], told["groups"], "groups", found)
    assert found == []
