"""How one person is told of dangers: their telephone, their browsers, and a test of each way."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin import words
from admin.desk import LARGEST_ID, STATIC_FOLDER, At, Me, Ports, clinic_of, render
from routing.situation import ClinicView, StaffView
from routing.types import StaffChannel
from store import browsers, rehearsal
from store.browsers import Browser
from store.conducting.outbox import pushed
from store.manage import Change
from store.people import Person
from store.rehearsal import Trial

LONGEST_ENDPOINT = 1000
POINT_BYTES, AUTH_BYTES = 65, 16  # RFC 8291
TEST = "test"
WORKER = "push-worker.js"
# As they name themselves; the first that is found counts.
MAKERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("Chrome", "Chrome"),
          ("CriOS", "Chrome"), ("Safari", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
           ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Way:
    """One way that can be tried: `key` names it in the form, `to` is shown."""

    key: str
    way: StaffChannel
    to: str
    address: str


@router.get("/reach")
def reach_page(
    request: Request, ports: At, me: Me, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Show the ways in which one is told, and what became of the last tests."""
    return _show(request, ports, me, done=done)


@router.post("/reach/browsers")
def switch_on(
    request: Request,
    ports: At,
    me: Me,
    *,
    endpoint: Annotated[str, Form(max_length=LONGEST_ENDPOINT)] = "",
    p256dh: Annotated[str, Form(max_length=100)] = "",
    auth: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Keep where this browser takes pushes, with its keys, as it says itself."""
    is_known = ports.pushing is not None and ports.pushing.may_reach(endpoint)
    if not is_known or not _is_key(p256dh, POINT_BYTES) or not _is_key(auth, AUTH_BYTES):
        return _show(request, ports, me, problem="browser")
    change = Change(me.clinic_id, me.staff_id, ports.clock())
    name = _named(request.headers.get("user-agent", ""))
    with ports.database.write() as connection:
        browsers.switch_on(connection, change, Browser(endpoint, p256dh, auth), name)
    return RedirectResponse("/reach?done=switched_on", status_code=303)


@router.post("/reach/browsers/{browser_id:int}/remove")
def switch_off(ports: At, me: Me, browser_id: int) -> Response:
    """Push nothing to one of one's browsers any more."""
    change = Change(me.clinic_id, me.staff_id, ports.clock())
    with ports.database.write() as connection:
        browsers.switch_off(connection, change, min(browser_id, LARGEST_ID))
    return RedirectResponse("/reach?done=changed", status_code=303)


@router.post("/reach/try")
def try_now(
    request: Request, ports: At, me: Me, key: Annotated[str, Form(alias="way", max_length=40)] = ""
) -> Response:
    """Send a marked test to oneself; administrators try the clinic's services as well."""
    clinic = clinic_of(ports, me)
    chosen = [way for way in _ways(ports, me, clinic) if way.key == key]
    if not chosen:
        return _show(request, ports, me, problem="way")
    link = f"{(ports.public_url or str(request.base_url)).rstrip('/')}/reach"
    trials = [_trial(way, me, link) for way in chosen]
    change = Change(me.clinic_id, me.staff_id, ports.clock())
    with ports.database.write() as connection:
        is_sent = rehearsal.send(connection, change, clinic, trials)
    if not is_sent:
        return _show(request, ports, me, problem="soon")
    return RedirectResponse("/reach?done=trying", status_code=303)


@router.get(f"/{WORKER}")
def worker(language: Annotated[str, Query(max_length=20)] = "en") -> Response:
    """Give the script that shows pushes, also while no page is open; its words are fixed."""
    say = words.translations(words.chosen([language])).gettext
    said = {key: say(text) for key, text in words.PHRASES["pushed"].items()}
    script = (STATIC_FOLDER / WORKER).read_text(encoding="utf-8")
    return Response(
        f"const WORDS = {json.dumps(said)};\n{script}", media_type="text/javascript; charset=utf-8"
    )


def _show(
    request: Request, ports: Ports, me: Person, *, done: str = "", problem: str = ""
) -> Response:
    clinic = clinic_of(ports, me)
    with ports.database.read() as connection:
        mine = browsers.of_person(connection, me.clinic_id, me.staff_id)
        tried = rehearsal.tried(connection, me.clinic_id, me.staff_id, ports.clock())
    language = words.chosen(me.languages)
    return render(
        request,
        "reach.html",
        status=422 if problem else 200,
        clinic=clinic,
        person=_person(clinic, me),
        ways=_once(_ways(ports, me, clinic)),
        browsers=mine,
        digests=" ".join(one.endpoint_hash for one in mine),
        tried=tried,
        pushing=ports.pushing,
        worker=f"/{WORKER}?language={language}",
        problem=problem,
        done=done,
    )


def _ways(ports: Ports, me: Person, clinic: ClinicView) -> tuple[Way, ...]:
    """List what can be tried: each way that reaches this person, and for some the services."""
    person = _person(clinic, me)
    found: list[Way] = []
    if person.phone:
        found += (Way(way.value, way, person.phone, person.phone)
                  for way in (StaffChannel.SMS, StaffChannel.CALL))  # fmt: skip
    if person.email:
        found.append(Way("email", StaffChannel.EMAIL, person.email, person.email))
    if ports.pushing is not None:
        found += (Way("push", StaffChannel.PUSH, "", ref) for ref in person.browsers)
    if "admin" in me.roles:
        found += (Way(f"service-{number}", StaffChannel.SERVICE, one.name, one.address_env)
                  for number, one in enumerate(clinic.services))  # fmt: skip
    return tuple(found)


def _once(ways: Sequence[Way]) -> tuple[Way, ...]:
    """Show several browsers as one button."""
    return tuple({way.key: way for way in ways}.values())


def _person(clinic: ClinicView, me: Person) -> StaffView:
    found = clinic.person(me.staff_id)
    assert found is not None  # noqa: S101  who is signed in works here
    return found


def _trial(way: Way, me: Person, link: str) -> Trial:
    language = words.chosen(me.languages)
    say = words.translations(language).gettext
    match way.way:
        case StaffChannel.PUSH:
            text = pushed(TEST, link)
        case StaffChannel.SERVICE:
            text = say(words.PHRASES["tested"]["service"])
        case _:
            text = say(words.PHRASES["tested"]["person"]) % {"clinic": me.clinic_name}
    return Trial(way.way, way.address, text, language)


def _is_key(typed: str, length: int) -> bool:
    try:
        key = base64.b64decode(typed + "=" * (-len(typed) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return False
    return len(key) == length


def _named(agent: str) -> str:
    """Name a browser so that its owner knows it again: Firefox, Android."""
    maker = next((name for sign, name in MAKERS if sign in agent), "")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return ", ".join(filter(None, (maker, system))) or "?"
