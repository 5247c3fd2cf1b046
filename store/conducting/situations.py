"""Loads what a decision may look at: set-based, the same few queries however many events."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from routing.hours import notice_window
from routing.situation import (
    AlertFields,
    AlertState,
    ChildView,
    ClinicView,
    ContactView,
    EpisodeFields,
    EpisodeView,
    History,
    Said,
    Situation,
)
from routing.types import (
    ChildFlag,
    Consent,
    ContactKind,
    DeliveryState,
    EpisodeState,
    Hazard,
    ReplyKey,
    Topic,
    Urgency,
)
from store.baselines import usual_of
from store.conducting.following import open_follow_ups
from store.db import AnyRow
from store.tables import (
    alerts,
    caregivers,
    children,
    contacts,
    deliveries,
    episodes,
    families,
    messages,
    promises,
    threads,
)

HISTORY = timedelta(days=2)
# What did not arrive was not said: it silences nothing (C13).
NEVER_HEARD = (DeliveryState.BLOCKED, DeliveryState.FAILED, DeliveryState.EXPIRED)
OUR_TEXTS = 5  # how many of our own texts a quotation may come from (C15)
CONTACT_ROW = (
    contacts.c.id,
    contacts.c.clinic_id,
    contacts.c.family_id,
    contacts.c.channel,
    contacts.c.address,
    contacts.c.consent,
    contacts.c.unusable,
    contacts.c.staff_id,
    func.coalesce(caregivers.c.language, contacts.c.language).label("language"),
    families.c.kind,
    families.c.coordinator_id,
    threads.c.id.label("thread_id"),
    threads.c.our_address,
    threads.c.staff_wrote_at,
)
CONTACTS = (
    contacts.join(families, families.c.id == contacts.c.family_id)
    .outerjoin(threads, threads.c.contact_id == contacts.c.id)
    .outerjoin(caregivers, caregivers.c.id == contacts.c.caregiver_id)
)


@dataclass(frozen=True, slots=True)
class Place:
    """A thread that an event belongs to, and whose it is."""

    clinic: ClinicView
    contact: ContactView
    staff_wrote_at: datetime | None


def place_of(row: AnyRow, clinic: ClinicView) -> Place:
    """Turn a row of `CONTACT_ROW` into the place it stands for."""
    kind = ContactKind.STAFF if row.staff_id is not None else ContactKind(row.kind)
    contact = ContactView(
        id=row.id,
        family_id=row.family_id,
        thread_id=row.thread_id,
        kind=kind,
        channel=row.channel,
        address=row.address,
        consent=Consent(row.consent),
        language=row.language,
        cannot_text=row.unusable is not None,
        our_address=row.our_address,
        coordinator_id=row.coordinator_id,
        staff_id=row.staff_id,
    )
    return Place(clinic, contact, row.staff_wrote_at)


def load(connection: Connection, places: Sequence[Place], now: datetime) -> dict[int, Situation]:
    """Load the situation of each thread, by thread id; the caller holds the families' locks."""
    if not places:
        return {}
    by_thread = {place.contact.thread_id: place for place in places}
    clinic_ids = sorted({place.clinic.id for place in places})
    opened = _episodes(connection, clinic_ids, by_thread)
    episode_ids = [view.id for view in opened.values()]
    found_alerts = _alerts(connection, clinic_ids, episode_ids)
    promised = _promises(connection, clinic_ids, episode_ids)
    young = _children(connection, clinic_ids, places, now)
    previous = _previous(connection, clinic_ids, [t for t in by_thread if t not in opened])
    following = open_follow_ups(connection, clinic_ids, by_thread)
    said = _history(connection, clinic_ids, places, episode_ids, now)
    once = _once(connection, clinic_ids, places, now)
    situations = {}
    for thread_id, place in by_thread.items():
        episode = opened.get(thread_id)
        rows = said.get(place.contact.id, ())
        situations[thread_id] = Situation(
            clinic=place.clinic,
            contact=place.contact,
            children=young.get(place.contact.family_id, ()),
            episode=episode,
            alert=found_alerts.get(episode.id) if episode else None,
            promise_due=promised.get(episode.id) if episode else None,
            previous_episode_id=previous.get(thread_id),
            follow_ups=following.get(thread_id, ()),
            history=History(
                said=tuple(_said(row) for row in rows if row.purpose in set(ReplyKey)),
                ours=tuple(row.text for row in rows[:OUR_TEXTS]),
                once=frozenset(once & {*_once_keys(place, now)}),
                staff_wrote_at=place.staff_wrote_at,
            ),
        )
    return situations


def episode_fields(row: AnyRow) -> EpisodeFields:
    """Read the changing part of an episode from its row."""
    return EpisodeFields(
        state=EpisodeState(row.state),
        urgency=Urgency(row.urgency),
        hazard=Hazard(row.hazard) if row.hazard else None,
        topics=tuple(Topic(topic) for topic in row.topics),
        needs_eyes=row.needs_eyes,
        owner_id=row.owner_id,
        is_waiting=row.is_waiting,
        waiting_since=row.waiting_since,
        reply_due=row.reply_due,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by,
        looked_at=row.looked_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        outcome=row.outcome,
        waits_for=row.waits_for,
        put_off_until=row.put_off_until,
        meant_for=row.meant_for,
    )


def _episodes(
    connection: Connection, clinic_ids: Sequence[int], thread_ids: Iterable[int]
) -> dict[int, EpisodeView]:
    theirs = (
        messages.c.clinic_id == episodes.c.clinic_id,
        messages.c.episode_id == episodes.c.id,
        messages.c.direction == "in",
    )
    newest = select(func.max(messages.c.id)).where(*theirs).scalar_subquery()
    wrote = select(func.max(messages.c.at)).where(*theirs).scalar_subquery()
    rows = connection.execute(
        select(episodes, newest.label("last_inbound"), wrote.label("wrote_at")).where(
            episodes.c.clinic_id.in_(clinic_ids),
            episodes.c.thread_id.in_(list(thread_ids)),
            episodes.c.state != EpisodeState.RESOLVED,
        )
    )
    return {
        r.thread_id: EpisodeView(r.id, episode_fields(r), r.last_inbound or 0, r.wrote_at)
        for r in rows
    }


def _alerts(
    connection: Connection, clinic_ids: Sequence[int], episode_ids: Sequence[int]
) -> dict[int, AlertFields]:
    rows = connection.execute(
        select(alerts).where(
            alerts.c.clinic_id.in_(clinic_ids),
            alerts.c.episode_id.in_(episode_ids),
            alerts.c.state != AlertState.CLOSED,
        )
    ) if episode_ids else ()  # fmt: skip
    return {
        row.episode_id: AlertFields(
            state=row.state,
            step=row.step,
            rung=row.rung,
            asked=row.asked,
            urgency=Urgency(row.urgency),
            opened_at=row.opened_at,
            next_step_at=row.next_step_at,
            ref=row.ref,
            word=row.word,
            no_answer=row.no_answer,
            acknowledged_at=row.acknowledged_at,
            acknowledged_by=row.acknowledged_by,
            round_at=row.round_at,
            round_ends_at=row.round_ends_at,
        )
        for row in rows
    }


def _promises(
    connection: Connection, clinic_ids: Sequence[int], episode_ids: Sequence[int]
) -> dict[int, datetime]:
    if not episode_ids:
        return {}
    rows = connection.execute(
        select(promises.c.episode_id, promises.c.due_at)
        .where(
            promises.c.clinic_id.in_(clinic_ids),
            promises.c.episode_id.in_(episode_ids),
            promises.c.state == "open",
        )
        .order_by(promises.c.id)
    )
    return {row.episode_id: row.due_at for row in rows}


def _children(
    connection: Connection, clinic_ids: Sequence[int], places: Sequence[Place], now: datetime
) -> dict[int, tuple[ChildView, ...]]:
    rows = connection.execute(
        select(children)
        .where(
            children.c.clinic_id.in_(clinic_ids),
            children.c.family_id.in_({place.contact.family_id for place in places}),
        )
        .order_by(children.c.id)
    )
    found: dict[int, tuple[ChildView, ...]] = {}
    usual = usual_of(connection, clinic_ids, {place.contact.family_id for place in places}, now)
    for row in rows.all():
        planned = row.comfort_phone and (row.comfort_until is None or row.comfort_until > now)
        child = ChildView(
            flags=frozenset(ChildFlag(flag) for flag in row.flags),
            age_months=_age_months(row.birth_month, now),
            is_active=row.status == "active",
            comfort_phone=row.comfort_phone if planned else None,
            usual=usual.get(row.id, ()),
        )
        found[row.family_id] = (*found.get(row.family_id, ()), child)
    return found


def _age_months(birth_month: str | None, now: datetime) -> int | None:
    """Count whole months since a birth month; the youngest that the month allows.

    A child born at the end of the month is younger than one born at its start: fever rules bite
    for the young (FACTS E2 row 9), so the last day counts.
    """
    if birth_month is None:
        return None
    year, month = (int(part) for part in birth_month.split("-"))
    return max(0, (now.year - year) * 12 + now.month - month - 1)


def _previous(
    connection: Connection, clinic_ids: Sequence[int], thread_ids: Sequence[int]
) -> dict[int, int]:
    if not thread_ids:
        return {}
    rows = connection.execute(
        select(episodes.c.thread_id, func.max(episodes.c.id).label("id"))
        .where(episodes.c.clinic_id.in_(clinic_ids), episodes.c.thread_id.in_(thread_ids))
        .group_by(episodes.c.thread_id)
    )
    return {row.thread_id: row.id for row in rows}


def _history(
    connection: Connection,
    clinic_ids: Sequence[int],
    places: Sequence[Place],
    episode_ids: Sequence[int],
    now: datetime,
) -> dict[int, tuple[AnyRow, ...]]:
    """Find what was sent to each contact lately or in its open episode, newest first."""
    rows = connection.execute(
        select(
            deliveries.c.contact_id,
            deliveries.c.purpose,
            deliveries.c.urgency,
            deliveries.c.episode_id,
            deliveries.c.created_at,
            messages.c.text,
        )
        .join(messages, messages.c.id == deliveries.c.message_id)
        .where(
            deliveries.c.clinic_id.in_(clinic_ids),
            deliveries.c.contact_id.in_({place.contact.id for place in places}),
            deliveries.c.state.not_in(NEVER_HEARD),
            or_(
                deliveries.c.created_at > now - HISTORY,
                deliveries.c.episode_id.in_(episode_ids),
            ),
        )
        .order_by(deliveries.c.id.desc())
        .limit(200 * len(places))
    )
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in rows:
        found[row.contact_id].append(row)
    return {contact_id: tuple(said) for contact_id, said in found.items()}


def _said(row: AnyRow) -> Said:
    return Said(row.purpose, Urgency(row.urgency), row.episode_id, row.created_at)


def _once(
    connection: Connection, clinic_ids: Sequence[int], places: Sequence[Place], now: datetime
) -> frozenset[str]:
    keys = [key for place in places for key in _once_keys(place, now)]
    rows = connection.execute(
        select(deliveries.c.key).where(
            deliveries.c.clinic_id.in_(clinic_ids), deliveries.c.key.in_(keys)
        )
    )
    return frozenset(row.key for row in rows)


def _once_keys(place: Place, now: datetime) -> Iterable[str]:
    """Name what may have been said once and for all: a notice in this window, the first answer."""
    window = notice_window(place.clinic.schedule, now)
    contact_id = place.contact.id
    yield f"new:{contact_id}"
    for urgency in Urgency:
        yield f"notice:{contact_id}:{window.id}:{urgency.word}"
