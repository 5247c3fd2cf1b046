"""Reads numbers that matter: temperature, oxygen, sugar, pulse, how long, how old (FACTS E3 g)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routing.triage.conditions import Measure
from routing.triage.matcher import Hit, Sighting, Token
from routing.triage.numerals import Numeral, digit, numerals, strokes


@dataclass(frozen=True, slots=True)
class Fact:
    """One number with its meaning at the tokens `first` to `last`.

    Degrees Celsius, per cent, mg/dl, times a minute; minutes for durations; months for ages;
    pieces for counts, where `last` takes in a unit ("mg", "pills").
    """

    value: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All numbers that were read; `impossible` ones stand beside a measuring word (C4).

    `durations` are all spans of time; of these `elapsed` lie behind, and `ahead` before the family.
    """

    measured: Mapping[Measure, tuple[Fact, ...]]
    durations: tuple[Fact, ...]
    elapsed: tuple[Fact, ...]
    ahead: tuple[Fact, ...]
    ages: tuple[Fact, ...]
    counts: tuple[Fact, ...]
    impossible: tuple[Fact, ...]

    def has_told(self) -> bool:
        """Say whether a number tells of something at hand: a measure, or for how long."""
        return any(fact.value <= _A_DAY for fact in self.durations) or any(self.measured.values())


NEEDED = (
    "fever", "temperature_word", "saturation_word", "oxygen_word", "glucose_word",
    "heart_rate_word", "breath_rate_word", "breathe", "degree",
    "unit_celsius", "unit_fahrenheit", "unit_second", "unit_minute", "unit_hour", "unit_day",
    "unit_week", "unit_month", "unit_year", "unit_other", "percent", "money", "article", "ago",
    "ago_before", "time_ahead", "age_after", "age_before", "age_spoiler", "baby",
    "year_before", "year_after",
)  # fmt: skip
"""The concepts that the readers look at; a lexicon writes them like any other."""
EITHER = {"ago_before": "ago"}
"""What a language may leave out where it writes the other: it stands on the other side."""


def read(seen: Sighting) -> Facts:
    """Read every number of a message."""
    if not any(token.word[:1].isdigit() or token.number is not None for token in seen.tokens):
        return _NOTHING
    words = _Words(seen)
    spans: list[Fact] = []
    years: list[Fact] = []
    ages: list[Fact] = []
    counts: list[Fact] = []
    measured: list[tuple[Measure | None, Fact]] = []
    for number in numerals(seen.tokens):
        unit, last = words.unit(number)
        index = number.first
        if words.is_year(number, unit):
            years.append(Fact(_MINUTES["unit_year"], index, last))
        elif unit is not None:
            spans.append(Fact(number.value * _MINUTES[unit], index, last))
            if words.is_age(index, last, unit):
                months = spans[-1].value / _MINUTES["unit_month"]
                ages.append(Fact(months, index, last))
        else:
            if words.is_count(number):
                has_unit = words.says(number.last + 1, "unit_other")
                counts.append(Fact(number.value, index, number.last + has_unit))
            if number.is_exact:
                measured.extend(words.measured(number))
    measured.extend(words.pressures())
    return Facts(
        {measure: tuple(f for kind, f in measured if kind is measure) for measure in Measure},
        tuple(span for span in spans if not words.says(span.last + 1, "ago", "age_after")),
        (*years, *(span for span in spans if words.stands(span, "ago_before", "ago"))),
        tuple(span for span in spans if words.stands(span, "time_ahead", "time_ahead")),
        tuple(ages),
        tuple(counts),
        tuple(fact for kind, fact in measured if kind is None),
    )


_NOTHING = Facts(dict.fromkeys(Measure, ()), (), (), (), (), (), ())
_MINUTES = {
    "unit_second": 1 / 60,
    "unit_minute": 1.0,
    "unit_hour": 60.0,
    "unit_day": 1440.0,
    "unit_week": 10080.0,
    "unit_month": 43830.0,
    "unit_year": 525960.0,
}
_A_DAY = 1440.0
_YEARS = range(1960, 2040)
_YEAR_LONG = 4
_TIMES_OF_DAY = 2000  # no hour has a minute 60: what is less than 20:00 and above 19:59
_AGE_UNITS = frozenset({"unit_day", "unit_week", "unit_month", "unit_year"})


class _Words:
    """Which tokens begin or belong to which measuring words."""

    def __init__(self, seen: Sighting) -> None:
        self._tokens: Sequence[Token] = seen.tokens
        self._at = {name: _covered(seen.clear(name)) for name in NEEDED}
        self._at["breath_rate_name"] = _names_of_breaths(seen)

    def says(self, index: int, *names: str) -> bool:
        return any(index in self._at[name] for name in names)

    def stands(self, fact: Fact, before: str, after: str) -> bool:
        """Say whether one of two words stands on its side of a number and its unit."""
        return self.says(fact.last + 1, after) or self.says(fact.first - 1, before)

    def beside(self, index: int, before: int, after: int, *names: str) -> bool:
        """Say whether one of the words stands that close, in the same sentence."""
        sentence = self._tokens[index].sentence
        return any(
            self._tokens[near].sentence == sentence and self.says(near, *names)
            for near in range(max(0, index - before), min(len(self._tokens), index + after + 1))
        )

    def unit(self, number: Numeral) -> tuple[str | None, int]:
        """Give the unit of time after a number, an article between them allowed."""
        after = number.last + 1
        if self.says(after, "article"):
            after += 1
        for name in _MINUTES:
            if self.says(after, name):
                return name, after
        return None, number.last

    def is_year(self, number: Numeral, unit: str | None) -> bool:
        """Say whether a number names a year: "in 2017", `2017年`; at 2015 is a time of the day.

        Not that of a whole date: it may be today's.
        """
        is_plain = number.value in _YEARS and len(self._tokens[number.first].word) == _YEAR_LONG
        if not is_plain or unit == "unit_hour":
            return False
        if number.first and self._tokens[number.first - 1].word.isdigit():
            return False
        is_named = self.says(number.first - 1, "year_before") or self.says(
            number.last + 1, "year_after"
        )
        return is_named or unit == "unit_year" or number.value < _TIMES_OF_DAY

    def is_age(self, index: int, last: int, unit: str) -> bool:
        if unit not in _AGE_UNITS:
            return False
        if self.says(last + 1, "age_after") or self.says(last + 2, "age_after"):
            return True
        if self.says(last + 1, "age_spoiler"):
            return False
        return self.says(index - 1, "age_before") or self.beside(index, 2, 3, "baby")

    def is_count(self, number: Numeral) -> bool:
        """Say whether a whole number may count something: no price, no share, no degree."""
        if not number.value.is_integer() or not number.value:
            return False
        after = "percent", "degree", "unit_celsius", "unit_fahrenheit"
        return not self.says(number.last + 1, *after) and not self.says(number.first - 1, "money")

    def measured(self, number: Numeral) -> Iterator[tuple[Measure | None, Fact]]:
        index, value, after = number.first, number.value, number.last + 1
        if self._is_grams(after) and self.beside(index, 3, 0, "glucose_word"):
            grams = Fact(value * _MILLIGRAMS_PER_DECILITRE, index, after)
            yield from _between(Measure.GLUCOSE, _SUGARS, grams)
            return
        is_rate = self.says(after + 1, "unit_minute") or self.says(after + 2, "unit_minute")
        is_rate = is_rate or any(self.says(at, "breath_rate_word") for at in (index - 1, after))
        is_other = self.says(after, "unit_other") and not is_rate
        if is_other or self.says(index - 1, "money"):
            return
        if self.says(after, "percent") or self.beside(index, 4, 0, "saturation_word"):
            yield from self._saturation(number)
        elif self.beside(index, 3, 0, "glucose_word"):
            yield Measure.GLUCOSE, Fact(_milligrams(value), index, number.last)
        elif self._is_of(after, "glucose_word"):
            fact = Fact(_milligrams(value), index, number.last)
            yield from _between(Measure.GLUCOSE, _SUGARS, fact)
        elif self._is_of(after, "saturation_word", "oxygen_word"):
            fact = Fact(value, index, number.last)
            yield from _between(Measure.SATURATION, _NAMED_BEHIND, fact)
        elif self._counts_breaths(index, value, after):
            yield from _between(Measure.BREATH_RATE, _BREATHS, Fact(value, index, number.last))
        elif self.beside(index, 3, 2, "heart_rate_word"):
            yield from _between(Measure.HEART_RATE, _BEATS, Fact(value, index, number.last))
        else:
            yield from self._temperature(number)

    def pressures(self) -> Iterator[tuple[Measure | None, Fact]]:
        """Read "180/120" as blood pressure, in any language; "Bactrim 200/40" is a strength."""
        for upper, lower, index in strokes(self._tokens):
            is_high = upper in _UPPER and lower in _LOWER and upper - lower >= _LEAST_APART
            if is_high and not self.says(index + 1, "unit_other"):
                yield Measure.BLOOD_PRESSURE, Fact(upper, index, index)

    def _counts_breaths(self, index: int, value: float, after: int) -> bool:
        """Say whether a number is of breaths a minute.

        A small one beside the mere verb may be a dose or an hour: "breathing better since 8".
        """
        if self.beside(index, 4, 2, "breathe"):
            is_rate = any(self.says(after + far, "unit_minute") for far in (1, 2, 3))
            if is_rate and not self.beside(index, 3, 2, "heart_rate_word"):
                return True
        if value >= _FEW_BREATHS:
            return self.beside(index, 3, 2, "breath_rate_word")
        return self.beside(index, 3, 2, "breath_rate_name")

    def _is_of(self, after: int, *names: str) -> bool:
        """Say whether a measuring word follows with a small word between: "380 la glucosa".

        "50 glucose strips" are things.
        """
        return self.says(after, "article") and self.says(after + 1, *names)

    def _is_grams(self, after: int) -> bool:
        return after < len(self._tokens) and self._tokens[after].word in _GRAMS

    def _saturation(self, number: Numeral) -> Iterator[tuple[Measure | None, Fact]]:
        index, fact = number.first, Fact(number.value, number.first, number.last)
        strong = self.beside(index, 4, 4, "saturation_word")
        if not strong and not self.beside(index, 4, 3, "oxygen_word"):
            return
        lowest, highest = _SATURATIONS
        if lowest <= number.value <= highest:
            yield Measure.SATURATION, fact
        elif strong:
            yield None, fact

    def _temperature(self, number: Numeral) -> Iterator[tuple[Measure | None, Fact]]:
        index, value, last = number.first, number.value, number.last
        has_degree = self.says(last + 1, "degree")
        last += has_degree
        tenth = self._tenth(last + 1) if has_degree else None
        if tenth is not None:
            value, last = value + tenth / 10, last + 1
        celsius = self.says(last + 1, "unit_celsius")
        fahrenheit = self.says(last + 1, "unit_fahrenheit")
        named = self.beside(index, 4, 3, "fever", "temperature_word")
        exact = "." in self._tokens[index].word or "," in self._tokens[index].word
        degrees = _degrees(value, is_celsius=celsius, is_fahrenheit=fahrenheit)
        told = celsius or fahrenheit or has_degree or named
        if degrees is not None and (told or (exact and degrees >= _TELLING)):
            yield Measure.TEMPERATURE, Fact(degrees, index, last + (celsius or fahrenheit))
        elif degrees is None and self.beside(index, 3, 0, "temperature_word"):
            yield None, Fact(value, index, last)
        elif self.beside(index, 3, 0, "oxygen_word"):
            yield from self._saturation(number)

    def _tenth(self, index: int) -> float | None:
        """Give what stands behind the degree: `四十度二` is 40.2."""
        if index >= len(self._tokens) or any(self.says(index + 1, unit) for unit in _MINUTES):
            return None
        return digit(self._tokens[index])


def _between(
    measure: Measure, limits: tuple[float, float], fact: Fact
) -> Iterator[tuple[Measure | None, Fact]]:
    """Give a rate that a living child can have; any other number there means something else."""
    if limits[0] <= fact.value <= limits[1]:
        yield measure, fact


def _milligrams(glucose: float) -> float:
    """Give mg/dl; meters show nothing under 20 of these, so less is mmol/l (1 mmol/l is 18)."""
    return glucose * 18 if glucose < _LEAST_SHOWN else glucose


_LEAST_SHOWN = 20
# Meters of France show grams a litre: "3,8 g/l" are 380 mg/dl.
_GRAMS = frozenset({"g", "gr", "gramme", "grammes", "gramos", "gramas"})
_MILLIGRAMS_PER_DECILITRE = 100
_SUGARS = (10, 900)
_NAMED_BEHIND = (50, 100)
_SATURATIONS = (31, 100)
_BREATHS = (5, 150)
_FEW_BREATHS = 10
# What is lower may be a day, a share or a strength, so only what is high is read.
_UPPER, _LOWER, _LEAST_APART = range(130, 261), range(60, 161), 20
_BEATS = (25, 320)
# A bare "38.4" or "101.5" can only be a fever; a bare "36.6" may be anything.
_TELLING = 37.9


def _degrees(value: float, *, is_celsius: bool, is_fahrenheit: bool) -> float | None:
    """Give degrees Celsius within what a living child can have (FACTS E3 g: 30-43, 86-110)."""
    if 30 <= value <= 43 and not is_fahrenheit:  # noqa: PLR2004 - the limits of FACTS E3 g
        return value
    if 86 <= value <= 110 and not is_celsius:  # noqa: PLR2004 - the limits of FACTS E3 g
        # 100.4 F is the 38.0 C of the guidelines: rounded, or it would miss by a hair.
        return round((value - 32) * 5 / 9, 2)
    return None


def _covered(hits: Sequence[Hit]) -> frozenset[int]:
    return frozenset(index for hit in hits for index in range(hit.first, hit.last + 1))


def _names_of_breaths(seen: Sighting) -> frozenset[int]:
    """Give the words of a rate of breaths that are not the mere verb of the same language."""
    names = seen.hits.get("breath_rate_word", {})
    if not names:
        return frozenset()
    verbs: dict[int, int] = {}
    for hit, tongues in seen.hits.get("breathe", {}).items():
        for index in range(hit.first, hit.last + 1):
            verbs[index] = verbs.get(index, 0) | tongues
    return frozenset(
        index
        for hit in seen.clear("breath_rate_word")
        for index in range(hit.first, hit.last + 1)
        if not verbs.get(index, 0) & names[hit]
    )
