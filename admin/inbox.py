"""The first page: open episodes in the order in which they should be answered."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from admin.desk import At, Me, render
from routing.types import Urgency
from store.inbox.order import Place
from store.inbox.page import page_of, state_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
LARGEST_MOMENT = 2**57  # some thousands of years in microseconds

router = APIRouter()


@router.get("/")
def inbox(
    request: Request,
    ports: At,
    me: Me,
    after: Annotated[str, Query(max_length=100)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show one page of the inbox of the person's clinic."""
    place = read_place(after)
    with ports.database.read() as connection:
        rows, has_more = page_of(connection, me.clinic_id, after=place)
        state = state_of(connection, me.clinic_id, ports.clock())
    return render(
        request,
        "inbox.html",
        rows=rows,
        state=state,
        is_first=place is None,
        following=write_place(rows[-1].place) if has_more else None,
        urgencies=tuple(sorted(Urgency, reverse=True)),
        done=done,
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
