"""What would a family get now? Decides a made-up message over the real settings; keeps nothing."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from admin import later
from admin.desk import At, Me, NotFound, Ports, render
from admin.playbook import MAY_LOOK
from routing.arrivals import decide_inbound
from routing.decision import Decision
from routing.events import Inbound
from routing.situation import ChildView, ClinicView, ContactView, Situation
from routing.types import Automation, ChildFlag, Consent, ContactKind
from store.conducting.wording import word_reply
from store.people import Person

MOST_CHARACTERS = 1600

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Tried:
    """One made-up message and what would come of it."""

    text: str
    language: str
    flags: tuple[str, ...]
    age: str
    at: str
    decision: Decision | None = None
    replies: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


@router.get("/playbook/preview")
def preview_page(request: Request, ports: At, me: Me) -> Response:
    """Show the empty form."""
    return _show(request, ports, me, Tried("", "en", (), "", ""))


@router.post("/playbook/preview")
def preview(
    request: Request,
    ports: At,
    me: Me,
    *,
    text: Annotated[str, Form(max_length=MOST_CHARACTERS)] = "",
    language: Annotated[str, Form(max_length=16)] = "en",
    flags: Annotated[list[str] | None, Form()] = None,
    age: Annotated[str, Form(max_length=4)] = "",
    at: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Decide the message as if it came at a moment; nothing is sent or kept."""
    chosen = tuple(flag for flag in ChildFlag if flag.value in (flags or ()))
    return _show(request, ports, me, Tried(text, language, chosen, age, at))


def _show(request: Request, ports: Ports, me: Person, tried: Tried) -> Response:
    if not MAY_LOOK & set(me.roles) or ports.preview is None:
        raise NotFound
    if tried.text.strip():
        tried = _decided(ports, me, tried)
    return render(request, "preview.html", tried=tried, flags=tuple(ChildFlag), later=later.CHOICES)


def _decided(ports: Ports, me: Person, tried: Tried) -> Tried:
    tools = ports.preview
    assert tools is not None  # noqa: S101  checked by the caller
    now = later.moment(tried.at, ports.clock(), me.timezone) or ports.clock()
    with ports.database.read() as connection:
        clinic = tools.playbook.current(connection).by_id[me.clinic_id]
    decision = decide_inbound(_message(tried), _situation(clinic, tried), now, tools.triage)
    words = tuple(word_reply(tools.speaker, r, clinic, now).text for r in decision.replies)
    names = tuple(_name(clinic, tell.staff_id) for tell in decision.tells)
    return replace(tried, decision=decision, replies=words, told=names)


def _message(tried: Tried) -> Inbound:
    return Inbound("preview", "", "preview", "sms", "+15005550006", "", tried.text, b"")


def _situation(clinic: ClinicView, tried: Tried) -> Situation:
    """Make up a family whose coordinator is nobody, in a clinic that is live."""
    live = replace(clinic, automation=Automation.ON)
    contact = ContactView(
        id=0, family_id=0, thread_id=0, kind=ContactKind.FAMILY, channel="sms",
        address="+15005550006", consent=Consent.GRANTED, language=tried.language,
        cannot_text=False, our_address="", coordinator_id=None,
    )  # fmt: skip
    months = int(tried.age) if tried.age.isascii() and tried.age.isdigit() else None
    child = ChildView(frozenset(map(ChildFlag, tried.flags)), months, is_active=True)
    return Situation(clinic=live, contact=contact, children=(child,))


def _name(clinic: ClinicView, staff_id: int | None) -> str:
    person = clinic.person(staff_id)
    return person.name if person else clinic.on_call_phone
