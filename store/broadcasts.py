"""Words to many families at once: what was approved, and how far it has come (C20).

They leave one after the other, as fast as a number carries them (FACTS A6) and no faster: hundreds
handed over at once would wait at the provider, and "call 911" to another family behind them.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, insert, select, update

from locales.segments import segments
from routing.events import ActionKind, StaffAction
from routing.types import ChildFlag, DeliveryState
from store.audience import audience
from store.conducting.unsent import TAKEN_BACK
from store.db import AnyRow
from store.manage import Change, touched
from store.outcomes import Outcome
from store.tables import (
    broadcast_recipients,
    broadcasts,
    deliveries,
    families,
    messages,
    staff,
)

TIME_TO_STOP = timedelta(seconds=30)
LEASE = timedelta(minutes=1)  # a process that took some and died: they come again
AT_ONCE = 25  # clinics, of each one telephone
A_PART = timedelta(seconds=1.25)  # one part of a text leaves in a second: room for other words
SHOWN = 20
_R = broadcast_recipients.c


@dataclass(frozen=True, slots=True)
class Progress:
    """One message to many families: its words, who approved them, and how far it has come.

    `states` count its texts: waiting, refused, stopped, or the state of their delivery.
    `failed` are the families of texts that did not arrive.
    """

    id: int
    flags: tuple[str, ...]
    words: Mapping[str, str]
    approved_by: str
    approved_at: datetime
    is_stopped: bool
    states: Mapping[str, int]
    failed: tuple[tuple[int, str], ...]

    @property
    def can_stop(self) -> bool:
        """Tell whether some texts have not been handed on yet."""
        return bool(self.states.get("waiting") or self.states.get(DeliveryState.QUEUED))


def approve(
    connection: Connection,
    change: Change,
    key: str,
    flags: Collection[ChildFlag],
    words: Mapping[str, str],
) -> int:
    """Let approved words go to all who are reached; they begin to leave after `TIME_TO_STOP`.

    Returns:
        The id of the message to many; pressing the same button again gives the same.
    """
    known = connection.execute(
        select(broadcasts.c.id).where(
            broadcasts.c.clinic_id == change.clinic_id, broadcasts.c.key == key
        )
    ).scalar()
    if known is not None:
        return int(known)
    found = audience(connection, change.clinic_id, flags, words)
    made = connection.execute(
        insert(broadcasts)
        .values(
            clinic_id=change.clinic_id, key=key, flags=sorted(map(str, flags)), words=dict(words),
            approved_by=change.staff_id, approved_at=change.now,
        )
        .returning(broadcasts.c.id)
    ).scalar_one()  # fmt: skip
    if found.readers:
        rows = [
            {
                "clinic_id": change.clinic_id, "broadcast_id": made, "family_id": one.family_id,
                "contact_id": one.contact_id, "language": one.language,
                "due_at": change.now + TIME_TO_STOP,
            }
            for one in found.readers
        ]  # fmt: skip
        connection.execute(insert(broadcast_recipients), rows)
    touched(connection, change, "broadcast.approved", {"id": made, "families": found.reached})
    return int(made)


def stop(connection: Connection, change: Change, broadcast_id: int) -> bool:
    """Let no more texts leave; what the provider has cannot be called back."""
    b = broadcasts.c
    done = connection.execute(
        update(broadcasts)
        .where(b.clinic_id == change.clinic_id, b.id == broadcast_id, b.stopped_at.is_(None))
        .values(stopped_at=change.now)
    )
    connection.execute(
        update(broadcast_recipients)
        .where(
            _R.clinic_id == change.clinic_id, _R.broadcast_id == broadcast_id,
            _R.message_id.is_(None), _R.problem.is_(None),
        )
        .values(due_at=None)
    )  # fmt: skip
    _take_back(connection, change.clinic_id, broadcast_id)
    if done.rowcount:
        touched(connection, change, "broadcast.stopped", {"id": broadcast_id})
    return bool(done.rowcount)


def _take_back(connection: Connection, clinic_id: int, broadcast_id: int) -> None:
    """Keep what waits in our own outbox from leaving: the provider is away, or asks to wait."""
    theirs = select(_R.message_id).where(
        _R.clinic_id == clinic_id, _R.broadcast_id == broadcast_id, _R.message_id.is_not(None)
    )
    kept = connection.execute(
        update(deliveries)
        .where(
            deliveries.c.clinic_id == clinic_id,
            deliveries.c.message_id.in_(theirs),
            deliveries.c.state == DeliveryState.QUEUED,
            deliveries.c.lease_until.is_(None),
        )
        .values(state=DeliveryState.EXPIRED, due_at=None)
        .returning(deliveries.c.message_id)
    ).scalars()
    connection.execute(
        update(messages)
        .where(messages.c.clinic_id == clinic_id, messages.c.id.in_(list(kept)))
        .values(kind=TAKEN_BACK)
    )


def is_due(connection: Connection, now: datetime) -> bool:
    """Look, without a lock, whether somebody is to be told."""
    return connection.execute(select(_R.id).where(_due(now)).limit(1)).first() is not None


def claim(connection: Connection, now: datetime) -> list[tuple[int, StaffAction]]:
    """Take the next of each clinic, for a minute, with the act that tells them.

    The others of the clinic wait until what these are told has left its number.
    """
    waiting = connection.execute(
        select(
            _R.id, _R.clinic_id, _R.contact_id, _R.broadcast_id, _R.language, broadcasts.c.words,
            broadcasts.c.approved_by,
        )
        .join(broadcasts, broadcasts.c.id == _R.broadcast_id)
        .where(_due(now), broadcasts.c.stopped_at.is_(None))
        .order_by(_R.due_at, _R.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, of=broadcast_recipients)
    ).all()  # fmt: skip
    rows = {row.clinic_id: row for row in reversed(waiting)}.values()
    for row in rows:
        connection.execute(
            update(broadcast_recipients).where(_R.id == row.id).values(due_at=now + LEASE)
        )
        leaves = now + A_PART * segments(row.words[row.language]).count
        # What another worker holds is passed over: each would wait for the other.
        others = (
            select(_R.id)
            .where(_R.clinic_id == row.clinic_id, _R.due_at < leaves)
            .with_for_update(skip_locked=True)
        )
        connection.execute(
            update(broadcast_recipients).where(_R.id.in_(others)).values(due_at=leaves)
        )
    return [
        (
            row.id,
            StaffAction(
                ActionKind.ANNOUNCE, row.clinic_id, row.approved_by, 0,
                f"broadcast:{row.broadcast_id}:{row.contact_id}",
                text=row.words[row.language], contact_id=row.contact_id,
            ),
        )
        for row in rows
    ]  # fmt: skip


def settle(connection: Connection, told: Sequence[tuple[int, Outcome]]) -> None:
    """Note what became of those who were taken; they are never taken again.

    What was stopped in the meantime is taken back.
    """
    for row_id, outcome in told:
        problem = str(outcome.problem) if outcome.problem else None
        connection.execute(
            update(broadcast_recipients)
            .where(_R.id == row_id)
            .values(due_at=None, problem=problem, message_id=None if problem
                    else outcome.message_id)
        )  # fmt: skip
    stopped = connection.execute(
        select(_R.clinic_id, _R.broadcast_id)
        .join(broadcasts, broadcasts.c.id == _R.broadcast_id)
        .where(_R.id.in_([row_id for row_id, _ in told]), broadcasts.c.stopped_at.is_not(None))
        .distinct()
    )
    for row in stopped.all():
        _take_back(connection, row.clinic_id, row.broadcast_id)


def broadcasts_of(connection: Connection, clinic_id: int) -> tuple[Progress, ...]:
    """Give the last messages to many families, the newest first."""
    b = broadcasts.c
    rows = connection.execute(
        select(broadcasts, staff.c.name.label("approver"))
        .join(staff, and_(staff.c.id == b.approved_by, staff.c.clinic_id == clinic_id))
        .where(b.clinic_id == clinic_id)
        .order_by(b.approved_at.desc(), b.id.desc())
        .limit(SHOWN)
    ).all()
    return tuple(_progress(connection, row) for row in rows)


def _progress(connection: Connection, row: AnyRow) -> Progress:
    told = connection.execute(
        select(
            _R.family_id, families.c.name, _R.problem, _R.message_id, deliveries.c.state
        )
        .join(families, families.c.id == _R.family_id)
        .outerjoin(
            deliveries,
            and_(deliveries.c.message_id == _R.message_id, deliveries.c.clinic_id == row.clinic_id),
        )
        .where(_R.clinic_id == row.clinic_id, _R.broadcast_id == row.id)
        .order_by(families.c.name, _R.id)
    ).all()  # fmt: skip
    is_stopped = row.stopped_at is not None
    states = [_state(one, is_stopped=is_stopped) for one in told]
    failed = dict.fromkeys(_failed(told, states))
    return Progress(
        row.id, tuple(row.flags), row.words, row.approver, row.approved_at, is_stopped,
        dict(Counter(states)), tuple(failed),
    )  # fmt: skip


def _failed(told: Sequence[AnyRow], states: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Name the families of whom no text is on its way or has arrived."""
    lost = {"refused", "failed", "blocked", "expired"}
    fine = {one.family_id for one, state in zip(told, states, strict=True) if state not in lost}
    for one in told:
        if one.family_id not in fine:
            yield one.family_id, one.name


def _state(row: AnyRow, *, is_stopped: bool) -> str:
    if row.problem is not None:
        return "refused"
    if row.message_id is None:
        return "stopped" if is_stopped else "waiting"
    is_kept = is_stopped and row.state == DeliveryState.EXPIRED
    return "stopped" if is_kept else str(row.state)


def _due(now: datetime) -> ColumnElement[bool]:
    return _R.due_at <= now
