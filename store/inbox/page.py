"""The inbox as a person sees it: one row for each open episode, and the figures above them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from routing.drafts import DRAFT, WAITS
from routing.types import Consent, ContactKind, Hazard, Urgency, is_danger
from store.conducting.unsent import KEPT_BACK, NEVER_LEFT
from store.inbox.choosing import Chosen, matches
from store.inbox.interpreting import needs_interpreter
from store.inbox.order import (
    IS_OPEN,
    ORDER,
    Place,
    comes_after,
    in_order,
    place_of,
    same_clinic,
)
from store.tables import (
    alerts,
    assessments,
    caregivers,
    contacts,
    deliveries,
    episodes,
    families,
    messages,
    staff,
    threads,
)

PAGE = 50
FAILING_WITHIN = timedelta(hours=1)
STUCK_AFTER = timedelta(minutes=5)
RECENT_DELIVERIES = 100


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One open episode as the inbox shows it.

    `why` is the sentence of the first reason of the most urgent message; `no_answer`,
    `cannot_text` and `undelivered` are C13, `meant_for` and `needs_interpreter` C7,
    `kept_back` and `draft_at` (since when a draft waits) C5; `reads` is the family's language.
    """

    episode_id: int
    state: str
    urgency: Urgency
    hazard: str | None
    kind: ContactKind
    family: str
    writer: str | None
    address: str
    our_address: str
    last_text: str | None
    last_kind: str | None
    language: str | None
    why: str | None
    waiting_since: datetime
    is_waiting: bool
    reply_due: datetime | None
    owner: str | None
    is_acknowledged: bool
    taken_by: str | None  # None also where the on-call telephone took it
    is_unread: bool
    needs_eyes: bool
    cannot_text: bool
    undelivered: bool
    no_answer: bool
    meant_for: str | None
    needs_interpreter: bool
    kept_back: bool
    draft_at: datetime | None
    reads: str | None
    place: Place

    @property
    def call_due(self) -> datetime | None:
        """Tell when a draft that waits becomes a call with an interpreter (C5)."""
        is_grave = is_danger(self.urgency, Hazard(self.hazard) if self.hazard else None)
        return self.draft_at + WAITS if self.draft_at is not None and is_grave else None


@dataclass(frozen=True, slots=True)
class InboxState:
    """The figures above the inbox: open episodes by urgency, and whether texts go out."""

    counts: Mapping[Urgency, int]
    failing: int
    stuck: int

    @property
    def total(self) -> int:
        """Count all open episodes."""
        return sum(self.counts.values())


def page_of(
    connection: Connection,
    clinic_id: int,
    chosen: Chosen = Chosen(),  # noqa: B008  frozen
    *,
    after: Place | None = None,
    limit: int = PAGE,
) -> tuple[tuple[InboxRow, ...], bool]:
    """Read one page of a part of the inbox in one query.

    Returns:
        At most `limit` rows in inbox order, and whether more follow.
    """
    first = (
        select(
            episodes,
            _last_inbound().label("last_id"),
            _most_urgent_assessment().label("assessment_id"),
        )
        .where(episodes.c.clinic_id == clinic_id, IS_OPEN, matches(chosen))
        .order_by(*ORDER)
        .limit(limit + 1)
    )
    if after is not None:
        first = first.where(comes_after(after))
    found = connection.execute(_with_people(first, clinic_id)).all()
    return tuple(_row(row) for row in found[:limit]), len(found) > limit


def state_of(connection: Connection, clinic_id: int, now: datetime) -> InboxState:
    """Count open episodes by urgency, failed texts of the last hour and texts that are stuck."""
    recent = (
        select(deliveries.c.state, deliveries.c.created_at, deliveries.c.needs_call)
        .where(deliveries.c.clinic_id == clinic_id)
        .order_by(deliveries.c.id.desc())
        .limit(RECENT_DELIVERIES)
        .subquery()
    )
    # What was taken back or is not wanted any more has expired too, but asks for no call.
    went_wrong = or_(
        recent.c.state == "failed",
        and_(recent.c.state == "expired", recent.c.needs_call.is_not(None)),
    )
    failing = select(func.count()).where(went_wrong, recent.c.created_at > now - FAILING_WITHIN)
    stuck = select(func.count()).where(
        deliveries.c.clinic_id == clinic_id,
        deliveries.c.state == "queued",
        deliveries.c.due_at < now - STUCK_AFTER,
    )
    by_urgency = (
        select(episodes.c.urgency, func.count().label("number"))
        .where(episodes.c.clinic_id == clinic_id, IS_OPEN)
        .group_by(episodes.c.urgency)
        .subquery()
    )
    # The outer join keeps the figures about texts where no episode is open.
    one = select(
        failing.scalar_subquery().label("failing"), stuck.scalar_subquery().label("stuck")
    ).subquery()
    found = connection.execute(
        select(by_urgency.c.urgency, by_urgency.c.number, one.c.failing, one.c.stuck).select_from(
            one.outerjoin(by_urgency, by_urgency.c.number > 0)
        )
    ).all()
    return InboxState(
        counts={Urgency(row.urgency): row.number for row in found if row.urgency is not None},
        failing=found[0].failing,
        stuck=found[0].stuck,
    )


def _with_people(first: Select[Any], clinic_id: int) -> Select[Any]:
    """Join what a row shows to the chosen episodes, keeping their order."""
    open_ones = first.subquery("episodes")
    e, meant_for, taker = open_ones.c, staff.alias("meant_for"), staff.alias("taker")
    return (
        select(
            open_ones,
            families.c.name.label("family"),
            families.c.kind,
            caregivers.c.name.label("writer"),
            contacts.c.address,
            threads.c.our_address,
            contacts.c.language.label("contact_language"),
            contacts.c.consent,
            contacts.c.unusable,
            exists()
            .where(
                deliveries.c.clinic_id == clinic_id,
                deliveries.c.episode_id == e.id,
                deliveries.c.needs_call.is_not(None),
            )
            .label("undelivered"),
            _is_kept_back(clinic_id, e.id).label("kept_back"),
            _draft_at(clinic_id, e.id).label("draft_at"),
            alerts.c.no_answer,
            messages.c.text.label("last_text"),
            messages.c.kind.label("last_kind"),
            messages.c.language.label("last_language"),
            assessments.c.reasons,
            staff.c.name.label("owner"),
            staff.c.languages.label("owner_speaks"),
            families.c.coordinator_id,
            caregivers.c.language.label("reads"),
            meant_for.c.name.label("meant_for_name"),
            taker.c.name.label("taken_by"),
        )
        .join_from(open_ones, families, _of(families, clinic_id, e.family_id))
        .join(threads, _of(threads, clinic_id, e.thread_id))
        .join(contacts, _of(contacts, clinic_id, threads.c.contact_id))
        .outerjoin(caregivers, _of(caregivers, clinic_id, contacts.c.caregiver_id))
        .outerjoin(messages, _of(messages, clinic_id, e.last_id))
        .outerjoin(assessments, _of(assessments, clinic_id, e.assessment_id))
        .outerjoin(staff, _of(staff, clinic_id, e.owner_id))
        .outerjoin(meant_for, _of(meant_for, clinic_id, e.meant_for))
        .outerjoin(taker, _of(taker, clinic_id, e.acknowledged_by))
        .outerjoin(
            alerts,
            and_(
                alerts.c.clinic_id == clinic_id,
                alerts.c.episode_id == e.id,
                alerts.c.state != "closed",
            ),
        )
        .order_by(*in_order(e))
    )


def _row(row: Any) -> InboxRow:
    return InboxRow(
        episode_id=row.id,
        state=row.state,
        urgency=Urgency(row.urgency),
        hazard=row.hazard,
        kind=ContactKind(row.kind),
        family=row.family,
        writer=row.writer,
        address=row.address,
        our_address=row.our_address,
        last_text=row.last_text,
        last_kind=row.last_kind,
        language=row.last_language or row.contact_language,
        why=row.reasons[0].get("why") if row.reasons else None,
        waiting_since=row.waiting_since,
        is_waiting=row.is_waiting,
        reply_due=row.reply_due,
        owner=row.owner,
        is_acknowledged=row.acknowledged_at is not None,
        taken_by=row.taken_by,
        is_unread=row.looked_at is None,
        needs_eyes=row.needs_eyes,
        cannot_text=row.consent == Consent.OPTED_OUT or row.unusable is not None,
        undelivered=row.undelivered,
        no_answer=row.no_answer is not None,
        meant_for=row.meant_for_name if row.owner_id is None else None,
        needs_interpreter=needs_interpreter(row),
        kept_back=row.kept_back,
        draft_at=row.draft_at,
        reads=row.reads or row.contact_language,
        place=place_of(row),
    )


def _last_inbound() -> Any:
    return (
        select(func.max(messages.c.id))
        .where(
            messages.c.clinic_id == episodes.c.clinic_id,
            messages.c.episode_id == episodes.c.id,
            messages.c.direction == "in",
        )
        .scalar_subquery()
    )


def _is_kept_back(clinic_id: int, episode_id: Any) -> Any:
    """Tell whether a reply was kept back, and nobody has written to the family since (C5)."""
    kept, later = messages.alias("kept"), messages.alias("later")
    written = exists().where(
        later.c.clinic_id == clinic_id,
        later.c.episode_id == episode_id,
        later.c.id > kept.c.id,
        later.c.direction == "out",
        later.c.author_id.is_not(None),
        later.c.kind.not_in(NEVER_LEFT),
    )
    return exists().where(
        kept.c.clinic_id == clinic_id,
        kept.c.episode_id == episode_id,
        kept.c.kind == KEPT_BACK,
        ~written,
    )


def _draft_at(clinic_id: int, episode_id: Any) -> Any:
    drafts = messages.alias("drafts")
    return (
        select(func.min(drafts.c.at))
        .where(
            drafts.c.clinic_id == clinic_id,
            drafts.c.episode_id == episode_id,
            drafts.c.kind == DRAFT,
        )
        .scalar_subquery()
    )


def _most_urgent_assessment() -> Any:
    """Find the judgement that set the level: a later "thank you" must not hide it."""
    return (
        select(assessments.c.id)
        .join(messages, same_clinic(messages, assessments.c.message_id))
        .where(
            assessments.c.clinic_id == episodes.c.clinic_id,
            messages.c.clinic_id == episodes.c.clinic_id,
            messages.c.episode_id == episodes.c.id,
        )
        .order_by(assessments.c.urgency.desc(), assessments.c.id)
        .limit(1)
        .correlate(episodes)
        .scalar_subquery()
    )


def _of(table: Any, clinic_id: int, reference: Any) -> Any:
    return and_(table.c.id == reference, table.c.clinic_id == clinic_id)
