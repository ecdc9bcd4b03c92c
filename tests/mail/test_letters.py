"""Templates: what they say, who may replace them, and what cannot be made of them."""

from datetime import timedelta
from pathlib import Path

import pytest

from scim_server.directory.accounts.addresses import is_address
from scim_server.directory.mail.courier import Opening, Undelivered, in_words
from scim_server.directory.mail.outbox import Mail
from scim_server.directory.signing.links import Purpose
from scim_server.mail.letters import BUNDLED, Templates

OPENING = Opening("https://scim.example.com/auth/links/recovery/x", timedelta(minutes=10))
NAMES = sorted(path.stem for path in BUNDLED.glob("mail/*.txt"))
VALUES = {
    "user_name": "barbara",
    "authenticator": "Phone",
    "authenticators": "Phone, Key",
    "key": "Laptop",
    "keys": "Laptop, Script",
}


def mail(template: str, **values: str) -> Mail:
    now = "2026-11-21T00:00:00"
    return Mail("m", 1, template, "reader@mail.example", VALUES | values, None, now, now)


@pytest.mark.parametrize("name", NAMES)
def test_every_bundled_template_is_sound(name: str) -> None:
    letter = Templates().write(mail(name), OPENING)
    assert ("barbara" in letter.text) == (name != Purpose.VERIFICATION)
    assert letter.subject
    assert not letter.subject.endswith(".")
    assert (OPENING.url in letter.text) == (name in list(Purpose))


def test_every_purpose_has_one() -> None:
    assert set(Purpose) <= set(NAMES)


@pytest.mark.parametrize("name", ["a\r\nBcc: x@y.example", "a\nb", "a\x00b", "a\u2028b\u202eb"])
def test_a_value_begins_no_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "recovery.txt").write_text(
        "For {{ user_name }}\n\nDear {{ user_name }}!\n"
    )
    letter = Templates(tmp_path).write(mail("recovery", user_name=name), OPENING)
    assert letter.subject.isprintable()
    assert letter.text.count("\n") == 1


def test_a_template_of_the_operator_replaces_the_bundled_one(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "recovery.txt").write_text("Ours\n\n{{ link }} {{ lifetime }}\n")
    (tmp_path / "mail" / "recovery.html").write_text("<p>{{ user_name }}</p>")
    templates = Templates(tmp_path)
    letter = templates.write(mail("recovery", user_name="<b>&"), OPENING)
    assert letter.subject == "Ours"
    assert letter.text == f"{OPENING.url} 10 minutes\n"
    assert letter.html == "<p>&lt;b&gt;&amp;</p>"
    assert templates.write(mail("invitation"), OPENING).subject == "You are invited"


FAULTS = ("{{ unknown }}", "{% if %}", "{{ user_name.x.y }}", "{{ user_name + 1 }}", "{{ 1 / 0 }}")


@pytest.mark.parametrize("text", FAULTS)
def test_a_faulty_template_is_told_and_sends_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "recovery.txt").write_text(text)
    with pytest.raises(Undelivered, match="recovery"):
        Templates(tmp_path).write(mail("recovery"), OPENING)


def test_a_template_that_there_is_not_is_told() -> None:
    with pytest.raises(Undelivered, match="TemplateNotFound"):
        Templates().write(mail("nothing"), None)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (45, "45 seconds"),
        (600, "10 minutes"),
        (3600, "60 minutes"),
        (86400, "24 hours"),
        (604800, "7 days"),
    ],
)
def test_a_lifetime_in_words(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    "text", ["a@b.example", "a.b+c@b.example", "j\u00fcrgen@b.example", "a@m\u00fcnchen.example"]
)
def test_an_address(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@c.example",
        "a@b.example\n",
        "a@b.example,c@d.example",
        '"a"@b.example',
        "<a@b.example>",
        "a@b.example\u2028",
        "x" * 65 + "@b.example",
        "a@" + "b" * 253,
        "a@[",
        "a@]b",
        "a@[127.0.0.1]",
        "a@b\x85",
    ],
)
def test_no_address(text: str) -> None:
    assert not is_address(text)
