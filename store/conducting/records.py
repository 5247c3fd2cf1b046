"""Writes what a batch of decisions causes: one statement per kind of row, in one transaction."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, tuple_, update

from locales.replies import Speaker
from routing.decision import PromiseChange
from routing.events import Inbound, Receipt, SecondOpinion, StaffAction
from routing.situation import AlertFields, AlertState, EpisodeFields
from routing.watchwords import word_for
from store.conducting.counting import write_after_hours
from store.conducting.following import write_follow_ups
from store.conducting.outbox import write_outgoing
from store.conducting.rows import Entry, insert_all, insert_numbered, update_all
from store.tables import (
    alerts,
    assessments,
    attachments,
    audit_events,
    consents,
    contacts,
    decisions,
    episodes,
    messages,
    promises,
    threads,
    timers,
)

A_MINUTE = timedelta(minutes=1)


def write(
    connection: Connection, entries: Sequence[Entry], now: datetime, speaker: Speaker, link: str
) -> None:
    """Write everything that the decisions cause; fills in the ids and answers of the entries.

    Args:
        entries: at most one for each thread.
        link: the address in front of the opaque name of an alert in notifications to staff.
    """
    _write_episodes(connection, entries, now)
    _write_inbound(connection, entries, now)
    _write_alerts(connection, entries)
    write_outgoing(connection, entries, now, speaker, link)
    _write_promises(connection, entries, now)
    _write_timers(connection, entries, now)
    write_follow_ups(connection, entries, now)
    write_after_hours(connection, entries, now)
    _write_contacts(connection, entries, now)
    _write_because(connection, entries, now)


def _write_episodes(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    opening = [e for e in entries if e.decision.opens_episode and e.decision.episode is not None]
    rows = [
        {
            "clinic_id": e.clinic_id,
            "family_id": e.situation.contact.family_id,
            "thread_id": e.situation.contact.thread_id,
            "previous_id": e.situation.previous_episode_id,
            "opened_at": now,
            **_episode_columns(e.decision.episode),
        }
        for e in opening
        if e.decision.episode is not None
    ]
    for entry, row_id in zip(opening, insert_numbered(connection, episodes, rows), strict=True):
        entry.episode_id = row_id
    changing = []
    for entry in entries:
        view, resolved = entry.situation.episode, entry.situation.resolved
        if entry.decision.reopens and resolved is not None:
            view = resolved.episode
        elif entry.episode_id is not None:
            continue
        else:
            entry.episode_id = view.id if view else entry.situation.previous_episode_id
        after = entry.decision.episode
        if view is not None and after is not None and after != view.fields:
            row = {"row": view.id, "clinic": entry.clinic_id}
            changing.append(row | _episode_columns(after))
    update_all(connection, episodes, changing)


def _episode_columns(fields: EpisodeFields) -> dict[str, Any]:
    columns = asdict(fields)
    columns["urgency"] = int(fields.urgency)
    columns["topics"] = list(fields.topics)
    columns["inbox_rank"] = fields.inbox_rank
    return columns


def _write_inbound(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    arrived = [(e, e.event) for e in entries if isinstance(e.event, Inbound)]
    rows = [
        {
            **entry.whose,
            "thread_id": entry.situation.contact.thread_id,
            "direction": "in",
            "kind": event.kind,
            "text": _storable(event.text),
            "raw": event.raw,
            "provider": event.provider,
            "provider_account": event.account,
            "provider_id": event.provider_id,
            "author_id": event.author_id,
            "language": entry.decision.assessment.language if entry.decision.assessment else None,
            "at": now,
            "written_at": event.written_at,
        }
        for entry, event in arrived
    ]
    for (entry, _), row_id in zip(
        arrived, insert_numbered(connection, messages, rows), strict=True
    ):
        entry.message_id = row_id
    insert_all(connection, assessments, [_assessment(entry) for entry, _ in arrived])
    pictures = [
        {
            "clinic_id": entry.clinic_id,
            "message_id": entry.message_id,
            "position": position,
            "url": media.url,
            "content_type": media.content_type[:100],
            "state": "recorded",
            "tries": 0,
            "due_at": now,
        }
        for entry, event in arrived
        for position, media in enumerate(event.media)
    ]
    insert_all(connection, attachments, pictures)


def _assessment(entry: Entry) -> dict[str, Any]:
    judged = entry.decision.assessment
    if judged is None:
        raise ValueError("an inbound message was not judged")
    return {
        "clinic_id": entry.clinic_id,
        "message_id": entry.message_id,
        "urgency": int(judged.urgency),
        "hazard": judged.hazard,
        "topics": list(judged.topics),
        "language": judged.language,
        "understood": judged.understood,
        "marks": sorted(judged.marks),
        "reasons": [
            asdict(r) | {"urgency": r.urgency.word, "text": _storable(r.text)}
            for r in judged.reasons
        ],
        "set_aside": [asdict(s) | {"text": _storable(s.text)} for s in judged.set_aside],
        "version": judged.version,
    }


def _storable(text: str) -> str:
    """Make text that both databases take; the bytes as received stand beside it (I-05).

    PostgreSQL refuses NUL, and no lone surrogate can be written as UTF-8. One character takes
    the place of one, so that the spans of the reasons still fit.
    """
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")


def _write_alerts(connection: Connection, entries: Sequence[Entry]) -> None:
    fresh: list[dict[str, Any]] = []
    changing = []
    opening = [e for e in entries if e.decision.alert is not None and e.situation.alert is None]
    in_use = _words_in_use(connection, {entry.clinic_id for entry in opening})
    for entry in entries:
        alert = entry.decision.alert
        if alert is None:
            continue
        if entry.situation.alert is None:
            ref = secrets.token_urlsafe(32)
            named = {"ref": ref, "word": word_for(ref, in_use)}
            in_use.add(named["word"])
            fresh.append(_alert_columns(alert) | entry.whose | named)
        elif alert != entry.situation.alert:
            changing.append({"row": alert.ref, "clinic": entry.clinic_id} | _alert_columns(alert))
    insert_all(connection, alerts, fresh)
    named_now = {row["episode_id"]: (row["ref"], row["word"]) for row in fresh}
    update_all(connection, alerts, changing, key="ref")
    for entry in entries:
        before = entry.situation.alert
        known = (before.ref, before.word) if before else None
        entry.told_by, entry.word = known or named_now.get(entry.episode_id or 0, (None, ""))


def _words_in_use(connection: Connection, clinic_ids: Collection[int]) -> set[str]:
    if not clinic_ids:
        return set()
    rows = connection.execute(
        select(alerts.c.word).where(
            alerts.c.clinic_id.in_(clinic_ids), alerts.c.state != AlertState.CLOSED
        )
    )
    return set(rows.scalars())


def _alert_columns(alert: AlertFields) -> dict[str, Any]:
    columns = asdict(alert) | {"urgency": int(alert.urgency)}
    del columns["ref"], columns["word"]
    return columns


def _write_promises(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    made = []
    for entry in entries:
        change = entry.decision.promise
        if change is None:
            continue
        settled = PromiseChange.WITHDRAWN if change is PromiseChange.MADE else change
        connection.execute(
            update(promises)
            .where(
                promises.c.clinic_id == entry.clinic_id,
                promises.c.episode_id == entry.episode_id,
                promises.c.state == PromiseChange.MADE,
            )
            .values(state=settled, settled_at=now)
        )
        due = entry.decision.promise_due
        if due is not None and change in {PromiseChange.MADE, PromiseChange.BROKEN}:
            made.append(entry.whose | {"told_at": now, "due_at": due, "state": PromiseChange.MADE})
    insert_all(connection, promises, made)


def _write_timers(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    changed = [
        (entry, kind, due) for entry in entries for kind, due in entry.decision.timers.items()
    ]
    if not changed:
        return
    connection.execute(
        delete(timers).where(
            timers.c.clinic_id.in_({entry.clinic_id for entry, _, _ in changed}),
            tuple_(timers.c.episode_id, timers.c.kind).in_(
                [(entry.episode_id, str(kind)) for entry, kind, _ in changed]
            ),
        )
    )
    rows = [
        entry.whose | {"kind": kind, "due_at": due, "planned_at": now}
        for entry, kind, due in changed
        if due
    ]
    insert_all(connection, timers, rows)


def _write_contacts(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    changing, ledger, wrote = [], [], []
    for entry in entries:
        decision, contact = entry.decision, entry.situation.contact
        row = {"row": contact.id, "clinic": entry.clinic_id}
        if decision.consent is not None:
            changing.append(row | {"consent": decision.consent})
            how = type(entry.event).__name__.lower()
            ledger.append({"clinic_id": entry.clinic_id, "contact_id": contact.id,
                           "state": decision.consent, "how": how, "at": now})  # fmt: skip
        if decision.unusable is not None:
            update_all(connection, contacts, [row | {"unusable": decision.unusable}])
        if decision.human is not None and not decision.human.announces:
            wrote.append({"row": contact.thread_id, "clinic": entry.clinic_id,
                          "staff_wrote_at": now + _held(decision.human.hold)})  # fmt: skip
    update_all(connection, contacts, changing)
    insert_all(connection, consents, ledger)
    update_all(connection, threads, wrote)


def _held(hold: timedelta) -> timedelta:
    """Count words from when they leave; the seconds in which they can be taken back are none."""
    return hold if hold > A_MINUTE else timedelta(0)


def _write_because(connection: Connection, entries: Sequence[Entry], now: datetime) -> None:
    reasoned = [e for e in entries if e.decision.because and e.episode_id is not None]
    insert_all(connection, decisions, [
        entry.whose | {
            "message_id": entry.message_id,
            "event": type(entry.event).__name__.lower(),
            "because": [asdict(because) for because in entry.decision.because],
            "at": now,
        }
        for entry in reasoned
    ])  # fmt: skip
    insert_all(connection, audit_events, [_audit(entry, now) for entry in reasoned])


def _audit(entry: Entry, now: datetime) -> dict[str, Any]:
    event = entry.event
    actor, actor_id = "timer", None
    if isinstance(event, StaffAction):
        actor, actor_id = "staff", event.staff_id
    elif isinstance(event, Inbound):
        actor, actor_id = "family", entry.situation.contact.id
    elif isinstance(event, Receipt):
        actor = "provider"
    kind = getattr(event, "kind", None) or getattr(event, "state", "")
    if isinstance(event, SecondOpinion):
        actor, kind = "reader", event.opinion.reader
    return {
        "clinic_id": entry.clinic_id,
        "at": now,
        "actor": actor,
        "actor_id": actor_id,
        "action": f"{type(event).__name__.lower()}.{kind}",
        "subject": "episode",
        "subject_id": entry.episode_id,
        "details": {"message": entry.message_id, "delivery": entry.delivery_id},
    }
