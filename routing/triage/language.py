"""Guesses the language of a message from its function words and, for longer ones, pycld2."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import pycld2

from routing.triage import views
from routing.triage.depths import EMERGENCY_DEPTH
from routing.triage.lexicon import Lexicon, idea_of
from routing.triage.matcher import Token


class Tongues:
    """The function words and danger words of all lexicons, as votes for their language."""

    def __init__(self, tags: Iterable[str], votes: Mapping[str, tuple[str, ...]]) -> None:
        """Keep, for each word, the languages that it speaks for; see `Ballot`."""
        self.tags = frozenset(tags)
        self._votes = votes

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables."""
        return tuple(sorted(self.tags)), dict(self._votes)

    def guess(self, tokens: Sequence[Token], prior: str | None) -> str | None:
        """Give a base tag, or None when unsure.

        One or two words keep the contact's language where it fits (FACTS I4); `prior` also
        settles a tie.
        """
        words = _words(tokens)
        if not words:
            return None
        count = self._count(words)
        best = count.most_common(2)
        top, lead = _lead(best)
        if prior is not None and prior in self.tags and count[prior] == (best or [("", 0)])[0][1]:
            top, lead = prior, max(lead, min(1, count[prior]))
        if len(words) < _FEWEST:
            return top if lead > 0 else None
        read = _pycld2(words)
        tied = {tag for tag, number in count.items() if best and number == best[0][1]}
        if lead == 0 and tied and best[0][1] * 3 >= len(words):
            return read if read in tied else None  # two languages fit, and both are known
        if lead > 0 and (count[top] * 3 >= len(words) or read in {None, top}):
            return top
        if read is not None and (read not in self.tags or count[read] == count[top]):
            return read
        return top if lead > 0 else read

    def likeliest(self, tokens: Sequence[Token]) -> tuple[str, ...]:
        """Give the first languages by votes where `guess` is unsure; none where nothing votes."""
        return tuple(tag for tag, _votes in self._count(_words(tokens)).most_common(_LIKELIEST))

    def _count(self, words: Sequence[str]) -> Counter[str]:
        count: Counter[str] = Counter()
        for word in words:
            for tag in self._votes.get(word) or self._votes.get(views.look_alike(word), ()):
                count[tag] += 1
        return count


class Ballot:
    """Collects the votes, one language after another."""

    def __init__(self) -> None:
        """Begin with no language."""
        self._words: dict[str, frozenset[str]] = {}

    def add(self, lexicon: Lexicon) -> None:
        """Let the small words of a language and its entries of one word speak for it."""
        words = lexicon.manner.function_words | _sole_words(lexicon)
        self._words[lexicon.tag] = frozenset(v for word in words for v in (word, views.bare(word)))

    def tongues(self) -> Tongues:
        """Count.

        What a language read in depth says is not a stranger's: the little read of a stranger
        must not make its messages foreign.
        """
        deep = {tag: words for tag, words in self._words.items() if tag not in EMERGENCY_DEPTH}
        taken = frozenset(word for words in deep.values() for word in words)
        votes: dict[str, tuple[str, ...]] = {}
        for tag, words in sorted(self._words.items()):
            for word in words if tag in deep else words - taken:
                votes[word] = (*votes.get(word, ()), tag)
        return Tongues(self._words, votes)


_FEWEST = 3
_LIKELIEST = 3
_ENOUGH = 200
_SURE = 60
_SAME = {"zh-Hant": "zh", "zh-Hans": "zh", "iw": "he", "tl": "fil", "mww": "hmn", "jw": "jv"}


def _words(tokens: Sequence[Token]) -> list[str]:
    return [word for t in tokens if (word := _readable(t.word))[:1].isalpha()][:_ENOUGH]


def _readable(word: str) -> str:
    """Undo what hides a word, so that a disguised message is still one of its language."""
    if not word.isalpha():
        word = next(views.plain_digits(word), word)
    return views.unstretched(word)


def _sole_words(lexicon: Lexicon) -> frozenset[str]:
    """Give the whole words of a lexicon's entries; emoji and signs belong to nobody.

    Words that only count together are small words of many languages.
    """
    return frozenset(
        atom.form
        for form in lexicon.forms
        if len(form.atoms) == 1 and idea_of(form.concept) == form.concept
        for atom in form.atoms
        if atom.wild == (False, False) and atom.form.isalpha()
    )


def _lead(best: Sequence[tuple[str, int]]) -> tuple[str, int]:
    if not best:
        return "", 0
    behind = best[1][1] if len(best) > 1 else 0
    return best[0][0], best[0][1] - behind


def _pycld2(words: Sequence[str]) -> str | None:
    # pycld2 raises on lone surrogates and control characters; words hold only letters and digits.
    text = " ".join(words).encode("utf-8", "ignore").decode("utf-8")
    try:
        _reliable, _size, guesses = pycld2.detect(text, bestEffort=True)
    except pycld2.error:
        return None
    _name, tag, percent, _score = guesses[0]
    if tag == "un" or percent < _SURE:
        return None
    return _SAME.get(str(tag), str(tag).partition("-")[0])
