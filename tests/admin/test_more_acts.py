"""The other things that Ana does on the page of an episode, each a plain form."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from routing.types import Urgency
from store import tables
from store.db import AnyRow
from tests import factories
from tests.admin.conftest import PASSWORD, Desk
from tests.admin.visitor import Visitor, elements, field, shown


def send(who: Visitor, episode_id: int, act: str, **typed: str) -> str:
    """Fill one form of the page as a person does; give where it leads."""
    action = f"/episodes/{episode_id}/{act}"
    page = who.get(f"/episodes/{episode_id}")
    hidden = {name: field(page, action, name) for name in ("key", "seen")}
    answer = who.post(action, hidden | typed)
    assert answer.status_code == 303, shown(answer)
    return str(answer.headers["location"])


def row(desk: Desk) -> AnyRow:
    with desk.database.read() as connection:
        return connection.execute(tables.episodes.select()).one()


def test_a_note_and_a_call_stand_in_the_thread_for_staff(any_desk: Desk) -> None:
    episode_id = any_desk.episode()
    ana = any_desk.ana()
    assert send(ana, episode_id, "note", note="Mother prefers evenings.").endswith("done=noted")
    send(ana, episode_id, "called", note="Rosa, 5 min, fever is down", reached="yes")
    page = shown(ana.get(f"/episodes/{episode_id}"))
    assert "Ana" in page
    assert "Mother prefers evenings." in page
    assert "Rosa, 5 min, fever is down" in page
    assert not row(any_desk).is_waiting


def test_a_form_that_is_sent_twice_is_one_note(desk: Desk) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    page = ana.get(f"/episodes/{episode_id}")
    action = f"/episodes/{episode_id}/note"
    typed = {name: field(page, action, name) for name in ("key", "seen")} | {"note": "Once."}
    for _ in range(2):
        assert ana.post(action, typed).status_code == 303
    assert shown(ana.get(f"/episodes/{episode_id}")).count("Once.") == 1


def test_what_is_put_off_leaves_the_inbox_and_can_be_brought_back(desk: Desk) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    assert send(ana, episode_id, "off", waits_for="the pharmacy", until="tomorrow") == (
        "/?done=put_off"
    )
    assert not [a for a in elements(ana.get("/"), "a") if a.get("class") == "open"]
    put_off = shown(ana.get("/?view=waiting"))
    assert "Waiting for somebody" in put_off
    assert "the pharmacy" in shown(ana.get(f"/episodes/{episode_id}"))
    send(ana, episode_id, "on")
    assert row(desk).state == "open"


def test_a_wrong_time_says_so_and_keeps_what_was_typed(desk: Desk) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    page = ana.get(f"/episodes/{episode_id}")
    action = f"/episodes/{episode_id}/off"
    typed = {name: field(page, action, name) for name in ("key", "seen")}
    answer = ana.post(action, typed | {"waits_for": "Dr. Lee", "until": "yesterday-ish"})
    assert answer.status_code == 422
    assert "Choose a time that is still to come." in shown(answer)
    assert field(answer, action, "waits_for") == "Dr. Lee"


def test_it_can_be_put_off_until_any_day_and_time_by_the_clinics_clock(desk: Desk) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    send(ana, episode_id, "off", waits_for="Dr. Lee", until="own", own_time="2027-03-01T14:00")
    assert row(desk).put_off_until == datetime(2027, 3, 1, 20, 0, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["", "2020-03-01T14:00", "next spring"])
def test_a_time_of_their_own_that_will_not_do_is_asked_for_again(desk: Desk, typed: str) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    page, action = ana.get(f"/episodes/{episode_id}"), f"/episodes/{episode_id}/off"
    form = {name: field(page, action, name) for name in ("key", "seen")}
    answer = ana.post(action, form | {"until": "own", "own_time": typed, "waits_for": "Dr. Lee"})
    assert answer.status_code == 422
    assert "Choose a time that is still to come." in shown(answer)
    assert (field(answer, action, "own_time"), field(answer, action, "waits_for")) == (
        typed,
        "Dr. Lee",
    )


def test_a_time_beyond_all_calendars_is_refused_and_breaks_nothing(desk: Desk) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    page, action = ana.get(f"/episodes/{episode_id}"), f"/episodes/{episode_id}/off"
    typed = {name: field(page, action, name) for name in ("key", "seen")}
    assert ana.post(action, typed | {"until": "9999-12-31T23:59"}).status_code == 422


def test_only_a_nurse_lowers_a_medical_danger_c18(desk: Desk) -> None:
    episode_id = desk.episode("no respira", Urgency.URGENT)
    ana, nils = desk.ana(), desk.signed_in(desk.clinic_id, desk.nils_id, "nils")
    page = ana.get(f"/episodes/{episode_id}")
    action = f"/episodes/{episode_id}/level"
    typed = {name: field(page, action, name) for name in ("key", "seen")}
    refused = ana.post(action, typed | {"level": "soon", "note": "a toy"})
    assert refused.status_code == 422
    assert "Only a nurse lowers a medical danger." in shown(refused)
    send(nils, episode_id, "level", level="soon", note="It was a toy.")
    assert row(desk).urgency == Urgency.SOON
    assert "It was a toy." in shown(ana.get(f"/episodes/{episode_id}"))


@pytest.mark.parametrize(
    ("act", "typed", "kept"),
    [
        ("note", {"note": "Mother prefers\nevenings <b>"}, "note-text"),
        ("called", {"note": "Rosa, 5 min", "reached": "yes"}, "called-text"),
        ("heard", {"note": "She says the pump beeps."}, "heard-text"),
        ("level", {"note": "She sounds grey.", "level": "urgent"}, "level-why"),
        ("off", {"waits_for": "the pharmacy", "until": "tomorrow"}, "off-for"),
    ],
)
def test_whatever_was_typed_while_the_session_ended_is_there_after_signing_in(
    desk: Desk, act: str, typed: dict[str, str], kept: str
) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    page, action = ana.get(f"/episodes/{episode_id}"), f"/episodes/{episode_id}/{act}"
    hidden = {name: field(page, action, name) for name in ("key", "seen")}
    desk.clock.advance(timedelta(minutes=16))
    door = ana.post(action, hidden | typed)
    assert door.status_code == 401
    carried = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', door.text, re.DOTALL)
    who = {"email": "ana@maple.example", "next": field(door, "/login", "next")}
    back = {name: html.unescape(words) for name, words in carried}
    wrong = ana.post("/login", back | who | {"password": "wrong"})
    assert wrong.status_code == 401
    inside = ana.post("/login", back | who | {"password": PASSWORD})
    box = html.unescape(inside.text.partition(f'id="{kept}"')[2][:400])
    assert next(iter(typed.values())) in box
    if "level" in typed:
        assert '<option value="urgent" selected>' in inside.text


def test_the_conditions_of_a_new_child_come_along_through_the_door(desk: Desk) -> None:
    """A child written down without its tracheostomy would be judged as one that has none."""
    with desk.database.write() as connection:
        family_id, thread_id = factories.stranger(connection, desk.clinic_id)
        episode_id = factories.episode(connection, desk.clinic_id, family_id, thread_id)
        factories.message(connection, desk.clinic_id, thread_id, episode_id, "soy Elena")
    ana, who = desk.ana(), {"email": "ana@maple.example", "next": f"/episodes/{episode_id}"}
    desk.clock.advance(timedelta(minutes=16))
    new = {"caregiver": "Elena", "relation": "grandmother", "language": "es", "child": "Luis"}
    door = ana.post(f"/episodes/{episode_id}/welcome", new | {"flags": ["trach", "g_tube"]})
    carried = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', door.text, re.DOTALL)
    inside = ana.post("/login", dict(carried) | who | {"password": PASSWORD})
    for kept in ("grandmother", "es"):
        assert f'<option value="{kept}" selected>' in inside.text
    for flag in ("trach", "g_tube"):
        assert f'value="{flag}" checked' in inside.text


def test_handing_over_to_somebody_who_has_left_meanwhile_says_so_on_the_page(desk: Desk) -> None:
    """It ended in a bare "not found", as if the episode were gone."""
    episode_id, ana = desk.episode(), desk.ana()
    action = f"/episodes/{episode_id}/hand"
    page = ana.get(f"/episodes/{episode_id}")
    hidden = {name: field(page, action, name) for name in ("key", "seen")}
    nils = tables.staff.c.id == desk.nils_id
    with desk.database.write() as connection:
        connection.execute(tables.staff.update().where(nils).values(active=False))
        connection.execute(tables.clinics.update().values(revision=tables.clinics.c.revision + 1))
    answer = ana.post(action, hidden | {"to": str(desk.nils_id)})
    assert answer.status_code == 422
    assert "they do not work here any more. Choose again." in shown(answer)
    values = [one["value"] for one in elements(answer, "option")]
    assert str(desk.nils_id) not in values
    again = {name: field(answer, action, name) for name in ("key", "seen")}
    assert ana.post(action, again | {"to": str(desk.ana_id)}).status_code == 303


def test_ana_hands_it_to_nils(desk: Desk) -> None:
    episode_id = desk.episode()
    send(desk.ana(), episode_id, "hand", to=str(desk.nils_id))
    assert row(desk).owner_id == desk.nils_id


def test_a_voice_mail_is_added_with_its_author(desk: Desk) -> None:
    episode_id, ana = desk.episode(), desk.ana()
    send(ana, episode_id, "heard", note="She left a message: the pump beeps.")
    page = shown(ana.get(f"/episodes/{episode_id}"))
    assert "She left a message: the pump beeps." in page
    assert "came another way: Ana" in page


@pytest.mark.parametrize("since", ["the clinic has an account of its own", "its number has gone"])
def test_a_voice_mail_stays_in_the_familys_thread_c23(any_desk: Desk, since: str) -> None:
    desk = any_desk
    episode_id, ana, clinics = desk.episode(), desk.ana(), tables.clinics
    with desk.database.write() as connection:
        if "number" in since:
            connection.execute(tables.clinic_numbers.delete())
        else:
            own = clinics.update().where(clinics.c.id == desk.clinic_id)
            connection.execute(own.values(twilio_account_sid="AC" + "1" * 32))
        connection.execute(clinics.update().values(revision=clinics.c.revision + 1))
    send(ana, episode_id, "heard", note="No respira bien.")
    with desk.database.read() as connection:
        heard = connection.execute(
            tables.messages.select().where(tables.messages.c.kind == "other_way")
        ).one()
    assert (heard.clinic_id, heard.episode_id) == (desk.clinic_id, episode_id)


def reply(desk: Desk, text: str) -> tuple[Visitor, int, str]:
    episode_id, ana = desk.episode(), desk.ana()
    return ana, episode_id, send(ana, episode_id, "reply", text=text)


def test_a_reply_can_be_taken_back_before_it_leaves(any_desk: Desk) -> None:
    ana, episode_id, then = reply(any_desk, "See you on Tuesday.")
    page = ana.get(then)
    assert "It leaves in a few seconds." in shown(page)
    action = f"/episodes/{episode_id}/undo"
    typed = {name: field(page, action, name) for name in ("key", "seen", "message")}
    answer = ana.post(action, typed)
    assert "Taken back." in shown(answer)
    assert "See you on Tuesday." in answer.text.partition('<textarea id="text"')[2][:300]
    with any_desk.database.read() as connection:
        (delivery,) = connection.execute(tables.deliveries.select()).all()
    assert (delivery.state, delivery.due_at) == ("expired", None)
    assert row(any_desk).is_waiting, "C5: what was never sent is no answer"


def test_a_second_press_on_taking_back_does_not_say_that_it_has_left(any_desk: Desk) -> None:
    ana, episode_id, then = reply(any_desk, "See you on Tuesday.")
    page, action = ana.get(then), f"/episodes/{episode_id}/undo"
    typed = {name: field(page, action, name) for name in ("key", "seen", "message")}
    for _ in range(2):
        answer = ana.post(action, typed)
        assert "Taken back." in shown(answer)
        assert "See you on Tuesday." in answer.text.partition('<textarea id="text"')[2][:300]


def test_what_was_taken_back_silences_no_acknowledgement_c5_c15(any_desk: Desk) -> None:
    ana, episode_id, then = reply(any_desk, "See you on Tuesday.")
    page, action = ana.get(then), f"/episodes/{episode_id}/undo"
    ana.post(action, {name: field(page, action, name) for name in ("key", "seen", "message")})
    with any_desk.database.read() as connection:
        assert connection.execute(tables.threads.select()).one().staff_wrote_at is None


def test_a_reply_that_has_left_is_not_taken_back(desk: Desk) -> None:
    ana, episode_id, then = reply(desk, "See you on Tuesday.")
    page = ana.get(then)
    with desk.database.write() as connection:
        connection.execute(tables.deliveries.update().values(state="sending", attempts=1))
    action = f"/episodes/{episode_id}/undo"
    typed = {name: field(page, action, name) for name in ("key", "seen", "message")}
    answer = ana.post(action, typed)
    assert answer.status_code == 422
    assert "Too late to take back: it has left." in shown(answer)


def test_a_reply_waits_ten_seconds_and_no_longer(desk: Desk) -> None:
    reply(desk, "See you on Tuesday.")
    with desk.database.read() as connection:
        (delivery,) = connection.execute(tables.deliveries.select()).all()
    assert delivery.due_at == desk.clock() + timedelta(seconds=10)


def test_the_words_for_the_chart_are_plain_text(desk: Desk) -> None:
    episode_id, ana = desk.episode("Luis tiene <b>fiebre</b>"), desk.ana()
    send(ana, episode_id, "note", note="Called the lab.")
    chart = ana.get(f"/episodes/{episode_id}/chart")
    assert chart.headers["content-type"] == "text/plain; charset=utf-8"
    for words in ("Garcia", "Rosa: Luis tiene <b>fiebre</b>", "Ana (note): Called the lab."):
        assert words in chart.text


@pytest.mark.parametrize("hazard", ["violence", "self_harm"])
def test_c11_words_that_could_endanger_somebody_are_left_out_of_the_copy(
    desk: Desk, hazard: str
) -> None:
    episode_id, ana = desk.episode("He hits me"), desk.ana()
    send(ana, episode_id, "note", note="Called the safe contact.")
    with desk.database.write() as connection:
        connection.execute(tables.episodes.update().values(hazard=hazard))
    chart = ana.get(f"/episodes/{episode_id}/chart").text
    assert "Garcia" in chart
    assert "left out until a privacy review" in chart
    assert "hits" not in chart
    assert "safe contact" not in chart
    assert "leaves the words out" in shown(ana.get(f"/episodes/{episode_id}"))


@pytest.mark.parametrize("act", ["note", "called", "hand", "level", "off", "on", "pass", "undo"])
def test_another_clinic_can_do_none_of_it_i22(desk: Desk, act: str) -> None:
    with desk.database.write() as connection:
        from tests import factories  # noqa: PLC0415  only here

        other = factories.clinic(connection, key="oak")
        omar = factories.staff_member(connection, other, name="Omar", email="omar@oak.example")
    episode_id = desk.episode()
    visitor = desk.signed_in(other, omar, "omar")
    answer = visitor.post(f"/episodes/{episode_id}/{act}", {"note": "x", "text": "x"})
    assert answer.status_code == 404
