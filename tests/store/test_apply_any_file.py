"""What holds for every apply file: a second run changes nothing, and each value has its line."""

import tomllib
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.types import ChildFlag
from store.clinicfile.lines import places, written
from store.db import Database
from tests.store.clinic_files import MAPLE, OAK, apply_text

people = st.text(st.characters(categories=("L", "M", "Zs")), min_size=1, max_size=20).filter(
    lambda name: name.strip() == name
)
clinic_families = st.lists(
    st.tuples(
        people,
        st.lists(st.tuples(people, st.lists(st.sampled_from(list(ChildFlag)))), max_size=3),
        st.lists(st.tuples(people, st.sampled_from(["en", "es", "ar", "zh-Hant", ""])), max_size=3),
    ),
    max_size=4,
)


never_used = count(2000)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(families=clinic_families)
def test_whatever_a_file_holds_its_second_run_changes_nothing(
    sqlite_database: Database,
    tmp_path: Path,
    families: list[tuple[str, list[tuple[str, list[ChildFlag]]], list[tuple[str, str]]]],
) -> None:
    lines = [OAK]
    for name, children, caregivers in families:
        lines.append(f'[[families]]\nkey = "f{next(never_used)}"\nname = "{name}"\n')
        for child, flags in dict(children).items():
            listed = ", ".join(f'"{flag}"' for flag in flags)
            lines.append(f'[[families.children]]\nname = "{child}"\nflags = [{listed}]\n')
        for caregiver, language in caregivers:
            lines.append(f'[[families.caregivers]]\nname = "{caregiver}"\n')
            lines.append(f'phone = "+1312555{next(never_used)}"\n')
            lines.append(f'language = "{language}"\n' if language else "")
    apply_text(sqlite_database, tmp_path, "".join(lines))
    assert apply_text(sqlite_database, tmp_path, "".join(lines)).changes == ()


def test_every_value_of_a_file_has_a_line() -> None:
    found = places(MAPLE.encode())
    for path, value in _values(tomllib.loads(MAPLE), ()):
        line = MAPLE.splitlines()[found.line_of(path) - 1]
        assert str(value) in line, written(path)


def _values(value: Any, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Any]]:
    match value:
        case dict():
            return [v for key, inner in value.items() for v in _values(inner, (*path, key))]
        case list():
            return [v for i, inner in enumerate(value) for v in _values(inner, (*path, i))]
        case _:
            return [(path, value)]
