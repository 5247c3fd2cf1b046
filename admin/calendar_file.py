"""Reads closed days out of a calendar file (iCalendar, RFC 5545) that somebody uploads.

Only whole days are taken: a closure is a date. What cannot be read is told with its line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

LARGEST = 256 * 1024
MOST_EVENTS = 1000
MOST_DAYS = 100
"""So many days ahead are offered from one file; more is the wrong file for closures."""
LONGEST_EVENT = 60  # days
LONGEST_NAME = 200
OLDEST_YEAR = 1970
FREQUENCIES = frozenset({"YEARLY", "MONTHLY", "WEEKLY"})
RULES = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"}
)
DAY = timedelta(days=1)


class Unreadable(Exception):
    """Why a file cannot be read: the key of a sentence, and the line; 0 for the whole file."""

    def __init__(self, kind: str, line: int = 0) -> None:
        super().__init__(kind, line)
        self.kind = kind
        self.line = line


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One closed date of the file."""

    date: date
    name: str


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """The days ahead, and how many events were left out because they have a time of day."""

    days: tuple[CalendarDay, ...]
    timed: int
    past: int


@dataclass(frozen=True, slots=True)
class _Block:
    line: int
    text: str


def read_calendar(content: bytes, first: date, last: date) -> CalendarRead:
    """Read the whole days from `first` to `last`.

    Raises:
        Unreadable: it is no calendar, too large, or a line of it makes no sense.
    """
    if len(content) > LARGEST:
        raise Unreadable("too_large")
    found: dict[date, str] = {}
    timed = past = 0
    for block in _events(_text(content)):
        name, days = _event(block, first, last)
        if days is None:
            timed += 1
            continue
        past += not days
        for day in days:
            found.setdefault(day, name)
        if len(found) > MOST_DAYS:
            raise Unreadable("too_many_days", block.line)
    return CalendarRead(
        tuple(CalendarDay(day, found[day]) for day in sorted(found)), timed, past
    )  # fmt: skip


def _text(content: bytes) -> list[str]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable("not_text", line) from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any(line.strip() for line in lines):
        raise Unreadable("empty")
    if lines[0].strip().upper() != "BEGIN:VCALENDAR":
        raise Unreadable("no_calendar", 1)
    return lines


def _events(lines: list[str]) -> Iterator[_Block]:
    """Cut the events out, each with the line that it begins in."""
    start, count = 0, 0
    for number, line in enumerate(lines, 1):
        match line.strip().upper():
            case "BEGIN:VEVENT":
                if start:
                    raise Unreadable("not_closed", start)
                start, count = number, count + 1
                if count > MOST_EVENTS:
                    raise Unreadable("too_many_events", number)
            case "END:VEVENT":
                if not start:
                    raise Unreadable("not_begun", number)
                yield _Block(start, "\r\n".join([*lines[start - 1 : number], ""]))
                start = 0
            case _:
                pass
    if start:
        raise Unreadable("not_closed", start)
    if not any(line.strip().upper() == "END:VCALENDAR" for line in lines):
        raise Unreadable("cut_off", len(lines))


def _event(block: _Block, first: date, last: date) -> tuple[str, list[date] | None]:
    """Read one event; None instead of days where it has a time of day."""
    # Here and not above, because it costs a tenth of a second at every start.
    from icalendar import Event  # noqa: PLC0415

    try:
        event: Any = Event.from_ical(block.text)
        starts = event.decoded("DTSTART")
        ends = event.decoded("DTEND", None)
        length = event.decoded("DURATION", None)
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise Unreadable("event", block.line) from None
    if not isinstance(starts, date):
        raise Unreadable("event", block.line)
    if isinstance(starts, datetime):
        return "", None
    if isinstance(length, timedelta):
        ends = starts + length
    days = (ends - starts).days if isinstance(ends, date) and not isinstance(ends, datetime) else 1
    if not 0 <= days <= LONGEST_EVENT or starts.year < OLDEST_YEAR:
        raise Unreadable("too_long", block.line)
    said = str(event.get("SUMMARY", ""))
    name = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    begun = _recurrences(block, event, starts, last)
    spread = (begin + n * DAY for begin in begun for n in range(max(days, 1)))
    # One day more than are offered tells that there are too many.
    ahead = islice((day for day in spread if first <= day <= last), MOST_DAYS + 1)
    return name[:LONGEST_NAME], sorted(set(ahead))


def _recurrences(block: _Block, event: Any, starts: date, last: date) -> list[date]:
    """List the first days of an event that repeats; of one that does not, its own."""
    rule = event.get("RRULE")
    if rule is None:
        return [starts]
    from dateutil.rrule import rrulestr  # noqa: PLC0415  seldom needed

    try:
        parts = {str(name).upper(): values for name, values in rule.items()}
        # The others repeat within a day, or every day: no closure does.
        if not parts.keys() <= RULES or str(parts["FREQ"][0]).upper() not in FREQUENCIES:
            raise Unreadable("repeats", block.line)
        count, until = parts.get("COUNT"), parts.get("UNTIL")
        end = last.timetuple()[:3]
        stop = min(until[0].timetuple()[:3], end) if until else end
        for name in ("COUNT", "UNTIL"):
            rule.pop(name, None)
        days = rrulestr(rule.to_ical().decode(), dtstart=_midnight(starts))
        found = [day.date() for day in days.replace(until=_midnight(date(*stop)))]
        left_out = _left_out(event)
        return [day for day in found[: int(count[0]) if count else None] if day not in left_out]
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, OverflowError):
        raise Unreadable("repeats", block.line) from None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  a date, no instant


def _left_out(event: Any) -> set[date]:
    """Read the dates on which a repeated event does not happen."""
    listed = event.get("EXDATE", [])
    entries = listed if isinstance(listed, list) else [listed]
    dates = (one.dt for entry in entries for one in getattr(entry, "dts", ()))
    return {one.date() if isinstance(one, datetime) else one for one in dates}
