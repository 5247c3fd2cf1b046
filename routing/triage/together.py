"""What words of several groups tell together, and beside which words a concept is another."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from routing.triage.lexicon import Beside, Frame
from routing.triage.matcher import Hit, Sighting


class Pairings(NamedTuple):
    """What the lexicons say about words that stand together.

    `frames` are those that words tell together, by the name of their first group; `besides` the
    words beside which a concept is meant otherwise, by the name of their group.
    """

    frames: Mapping[str, Frame]
    besides: Mapping[str, Beside]

    def of(self, seen: Sighting) -> "Together":
        """Keep what may count in a message: most groups stand there without the others."""
        names = seen.part_names()
        frames: dict[str, list[Frame]] = {}
        besides: dict[str, list[Beside]] = {}
        wanted: set[str] = set()
        for name in names:
            frame, beside = self.frames.get(name), self.besides.get(name)
            if frame is not None and names.issuperset(frame.groups):
                frames.setdefault(frame.concept, []).append(frame)
                wanted.update(frame.groups)
            elif beside is not None:
                besides.setdefault(beside.concept, []).append(beside)
                wanted.add(name)
        for rows in frames.values():
            rows.sort()
        return Together(frames, besides, _places(seen, wanted))


class Together(NamedTuple):
    """What words of one message may tell together.

    `frames` are, for each concept, those of which every group has a word there; `besides` the
    words beside which it may mean something else; `hits` are the places of all these words, with
    the languages that count them.
    """

    frames: Mapping[str, Sequence[Frame]]
    besides: Mapping[str, Sequence[Beside]]
    hits: Mapping[str, Mapping[Hit, int]]


def _places(seen: Sighting, wanted: Iterable[str]) -> Mapping[str, Mapping[Hit, int]]:
    found: dict[str, dict[Hit, int]] = {name: {} for name in wanted}
    if found:
        for hit, spoken in seen.parts:
            for name, tongues in spoken:
                if name in found:
                    found[name][hit] = found[name].get(hit, 0) | tongues
    return {name: dict(sorted(hits.items())) for name, hits in found.items()}
