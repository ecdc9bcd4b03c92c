"""From what a source says of an entry to texts."""

from time import monotonic

import pytest

from scim_server.protocol.errors import InvalidValue
from tests.sync.mapped import Said, faults_of, texts

ADA: Said = {
    "givenName": "Ada",
    "sn": "Lovelace",
    "mail": ["ada@example.com", "countess@example.com"],
    "c": "gb",
    "info": ["since 1842", "EMP-1815"],
    "employeeType": "Contractor",
}
CASES = [
    # constants
    ('"work"', ["work"]),
    ("true", ["true"]),
    ("false", ["false"]),
    ("42", ["42"]),
    ('""', []),
    ('"{{sn}}"', ["{sn}"]),
    # templates
    ('"{sn}"', ["Lovelace"]),
    ('"{SN}"', ["Lovelace"]),
    ('"{ sn }"', ["Lovelace"]),
    ('"{mail}"', ["ada@example.com", "countess@example.com"]),
    ('"{givenName} {sn}"', ["Ada Lovelace"]),
    ('"<{mail}>"', ["<ada@example.com>"]),
    ('"{{{sn}}}"', ["{Lovelace}"]),
    ('"{nobody}"', []),
    ('"Dr. {nobody}"', []),
    ('"{givenName} {middle} {sn}"', ["Ada Lovelace"]),
    ('"{title} {givenName} {sn}"', ["Ada Lovelace"]),
    ('"{givenName} {suffix}"', ["Ada"]),
    ('"{givenName}\\n{sn}"', ["Ada\nLovelace"]),
    # pipes
    ('"{sn|lower}"', ["lovelace"]),
    ('"{sn | lower}@example.com"', ["lovelace@example.com"]),
    ('"{c|upper}"', ["GB"]),
    ('"{info|digits}"', ["1842", "1815"]),
    ('"{sn|digits}"', []),
    ('"{mail|upper|lower}"', ["ada@example.com", "countess@example.com"]),
    # several
    ('["{sn}", "{mail}"]', ["Lovelace", "ada@example.com", "countess@example.com"]),
    ("[]", []),
    ('{first = ["{nobody}", "{mail}", "{sn}"]}', ["ada@example.com", "countess@example.com"]),
    ('{first = ["{nobody}"]}', []),
    ("{first = []}", []),
    ('{join = "{mail}"}', ["ada@example.com countess@example.com"]),
    ('{join = ["{sn}", "{nobody}", "{givenName}"], with = ", "}', ["Lovelace, Ada"]),
    ('{join = "{nobody}", with = ", "}', []),
    # take
    ('{take = "{c}", table = {GB = "United Kingdom"}}', ["United Kingdom"]),
    ('{take = "{c}", table = {DE = "Germany"}}', []),
    ('{take = "{c}", table = {DE = "Germany"}, else = "{c|upper}"}', ["GB"]),
    ('{take = "{c}", table = {GB = ""}, else = "none"}', ["none"]),
    ("{take = \"{info}\", match = 'EMP-(\\d+)'}", ["1815"]),
    ("{take = \"{info}\", match = 'EMP-\\d+'}", ["EMP-1815"]),
    ("{take = \"{info}\", match = '\\d+'}", ["1842", "1815"]),
    ('{take = "{info}", match = \'(x)?EMP\', else = "-"}', ["-"]),
    ('{take = "{sn}", match = \'\\d+\', else = {first = ["{nobody}", "0"]}}', ["0"]),
    # if
    ('{if = "{employeeType}", is = "contractor", then = "Guest", else = "Employee"}', ["Guest"]),
    ('{if = "{c}", is = "us", then = "Guest", else = "Employee"}', ["Employee"]),
    ('{if = "{c}", is = "us", then = "Guest"}', []),
    ('{if = "{mail}", is = "COUNTESS@example.com", then = "any of them"}', ["any of them"]),
    ("{if = \"{mail}\", matches = '^countess@', then = true}", ["true"]),
    ('{if = "{sn}", then = "there", else = "not there"}', ["there"]),
    ('{if = "{nobody}", then = "there", else = "not there"}', ["not there"]),
    ('{if = "{nobody}", is = "", then = "never", else = "{sn}"}', ["Lovelace"]),
]


@pytest.mark.parametrize(("written", "made"), CASES, ids=[written for written, _ in CASES])
def test_what_is_written_is_made(written: str, made: list[str]) -> None:
    assert texts(written, ADA) == made


@pytest.mark.parametrize(
    "hostile", ["{sn}", "{{sn}}", "}", "{", "{sn|lower}", "\\1", "%s", "$sn", "{first=[]}"]
)
def test_a_value_is_never_read_as_an_expression(hostile: str) -> None:
    said: Said = {"a": hostile, "sn": "Lovelace"}
    assert texts('"{a}"', said) == [hostile]
    assert texts('"<{a}> {sn}"', said) == [f"<{hostile}> Lovelace"]
    assert texts('{join = ["{a}", "{sn}"]}', said) == [f"{hostile} Lovelace"]
    assert texts("{take = \"{a}\", match = '(.*)'}", said) == [hostile]
    assert texts('{take = "{a}", table = {x = "y"}, else = "{a}"}', said) == [hostile]


def test_what_is_blank_is_no_value() -> None:
    assert texts('{first = ["{a}", "{b}"]}', {"a": [" ", "\t"], "b": " x "}) == ["x"]


FAULTS = [
    ('"{sn"', "without its other half"),
    ('"sn}"', "without its other half"),
    ('"{}"', "without the name"),
    ('"{sn|lowr}"', 'no "|lowr"; there are: lower, upper, digits'),
    ('"{sn|}"', 'no "|"'),
    ("1979-05-27", "must be text"),
    ("{}", "must have one of first, join, take, if"),
    ('{first = ["x"], join = "y"}', "must have one of"),
    ('{first = "x"}', "x.first: must be an array"),
    ('{first = ["{sn}", "{"]}', "x.first[1]: "),
    ('{join = "{sn}", by = ","}', 'x.by: does not go with "join"'),
    ('{join = "{sn}", with = 1}', "x.with: must be text"),
    ('{take = "{sn}"}', 'by which "table" or by which "match"'),
    ('{take = "{sn}", table = {a = "b"}, match = "x"}', "must have one of table, match"),
    ('{take = "{sn}", table = "x"}', "x.table: must be a table of texts"),
    ('{take = "{sn}", table = {a = 1}}', "x.table: must be a table of texts"),
    ('{take = "{sn}", table = {a = "b", A = "c"}}', "x.table: has a key twice"),
    ('{take = "{sn}", match = "("}', "x.match: is no regular expression"),
    ('{take = "{sn}", match = 1}', "x.match: must be text"),
    ('{if = "{sn}", is = "a", matches = "b", then = "c"}', "must have one of is, matches"),
    ('{if = "{sn}", is = 512, then = "c"}', "x.is: must be text"),
    ('{if = "{sn|x}", then = "{", else = {}}', "x.if: "),
    ('{if = "{sn|x}", then = "{", else = {}}', "x.then: "),
    ('{if = "{sn|x}", then = "{", else = {}}', "x.else: "),
]


@pytest.mark.parametrize(("written", "told"), FAULTS)
def test_a_fault_is_told_with_its_place(written: str, told: str) -> None:
    faults = faults_of(written)
    assert [fault for fault in faults if fault.startswith("x") and told in fault]


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(a?){40}b",
        "a?" * 40 + "a" * 40 + "b",
        ".*.*.*x",
        "^(.*)(.*)(.*)x",
        "(?:[a-z0-9-]+\\.)+com",
        "(?i)^smtp:(.+)@(.+)$",
        "(\\d{1,3}\\.){3}\\d",
        "(\\w+\\s*)*$-",
    ],
)
def test_a_pattern_ends_soon_on_any_value(pattern: str) -> None:
    began = monotonic()
    for letter in ("a", "a.", "1.", "smtp:@", "é "):
        said: Said = {"a": letter * 20_000}
        assert len(texts(f"{{take = '{{a}}', match = '{pattern}', else = 'x'}}", said)) == 1
    assert monotonic() - began < 5


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "(" * 300,
        "\\",
        "(?P<x",
        "a{1001}",
        "(?<!x)a",
        "(a)\\1",
        "a++",
        "(?:" * 5_000 + ")" * 4_999,
    ],
)
def test_what_is_no_pattern_is_told(pattern: str) -> None:
    [fault] = faults_of(f"{{if = '{{a}}', matches = '{pattern}'}}")
    assert fault.startswith("x.matches: is no regular expression of RE2: ")
    assert len(fault) < 130


@pytest.mark.parametrize("pattern", ["\\pL{0,9}", "(?:[^a]{100}){0,9}", "x" * 6_000])
def test_a_pattern_that_would_take_long_on_every_value_is_told(pattern: str) -> None:
    [fault] = faults_of(f"{{take = '{{a}}', match = '{pattern}'}}")
    assert fault.startswith("x.match: is too large a regular expression")


def test_a_pattern_looks_at_all_of_a_value() -> None:
    said: Said = {"a": "x" * 200_000 + "é1" + "x" * 1_000 + "2"}
    assert texts("{take = '{a}', match = '.\\d'}", said) == ["é1"]
    assert texts("{take = '{a}', match = '2$'}", said) == ["2"]


def test_a_value_that_is_no_text_is_told_and_not_repeated() -> None:
    with pytest.raises(InvalidValue, match=r'^"x.match" reads what is no text.$'):
        texts("{take = '{a}', match = 'a'}", {"a": "a\ud800"})
