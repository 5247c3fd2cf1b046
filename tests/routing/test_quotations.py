"""Reactions of telephones and quotations of our own texts are taken off, and nothing else (C15)."""

import pytest

from routing.quotations import own_words

EMERGENCY = (
    "Call 911 now. It is free and works without minutes. Say your language. "
    "Nurse, any hour: 312-555-0100."
)
SPANISH = "Llame al 911 ahora. Es gratis y funciona sin saldo. Diga su idioma."
ANAS = "Ana: ¿Cómo está Luis? ¿Respira bien?"
OURS = (EMERGENCY, SPANISH, ANAS, "Ana: ok")

REACTIONS = [
    pytest.param(f"Liked “{EMERGENCY}”", id="iphone-english"),
    pytest.param(f'Liked "{EMERGENCY}"', id="straight-quotes"),
    pytest.param(f"Emphasized “{EMERGENCY}”", id="emphasized"),
    pytest.param(f"Laughed at “{ANAS}”", id="laughed-at"),
    pytest.param(f'Reacted 👍 to "{EMERGENCY}"', id="reacted"),
    pytest.param(f"\u200a\u200b👍\u200b to “\u200a{EMERGENCY}\u200a”\u200a", id="android"),
    pytest.param(f"Removed a heart from “{EMERGENCY}”", id="removed"),
    pytest.param(f"Le gustó “{SPANISH}”", id="iphone-spanish"),
    pytest.param(f"Le encantó «{SPANISH}»", id="guillemets"),
    pytest.param(f"A aimé « {EMERGENCY} »", id="french"),
    pytest.param(f"Hat mit „Gefällt mir“ markiert: „{EMERGENCY}“", id="german-quotes-twice"),
    pytest.param(f'L\'utente ha messo mi piace a "{EMERGENCY}"', id="apostrophe-in-the-verb"),
    pytest.param(f"「{EMERGENCY}」にハートを付けました", id="japanese-verb-behind"),
    pytest.param(f"“{SPANISH}” 을(를) 좋아함", id="korean-verb-behind"),
    pytest.param("Liked “Call 911 now. It is free…”", id="cut-off-with-one-sign"),
    pytest.param("Liked “Call 911 now. It is free...”", id="cut-off-with-three-dots"),
    pytest.param("Liked “call 911 NOW.\nit is  free and works…”", id="other-spaces-and-capitals"),
    pytest.param("Liked “Ana: ok”", id="a-short-text-of-ours-whole"),
]


@pytest.mark.parametrize("words", REACTIONS)
def test_a_reaction_is_recognised_in_every_language_and_on_every_phone_c15(words: str) -> None:
    own = own_words(words, OURS)
    assert own.is_reaction
    assert own.taken_off
    assert "911" not in own.text
    assert len(own.text) == len(words)


DRIVING = (
    "I'm driving with Driving Focus turned on. I'll see your message when I get where I'm going."
)
IF_URGENT = (
    "(I’m not receiving notifications. If this is urgent, reply “urgent” to send a notification"
    " through with your original message.)"
)


@pytest.mark.parametrize(
    "words",
    [DRIVING, IF_URGENT, f"{DRIVING} {IF_URGENT.replace('“', chr(34)).replace('”', chr(34))}"],
)
def test_what_a_telephone_answers_while_its_owner_drives_is_nobodys_words_c15(words: str) -> None:
    own = own_words(words, ())
    assert own.is_reaction
    assert own.text == " " * len(words)


def test_what_the_driver_adds_to_it_is_read() -> None:
    own = own_words(f"{DRIVING} Jo is blue, urgent!", ())
    assert own.text.strip() == "Jo is blue, urgent!"
    assert not own.is_reaction


OWN_WORDS = [
    pytest.param('The school said "call 911"', id="a-short-quotation"),
    pytest.param('Should I "Call 911 now"', id="the-start-of-ours"),
    pytest.param("Liked “the new nurse is very kind to us”", id="not-our-words"),
    pytest.param("he said 'I want to die'", id="a-teenagers-words"),
    pytest.param("Dice “no puedo respirar bien desde anoche”", id="a-childs-words"),
    pytest.param("Liked an image", id="no-quotation"),
    pytest.param("necesito la carta", id="plain"),
    pytest.param("“Call 911 now. It is free…”", id="a-quotation-without-a-verb"),
    pytest.param("it's 5 o'clock and he isn't eating", id="apostrophes"),
    pytest.param("", id="empty"),
]


@pytest.mark.parametrize("words", OWN_WORDS)
def test_a_familys_own_words_stay_also_when_they_quote_somebody_c15(words: str) -> None:
    own = own_words(words, OURS)
    assert (own.text, own.taken_off, own.is_reaction) == (words, False, False)


def test_words_before_our_quotation_stay_for_triage_to_judge_i08() -> None:
    own = own_words(f"She is blue “{EMERGENCY}”", OURS)
    assert own.text.strip() == "She is blue"


def test_a_long_message_that_ends_in_our_words_is_no_reaction() -> None:
    mine = "We did that an hour ago and now she is blue again"
    own = own_words(f"{mine} “{EMERGENCY}”", OURS)
    assert not own.is_reaction
    assert own.taken_off
    assert own.text.startswith(mine)
    assert "911" not in own.text


def test_a_quotation_is_blanked_in_place_so_that_spans_still_fit() -> None:
    words = f"{EMERGENCY}\nno puede respirar"
    own = own_words(words, OURS)
    assert own.taken_off
    assert len(own.text) == len(words)
    assert own.text.index("no puede respirar") == words.index("no puede respirar")
    assert "911" not in own.text


def test_a_short_text_of_ours_inside_a_message_is_not_blanked() -> None:
    assert own_words("Ana: ok was what you wrote", OURS).text == "Ana: ok was what you wrote"


def test_nothing_is_taken_off_from_somebody_we_never_wrote_to() -> None:
    words = f"Liked “{EMERGENCY}”"
    assert own_words(words, ()).text == words


def test_a_message_of_nothing_but_quotation_marks_costs_no_time() -> None:
    words = '"' * 1600
    assert own_words(words, OURS).text == words
