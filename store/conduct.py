"""The one conductor: every event changes the store here, in one transaction, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as insert_on_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_on_sqlite
from sqlalchemy.exc import IntegrityError

from locales.replies import Speaker
from routing.arrivals import Triage
from routing.decide import decide
from routing.decision import Decision
from routing.events import (
    Event,
    Inbound,
    Receipt,
    ReceiptSource,
    SecondOpinion,
    StaffAction,
    TimerDue,
    TimerKind,
)
from routing.situation import DeliverySituation, Situation
from routing.types import DeliveryState, Problem
from store import deliveries as outbox
from store import readings, timers
from store.conducting.acknowledging import with_acknowledgements
from store.conducting.afterwards import follow_through
from store.conducting.beside import with_what_it_asks
from store.conducting.claiming import claim
from store.conducting.places import Subject, find
from store.conducting.records import write
from store.conducting.rows import Entry
from store.conducting.situations import load
from store.conducting.unsent import take_back
from store.db import AnyRow, Database
from store.live import Change, Live
from store.outcomes import Answer, Outcome
from store.playbook import Book, Playbook
from store.tables import deliveries, families, messages, provider_reports

ALERT_PATH = "/alerts"
MessageId = tuple[str, str, str]


class Conductor:
    """Takes events in, decides them over what the store knows, and writes what follows.

    Args:
        triage: reads the words of a family; never raises (I-09).
        public_url: the outside address, in front of the links in notifications to staff.
        second_readers: who is asked about each message beside the rules; nobody where empty.
    """

    def __init__(
        self,
        database: Database,
        live: Live,
        playbook: Playbook,
        triage: Triage,
        speaker: Speaker,
        public_url: str | None,
        second_readers: Sequence[str] = (),
    ) -> None:
        self._database = database
        self._live = live
        self._playbook = playbook
        self._triage = triage
        self._speaker = speaker
        self._link = f"{public_url or ''}{ALERT_PATH}"
        self._second_readers = tuple(second_readers)

    def conduct(self, events: Sequence[Event], now: datetime) -> list[Outcome]:
        """Decide and keep a batch of events in one transaction; announce it after the commit.

        Returns:
            one outcome for each event, in order. A repeated message id is kept once and gets the
            same answers as long as nothing has confirmed that they arrived.

        Raises:
            StoreUnavailable: nothing was kept; a later try may succeed.
        """
        try:
            return self._conduct(events, now)
        except IntegrityError:
            # Another process kept the same message or met the same new sender just before us.
            # What it wrote is visible now; a second conflict is a fault and is raised.
            return [outcome for event in events for outcome in self._conduct((event,), now)]

    def _conduct(self, events: Sequence[Event], now: datetime) -> list[Outcome]:
        with self._database.write() as connection:
            book = self._playbook.current(connection)
            batch = _Batch(connection, book, self._triage, self._speaker, self._link,
                           self._second_readers, now)  # fmt: skip
            batch.take(events)
        self._live.announce(batch.changes)
        return batch.outcomes


@dataclass(slots=True)
class _Batch:
    """One transaction's worth of events."""

    connection: Connection
    book: Book
    triage: Triage
    speaker: Speaker
    link: str
    second_readers: tuple[str, ...]
    now: datetime
    outcomes: list[Outcome] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def take(self, events: Sequence[Event]) -> None:
        asked = len(events)
        events, subjects = with_acknowledgements(
            self.connection, events, find(self.connection, events, self.book, self.now), self.book
        )
        self.outcomes = [_without_subject(event) for event in events]
        self._lock(subjects)
        kept = _kept_before(self.connection, [e for e in events if isinstance(e, Inbound)])
        waiting = [
            (index, event, subject)
            for index, (event, subject) in enumerate(zip(events, subjects, strict=True))
            if not self._is_repeated(index, event, subject, kept) and subject is not None
        ]
        while waiting:
            # One event of a thread at a time: the next one decides on what this one has left.
            turn = {subject.place.contact.thread_id: (i, e, subject)
                    for i, e, subject in reversed(waiting)}  # fmt: skip
            self._round(list(turn.values()))
            done = {index for index, _, _ in turn.values()}
            waiting = [item for item in waiting if item[0] not in done]
        del self.outcomes[asked:]

    def _lock(self, subjects: Sequence[Subject | None]) -> None:
        """Lock the families in one order, so that two batches never wait for each other.

        Not against new rows that point to them (`FOR NO KEY UPDATE`): two first texts of one
        family have both just made a thread, and each would wait for the other for ever.
        """
        ids = sorted({s.place.contact.family_id for s in subjects if s is not None})
        if ids:
            self.connection.execute(
                select(families.c.id)
                .where(families.c.id.in_(ids))
                .order_by(families.c.id)
                .with_for_update(key_share=True)
            )

    def _is_repeated(
        self, index: int, event: Event, subject: Subject | None, kept: Mapping[MessageId, Outcome]
    ) -> bool:
        match event:
            case Inbound():
                outcome = kept.get(_message_id(event))
            case StaffAction() if subject is not None:
                outcome = _done_before(self.connection, event)
            case TimerDue() if event.kind is not TimerKind.ALERT_STEP:
                outcome = None if timers.is_still_due(self.connection, event) else Outcome()
            case SecondOpinion():
                outcome = None if readings.is_open(self.connection, event) else Outcome()
            case Receipt(source=ReceiptSource.CALLBACK):
                outcome = Outcome(repeated=True) if self._reported_before(event) else None
            case _:
                outcome = None
        if outcome is not None:
            self.outcomes[index] = outcome
        return outcome is not None

    def _reported_before(self, event: Receipt) -> bool:
        """Keep a callback for ever, also of an unknown delivery; tell whether it changes nothing.

        A report about an id that has already failed changes nothing: that try is over.
        """
        if not event.provider_id:
            return False
        same_id = (
            provider_reports.c.provider == event.provider,
            provider_reports.c.provider_account == event.account,
            provider_reports.c.provider_id == event.provider_id,
        )
        is_over = self.connection.execute(
            select(provider_reports.c.id).where(
                *same_id, provider_reports.c.state == DeliveryState.FAILED
            )
        ).first()
        sqlite = self.connection.dialect.name == "sqlite"
        kept = self.connection.execute(
            (insert_on_sqlite if sqlite else insert_on_postgresql)(provider_reports)
            .values(
                provider=event.provider,
                provider_account=event.account,
                provider_id=event.provider_id,
                status=event.status[:40],
                state=event.state,
                error=event.error,
                at=self.now,
            )
            .on_conflict_do_nothing()
            .returning(provider_reports.c.id)
        ).first()
        return kept is None or is_over is not None

    def _round(self, turn: Sequence[tuple[int, Event, Subject]]) -> None:
        situations = load(self.connection, [s.place for _, _, s in turn], self.now)
        rows = self._delivery_rows([s for _, _, s in turn])
        entries: list[tuple[int, Subject, Entry]] = []
        for index, event, subject in turn:
            situation = situations[subject.place.contact.thread_id]
            entry = self._decided(event, subject, situation, rows)
            entries.append((index, subject, entry))
        write(
            self.connection,
            [entry for _, _, entry in entries],
            self.now,
            self.speaker,
            self.link,
        )
        readings.ask(
            self.connection, [entry for _, _, entry in entries], self.second_readers, self.now
        )
        for index, subject, entry in entries:
            self._finish(index, subject, entry, rows)

    def _delivery_rows(self, subjects: Sequence[Subject]) -> dict[int, tuple[AnyRow, int]]:
        ids = [s.delivery_id for s in subjects if s.delivery_id is not None]
        if not ids:
            return {}
        found = self.connection.execute(select(deliveries).where(deliveries.c.id.in_(ids))).all()
        tried = outbox.looked_up(self.connection, found)
        return {row.id: (row, tried.get(row.id, 0)) for row in found}

    def _decided(
        self,
        event: Event,
        subject: Subject,
        thread: Situation,
        rows: dict[int, tuple[AnyRow, int]],
    ) -> Entry:
        situation: Situation | DeliverySituation = thread
        if subject.delivery_id is not None:
            row, tried = rows[subject.delivery_id]
            event = self._of_this_delivery(event, row)
            thread = with_what_it_asks(
                self.connection, event, _of_episode(thread, subject), self.now, subject.delivery_id
            )
            situation = DeliverySituation(outbox.view(row, tried), thread)
        elif subject.episode_id is not None:
            thread = situation = with_what_it_asks(
                self.connection, event, _of_episode(thread, subject), self.now
            )
        elif subject.takes_alert:
            thread = situation = replace(thread, takes_alert=True)
        if isinstance(event, SecondOpinion):
            event = replace(event, is_dealt_with=readings.is_dealt_with(self.connection, event))
        decision = decide(event, situation, self.now, self.triage)
        entry = Entry(event, thread, decision, delivery_id=subject.delivery_id)
        if thread.episode is None and subject.episode_id is not None:
            entry.episode_id = subject.episode_id
        return entry

    def _of_this_delivery(self, event: Event, row: AnyRow) -> Event:
        """Take a look-up that found another delivery's text for one that found nothing."""
        if not isinstance(event, Receipt) or event.source is not ReceiptSource.LOOKUP:
            return event
        if event.provider_id and outbox.is_taken(self.connection, row, event.provider_id):
            return replace(event, state=DeliveryState.QUEUED, status="not_found", provider_id=None)
        return event

    def _finish(
        self,
        index: int,
        subject: Subject,
        entry: Entry,
        rows: dict[int, tuple[AnyRow, int]],
    ) -> None:
        event, decision = entry.event, entry.decision
        problem = decision.problem
        belongs = decision.claims is not None or decision.welcomes is not None
        if belongs and not claim(
            self.connection, subject.place, decision, entry.author_id, self.now
        ):
            problem = Problem.NOT_FOUND
        if decision.undoes is not None and not take_back(
            self.connection, entry.clinic_id, entry.episode_id, decision.undoes
        ):
            problem = Problem.ALREADY_SENT
        follow_through(self.connection, entry, self.now)
        if isinstance(event, Receipt) and subject.delivery_id is not None:
            row, _ = rows[subject.delivery_id]
            outbox.record(self.connection, row, event, decision, self.now)
            self._join_earlier(event, row, decision, subject)
        if isinstance(event, SecondOpinion):
            readings.finish(self.connection, event, decision, self.now)
        self.outcomes[index] = Outcome(
            entry.episode_id, entry.message_id, entry.answers, problem=problem
        )
        self.changes.append(Change(entry.clinic_id, entry.episode_id))

    def _join_earlier(
        self, event: Receipt, row: AnyRow, decision: Decision, subject: Subject
    ) -> None:
        """Apply the callbacks that came before the id of this delivery was known (F-18)."""
        known = decision.delivery.provider_id if decision.delivery else None
        if known is None or known == row.provider_id or event.source is ReceiptSource.CALLBACK:
            return
        for report in outbox.reports_for(self.connection, event.provider, known):
            if not self.book.is_account_of(subject.place.clinic, report.account):
                continue
            self.outcomes.append(Outcome())
            self._round([(len(self.outcomes) - 1, report, subject)])
            self.outcomes.pop()


def _without_subject(event: Event) -> Outcome:
    if isinstance(event, StaffAction):
        return Outcome(problem=Problem.NOT_FOUND)
    return Outcome()


def _of_episode(thread: Situation, subject: Subject) -> Situation:
    """Hide the open episode from an event that is about an earlier one of the same thread."""
    if thread.episode is None or thread.episode.id == subject.episode_id:
        return thread
    return Situation(
        clinic=thread.clinic,
        contact=thread.contact,
        children=thread.children,
        previous_episode_id=subject.episode_id,
        history=thread.history,
        follow_ups=thread.follow_ups,
    )


def _message_id(event: Inbound) -> MessageId:
    return event.provider, event.account, event.provider_id


def _kept_before(connection: Connection, events: Sequence[Inbound]) -> dict[MessageId, Outcome]:
    """Find messages with the same ids; unconfirmed answers are given once more (DESIGN 4.3)."""
    if not events:
        return {}
    rows = connection.execute(
        select(
            messages.c.id,
            messages.c.clinic_id,
            messages.c.episode_id,
            messages.c.provider,
            messages.c.provider_account,
            messages.c.provider_id,
        ).where(messages.c.provider_id.in_({event.provider_id for event in events}))
    )
    return {
        (row.provider, row.provider_account, row.provider_id): Outcome(
            row.episode_id, row.id, _unconfirmed(connection, row.clinic_id, row.id), repeated=True
        )
        for row in rows.all()
    }


def _unconfirmed(connection: Connection, clinic_id: int, message_id: int) -> tuple[Answer, ...]:
    rows = connection.execute(
        select(messages.c.text, deliveries.c.ref)
        .join(deliveries, deliveries.c.message_id == messages.c.id)
        .where(
            messages.c.clinic_id == clinic_id,
            messages.c.answers_id == message_id,
            deliveries.c.at_once,
            deliveries.c.state == DeliveryState.SENDING,
            deliveries.c.provider_id.is_(None),
        )
        .order_by(deliveries.c.id)
    )
    return tuple(Answer(row.text, row.ref) for row in rows)


def _done_before(connection: Connection, event: StaffAction) -> Outcome | None:
    row = connection.execute(
        select(messages.c.id, messages.c.episode_id).where(
            messages.c.clinic_id == event.clinic_id, messages.c.action_key == event.key
        )
    ).first()
    return None if row is None else Outcome(row.episode_id, row.id, repeated=True)
