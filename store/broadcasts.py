"""Words to many families at once: who is reached, what was approved, how far it has come (C20)."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from routing.events import ActionKind, StaffAction
from routing.types import ChildFlag, Consent, ContactKind
from store.chat import WEBCHAT
from store.db import AnyRow
from store.manage import Change, touched
from store.outcomes import Outcome
from store.tables import (
    broadcast_recipients,
    broadcasts,
    caregivers,
    children,
    clinics,
    contacts,
    deliveries,
    families,
    staff,
)

TIME_TO_STOP = timedelta(seconds=30)
LEASE = timedelta(minutes=1)  # a process that took some and died: they come again
AT_ONCE = 25
SHOWN = 20
_R = broadcast_recipients.c


class Unreached(StrEnum):
    """Why words do not reach a family: somebody has to call it."""

    OPTED_OUT = "opted_out"
    NO_TEXTS = "no_texts"
    CHAT_ONLY = "chat_only"
    LANGUAGE = "language"  # nobody wrote the words in theirs
    NOBODY = "nobody"  # no address at all


@dataclass(frozen=True, slots=True)
class Reader:
    """One telephone that gets the words, in one language."""

    contact_id: int
    family_id: int
    language: str


@dataclass(frozen=True, slots=True)
class ToCall:
    """One family that the words do not reach, and why."""

    family_id: int
    name: str
    why: Unreached


@dataclass(frozen=True, slots=True)
class Audience:
    """Who would get the words. `languages` counts families by the language they are answered in."""

    readers: tuple[Reader, ...]
    to_call: tuple[ToCall, ...]
    languages: Mapping[str, int]

    @property
    def reached(self) -> int:
        """Count the families that get a text."""
        return len({one.family_id for one in self.readers})


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
        return bool(self.states.get("waiting"))


def audience(
    connection: Connection, clinic_id: int, flags: Collection[ChildFlag], written: Collection[str]
) -> Audience:
    """Find the families of children at home who have one of the conditions.

    Args:
        connection: a reading or writing one.
        clinic_id: whose families.
        flags: the conditions; one is enough.
        written: the languages in which there are words; with none, everybody's language counts.
    """
    wanted = _families(connection, clinic_id, flags)
    f, c = families.c, contacts.c
    rows = connection.execute(
        select(
            f.id.label("family_id"), f.name, c.id.label("contact_id"), c.channel, c.consent,
            c.unusable, func.coalesce(caregivers.c.language, c.language).label("language"),
        )
        .outerjoin(contacts, and_(c.family_id == f.id, c.clinic_id == clinic_id))
        .outerjoin(caregivers, caregivers.c.id == c.caregiver_id)
        .where(f.clinic_id == clinic_id, f.id.in_(wanted))
        .order_by(f.name, f.id, c.id)
    ).all()  # fmt: skip
    first = connection.execute(
        select(clinics.c.languages).where(clinics.c.id == clinic_id)
    ).scalar_one()[0]
    return _audience(rows, first, written)


def _families(
    connection: Connection, clinic_id: int, flags: Collection[ChildFlag]
) -> Collection[int]:
    k, wanted = children.c, {str(flag) for flag in flags}
    rows = connection.execute(
        select(k.family_id, k.flags)
        .join(families, families.c.id == k.family_id)
        .where(
            k.clinic_id == clinic_id, k.status == "active", families.c.kind == ContactKind.FAMILY
        )
    )
    return {row.family_id for row in rows if wanted & set(row.flags)}


def _audience(rows: Sequence[AnyRow], first: str, written: Collection[str]) -> Audience:
    readers: list[Reader] = []
    reasons: dict[int, list[Unreached]] = {}
    names: dict[int, str] = {}
    spoken: dict[int, str] = {}
    for row in rows:
        names[row.family_id] = row.name
        language = row.language or first
        why = _why_not(row)
        if why is None:
            spoken[row.family_id] = language
            words = _words_for(language, written) if written else language
            if words is None:
                why = Unreached.LANGUAGE
            else:
                readers.append(Reader(row.contact_id, row.family_id, words))
        if why is not None:
            reasons.setdefault(row.family_id, []).append(why)
    reached = {one.family_id for one in readers}
    return Audience(
        tuple(readers),
        tuple(
            ToCall(family_id, name, min(reasons[family_id], key=list(Unreached).index))
            for family_id, name in names.items()
            if family_id not in reached
        ),
        dict(Counter(spoken.values()).most_common()),
    )


def _why_not(row: AnyRow) -> Unreached | None:
    if row.contact_id is None:
        return Unreached.NOBODY
    if row.channel == WEBCHAT:
        return Unreached.CHAT_ONLY
    if row.consent == Consent.OPTED_OUT:
        return Unreached.OPTED_OUT
    return Unreached.NO_TEXTS if row.unusable is not None else None


def _words_for(language: str, written: Collection[str]) -> str | None:
    """Choose the words for a language: its own, or those of its base (`es` for `es-MX`)."""
    base = language.partition("-")[0]
    return next((tag for tag in (language, base) if tag in written), None)


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
    if done.rowcount:
        touched(connection, change, "broadcast.stopped", {"id": broadcast_id})
    return bool(done.rowcount)


def is_due(connection: Connection, now: datetime) -> bool:
    """Look, without a lock, whether somebody is to be told."""
    return connection.execute(select(_R.id).where(_due(now)).limit(1)).first() is not None


def claim(connection: Connection, now: datetime) -> list[tuple[int, StaffAction]]:
    """Take the next few of those to be told, for a minute, each with the act that tells them."""
    rows = connection.execute(
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
    ids = [row.id for row in rows]
    connection.execute(
        update(broadcast_recipients).where(_R.id.in_(ids)).values(due_at=now + LEASE)
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
    """Note what became of those who were taken; they are never taken again."""
    for row_id, outcome in told:
        problem = str(outcome.problem) if outcome.problem else None
        connection.execute(
            update(broadcast_recipients)
            .where(_R.id == row_id)
            .values(due_at=None, problem=problem, message_id=None if problem
                    else outcome.message_id)
        )  # fmt: skip


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
    return str(row.state)


def _due(now: datetime) -> ColumnElement[bool]:
    return _R.due_at <= now
