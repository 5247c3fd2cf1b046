"""Whether something is denied: "no fever", "not having a seizure", "no pain, cough or fever"."""

from collections.abc import Collection, Mapping, Sequence

from routing.triage.matcher import Hit, Sighting

NEEDED = (
    "negator", "negator_after", "negation_bridge", "noun_negator", "noun_bridge",
    "negation_joiner", "list_or", "false_negation",
)  # fmt: skip
"""The cues of a denial; a lexicon writes them like any other concept."""


class Denial:
    """The negations of one message, and what they reach."""

    def __init__(
        self, seen: Sighting, at: Mapping[str, Collection[int]], signs: Collection[str]
    ) -> None:
        """Look at the cues `at` their words.

        A list may deny `signs`, which somebody must act on: "no insulin, vomiting or pain" is no
        list of what is not there.
        """
        self._tokens = seen.tokens
        self._at = at
        self._says_no = any(at[name] for name in ("negator", "noun_negator", "negator_after"))
        self._begins = begins(seen, seen.hits.keys() - at.keys()) if self._says_no else {}
        self._signs = begins(seen, signs).keys() if self._says_no else ()

    def covers(self, parts: Sequence[Hit]) -> bool:
        """Say whether an idea, or one part of it, is denied: "cough for three days, no fever".

        A "no" that belongs to a part denies nothing: "she does not wake" is one idea.
        """
        if not self._says_no:
            return False
        first = min(part.first for part in parts)
        last = max(part.last for part in parts)
        if self._is_negated(first, last) or self._is_denied(last):
            return True
        if len(parts) == 1:
            return False
        own = {index for part in parts for index in range(part.first, part.last + 1)}
        return any(self._is_negated(part.first, part.last, own) for part in parts[1:]) or any(
            self._is_denied(part.last, own) for part in parts[:-1]
        )

    def _is_negated(self, first: int, last: int, own: Collection[int] = ()) -> bool:
        """Walk back over the few words that may stand between a negation and what it denies.

        Whatever a list names before is passed over as a whole: "no pain in the chest or cough".
        """
        sentence, clause = self._tokens[first].sentence, self._tokens[first].clause
        joined, nouns_only = False, True
        index = self._begin_of(first)
        for _step in range(_REACH):
            index -= 1
            if index < 0 or index in own or self._tokens[index].sentence != sentence:
                return False
            if self._tokens[index].clause != clause:
                if not nouns_only or not self._is_listed(first, last):
                    return False
                clause, joined = self._tokens[index].clause, True
            # "No having a seizure" is an answer; "no seizure" and "not having one" are negations.
            if self._denies(index, nouns_only=nouns_only):
                return not (self._is_taken(index) or self._is_false(index, last))
            if self._says("negation_joiner", index):
                joined = True
            elif joined and index in self._begins:
                if self._has_its_own_no(index) or index not in self._signs:
                    return False
                joined, index = False, self._begins[index]
            elif self._says("negation_bridge", index) or self._says("noun_bridge", index):
                nouns_only = nouns_only and self._says("noun_bridge", index)
            else:
                return False
        return False

    def _is_taken(self, index: int) -> bool:
        """Say whether a "no" denies what stands before it: "fever is-not he-coughs"."""
        return (
            self._says("negator_after", index)
            and index - 1 in self._begins
            and self._tokens[index - 1].clause == self._tokens[index].clause
        )

    def _is_denied(self, last: int, own: Collection[int] = ()) -> bool:
        """Walk on to a negation that stands behind: Hindi says "fever is not", Persian "has not".

        Only what may join two nouns or stand before the verb is passed over.
        """
        if not self._at["negator_after"]:
            return False
        sentence, clause = self._tokens[last].sentence, self._tokens[last].clause
        joined = False
        for index in range(last + 1, min(len(self._tokens), last + 1 + _REACH)):
            token = self._tokens[index]
            if token.sentence != sentence or token.clause != clause or index in own:
                return False
            if self._says("negator_after", index):
                return True
            if self._says("negation_joiner", index):
                joined = True
            elif self._says("negation_bridge", index) or self._says("noun_bridge", index):
                continue
            elif not (joined and index in self._begins):
                return False
        return False

    def _is_listed(self, first: int, last: int) -> bool:
        """Say whether a list that an "or" closes names it: "no fever, chest pain, or cough".

        Without the "or", what stands behind a comma is news: "no fever, chest pain since noon".
        """
        before = self._begin_of(first) - 1
        while self._says("noun_bridge", before) and not self._says("list_or", before):
            before -= 1
        if self._says("list_or", before):
            return True
        sentence = self._tokens[first].sentence
        is_closing = False
        for index in range(last + 1, len(self._tokens)):
            if self._tokens[index].sentence != sentence:
                return False
            if self._says("list_or", index):
                is_closing = True
            elif index in self._begins:
                if is_closing:
                    return True
            elif not self._says("noun_bridge", index):
                return False
        return False

    def _begin_of(self, index: int) -> int:
        """Give where the longest idea begins that holds a word and no negation."""
        return index if self._has_its_own_no(index) else self._begins.get(index, index)

    def _has_its_own_no(self, index: int) -> bool:
        """Say whether a "no" belongs to the idea of a word: "not eating" denies no chest pain."""
        begin = self._begins.get(index, index)
        return any(self._denies(at, nouns_only=True) for at in range(begin, index))

    def _denies(self, index: int, *, nouns_only: bool) -> bool:
        return self._says("negator", index) or (nouns_only and self._says("noun_negator", index))

    def _is_false(self, first: int, last: int) -> bool:
        return any(self._says("false_negation", index) for index in range(first, last + 1))

    def _says(self, name: str, index: int) -> bool:
        return index in self._at[name]


def begins(seen: Sighting, names: Collection[str]) -> Mapping[int, int]:
    """Give, for each word of some ideas, the first word of the longest idea that holds it."""
    found: dict[int, int] = {}
    for name in names:
        for first, last in seen.hits.get(name, ()):
            for index in range(first, last + 1):
                if found.get(index, last) >= first:
                    found[index] = first
    return found


_REACH = 7
