"""Takes phone reactions and quotations of our own texts off before a message is judged (C15).

A phone turns a tap on our bubble into a text such as `Liked "Call 911 now …"`, in the phone's
language. What is recognised is the quotation of words that we sent, not the verb, so that it
works in every language. A family's own words are never taken off.

A telephone that is driven answers our texts by itself, and has the word "urgent" in it.
"""

import re
import unicodedata
from dataclasses import dataclass

# The longest verb phrase of a reaction that was seen, before and behind the quotation together.
LONGEST_VERB = 40
# Shorter pieces of our texts ("Call 911") are things a family may write themselves.
SHORTEST_QUOTATION = 20
QUOTES = frozenset("\"'“”„‟‘’‚«»‹›「」『』")
ELLIPSES = ("…", "...")
# Word by word what an iPhone in its driving mode sends to whoever texts it; whoever changed these
# words is read as somebody who wrote them.
_BY_ITSELF = re.compile(
    r"I['’]m driving with (?:Driving Focus|Focus|Do Not Disturb While Driving) turned on\. "
    r"I['’]ll see your message when I get where I['’]m going\."
    r"|\(I['’]m not receiving notifications\. If this is urgent, reply [\"“]urgent[\"”] to send a "
    r"notification through with your original message\.\)"
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the family wrote themselves.

    `text` is as long as the message: what was taken off is blank, so that spans still fit.
    `is_reaction`: nothing is left but what may be the verb of a reaction ("Liked"); whether it
    says anything itself is for triage to find out. Or the telephone wrote it all.
    """

    text: str
    taken_off: bool
    is_reaction: bool


def own_words(text: str, ours: tuple[str, ...]) -> OwnWords:
    """Blank out reactions to and quotations of `ours`, the texts that we sent to this contact."""
    reaction = _reaction(text, frozenset(_even(sent) for sent in ours))
    if reaction is not None:
        first, last = reaction
        blanked = text[:first] + " " * (last - first) + text[last:]
        return OwnWords(blanked, taken_off=True, is_reaction=True)
    blanked = text
    for sent in ours:
        if len(sent) >= SHORTEST_QUOTATION:
            blanked = blanked.replace(sent, " " * len(sent))
    written = _BY_ITSELF.sub(lambda found: " " * len(found[0]), blanked)
    is_by_itself = written != blanked and not written.strip()
    return OwnWords(written, taken_off=written != text, is_reaction=is_by_itself)


def _reaction(text: str, ours: frozenset[str]) -> tuple[int, int] | None:
    """Find where a text of ours stands in quotation marks, beside a verb and nothing else."""
    quotes = [index for index, character in enumerate(text) if character in QUOTES]
    for number, first in enumerate(quotes, start=1):
        for last in reversed(quotes[number:]):
            verb = text[:first] + text[last + 1 :]
            if len(verb) > LONGEST_VERB:
                break
            if verb.strip() and _quotes(text[first + 1 : last], ours):
                return first, last + 1
    return None


def _quotes(quoted: str, ours: frozenset[str]) -> bool:
    # What begins otherwise is not evened out as a whole: a message may be full of such marks.
    start = _even(quoted[: 2 * SHORTEST_QUOTATION])[: SHORTEST_QUOTATION - 1]
    for ellipsis in ELLIPSES:
        start = start.removesuffix(ellipsis).rstrip()
    if not any(sent.startswith(start) for sent in ours):
        return False
    words = _even(quoted)
    for ellipsis in ELLIPSES:
        words = words.removesuffix(ellipsis).rstrip()
    if words in ours:
        return True
    return len(words) >= SHORTEST_QUOTATION and any(sent.startswith(words) for sent in ours)


def _even(text: str) -> str:
    """Even out spaces, capitals and the invisible characters that phones put around quotations."""
    visible = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(visible.split()).casefold()
