"""What a person does to an episode: each form is one act, and ends in a new page (303)."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound, Ports
from admin.episode import show_episode
from admin.typed import Typed, TypedForm
from routing.events import ActionKind, StaffAction
from routing.types import Problem
from store.people import Person

LONGEST_OUTCOME = 400

router = APIRouter()


@router.post("/episodes/{episode_id:int}/take")
def take(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Acknowledge: this person sees to it now."""
    action = _action(ActionKind.TAKE, me, episode_id, typed)
    return _act(request, ports, me, action, typed=typed, then=f"/episodes/{episode_id}?done=taken")


@router.post("/episodes/{episode_id:int}/reply")
def reply(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Send words to the last writer; the conductor signs them with the first name (C14)."""
    action = _action(ActionKind.REPLY, me, episode_id, typed, text=typed.text)
    return _act(
        request, ports, me, action, typed=typed, then=f"/episodes/{episode_id}?done=replied"
    )


@router.post("/episodes/{episode_id:int}/resolve")
def resolve(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Close with an outcome, unless something came that was not on the screen (C6)."""
    outcome = typed.other if typed.outcome == "other" else typed.outcome
    if len(outcome) > LONGEST_OUTCOME:
        return show_episode(request, ports, me, episode_id, typed=typed, problem=Problem.TOO_LONG)
    action = _action(ActionKind.RESOLVE, me, episode_id, typed, outcome=outcome)
    return _act(request, ports, me, action, typed=typed, then="/?done=resolved")


@router.post("/episodes/{episode_id:int}/attach")
def attach(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Say whose an unclaimed sender is (C8)."""
    action = _action(ActionKind.ATTACH, me, episode_id, typed, family_id=typed.family_id)
    return _act(
        request, ports, me, action, typed=typed, then=f"/episodes/{episode_id}?done=attached"
    )


def _action(
    kind: ActionKind,
    me: Person,
    episode_id: int,
    typed: Typed,
    *,
    text: str = "",
    outcome: str = "",
    family_id: int | None = None,
) -> StaffAction:
    if episode_id > LARGEST_ID:
        raise NotFound
    return StaffAction(
        kind=kind,
        clinic_id=me.clinic_id,
        staff_id=me.staff_id,
        episode_id=episode_id,
        key=typed.key,
        text=text,
        outcome=outcome,
        seen=typed.seen,
        family_id=family_id,
    )


def _act(
    request: Request, ports: Ports, me: Person, action: StaffAction, *, typed: Typed, then: str
) -> Response:
    problem = ports.conductor.conduct([action], ports.clock())[0].problem
    if problem is None:
        return RedirectResponse(then, status_code=303)
    if problem is Problem.NOT_FOUND:
        raise NotFound
    return show_episode(request, ports, me, action.episode_id, typed=typed, problem=problem)
