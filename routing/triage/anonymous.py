"""Takes names and numbers out of a message before it leaves this process.

It knows the people that Kinline knows around the family. A name that nobody wrote down (a
teacher, a neighbour) stays: this makes a text harmless to glance at, not anonymous by law.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

NAME, NUMBER, LINK = "[name]", "[number]", "[link]"

Span = tuple[int, int]

_LINKS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\w+|(?<!\w)@\w{2,}")
_PHONES = re.compile(r"\+?\d(?:[\s().\-/]{0,2}\d){6,}")
_NUMBERS = re.compile(r"\d+(?:[.,:/\-]\d+)*")
_BETWEEN = re.compile(r"[\s.,;:'’\"()/\-]+")
_SHORTEST = 2  # a single letter is an initial
# Shorter pieces of a name ("An", "Li") are words of many languages: only as they are written.
_SHORTEST_FOLDED = 3
# Scripts that put no spaces between words: there a name stands inside of what looks like one.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def anonymous(text: str, names: Iterable[str] = (), kept: Sequence[Span] = ()) -> str:
    """Take out links, known names and numbers.

    Args:
        text: what a family wrote, or what a reader answers.
        names: of people, as they were written down.
        kept: places of numbers that mean something (`Engine.measures`): they stay, unless
            they are part of what looks like a telephone number.
    """
    found = [(*match.span(), LINK) for match in _LINKS.finditer(text)]
    found += [(*match.span(), NUMBER) for match in _PHONES.finditer(text)]
    found += [
        (*match.span(), NUMBER)
        for match in _NUMBERS.finditer(text)
        if not any(start <= match.start() and match.end() <= end for start, end in kept)
    ]
    found += [(start, end, NAME) for start, end in _named(text, names)]
    return "".join(_without(text, found))


def _without(text: str, found: list[tuple[int, int, str]]) -> Iterator[str]:
    done = 0
    for start, end, instead in sorted(found, key=lambda one: (one[0], -one[1])):
        if start >= done:
            yield text[done:start]
            yield instead
        done = max(done, end)
    yield text[done:]


def _named(text: str, names: Iterable[str]) -> Iterator[Span]:
    folded, origin = _folded(text)
    for part in dict.fromkeys(part for name in names for part in _BETWEEN.split(name)):
        if len(part) < _SHORTEST:
            continue
        if _UNSPACED.search(part):
            yield from (match.span() for match in re.finditer(re.escape(part), text))
        elif len(part) < _SHORTEST_FOLDED:
            whole = rf"(?<!\w){re.escape(part)}(?!\w)"
            yield from (match.span() for match in re.finditer(whole, text))
        else:
            whole = rf"(?<!\w){re.escape(_folded(part)[0])}(?!\w)"
            for match in re.finditer(whole, folded):
                yield origin[match.start()], origin[match.end() - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """Fold case and accents; give the place in `text` of each letter that is left."""
    letters: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        for letter in unicodedata.normalize("NFKD", char.casefold()):
            if unicodedata.category(letter) != "Mn":
                letters.append(letter)
                origin.append(index)
    return "".join(letters), origin
