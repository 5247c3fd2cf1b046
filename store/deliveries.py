"""The outbox as the sender sees it: claim by lease, record what came of it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from routing.decision import Decision
from routing.events import Receipt, ReceiptSource
from routing.situation import DeliveryFields, DeliveryView
from routing.types import (
    Consent,
    DeliveryClass,
    DeliveryState,
    Lane,
    ReplyKey,
    StaffChannel,
    Urgency,
)
from store.db import AnyRow
from store.outgoing import Outgoing, Step
from store.tables import (
    attempts,
    children,
    clinics,
    contacts,
    deliveries,
    messages,
    provider_reports,
)

AT_HOME = "active"
LIVE = (
    DeliveryState.QUEUED,
    DeliveryState.SENDING,
    DeliveryState.UNKNOWN,
    DeliveryState.SENT,  # due only where the provider still has to say what became of it
)
PROVIDER_SECONDS = (1, 36000)  # Twilio's ValidityPeriod (FACTS A4)
EXTRA = frozenset(StaffChannel) - {StaffChannel.SMS}  # beside a text that tells the same
# What may be said to somebody who has opted out: the one confirmation of it.
TO_OPTED_OUT = (ReplyKey.OPTED_OUT, ReplyKey.OPTED_IN)


def claim(
    connection: Connection,
    now: datetime,
    *,
    limit: int,
    lease_seconds: float,
    lanes: Collection[Lane],
) -> list[Outgoing]:
    """Lease what is due, safety first; the caller commits before anything is sent.

    A delivery that an earlier lease may have sent comes back as `LOOK_UP`. What is too old or no
    longer wanted is left for `expired` (I-17: the opt-out is checked here, not when queued).
    """
    ready = (
        select(deliveries.c.id)
        .outerjoin(contacts, contacts.c.id == deliveries.c.contact_id)
        .where(
            deliveries.c.due_at <= now,
            deliveries.c.lane.in_([int(lane) for lane in lanes]),
            deliveries.c.state.in_(LIVE),
            or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now),
            or_(
                deliveries.c.state != DeliveryState.QUEUED,
                and_(deliveries.c.expires_at > now, or_(contacts.c.id.is_(None), _may_text())),
            ),
        )
        .order_by(deliveries.c.lane, deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    ids = [row.id for row in connection.execute(ready)]
    if not ids:
        return []
    rows = {row.id: row for row in connection.execute(_claimed(ids))}
    leased = [_leased(rows[delivery_id], now, lease_seconds) for delivery_id in ids]
    connection.execute(_take(), leased)
    return [_outgoing(rows[delivery_id], now) for delivery_id in ids]


def is_due(connection: Connection, now: datetime, lanes: Collection[Lane]) -> bool:
    """Look, without a lock, whether there may be something to claim: spares writers on SQLite."""
    found = connection.execute(
        select(deliveries.c.id)
        .where(
            deliveries.c.due_at <= now,
            deliveries.c.lane.in_([int(lane) for lane in lanes]),
            or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now),
        )
        .limit(1)
    )
    return found.first() is not None


def is_taken(connection: Connection, row: AnyRow, provider_id: str) -> bool:
    """Tell whether a found text is already known to be another delivery's.

    Two equal texts to one phone within a minute look the same in the provider's listing.
    """
    other = connection.execute(
        select(deliveries.c.id).where(
            deliveries.c.clinic_id == row.clinic_id,
            deliveries.c.provider_id == provider_id,
            deliveries.c.id != row.id,
        )
    )
    return other.first() is not None


def expired(connection: Connection, now: datetime, limit: int) -> list[Receipt]:
    """Report what waits but must not be sent any more: too old, or no longer wanted."""
    rows = connection.execute(
        select(
            deliveries.c.ref,
            deliveries.c.expires_at,
            deliveries.c.channel,
            and_(contacts.c.id.is_not(None), _is_for_a_child_away()).label("away"),
        )
        .outerjoin(contacts, contacts.c.id == deliveries.c.contact_id)
        .where(
            deliveries.c.state == DeliveryState.QUEUED,
            deliveries.c.due_at.is_not(None),
            or_(
                deliveries.c.expires_at <= now,
                and_(contacts.c.id.is_not(None), ~_may_text()),
            ),
        )
        .limit(limit)
    )
    return [
        Receipt(ReceiptSource.LOOKUP, row.channel, *_why_not(row, now), ref=row.ref) for row in rows
    ]


def _why_not(row: AnyRow, now: datetime) -> tuple[DeliveryState, str]:
    """Say what becomes of a text that stays here, and why a person must call instead, if so."""
    if row.away:
        return DeliveryState.EXPIRED, ""
    if row.expires_at <= now:
        return DeliveryState.EXPIRED, "expired"
    return DeliveryState.BLOCKED, "opted_out"


def view(row: AnyRow, looked_up: int) -> DeliveryView:
    """Read what a report may change from the row of a delivery."""
    purpose = row.purpose
    return DeliveryView(
        id=row.id,
        purpose=purpose,
        urgency=Urgency(row.urgency),
        lane=Lane(row.lane),
        delivery_class=DeliveryClass(row.delivery_class),
        attempts=row.attempts,
        fence=row.fence,
        expires_at=row.expires_at,
        fields=DeliveryFields(
            state=DeliveryState(row.state),
            due_at=row.due_at,
            provider_id=row.provider_id,
            error=row.error,
            needs_call=row.needs_call,
        ),
        is_to_family=row.message_id is not None,
        is_human=purpose == "reply",
        is_safety=purpose.startswith("safety."),
        is_extra=row.message_id is None and row.channel in EXTRA,
        others=looked_up,
    )


def record(
    connection: Connection, row: AnyRow, event: Receipt, decision: Decision, now: datetime
) -> None:
    """Write one report and what it changed; the lease ends with what it was taken for."""
    if event.source is not ReceiptSource.CALLBACK:
        connection.execute(
            insert(attempts).values(
                clinic_id=row.clinic_id,
                delivery_id=row.id,
                number=row.attempts,
                source=event.source,
                state=event.state,
                status=event.status[:40],
                provider_id=event.provider_id,
                error=event.error,
                at=now,
            )
        )
    fields = decision.delivery
    if fields is None:
        return
    stale = event.fence is not None and event.fence != row.fence
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == row.id, deliveries.c.clinic_id == row.clinic_id)
        .values(
            state=fields.state,
            due_at=fields.due_at,
            provider_id=fields.provider_id,
            error=fields.error,
            needs_call=fields.needs_call,
            lease_until=row.lease_until if stale else None,
        )
    )


def looked_up(connection: Connection, rows: Collection[AnyRow]) -> dict[int, int]:
    """Count for each delivery how often its present try was looked up in vain."""
    found = connection.execute(
        select(attempts.c.delivery_id, func.count().label("times"))
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(
            attempts.c.clinic_id.in_({row.clinic_id for row in rows}),
            attempts.c.delivery_id.in_({row.id for row in rows}),
            attempts.c.source == ReceiptSource.LOOKUP,
            attempts.c.number == deliveries.c.attempts,
        )
        .group_by(attempts.c.delivery_id)
    )
    return {row.delivery_id: row.times for row in found}


def reports_for(connection: Connection, provider: str, provider_id: str) -> list[Receipt]:
    """Give the callbacks that came before anybody knew whose they were (F-18)."""
    rows = connection.execute(
        select(provider_reports)
        .where(
            provider_reports.c.provider == provider,
            provider_reports.c.provider_id == provider_id,
        )
        .order_by(provider_reports.c.id)
    )
    return [
        Receipt(
            ReceiptSource.CALLBACK,
            row.provider,
            DeliveryState(row.state),
            row.status,
            provider_id=row.provider_id,
            error=row.error,
            account=row.provider_account,
        )
        for row in rows
    ]


def _may_text() -> ColumnElement[bool]:
    """Say in SQL whether a contact may be texted (I-17, C13, C20)."""
    return or_(
        deliveries.c.purpose.in_(TO_OPTED_OUT),
        and_(
            contacts.c.consent != Consent.OPTED_OUT,
            contacts.c.unusable.is_(None),
            ~_is_for_a_child_away(),
        ),
    )


def _is_for_a_child_away() -> ColumnElement[bool]:
    """Say in SQL whether it is an automatic text to a family with no child at home (C20)."""
    theirs = and_(
        children.c.clinic_id == contacts.c.clinic_id, children.c.family_id == contacts.c.family_id
    )
    return and_(
        deliveries.c.purpose.startswith("auto."),
        exists().where(theirs),
        ~exists().where(theirs, children.c.status == AT_HOME),
    )


def _claimed(ids: list[int]) -> Executable:
    return (
        select(
            deliveries,
            messages.c.text.label("words"),
            clinics.c.twilio_account_sid,
            clinics.c.twilio_token_env,
            clinics.c.messaging_service_sid,
        )
        .join(clinics, clinics.c.id == deliveries.c.clinic_id)
        .outerjoin(messages, messages.c.id == deliveries.c.message_id)
        .where(deliveries.c.id.in_(ids))
    )


def _step(row: AnyRow) -> Step:
    return Step.SEND if row.state == DeliveryState.QUEUED else Step.LOOK_UP


def _leased(row: AnyRow, now: datetime, lease_seconds: float) -> dict[str, object]:
    sends = _step(row) is Step.SEND
    return {
        "row": row.id,
        "clinic": row.clinic_id,
        "lease": now + timedelta(seconds=lease_seconds),
        "next_fence": row.fence + 1,
        "tries": row.attempts + 1 if sends else row.attempts,
        "first": row.first_tried_at or now,
        # What is on its way looks so at once: if this process dies now, the next one looks it up.
        "becomes": DeliveryState.SENDING if sends else row.state,
    }


def _take() -> Executable:
    return (
        update(deliveries)
        .where(deliveries.c.id == bindparam("row"), deliveries.c.clinic_id == bindparam("clinic"))
        .values(
            lease_until=bindparam("lease"),
            fence=bindparam("next_fence"),
            attempts=bindparam("tries"),
            first_tried_at=bindparam("first"),
            state=bindparam("becomes"),
        )
    )


def _outgoing(row: AnyRow, now: datetime) -> Outgoing:
    sends = _step(row) is Step.SEND
    left = int((row.expires_at - now).total_seconds())
    return Outgoing(
        delivery_id=row.id,
        clinic_id=row.clinic_id,
        ref=row.ref,
        fence=row.fence + 1,
        step=_step(row),
        channel=row.channel,
        to=row.to_address,
        sender=row.from_address,
        text=row.words if row.message_id is not None else row.notification,
        lane=Lane(row.lane),
        delivery_class=DeliveryClass(row.delivery_class),
        attempt=row.attempts + 1 if sends else row.attempts,
        since=row.first_tried_at or now,
        valid_seconds=min(max(left, PROVIDER_SECONDS[0]), PROVIDER_SECONDS[1]),
        account_sid=row.twilio_account_sid or "",
        token_env=row.twilio_token_env or "",
        messaging_service_sid=row.messaging_service_sid or "",
        provider_id=row.provider_id or "",
    )
