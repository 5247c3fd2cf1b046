"""The clinic's own words for automatic texts: a list, a text with its English, who vouches."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import At, Me, NotFound, Ports, render
from admin.playbook import MAY_LOOK
from locales import own
from locales.catalogs import SOURCE, direction, placeholders
from locales.replies import Policy, Speaker
from locales.segments import segments
from locales.times import Saying, When
from routing.situation import ClinicView
from store import wordings
from store.db import AnyRow
from store.manage import Change
from store.people import Person

LONGEST = 1000
UNTIL_AN_EXAMPLE = timedelta(days=1)

router = APIRouter()
Text = Annotated[str, Form(max_length=4 * LONGEST)]
Place = Annotated[str, Query(max_length=16)]


@dataclass(frozen=True, slots=True)
class Line:
    """One text as the list and its own page show it; `row` is the clinic's own, if there is one."""

    key: str
    english: str
    shipped: str | None
    shipped_status: str
    row: AnyRow | None
    said: str
    parts: int


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the form: the words, and what is wrong with them."""

    text: str
    problem: str = ""


@router.get("/playbook/words")
def words_page(
    request: Request, ports: At, me: Me, language: Place = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """List every automatic text in one of the clinic's languages, as a family reads it."""
    clinic, found = _load(ports, me)
    tag = language if language in clinic.languages else clinic.languages[0]
    speaker = _speaker(ports)
    lines = [_line(speaker, clinic, found, tag, key) for key in own.changeable(speaker.catalogs)]
    return render(
        request, "words.html", lines=lines, tongue=tag, clinic=clinic, done=done,
        may_change="admin" in me.roles, side=direction(tag),
    )  # fmt: skip


@router.get("/playbook/words/{key}")
def text_page(
    request: Request, ports: At, me: Me, key: str, language: Place = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """Show one text with its English, and a form for the clinic's own words."""
    return _show(request, ports, me, key, language, done=done)


@router.post("/playbook/words/{key}")
def write(
    request: Request, ports: At, me: Me, key: str, text: Text = "", language: Place = ""
) -> Response:
    """Set the clinic's own words; they are a draft until somebody else vouches for them."""
    change, words = _change(ports, me), text.replace("\r\n", "\n").strip()
    _line_of(ports, me, key, language)
    wrong = own.fault(_speaker(ports).catalogs, key, words)
    if wrong is None and len(words) > LONGEST:
        wrong = own.Wrong.TOO_LONG
    if wrong is not None:
        return _show(request, ports, me, key, language, typed=words, problem=wrong)
    with ports.database.write() as connection:
        wordings.write(connection, change, (language, key), words)
    return _saved(key, language)


@router.post("/playbook/words/{key}/vouch")
def vouch(
    request: Request, ports: At, me: Me, key: str, *, text: Text = "", language: Place = "",
    qualification: Annotated[str, Form(max_length=200)] = "",
) -> Response:  # fmt: skip
    """Vouch for the words that stood on the screen: somebody qualified, who did not write them."""
    change = _change(ports, me)
    _line_of(ports, me, key, language)
    if not qualification.strip():
        return _show(request, ports, me, key, language, problem="qualification")
    today = change.now.astimezone(ZoneInfo(me.timezone)).date()
    review = wordings.Review(me.name, qualification.strip(), today)
    words = text.replace("\r\n", "\n")
    with ports.database.write() as connection:
        is_done = wordings.vouch(connection, change, (language, key), words, review)
    if not is_done:
        return _show(request, ports, me, key, language, problem="not_yours")
    return _saved(key, language)


@router.post("/playbook/words/{key}/forget")
def forget(ports: At, me: Me, key: str, language: Place = "") -> Response:
    """Use Kinline's words again."""
    change = _change(ports, me)
    with ports.database.write() as connection:
        wordings.forget(connection, change, (language, key))
    return _saved(key, language)


def _show(
    request: Request, ports: Ports, me: Person, key: str, language: str, *, done: str = "",
    typed: str | None = None, problem: str = "",
) -> Response:  # fmt: skip
    clinic, line = _line_of(ports, me, key, language)
    standing = line.row.text if line.row else line.shipped or ""
    filled = Filled(standing if typed is None else typed, problem)
    return render(
        request, "wording.html", status=422 if problem else 200, line=line, tongue=language,
        clinic=clinic, filled=filled, done=done, may_change="admin" in me.roles,
        side=direction(language), longest=LONGEST,
        values=sorted(placeholders(line.english)),
        may_vouch=line.row is not None and line.row.written_by != me.staff_id,
    )  # fmt: skip


def _line_of(ports: Ports, me: Person, key: str, language: str) -> tuple[ClinicView, Line]:
    clinic, found = _load(ports, me)
    speaker = _speaker(ports)
    if language not in clinic.languages or key not in own.changeable(speaker.catalogs):
        raise NotFound
    return clinic, _line(speaker, clinic, found, language, key)


def _line(
    speaker: Speaker, clinic: ClinicView, found: dict[tuple[str, str], AnyRow], tag: str, key: str
) -> Line:
    policy: Policy = "allow_draft" if clinic.template_policy == "allow_draft" else "reviewed_only"
    said = speaker.of(clinic.own_words, policy).say(
        key, (tag,), policy=policy, params=_example(clinic, key)
    )
    return Line(
        key=key,
        english=speaker.catalogs.texts[SOURCE][key],
        shipped=speaker.catalogs.text(key, tag),
        shipped_status=speaker.catalogs.status(key, tag),
        row=found.get((tag, key)),
        said=said.text,
        parts=segments(said.text).count,
    )


def _example(clinic: ClinicView, key: str) -> dict[str, Any]:
    """Give values for every place in a text: the clinic's own, and a moment like tomorrow nine."""
    now = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)  # any day: only the words around it count
    saying = Saying.AT if "closed" in key else Saying.BY
    return {
        "clinic": clinic.name,
        "emergency": clinic.emergency_number,
        "on_call": clinic.on_call_phone,
        "suicide_line": "988",
        "comfort_phone": clinic.on_call_phone,
        "holiday": "…",
        "coordinator": "…",
        "cover": "…",
        "when": When(saying, now + UNTIL_AN_EXAMPLE, now, clinic.schedule.timezone),
    }


def _load(ports: Ports, me: Person) -> tuple[ClinicView, dict[tuple[str, str], AnyRow]]:
    if not MAY_LOOK & set(me.roles) or ports.preview is None:
        raise NotFound
    with ports.database.read() as connection:
        clinic = ports.preview.playbook.current(connection).by_id[me.clinic_id]
        return clinic, wordings.wordings_of(connection, me.clinic_id)


def _speaker(ports: Ports) -> Speaker:
    if ports.preview is None:
        raise NotFound
    return ports.preview.speaker


def _change(ports: Ports, me: Person) -> Change:
    if "admin" not in me.roles:
        raise NotFound
    return Change(me.clinic_id, me.staff_id, ports.clock())


def _saved(key: str, language: str) -> Response:
    return RedirectResponse(f"/playbook/words/{key}?language={language}&done=changed", 303)
