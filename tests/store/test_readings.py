"""Second readings on both databases: asked for with the message, read later, settled once."""

import pytest

from locales import catalogs
from locales.replies import Speaker
from routing.events import ActionKind
from routing.triage.second import Opinion
from routing.types import Hazard, Urgency
from store import readings, tables
from store.conduct import Conductor
from store.db import AnyRow, Database
from store.inbox.episode import episode_of
from store.outcomes import Outcome
from store.playbook import Playbook
from store.readings import Turn
from store.reread import Reading
from tests.store.clinic import LINK, NILS, ROSA, Clinic, triage

LETTER = "necesito la carta de la escuela"
LINEAR = Turn("linear", ("linear",))
GREY = Opinion("linear", Urgency.URGENT, "Reads like danger.", 0.9)
CALM = Opinion("linear", Urgency.ROUTINE, "Reads like every day.", 0.9)


@pytest.fixture
def maple(database: Database) -> Clinic:
    return Clinic(database, second_readers=("linear",))


def claimed(maple: Clinic, limit: int = 10, turn: Turn = LINEAR) -> list[Reading]:
    with maple.database.write() as connection:
        book = Playbook(maple.database).current(connection)
        return readings.claim_due(connection, book, maple.now, turn, limit=limit, lease_seconds=30)


def row(maple: Clinic) -> AnyRow:
    return maple.rows(tables.second_readings)[-1]


def say(maple: Clinic, one: Reading, opinion: Opinion = GREY) -> Outcome:
    return maple.conduct(one.opinion(opinion))[0]


def test_a_message_waits_for_its_reader_and_is_answered_meanwhile(maple: Clinic) -> None:
    outcome = maple.text(LETTER)
    assert len(maple.texts_to(ROSA)) == 1
    assert (row(maple).message_id, row(maple).reader) == (outcome.message_id, "linear")
    [one] = claimed(maple)
    assert (one.note.text, one.first.urgency) == (LETTER, Urgency.ROUTINE)
    assert one.note.flags == {"g_tube"}
    assert {"Garcia", "Luis", "Rosa", "Ana", "Nils"} <= {n.split()[0] for n in one.names}


def test_an_opinion_that_raises_moves_the_episode_up_and_tells_a_nurse(maple: Clinic) -> None:
    maple.text(LETTER)
    [one] = claimed(maple)
    say(maple, one)
    assert maple.episode().urgency == Urgency.URGENT
    assert (row(maple).result, row(maple).due_at) == ("raised", None)
    assert maple.texts_to(NILS)
    assert "nurse" in maple.texts_to(ROSA)[-1]
    with maple.database.read() as connection:
        seen = episode_of(connection, maple.id, one.episode_id)
    assert seen
    message = seen.messages[0]
    assert message.urgency is Urgency.URGENT
    assert message.reasons[0].why == GREY.sentence
    assert (seen.decisions[-1].event, seen.decisions[-1].because[0]) == (
        "secondopinion", ("raised to urgent", GREY.sentence),
    )  # fmt: skip
    judged = maple.rows(tables.assessments)[-1]
    assert judged.urgency == Urgency.ROUTINE, "what the rules found stays as they found it"


def test_the_same_opinion_twice_is_one(maple: Clinic) -> None:
    maple.text(LETTER)
    [one] = claimed(maple)
    say(maple, one)
    texts = len(maple.texts_to(NILS)), len(maple.texts_to(ROSA))
    say(maple, one)
    assert (len(maple.texts_to(NILS)), len(maple.texts_to(ROSA))) == texts


def test_nobody_takes_a_reading_that_somebody_has_and_after_a_crash_it_comes_again(
    maple: Clinic,
) -> None:
    maple.text(LETTER)
    [lost] = claimed(maple)
    assert claimed(maple) == []
    maple.later(seconds=31)
    [again] = claimed(maple)
    assert again.tries == 2
    say(maple, lost)
    assert maple.episode().urgency == Urgency.ROUTINE, "whoever was away too long changes nothing"
    say(maple, again)
    assert maple.episode().urgency == Urgency.URGENT


def test_what_ana_has_answered_meanwhile_is_not_raised_behind_her_back(maple: Clinic) -> None:
    episode_id = maple.text(LETTER).episode_id
    [one] = claimed(maple)
    assert maple.reply(episode_id, "Here it is.").problem is None
    say(maple, one)
    assert maple.episode().urgency == Urgency.ROUTINE
    assert row(maple).result == "stands"


def test_a_level_that_a_person_has_set_is_theirs(maple: Clinic) -> None:
    outcome = maple.text("he has a fever of 38.4")
    [one] = claimed(maple)
    done = maple.act(ActionKind.SET_LEVEL, outcome.episode_id, maple.nils, text="I know them",
                     urgency=Urgency.ROUTINE, seen=outcome.message_id)  # fmt: skip
    assert done.problem is None
    say(maple, one)
    assert maple.episode().urgency == Urgency.ROUTINE


def test_what_is_resolved_stays_resolved(maple: Clinic) -> None:
    outcome = maple.text(LETTER)
    [one] = claimed(maple)
    maple.act(ActionKind.RESOLVE, outcome.episode_id, maple.ana, seen=outcome.message_id,
              outcome="answered")  # fmt: skip
    say(maple, one)
    assert maple.episode().state == "resolved"
    assert row(maple).result == "stands"


def test_an_opinion_of_another_clinic_finds_nothing(maple: Clinic) -> None:
    maple.text(LETTER)
    [one] = claimed(maple)
    event = one.opinion(GREY)
    maple.conduct(type(event)(**{n: getattr(event, n) for n in event.__slots__}
                              | {"clinic_id": maple.id + 99}))  # fmt: skip
    assert maple.episode().urgency == Urgency.ROUTINE
    assert row(maple).due_at is not None


def test_an_emergency_and_a_thank_you_are_not_read_again(maple: Clinic) -> None:
    maple.text("mi hijo no puede respirar")
    maple.text("gracias")
    assert maple.rows(tables.second_readings) == []


def test_a_slow_reader_keeps_the_others_from_nothing(database: Database) -> None:
    both = ("linear", "endpoint")
    maple = Clinic(database, second_readers=both)
    maple.text(LETTER)
    [hangs] = claimed(maple, turn=Turn("endpoint", both))
    [reads] = claimed(maple, turn=Turn("linear", both))
    assert (hangs.reader, reads.reader) == ("endpoint", "linear")
    maple.later(seconds=31)
    [gone] = claimed(maple, turn=Turn("meaning", ("meaning", "linear")))
    assert gone.reader == "endpoint", "somebody must settle what nobody reads any more"


def test_without_second_readers_nothing_waits(database: Database) -> None:
    maple = Clinic(database)
    maple.text(LETTER)
    assert maple.rows(tables.second_readings) == []


def test_a_quotation_of_ours_is_taken_off_before_it_is_read(maple: Clinic) -> None:
    maple.text(LETTER)
    ours = maple.texts_to(ROSA)[0]
    claimed(maple)
    maple.text(f"{ours} she has a cough")
    assert claimed(maple)[0].note.text.strip() == "she has a cough"


def test_what_came_of_the_readings_is_counted(maple: Clinic) -> None:
    for words, opinion in (("carta", CALM), ("letter", GREY)):
        maple.text(words)
        [one] = claimed(maple)
        if opinion is GREY:
            say(maple, one)
        else:
            with maple.database.write() as connection:
                assert readings.settle(connection, one, "agreed", opinion, maple.now)
                assert not readings.settle(connection, one, "agreed", opinion, maple.now)
    with maple.database.read() as connection:
        assert readings.results(connection, maple.now) == {
            ("linear", "agreed"): 1, ("linear", "raised"): 1,
        }  # fmt: skip
        assert not readings.is_due(connection, maple.now, LINEAR)


def test_a_hazard_that_a_reader_finds_goes_with_the_episode(maple: Clinic) -> None:
    maple.text(LETTER)
    [one] = claimed(maple)
    say(maple, one, Opinion("linear", Urgency.URGENT, "Fear at home.", 0.7, Hazard.VIOLENCE))
    assert maple.episode().hazard == "violence"


class Mute(Speaker):
    """A speaker that fails in the midst of a transaction."""

    def of(self, *_: object) -> Speaker:
        raise RuntimeError


def test_a_crash_before_the_commit_leaves_the_reading_due_and_the_next_one_raises(
    maple: Clinic,
) -> None:
    maple.text(LETTER)
    [one] = claimed(maple)
    mute = Mute(catalogs.load())
    falls = Conductor(maple.database, maple.live, Playbook(maple.database), triage(), mute, LINK)
    with pytest.raises(RuntimeError):
        falls.conduct([one.opinion(GREY)], maple.now)
    assert maple.episode().urgency == Urgency.ROUTINE
    maple.later(seconds=31)
    [again] = claimed(maple)
    assert again.tries == 2
    say(maple, again)
    assert maple.episode().urgency == Urgency.URGENT
