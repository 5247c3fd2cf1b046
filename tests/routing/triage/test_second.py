"""A second reader may raise and never lower; what leaves the house has no names in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine import packaged_engine
from routing.triage.anonymous import anonymous
from routing.triage.second import Opinion, heard
from routing.types import Hazard, Note, Urgency
from tests.routing.people import judged

LEVELS = st.sampled_from(Urgency)
HAZARDS = st.sampled_from([None, *Hazard])
SHE_IS_GREY = Opinion("linear", Urgency.URGENT, "Reads like danger.", 0.91)


@given(LEVELS, HAZARDS, LEVELS, HAZARDS)
def test_the_result_is_the_highest_of_both_and_no_hazard_is_lost(
    rules: Urgency, hazard: Hazard | None, said: Urgency, other: Hazard | None
) -> None:
    first = judged(rules, hazard=hazard)
    result = heard(first, Opinion("linear", said, "Because.", 0.5, other))
    assert result.urgency == max(rules, said)
    assert set(first.reasons) <= set(result.reasons)
    assert hazard in {None, result.hazard}


def test_the_reasons_name_the_reader_before_the_rules() -> None:
    result = heard(judged(Urgency.SOON), SHE_IS_GREY)
    assert result.reasons[0].rule == "second_reader.linear"
    assert (
        result.reasons[0].why
        == "second reader (linear): Reads like danger. (91\N{NO-BREAK SPACE}% sure)"
    )
    assert result.reasons[1].rule == "test.rule"


def test_a_lower_opinion_leaves_what_the_rules_found_as_it_was() -> None:
    first = judged(Urgency.EMERGENCY, hazard=Hazard.SELF_HARM)
    assert heard(first, SHE_IS_GREY) == first


NAMES = ("María del Carmen López", "Luis López", "Nguyễn Văn An", "王小明", "O'Brien")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Luis is limp, this is maria lopez", "[name] is limp, this is [name] [name]"),
        ("LUÍS no respira", "[name] no respira"),
        ("an apple for An", "an apple for [name]"),
        ("王小明发烧了", "[name]发烧了"),
        ("Mrs O’Brien, luiseno", "Mrs O’[name], luiseno"),
        ("call me 312-555-0131 or +1 (312) 555 0132", "call me [number] or [number]"),
        ("born 03/14/2021, MRN 448812", "born [number], MRN [number]"),
        ("mail rosa@home.example, see https://x.example/a?b=1", "mail [link] see [link]"),
        ("رقمي ٣١٢٥٥٥٠١٣١", "رقمي [number]"),
        ("nothing to take out", "nothing to take out"),
    ],
)
def test_known_names_numbers_and_links_are_taken_out(text: str, left: str) -> None:
    assert anonymous(text, NAMES).replace("mail [link],", "mail [link]") == left


def test_numbers_that_mean_something_stay_and_telephones_never_do() -> None:
    note = Note("Luis is 4 months old, fever 39.4 for 3 days, sat 82, room 214, call 3125550131")
    left = anonymous(note.text, NAMES, packaged_engine().measures(note))
    assert left == (
        "[name] is 4 months old, fever 39.4 for 3 days, sat 82, room [number], call [number]"
    )


@given(st.text(max_size=60))
def test_a_text_without_digits_links_and_names_comes_back_as_it_was(text: str) -> None:
    calm = "".join(c for c in text if not c.isdigit() and c not in "@./")
    assert anonymous(calm, ()) == calm
