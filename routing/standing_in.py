"""Who is told instead of somebody who has gone home: a backup, or a coordinator on duty."""

from datetime import datetime

from routing.situation import ClinicView, StaffView

COORDINATORS = frozenset({"coordinator"})


def stand_in(
    clinic: ClinicView, person: StaffView, language: str | None, now: datetime
) -> StaffView | None:
    """Find who can be told in place of a person outside their hours, if anybody can.

    Their backup comes first, then coordinators who speak the family's language, then others; only
    who has a telephone and is in their hours or on call.
    """
    backup = clinic.person(clinic.backups.get(person.id))
    others = (one for one in clinic.staff if COORDINATORS & one.roles)
    speaking = sorted(others, key=lambda one: not (language and one.speaks(language)))
    candidates = (*((backup,) if backup else ()), *speaking)
    able = (one for one in candidates if one.phone and clinic.may_notify(one.id, now))
    return next((one for one in able if one != person), None)
