"""Instants on the wire: RFC 3339 there, as directory/ports.py has them here."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import ValidationError, fields

from scim_server.protocol.values import stamp

YEARS = range(1970, 9000)


class Instant(fields.AwareDateTime):
    """A moment; what is shown ends in Z, what is sent has any zone, or none for UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__("iso", default_timezone=UTC, **options)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value}Z"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if moment.year not in YEARS:
            raise ValidationError(f"must be from the years {YEARS[0]} to {YEARS[-1]}.")
        return stamp(moment)
