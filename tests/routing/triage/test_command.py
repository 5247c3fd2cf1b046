"""`kinline triage`: JSON lines in, one answer a line, in order (DESIGN 8)."""

import io
import json

from app.triage_command import run


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
    assert code == 1
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


def test_a_lone_surrogate_does_not_stop_the_output() -> None:
    code, out, _err = _run('{"id": 1, "text": "he cant breathe \\ud800"}', pretty=True)
    assert code == 0
    assert json.loads(out)["urgency"] == "emergency"
    assert out.encode("utf-8")


def test_pretty_output_is_for_eyes_and_still_json() -> None:
    _code, out, _err = _run('{"id": 1, "text": "mañana hay cita"}', pretty=True)
    assert out.count("\n") > 5
    assert json.loads(out)["topics"] == ["appointments"]
