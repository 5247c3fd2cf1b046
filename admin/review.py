"""The time line of an alert as a file, for a review: who was told, how, and how long it took.

No word of a family, no telephone number; of what is confidential (C11) there is no file.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from admin.desk import LARGEST_ID, At, Me, NotFound
from routing.timeline import Line
from store.inbox.episode import episode_of
from store.inbox.timeline import timeline_of

COLUMNS = (
    "at", "happened", "person", "way", "became", "became_at", "seconds_to_become", "tries",
    "reason", "seconds_since_step", "seconds_since_opening",
)  # fmt: skip
# A table program takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

router = APIRouter()


@router.get("/episodes/{episode_id:int}/alert.csv")
def alert_file(ports: At, me: Me, episode_id: int) -> Response:
    """Hand the time line of an episode's alerts out as a table (issue 5: for a review)."""
    if episode_id > LARGEST_ID:
        raise NotFound
    with ports.database.read() as connection:
        found = episode_of(connection, me.clinic_id, episode_id)
        lines = timeline_of(connection, me.clinic_id, episode_id) if found else ()
    if found is None or found.is_confidential or not lines:
        raise NotFound
    name = f"alert-{episode_id}.csv"
    return Response(
        table(lines),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def table(lines: Sequence[Line]) -> str:
    """Write lines as a table with a head (RFC 4180); no cell can be taken for a formula."""
    written = io.StringIO()
    sheet = csv.writer(written)
    sheet.writerow(COLUMNS)
    sheet.writerows([guarded(cell) for cell in _cells(line)] for line in lines)
    return written.getvalue()


def guarded(cell: str) -> str:
    """Put an apostrophe before what would be taken for a formula."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _cells(line: Line) -> Iterator[str]:
    told = line.told
    yield _iso(line.at)
    yield line.happened
    yield line.who or ("on-call telephone" if told else "")
    yield told.way if told else ""
    yield told.became if told else ""
    yield _iso(told.ended_at) if told else ""
    yield _seconds(line.took)
    yield str(told.tries) if told else ""
    yield told.cause.sentence if told and told.cause else ""
    yield _seconds(line.after)
    yield _seconds(line.since)


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""


def _seconds(length: timedelta | None) -> str:
    return "" if length is None else str(int(length.total_seconds()))
