"""Whom a feed means today: from the day of the start to the day of the end, both included."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from scim_server.sync.mapping.expressions import Values, fold

NO_DATE = "0000-00-00"
"""What some systems export where there is none."""
REMEMBERED = 10_000
"""Dates that are not parsed again: those of a company are few."""


@dataclass(frozen=True, slots=True)
class Term:
    """The columns that hold the first and the last day, None: there is no such column.

    today: where the feed is written
    day:   the date that a text stands for; raises ValueError
    """

    start: str | None
    end: str | None
    today: date
    day: Callable[[str], date]

    def includes_today(self, values: Values) -> bool:
        """Whether a row is in force. Raises ValueError, which names the column."""
        start, end = self._day(self.start, values), self._day(self.end, values)
        return (start is None or start <= self.today) and (end is None or self.today <= end)

    def _day(self, column: str | None, values: Values) -> date | None:
        texts = values.get(fold(column), ()) if column else ()
        if not texts or texts[0] == NO_DATE:
            return None
        try:
            return self.day(texts[0])
        except ValueError:
            raise ValueError(f'"{column}" is no date, or not in the form of date_format') from None


def parser(formats: tuple[str, ...], zone: ZoneInfo) -> Callable[[str], date]:
    """Reads dates in the formats of strptime, or in ISO 8601 where there are none.

    A time with an offset from UTC is an instant: its day is the one that it falls on in ``zone``.
    A text that two formats read differently is no date.
    """
    if not formats:
        return lru_cache(REMEMBERED)(date.fromisoformat)

    @lru_cache(REMEMBERED)
    def day(text: str) -> date:
        found = {each for form in formats if (each := _day(text, form, zone))}
        if len(found) != 1:
            raise ValueError
        return found.pop()

    return day


def _day(text: str, form: str, zone: ZoneInfo) -> date | None:
    try:
        found = datetime.strptime(text, form)  # noqa: DTZ007 (a date, or with its offset)
        return (found.astimezone(zone) if found.tzinfo else found).date()
    except (ValueError, OverflowError):
        return None
