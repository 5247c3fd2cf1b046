"""Tells open staff pages that something changed; they fetch it through their own addresses."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from admin.desk import At, Me, render
from store.inbox.choosing import lost_clinic_id
from store.streams import Streams

BEAT = b": still here\n\n"
AGAIN_AFTER_MS = 3000

router = APIRouter()


@router.get("/live")
def live(ports: At, me: Me) -> Response:
    """Stream the ids of episodes that changed, as `changed` events; never a word of anybody.

    No session of the database is held meanwhile. 503 where a process has as many as it may, or
    none at all: the page then asks every few seconds.
    """
    if ports.streams is None or ports.streams.is_full:
        return Response(status_code=503, headers={"Retry-After": "10"})
    clinic_ids = {me.clinic_id}
    if "admin" in me.roles:
        with ports.database.read() as connection:
            clinic_ids.add(lost_clinic_id(connection))
    return StreamingResponse(
        _events(ports.streams, clinic_ids),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@router.get("/alarm")
def alarm(request: Request, me: Me) -> Response:  # noqa: ARG001  signed in or nothing
    """Show the strip of emergencies that nobody has taken, for a page that refreshes itself."""
    return render(request, "alarm.html")


async def _events(streams: Streams, clinic_ids: set[int]) -> AsyncIterator[bytes]:
    yield f"retry: {AGAIN_AFTER_MS}\n\n".encode()
    async with aclosing(streams.changes(clinic_ids)) as changes:
        async for heard in changes:
            ids = " ".join(map(str, sorted(heard)))
            yield f"event: changed\ndata: {ids}\n\n".encode() if heard else BEAT
