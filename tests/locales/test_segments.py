"""What a text costs (FACTS D), checked against a second, slower way of counting."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.segments import Encoding, segments, utf16_units

# The grid of 3GPP TS 23.038, row by row; position 27 is the escape to the extension table.
GRID = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ESCAPED = {
    "\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101,
}  # fmt: skip


def septets(character: str) -> bytes | None:
    if character in ESCAPED:
        return bytes([27, ESCAPED[character]])
    place = GRID.find(character)
    return None if place in {-1, 27} else bytes([place])


def count_slowly(text: str) -> tuple[str, int, int]:
    """Encode every character, then cut the longest beginning that fits, again and again."""
    coded = [septets(c) for c in text]
    if None in coded:
        pieces = [c.encode("utf-16-le", "surrogatepass") for c in text]
        name, alone, part = "UCS-2", 140, 134
    else:
        pieces = [piece for piece in coded if piece is not None]
        name, alone, part = "GSM-7", 160, 153
    units = len(b"".join(pieces)) // (2 if name == "UCS-2" else 1)
    if len(b"".join(pieces)) <= alone:
        return name, 1, units
    parts = 0
    while pieces:
        fit = max(n for n in range(1, len(pieces) + 1) if len(b"".join(pieces[:n])) <= part)
        pieces = pieces[fit:]
        parts += 1
    return name, parts, units


@pytest.mark.parametrize(
    ("text", "encoding", "count", "units"),
    [
        pytest.param("", "GSM-7", 1, 0, id="empty"),
        pytest.param("a" * 160, "GSM-7", 1, 160, id="one full part"),
        pytest.param("a" * 161, "GSM-7", 2, 161, id="one letter too many"),
        pytest.param("a" * 306, "GSM-7", 2, 306, id="two full parts"),
        pytest.param("a" * 307, "GSM-7", 3, 307, id="three parts"),
        pytest.param("a" * 159 + "€", "GSM-7", 2, 161, id="an escaped character counts two"),
        pytest.param("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306, id="an escape is not divided"),
        pytest.param("¿Empeora? mañana, él, qué", "GSM-7", 1, 25, id="Spanish without á í ó ú"),
        pytest.param("está", "UCS-2", 1, 4, id="one á moves everything"),
        pytest.param("á" * 70, "UCS-2", 1, 70, id="one full part of UCS-2"),
        pytest.param("á" * 71, "UCS-2", 2, 71, id="two parts of UCS-2"),
        pytest.param("á" * 134, "UCS-2", 2, 134, id="two full parts of UCS-2"),
        pytest.param("á" * 66 + "😀" + "á" * 66, "UCS-2", 3, 134, id="a pair is not divided"),
        pytest.param("don’t", "UCS-2", 1, 5, id="a curly quote is dear"),
        pytest.param("one\r\ntwo", "GSM-7", 1, 8, id="line ends stay cheap"),
        pytest.param("\x1b", "UCS-2", 1, 1, id="a bare escape is no letter"),
    ],
)
def test_a_text_costs_what_the_carriers_charge(
    text: str, encoding: str, count: int, units: int
) -> None:
    found = segments(text)
    assert (found.encoding, found.count, found.units) == (encoding, count, units)


GSM_TEXT = st.text(st.sampled_from([c for c in GRID if c != "\x1b"] + list(ESCAPED)), max_size=700)
ANY_TEXT = st.text(st.characters(), max_size=300)
CROWDED = st.text(st.sampled_from("a€😀áع^"), max_size=500)


@settings(deadline=None)  # the second opinion is slow on purpose
@given(st.one_of(GSM_TEXT, ANY_TEXT, CROWDED))
def test_the_count_agrees_with_a_slow_second_opinion(text: str) -> None:
    found = segments(text)
    assert (str(found.encoding), found.count, found.units) == count_slowly(text)


@given(ANY_TEXT)
def test_half_an_emoji_and_other_broken_text_is_still_counted(text: str) -> None:
    broken = text + "\ud83d"
    assert segments(broken).encoding is Encoding.UCS_2
    assert utf16_units(broken) == utf16_units(text) + 1
