"""Moments in the words of the reader: how long somebody waits, when a reply is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton, format_time

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Times:
    """Tells times as they stand on the wall of the clinic, seen at `now`."""

    now: datetime
    zone: ZoneInfo
    locale: str
    words: NullTranslations

    def at(self, moment: datetime) -> str:
        """Say the time of day, with the date unless it is today."""
        local = moment.astimezone(self.zone)
        if self.is_today(moment):
            return format_time(local, "short", locale=self.locale)
        same_year = local.year == self.now.astimezone(self.zone).year
        pattern = "MMMEd" if same_year else "yMMMd"
        clock = format_time(local, "short", locale=self.locale)
        return f"{format_skeleton(pattern, local, locale=self.locale)}, {clock}"

    def waiting(self, since: datetime) -> str:
        """Say how long a family has waited."""
        if self.now - since < MINUTE:
            return self.words.gettext("just now")
        return self.words.gettext("waiting %(time)s") % {"time": self._length(self.now - since)}

    def due(self, moment: datetime) -> str:
        """Say how long is left, or how much too late it is."""
        left = moment - self.now
        if abs(left) < MINUTE:
            return self.words.gettext("reply due now")
        if left < timedelta(0):
            return self.words.gettext("reply overdue by %(time)s") % {"time": self._length(-left)}
        return self.words.gettext("reply due in %(time)s") % {"time": self._length(left)}

    def length(self, length: timedelta) -> str:
        """Say how long something took; below a minute in seconds."""
        if length < MINUTE:
            return self.words.gettext("%(number)s s") % {"number": int(length.total_seconds())}
        return self._length(length)

    def day(self, moment: datetime, *, before: bool = False) -> str:
        """Say the day; `before`, the last one that ends at this moment."""
        local = (moment - MINUTE if before else moment).astimezone(self.zone)
        return format_skeleton("MMMEd", local, locale=self.locale)

    def weekday(self, day: date) -> str:
        """Say the day of the week, short."""
        return format_skeleton("E", day, locale=self.locale)

    def short_date(self, day: date) -> str:
        """Say a day for a calendar: the number, and the month where it begins."""
        return format_skeleton("MMMd" if day.day == 1 else "d", day, locale=self.locale)

    def day_and_month(self, day: date) -> str:
        """Say a day with its month, short."""
        return format_skeleton("MMMd", day, locale=self.locale)

    def long_date(self, day: date) -> str:
        """Say a day with its weekday; with the year where it is not this one's."""
        this_year = self.now.astimezone(self.zone).year
        pattern = "MMMEd" if day.year == this_year else "yMMMEd"
        return format_skeleton(pattern, day, locale=self.locale)

    def is_over(self, moment: datetime) -> bool:
        """Tell whether a moment has passed."""
        return moment < self.now

    def is_today(self, moment: datetime) -> bool:
        """Tell whether a moment is on this day of the clinic."""
        return moment.astimezone(self.zone).date() == self.now.astimezone(self.zone).date()

    def iso(self, moment: datetime) -> str:
        """Write a moment for machines."""
        return moment.isoformat(timespec="seconds")

    @property
    def field_now(self) -> str:
        """Write this moment as a field for a day and a time wants it."""
        return self.now.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M")

    def age(self, birth_month: str | None) -> str:
        """Say the age of a child born in a month like 2021-03: in months below two years."""
        if not birth_month:
            return ""
        year, month = (int(part) for part in birth_month.split("-"))
        today = self.now.astimezone(self.zone)
        months = max(0, (today.year - year) * 12 + today.month - month)
        if months < 24:  # noqa: PLR2004  two years, as paediatrics counts
            said = self.words.ngettext("%(number)s month", "%(number)s months", months)
            return said % {"number": months}
        said = self.words.ngettext("%(number)s year", "%(number)s years", months // 12)
        return said % {"number": months // 12}

    def _length(self, length: timedelta) -> str:
        minutes = int(length / MINUTE)
        hours, days = minutes // 60, minutes // (60 * 24)
        if days:
            said = self.words.ngettext("%(number)s day", "%(number)s days", days)
            return said % {"number": days}
        if not hours:
            return self.words.gettext("%(number)s min") % {"number": minutes}
        if minutes % 60 == 0:
            return self.words.gettext("%(number)s h") % {"number": hours}
        return self.words.gettext("%(hours)s h %(minutes)s min") % {
            "hours": hours,
            "minutes": minutes % 60,
        }
