"""What matching looks up: every word and phrase of every lexicon, indexed once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.triage import views
from routing.triage.lexicon import Atom, Form, Lexicon
from routing.triage.phrases import Phrases, Planting
from routing.triage.typos import Typos

Numbers = tuple[int, ...]
Table = dict[str, Numbers]
PARTS = (
    "exact", "toneless", "squeezed", "prefixes", "suffixes", "infixes", "guard", "fillers",
    "numbers", "shortest_typo", "speakers", "loose", "tongues",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Index:
    """Tables over all lexicons together: people mix languages (DESIGN 5).

    The first six give, for a form of a word, the numbers of the patterns that it fits: as
    written, without tones, with every run of letters squeezed, and by its beginning, its end or
    any part. `speakers` are the languages of the words that may be known misspelled. `loose` are
    patterns of so few letters that they fit words of every language: they say nothing about
    whether a word is known. `tongues` is the bit of each language.
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
    phrases: Phrases
    typos: Typos

    @classmethod
    def of(cls, lexicons: Sequence[Lexicon]) -> "Index":
        """Index all forms."""
        tongues = {one.tag: 1 << number for number, one in enumerate(lexicons)}
        planter = _Planter(tongues)
        for lexicon in lexicons:
            for form in lexicon.forms:
                planter.plant(form, tones=lexicon.manner.tones)
        speakers: dict[str, frozenset[str]] = {}
        near: set[str] = set()
        for one in lexicons:
            tag = frozenset((one.tag,))
            long = {word for word in _long_words(one) if word in planter.exact}
            near |= long
            for word in long | one.manner.far_typos:
                speakers[word] = speakers.get(word, frozenset()) | tag
        far = (word for one in lexicons for word in one.manner.far_typos if word in planter.exact)
        return cls(
            planter.exact, planter.toneless, planter.squeezed, planter.prefixes, planter.suffixes,
            planter.infixes,
            guard=frozenset(
                view
                for lexicon in lexicons
                for word in lexicon.manner.guard | lexicon.manner.function_words
                for view in (word, views.bare(word))
            ),
            fillers=frozenset(w for lexicon in lexicons for w in lexicon.manner.fillers),
            numbers={
                view: value
                for lexicon in lexicons
                for word, value in lexicon.manner.numbers.items()
                for view in (word, views.bare(word), views.look_alike(word))
            },
            shortest_typo=min((one.manner.shortest_typo for one in lexicons), default=5),
            speakers=speakers,
            loose=planter.loose(),
            tongues=tongues,
            phrases=Phrases.of(planter.phrases),
            typos=Typos.of(near, far),
        )  # fmt: skip

    def state(self) -> tuple[object, ...]:
        """Give everything as plain tables, to be kept and read again by `of_state`."""
        return (*(getattr(self, part) for part in PARTS), self.phrases.state(), self.typos.state())

    @classmethod
    def of_state(cls, state: Sequence[object]) -> "Index":
        """Make the index of a kept state."""
        *parts, phrases, typos = state
        fields: dict[str, object] = dict(zip(PARTS, parts, strict=True))
        return cls(**fields, phrases=Phrases.of_state(phrases), typos=Typos.of_state(typos))  # type: ignore[arg-type]  # as `state` wrote it


_LOOSE = 3


class _Planter:
    """Numbers the word patterns and plants the phrases over them."""

    def __init__(self, tongues: Mapping[str, int]) -> None:
        self._tongues = tongues
        self._atoms: dict[Atom, int] = {}
        self.exact: Table = {}
        self.toneless: Table = {}
        self.squeezed: Table = {}
        self.prefixes: Table = {}
        self.suffixes: Table = {}
        self.infixes: Table = {}
        self.phrases = Planting()

    def plant(self, form: Form, *, tones: bool) -> None:
        row: list[int] = []
        for atom in form.atoms:
            number = self._atoms.get(atom)
            if number is None:
                number = self._atoms[atom] = len(self._atoms)
                self._enter(atom, number, tones=tones)
            row.append(number)
        tongue = self._tongues[form.language]
        self.phrases.plant(row, form.concept, tongue, blocks=form.blocks)

    def loose(self) -> frozenset[int]:
        """Give the numbers of the open patterns of three letters and fewer."""
        return frozenset(
            number
            for atom, number in self._atoms.items()
            if any(atom.wild) and len(atom.form) <= _LOOSE and atom.form.isascii()
        )

    def _enter(self, atom: Atom, number: int, *, tones: bool) -> None:
        table = {
            (False, False): self.exact,
            (False, True): self.prefixes,
            (True, False): self.suffixes,
            (True, True): self.infixes,
        }[atom.wild]
        plain = views.bare(atom.form)
        for view in {atom.form} if tones else {atom.form, plain}:
            table[view] = (*table.get(view, ()), number)
        if tones and plain != atom.form:
            self.toneless[plain] = (*self.toneless.get(plain, ()), number)
        elif table is self.exact:
            thin = views.squeezed(plain)
            self.squeezed[thin] = (*self.squeezed.get(thin, ()), number)


def _long_words(lexicon: Lexicon) -> Iterable[str]:
    """List the whole words of a language that are long enough to be known misspelled."""
    words = {atom.form for form in lexicon.forms for atom in form.atoms if not any(atom.wild)}
    for word in words:
        for view in {word, views.bare(word)}:
            if len(view) >= lexicon.manner.shortest_typo:
                yield view
