"""Beside each rule stand messages that it must find and look-alikes that it must leave alone."""

import pytest

from app.engine import packaged_engine
from routing.types import Assessment, Note

BOOK = packaged_engine().book


def _examples(kind: str) -> list[tuple[str, Note]]:
    return [
        (rule, note) for rule, examples in BOOK.examples.items() for note in getattr(examples, kind)
    ]


def _name(value: object) -> str | None:
    if isinstance(value, Note):
        flags = "+".join(sorted(value.flags))
        return f"{value.text} {flags}".encode("ascii", "replace").decode()
    return None


def _reasons(result: Assessment) -> list[str]:
    return [reason.rule for reason in result.reasons]


@pytest.mark.parametrize(("rule", "note"), _examples("triggers"), ids=_name)
def test_a_rule_finds_the_messages_beside_it(rule: str, note: Note) -> None:
    assert rule in _reasons(packaged_engine().assess(note))


@pytest.mark.parametrize(("rule", "note"), _examples("look_alikes"), ids=_name)
def test_a_rule_leaves_the_look_alikes_beside_it_alone(rule: str, note: Note) -> None:
    assert rule not in _reasons(packaged_engine().assess(note))


@pytest.mark.parametrize("rule", [rule.id for rule in BOOK.rules])
def test_a_rule_has_three_messages_and_two_look_alikes(rule: str) -> None:
    examples = BOOK.examples[rule]
    assert len(examples.triggers) >= 3
    assert len(examples.look_alikes) >= 2


def test_the_book_is_whole() -> None:
    """At least 150 rules (FACTS E2 and the everyday topics)."""
    assert len(BOOK.rules) >= 150
