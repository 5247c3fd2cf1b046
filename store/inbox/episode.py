"""Reads one episode: who, what was said, why it is urgent, what happened to it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from routing.triage.second import RULE, Opinion
from routing.types import Consent, ContactKind, DeliveryState, Urgency
from store.conducting.unsent import NEVER_LEFT
from store.db import AnyRow
from store.inbox.interpreting import needs_interpreter
from store.inbox.seen import (
    CONFIDENTIAL,
    AlertSeen,
    AttachmentContent,
    AttachmentSeen,
    ChildSeen,
    DecisionSeen,
    EpisodeSeen,
    MessageSeen,
    PastEpisode,
    ReasonSeen,
    SetAsideSeen,
)
from store.readings import raised_by
from store.tables import (
    alerts,
    assessments,
    attachment_contents,
    attachments,
    caregivers,
    children,
    contacts,
    decisions,
    deliveries,
    episodes,
    families,
    messages,
    staff,
    threads,
)

PAST_SHOWN = 20
FAMILIES_OFFERED = 500


def episode_of(connection: Connection, clinic_id: int, episode_id: int) -> EpisodeSeen | None:
    """Read one episode; None for a missing one and for one of another clinic alike (I-22)."""
    head = _head(connection, clinic_id, episode_id)
    if head is None:
        return None
    kind = ContactKind(head.kind)
    return EpisodeSeen(
        episode_id=head.id,
        state=head.state,
        urgency=Urgency(head.urgency),
        hazard=head.hazard,
        topics=tuple(head.topics),
        needs_eyes=head.needs_eyes,
        owner=head.owner,
        opened_at=head.opened_at,
        waiting_since=head.waiting_since,
        is_waiting=head.is_waiting,
        reply_due=head.reply_due,
        acknowledged_at=head.acknowledged_at,
        acknowledged_by=head.acknowledger,
        looked_at=head.looked_at,
        resolved_at=head.resolved_at,
        resolved_by=head.resolver,
        outcome=head.outcome,
        waits_for=head.waits_for,
        put_off_until=head.put_off_until,
        kind=kind,
        family=head.family,
        writer=head.writer,
        relation=head.relation,
        address=head.address,
        channel=head.channel,
        language=head.language or head.caregiver_language,
        consent=Consent(head.consent),
        unusable=head.unusable,
        children=_children(connection, clinic_id, head.family_id),
        messages=_messages(connection, clinic_id, episode_id),
        decisions=_decisions(connection, clinic_id, episode_id),
        alert=_alert(connection, clinic_id, episode_id),
        past=_past(connection, clinic_id, head.thread_id, episode_id),
        families=_families(connection, clinic_id) if kind is ContactKind.UNCLAIMED else (),
        family_id=head.family_id,
        owner_id=head.owner_id,
        meant_for=_meant_for(head),
        needs_interpreter=needs_interpreter(head),
        acknowledged_by_id=head.acknowledged_by,
        reads=head.caregiver_language or head.language,
    )


def _meant_for(head: AnyRow) -> tuple[int, str] | None:
    """Name whose it was before it went to the team, if they still work here."""
    if head.owner_id is not None or head.meant_for_name is None:
        return None
    return head.meant_for, head.meant_for_name


def episode_of_alert(connection: Connection, clinic_id: int, ref: str) -> int | None:
    """Find the episode that an opaque link of an alert points to."""
    return connection.execute(
        select(alerts.c.episode_id).where(alerts.c.clinic_id == clinic_id, alerts.c.ref == ref)
    ).scalar()


def writer_of(connection: Connection, clinic_id: int, episode_id: int) -> AnyRow | None:
    """Find the address of an episode's thread and our own, and its channel."""
    return connection.execute(
        select(contacts.c.address, contacts.c.channel, threads.c.our_address)
        .join_from(episodes, threads, _of(threads, clinic_id, episodes.c.thread_id))
        .join(contacts, _of(contacts, clinic_id, threads.c.contact_id))
        .where(episodes.c.clinic_id == clinic_id, episodes.c.id == episode_id)
    ).first()


def taken_back(connection: Connection, clinic_id: int, episode_id: int, message_id: int) -> str:
    """Give the words of a reply that never left, without the signature."""
    words = connection.execute(
        select(messages.c.text).where(
            messages.c.clinic_id == clinic_id,
            messages.c.episode_id == episode_id,
            messages.c.id == message_id,
            messages.c.kind.in_(NEVER_LEFT),
        )
    ).scalar()
    return (words or "").rpartition("\n- ")[0]


def attachment_of(
    connection: Connection, clinic_id: int, attachment_id: int
) -> AttachmentContent | None:
    """Read a fetched attachment; None while there is nothing to give."""
    found = connection.execute(
        select(attachment_contents.c.content_type, attachment_contents.c.content).where(
            attachment_contents.c.clinic_id == clinic_id,
            attachment_contents.c.attachment_id == attachment_id,
        )
    ).first()
    return AttachmentContent(found.content_type, found.content) if found else None


def _head(connection: Connection, clinic_id: int, episode_id: int) -> Any:
    owner, acknowledger, resolver, meant_for = (
        staff.alias(name) for name in ("owner", "acker", "resolver", "meant_for")
    )
    return connection.execute(
        select(
            episodes,
            families.c.name.label("family"),
            families.c.kind,
            caregivers.c.name.label("writer"),
            caregivers.c.relation,
            caregivers.c.language.label("caregiver_language"),
            contacts.c.address,
            contacts.c.channel,
            contacts.c.language,
            contacts.c.consent,
            contacts.c.unusable,
            owner.c.name.label("owner"),
            owner.c.languages.label("owner_speaks"),
            families.c.coordinator_id,
            caregivers.c.language.label("reads"),
            meant_for.c.name.label("meant_for_name"),
            acknowledger.c.name.label("acknowledger"),
            resolver.c.name.label("resolver"),
        )
        .join_from(episodes, families, _of(families, clinic_id, episodes.c.family_id))
        .join(threads, _of(threads, clinic_id, episodes.c.thread_id))
        .join(contacts, _of(contacts, clinic_id, threads.c.contact_id))
        .outerjoin(caregivers, _of(caregivers, clinic_id, contacts.c.caregiver_id))
        .outerjoin(owner, _of(owner, clinic_id, episodes.c.owner_id))
        .outerjoin(
            meant_for, and_(_of(meant_for, clinic_id, episodes.c.meant_for), meant_for.c.active)
        )
        .outerjoin(acknowledger, _of(acknowledger, clinic_id, episodes.c.acknowledged_by))
        .outerjoin(resolver, _of(resolver, clinic_id, episodes.c.resolved_by))
        .where(episodes.c.clinic_id == clinic_id, episodes.c.id == episode_id)
    ).first()


def _children(connection: Connection, clinic_id: int, family_id: int) -> tuple[ChildSeen, ...]:
    found = connection.execute(
        select(children)
        .where(children.c.clinic_id == clinic_id, children.c.family_id == family_id)
        .order_by(children.c.id)
    )
    return tuple(ChildSeen(c.name, c.birth_month, tuple(c.flags), c.status) for c in found)


def _messages(connection: Connection, clinic_id: int, episode_id: int) -> tuple[MessageSeen, ...]:
    sent_with = _attachments(connection, clinic_id, episode_id)
    raised = raised_by(connection, clinic_id, episode_id)
    found = connection.execute(
        select(
            messages,
            staff.c.name.label("author"),
            deliveries.c.state.label("delivery"),
            deliveries.c.needs_call,
            deliveries.c.due_at,
            assessments.c.urgency,
            assessments.c.understood,
            assessments.c.version,
            assessments.c.reasons,
            assessments.c.set_aside,
        )
        .outerjoin(staff, _of(staff, clinic_id, messages.c.author_id))
        .outerjoin(
            deliveries,
            and_(deliveries.c.message_id == messages.c.id, deliveries.c.clinic_id == clinic_id),
        )
        .outerjoin(
            assessments,
            and_(assessments.c.message_id == messages.c.id, assessments.c.clinic_id == clinic_id),
        )
        .where(messages.c.clinic_id == clinic_id, messages.c.episode_id == episode_id)
        .order_by(messages.c.id, deliveries.c.id)
    )
    # A message that was sent again has several deliveries; the last one tells how it stands.
    last = {row.id: row for row in found}
    return tuple(
        _message(row, sent_with.get(row.id, ()), raised.get(row.id, ())) for row in last.values()
    )


def _message(
    row: Any, sent_with: tuple[AttachmentSeen, ...], raised: tuple[Opinion, ...]
) -> MessageSeen:
    return MessageSeen(
        message_id=row.id,
        is_inbound=row.direction == "in",
        is_own=row.direction == "own",
        kind=row.kind,
        text=row.text,
        language=row.language,
        template=row.template,
        author=row.author,
        at=row.at,
        written_at=row.written_at,
        delivery=row.delivery,
        needs_call=row.needs_call,
        urgency=_level(row, raised),
        understood=row.understood is not False,
        version=row.version,
        reasons=tuple(
            ReasonSeen(f"{RULE}.{opinion.reader}", opinion.sentence, "", ()) for opinion in raised
        )
        + tuple(
            ReasonSeen(
                str(r.get("rule", "")),
                str(r.get("why", "")),
                str(r.get("text") or ""),
                tuple((int(start), int(end)) for start, end in r.get("spans", ())),
            )
            for r in row.reasons or ()
        ),
        set_aside=tuple(
            SetAsideSeen(
                str(s.get("rule", "")), str(s.get("because", "")), str(s.get("text") or "")
            )
            for s in row.set_aside or ()
        ),
        attachments=sent_with,
        leaves_at=row.due_at if row.delivery == DeliveryState.QUEUED else None,
        author_id=row.author_id,
    )


def _level(row: Any, raised: tuple[Opinion, ...]) -> Urgency | None:
    """Give the highest level that anybody has read in a message; None for what nobody judged."""
    if row.urgency is None:
        return None
    return max(Urgency(row.urgency), *(opinion.urgency for opinion in raised), Urgency.ROUTINE)


def _attachments(
    connection: Connection, clinic_id: int, episode_id: int
) -> Mapping[int, tuple[AttachmentSeen, ...]]:
    found = connection.execute(
        select(attachments)
        .join(messages, _of(messages, clinic_id, attachments.c.message_id))
        .where(attachments.c.clinic_id == clinic_id, messages.c.episode_id == episode_id)
        .order_by(attachments.c.message_id, attachments.c.position)
    )
    sent_with: dict[int, tuple[AttachmentSeen, ...]] = {}
    for row in found:
        seen = AttachmentSeen(row.id, row.content_type, row.state)
        sent_with[row.message_id] = (*sent_with.get(row.message_id, ()), seen)
    return sent_with


def _decisions(connection: Connection, clinic_id: int, episode_id: int) -> tuple[DecisionSeen, ...]:
    found = connection.execute(
        select(decisions)
        .where(decisions.c.clinic_id == clinic_id, decisions.c.episode_id == episode_id)
        .order_by(decisions.c.id)
    )
    return tuple(
        DecisionSeen(
            row.event,
            row.at,
            tuple((str(b.get("what", "")), str(b.get("why", ""))) for b in row.because),
        )
        for row in found
    )


def _alert(connection: Connection, clinic_id: int, episode_id: int) -> AlertSeen | None:
    row = connection.execute(
        select(alerts, staff.c.name.label("acknowledger"))
        .outerjoin(staff, _of(staff, clinic_id, alerts.c.acknowledged_by))
        .where(alerts.c.clinic_id == clinic_id, alerts.c.episode_id == episode_id)
        .order_by(alerts.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return AlertSeen(
        row.state,
        row.step,
        row.rung,
        row.next_step_at,
        row.acknowledged_at,
        row.acknowledger,
        row.no_answer,
        row.was_right,
    )


def _past(
    connection: Connection, clinic_id: int, thread_id: int, episode_id: int
) -> tuple[PastEpisode, ...]:
    found = connection.execute(
        select(episodes)
        .where(
            episodes.c.clinic_id == clinic_id,
            episodes.c.thread_id == thread_id,
            episodes.c.id != episode_id,
            or_(episodes.c.hazard.is_(None), episodes.c.hazard.not_in(CONFIDENTIAL)),
        )
        .order_by(episodes.c.id.desc())
        .limit(PAST_SHOWN)
    )
    return tuple(
        PastEpisode(row.id, Urgency(row.urgency), row.opened_at, row.resolved_at, row.outcome)
        for row in found
    )


def _families(connection: Connection, clinic_id: int) -> tuple[tuple[int, str], ...]:
    found = connection.execute(
        select(families.c.id, families.c.name)
        .where(families.c.clinic_id == clinic_id, families.c.kind == ContactKind.FAMILY)
        .order_by(families.c.name, families.c.id)
        .limit(FAMILIES_OFFERED)
    )
    return tuple((row.id, row.name) for row in found)


def _of(table: Any, clinic_id: int, reference: Any) -> Any:
    return and_(table.c.id == reference, table.c.clinic_id == clinic_id)
