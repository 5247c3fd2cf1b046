"""The first page: open episodes in the order in which they should be answered."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import At, Me, NotFound, Ports, clinic_of, render
from admin.playbook import MAY_LOOK
from admin.typed import TypedForm, fresh
from routing.assignment import shared_out
from routing.events import ActionKind, StaffAction
from routing.types import Topic, Urgency
from store.conducting.giving import loads_of, queue_of
from store.conducting.reopening import is_reopenable
from store.inbox.choosing import Chosen, View, counts_of, lost_clinic_id
from store.inbox.follow_ups import follow_ups_of
from store.inbox.order import Place
from store.inbox.page import page_of, state_of
from store.people import Person, colleagues
from store.verdicts import NightPages, night_pages

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LARGEST_MOMENT = 2**57  # some thousands of years in microseconds
LARGEST_ID = 2**63 - 1

Word = Annotated[str, Query(max_length=40)]

router = APIRouter()


@router.get("/")
def inbox(
    request: Request,
    ports: At,
    me: Me,
    *,
    view: Word = "",
    urgency: Word = "",
    topic: Word = "",
    owner: Word = "",
    language: Word = "",
    after: Annotated[str, Query(max_length=100)] = "",
    done: Word = "",
    of: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> Response:
    """Show one page of a part of the inbox of the person's clinic.

    `of` is the episode that was just resolved: a slip can be undone.
    """
    asked = {"view": view, "urgency": urgency, "topic": topic, "owner": owner, "language": language}
    chosen = read_choice(asked, me)
    place = read_place(after)
    shown = _load(ports, me, chosen, place)
    rows, has_more = shown.pop("page")
    return render(
        request,
        "inbox.html",
        rows=rows,
        chosen=chosen,
        is_first=place is None,
        following=_address(asked, after=write_place(rows[-1].place)) if has_more else None,
        first_page=_address(asked),
        views={one: _address({"view": one}) for one in _offered(me)},
        urgencies=tuple(sorted(Urgency, reverse=True)),
        topics=tuple(Topic),
        done=done,
        again=of if done == "resolved" and _may_reopen(ports, me, of) else 0,
        typed=fresh(),
        may_share=bool(MAY_LOOK & set(me.roles)),
        **shown,
    )


@router.post("/next")
def take_next(ports: At, typed: TypedForm, me: Me) -> Response:
    """Give the person the first of the team's queue, by level, age and language."""
    action = StaffAction(ActionKind.NEXT, me.clinic_id, me.staff_id, 0, typed.key)
    outcome = ports.conductor.conduct([action], ports.clock())[0]
    if outcome.problem is not None or outcome.episode_id is None:
        return RedirectResponse("/?done=nothing_left", status_code=303)
    return RedirectResponse(f"/episodes/{outcome.episode_id}?done=next", status_code=303)


@router.post("/share")
def share_out(ports: At, typed: TypedForm, me: Me) -> Response:
    """Share the team's queue out to who is on duty: for supervisors and administrators."""
    if not MAY_LOOK & set(me.roles):
        raise NotFound
    now, clinic = ports.clock(), clinic_of(ports, me)
    with ports.database.read() as connection:
        queue, loads = queue_of(connection, me.clinic_id), loads_of(connection, me.clinic_id)
    given = [
        StaffAction(
            ActionKind.GIVE, me.clinic_id, me.staff_id, one.episode_id,
            f"{typed.key}-{one.episode_id}", to_id=staff_id,
        )
        for one, staff_id in shared_out(queue, clinic, loads, now)
    ]  # fmt: skip
    if given:
        ports.conductor.conduct(given, now)
    return RedirectResponse("/?view=team&done=shared", status_code=303)


def _may_reopen(ports: Ports, me: Person, episode_id: int) -> bool:
    with ports.database.read() as connection:
        return is_reopenable(connection, me.clinic_id, episode_id, ports.clock())


def read_choice(asked: dict[str, str], me: Person) -> Chosen:
    """Read what was chosen from the words of the address; what makes no sense is left out."""
    views = {view.value: view for view in _offered(me)}
    urgencies = {urgency.word: urgency for urgency in Urgency}
    topics = {topic.value: topic for topic in Topic}
    owner = asked["owner"]
    is_id = owner.isascii() and owner.isdigit() and int(owner) <= LARGEST_ID
    language = asked["language"]
    return Chosen(
        view=views.get(asked["view"], View.ALL),
        staff_id=me.staff_id,
        speaks=me.languages,
        urgency=urgencies.get(asked["urgency"]),
        topic=topics.get(asked["topic"]),
        owner_id=int(owner) if is_id else None,
        language=language if language.isalpha() else None,
    )


def write_place(place: Place) -> str:
    """Write where a page ended for the address of the next one: numbers and times only."""
    due = "" if place.reply_due is None else str((place.reply_due - EPOCH) // MICROSECOND)
    waiting = (place.waiting_since - EPOCH) // MICROSECOND
    return f"{place.rank}.{due}.{waiting}.{place.episode_id}"


def read_place(written: str) -> Place | None:
    """Read what `write_place` wrote; None, the first page, for anything else."""
    try:
        rank, due, waiting, episode_id = written.split(".")
        numbers = [int(n) for n in (rank, due or "0", waiting, episode_id)]
    except ValueError:
        return None
    if not all(0 <= number < LARGEST_MOMENT for number in numbers):
        return None
    return Place(
        numbers[0],
        EPOCH + numbers[1] * MICROSECOND if due else None,
        EPOCH + numbers[2] * MICROSECOND,
        numbers[3],
    )


def _load(ports: Ports, me: Person, chosen: Chosen, place: Place | None) -> dict[str, Any]:
    with ports.database.read() as connection:
        clinic_id = me.clinic_id
        counts = dict(counts_of(connection, clinic_id, me.staff_id, me.languages))
        if View.ROUTING in _offered(me):
            lost = lost_clinic_id(connection)
            elsewhere = counts_of(connection, lost, 0)
            counts[View.ROUTING] = elsewhere[View.ALL] + elsewhere[View.WAITING]
            clinic_id = lost if chosen.view is View.ROUTING else clinic_id
        return {
            "follow_ups": follow_ups_of(connection, clinic_id, chosen) if place is None else (),
            "page": page_of(connection, clinic_id, chosen, after=place),
            "state": state_of(connection, me.clinic_id, ports.clock()),
            "counts": counts,
            "owners": colleagues(connection, me.clinic_id),
            "pages": _pages(connection, ports, me),
        }


def _pages(connection: Any, ports: Ports, me: Person) -> NightPages | None:
    """Count for supervisors how often nurses were woken, and how often rightly (C21)."""
    if not MAY_LOOK & set(me.roles):
        return None
    return night_pages(connection, me.clinic_id, ports.clock())


def _offered(me: Person) -> tuple[View, ...]:
    """What came to a number that no clinic has is shown to administrators only (I-06)."""
    return tuple(View) if "admin" in me.roles else tuple(v for v in View if v is not View.ROUTING)


def _address(asked: dict[str, str], **more: str) -> str:
    words = {name: word for name, word in (asked | more).items() if word and word != View.ALL}
    return f"/?{urlencode(words)}" if words else "/"
