"""C7 on a real database: Ana does not come, the team has it, Ana returns."""

from datetime import datetime, timedelta

from routing.events import ActionKind
from store import tables
from store.inbox.choosing import Chosen, View, counts_of
from store.inbox.episode import episode_of
from store.inbox.page import page_of
from tests import factories
from tests.store.clinic import Clinic

MORNING = factories.NOW - timedelta(minutes=30)
"""Half past eight, when the office opens."""
FEVER = "tiene tos y fiebre de 38.2"


def waits_overnight(maple: Clinic) -> int:
    """Let Rosa write in the evening; give the episode, which waits for Ana."""
    maple.now = MORNING - timedelta(hours=11)
    episode_id = maple.text(FEVER).episode_id
    assert maple.episode().owner_id == maple.ana
    maple.now = MORNING + timedelta(minutes=45)
    return episode_id or 0


def seen(maple: Clinic, at: datetime, staff_id: int | None = None) -> None:
    with maple.database.write() as connection:
        factories.session(connection, maple.id, staff_id or maple.ana, f"at-{at}", at=at)


def owners(maple: Clinic) -> tuple[int | None, int | None]:
    maple.wake()
    row = maple.episode()
    return row.owner_id, row.meant_for


def test_c7_45_minutes_into_her_day_the_team_has_it_and_sees_whose_it_was(maple: Clinic) -> None:
    episode_id = waits_overnight(maple)
    seen(maple, MORNING - timedelta(hours=12))
    maple.now -= timedelta(seconds=1)
    assert owners(maple) == (maple.ana, None)
    maple.now += timedelta(seconds=1)
    assert owners(maple) == (None, maple.ana)
    with maple.database.read() as connection:
        [row], _ = page_of(connection, maple.id)
        shown = episode_of(connection, maple.id, episode_id)
        mine, team = (
            counts_of(connection, maple.id, maple.ana)[view] for view in (View.MINE, View.TEAM)
        )
        hers, _ = page_of(connection, maple.id, Chosen(View.MINE, maple.ana))
    assert (row.owner, row.meant_for) == (None, "Ana")
    assert shown is not None
    assert shown.meant_for == (maple.ana, "Ana")
    assert (mine, team, len(hers)) == (1, 1, 1)
    maple.act(ActionKind.HAND_TO, episode_id, maple.ana, to_id=maple.ana)
    assert owners(maple) == (maple.ana, None)


def test_c7_a_page_that_ana_opened_since_keeps_it_with_her_and_tomorrow_is_another_day(
    maple: Clinic,
) -> None:
    waits_overnight(maple)
    seen(maple, MORNING + timedelta(minutes=2))
    assert owners(maple) == (maple.ana, None)
    maple.later(days=1)
    assert owners(maple) == (None, maple.ana)


def test_c7_the_activity_of_somebody_else_is_none_of_hers(maple: Clinic) -> None:
    waits_overnight(maple)
    seen(maple, MORNING + timedelta(minutes=2), maple.nils)
    assert owners(maple) == (None, maple.ana)


def test_c7_an_alert_that_ana_took_by_telephone_is_activity(maple: Clinic) -> None:
    waits_overnight(maple)
    with maple.database.write() as connection:
        other = factories.household(connection, maple.id, name="Nguyen", phone="+13125550139")
    maple.now = MORNING + timedelta(minutes=5)
    grave = maple.text("my son cannot breathe", "+13125550139")
    assert other.family_id
    maple.act(ActionKind.TAKE, grave.episode_id, maple.ana)
    maple.now = MORNING + timedelta(minutes=45)
    maple.wake()
    assert maple.rows(tables.episodes)[0].owner_id == maple.ana


def test_c7_what_is_answered_before_is_taken_from_nobody(maple: Clinic) -> None:
    episode_id = waits_overnight(maple)
    maple.now = MORNING + timedelta(minutes=20)
    last = maple.rows(tables.messages)[0].id
    maple.act(ActionKind.CALLED, episode_id, maple.nils, text="Spoke", reached=True, seen=last)
    maple.now = MORNING + timedelta(minutes=45)
    assert owners(maple) == (maple.ana, None)


def test_c7_cover_that_does_not_speak_the_language_is_told_to_bring_an_interpreter(
    maple: Clinic,
) -> None:
    with maple.database.write() as connection:
        factories.row(
            connection, tables.absences, clinic_id=maple.id, staff_id=maple.ana,
            cover_id=maple.nils, starts_at=MORNING - timedelta(days=1),
            ends_at=MORNING + timedelta(days=5),
        )  # fmt: skip
    episode_id = maple.text(FEVER).episode_id or 0
    assert maple.episode().owner_id == maple.nils
    with maple.database.read() as connection:
        [row], _ = page_of(connection, maple.id)
        shown = episode_of(connection, maple.id, episode_id)
    assert row.needs_interpreter
    assert shown is not None
    assert shown.needs_interpreter
    with maple.database.write() as connection:
        connection.execute(
            tables.staff.update()
            .where(tables.staff.c.id == maple.nils)
            .values(languages=["en", "es"])
        )
    with maple.database.read() as connection:
        [row], _ = page_of(connection, maple.id)
    assert not row.needs_interpreter
