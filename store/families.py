"""Families as staff see them: who they are, their children and caregivers, what was needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from routing.types import ChildFlag, Consent, ContactKind, EpisodeState, Urgency
from store.chat import WEBCHAT
from store.db import AnyRow
from store.inbox.seen import CONFIDENTIAL, ChildSeen, PastEpisode
from store.tables import (
    audit_events,
    caregivers,
    children,
    clinics,
    contacts,
    episodes,
    families,
    staff,
    threads,
)

PAGE = 50
PAST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """One line of the list of families."""

    family_id: int
    name: str
    coordinator: str | None
    children: tuple[ChildSeen, ...]
    open_episodes: int


@dataclass(frozen=True, slots=True)
class CaregiverSeen:
    """Somebody who writes, with one address; `unusable` says why it cannot be texted."""

    caregiver_id: int
    name: str
    relation: str
    language: str | None
    address: str | None
    channel: str | None
    consent: str | None
    unusable: str | None
    contact_id: int | None
    open_episodes: int
    open_episode: int | None  # the one that may be shown here (C11)

    @property
    def can_be_texted(self) -> bool:
        """Tell whether words of staff can reach this person first (C13, C23)."""
        if self.open_episodes:
            return False
        is_phone = self.contact_id is not None and self.channel != WEBCHAT
        return is_phone and self.consent != Consent.OPTED_OUT and self.unusable is None


@dataclass(frozen=True, slots=True)
class ChildOf:
    """A child with the id that its form needs."""

    child_id: int
    seen: ChildSeen


@dataclass(frozen=True, slots=True)
class Conditions:
    """What changes how messages about a child are read, and where it is."""

    flags: frozenset[ChildFlag]
    status: str


@dataclass(frozen=True, slots=True)
class FamilySeen:
    """Everything on the page of one family."""

    family_id: int
    name: str
    coordinator_id: int | None
    coordinator: str | None
    children: tuple[ChildOf, ...]
    caregivers: tuple[CaregiverSeen, ...]
    episodes: tuple[tuple[PastEpisode, str], ...]  # with their state


def families_of(
    connection: Connection, clinic_id: int, words: str = "", after: str = ""
) -> tuple[tuple[FamilyRow, ...], bool]:
    """List families by name, from `after` on; `words` finds names, children and telephone ends.

    Returns:
        At most a page of them, and whether more follow.
    """
    f = families.c
    wanted = [f.clinic_id == clinic_id, f.kind == ContactKind.FAMILY]
    if words:
        wanted.append(_found_by(words))
    if after:
        name, _, family_id = after.rpartition("|")
        number = int(family_id) if family_id.isdigit() else 0
        wanted.append(or_(f.name > name, and_(f.name == name, f.id > number)))
    open_ones = (
        select(func.count())
        .where(
            episodes.c.clinic_id == clinic_id,
            episodes.c.family_id == f.id,
            episodes.c.state != "resolved",
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(f.id, f.name, staff.c.name.label("coordinator"), open_ones.label("open_episodes"))
        .outerjoin(staff, and_(staff.c.id == f.coordinator_id, staff.c.clinic_id == clinic_id))
        .where(*wanted)
        .order_by(f.name, f.id)
        .limit(PAGE + 1)
    ).all()
    young = _children(connection, clinic_id, [row.id for row in rows])
    shown = tuple(
        FamilyRow(
            row.id,
            row.name,
            row.coordinator,
            tuple(child.seen for child in young.get(row.id, ())),
            row.open_episodes,
        )
        for row in rows[:PAGE]
    )
    return shown, len(rows) > PAGE


def family_of(connection: Connection, clinic_id: int, family_id: int) -> FamilySeen | None:
    """Read one family; None for a missing one and for one of another clinic alike (I-22)."""
    row = connection.execute(
        select(families, staff.c.name.label("coordinator"))
        .outerjoin(
            staff, and_(staff.c.id == families.c.coordinator_id, staff.c.clinic_id == clinic_id)
        )
        .where(
            families.c.clinic_id == clinic_id,
            families.c.id == family_id,
            families.c.kind == ContactKind.FAMILY,
        )
    ).first()
    if row is None:
        return None
    return FamilySeen(
        row.id,
        row.name,
        row.coordinator_id,
        row.coordinator,
        _children(connection, clinic_id, [family_id]).get(family_id, ()),
        _caregivers(connection, clinic_id, family_id),
        _episodes(connection, clinic_id, family_id),
    )


def change_family(
    connection: Connection, who: tuple[int, int], family_id: int, coordinator_id: int | None,
    now: datetime,
) -> bool:  # fmt: skip
    """Give a family a coordinator; `who` are the ids of clinic and person. False: no such."""
    clinic_id, _ = who
    if coordinator_id is not None and not _works_here(connection, clinic_id, coordinator_id):
        return False
    values = {"coordinator_id": coordinator_id}
    return _change(connection, who, families, family_id, values, "family.changed", now)


def change_child(
    connection: Connection, who: tuple[int, int], child_id: int, wanted: Conditions,
    now: datetime, *, seen: Conditions | None = None,
) -> bool:  # fmt: skip
    """Set what changes how messages about a child are read, and whether it is at home (C20).

    Args:
        connection: of a writing transaction.
        who: the ids of clinic and person.
        child_id: whose.
        wanted: what was ticked and chosen.
        now: when.
        seen: what stood on the person's screen. Only what differs from it is changed, so that a
            tracheostomy that a colleague has added meanwhile stays. None changes everything.

    Returns:
        False where the clinic has no such child.
    """
    if seen is not None:
        wanted = _on_top(connection, who[0], child_id, wanted, seen)
    flags = [str(flag) for flag in ChildFlag if flag in wanted.flags]
    values = {"flags": flags, "status": wanted.status}
    return _change(connection, who, children, child_id, values, "child.changed", now)


def change_caregiver(
    connection: Connection, who: tuple[int, int], caregiver_id: int, language: str, now: datetime
) -> bool:
    """Set the language in which somebody is answered."""
    values = {"language": language}
    return _change(connection, who, caregivers, caregiver_id, values, "caregiver.changed", now)


def _on_top(
    connection: Connection, clinic_id: int, child_id: int, wanted: Conditions, seen: Conditions
) -> Conditions:
    """Carry what one person changed over to what stands by now."""
    c = children.c
    mine = and_(c.id == child_id, c.clinic_id == clinic_id)
    row = connection.execute(select(c.flags, c.status).where(mine).with_for_update()).first()
    if row is None:
        return wanted
    removed = seen.flags - wanted.flags
    flags = (frozenset(map(ChildFlag, row.flags)) | (wanted.flags - seen.flags)) - removed
    return Conditions(flags, row.status if wanted.status == seen.status else wanted.status)


def _change(
    connection: Connection, who: tuple[int, int], table: Any, row_id: int,
    values: Mapping[str, Any], action: str, now: datetime,
) -> bool:  # fmt: skip
    clinic_id, staff_id = who
    mine = and_(table.c.id == row_id, table.c.clinic_id == clinic_id)
    before = connection.execute(select(*(table.c[name] for name in values)).where(mine)).first()
    if before is None:
        return False
    connection.execute(update(table).where(mine).values(**values))
    # What a message is judged by has changed: every process reads the clinic again.
    connection.execute(
        update(clinics).where(clinics.c.id == clinic_id).values(revision=clinics.c.revision + 1)
    )
    was = {name: getattr(before, name) for name in values}
    row = {
        "clinic_id": clinic_id,
        "at": now,
        "actor": "staff",
        "actor_id": staff_id,
        "action": action,
        "subject": table.name,
        "subject_id": row_id,
        "details": {"before": was, "after": dict(values)},
    }
    connection.execute(insert(audit_events).values(row))
    return True


def _works_here(connection: Connection, clinic_id: int, staff_id: int) -> bool:
    found = connection.execute(
        select(staff.c.id).where(
            staff.c.clinic_id == clinic_id, staff.c.id == staff_id, staff.c.active
        )
    )
    return found.first() is not None


def _found_by(words: str) -> Any:
    f, like = families.c, f"%{words.replace('%', '').replace('_', '')}%"
    ours = and_(children.c.family_id == f.id, children.c.clinic_id == f.clinic_id)
    theirs = and_(caregivers.c.family_id == f.id, caregivers.c.clinic_id == f.clinic_id)
    numbers = and_(contacts.c.family_id == f.id, contacts.c.clinic_id == f.clinic_id)
    found = [
        f.name.ilike(like),
        select(children.c.id).where(ours, children.c.name.ilike(like)).exists(),
        select(caregivers.c.id).where(theirs, caregivers.c.name.ilike(like)).exists(),
    ]
    digits = "".join(char for char in words if char.isdigit())
    if digits:
        ends = contacts.c.address.like(f"%{digits}")
        found.append(select(contacts.c.id).where(numbers, ends).exists())
    return or_(*found)


def _children(
    connection: Connection, clinic_id: int, family_ids: list[int]
) -> dict[int, tuple[ChildOf, ...]]:
    rows = connection.execute(
        select(children)
        .where(children.c.clinic_id == clinic_id, children.c.family_id.in_(family_ids))
        .order_by(children.c.id)
    )
    found: dict[int, tuple[ChildOf, ...]] = {}
    for row in rows:
        seen = ChildSeen(row.name, row.birth_month, tuple(row.flags), row.status)
        found[row.family_id] = (*found.get(row.family_id, ()), ChildOf(row.id, seen))
    return found


def _caregivers(
    connection: Connection, clinic_id: int, family_id: int
) -> tuple[CaregiverSeen, ...]:
    c, k, e = caregivers.c, contacts.c, episodes.c
    is_theirs = and_(threads.c.clinic_id == clinic_id, threads.c.contact_id == k.id)
    all_open = (
        select(func.count())
        .select_from(episodes)
        .join(threads, and_(threads.c.id == e.thread_id, is_theirs))
        .where(e.clinic_id == clinic_id, e.state != EpisodeState.RESOLVED)
        .correlate(contacts)
    )
    shown = all_open.with_only_columns(func.max(e.id)).where(_may_be_listed())
    rows = connection.execute(
        select(
            c.id.label("caregiver_id"), c.name, c.relation, c.language, k.address, k.channel,
            k.consent, k.unusable, k.id.label("contact_id"),
            all_open.scalar_subquery(), shown.scalar_subquery(),
        )
        .outerjoin(contacts, and_(k.caregiver_id == c.id, k.clinic_id == clinic_id))
        .where(c.clinic_id == clinic_id, c.family_id == family_id)
        .order_by(c.id, k.id)
    )  # fmt: skip
    return tuple(CaregiverSeen(*tuple[Any, ...](row)) for row in rows)


def _episodes(
    connection: Connection, clinic_id: int, family_id: int
) -> tuple[tuple[PastEpisode, str], ...]:
    e = episodes.c
    rows = connection.execute(
        select(e.id, e.urgency, e.opened_at, e.resolved_at, e.outcome, e.state)
        .where(
            e.clinic_id == clinic_id,
            e.family_id == family_id,
            _may_be_listed(),
        )
        .order_by(e.id.desc())
        .limit(PAST_SHOWN)
    )
    return tuple((_past(row), row.state) for row in rows)


def _may_be_listed() -> ColumnElement[bool]:
    """Say in SQL whether an episode is on the family's list (C11)."""
    return or_(episodes.c.hazard.is_(None), episodes.c.hazard.not_in(CONFIDENTIAL))


def _past(row: AnyRow) -> PastEpisode:
    return PastEpisode(row.id, Urgency(row.urgency), row.opened_at, row.resolved_at, row.outcome)
