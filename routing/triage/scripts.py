"""What scripts do: letters that stand for one another, vowels that are signs, no spaces."""

import re


def has_vowel_signs(form: str) -> bool:
    """Say whether a form is of a script whose vowels are marks: they are no accents."""
    return _VOWEL_SIGNS.search(form) is not None


def plain_vowel_signs(form: str) -> str:
    """Give one spelling to what is written in several; `form` is decomposed.

    Long and short i and u, the nasal as a dot, a moon or a letter, dotted letters: `साँस` is
    `सांस`, `बन्द` is `बंद`, `কাঁদছে` is `কাদছে`. Other vowels make another word and stay: `मरा` is
    no `मेरा`.
    """
    return _NASAL_LETTER.sub("\u0902", form.translate(_ONE_SPELLING))


# Han, Kana, Thai, Lao, Burmese, Khmer.
UNSPACED = (
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3041-\u3096\u30a1-\u30fa\u30fc"
    "\u0e01-\u0e30\u0e32\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1780-\u17b3\u17d7"
)
_MARKS_BEHIND = (
    "\u3099\u309a\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u102b-\u103e\u1056-\u1060\u17b6-\u17d1\u17d3\u17dd"
)
# In Burmese and Khmer a sign sets the next letter below the one before.
SIGN = rf"[{UNSPACED}](?:[{_MARKS_BEHIND}]|[\u1039\u17d2][{UNSPACED}])*"
_VOWEL_SIGNS = re.compile("[\u0900-\u0eff\u1000-\u109f\u1780-\u17ff\u3099\u309a]")
_NASAL_LETTER = re.compile("[\u0919\u091e\u0923\u0928\u092e]\u094d(?=[\u0915-\u0939])")
_ONE_SPELLING = str.maketrans(
    {
        # Devanagari: moon, dot below, visarga, long i and u.
        "\u0901": "\u0902", "\u093c": None, "\u0903": None, "\u093d": None,
        "\u0940": "\u093f", "\u0942": "\u0941", "\u0908": "\u0907", "\u090a": "\u0909",
        # Bengali: the same, and two letters for n.
        "\u0981": None, "\u09bc": None, "\u0983": None,
        "\u09c0": "\u09bf", "\u09c2": "\u09c1", "\u0988": "\u0987", "\u098a": "\u0989",
        "\u09a3": "\u09a8",
    }
)  # fmt: skip


def _twins() -> dict[str, str]:
    """Pair Ethiopic letters that sound alike in Amharic, order by order."""
    rows = {0x1210: 0x1200, 0x1280: 0x1200, 0x12B8: 0x1200, 0x1220: 0x1230, 0x12D0: 0x12A0}
    rows[0x1340] = 0x1338
    pairs = {chr(row + n): chr(twin + n) for row, twin in rows.items() for n in range(7)}
    # "ha" and "a" have two orders each; the round letters have plain neighbours.
    alike = {"ሃ": "ሀ", "ሓ": "ሀ", "ኃ": "ሀ", "ኻ": "ሀ", "ኣ": "አ", "ዓ": "አ", "ዉ": "ው"}
    return pairs | alike | {"ኰ": "ኮ", "ጐ": "ጎ", "ቈ": "ቆ", "ኈ": "ሆ"}


ETHIOPIC_TWINS = _twins()
