"""What is usual for a child (C21): set by nurses, with a date on which it ends."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, select

from routing.baselines import Usual
from store.tables import audit_events, baselines, children, staff


@dataclass(frozen=True, slots=True)
class BaselineSeen:
    """One baseline as the family's page shows it."""

    rule: str
    says: str
    lowest: int | None
    ends_at: datetime
    set_by: str | None


def usual_of(
    connection: Connection, clinic_ids: Collection[int], family_ids: Collection[int],
    now: datetime,
) -> Mapping[int, tuple[Usual, ...]]:  # fmt: skip
    """Read what is usual now for the children of some families, by child."""
    rows = connection.execute(
        select(baselines.c.child_id, baselines.c.rule, baselines.c.says, baselines.c.lowest)
        .join(children, children.c.id == baselines.c.child_id)
        .where(
            baselines.c.clinic_id.in_(clinic_ids),
            children.c.clinic_id == baselines.c.clinic_id,
            children.c.family_id.in_(family_ids),
            baselines.c.ends_at > now,
        )
        .order_by(baselines.c.id)
    )
    found: dict[int, list[Usual]] = defaultdict(list)
    for row in rows:
        found[row.child_id].append(Usual(row.rule, row.says, row.lowest))
    return {child_id: tuple(usual) for child_id, usual in found.items()}


def baselines_of(
    connection: Connection, clinic_id: int, family_id: int, now: datetime
) -> Mapping[int, tuple[BaselineSeen, ...]]:
    """List what is usual now for the children of a family, by child."""
    rows = connection.execute(
        select(baselines, staff.c.name)
        .join(children, children.c.id == baselines.c.child_id)
        .outerjoin(staff, and_(staff.c.id == baselines.c.set_by, staff.c.clinic_id == clinic_id))
        .where(
            baselines.c.clinic_id == clinic_id,
            children.c.clinic_id == clinic_id,
            children.c.family_id == family_id,
            baselines.c.ends_at > now,
        )
        .order_by(baselines.c.id)
    )
    found: dict[int, list[BaselineSeen]] = defaultdict(list)
    for row in rows:
        found[row.child_id].append(
            BaselineSeen(row.rule, row.says, row.lowest, row.ends_at, row.name)
        )
    return {child_id: tuple(seen) for child_id, seen in found.items()}


def set_baseline(
    connection: Connection, who: tuple[int, int], child_id: int, usual: Usual,
    ends_at: datetime, now: datetime,
) -> bool:  # fmt: skip
    """Call something usual for a child until a moment; False where there is no such child.

    Args:
        connection: of a writing transaction.
        who: the ids of clinic and nurse.
        child_id: of this clinic.
        usual: which rule, the nurse's words, and a lowest value; complete.
        ends_at: when it runs out.
        now: the present moment.
    """
    clinic_id, staff_id = who
    is_there = connection.execute(
        select(children.c.id).where(children.c.clinic_id == clinic_id, children.c.id == child_id)
    ).first()
    if is_there is None:
        return False
    _forget(connection, clinic_id, child_id, usual.rule)
    connection.execute(
        insert(baselines).values(
            clinic_id=clinic_id, child_id=child_id, rule=usual.rule, says=usual.says,
            lowest=usual.lowest,
            ends_at=ends_at, set_by=staff_id,
        )
    )  # fmt: skip
    _note(connection, who, "baseline.set", child_id, usual.rule, now)
    return True


def end_baseline(
    connection: Connection, who: tuple[int, int], child_id: int, rule: str, now: datetime
) -> None:
    """Let a rule count for a child as for any other again."""
    if _forget(connection, who[0], child_id, rule):
        _note(connection, who, "baseline.ended", child_id, rule, now)


def _forget(connection: Connection, clinic_id: int, child_id: int, rule: str) -> int:
    return connection.execute(
        delete(baselines).where(
            baselines.c.clinic_id == clinic_id,
            baselines.c.child_id == child_id,
            baselines.c.rule == rule,
        )
    ).rowcount


def _note(
    connection: Connection, who: tuple[int, int], action: str, child_id: int, rule: str,
    now: datetime,
) -> None:  # fmt: skip
    connection.execute(
        insert(audit_events).values(
            clinic_id=who[0], at=now, actor="staff", actor_id=who[1], action=action,
            subject="child", subject_id=child_id, details={"rule": rule},
        )
    )  # fmt: skip
