"""One event, one transaction: what the store holds after a family has written."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from routing.events import ActionKind
from routing.types import Automation, Problem, Urgency
from store import tables
from store.outcomes import Outcome
from tests import factories
from tests.store.clinic import (
    ACCOUNT,
    ANA,
    ELEVEN_AT_NIGHT,
    LINK,
    NILS,
    ROSA,
    STRANGER,
    Clinic,
)

NOBODY_READ_IT = ("has been told", "have read", "has read", "is coming", "notified", "ha leído")


def test_a_text_in_office_hours_is_kept_judged_answered_and_promised(maple: Clinic) -> None:
    outcome = maple.text("Necesito el formulario de la escuela por favor")
    episode = maple.episode()
    assert (episode.id, episode.state, episode.owner_id) == (outcome.episode_id, "open", maple.ana)
    assert episode.urgency == Urgency.ROUTINE
    assert maple.rows(tables.assessments)[0].message_id == outcome.message_id
    assert "911" in maple.texts_to(ROSA)[0]
    promise = maple.rows(tables.promises)[0]
    assert (promise.state, promise.due_at) == ("open", episode.reply_due)
    assert maple.rows(tables.decisions)[0].because != []
    assert outcome.answers == ()


def test_i01_a_repeated_message_id_is_kept_once(maple: Clinic) -> None:
    message = maple.message("Need to ask about the appointment")
    first, second = maple.conduct(message)[0], maple.conduct(message)[0]
    assert (second.repeated, second.message_id) == (True, first.message_id)
    assert len([m for m in maple.rows(tables.messages) if m.direction == "in"]) == 1
    assert len(maple.texts_to(ROSA)) == 1


def test_i01_the_same_id_twice_in_one_batch_is_kept_once(maple: Clinic) -> None:
    message = maple.message("Need to ask about the appointment")
    outcomes = maple.conduct(message, message)
    assert sorted(o.repeated for o in outcomes) == [False, True]
    assert len([m for m in maple.rows(tables.messages) if m.direction == "in"]) == 1


def test_the_same_id_of_another_account_is_another_message(maple: Clinic) -> None:
    message = maple.message("Need to ask about the appointment")
    maple.conduct(message)
    other = maple.message("hello?", provider_id=message.provider_id, account="AC" + "9" * 32)
    assert not maple.conduct(other)[0].repeated


def test_an_emergency_at_night_is_answered_at_once_and_the_night_nurse_told(maple: Clinic) -> None:
    maple.now = ELEVEN_AT_NIGHT
    outcome = maple.text("mi hijo no puede respirar")
    words = outcome.answers[0].text
    assert "911" in words[:70]
    assert "Llame" in words
    assert not any(claim in words for claim in NOBODY_READ_IT)
    assert maple.episode().inbox_rank == 0
    [told] = maple.texts_to(NILS)
    assert LINK in told
    assert not any(word in told.lower() for word in ("respir", "garcia", "luis", "rosa", "0131"))
    [alert] = maple.rows(tables.alerts)
    assert (alert.state, alert.next_step_at is not None) == ("open", True)


def test_a_grandmother_with_an_english_telephone_reads_spanish_as_well_in_danger(
    maple: Clinic,
) -> None:
    with maple.database.write() as connection:
        connection.execute(update(tables.caregivers).values(language="en"))
    [answer] = maple.text("soy la abuela, la niña no puede respirar").answers
    english, spanish = answer.text.split("\n")
    assert english.startswith("Call 911 now")
    assert spanish.startswith("Llame ya al 911")
    maple.later(minutes=6)
    [again] = maple.text("she is not breathing").answers
    assert again.text == english, "her daughter writes: one language is enough"


def test_the_answer_of_a_driven_telephone_pages_nobody_and_gets_no_answer_c15(
    maple: Clinic,
) -> None:
    maple.text(
        '(I\'m not receiving notifications. If this is urgent, reply "urgent" to send a'
        " notification through with your original message.)"
    )
    assert maple.episode().urgency == Urgency.ROUTINE
    assert maple.rows(tables.alerts) == []
    assert maple.texts_to(ROSA) == []
    maple.text("urgent")
    assert maple.episode().urgency == Urgency.URGENT


def test_a_repeated_emergency_gets_the_same_answer_until_it_was_confirmed(maple: Clinic) -> None:
    message = maple.message("mi hijo no puede respirar")
    first = maple.conduct(message)[0]
    assert maple.conduct(message)[0].answers == first.answers
    told = len(maple.texts_to(NILS)) + len(maple.texts_to(ANA))
    assert (len(maple.texts_to(ROSA)), told) == (1, 2)
    maple.callback("SM" + "a" * 32, "sent", ref=first.answers[0].ref)
    assert maple.conduct(message)[0].answers == ()


def test_raw_bytes_stay_and_control_characters_are_shown_safely(maple: Clinic) -> None:
    outcome = maple.text("a\x00b \u202e \U0001f691 \ud800", raw=b"Body=a%00b")
    [message] = [m for m in maple.rows(tables.messages) if m.id == outcome.message_id]
    assert message.raw == b"Body=a%00b"
    assert message.text == "a\ufffdb \u202e \U0001f691 ?"


def test_a_picture_is_recorded_beside_the_text(maple: Clinic) -> None:
    maple.picture("his tube looks like this")
    [picture] = maple.rows(tables.attachments)
    assert (picture.state, picture.position, picture.content_type) == ("recorded", 0, "image/jpeg")


def test_c8_an_unknown_sender_gets_a_household_and_an_answer_in_all_languages(
    maple: Clinic,
) -> None:
    maple.text("hola soy la abuela", STRANGER)
    family = maple.rows(tables.families)[-1]
    assert (family.kind, family.key) == ("unclaimed", None)
    [words] = maple.texts_to(STRANGER)
    assert "Automatic message" in words
    assert "Mensaje automatizado" in words


def test_a_visitor_who_switches_the_chat_to_spanish_reads_spanish_from_then_on(
    maple: Clinic,
) -> None:
    def write(text: str, page: str) -> Outcome:
        chat = {"channel": "webchat", "recipient": "webchat:maple", "provider": "webchat"}
        return maple.text(text, "visitor-1", language=page, **chat)

    write("a question about the form", "en")
    assert maple.texts_to("visitor-1")[0].startswith("Your message arrived")
    [answer] = write("no respira", "es").answers
    assert "Llame ya al 911" in answer.text


def test_a_snow_day_is_told_to_who_was_told_of_the_morning_once_each(maple: Clinic) -> None:
    maple.now = ELEVEN_AT_NIGHT
    maple.text("necesito la carta de la escuela")
    maple.later(hours=8)
    with maple.database.write() as connection:
        factories.row(connection, tables.closings, clinic_id=maple.id, reason="Snow",
                      starts_at=maple.now, ends_at=maple.now + timedelta(hours=30))  # fmt: skip
    maple.set_clinic()
    for _ in range(3):
        maple.later(hours=1)
        maple.text("y la cita?")
    tonight, snow = maple.texts_to(ROSA)
    assert tonight.startswith("Oficina cerrada")
    assert snow.startswith("Cerramos la oficina por ahora")


def test_c8_staff_attach_an_unknown_sender_with_everything_they_wrote(maple: Clinic) -> None:
    outcome = maple.text("hola soy la abuela", STRANGER)
    family = maple.garcias.family_id
    done = maple.act(ActionKind.ATTACH, outcome.episode_id, maple.ana, family_id=family)
    assert done.problem is None
    assert (maple.episode().family_id, maple.episode().owner_id) == (family, maple.ana)
    maple.text("otra cosa", STRANGER)
    assert {c.family_id for c in maple.rows(tables.contacts)} == {family}


def test_c8_a_sender_is_never_attached_to_a_family_of_another_clinic(maple: Clinic) -> None:
    outcome = maple.text("hola soy la abuela", STRANGER)
    done = maple.act(ActionKind.ATTACH, outcome.episode_id, maple.ana, family_id=999)
    assert done.problem is Problem.NOT_FOUND


def test_a_text_to_a_number_of_no_clinic_needs_routing(maple: Clinic) -> None:
    maple.text("is this the clinic?", recipient="+13125550177")
    system = next(c for c in maple.rows(tables.clinics) if c.is_system)
    assert maple.episode().clinic_id == system.id
    assert maple.texts_to(ROSA) == []


def test_a05_an_account_speaks_only_for_its_own_clinic(maple: Clinic) -> None:
    maple.set_clinic(twilio_account_sid="AC" + "7" * 32)
    maple.text("hello", account=ACCOUNT)
    system = next(c for c in maple.rows(tables.clinics) if c.is_system)
    assert maple.episode().clinic_id == system.id


def test_c19_a_text_from_a_staff_phone_is_a_note_and_not_sent_to_the_family(
    maple: Clinic,
) -> None:
    maple.text("running late for the Garcia visit", NILS)
    assert maple.rows(tables.families)[-1].kind == "staff"
    [words] = maple.texts_to(NILS)
    assert words.startswith("Not sent to the family")


@pytest.mark.parametrize("mode", [Automation.SHADOW, Automation.OFF])
def test_c22_in_shadow_everything_is_judged_and_nothing_is_sent(
    maple: Clinic, mode: Automation
) -> None:
    maple.set_clinic(automation=mode)
    outcome = maple.text("mi hijo no puede respirar")
    assert outcome.answers == ()
    assert maple.rows(tables.deliveries) == []
    assert maple.episode().urgency == Urgency.EMERGENCY
    because = maple.rows(tables.decisions)[0].because
    assert any(f"{mode}: would be safety.call_emergency" in b["why"] for b in because)
    maple.reply(outcome.episode_id, "Llame al 911 ahora")
    assert len(maple.rows(tables.deliveries)) == 1


def test_thanks_after_everything_is_settled_open_nothing(maple: Clinic) -> None:
    first = maple.text("Need to ask about the appointment")
    seen = first.message_id
    maple.act(ActionKind.RESOLVE, first.episode_id, maple.ana, seen=seen, outcome="called")
    outcome = maple.text("gracias")
    assert outcome.episode_id == first.episode_id
    assert maple.episode().state == "resolved"
    assert len(maple.rows(tables.episodes)) == 1


def test_a_new_need_after_a_resolved_one_opens_a_linked_episode(maple: Clinic) -> None:
    first = maple.text("Need to ask about the appointment")
    maple.act(
        ActionKind.RESOLVE, first.episode_id, maple.ana, seen=first.message_id, outcome="called"
    )
    second = maple.text("Need a refill please")
    assert maple.episode().id == second.episode_id
    assert maple.episode().previous_id == first.episode_id


def test_two_caregivers_of_one_family_in_one_batch_have_a_thread_each(maple: Clinic) -> None:
    with maple.database.write() as connection:
        contact = factories.contact(
            connection, maple.id, maple.garcias.family_id, address="+13125550132"
        )
        factories.thread(connection, maple.id, maple.garcias.family_id, contact)
    outcomes = maple.conduct(
        maple.message("Need a refill please"),
        maple.message("she is turning blue", "+13125550132"),
    )
    assert len({o.episode_id for o in outcomes}) == 2
    assert outcomes[1].answers != ()


def test_what_changed_is_announced_by_ids_only_after_the_commit(maple: Clinic) -> None:
    [change] = maple.announced(maple.message("Need a refill please"))
    assert (change.clinic_id, change.episode_id) == (maple.id, maple.episode().id)


def test_a_change_of_the_clinic_is_seen_by_the_next_message(maple: Clinic) -> None:
    maple.text("Need a refill please")
    maple.set_clinic(name="Oak Complex Care")
    maple.text("hola", STRANGER)
    assert "Oak Complex Care" in maple.texts_to(STRANGER)[0]


def test_i08_the_highest_of_several_children_counts(maple: Clinic) -> None:
    maple.text("fever 38.4 since this morning")
    assert maple.episode().urgency == Urgency.SOON
    with maple.database.write() as connection:
        family = maple.garcias.family_id
        factories.child(connection, maple.id, family, name="Eva", flags=["central_line"])
    maple.text("fever 38.4 since this morning")
    assert maple.episode().urgency >= Urgency.URGENT


def test_every_row_names_its_clinic(maple: Clinic) -> None:
    maple.text("mi hijo no puede respirar")
    own = [t for t in tables.metadata.sorted_tables if "clinic_id" in t.c]
    with maple.database.read() as connection:
        for table in own:
            foreign = connection.execute(
                select(func.count()).select_from(table).where(table.c.clinic_id != maple.id)
            ).scalar_one()
            assert foreign == 0, table.name
