"""The time line of an alert, read back from what a real conductor wrote."""

from sqlalchemy import update

from routing.events import ActionKind
from routing.timeline import Line
from routing.types import DeliveryState
from store import tables
from store.inbox.timeline import timeline_of
from tests import factories
from tests.store.clinic import ANA, NILS, Clinic

CANNOT_BREATHE = "mi hijo no puede respirar"


def _timeline(maple: Clinic, episode_id: int | None) -> list[Line]:
    with maple.database.read() as connection:
        return list(timeline_of(connection, maple.id, episode_id or 0))


def _told(maple: Clinic, episode_id: int | None) -> dict[str, str]:
    return {line.who: line.told.became.value for line in _timeline(maple, episode_id) if line.told}


def test_the_whole_way_of_an_emergency_stands_in_its_time_line(maple: Clinic) -> None:
    outcome = maple.text(CANNOT_BREATHE)
    maple.later(minutes=5)
    maple.wake()
    maple.later(minutes=1)
    maple.act(ActionKind.TAKE, outcome.episode_id, maple.nils)
    maple.later(minutes=15)
    maple.wake()
    maple.later(minutes=1)
    maple.act(ActionKind.PASS_ON, outcome.episode_id, maple.nils)
    maple.later(minutes=1)
    maple.act(ActionKind.TAKE, outcome.episode_id, maple.ana)
    maple.later(minutes=2)
    maple.act(ActionKind.RESOLVE, outcome.episode_id, maple.ana, seen=outcome.message_id,
              outcome="emergency_care")  # fmt: skip
    lines = _timeline(maple, outcome.episode_id)
    steps = [
        (one.happened.value, one.who, one.after.seconds // 60) for one in lines if not one.told
    ]
    assert steps == [
        ("opened", "", 0), ("next_step", "", 5), ("taken", "Nils", 1), ("asked", "Nils", 15),
        ("passed_on", "Nils", 1), ("taken", "Ana", 1), ("closed", "Ana", 2),
    ]  # fmt: skip
    assert {line.who for line in lines if line.told} >= {"Ana", "Nils"}


def test_what_became_of_each_text_stands_beside_whom_it_was_for(maple: Clinic) -> None:
    outcome = maple.text(CANNOT_BREATHE)
    sent = {one.to: one for one in maple.claim()}
    maple.attempt(sent[ANA], DeliveryState.SENDING, provider_id="SMana")
    maple.attempt(sent[NILS], DeliveryState.FAILED, error=21610)
    maple.later(seconds=3)
    maple.callback("SMana", "delivered")
    assert _told(maple, outcome.episode_id) == {"Ana": "delivered", "Nils": "failed"}
    ana, nils = (
        next(line for line in _timeline(maple, outcome.episode_id) if line.who == who)
        for who in ("Ana", "Nils")
    )
    assert ana.took is not None
    assert ana.took.seconds == 3
    assert nils.told is not None
    assert nils.told.cause is not None
    assert nils.told.cause.sentence == "They opted out of texts: call them."


def test_a_call_that_nobody_picks_up_twice_says_so(maple: Clinic) -> None:
    maple.set_clinic(alert_channels=["call"])
    maple.later(hours=14)
    outcome = maple.text(CANNOT_BREATHE)
    for sid in ("CAone", "CAtwo"):
        [ring] = [one for one in maple.claim() if one.channel == "call" and one.to == NILS]
        maple.attempt(ring, DeliveryState.SENDING, provider_id=sid)
        maple.later(seconds=30)
        maple.callback(sid, "no-answer", state=DeliveryState.FAILED)
        maple.later(seconds=30)
    [call] = [
        line.told
        for line in _timeline(maple, outcome.episode_id)
        if line.told and line.told.way == "call" and line.who == "Nils" and line.told.tries
    ]
    assert (call.became.value, call.tries) == ("nobody_picked_up", 2)


def test_another_clinic_reads_nothing_of_it(maple: Clinic) -> None:
    outcome = maple.text(CANNOT_BREATHE)
    with maple.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
    with maple.database.read() as connection:
        assert timeline_of(connection, birch, outcome.episode_id or 0) == ()


def test_a_warning_of_a_promise_is_no_part_of_an_alert(maple: Clinic) -> None:
    outcome = maple.text(CANNOT_BREATHE)
    before = len(_timeline(maple, outcome.episode_id))
    with maple.database.write() as connection:
        connection.execute(
            update(tables.deliveries)
            .where(tables.deliveries.c.staff_id == maple.ana)
            .values(purpose="staff.promise")
        )
    assert len(_timeline(maple, outcome.episode_id)) < before
