"""The page of one episode, its attachments, and the link that an alert carries."""

import mimetypes
import re
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from admin import later
from admin.desk import LARGEST_ID, At, Me, NotFound, Ports, clinic_of, is_by_script, render
from admin.speaking import reading_of
from admin.typed import Typed, fresh
from admin.words import OFFERED, PHRASES
from routing import quiet
from routing.events import ActionKind, StaffAction
from routing.leaving import WhyNow, offered
from routing.starting import LONGEST_REPLY
from routing.timeline import Line
from routing.types import ChildFlag, Hazard, Problem, Urgency, is_danger
from store.conducting.drafts import words_of
from store.conducting.reopening import is_reopenable
from store.inbox.episode import attachment_of, episode_of, episode_of_alert, taken_back
from store.inbox.follow_ups import FollowUpSeen, follow_up_of
from store.inbox.seen import EpisodeSeen, MessageSeen
from store.inbox.timeline import timeline_of
from store.outcomes import StoreUnavailable
from store.people import Person, colleagues

EPISODE_PATH = re.compile(r"/episodes/(?P<id>[0-9]{1,18})")
A_MOMENT = timedelta(minutes=1)
STEPS_SHOWN = 120  # of an alert that nobody takes there is no end; the file has them all
OUTCOMES = ("answered", "called", "emergency_care", "not_needed")

router = APIRouter()


@router.get("/episodes/{episode_id:int}")
def episode_page(
    request: Request,
    ports: At,
    me: Me,
    episode_id: int,
    done: Annotated[str, Query(max_length=20)] = "",
    sent: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    again: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    draft: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
) -> Response:
    """Show an episode and note that a person has opened it; looking never acknowledges.

    `again` is a reply that never left: its words stand in the box again. So do those of `draft`,
    which waits for somebody who speaks the family's language.
    """
    typed = None
    if draft:
        with ports.database.read() as connection:
            words = words_of(connection, me.clinic_id, episode_id, draft)
        typed = Typed(text=words, draft_id=draft) if words else None
    if again:
        with ports.database.read() as connection:
            typed = Typed(text=taken_back(connection, me.clinic_id, episode_id, again))
    return show_episode(request, ports, me, episode_id, typed=typed, done=done, sent=sent)


@router.get("/episodes/{episode_id:int}/chart")
def for_the_chart(request: Request, ports: At, me: Me, episode_id: int) -> Response:
    """Write an episode as plain text to be copied into the record (C23)."""
    found = _load(ports, me, episode_id)
    page = render(request, "chart.txt", episode=found)
    page.headers["content-type"] = "text/plain; charset=utf-8"
    return page


@router.get("/alerts/{ref}")
def alert_link(ports: At, me: Me, ref: str) -> Response:
    """Lead from the opaque link in an alert to its episode; changes nothing."""
    with ports.database.read() as connection:
        episode_id = episode_of_alert(connection, me.clinic_id, ref)
    if episode_id is None:
        raise NotFound
    return RedirectResponse(f"/episodes/{episode_id}", status_code=303)


@router.get("/attachments/{attachment_id:int}")
def attachment(ports: At, me: Me, attachment_id: int) -> Response:
    """Hand out an attachment as a file that no browser opens by itself (I-26)."""
    if attachment_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = attachment_of(connection, me.clinic_id, attachment_id)
    if found is None:
        raise NotFound
    ending = mimetypes.guess_extension(found.content_type) or ".bin"
    return Response(
        found.content,
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="attachment-{attachment_id}{ending}"',
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


def show_episode(
    request: Request,
    ports: Ports,
    me: Person,
    episode_id: int,
    *,
    typed: Typed | None = None,
    problem: Problem | None = None,
    done: str = "",
    sent: int = 0,
) -> HTMLResponse:
    """Render an episode with a form that is empty, or filled as the person left it."""
    found = _load(ports, me, episode_id)
    form, clinic = typed if typed and typed.key else fresh(typed), clinic_of(ports, me)
    page = render(
        request,
        "episode.html",
        status=_status(problem),
        fresh_from=f"/episodes/{found.episode_id}",
        episode=found,
        timeline=_timeline(ports, me, found),
        follow_up=_follow_up(ports, me, found),
        may_reopen=_may_reopen(ports, me, found),
        steps_shown=STEPS_SHOWN,
        # Messages after the one that the person had seen are shown as new (C6).
        seen_before=form.seen if problem else None,
        typed=replace(form, seen=found.last_id),
        problem=problem,
        # I-12: the first one has it; whoever pressed a moment later must not think so.
        done="was_taken" if done == "taken" and not found.is_with(me.staff_id) else done,
        undoable=_undoable(found, sent),
        leaves_later=_leaves_later(found, sent, ports.clock()),
        held=_held(found, me, ports.clock()),
        colleagues=_colleagues(ports, me),
        urgencies=tuple(sorted(Urgency, reverse=True)),
        later=later.CHOICES,
        outcomes=OUTCOMES,
        longest_text=LONGEST_REPLY,
        waits=held_until(ports, me, _wrote_at(found)),
        starts=_starts(ports, me, found),
        interpreter_phone=clinic.interpreter_phone,
        reading=reading_of(clinic, me, found.reads),
        whys=tuple(WhyNow),
        flags=tuple(ChildFlag),
        relations=tuple(PHRASES["relation"]),
        languages=OFFERED,
    )
    _note_opened(request, ports, me, found)
    return page


def held_until(ports: Ports, me: Person, wrote_at: datetime | None) -> datetime | None:
    """Tell until when words to a family would wait because it is night (C20)."""
    now = ports.clock()
    wait = quiet.waits(me.timezone, wrote_at, now)
    return now + wait if wait else None


def hours_ahead(ports: Ports, me: Person, wrote_at: datetime | None) -> datetime | None:
    """Tell when words leave that wait for the person's hours; None where they need not."""
    return offered(clinic_of(ports, me), me.staff_id, wrote_at, ports.clock())


def _starts(ports: Ports, me: Person, found: EpisodeSeen) -> datetime | None:
    if is_danger(found.urgency, Hazard(found.hazard) if found.hazard else None):
        return None
    return hours_ahead(ports, me, _wrote_at(found))


def _wrote_at(found: EpisodeSeen) -> datetime | None:
    return max((m.at for m in found.messages if m.is_inbound), default=None)


def _undoable(found: EpisodeSeen, sent: int) -> int | None:
    """Name the reply that was just sent, while it has not left yet."""
    held = (m for m in found.messages if m.message_id == sent and m.author is not None)
    return sent if any(m.delivery == "queued" for m in held) else None


def _leaves_later(found: EpisodeSeen, sent: int, now: datetime) -> datetime | None:
    """Tell when the reply that was just sent leaves, where that is not at once (C20)."""
    waiting = (m.leaves_at for m in found.messages if m.message_id == sent)
    return next((at for at in waiting if at is not None and at - now > A_MOMENT), None)


def _held(found: EpisodeSeen, me: Person, now: datetime) -> tuple[MessageSeen, ...]:
    """List the replies that wait to leave, to be asked about before somebody resolves."""
    waiting = ((m, m.leaves_at - now) for m in found.messages if m.author_id and m.leaves_at)
    return tuple(
        m for m, left in waiting
        if left > (A_MOMENT if m.author_id == me.staff_id else timedelta(0))
    )  # fmt: skip


def _timeline(ports: Ports, me: Person, found: EpisodeSeen) -> tuple[Line, ...]:
    if found.alert is None:
        return ()
    with ports.database.read() as connection:
        return timeline_of(connection, me.clinic_id, found.episode_id)


def _follow_up(ports: Ports, me: Person, found: EpisodeSeen) -> FollowUpSeen | None:
    if found.is_open:
        return None
    with ports.database.read() as connection:
        return follow_up_of(connection, me.clinic_id, found.episode_id)


def _may_reopen(ports: Ports, me: Person, found: EpisodeSeen) -> bool:
    if found.is_open:
        return False
    with ports.database.read() as connection:
        return is_reopenable(connection, me.clinic_id, found.episode_id, ports.clock())


def _colleagues(ports: Ports, me: Person) -> tuple[tuple[int, str], ...]:
    with ports.database.read() as connection:
        return colleagues(connection, me.clinic_id)


def _load(ports: Ports, me: Person, episode_id: int) -> EpisodeSeen:
    if episode_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = episode_of(connection, me.clinic_id, episode_id)
    if found is None:
        raise NotFound
    return found


def _note_opened(request: Request, ports: Ports, me: Person, found: EpisodeSeen) -> None:
    # A page that a browser fetches ahead has not been looked at by anybody.
    is_fetched_ahead = "prefetch" in request.headers.get("sec-purpose", "")
    is_by_nobody = is_fetched_ahead or is_by_script(request) or request.method == "HEAD"
    if not (found.is_open and found.is_unread) or is_by_nobody:
        return
    opened = StaffAction(
        kind=ActionKind.OPENED,
        clinic_id=me.clinic_id,
        staff_id=me.staff_id,
        episode_id=found.episode_id,
        key=f"opened:{found.episode_id}:{found.last_id}:{me.staff_id}",
        seen=found.last_id,
    )
    with suppress(StoreUnavailable):  # whoever needs the page must get it all the same
        ports.conductor.conduct([opened], ports.clock())


def _status(problem: Problem | None) -> int:
    match problem:
        case None:
            return 200
        case (
            Problem.NEWER_MESSAGE
            | Problem.ALREADY_CLOSED
            | Problem.HAS_UNSENT
            | Problem.HAS_NEWER
            | Problem.DRAFT_IS_GONE
        ):
            return 409
        case _:
            return 422
