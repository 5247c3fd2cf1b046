"""What people set and give out in a drawn life: duty, hours, steps, and who takes what."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import Table, select, update

from routing.events import ActionKind, Event, Inbound, StaffAction, Unsent
from routing.steps import DEFAULT, Ladder, Rung
from routing.types import Problem
from store import ladders, tables
from store.conduct import Conductor
from store.db import AnyRow, Database
from store.manage import Change
from store.outcomes import Outcome
from store.working_hours import hours_set, set_hours
from tests import factories
from tests.routing.drawn_steps import parts

ACCOUNT = "AC" + "0" * 32
CALM = "can we move the appointment"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
WEEKS: tuple[dict[str, Any], ...] = (
    {},  # the clinic's
    {day: [["22:00", "06:00"]] for day in WEEKDAYS},
    {day: [["07:00", "09:30"], ["13:00", "15:00"]] for day in WEEKDAYS},
    {"sun": [["00:00", "24:00"]]},
)


class Duties(RuleBasedStateMachine):
    """A clinic whose people change what is set; the rest of a life is `Life`."""

    database: Database
    conductor: Conductor
    now: datetime
    id: int
    prefix: str
    number: str
    staff: list[int]
    phones: list[str]
    sids: "count[int]"
    kept: Counter[str]
    resolved: set[int]
    acts: int
    read: dict[Table, list[AnyRow]]

    @rule(who=st.integers(0, 2), hours=st.sampled_from([3, 30]))
    def somebody_is_away(self, who: int, hours: int) -> None:
        """Let somebody be away from now on, with nobody named."""
        with self.database.write() as connection:
            factories.row(
                connection, tables.absences, clinic_id=self.id, staff_id=self.staff[who],
                starts_at=self.now, ends_at=self.now + timedelta(hours=hours),
            )  # fmt: skip
            self._touch(connection)

    @rule(change=st.sampled_from(["nobody", "nils", "no_phones", "phones"]))
    def the_duty_changes(self, change: str) -> None:
        """Empty the list, fill it, lose or find telephones."""
        with self.database.write() as connection:
            if change in {"nobody", "nils"}:
                connection.execute(
                    tables.on_call.delete().where(tables.on_call.c.clinic_id == self.id)
                )
            if change == "nils":
                factories.on_call(connection, self.id, self.staff[1])
            if change in {"no_phones", "phones"}:
                for index, staff_id in enumerate(self.staff):
                    phone = f"+1312{self.prefix}5{index}" if change == "phones" else None
                    connection.execute(
                        update(tables.staff)
                        .where(tables.staff.c.id == staff_id)
                        .values(phone=phone)
                    )
            self._touch(connection)

    @rule(who=st.integers(0, 2), week=st.sampled_from(WEEKS))
    def somebody_has_hours_of_their_own(self, who: int, week: dict[str, Any]) -> None:
        """Let somebody work at other times than the clinic, or at its times again."""
        with self.database.write() as connection:
            found = hours_set(connection, self.id, self.staff[who])
            assert found is not None
            assert set_hours(connection, self._change(), self.staff[who], week, found.stamp)
        self.read.clear()

    @rule(day=parts(), night=parts(), usual=st.booleans())
    def the_clinic_sets_its_steps(
        self, day: tuple[Rung, ...], night: tuple[Rung, ...], *, usual: bool
    ) -> None:
        """Set steps of its own, or the usual ones again, also while an alert climbs."""
        wanted = DEFAULT if usual else Ladder(day, night)
        with self.database.write() as connection:
            row = connection.execute(
                select(tables.clinics.c.ladder).where(tables.clinics.c.id == self.id)
            ).one()
            seen = ladders.stamp(ladders.ladder_of(row.ladder))
            assert ladders.set_ladder(connection, self._change(), wanted, seen)
        self.read.clear()

    @rule(who=st.integers(0, 2))
    def somebody_takes_the_next_one(self, who: int) -> None:
        """Let somebody press the button twice: one of the team's is theirs, and only one."""
        had = self._owned(self.staff[who])
        press = self._press(ActionKind.NEXT, self.staff[who], 0)
        first, second = self._conduct(press)[0], self._conduct(press)[0]
        gained = self._owned(self.staff[who]) - had
        assert first.episode_id == second.episode_id
        assert gained == ({first.episode_id} if first.problem is None else set())

    @rule(who=st.integers(0, 2), to=st.integers(0, 2), which=st.integers(0, 2))
    def somebody_is_given_one(self, who: int, to: int, which: int) -> None:
        """Give what nobody has; what somebody has stays with them."""
        episodes = self._open_episodes()
        if not episodes:
            return
        one = episodes[which % len(episodes)]
        given = self._press(ActionKind.GIVE, self.staff[who], one.id, to_id=self.staff[to])
        (outcome,) = self._conduct(given)
        (after,) = [e for e in self._open_episodes() if e.id == one.id]
        if one.owner_id is None:
            assert (outcome.problem, after.owner_id) == (None, self.staff[to])
        else:
            assert (outcome.problem, after.owner_id) == (Problem.HAS_OWNER, one.owner_id)

    @rule(who=st.integers(0, 2), choice=st.sampled_from((None, *Unsent)))
    def a_reply_waits_while_a_colleague_resolves(self, who: int, choice: Unsent | None) -> None:
        """C5: what becomes of words that have not left is said before an episode is closed."""
        (asked,) = self._conduct(self._text(self.phones[who], CALM))
        reply = self._press(
            ActionKind.REPLY, self.staff[0], asked.episode_id or 0, text="Tuesday at nine.",
            hold=timedelta(hours=9),
        )  # fmt: skip
        (written,) = self._conduct(reply)
        if written.problem is not None:
            return
        held = self._rows(tables.deliveries)[-1].due_at > self.now
        (outcome,) = self._conduct(
            self._press(
                ActionKind.RESOLVE, self.staff[1], asked.episode_id or 0, outcome="answered",
                seen=2**40, unsent=choice,
            )
        )  # fmt: skip
        assert (outcome.problem is Problem.HAS_UNSENT) == (held and choice is None)
        if outcome.problem is None and asked.episode_id:
            self.resolved.add(asked.episode_id)

    # How.

    def _press(self, kind: ActionKind, who: int, episode_id: int, **more: Any) -> StaffAction:
        self.acts += 1
        key = f"{self.prefix}-{self.acts}"
        return StaffAction(kind, self.id, who, episode_id, key, **more)

    def _text(self, sender: str, words: str) -> Inbound:
        sid = f"SM{self.prefix}{next(self.sids):027x}"
        self.kept[sid] += 1
        return Inbound(
            provider="twilio", account=ACCOUNT, provider_id=sid, channel="sms", sender=sender,
            recipient=self.number, text=words, raw=sid.encode(),
        )  # fmt: skip

    def _owned(self, staff_id: int) -> set[int]:
        return {one.id for one in self._open_episodes() if one.owner_id == staff_id}

    def _change(self) -> Change:
        return Change(self.id, self.staff[2], self.now)

    def _conduct(self, *events: Event) -> list[Outcome]:
        self.read.clear()
        return self.conductor.conduct(events, self.now)

    def _touch(self, connection: Any) -> None:
        self.read.clear()
        clinics = tables.clinics
        connection.execute(
            update(clinics).where(clinics.c.id == self.id).values(revision=clinics.c.revision + 1)
        )

    def _open_episodes(self) -> list[AnyRow]:
        return [one for one in self._rows(tables.episodes) if one.state != "resolved"]

    def _rows(self, table: Table) -> list[AnyRow]:
        """Read a table of this clinic, once between two changes."""
        if table not in self.read:
            query = select(table).where(table.c.clinic_id == self.id).order_by(table.c.id)
            with self.database.read() as connection:
                self.read[table] = list(connection.execute(query))
        return self.read[table]
