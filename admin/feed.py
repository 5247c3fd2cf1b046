"""The calendar of duty for telephones and calendars (iCalendar, RFC 5545), by a secret address.

It holds names of staff and of lines, and nothing about families.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from admin import words
from admin.desk import At, Me, NotFound, Ports, render
from routing.oncall import periods
from routing.watch import Stretch, Watch, stretches
from store import feed
from store.db import AnyRow
from store.manage import Change
from store.people import Person
from store.rotations import watch_of
from store.team import names_of

BEFORE, AHEAD = timedelta(weeks=4), timedelta(weeks=26)
ASK_AGAIN = timedelta(hours=1)

router = APIRouter()


@router.get("/calendar/{token}.ics")
def calendar_feed(ports: At, token: str) -> Response:
    """Give the turns of four weeks ago until half a year ahead to whoever has the address."""
    now = ports.clock()
    with ports.database.read() as connection:
        clinic = feed.clinic_of(connection, token)
        if clinic is None:
            raise NotFound
        watch = watch_of(connection, clinic.id)
        names = names_of(connection, clinic.id)
    return Response(_calendar(clinic, watch, names, now), media_type="text/calendar; charset=utf-8")


@router.post("/playbook/duty/feed")
def renew(request: Request, ports: At, me: Me) -> Response:
    """Make a new address and show it, this once; the earlier one ends."""
    change = _change(ports, me)
    with ports.database.write() as connection:
        token = feed.renew(connection, change)
    address = (ports.public_url or str(request.base_url)).rstrip("/")
    return render(request, "feed.html", link=f"{address}/calendar/{token}.ics")


@router.post("/playbook/duty/feed/stop")
def stop(ports: At, me: Me) -> Response:
    """Let there be no address any more."""
    change = _change(ports, me)
    with ports.database.write() as connection:
        feed.stop(connection, change)
    return RedirectResponse("/playbook/duty?done=changed", status_code=303)


def _calendar(clinic: AnyRow, watch: Watch, names: Mapping[int, str], now: datetime) -> bytes:
    # Here and not above, because it costs a tenth of a second at every start.
    from icalendar import Calendar, Event  # noqa: PLC0415

    say = words.translations(words.chosen(clinic.languages)).gettext
    calendar = Calendar()
    calendar.add("prodid", "-//Kinline//on-call//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", say("%(clinic)s: on call") % {"clinic": clinic.name})
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"value": "DURATION"})
    for line in watch.lines:
        for begins, ends in periods(line.roster, now - BEFORE, now + AHEAD):
            for one in stretches(watch, line, begins, ends):
                event = Event()
                # The same as long as the turn begins then: a calendar moves it, adds no second.
                event.add("uid", f"{line.id}-{one.starts:%Y%m%dT%H%M%SZ}@{clinic.key}.kinline")
                event.add("dtstamp", now)
                event.add("dtstart", one.starts)
                event.add("dtend", one.ends)
                event.add("summary", f"{line.name}: {_whom(one, names, say('NOBODY'))}")
                event.add("transp", "TRANSPARENT")
                calendar.add_component(event)
    return bytes(calendar.to_ical())


def _whom(one: Stretch, names: Mapping[int, str], nobody: str) -> str:
    """Name who has it; who cannot be told is named too, after a word that nobody overlooks."""
    name = names.get(one.staff_id or 0, "")
    if one.lack is None:
        return name
    return f"{nobody} ({name})" if name else nobody


def _change(ports: Ports, me: Person) -> Change:
    if "admin" not in me.roles:
        raise NotFound
    return Change(me.clinic_id, me.staff_id, ports.clock())
