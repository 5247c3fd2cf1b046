"""Words for a colleague who speaks the family's language: held, read, sent or taken away (C5)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from admin.acts import acted
from admin.desk import LARGEST_ID, At, Me, NotFound
from admin.typed import TypedForm
from routing.events import ActionKind, StaffAction
from store.people import Person

router = APIRouter()


@router.post("/episodes/{episode_id:int}/draft")
def hold(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Keep words for a colleague to release; the family does not get them yet."""
    return acted(request, ports, me, _action(ActionKind.DRAFT, me, episode_id, typed), typed,
                 "drafted")  # fmt: skip


@router.post("/episodes/{episode_id:int}/withdraw")
def withdraw(request: Request, ports: At, typed: TypedForm, me: Me, episode_id: int) -> Response:
    """Take a draft away."""
    return acted(request, ports, me, _action(ActionKind.WITHDRAW, me, episode_id, typed), typed,
                 "withdrawn")  # fmt: skip


def _action(kind: ActionKind, me: Person, episode_id: int, typed: TypedForm) -> StaffAction:
    if episode_id > LARGEST_ID:
        raise NotFound
    return StaffAction(
        kind, me.clinic_id, me.staff_id, episode_id, typed.key, text=typed.text, seen=typed.seen,
        draft_id=typed.draft_id,
    )  # fmt: skip
