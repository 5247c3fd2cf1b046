"""One word in several spellings: scripts of India and Ethiopia, Persian letters and numbers."""

import pytest

from app.engine import packaged_engine
from routing.triage import views
from routing.triage.numerals import numerals


def _folded(text: str) -> list[str]:
    cleaned = views.clean(text)
    return [views.bare(views.key(p.form)) for p in views.pieces(cleaned, len(text))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("साँस", "सांस"),
        ("बन्द", "बंद"),
        ("ज़हर", "जहर"),
        ("खून", "खुन"),
        ("দুঃখ", "দুখ"),
        ("কাঁদছে", "কাদছে"),
        ("নীল", "নিল"),
        ("ሐኪም", "ሀኪም"),
        ("ዓይን", "አይን"),
        ("ፀጉር", "ጸጉር"),
        ("نہیں", "نہين"),
        ("كمك", "کمک"),
        ("نمی‌تواند", "نمیتواند"),
    ],
)
def test_a_word_is_one_word_in_each_of_its_spellings(one: str, other: str) -> None:
    assert _folded(one) == _folded(other)


@pytest.mark.parametrize(("one", "other"), [("मेरा", "मरा"), ("सो", "सा"), ("মারা", "মেরে")])
def test_a_vowel_sign_is_no_accent(one: str, other: str) -> None:
    """My mother is not a dead one."""
    assert _folded(one) != _folded(other)


@pytest.mark.parametrize("text", ["३८.५", "৩৮.৫", "۳۸٫۵", "۳۸/۵", "38/5"])
def test_a_temperature_is_read_in_the_digits_of_its_script(text: str) -> None:
    form = next(views.pieces(views.clean(text), len(text))).form
    assert views.value(form) == 38.5


def test_an_ethiopic_sentence_ends_at_two_dots_of_two() -> None:
    text = "ትኩሳት አለው፡፡ መድኃኒት እንፈልጋለን።"
    found = list(views.pieces(views.clean(text), len(text)))
    assert [piece.sentence for piece in found] == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ရင်ဘတ်", ["ရ", "င်", "ဘ", "တ်"]),
        ("ទ្រូង", ["ទ្រូ", "ង"]),
        ("หายใจ", ["ห", "า", "ย", "ใ", "จ"]),
        ("ຫາຍໃຈ", ["ຫ", "າ", "ຍ", "ໃ", "ຈ"]),
        ("息が", ["息", "が"]),
    ],
)
def test_a_script_without_spaces_is_read_sign_by_sign(text: str, words: list[str]) -> None:
    cleaned = views.clean(text)
    assert [piece.form for piece in views.pieces(cleaned, len(text))] == words


@pytest.mark.parametrize(("one", "other"), [("がく", "かく"), ("ขา", "ขาว"), ("ទឹក", "ទុក")])
def test_no_sign_of_those_scripts_is_an_accent(one: str, other: str) -> None:
    assert _folded(one) != _folded(other)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("四十度", [40]),
        ("十五分钟", [15]),
        ("八十五", [85]),
        ("一百零五", [105]),
        ("三十九点五", [39.5]),
        ("两天", [2]),
        ("一二次", [1, 2]),
        ("三个, twenty and 38,5", [3, 20, 38.5]),
        ("说十一点来", [11]),
        ("no number", []),
    ],
)
def test_a_number_written_sign_by_sign_is_one_number(text: str, values: list[float]) -> None:
    tokens = packaged_engine().matcher.see(text).tokens
    assert [numeral.value for numeral in numerals(tokens)] == values
