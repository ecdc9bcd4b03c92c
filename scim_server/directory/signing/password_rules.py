"""What may be a password, and all that one lacks.

Texts are prepared as OpaqueString (RFC 8265 §4), for the same password typed on two systems may be
two texts.
"""

from collections.abc import Collection, Iterator
from functools import cache
from importlib.resources import files

from precis_i18n import get_profile

from scim_server.directory.accounts.policy import Policy
from scim_server.directory.ports import Resource
from scim_server.protocol.errors import InvalidValue
from scim_server.protocol.schema import Document, ResourceType
from scim_server.protocol.values import fold

MOST_CHARACTERS = 1024
LEAST_PART = 3
LEAST_BESIDES = 8
"""Characters that a password has besides what is known of the user."""
ROWS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
"""Along which fingers run."""


def prepare(text: str) -> str:
    """As OpaqueString has it: NFC, other spaces as the plain one. Raises InvalidValue."""
    if len(text) > MOST_CHARACTERS:
        raise InvalidValue(f"A password has at most {MOST_CHARACTERS} characters.")
    if not text:
        raise InvalidValue("The password is empty.")
    try:
        prepared: str = get_profile("OpaqueString").enforce(text)
    except UnicodeError:
        raise InvalidValue("A password holds no control or unassigned characters.") from None
    return prepared


def least(policy: Policy, with_factor: bool) -> int:
    """Characters of a password, of who has a second factor besides or has none."""
    return policy.password_length_with_factor if with_factor else policy.password_length


def check(policy: Policy, text: str, with_factor: bool, known: Collection[str]) -> None:
    """Raises InvalidValue that says all that the password lacks.

    with_factor: the user has a second factor besides
    known:       what is known of the user, see ``known_of``
    """
    prepared = prepare(text)
    lacking = list(_lacking(policy, prepared, with_factor, known))
    if lacking:
        raise InvalidValue(f"The password {'; it '.join(lacking)}.")


def _lacking(policy: Policy, text: str, with_factor: bool, known: Collection[str]) -> Iterator[str]:
    if len(text) < least(policy, with_factor):
        yield f"needs at least {least(policy, with_factor)} characters"
    folded = fold(text)
    unit = _unit(folded)
    if folded in common() or unit in common() or _runs(unit):
        yield "is one of the first that are tried"
    elif len(unit) <= LEAST_PART:
        yield "repeats itself"
    if not _says_more(folded, map(fold, policy.password_blocklist)):
        yield "is made of a word that is not allowed here"
    if not _says_more(folded, map(fold, known)):
        yield "is made of the user's name or address"


def _unit(text: str) -> str:
    """What a text is repetitions of, were it of itself; the last may break off."""
    shifts = range(1, len(text) // 2 + 1)
    return next((text[:n] for n in shifts if text[n:] == text[: len(text) - n]), text)


def _runs(text: str) -> bool:
    """Whether it runs along a row of keys, on and on, in one direction."""
    rounds = [row * (len(text) // len(row) + 2) for row in ROWS]
    return any(text in each or text in each[::-1] for each in rounds) or text in "".join(ROWS[2:])


def _says_more(text: str, words: Iterator[str]) -> bool:
    """Whether enough is left without these words; a text without them does."""
    left = text
    for word in sorted({word for word in words if len(word) >= LEAST_PART}, key=len, reverse=True):
        left = left.replace(word, "")
    return left == text or len(left) >= LEAST_BESIDES


@cache
def common() -> frozenset[str]:
    """The passwords that are tried first."""
    data = files("scim_server").joinpath("data", "common_passwords.txt")
    return frozenset(map(fold, data.read_text("utf-8").split()))


def known_of(user: Resource) -> tuple[str, ...]:
    """Of a user whatever others know: names, addresses, and the parts of these."""
    return known_in(user.kind, user.document)


def known_in(kind: ResourceType, document: Document) -> tuple[str, ...]:
    """Likewise of one who is not stored yet."""
    parts = (part for text in _texts(kind, document) for part in (text, *_parts(text)))
    return tuple(dict.fromkeys(parts))


def _texts(kind: ResourceType, document: Document) -> Iterator[str]:
    kept = kind.storage
    for name in (*kept.identifier, *kept.display):
        if name in document:
            yield document[name]
    elements = document.get(kept.addresses or "", ())
    yield from (element["value"] for element in elements if "value" in element)


def _parts(text: str) -> Iterator[str]:
    local, _, domain = text.partition("@")
    yield local
    yield domain
    yield from local.replace(".", " ").replace("_", " ").replace("-", " ").split()
    yield domain.partition(".")[0]
