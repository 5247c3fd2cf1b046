"""Puts number words together that are written sign by sign: `四十` is forty, `三十九点五` 39.5."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routing.triage.matcher import Token


class Numeral(NamedTuple):
    """One number at the tokens `first` to `last`; `is_exact`: in figures, or in several signs.

    A single word ("one", `一`) counts and lasts, but is no reading of a meter.
    """

    value: float
    first: int
    last: int
    is_exact: bool


def numerals(tokens: Sequence[Token]) -> Iterator[Numeral]:
    """Give every number of a message, in order."""
    index = 0
    while index < len(tokens):
        value, behind = _written_out(tokens, index)
        number = tokens[index].number
        if value is not None and behind - index > 1:
            yield Numeral(value, index, behind - 1, is_exact=True)
            index = behind
            continue
        if number is not None:
            yield Numeral(number, index, index, is_exact=tokens[index].word[:1].isdigit())
        index += 1


def strokes(tokens: Sequence[Token]) -> Iterator[tuple[float, float, int]]:
    """Give the two numbers of each token like "180/120", and its place."""
    for index, token in enumerate(tokens):
        upper, stroke, lower = token.word.partition("/")
        if stroke and upper.isdecimal() and lower.isdecimal():
            yield float(upper), float(lower), index


def digit(token: Token) -> float | None:
    """Give the digit that one sign stands for."""
    return _DIGITS.get(token.word)


_DIGITS = {sign: float(n) for n, sign in enumerate("零一二三四五六七八九")} | {"两": 2.0, "〇": 0.0}
_TENS = {"十": 10.0, "百": 100.0}
_POINT = "点"


def _written_out(tokens: Sequence[Token], first: int) -> tuple[float | None, int]:
    """Read from a sign on; gives the value and the place behind, no value for "one or two"."""
    total = waiting = 0.0
    is_waiting = False
    index = first
    while index < len(tokens):
        word = tokens[index].word
        if word in _DIGITS:
            if is_waiting and waiting:
                return None, index
            waiting, is_waiting = _DIGITS[word], True
        elif word in _TENS:
            total += (waiting if is_waiting else 1.0) * _TENS[word]
            waiting, is_waiting = 0.0, False
        else:
            break
        index += 1
    if index == first:
        return None, index
    total += waiting
    part = tokens[index + 1] if index + 1 < len(tokens) else None
    if part is not None and tokens[index].word == _POINT and part.word in _DIGITS:
        return total + _DIGITS[part.word] / 10, index + 2
    return total, index
