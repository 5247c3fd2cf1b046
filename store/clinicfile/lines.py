"""Finds the line on which each value of a TOML file stands, so that an error can name its place."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

Path = tuple[str | int, ...]
"""The way to a value: `("families", 0, "caregivers", 1, "phone")`."""

_KEYS = frozenset({"bare_key", "quoted_key", "dotted_key"})


@dataclass(frozen=True, slots=True)
class Places:
    """Where things stand. `repeated` holds the lines of keys that a table has already."""

    lines: Mapping[Path, int]
    repeated: tuple[int, ...]

    def line_of(self, path: Path) -> int:
        """Give the line where a value begins, or the nearest thing around it that the file has."""
        for length in range(len(path), 0, -1):
            within = [line for at, line in self.lines.items() if at[:length] == path[:length]]
            if within:
                return min(within)
        return 1


def places(source: bytes) -> Places:
    """Read the lines of all keys and list items; a file with errors gives those before them."""
    found: dict[Path, int] = {}
    repeated: list[int] = []
    root = Parser(Language(tree_sitter_toml.language())).parse(source).root_node
    for path, line in _document(root):
        if path in found:
            repeated.append(line)
        else:
            found[path] = line
    return Places(found, tuple(repeated))


def written(path: Path) -> str:
    """Write a path as people write it: `families[0].caregivers[1].phone`."""
    words = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return re.sub(r"^\.", "", words)


def _document(root: Node) -> Iterator[tuple[Path, int]]:
    tables: Counter[Path] = Counter()
    for node in root.children:
        match node.type:
            case "pair":
                yield from _pair(node, ())
            case "table":
                path = _within(tables, _header(node))
                yield path, _line(node)
                yield from _pairs(node, path)
            case "table_array_element":
                names = _header(node)
                around = (*_within(tables, names[:-1]), *names[-1:])
                path = (*around, tables[around])
                tables[around] += 1
                yield path, _line(node)
                yield from _pairs(node, path)


def _within(tables: Counter[Path], names: tuple[str, ...]) -> Path:
    """Follow a header: a name that is a list of tables means its last one so far."""
    path: Path = ()
    for name in names:
        path = (*path, name)
        if tables[path]:
            path = (*path, tables[path] - 1)
    return path


def _pairs(table: Node, path: Path) -> Iterator[tuple[Path, int]]:
    for child in table.children:
        if child.type == "pair":
            yield from _pair(child, path)


def _pair(pair: Node, around: Path) -> Iterator[tuple[Path, int]]:
    path = (*around, *_header(pair))
    yield path, _line(pair)
    for value in pair.children[1:]:
        yield from _value(value, path)


def _value(value: Node, path: Path) -> Iterator[tuple[Path, int]]:
    if value.type == "inline_table":
        yield from _pairs(value, path)
    elif value.type == "array":
        items = [child for child in value.children if child.is_named and child.type != "comment"]
        for index, item in enumerate(items):
            yield (*path, index), _line(item)
            yield from _value(item, (*path, index))


def _header(node: Node) -> tuple[str, ...]:
    for child in node.children:
        if child.type in _KEYS:
            return _names(child)
    return ()


def _names(key: Node) -> tuple[str, ...]:
    if key.type == "dotted_key":
        return tuple(name for part in key.children if part.type in _KEYS for name in _names(part))
    text = (key.text or b"").decode(errors="replace")
    return (text[1:-1] if key.type == "quoted_key" else text,)


def _line(node: Node) -> int:
    return node.start_point.row + 1
