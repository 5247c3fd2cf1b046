"""Staff read the name of a language, not its tag."""

import pytest

from locales.names import language_name
from routing.triage.depths import DANGER_DEPTH, EMERGENCY_DEPTH, FULL_DEPTH


@pytest.mark.parametrize("tag", [*FULL_DEPTH, *DANGER_DEPTH, *EMERGENCY_DEPTH])
def test_every_language_that_triage_knows_has_a_name(tag: str) -> None:
    assert language_name(tag, "en") not in {"", tag}
    assert language_name(tag, "en")[0].isupper()


@pytest.mark.parametrize(
    ("tag", "shown_in", "name"),
    [
        ("zh-Hant", "en", "Chinese (Traditional)"),
        ("my", "es", "birmano"),
        ("hmn", "en", "Hmong"),
        ("xx", "en", "xx"),
        (None, "en", ""),
    ],
)
def test_a_language_is_named_in_the_language_of_the_reader(
    tag: str | None, shown_in: str, name: str
) -> None:
    assert language_name(tag, shown_in) == name
