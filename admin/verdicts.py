"""One key: this page was wrong, or right (C21)."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from admin.desk import LARGEST_ID, At, Me, NotFound
from store.verdicts import judge

router = APIRouter()


@router.post("/episodes/{episode_id:int}/verdict")
def verdict(
    ports: At, me: Me, episode_id: int, was: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Say whether it was right that people were told of this at once."""
    if was not in {"right", "wrong"} or episode_id > LARGEST_ID:
        raise NotFound
    with ports.database.write() as connection:
        is_there = judge(
            connection, (me.clinic_id, me.staff_id), episode_id, ports.clock(),
            right=was == "right",
        )  # fmt: skip
    if not is_there:
        raise NotFound
    return RedirectResponse(f"/episodes/{episode_id}?done=judged", status_code=303)
