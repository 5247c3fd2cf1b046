"""One clinic's life as a machine of steps: families, staff, the clock, the provider, restarts.

What happens is drawn by hypothesis; after every step the invariants must hold, and a small model
beside the real thing remembers what nobody may forget.
"""

from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from sqlalchemy import Table, update

from routing.drafts import DRAFT
from routing.events import ActionKind, Event, Receipt, ReceiptSource, StaffAction, Unsent
from routing.hours import window_at
from routing.triage.second import Opinion
from routing.types import DeliveryState, Lane, ReplyKey, Urgency
from store import ahead, readings, tables, timers
from store import deliveries as outbox
from store.conduct import Conductor
from store.conducting.unsent import NEVER_LEFT
from store.db import AnyRow
from store.live import Live
from store.outgoing import Outgoing, Step
from store.playbook import Playbook
from store.schedules import schedules
from tests import factories
from tests.store.clinic import LINK, speaker, triage
from tests.store.duties import ACCOUNT, Duties

DANGERS = ("mi hijo no puede respirar", "she is not breathing", "I want to kill myself")
URGENT = ("he has had diarrhea and no wet diaper since yesterday", "she is wheezing")
CALM = (
    "necesito la carta de la escuela", "can we move the appointment", "gracias",
    "STOP", "START", "asdf qwer",
)  # fmt: skip
MOST_WAKES = 60  # of one moment: a circle of timers shows here
LONGEST_STEP = timedelta(hours=2)
PAUSE = timedelta(minutes=7)
CLINICS = count(1)
ENDED = {
    DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.BLOCKED, DeliveryState.EXPIRED,
}  # fmt: skip


class Life(Duties):
    """Maple for some days; subclasses say on which database."""

    @initialize(closed=st.booleans(), rings=st.booleans())
    def begin(self, *, closed: bool, rings: bool) -> None:
        """Open a clinic of its own, by day or by night, with or without calls."""
        number = next(CLINICS)
        self.now = factories.NOW + timedelta(hours=14 if closed else 0)
        self.sids = count(1)
        self.prefix = f"{number:05d}"
        self.number = f"+1312{number:05d}00"
        self.kept: Counter[str] = Counter()
        self.acts = 0
        self.read: dict[Table, list[AnyRow]] = {}
        self.resolved: set[int] = set()  # alerts whose episode a person has resolved or calmed
        self.began_at: dict[int, Urgency] = {}
        with self.database.write() as connection:
            self.id = factories.clinic(
                connection, key=f"life{number}", alert_channels=["call"] if rings else None
            )
            factories.clinic_number(connection, self.id, self.number)
            staff = (("Ana", ["coordinator"]), ("Nils", ["nurse"]), ("Olga", ["supervisor"]))
            self.staff = [
                factories.staff_member(
                    connection, self.id, name=name, roles=roles, email=f"{name}{number}@x.example",
                    phone=f"+1312{number:05d}5{index}",
                )
                for index, (name, roles) in enumerate(staff)
            ]  # fmt: skip
            factories.on_call(connection, self.id, self.staff[1])
            self.phones = [f"+1312{number:05d}{index}" for index in range(71, 74)]
            for index, phone in enumerate(self.phones):
                factories.household(
                    connection, self.id, name=f"Garcia{index}", phone=phone,
                    # The last family is the team's.
                    coordinator_id=self.staff[0] if index < len(self.phones) - 1 else None,
                )  # fmt: skip
            ours = update(tables.threads).where(tables.threads.c.clinic_id == self.id)
            connection.execute(ours.values(our_address=self.number))
        self._start()

    def _start(self) -> None:
        self.conductor = Conductor(
            self.database, Live(), Playbook(self.database), triage(), speaker(), LINK, ("linear",)
        )

    # What can happen.

    @rule(who=st.integers(0, 2), words=st.sampled_from(DANGERS + URGENT + CALM * 2))
    def a_family_writes(self, who: int, words: str) -> None:
        """Take in a text."""
        self._conduct(self._text(self.phones[who], words))

    @rule(who=st.integers(0, 2), words=st.sampled_from(DANGERS + CALM))
    def a_webhook_comes_twice(self, who: int, words: str) -> None:
        """Take in a text that Twilio sends again."""
        text = self._text(self.phones[who], words)
        self._conduct(text)
        (again,) = self._conduct(text)
        assert again.repeated

    @rule(minutes=st.sampled_from([1, 4, 5, 14, 16, 61, 300, 900]))
    def time_passes(self, minutes: int) -> None:
        """Let time pass, and a worker do what has come due."""
        self.now += timedelta(minutes=minutes)
        self._wake()

    @rule(minutes=st.sampled_from([2, 10, 61, 120]))
    def the_clock_is_set_back(self, minutes: int) -> None:
        """Set the machine's clock back: whatever waits is done within the bounds it had (I-31)."""
        self.now -= timedelta(minutes=minutes)
        self._wake()
        self._nothing_stands_still()

    @rule(how=st.sampled_from(["sent", "sent", "failed", "unknown", "nothing"]), many=st.booleans())
    def the_provider_is_called(self, how: str, *, many: bool) -> None:
        """Send what waits; the provider takes it, refuses it, or is not heard of."""
        self.read.clear()
        with self.database.write() as connection:
            claimed = outbox.claim(
                connection, self.now, limit=20 if many else 1, lease_seconds=30, lanes=tuple(Lane)
            )
        for outgoing in claimed:
            if outgoing.clinic_id == self.id:
                self._sent(outgoing, how)

    @rule(seconds=st.sampled_from([0, 40]), state=st.sampled_from(["delivered", "undelivered"]))
    def a_report_comes(self, seconds: int, state: str) -> None:
        """Let the provider report about the newest text that left."""
        self.now += timedelta(seconds=seconds)
        left = [d for d in self._rows(tables.deliveries) if d.provider_id]
        if left:
            became = DeliveryState.DELIVERED if state == "delivered" else DeliveryState.FAILED
            self._conduct(
                Receipt(
                    ReceiptSource.CALLBACK,
                    "twilio",
                    became,
                    state,
                    account=ACCOUNT,
                    provider_id=left[-1].provider_id,
                    error=None if state == "delivered" else 30003,
                )
            )

    @rule(
        who=st.integers(0, 2),
        kind=st.sampled_from(
            [
                "take",
                "reply",
                "reply",
                "resolve",
                "resolve",
                "pass_on",
                "opened",
                "put_off",
                "called",
                "draft",
            ]
        ),
        which=st.integers(0, 2),
    )
    def somebody_acts(self, who: int, kind: str, which: int) -> None:
        """Let a member of staff do something to an open episode, with the page in front of them."""
        episodes = self._open_episodes()
        if episodes:
            self._act(ActionKind(kind), self.staff[who], episodes[which % len(episodes)])

    @rule(who=st.integers(0, 2), which=st.integers(0, 2), minutes=st.sampled_from([0, 3, 1500]))
    def somebody_finds_that_it_was_a_slip(self, who: int, which: int, minutes: int) -> None:
        """Let something be resolved and, soon or too late, be opened again by a colleague."""
        episodes = self._open_episodes()
        if episodes:
            episode = episodes[which % len(episodes)]
            self._act(ActionKind.RESOLVE, self.staff[which], episode)
            self.now += timedelta(minutes=minutes)
            self._act(ActionKind.REOPEN, self.staff[who], episode)

    @rule(urgency=st.sampled_from(Urgency))
    def a_second_reader_reads(self, urgency: Urgency) -> None:
        """Let a second reader say the same about all that waits for it, twice as after a crash."""
        self.read.clear()
        with self.database.write() as connection:
            book = Playbook(self.database).current(connection)
            turn = readings.Turn("linear", ("linear",))
            waiting = readings.claim_due(
                connection, book, self.now, turn, limit=20, lease_seconds=30
            )
        for one in waiting:
            said = one.opinion(Opinion(one.reader, urgency, "Because.", 0.5))
            for _ in range(2 if one.clinic_id == self.id else 0):
                self._conduct(said)

    @rule()
    def it_starts_again(self) -> None:
        """Forget everything that is not in the database."""
        self._start()

    # What must hold after each step.

    @invariant()
    def nothing_that_came_is_lost_or_doubled(self) -> None:
        """I-01, I-02."""
        kept = Counter(m.provider_id for m in self._rows(tables.messages) if m.direction == "in")
        assert kept == self.kept

    @invariant()
    def an_alert_never_stops_by_itself(self) -> None:
        """I-10, C2: it has a next step, and ends only by a person's act on its episode."""
        for alert in self._rows(tables.alerts):
            if alert.state == "closed":
                assert alert.episode_id in self.resolved
            else:
                assert alert.next_step_at is not None
            if alert.state == "acknowledged":
                assert alert.acknowledged_by in self.staff

    @invariant()
    def a_danger_has_an_alert(self) -> None:
        """C2: as long as nobody has resolved it."""
        alerted = {a.episode_id for a in self._rows(tables.alerts) if a.state != "closed"}
        for episode in self._open_episodes():
            if episode.urgency >= Urgency.URGENT or episode.hazard:
                assert episode.id in alerted

    @invariant()
    def software_lowers_nothing(self) -> None:
        """I-08."""
        for episode in self._open_episodes():
            assert episode.urgency >= self.began_at.get(episode.id, Urgency.ROUTINE)
            self.began_at[episode.id] = episode.urgency

    @invariant()
    def a_notice_comes_once_a_window_and_level(self) -> None:
        """I-20: the office is closed, said once."""
        with self.database.read() as connection:
            hours = schedules(connection, self.id)[self.id]
        said = Counter(
            (d.contact_id, window_at(hours, d.created_at).id, d.urgency)
            for d in self._rows(tables.deliveries)
            if d.purpose.startswith("auto.closed")
        )
        assert not [what for what, times in said.items() if times > 1]

    @invariant()
    def nobody_who_said_stop_is_texted(self) -> None:
        """I-17: what left after the STOP is the one confirmation of it."""
        silent = {c.id for c in self._rows(tables.contacts) if c.consent == "opted_out"}
        for one in self._rows(tables.deliveries):
            if one.contact_id in silent and one.purpose != ReplyKey.OPTED_OUT:
                assert (one.state, one.lease_until) != (DeliveryState.SENDING, self.now)

    @invariant()
    def a_promise_is_for_somebody_who_waits_and_below_urgent(self) -> None:
        """C2, C5."""
        episodes = {episode.id: episode for episode in self._rows(tables.episodes)}
        for promise in self._rows(tables.promises):
            if promise.state == "open":
                assert episodes[promise.episode_id].state != "resolved"
                assert episodes[promise.episode_id].urgency < Urgency.URGENT

    @invariant()
    def what_ended_has_nothing_left_to_do(self) -> None:
        """I-16."""
        for one in self._rows(tables.deliveries):
            if DeliveryState(one.state) in ENDED:
                assert one.due_at is None

    @invariant()
    def what_was_kept_back_never_leaves_and_a_draft_is_nothing_sent(self) -> None:
        """C5: and nothing that a person wrote is lost."""
        kinds = {m.id: m.kind for m in self._rows(tables.messages)}
        for one in self._rows(tables.deliveries):
            if one.message_id is not None and kinds[one.message_id] in NEVER_LEFT:
                assert (one.state, one.attempts) == (DeliveryState.EXPIRED, 0)
            assert kinds.get(one.message_id) != DRAFT

    def teardown(self) -> None:
        """Let three days pass in which nobody does anything: what is open still rings (I-10)."""
        for _ in range(9):
            self.now += timedelta(hours=8)
            self._wake()
            self.the_provider_is_called("sent", many=True)
        self.an_alert_never_stops_by_itself()
        for alert in self._rows(tables.alerts):
            if alert.state != "closed":
                assert self.now < alert.next_step_at <= self.now + LONGEST_STEP
        self._leave()

    def _leave(self) -> None:
        """Leave nothing due behind: the lives of one test share a database, and a look at it finds
        fifty things at most."""
        with self.database.write() as connection:
            for table, values in (
                (tables.alerts, {"state": "closed", "next_step_at": None}),
                (tables.deliveries, {"due_at": None}),
                (tables.second_readings, {"due_at": None}),
            ):
                connection.execute(
                    update(table).where(table.c.clinic_id == self.id).values(**values)
                )
            connection.execute(tables.timers.delete().where(tables.timers.c.clinic_id == self.id))

    # How.

    def _nothing_stands_still(self) -> None:
        """Let no alert wait longer than its longest step, and nothing for an hour of its own."""
        soon = self.now + timedelta(minutes=1)
        for alert in self._rows(tables.alerts):
            if alert.state != "closed":
                longest = timedelta(minutes=61) if alert.state == "acknowledged" else LONGEST_STEP
                assert alert.next_step_at <= self.now + longest
        for timer in self._rows(tables.timers):
            assert timer.planned_at <= soon or timer.kind not in ahead.WAITS
        for one in self._rows(tables.deliveries):
            if one.due_at is not None:
                assert (one.lease_until or soon) <= soon + ahead.A_LEASE
                is_held = one.purpose == "reply" and one.attempts == 0
                assert is_held or one.state == DeliveryState.SENT or one.due_at <= soon + PAUSE

    def _wake(self) -> None:
        self.read.clear()
        with self.database.write() as connection:
            ahead.put_right(connection, ahead.found(connection, self.now))
        for _ in range(MOST_WAKES):
            with self.database.read() as connection:
                due = [e for e in timers.due(connection, self.now) if self._is_ours(e)]
            if not due:
                return
            for event in due:
                self._conduct(event)
        raise AssertionError("something stays due however often it is looked at")

    def _is_ours(self, event: Event) -> bool:
        if isinstance(event, Receipt):
            return event.ref in {d.ref for d in self._rows(tables.deliveries)}
        return getattr(event, "clinic_id", None) == self.id

    def _sent(self, outgoing: Outgoing, how: str) -> None:
        if how == "nothing":
            return  # the process died: its lease runs out
        is_look_up = outgoing.step is Step.LOOK_UP
        source = ReceiptSource.LOOKUP if is_look_up else ReceiptSource.ATTEMPT
        states = {
            "sent": DeliveryState.SENT,
            "failed": DeliveryState.FAILED,
            "unknown": DeliveryState.UNKNOWN,
        }
        state = states[how]
        sid = f"SM{outgoing.delivery_id:032x}" if how == "sent" else None
        error = 30003 if how == "failed" else None
        self._conduct(
            Receipt(
                source,
                "twilio",
                state,
                how,
                provider_id=sid,
                ref=outgoing.ref,
                error=error,
                fence=outgoing.fence,
                account=ACCOUNT,
            )
        )

    def _hold(self) -> timedelta:
        """Let every second reply wait for the morning."""
        return timedelta(hours=9 * (self.acts % 2))

    def _unsent(self) -> Unsent | None:
        """Say in turn nothing of a reply that waits, that it leaves, that it does not."""
        choices: tuple[Unsent | None, ...] = (None, *Unsent)
        return choices[self.acts % len(choices)]

    def _act(self, kind: ActionKind, staff_id: int, episode: AnyRow) -> None:
        self.acts += 1
        with_words: dict[ActionKind, dict[str, Any]] = {
            ActionKind.REPLY: {"text": "Hola Rosa, la llamo ahora.", "hold": self._hold()},
            ActionKind.DRAFT: {"text": "Please come today at two."},
            ActionKind.RESOLVE: {"outcome": "called", "unsent": self._unsent()},
            ActionKind.PUT_OFF: {"until": self.now + timedelta(hours=20), "text": "the pharmacy"},
            ActionKind.CALLED: {"text": "spoke with the mother", "reached": True},
        }
        details = with_words.get(kind, {})
        act = StaffAction(
            kind, self.id, staff_id, episode.id, f"{self.prefix}-{self.acts}",
            seen=2**40, **details,
        )  # fmt: skip
        (outcome,) = self._conduct(act)
        if kind is ActionKind.RESOLVE and outcome.problem is None:
            self.resolved.add(episode.id)
