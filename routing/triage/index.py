"""What matching looks up: every word and phrase of every lexicon, indexed once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.triage import views
from routing.triage.lexicon import Atom, Lexicon, Manner
from routing.triage.phrases import Phrases, Planting
from routing.triage.typos import Typos

Numbers = tuple[int, ...]
Table = dict[str, Numbers]
PARTS = (
    "exact", "toneless", "squeezed", "prefixes", "suffixes", "infixes", "guard", "fillers",
    "numbers", "shortest_typo", "speakers", "loose", "tongues", "asks_last",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Index:
    """Tables over all lexicons together: people mix languages (DESIGN 5).

    The first six give, for a form of a word, the numbers of the patterns that it fits: as
    written, without tones, with every run of letters squeezed (only where that fits others than
    as written, see `fitting_squeezed`), and by its beginning, its end or any part. `speakers` are
    the languages of the words that may be known misspelled. `loose` are patterns of so few
    letters that they fit words of every language: they say nothing about whether a word is
    known. `tongues` is the bit of each language, `asks_last` the bits of those that ask ahead
    behind what they ask about.
    """

    exact: Table
    toneless: Table
    squeezed: Table
    prefixes: Table
    suffixes: Table
    infixes: Table
    guard: frozenset[str]
    fillers: frozenset[str]
    numbers: Mapping[str, float]
    shortest_typo: int
    speakers: Mapping[str, frozenset[str]]
    loose: frozenset[int]
    tongues: Mapping[str, int]
    asks_last: int
    phrases: Phrases
    typos: Typos

    @classmethod
    def of(cls, lexicons: Iterable[Lexicon]) -> "Index":
        """Index all forms; see `Planter`."""
        planter = Planter()
        for lexicon in lexicons:
            planter.add(lexicon)
        return planter.index()

    def fitting_squeezed(self, form: str) -> Numbers:
        """Give the patterns that a squeezed form fits when theirs are squeezed too."""
        found = self.squeezed.get(form)
        return self.exact.get(form, ()) if found is None else found

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables, to be kept and read again by `of_state`."""
        return (*(getattr(self, part) for part in PARTS), self.phrases.state(), self.typos.state())

    @classmethod
    def of_state(cls, state: Sequence[object]) -> "Index":
        """Make the index of a kept state."""
        *parts, phrases, typos = state
        fields: dict[str, object] = dict(zip(PARTS, parts, strict=True))
        return cls(**fields, phrases=Phrases.of_state(phrases), typos=Typos.of_state(typos))  # type: ignore[arg-type]  # as `state` wrote it


_LOOSE = 4


class Planter:
    """Numbers the word patterns and plants the phrases over them.

    It keeps nothing of a lexicon but what the index needs, so that only one is in memory at once.
    """

    def __init__(self) -> None:
        """Begin with no language."""
        self._tongues: dict[str, int] = {}
        self._asks_last = 0
        self._manners: list[Manner] = []
        self._long: dict[str, frozenset[str]] = {}
        self._atoms: dict[Atom, int] = {}
        self._exact: Table = {}
        self._toneless: Table = {}
        self._squeezed: Table = {}
        self._prefixes: Table = {}
        self._suffixes: Table = {}
        self._infixes: Table = {}
        self._phrases = Planting()

    def add(self, lexicon: Lexicon) -> None:
        """Plant all forms of a language."""
        tongue = self._tongues[lexicon.tag] = 1 << len(self._tongues)
        self._manners.append(lexicon.manner)
        self._asks_last |= tongue if lexicon.manner.asks_last else 0
        self._long[lexicon.tag] = frozenset(_long_words(lexicon))
        tones = lexicon.manner.tones
        for form in lexicon.forms:
            row: list[int] = []
            for atom in form.atoms:
                number = self._atoms.get(atom)
                if number is None:
                    number = self._atoms[atom] = len(self._atoms)
                    self._enter(atom, number, tones=tones)
                row.append(number)
            self._phrases.plant(row, form.concept, tongue, blocks=form.blocks)

    def index(self) -> Index:
        """Give the tables of all languages that were added."""
        manners, exact = self._manners, self._exact
        speakers: dict[str, frozenset[str]] = {}
        groups: dict[frozenset[str], frozenset[str]] = {}  # few, and shared by many words
        near: set[str] = set()
        for (tag, words), manner in zip(self._long.items(), manners, strict=True):
            long = {word for word in words if word in exact}
            near |= long
            for word in long | manner.far_typos:
                both = speakers.get(word, frozenset()) | {tag}
                speakers[word] = groups.setdefault(both, both)
        squeezed = {k: v for k, v in self._squeezed.items() if v != exact.get(k)}
        return Index(
            exact, self._toneless, squeezed, self._prefixes, self._suffixes, self._infixes,
            guard=frozenset(
                view
                for manner in manners
                for word in manner.guard | manner.function_words
                for view in (word, views.bare(word))
            ),
            fillers=frozenset(word for manner in manners for word in manner.fillers),
            numbers={
                view: value
                for manner in manners
                for word, value in manner.numbers.items()
                for view in (word, views.bare(word), views.look_alike(word))
            },
            shortest_typo=min((manner.shortest_typo for manner in manners), default=5),
            speakers=speakers,
            loose=self._loose(),
            tongues=self._tongues,
            asks_last=self._asks_last,
            phrases=Phrases.of(self._phrases),
            typos=Typos.of(near, (w for manner in manners for w in manner.far_typos if w in exact)),
        )  # fmt: skip

    def _loose(self) -> frozenset[int]:
        """Give the numbers of the open patterns of four letters and fewer."""
        return frozenset(
            number
            for atom, number in self._atoms.items()
            if any(atom.wild) and len(atom.form) <= _LOOSE and atom.form.isascii()
        )

    def _enter(self, atom: Atom, number: int, *, tones: bool) -> None:
        table = {
            (False, False): self._exact,
            (False, True): self._prefixes,
            (True, False): self._suffixes,
            (True, True): self._infixes,
        }[atom.wild]
        plain = views.bare(atom.form)
        for view in {atom.form} if tones else {atom.form, plain}:
            table[view] = (*table.get(view, ()), number)
        if tones and plain != atom.form:
            self._toneless[plain] = (*self._toneless.get(plain, ()), number)
        elif table is self._exact:
            thin = views.squeezed(plain)
            self._squeezed[thin] = (*self._squeezed.get(thin, ()), number)


def _long_words(lexicon: Lexicon) -> Iterable[str]:
    """List the whole words of a language that are long enough to be known misspelled."""
    words = {atom.form for form in lexicon.forms for atom in form.atoms if not any(atom.wild)}
    for word in words:
        for view in {word, views.bare(word)}:
            if len(view) >= lexicon.manner.shortest_typo:
                yield view
