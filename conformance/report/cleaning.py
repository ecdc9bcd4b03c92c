"""What must not reach a report: tokens, and characters that files and terminals cannot bear."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from conformance.wire import Answer

CONTROLS = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff"
"""XML has no way to write most of them; in a terminal they are commands."""
UNPRINTABLE = re.compile(f"[{CONTROLS}\ud800-\udfff]")
UNPRINTABLE_BUT_OCTETS = re.compile(f"[{CONTROLS}]")
"""Of bytes that are decoded with "surrogateescape": what is no UTF-8 is what a report shows."""
SHORT = 8
"""A token of fewer characters is hidden after "Bearer" only: it may be a part of any word."""
T = TypeVar("T")


def cleaned(found: T, secrets: Mapping[str, str]) -> T:
    """A copy of what was found in which each secret is the name that it is given."""
    hidden = [(_pattern(secret), name) for secret, name in secrets.items() if secret]
    copied: T = _copy(found, hidden)
    return copied


def _pattern(secret: str) -> re.Pattern[str]:
    """The secret as it is, as JSON writes it, and as a URL does."""
    forms = {secret, json.dumps(secret)[1:-1], secret.replace("/", "\\/"), quote(secret, safe="")}
    before, after = (r"(?<=Bearer )", r"(?![\w-])") if len(secret) < SHORT else ("", "")
    written = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    return re.compile(f"{before}(?:{written}){after}")


def _copy(value: Any, hidden: list[tuple[re.Pattern[str], str]]) -> Any:
    if isinstance(value, str):
        return _text(value, hidden, UNPRINTABLE)
    if isinstance(value, bytes):
        text = value.decode(errors="surrogateescape")
        return _text(text, hidden, UNPRINTABLE_BUT_OCTETS).encode(errors="surrogateescape")
    if isinstance(value, Answer):  # The body is the text again, in any depth.
        value = replace(value, body=None)
    if is_dataclass(value) and not isinstance(value, type):
        copied = {each.name: _copy(getattr(value, each.name), hidden) for each in fields(value)}
        return replace(value, **copied)
    if isinstance(value, Mapping):
        return {_copy(key, hidden): _copy(each, hidden) for key, each in value.items()}
    if isinstance(value, list | tuple | frozenset):
        return type(value)(_copy(each, hidden) for each in value)
    if value is None or isinstance(value, bool | int | float | datetime):
        return value
    raise TypeError(f"{type(value).__name__} is not cleaned")


def _text(
    text: str, hidden: list[tuple[re.Pattern[str], str]], unprintable: re.Pattern[str]
) -> str:
    for pattern, name in hidden:
        text = pattern.sub(name.replace("\\", r"\\"), text)
    return unprintable.sub("\ufffd", text)
