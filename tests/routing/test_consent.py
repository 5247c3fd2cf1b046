"""Which texts are nothing but a keyword (B-04, FACTS B), and which are a parent in trouble."""

import pytest

from routing.consent import Keyword, keyword
from routing.types import Consent

STOPS = [
    "STOP", "stop", "Stop.", "STOP ", " stop\n", "ｓｔｏｐ", "Stop!!!", "“STOP”", "S\u200bTOP",
    "STOPALL", "UNSUBSCRIBE", "cancel", "END", "End.", "QUIT", "REVOKE", "OPTOUT", "opt out",
    "Opt-Out", "OPT  OUT", "ALTO", "¡Alto!", "parar", "arret", "ARRÊT", "arre\u0302t",
    "停止", "退订。", "Стоп!", "수신거부", "DỪNG", "Jooji", "Sispann", "إلغاء الاشتراك",
]  # fmt: skip
HELPS = ["HELP", "help!", "Help?", "info", "AYUDA", "¡ayuda!"]
STARTS = ["START", "start.", "UNSTOP"]
SENTENCES = [
    "stop he is not breathing",
    "STOP HE IS NOT BREATHING",
    "please stop",
    "end of his medicine",
    "cancel my appointment",
    "we quit the trial drug",
    "the bleeding will not stop",
    "stop" + "\n" * 100 + "he is not breathing",
    "END" + " " * 90 + "of the oxygen bottle",
    "alto el fuego en su barriga",
    "help him he is blue",
    "start feeds again?",
    "yes but he is blue",
    "no more",
    "توقف",
    "dừng thở",
    "他的呼吸停止",
    "",
    "   ",
    "...",
    "🛑",
]


@pytest.mark.parametrize("words", STOPS)
def test_a_stop_word_alone_is_an_opt_out_however_it_is_typed_b04(words: str) -> None:
    assert keyword(words, opt_out=None, consent=Consent.GRANTED) is Keyword.STOP


@pytest.mark.parametrize("words", HELPS)
def test_help_alone_is_a_call_for_help_in_english_and_spanish_b1(words: str) -> None:
    assert keyword(words, opt_out=None, consent=Consent.GRANTED) is Keyword.HELP


@pytest.mark.parametrize("words", STARTS)
@pytest.mark.parametrize("consent", Consent)
def test_start_alone_is_an_opt_in(words: str, consent: Consent) -> None:
    assert keyword(words, opt_out=None, consent=consent) is Keyword.START


@pytest.mark.parametrize("words", SENTENCES)
@pytest.mark.parametrize("consent", Consent)
def test_a_sentence_is_never_taken_for_a_keyword_b04(words: str, consent: Consent) -> None:
    assert keyword(words, opt_out=None, consent=consent) is None


@pytest.mark.parametrize("words", ["YES", "yes", "Yes.", "ｙｅｓ"])
def test_yes_is_an_opt_in_only_from_somebody_who_opted_out_b3(words: str) -> None:
    assert keyword(words, opt_out=None, consent=Consent.OPTED_OUT) is Keyword.START
    assert keyword(words, opt_out=None, consent=Consent.GRANTED) is None
    assert keyword(words, opt_out=None, consent=Consent.UNKNOWN) is None


@pytest.mark.parametrize(
    ("opt_out", "expected"),
    [("STOP", Keyword.STOP), ("START", Keyword.START), ("HELP", Keyword.HELP), ("stop", "stop")],
)
def test_what_the_provider_has_acted_on_counts_whatever_the_words_were(
    opt_out: str, expected: str
) -> None:
    assert keyword("no mas mensajes", opt_out=opt_out, consent=Consent.GRANTED) == expected


def test_a_reading_of_the_provider_that_nobody_knows_leaves_the_words_to_us() -> None:
    assert keyword("STOP", opt_out="PAUSE", consent=Consent.GRANTED) is Keyword.STOP
    assert keyword("hola", opt_out="PAUSE", consent=Consent.GRANTED) is None
    assert keyword("hola", opt_out="", consent=Consent.GRANTED) is None
