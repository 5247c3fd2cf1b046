"""`kinline triage`: JSON lines in, one answer a line, in order (DESIGN 8)."""

import io
import json
import shutil
from pathlib import Path

import pytest

from app import triage_compare
from app.engine import bundle, packaged_engine
from app.readers import learned
from app.terminal import Refused
from app.triage_command import run
from benchmarks import labelled
from routing.triage.second import raises
from routing.types import Urgency


def _run(*lines: str, pretty: bool = False) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = run(io.StringIO("\n".join(lines) + "\n"), out, err, pretty=pretty)
    return code, out.getvalue(), err.getvalue()


def test_a_line_gets_exactly_the_contract_s_keys() -> None:
    code, out, err = _run('{"id": "m1", "text": "he cant breathe"}')
    answer = json.loads(out)
    assert (code, err) == (0, "")
    assert list(answer) == [
        "id", "urgency", "hazard", "topics", "language", "understood", "reasons", "set_aside",
        "version",
    ]  # fmt: skip
    assert answer["urgency"] == "emergency"
    reason = answer["reasons"][0]
    assert list(reason) == ["rule", "why", "text", "span", "spans"]
    start, end = reason["span"]
    assert "he cant breathe"[start:end] == reason["text"]


def test_a_second_reader_is_asked_where_it_is_named_and_says_so() -> None:
    """Of the messages that it has learned from, one that the words alone leave below `urgent`."""
    found = ((one, packaged_engine().assess(one.note)) for one in labelled.own(labelled.TAUGHT))
    note = next(
        one.note
        for one, first in found
        if first.urgency < Urgency.URGENT and raises(first, learned("linear").read(one.note, first))
    )
    line = json.dumps({"id": 1, "text": note.text})
    alone, behind = io.StringIO(), io.StringIO()
    run(io.StringIO(line), alone, io.StringIO())
    run(io.StringIO(line), behind, io.StringIO(), readers=["linear"])
    rules, both = json.loads(alone.getvalue()), json.loads(behind.getvalue())
    assert both["urgency"] == "urgent"
    assert both["reasons"][0]["rule"] == "second_reader.linear"
    assert both["reasons"][1:] == rules["reasons"]


def test_flags_age_and_language_are_read() -> None:
    line = {
        "id": 7, "text": "fever 38.4", "child_flags": ["central_line"], "age_months": 50,
        "prior_language": "es-US",
    }  # fmt: skip
    _code, out, _err = _run(json.dumps(line))
    answer = json.loads(out)
    assert answer["id"] == 7
    assert answer["urgency"] == "urgent"


def test_unreadable_lines_go_to_standard_error_with_their_number_and_no_words() -> None:
    code, out, err = _run(
        '{"id": 1, "text": "hello"}',
        "secret words",
        "[]",
        "3",
        '{"id": 2}',
        '{"text": "no id"}',
        '{"id": 3, "text": "x", "child_flags": ["wings"]}',
        '{"id": 3, "text": "x", "age_months": "two"}',
        '{"id": 3, "text": "x", "prior_language": 5}',
        '{"id": 3, "text": "x", "colour": "red"}',
        "",
        '{"id": 4, "text": "appointment"}',
    )
    assert code == 2
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, 4]
    assert [line.split(":")[0] for line in err.splitlines()] == [f"line {n}" for n in range(2, 11)]
    assert "secret" not in err


def test_each_answer_is_flushed_before_the_next_line_is_read() -> None:
    flushed: list[int] = []

    class Out(io.StringIO):
        def flush(self) -> None:
            flushed.append(len(self.getvalue().splitlines()))

    lines = io.StringIO('{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}\n')
    run(lines, Out(), io.StringIO(), pretty=False)
    assert flushed == [1, 2]


def test_nothing_that_a_line_may_hold_stops_the_lines_after_it() -> None:
    code, out, err = _run(
        '\ufeff{"id": 1, "text": "hello"}',
        '{"id": 2, "text": "x", "age_months": 1e999}',
        '{"id": 2, "text": "x", "age_months": NaN}',
        '{"id": 2, "text": "x", "age_months": -1}',
        '{"id": 2, "text": "x", "age_months": true}',
        '{"id": 2, "text": "x", "child_flags": ""}',
        '{"id": 2, "text": "x", "child_flags": [["trach"]]}',
        '{"id": 2, "text": "x", "child_flags": {"trach": true}}',
        '{"id": 2, "text": null}',
        '{"id": 2, "text": "x", "age_months": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"id": null, "text": "", "child_flags": null, "age_months": null, "prior_language": null}',
    )
    assert code == 2
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, None]
    assert [line.split(":")[0] for line in err.splitlines()] == [f"line {n}" for n in range(2, 12)]


def test_labelled_messages_can_be_read_as_they_are() -> None:
    code, out, _err = _run(
        '{"id": "en-1", "text": "refill", "gold": "routine", "topic": "everyday"}',
        '{"id": "en-2", "text": "refill", "gold": "routine", "look_alike": true, "accept": []}',
    )
    assert (code, len(out.splitlines())) == (0, 2)


def test_a_lone_surrogate_does_not_stop_the_output() -> None:
    for pretty in (False, True):
        code, out, _err = _run('{"id": 1, "text": "he cant breathe \\ud800"}', pretty=pretty)
        assert code == 0
        assert "emergency" in out.lower()
        assert out.encode("utf-8")


def _explained(text: str, **more: object) -> str:
    code, out, err = _run(json.dumps({"id": 1, "text": text, **more}), pretty=True)
    assert (code, err) == (0, "")
    return " ".join(out.replace("\n  > ", " ").split())


def test_pretty_explains_like_a_colleague() -> None:
    told = _explained("his lips are blue, no fever. refill too")
    assert told.startswith("EMERGENCY. Somebody must act now. (medical) | his [lips] are [blue],")
    assert "“lips are blue”: Blue, grey or purple lips, face or skin can mean" in told
    assert "(rule breathing.blue; FACTS E2 row 2)" in told
    assert "“fever” is denied. It would have been soon: Fever" in told
    assert "“refill”: About medicine" in told
    assert "Alone: routine." in told
    assert "Language: English." in told
    assert "told at once (safety.call_emergency): Call 911 now." in told
    assert "\x1b" not in told


def test_pretty_shows_a_draft_after_the_english_words() -> None:
    told = _explained("mi hijo no puede respirar")
    assert "nobody has reviewed the translation yet" in told
    assert told.index("Call 911 now") < told.index("Llame")


def test_pretty_says_what_was_not_understood_and_that_no_safety_words_go_out() -> None:
    told = _explained("")
    assert "(no words)" in told
    assert "Not understood: a person must read it" in told
    assert "The family gets no safety words." in told


def test_pretty_lets_no_sign_of_a_message_move_the_cursor() -> None:
    told = _explained("he cant breathe \x1b[2J \u202e dear")
    assert "<U+001B>[2J <U+202E> dear" in told


def test_pretty_parts_two_messages_by_an_empty_line() -> None:
    _code, out, _err = _run('{"id": 1, "text": "cita"}', '{"id": 2, "text": "refill"}', pretty=True)
    assert "\n\nROUTINE." in out


def test_pretty_colours_on_a_terminal_unless_told_not_to(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = []
    for no_colour in ("", "1"):
        monkeypatch.setenv("NO_COLOR", no_colour)
        out = Terminal()
        run(io.StringIO('{"id": 1, "text": "blue lips"}'), out, io.StringIO(), pretty=True)
        shown.append(out.getvalue())
    assert "\x1b[1;31m[blue lips]\x1b[0m" in shown[0]
    assert "\x1b" not in shown[1]


ROOT = Path(__file__).parents[3]


def _compared(old: Path, *lines: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = triage_compare.run(io.StringIO("\n".join(lines)), out, err, old=old)
    return code, out.getvalue(), err.getvalue()


def test_compare_names_what_moved_since_another_folder(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "routing" / "triage" / "rules", tmp_path / "routing/triage/rules")
    shutil.copytree(ROOT / "locales", tmp_path / "locales")
    for name, old, new in (
        ("illness", '"soon"', '"urgent"'),
        ("breathing", '"emergency"', '"urgent"'),
    ):
        file = tmp_path / "routing" / "triage" / "rules" / f"{name}.toml"
        file.write_text(file.read_text().replace(f"urgency = {old}", f"urgency = {new}"))
    code, out, err = _compared(
        tmp_path,
        '{"id": "a", "text": "fever 38.6"}',
        "nonsense",
        '{"id": "b", "text": "her lips are blue"}',
        '{"id": "c", "text": "refill please"}',
    )
    assert (code, err[:7]) == (2, "line 2:")
    assert "Messages: 3. Moved down: 1; moved up: 1; same level, other reasons: 0." in out
    assert "Down (urgent to soon: 1)\n  a: urgent to soon: fever 38.6\n" in out
    assert "Up (urgent to emergency: 1)\n  b: urgent to emergency: her lips are blue\n" in out


def test_compare_with_a_saved_bundle_of_the_same_words_moves_nothing(tmp_path: Path) -> None:
    saved = tmp_path / "words.json"
    saved.write_text(bundle(), encoding="utf-8")
    code, out, _err = _compared(saved, '{"id": "b", "text": "her lips are blue"}')
    version = out.split()[1].strip(",")
    assert (code, out.splitlines()[0]) == (0, f"Old {version}, new {version}.")
    assert "Messages: 1. Moved down: 0; moved up: 0" in out


def test_compare_refuses_what_holds_no_rules(tmp_path: Path) -> None:
    (tmp_path / "words.json").write_text("[]")
    for place in (tmp_path, tmp_path / "gone", tmp_path / "words.json"):
        with pytest.raises(Refused):
            _compared(place)
