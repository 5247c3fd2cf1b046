"""What a person does to an episode: each form is one act, and ends in a new page (303)."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from admin import later
from admin.desk import LARGEST_ID, At, Me, NotFound, Ports
from admin.episode import show_episode
from admin.typed import Typed, TypedForm
from routing.events import ActionKind, Inbound, InboundKind, StaffAction, Unsent
from routing.types import Problem, Urgency
from store.inbox.episode import taken_back, writer_of
from store.outcomes import Outcome
from store.people import Person

LONGEST_OUTCOME = 400
FOLLOWED = ("spoke", "missed", "known")
HOLD = timedelta(seconds=10)  # time to take a reply back

router = APIRouter()


@router.post("/episodes/{episode_id:int}/take")
def take(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Acknowledge: this person sees to it now."""
    action = _action(ActionKind.TAKE, me, episode_id, typed)
    return _act(request, ports, me, action, typed=typed, then=f"/episodes/{episode_id}?done=taken")


@router.post("/episodes/{episode_id:int}/reply")
def reply(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Send words to the last writer; the conductor signs them with the first name (C14)."""
    action = _action(
        ActionKind.REPLY,
        me,
        episode_id,
        typed,
        text=typed.text,
        hold=HOLD,
        now_because=typed.now_because,
        at_once=typed.at_once,
        why_now=typed.why_now,
        draft_id=typed.draft_id,
    )
    outcome, page = _done(request, ports, me, action, typed)
    if page is not None:
        return page
    then = f"/episodes/{episode_id}?done=replied"
    return RedirectResponse(f"{then}&sent={outcome.message_id or 0}", status_code=303)


@router.post("/episodes/{episode_id:int}/resolve")
def resolve(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Close with an outcome, unless something came that was not on the screen (C6)."""
    outcome = typed.other if typed.outcome == "other" else typed.outcome
    if len(outcome) > LONGEST_OUTCOME:
        return show_episode(request, ports, me, episode_id, typed=typed, problem=Problem.TOO_LONG)
    unsent = next((one for one in Unsent if one == typed.unsent), None)
    action = _action(ActionKind.RESOLVE, me, episode_id, typed, outcome=outcome, unsent=unsent)
    then = f"/?done=resolved&of={episode_id}"
    return _act(request, ports, me, action, typed=typed, then=then)


@router.post("/episodes/{episode_id:int}/reopen")
def reopen(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Open again what was resolved by a slip."""
    action = _action(ActionKind.REOPEN, me, episode_id, typed)
    return acted(request, ports, me, action, typed, "reopened")


@router.post("/episodes/{episode_id:int}/attach")
def attach(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Say whose an unclaimed sender is (C8)."""
    action = _action(ActionKind.ATTACH, me, episode_id, typed, family_id=typed.family_id)
    return _act(
        request, ports, me, action, typed=typed, then=f"/episodes/{episode_id}?done=attached"
    )


@router.post("/episodes/{episode_id:int}/welcome")
def welcome(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Write down the family of a sender whom nobody knew (C8)."""
    action = _action(ActionKind.WELCOME, me, episode_id, typed, newcomer=typed.newcomer)
    return acted(request, ports, me, action, typed, "welcomed")


@router.post("/episodes/{episode_id:int}/undo")
def undo(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Take a reply back that has not left yet; its words stand in the box again."""
    action = _action(ActionKind.UNDO, me, episode_id, typed, message_id=typed.message_id)
    _, page = _done(request, ports, me, action, typed)
    if page is not None:
        return page
    with ports.database.read() as connection:
        words = taken_back(connection, me.clinic_id, episode_id, typed.message_id or 0)
    again = Typed(path=typed.path, text=words)
    return show_episode(request, ports, me, episode_id, typed=again, done="taken_back")


@router.post("/episodes/{episode_id:int}/note")
def note(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Keep a note that only staff see."""
    action = _action(ActionKind.NOTE, me, episode_id, typed, text=typed.note)
    return acted(request, ports, me, action, typed, "noted")


@router.post("/episodes/{episode_id:int}/called")
def called(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Log a call and how it ended (C23)."""
    action = _action(
        ActionKind.CALLED, me, episode_id, typed, text=typed.note, reached=typed.reached
    )
    return acted(request, ports, me, action, typed, "called")


@router.post("/episodes/{episode_id:int}/followed")
def followed(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Say how the follow-up of an emergency went: spoken with, not reached, or known otherwise."""
    if typed.outcome not in FOLLOWED:
        return show_episode(
            request, ports, me, episode_id, typed=typed, problem=Problem.NEEDS_OUTCOME
        )
    kind = ActionKind.NOTE if typed.outcome == "known" else ActionKind.CALLED
    action = _action(
        kind, me, episode_id, typed, text=typed.note, outcome=typed.outcome,
        reached=typed.outcome == "spoke",
    )  # fmt: skip
    if typed.outcome == "missed":
        return acted(request, ports, me, action, typed, "called")
    return _act(request, ports, me, action, typed=typed, then="/?done=followed")


@router.post("/episodes/{episode_id:int}/hand")
def hand(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Give it to somebody else, or take it over."""
    action = _action(ActionKind.HAND_TO, me, episode_id, typed, to_id=typed.to_id or me.staff_id)
    return acted(request, ports, me, action, typed, "handed")


@router.post("/episodes/{episode_id:int}/level")
def level(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Raise or lower, with a reason (C18)."""
    wanted = next((urgency for urgency in Urgency if urgency.word == typed.level), None)
    action = _action(ActionKind.SET_LEVEL, me, episode_id, typed, text=typed.note, urgency=wanted)
    return acted(request, ports, me, action, typed, "level")


@router.post("/episodes/{episode_id:int}/off")
def put_off(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Wait on somebody, or sleep, until a time by the clinic's clock."""
    wanted = typed.own_time if typed.until == "own" else typed.until
    until = later.moment(wanted, ports.clock(), me.timezone)
    action = _action(ActionKind.PUT_OFF, me, episode_id, typed, text=typed.waits_for, until=until)
    return _act(request, ports, me, action, typed=typed, then="/?done=put_off")


@router.post("/episodes/{episode_id:int}/on")
def bring_back(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Bring back what was put off."""
    action = _action(ActionKind.BRING_BACK, me, episode_id, typed)
    return acted(request, ports, me, action, typed, "back")


@router.post("/episodes/{episode_id:int}/pass")
def pass_on(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Tell the next person now; whoever had taken it has not any more."""
    action = _action(ActionKind.PASS_ON, me, episode_id, typed)
    return acted(request, ports, me, action, typed, "passed")


@router.post("/episodes/{episode_id:int}/heard")
def other_way(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Add words that came another way; they are judged like a text (C23)."""
    with ports.database.read() as connection:
        found = writer_of(connection, me.clinic_id, episode_id) if typed.note.strip() else None
    if found is None:
        return show_episode(request, ports, me, episode_id, typed=typed, problem=Problem.EMPTY_TEXT)
    heard = Inbound(
        provider="staff",
        account="",
        provider_id=typed.key,
        channel=found.channel,
        sender=found.address,
        recipient=found.our_address,
        text=typed.note.strip(),
        raw=b"",
        kind=InboundKind.OTHER_WAY,
        takes_answer=False,
        author_id=me.staff_id,
        clinic_id=me.clinic_id,
    )
    ports.conductor.conduct([heard], ports.clock())
    return RedirectResponse(f"/episodes/{episode_id}?done=heard", status_code=303)


def _action(
    kind: ActionKind, me: Person, episode_id: int, typed: Typed, **fields: Any
) -> StaffAction:
    if episode_id > LARGEST_ID:
        raise NotFound
    return StaffAction(
        kind=kind,
        clinic_id=me.clinic_id,
        staff_id=me.staff_id,
        episode_id=episode_id,
        key=typed.key,
        seen=typed.seen,
        **fields,
    )


def acted(
    request: Request, ports: Ports, me: Person, action: StaffAction, typed: Typed, done: str
) -> Response:
    """Let an act happen and show the episode again, with the word of what was done."""
    then = f"/episodes/{action.episode_id}?done={done}"
    return _act(request, ports, me, action, typed=typed, then=then)


def _act(
    request: Request, ports: Ports, me: Person, action: StaffAction, *, typed: Typed, then: str
) -> Response:
    _, page = _done(request, ports, me, action, typed)
    return page or RedirectResponse(then, status_code=303)


def _done(
    request: Request, ports: Ports, me: Person, action: StaffAction, typed: Typed
) -> tuple[Outcome, Response | None]:
    """Let it happen; the page is there when it was refused."""
    outcome = ports.conductor.conduct([action], ports.clock())[0]
    if outcome.problem is None:
        return outcome, None
    if outcome.problem is Problem.NOT_FOUND:
        raise NotFound
    page = show_episode(request, ports, me, action.episode_id, typed=typed, problem=outcome.problem)
    return outcome, page
