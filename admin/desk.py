"""What every staff page has at hand: the ports, who is signed in, and how a page is rendered."""

import gettext
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Protocol
from zoneinfo import ZoneInfo

import phonenumbers
from fastapi import Depends, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.routing import Match

from admin import words
from admin.fixed_words import N_
from admin.marking import pieces, preview
from admin.security import SAFE_METHODS
from admin.times import Times
from locales.names import language_name
from locales.replies import Speaker
from routing.arrivals import Triage
from routing.events import Event
from routing.situation import ClinicView
from store.browsers import Pushing
from store.clock import Clock
from store.db import Database
from store.inbox.alarms import Alarms, alarms_of
from store.outcomes import Outcome, StoreUnavailable
from store.people import Person, person_of
from store.playbook import Playbook
from store.streams import Streams

HERE = Path(__file__).parent
STATIC_FOLDER = HERE / "static"
LARGEST_ID = 2**63 - 1
END_OF_NUMBER = 4
SHEETS = ("tokens", "base", "inbox", "episode", "forms", "playbook")
PLACES: tuple[tuple[str, str, str, frozenset[str]], ...] = (
    ("/", "g i", N_("Inbox"), frozenset()),
    ("/families", "g f", N_("Families"), frozenset()),
    ("/playbook", "g p", N_("Playbook"), frozenset({"admin", "supervisor"})),
)
BY_SCRIPT = "x-live"
"""A page that a script fetches by itself was opened by nobody and keeps no session awake, unless
somebody has typed or pressed since the last time: then it says `HERE_NOW`."""
HERE_NOW = "here"


class Conducts(Protocol):
    """The one conductor, bare or counted."""

    def conduct(self, events: Sequence[Event], now: datetime) -> list[Outcome]:
        """Let events happen in one transaction."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a made-up message is decided and worded with."""

    playbook: Playbook
    triage: Triage
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class Ports:
    """What the pages are connected to."""

    database: Database
    conductor: Conducts
    clock: Clock
    public_url: str | None = None
    streams: Streams | None = None  # None: pages do not refresh themselves
    preview: Preview | None = None
    pushing: Pushing | None = None  # None: no pushes to browsers

    @property
    def is_https(self) -> bool:
        """Tell whether people come over https, as the outside address says."""
        return bool(self.public_url and self.public_url.startswith("https:"))

    @property
    def cookie(self) -> str:
        """Name the cookie of the session; browsers keep `__Host-` ones to this host and https."""
        return "__Host-kinline" if self.is_https else "kinline"


class NeedsSignIn(Exception):
    """Nobody is signed in, or no longer."""


class NotFound(Exception):
    """There is no such thing, or it is another clinic's (I-22)."""


def ports_of(request: Request) -> Ports:
    """Find the ports that the app was built with."""
    ports = request.app.state.ports
    assert isinstance(ports, Ports)  # noqa: S101  set by build(); tells mypy
    return ports


def signed_in(request: Request) -> Person:
    """Tell who asks; raise `NeedsSignIn` for nobody."""
    ports = ports_of(request)
    token = request.cookies.get(ports.cookie)
    awake = request.headers.get(BY_SCRIPT, HERE_NOW) == HERE_NOW
    person = person_of(ports.database, token, ports.clock(), awake=awake) if token else None
    if person is None:
        raise NeedsSignIn
    request.state.person = person
    return person


def clinic_of(ports: Ports, me: Person) -> ClinicView:
    """Give what administrators have set of a person's clinic: hours, turns, absences."""
    if ports.preview is None:
        raise NotFound
    with ports.database.read() as connection:
        return ports.preview.playbook.current(connection).by_id[me.clinic_id]


At = Annotated[Ports, Depends(ports_of)]
Me = Annotated[Person, Depends(signed_in)]


def is_by_script(request: Request) -> bool:
    """Tell whether the page refreshes itself, without anybody doing anything."""
    return BY_SCRIPT in request.headers


def render(
    request: Request, template: str, *, status: int = 200, fresh_from: str = "", **context: Any
) -> HTMLResponse:
    """Render a page in the language of the person, at the time of their clinic.

    `fresh_from` is where the page refreshes itself from, where that is not its own address. What
    answers a form has an address that takes only forms: it hears of emergencies from the inbox.
    """
    person: Person | None = getattr(request.state, "person", None)
    wanted = (
        person.languages if person else words.asked_for(request.headers.get("accept-language", ""))
    )
    tag = words.chosen(wanted)
    page = _environment(tag).get_template(template)
    zone = ZoneInfo(person.timezone if person else "UTC")
    return HTMLResponse(
        page.render(
            me=person,
            alarms=_alarms(ports_of(request), person),
            path=request.url.path,
            fresh_from=fresh_from or ("" if request.method in SAFE_METHODS else "/"),
            language=tag,
            times=Times(ports_of(request).clock(), zone, tag, words.translations(tag)),
            **context,
        ),
        status_code=status,
    )


def _alarms(ports: Ports, person: Person | None) -> Alarms:
    if person is None:
        return Alarms()
    with suppress(StoreUnavailable), ports.database.read() as connection:
        return alarms_of(connection, person.clinic_id)
    return Alarms()


def local_path(wanted: str) -> str:
    """Keep a path on this site; anything else becomes the inbox (no open redirect)."""
    is_local = (
        wanted.startswith("/")
        and not wanted.startswith(("//", "/\\"))
        and wanted.isprintable()
        and "\\" not in wanted
    )
    return wanted if is_local else "/"


def page_of_form(request: Request, path: str) -> str:
    """Find the page on which a form stands, from where it goes: the nearest one above it."""
    page = local_path(path)
    while page and not any(
        route.matches({"type": "http", "method": "GET", "path": page})[0] is Match.FULL
        for route in request.app.router.routes
    ):
        page = page.rpartition("/")[0]
    return page or "/"


@lru_cache
def _environment(tag: str) -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(HERE / "templates"),
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    translations = words.translations(tag)
    environment.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals.update(
        say=lambda kind, key: _say(translations, kind, key),
        phrases=words.PHRASES,
        places=lambda person: _places(translations, person),
        language_name=lambda spoken: language_name(spoken, tag),
        sheets=tuple(asset(f"css/{name}.css") for name in SHEETS),
        asset=asset,
        pieces=pieces,
        preview=preview,
        telephone=_telephone,
        end_of=lambda address: address[-END_OF_NUMBER:],
    )
    return environment


def _say(translations: gettext.NullTranslations, kind: str, key: object) -> str:
    phrases = words.PHRASES[kind]
    word = phrases.get(str(key).lower(), phrases.get("unknown", str(key)))
    return translations.gettext(word) if word else ""


def _places(
    translations: gettext.NullTranslations, person: Person
) -> tuple[tuple[str, str, str], ...]:
    """List the pages in the top line that a person may see: address, key, name."""
    return tuple(
        (address, key, translations.gettext(name))
        for address, key, name, roles in PLACES
        if not roles or roles & set(person.roles)
    )


def _telephone(number: str) -> str:
    """Write a number as people read it out; one that cannot be read stays as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache
def asset(name: str) -> str:
    """Give the address of a file in `static`, which changes with what is in it."""
    version = hashlib.sha256((STATIC_FOLDER / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={version}"
