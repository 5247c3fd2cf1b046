"""Draws a line of mixed directions as a phone does: the implicit rules of UAX 9, slowly."""

import unicodedata

_NEUTRAL = frozenset({"B", "S", "WS", "ON", "BN"})


def as_drawn(line: str) -> str:
    """Give the characters of one line from left to right; marks that are not drawn are left out."""
    classes = [unicodedata.bidirectional(c) for c in line]
    first = next((k for k in classes if k in {"L", "R", "AL"}), "L")
    base = 0 if first == "L" else 1
    kinds = _resolve(classes, "R" if base else "L")
    levels = [_level(kind, base) for kind in kinds]
    order = list(range(len(line)))
    for level in range(max(levels, default=0), 0, -1):
        order = _reversed_runs(order, levels, level)
    return "".join(line[i] for i in order if classes[i] != "BN" and line[i] != "\u200e")


def _level(kind: str, base: int) -> int:
    if kind in {"EN", "AN"}:
        return 2
    if kind == "L":
        return 2 if base else 0
    return 1


def _resolve(classes: list[str], edge: str) -> list[str]:
    kinds = ["ON" if k == "BN" else k for k in classes]
    _numbers(kinds, edge)
    _separators(kinds)
    _latin_numbers(kinds, edge)
    _neutrals(kinds, edge)
    return kinds


def _numbers(kinds: list[str], edge: str) -> None:
    strong = edge
    for i, kind in enumerate(kinds):
        if kind in {"L", "R", "AL"}:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kinds[i] = "AN"  # W2
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]  # W3


def _separators(kinds: list[str]) -> None:
    for i in range(1, len(kinds) - 1):
        around = {kinds[i - 1], kinds[i + 1]}
        is_joined = kinds[i] == "CS" or (kinds[i] == "ES" and around == {"EN"})
        if is_joined and around in ({"EN"}, {"AN"}):
            kinds[i] = kinds[i - 1]  # W4
    kinds[:] = ["ON" if kind in {"ES", "ET", "CS", "NSM"} else kind for kind in kinds]  # W6


def _latin_numbers(kinds: list[str], edge: str) -> None:
    strong = edge
    for i, kind in enumerate(kinds):
        if kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[i] = "L"  # W7


def _neutrals(kinds: list[str], edge: str) -> None:
    start = 0
    while start < len(kinds):
        if kinds[start] not in _NEUTRAL:
            start += 1
            continue
        end = start
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        before = _side(kinds[start - 1]) if start else edge
        after = _side(kinds[end]) if end < len(kinds) else edge
        kinds[start:end] = [before if before == after else edge] * (end - start)  # N1, N2
        start = end


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _reversed_runs(order: list[int], levels: list[int], level: int) -> list[int]:
    drawn: list[int] = []
    run: list[int] = []
    for i in order:
        if levels[i] >= level:
            run.append(i)
        else:
            drawn += [*reversed(run), i]
            run = []
    return drawn + run[::-1]
