"""Pages of what is listed: a cursor is a place, not a snapshot."""

import base64
from collections.abc import Sequence
from typing import Any

import orjson
from marshmallow import Schema, ValidationError, fields, validate

LARGEST = 1000


class Cursor(fields.String):
    """A place as opaque text, of so many parts."""

    def __init__(self, *, parts: int, **options: Any) -> None:
        super().__init__(**options)
        self.parts = parts

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            place = orjson.loads(base64.urlsafe_b64decode(text + "=="))
        except ValueError:
            place = None
        is_place = isinstance(place, list) and all(map(_is_text, place))
        # Base64 and JSON have many forms of the same: only one of each is ours.
        if not is_place or len(place) != self.parts or _written(place) != text:
            raise ValidationError("is no cursor that this server gave out.")
        return tuple(place)


class PageQuery(Schema):
    """Which page."""

    cursor = Cursor(parts=2, metadata={"description": "The `next` of the page before."})
    count = fields.Integer(
        load_default=100,
        validate=validate.Range(1, LARGEST),
        metadata={"description": "How many at most."},
    )


def _is_text(part: object) -> bool:
    return isinstance(part, str) and "\0" not in part


def page(name: str, found: Sequence[Any], total: int, last: Sequence[str] | None) -> dict[str, Any]:
    """What is shown of a page; ``last``: its last place, where another page follows."""
    shown: dict[str, Any] = {"total": total, name: found}
    if last is not None:
        shown["next"] = _written(last)
    return shown


def _written(place: Sequence[str]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(list(place))).rstrip(b"=").decode()
