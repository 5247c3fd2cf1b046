"""A clinic's own words: what may be changed, what is refused, and when they are used."""

import pytest

from locales import catalogs
from locales.own import TWIN, UNREAD, OwnWords, Wrong, changeable, fault, overlaid
from locales.replies import Policy, Speaker

SHIPPED = catalogs.load()
GOOD = "We are closed. Emergency? Call {emergency}. Nurse: {on_call}. We open {when}. {clinic}"
CLOSED = "auto.closed"
PHONES = {"emergency": "911", "on_call": "+13125550100", "clinic": "Maple", "when": "Monday"}


def said(own: OwnWords, key: str, tag: str, policy: Policy) -> str:
    return Speaker(SHIPPED).of(own, policy).say(key, (tag,), policy=policy, params=PHONES).text


@pytest.mark.parametrize(
    ("key", "text", "wrong"),
    [
        (CLOSED, GOOD, None),
        ("auto.nothing", GOOD, Wrong.UNKNOWN),
        ("staff.alert", "Wake up {clinic} {word} {link}", Wrong.UNKNOWN),
        ("time.am", "{clock} in the morning", Wrong.UNKNOWN),
        (TWIN, SHIPPED.texts["en"][TWIN], Wrong.UNKNOWN),
        (CLOSED, "   ", Wrong.EMPTY),
        (CLOSED, GOOD + " {", Wrong.BRACES),
        (CLOSED, GOOD.replace("{when}", "{when!r}"), Wrong.BRACES),
        (CLOSED, GOOD.replace("{on_call}", "the nurse"), Wrong.VALUES),
        (CLOSED, GOOD + " {word}", Wrong.VALUES),
        (CLOSED, GOOD + " Really." * 100, Wrong.TOO_LONG),
        ("safety.in_care", "Stay. If nobody helps, call {emergency}.", None),
        (
            "safety.in_care",
            "Please stay with the medical team that is looking after your child. Call {emergency}.",
            Wrong.NUMBER_LATE,
        ),
    ],
)
def test_only_words_that_keep_a_family_safe_are_taken(
    key: str, text: str, wrong: Wrong | None
) -> None:
    assert fault(SHIPPED, key, text) is wrong


def test_every_shipped_text_passes_its_own_check() -> None:
    for key in changeable(SHIPPED):
        for tag in ("en", "es", "ar"):
            assert fault(SHIPPED, key, SHIPPED.texts[tag][key]) is None, (key, tag)


def test_reviewed_words_are_used_in_their_language_and_no_other() -> None:
    own = {("es", CLOSED): ("Cerrado. {emergency} {on_call} {when} {clinic}", True)}
    assert said(own, CLOSED, "es", "reviewed_only").startswith("Cerrado. 911")
    assert said(own, CLOSED, "en", "reviewed_only").startswith("Our office is closed.")


def test_a_draft_is_used_only_where_the_clinic_allows_drafts() -> None:
    own = {("en", CLOSED): (GOOD, False)}
    assert said(own, CLOSED, "en", "allow_draft").startswith("We are closed.")
    assert said(own, CLOSED, "en", "reviewed_only").startswith("Our office is closed.")


def test_a_draft_of_a_safety_text_is_never_used() -> None:
    own = {("en", "safety.in_care"): ("Stay. Call {emergency}.", False)}
    assert not said(own, "safety.in_care", "en", "allow_draft").startswith("Stay. ")
    vouched = {("en", "safety.in_care"): ("Stay. Call {emergency}.", True)}
    assert said(vouched, "safety.in_care", "en", "allow_draft") == "Stay. Call 911."


def test_words_about_violence_are_those_of_an_ordinary_acknowledgement_c11() -> None:
    mine = "Got it. Emergency? Call {emergency}. Nurse: {on_call}. {clinic}"
    own = {("en", UNREAD): (mine, True)}
    assert said(own, TWIN, "en", "reviewed_only") == said(own, UNREAD, "en", "reviewed_only")
    assert said(own, TWIN, "en", "reviewed_only").startswith("Got it.")


def test_kinlines_own_words_stay_as_they_are() -> None:
    before = SHIPPED.texts["en"][CLOSED]
    changed = overlaid(SHIPPED, {("en", CLOSED): (GOOD, True)}, drafts=False)
    assert changed.texts["en"][CLOSED] == GOOD
    assert SHIPPED.texts["en"][CLOSED] == before
