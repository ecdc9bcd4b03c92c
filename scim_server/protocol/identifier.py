"""Which texts may name somebody who signs in (RFC 8265 §3, RFC 7644 §5, §7.8).

Two names that look alike must not be two accounts: what cannot be seen is refused. Spaces inside a
name are common and harmless.
"""

from unicodedata import category

from scim_server.protocol.errors import InvalidValue

_UNSEEN = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Controls; zero-width and bidirectional marks; line and paragraph separators."""

# Unicode calls these letters and marks, and they have no ink: Default_Ignorable_Code_Point.
_INKLESS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def check_identifier(text: str, name: str) -> None:
    """Raise InvalidValue for space around the text, or an invisible character in it."""
    if text != text.strip():
        raise InvalidValue(f'"{name}" must not begin or end with a space.')
    if text.isascii() and text.isprintable():
        return
    if any(category(char) in _UNSEEN or char in _INKLESS for char in text):
        raise InvalidValue(f'"{name}" must not contain control or invisible characters.')
