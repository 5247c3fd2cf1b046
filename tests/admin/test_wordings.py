"""An administrator words an automatic text; a second one vouches for it."""

import pytest

from admin.words import PHRASES
from locales import catalogs
from locales.own import changeable
from tests import factories
from tests.admin.conftest import Desk
from tests.admin.visitor import Visitor, shown

PAGE = "/playbook/words/auto.closed?language=en"
WORDS = "Closed. Emergency? Call {emergency}. Nurse: {on_call}. We open {when}. {clinic}"


@pytest.fixture
def olga(desk: Desk) -> Visitor:
    """Olga, an administrator."""
    return administrator(desk, "Olga")


def administrator(desk: Desk, name: str) -> Visitor:
    with desk.database.write() as connection:
        staff_id = factories.staff_member(
            connection, desk.clinic_id, name=name, email=f"{name.lower()}@maple.example",
            roles=["admin"],
        )  # fmt: skip
    return desk.signed_in(desk.clinic_id, staff_id, name)


def test_the_list_shows_what_a_family_reads_now(olga: Visitor) -> None:
    page = shown(olga.get("/playbook/words"))
    assert "Closed tonight" in page
    assert "Our office is closed. Emergency? Call 911" in page
    assert "Enfermera" in shown(olga.get("/playbook/words?language=es"))


def test_own_words_are_used_after_a_second_person_vouches_for_them(
    desk: Desk, olga: Visitor
) -> None:
    assert olga.post(PAGE, {"text": WORDS}).status_code == 303
    mine = shown(olga.get(PAGE))
    assert "Nobody yet." in mine
    assert "You wrote them, so somebody else has to read them." in mine
    vouch = PAGE.replace("?", "/vouch?")
    refused = olga.post(vouch, {"text": WORDS, "qualification": "nurse"})
    assert "or they are your own" in shown(refused)
    paul = administrator(desk, "Paul")
    assert "Say what qualifies you." in shown(paul.post(vouch, {"text": WORDS}))
    done = paul.post(vouch, {"text": WORDS, "qualification": "clinical lead"})
    assert done.status_code == 303
    assert "clinical lead" in shown(olga.get(PAGE))
    assert "Closed. Emergency? Call 911. Nurse: 312-555-0100." in shown(olga.get(PAGE))


def test_changed_words_need_a_new_reader(desk: Desk, olga: Visitor) -> None:
    olga.post(PAGE, {"text": WORDS})
    paul = administrator(desk, "Paul")
    changed = paul.post(
        PAGE.replace("?", "/vouch?"), {"text": WORDS + " x", "qualification": "clinical lead"}
    )
    assert changed.status_code == 422
    assert "Nobody yet." in shown(olga.get(PAGE))


def test_what_is_wrong_stands_beside_the_field_and_nothing_typed_is_lost(
    olga: Visitor,
) -> None:
    answer = olga.post(PAGE, {"text": "We sleep. Call {emergency}"})
    assert answer.status_code == 422
    assert "Exactly the values below must be in the words" in shown(answer)
    assert "We sleep. Call {emergency}" in shown(answer)


def test_kinlines_words_can_be_used_again(olga: Visitor) -> None:
    olga.post(PAGE, {"text": WORDS})
    assert olga.post(PAGE.replace("?", "/forget?")).status_code == 303
    assert "Your clinic's words" in shown(olga.get(PAGE))
    assert "Who vouches" not in shown(olga.get(PAGE))


def test_only_administrators_change_words_and_only_texts_that_are_theirs(
    desk: Desk, olga: Visitor
) -> None:
    assert desk.ana().post(PAGE, {"text": WORDS}).status_code == 404
    for address in (
        "/playbook/words/safety.violence?language=en",
        "/playbook/words/staff.alert?language=en",
        "/playbook/words/auto.closed?language=ko",
    ):
        assert olga.get(address).status_code == 404, address


def test_every_text_that_a_clinic_may_word_has_a_name_on_the_page() -> None:
    assert set(changeable(catalogs.load())) == set(PHRASES["text"])
