"""The commands `kinline lexicon check` and `kinline lexicon save`."""

from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from app.engine import bundle, lexicons, packaged_engine, rule_files
from app.terminal import Refused, say
from routing.triage import SourceError
from routing.triage.depths import DANGER_DEPTH, EMERGENCY_DEPTH, FULL_DEPTH
from routing.triage.scrutiny import Depth, Remark, Scrutiny, Sources


def check(tags: Sequence[str], *, everything: bool) -> int:
    """Print what should be mended in rules and lexicons; 0 when nothing should, else 1.

    `tags` keeps to some languages; `everything` also prints what is only worth a look.
    """
    try:
        scrutiny = Scrutiny(Sources(rule_files(), lexicons(), packaged_engine()))
    except SourceError as fault:
        raise Refused(str(fault)) from fault
    depths = list(scrutiny.depths())
    strangers = sorted(set(tags) - {depth.tag for depth in depths})
    if strangers:
        raise Refused(f"{strangers[0]}: no such language; there is none in locales/")
    say(*_table(depth for depth in depths if not tags or depth.tag in tags))
    remarks = list(dict.fromkeys(scrutiny.remarks(tags)))
    places = Places()
    mend = [one for one in remarks if not one.note]
    look = [one for one in remarks if one.note]
    say(*(f"mend  {places.of(one)}" for one in mend))
    if everything:
        say(*(f"look  {places.of(one)}" for one in look))
    rest = "" if everything else " (--all shows them)"
    say(f"{len(mend)} to mend, {len(look)} to look at{rest}.")
    return 1 if mend else 0


def save(place: Path, *, force: bool) -> int:
    """Write the rules and words of this version to one file, for `triage --compare`."""
    if place.exists() and not force:
        raise Refused(f"{place}: is there already; --force replaces it")
    try:
        place.write_text(bundle(), encoding="utf-8")
    except OSError as error:
        raise Refused(f"{place}: cannot be written: {error.strerror}.") from None
    say(f"{place}: rules and words, version {packaged_engine().version}.")
    return 0


class Places:
    """Where each remark points: file and line, found in the text of the file."""

    def __init__(self) -> None:
        self._lines: dict[str, list[str]] = {}

    def of(self, remark: Remark) -> str:
        """Write a remark as one line that an editor can jump to."""
        path, entry = _path(remark.file), f" [{remark.entry}]" if remark.entry else ""
        number = self._number(path, remark)
        text = f" {remark.text!r}" if remark.text else ""
        return f"{path}{f':{number}' if number else ''}{entry}{text}: {remark.sentence}"

    def _number(self, path: str, remark: Remark) -> int | None:
        if not path.endswith(".toml"):
            return None
        if path not in self._lines:
            self._lines[path] = _resource(path).read_text(encoding="utf-8").splitlines()
        lines = self._lines[path]
        heads = (f"[{remark.entry}]", f'id = "{remark.entry}"')
        first = next((n for n, line in enumerate(lines) if line.strip() in heads), None)
        if first is None or not remark.text:
            return None if first is None else first + 1
        quoted = f'"{remark.text}"'
        for number in range(first + 1, len(lines)):
            if lines[number].startswith("["):
                break
            if quoted in lines[number]:
                return number + 1
        return first + 1


def _path(file: str) -> str:
    tag, _slash, name = file.partition("/")
    if name:
        return f"locales/{tag}/lexicon/{name}"
    return f"routing/triage/rules/{file}" if file.endswith(".toml") else f"locales/{file}/lexicon"


def _resource(path: str) -> Traversable:
    package, *rest = path.split("/")
    return files(package).joinpath(*rest)


def _table(depths: Iterable[Depth]) -> Iterator[str]:
    names = dict.fromkeys(DANGER_DEPTH, "danger") | dict.fromkeys(EMERGENCY_DEPTH, "first")
    order = (*FULL_DEPTH, *DANGER_DEPTH, *EMERGENCY_DEPTH)
    yield f"{'':5} {'depth':7} {'concepts':>9} {'forms':>6}  read by"
    for depth in sorted(depths, key=lambda d: order.index(d.tag) if d.tag in order else len(order)):
        name = names.get(depth.tag, "full")
        share = f"{depth.written}/{depth.wanted}"
        reviewed = depth.reviewed_by or "nobody yet: draft"
        yield f"{depth.tag:5} {name:7} {share:>9} {depth.forms:6}  {reviewed}"
    yield ""
