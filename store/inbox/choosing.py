"""Which part of the inbox a person looks at: whose, in what state, and what they searched for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Text, and_, case, cast, func, or_, select, true

from routing.drafts import DRAFT
from routing.types import ContactKind, Topic, Urgency
from store.inbox.order import IS_OPEN
from store.tables import caregivers, clinics, contacts, episodes, families, messages, threads

PUT_OFF = ("waiting", "snoozed")


class View(StrEnum):
    """The parts of the inbox, in the order in which they are offered."""

    ALL = "all"
    MINE = "mine"
    TEAM = "team"  # a family's, and nobody has it
    UNCLAIMED = "unclaimed"  # C8
    WAITING = "waiting"  # put off: for somebody else, or until a time
    TO_READ = "to_read"  # C5: drafts for the families whose language one speaks
    ROUTING = "routing"  # I-06: came to a number that no clinic has


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person asked to see. `staff_id` is theirs; `owner_id` narrows to somebody's."""

    view: View = View.ALL
    staff_id: int = 0
    urgency: Urgency | None = None
    topic: Topic | None = None
    owner_id: int | None = None
    language: str | None = None
    speaks: tuple[str, ...] = ()  # of the person

    @property
    def is_narrowed(self) -> bool:
        """Tell whether something beside the part of the inbox was chosen."""
        return any((self.urgency is not None, self.topic, self.owner_id, self.language))


def matches(chosen: Chosen) -> Any:
    """Make the condition that only what was chosen meets."""
    wanted = [_of_view(chosen)]
    if chosen.urgency is not None:
        wanted.append(episodes.c.urgency == int(chosen.urgency))
    if chosen.topic is not None:
        # JSON is kept as text by both databases; a topic is a plain word in quotation marks.
        wanted.append(cast(episodes.c.topics, Text).like(f'%"{chosen.topic}"%'))
    if chosen.owner_id is not None:
        wanted.append(episodes.c.owner_id == chosen.owner_id)
    if chosen.language is not None:
        wanted.append(
            select(messages.c.id)
            .where(
                messages.c.clinic_id == episodes.c.clinic_id,
                messages.c.episode_id == episodes.c.id,
                messages.c.direction == "in",
                messages.c.language == chosen.language,
            )
            .exists()
        )
    return and_(*wanted)


def counts_of(
    connection: Connection, clinic_id: int, staff_id: int, speaks: tuple[str, ...] = ()
) -> Mapping[View, int]:
    """Count each part of the inbox in one query; put-off episodes count as waiting only."""
    e = episodes.c
    put_off = e.state.in_(PUT_OFF)
    sums = {
        View.ALL: ~put_off,
        View.MINE: and_(~put_off, _is_of(staff_id)),
        View.TEAM: and_(~put_off, e.owner_id.is_(None), families.c.kind == ContactKind.FAMILY),
        View.UNCLAIMED: and_(~put_off, families.c.kind == ContactKind.UNCLAIMED),
        View.WAITING: put_off,
        View.TO_READ: _has_draft_in(speaks),
    }
    row = connection.execute(
        select(
            *(
                func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(view)
                for view, condition in sums.items()
            )
        )
        .join_from(
            episodes,
            families,
            and_(families.c.id == e.family_id, families.c.clinic_id == clinic_id),
        )
        .where(e.clinic_id == clinic_id, IS_OPEN)
    ).one()
    return {view: int(number) for view, number in row._mapping.items()}  # noqa: SLF001  SQLAlchemy's own name for it


def lost_clinic_id(connection: Connection) -> int:
    """Find the clinic of what came to a number that nobody has (I-06)."""
    first = select(func.min(clinics.c.id)).where(clinics.c.is_system)
    return int(connection.execute(first).scalar_one())


def _is_of(staff_id: int) -> Any:
    """What somebody has, and what went to the team because they did not come (C7)."""
    e = episodes.c
    return or_(e.owner_id == staff_id, and_(e.owner_id.is_(None), e.meant_for == staff_id))


def _has_draft_in(speaks: tuple[str, ...]) -> Any:
    """Say in SQL whether a draft waits for a family that reads one of some languages (C5)."""
    reads = func.coalesce(caregivers.c.language, contacts.c.language)
    bases = {tag.partition("-")[0] for tag in speaks}
    return (
        select(messages.c.id)
        .join(threads, threads.c.id == messages.c.thread_id)
        .join(contacts, contacts.c.id == threads.c.contact_id)
        .outerjoin(caregivers, caregivers.c.id == contacts.c.caregiver_id)
        .where(
            messages.c.clinic_id == episodes.c.clinic_id,
            messages.c.episode_id == episodes.c.id,
            messages.c.kind == DRAFT,
            or_(reads.in_(bases), *(reads.startswith(f"{base}-") for base in sorted(bases))),
        )
        .correlate(episodes)
        .exists()
    )


def _of_view(chosen: Chosen) -> Any:
    e = episodes.c
    put_off = e.state.in_(PUT_OFF)
    # Of the episode alone: a query that reads families itself would take its own for these.
    of_kind = (
        select(families.c.id)
        .where(families.c.id == e.family_id, families.c.clinic_id == e.clinic_id)
        .correlate(episodes)
    )
    match chosen.view:
        case View.MINE:
            return and_(~put_off, _is_of(chosen.staff_id))
        case View.TEAM:
            family = of_kind.where(families.c.kind == ContactKind.FAMILY)
            return and_(~put_off, e.owner_id.is_(None), family.exists())
        case View.UNCLAIMED:
            return and_(~put_off, of_kind.where(families.c.kind == ContactKind.UNCLAIMED).exists())
        case View.WAITING:
            return put_off
        case View.TO_READ:
            return _has_draft_in(chosen.speaks)
        case View.ROUTING:
            return true()
        case _:
            return ~put_off
