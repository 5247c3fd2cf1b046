"""A follow-up from the evening of an emergency to the call of the next morning."""

from routing.events import ActionKind
from routing.types import DeliveryState, Problem
from store import tables
from store.db import AnyRow
from store.inbox.choosing import Chosen, View
from store.inbox.follow_ups import FollowUpRow, follow_up_of, follow_ups_of
from tests import factories
from tests.store.clinic import ROSA, Clinic

CANNOT_BREATHE = "mi hijo no puede respirar"


def _resolved(maple: Clinic) -> int:
    outcome = maple.text(CANNOT_BREATHE)
    done = maple.act(ActionKind.RESOLVE, outcome.episode_id, maple.nils, seen=outcome.message_id,
                     outcome="emergency_care")  # fmt: skip
    assert done.problem is None
    return outcome.episode_id or 0


def _next_morning(maple: Clinic) -> None:
    maple.later(hours=23, minutes=30)  # half past eight
    maple.wake()


def _inbox(maple: Clinic, view: View = View.ALL, staff_id: int = 0) -> list[FollowUpRow]:
    with maple.database.read() as connection:
        return list(follow_ups_of(connection, maple.id, Chosen(view, staff_id)))


def _row(maple: Clinic) -> AnyRow:
    return maple.rows(tables.follow_ups)[-1]


def test_the_family_stands_in_the_inbox_the_next_morning_and_not_before(maple: Clinic) -> None:
    episode_id = _resolved(maple)
    assert _inbox(maple) == []
    maple.later(hours=23)
    maple.wake()
    assert _inbox(maple) == []
    maple.later(minutes=30)
    texts = len(maple.texts_to(ROSA))
    maple.wake()
    [row] = _inbox(maple)
    assert (row.episode_id, row.family, row.outcome) == (episode_id, "Garcia", "emergency_care")
    assert len(maple.texts_to(ROSA)) == texts, "nothing is sent to the family by itself"
    assert maple.episode().state == "resolved", "the emergency itself stays as it ended"
    assert [f.episode_id for f in _inbox(maple, View.MINE, maple.ana)] == [episode_id]
    assert _inbox(maple, View.MINE, maple.nils) == []
    assert _inbox(maple, View.WAITING) == []


def test_what_nobody_owns_stands_in_the_part_of_the_team(maple: Clinic) -> None:
    episode_id = _resolved(maple)
    _next_morning(maple)
    assert _inbox(maple, View.TEAM) == []
    assert _inbox(maple, View.UNCLAIMED) == []
    with maple.database.write() as connection:
        connection.execute(tables.episodes.update().values(owner_id=None))
    assert [row.episode_id for row in _inbox(maple, View.TEAM)] == [episode_id]
    with maple.database.write() as connection:
        connection.execute(tables.families.update().values(kind="unclaimed"))
    assert [row.episode_id for row in _inbox(maple, View.UNCLAIMED)] == [episode_id]
    assert _inbox(maple, View.TEAM) == []


def test_it_stays_until_somebody_has_spoken_with_the_family(maple: Clinic) -> None:
    episode_id = _resolved(maple)
    _next_morning(maple)
    maple.act(ActionKind.CALLED, episode_id, maple.ana, text="no answer")
    maple.later(days=2)
    maple.wake()
    assert len(_inbox(maple)) == 1
    maple.act(ActionKind.CALLED, episode_id, maple.ana, text="Rosa: he is home", reached=True)
    assert _inbox(maple) == []
    assert (_row(maple).how, _row(maple).ended_by, _row(maple).ended_at) == (
        "call", maple.ana, maple.now,
    )  # fmt: skip
    kept = [m.text for m in maple.rows(tables.messages) if m.direction == "own"]
    assert kept == ["no answer", "Rosa: he is home"]
    again = maple.act(ActionKind.CALLED, episode_id, maple.ana, text="Rosa", reached=True)
    assert again.problem is Problem.ALREADY_CLOSED


def test_a_note_that_says_how_it_went_ends_it_in_the_evening_already(maple: Clinic) -> None:
    episode_id = _resolved(maple)
    maple.act(ActionKind.NOTE, episode_id, maple.nils, text="ED: admitted", outcome="known")
    _next_morning(maple)
    assert _inbox(maple) == []
    assert (_row(maple).how, _row(maple).came_at) == ("known", None)
    assert maple.rows(tables.timers) == []


def test_a_text_of_a_person_ends_it_when_it_arrives(maple: Clinic) -> None:
    _resolved(maple)
    _next_morning(maple)
    maple.act(ActionKind.START, 0, maple.ana, contact_id=maple.garcias.contact_id,
              text="Rosa, ¿cómo está Luis?")  # fmt: skip
    maple.later(minutes=1)
    [sent] = [one for one in maple.claim() if "Luis" in one.text]
    maple.attempt(sent, DeliveryState.SENDING, provider_id="SMhow")
    maple.callback("SMhow", "sent")
    assert len(_inbox(maple)) == 1
    maple.callback("SMhow", "delivered")
    assert _inbox(maple) == []
    assert _row(maple).how == "reply"


def test_a_new_message_of_the_family_ends_nothing_and_a_call_about_it_does(maple: Clinic) -> None:
    _resolved(maple)
    _next_morning(maple)
    outcome = maple.text("Need to ask about the appointment")
    assert len(_inbox(maple)) == 1
    maple.act(ActionKind.CALLED, outcome.episode_id, maple.ana, text="Rosa, 3 min", reached=True,
              seen=outcome.message_id)  # fmt: skip
    assert _inbox(maple) == []


def test_it_comes_beside_something_new_that_is_open(maple: Clinic) -> None:
    episode_id = _resolved(maple)
    maple.later(hours=1)
    newer = maple.text("Need to ask about the appointment").episode_id
    maple.later(hours=22, minutes=30)
    maple.wake()
    assert [row.episode_id for row in _inbox(maple)] == [episode_id]
    assert (maple.episode().id, maple.episode().state) == (newer, "open")


def test_a_second_emergency_leaves_one_follow_up(maple: Clinic) -> None:
    first = _resolved(maple)
    maple.later(hours=2)
    second = _resolved(maple)
    maple.later(hours=21, minutes=30)
    maple.wake()
    assert [row.episode_id for row in _inbox(maple)] == [second]
    with maple.database.read() as connection:
        seen = follow_up_of(connection, maple.id, first)
    assert seen is not None
    assert seen.how == "joined"


def test_c20_nobody_is_reminded_to_ask_after_a_child_who_has_died(maple: Clinic) -> None:
    _resolved(maple)
    with maple.database.write() as connection:
        connection.execute(tables.children.update().values(status="deceased"))
    _next_morning(maple)
    assert _inbox(maple) == []
    assert _row(maple).how == "away"


def test_another_clinic_sees_nothing_of_it(maple: Clinic) -> None:
    episode_id = _resolved(maple)
    _next_morning(maple)
    with maple.database.write() as connection:
        birch = factories.clinic(connection, key="birch")
    with maple.database.read() as connection:
        assert follow_ups_of(connection, birch, Chosen()) == ()
        assert follow_up_of(connection, birch, episode_id) is None
