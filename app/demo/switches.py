"""What a visitor of the trial can switch: the time of day, and what is sent by itself."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from app.demo.clock import StoryClock
from routing.hours import window_at
from routing.types import Automation
from store import manage, people
from store.db import Database
from store.manage import Change
from store.playbook import Playbook

NIGHT = time(23, 0)
MORNING_AFTER_OPENING = timedelta(minutes=90)


class Skip(StrEnum):
    """Where the time of the trial can jump to."""

    NIGHT = "night"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Present:
    """What the phone says about the clinic: its time, whether somebody is there, its mode."""

    at: datetime
    is_open: bool
    until: datetime | None
    mode: Automation


@dataclass(frozen=True, slots=True)
class Switches:
    """Turns them for one clinic, through the same code as an administrator's page."""

    database: Database
    playbook: Playbook
    clock: StoryClock
    number: str

    def present(self) -> Present:
        """Tell how it stands now."""
        now = self.clock()
        with self.database.read() as connection:
            clinic = self.playbook.current(connection).clinic_for(self.number, "")
        window = window_at(clinic.schedule, now)
        zone = ZoneInfo(clinic.schedule.timezone)
        until = window.ends.astimezone(zone) if window.ends else None
        return Present(now.astimezone(zone), window.is_open, until, clinic.automation)

    def skip(self, to: Skip) -> None:
        """Jump ahead to the next night, or to the next time when somebody is at the clinic."""
        present = self.present()
        ahead = self._target(present, to) - present.at
        with self.database.write() as connection:
            clinic = self.playbook.current(connection).clinic_for(self.number, "")
            # The visitor is not away while the time jumps.
            people.shift_sessions(connection, clinic.id, ahead)
        self.clock.skip(ahead)

    def set_mode(self, mode: Automation) -> None:
        """Send answers by themselves, or only show what would be sent (C22)."""
        with self.database.write() as connection:
            clinic = self.playbook.current(connection).clinic_for(self.number, "")
            change = Change(clinic.id, clinic.staff[0].id, self.clock())
            manage.set_automation(connection, change, mode)

    def _target(self, present: Present, to: Skip) -> datetime:
        if to is Skip.NIGHT:
            tonight = datetime.combine(present.at.date(), NIGHT, present.at.tzinfo)
            return tonight if tonight > present.at else tonight + timedelta(days=1)
        if present.is_open or present.until is None:
            return present.at
        return present.until + MORNING_AFTER_OPENING
