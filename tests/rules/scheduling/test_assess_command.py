"""`manage.py assess` as a person or a script meets it. No test here has a database."""

import gc
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from scheduling.protocols import DEFAULT_PROTOCOL

ROOT = Path(__file__).resolve().parents[3]

COURSE: dict[str, Any] = {
    "format": "prrt-course/1",
    "id": "Zoë",
    "as_of": "2025-03-01T12:00:00-05:00",
    "timezone": "America/New_York",
    "protocol": DEFAULT_PROTOCOL,
    "patient": {"sex": "female", "birth_date": "1958-03-02"},
    "infusions": [
        {"cycle": 1, "started_at": "2025-01-14T10:00:00-05:00", "ended_at": "2025-01-14T10:40:00-05:00"},
        {"cycle": 2, "planned_on": "2025-03-11"},
    ],
    "results": [
        {
            "id": "r1",
            "loinc": "777-3",
            "value": "74",
            "unit": "10*9/L",
            "low": "150",
            "high": "400",
            "collected_at": "2025-02-25T09:00:00-05:00",
            "status": "final",
        }
    ],
}


def written(folder: Path, *courses: object, name: str = "course.json", lines: bool = False) -> str:
    path = folder / name
    text = "\n".join(map(json.dumps, courses)) if lines else json.dumps(courses[0], indent=2)
    path.write_text(text, encoding="utf-8")
    return str(path)


def assess(*arguments: str) -> str:
    output = io.StringIO()
    call_command("assess", *arguments, stdout=output)
    return output.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        assess(*arguments)
    assert caught.value.returncode == 2
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_one_course_is_answered_for_people(tmp_path: Path) -> None:
    output = assess(written(tmp_path, COURSE))

    assert output.startswith('{\n  "id": "Zoë",\n  "as_of"')
    answer = json.loads(output)
    assert answer["next_dose"]["action"] == "hold"
    assert answer["next_dose"]["text"].startswith("Hold: ")


def test_jsonl_is_one_compact_line_for_each_course_in_order(tmp_path: Path) -> None:
    courses = [COURSE | {"id": f"c{number}"} for number in range(3)]
    for given in (
        written(tmp_path, *courses, lines=True, name="lines.jsonl"),
        written(tmp_path, courses, name="array.json"),
    ):
        lines = assess(given, "--jsonl").splitlines()

        assert [json.loads(line)["id"] for line in lines] == ["c0", "c1", "c2"]


def test_as_of_asks_what_was_known_then(tmp_path: Path) -> None:
    answer = json.loads(assess(written(tmp_path, COURSE), "--as-of", "2025-02-20T12:00:00-05:00"))

    assert answer["grades"] == []
    assert answer["next_dose"]["days_since_last_infusion"] == 37


def test_another_protocol_can_be_asked(tmp_path: Path) -> None:
    answer = json.loads(assess(written(tmp_path, COURSE), "--protocol", "lutathera-us-2018"))

    assert answer["protocol"] == "lutathera-us-2018"
    assert answer["next_dose"]["last_allowed_on"] == "2025-05-05"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(COURSE).encode())))

    assert json.loads(assess("-"))["id"] == "Zoë"


def test_standard_input_is_named_in_its_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"{}")))

    assert refusal("-").startswith("standard input, line 1: ")


def test_a_malformed_file_is_one_sentence_with_file_and_path(tmp_path: Path) -> None:
    results = [COURSE["results"][0] | {"collected_at": "2025-02-30T09:00:00Z"}]
    path = written(tmp_path, COURSE | {"results": results})

    assert refusal(path).startswith(f"{path}: results[0].collected_at must be an instant that exists")


def test_a_malformed_line_is_named_after_the_answers_before_it(tmp_path: Path) -> None:
    path = written(tmp_path, COURSE, COURSE | {"protocol": "other"}, lines=True)
    output = io.StringIO()

    with pytest.raises(CommandError, match=r"line 2: protocol must be one of"):
        call_command("assess", path, "--jsonl", stdout=output)

    assert len(output.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--as-of", "2025-02-20T12:00:00"), "--as-of: must carry its time zone"),
        (("--as-of", "yesterday"), "--as-of: must be an instant that exists"),
        (("--protocol", "mars"), "unknown protocol 'mars'"),
    ],
)
def test_wrong_options_are_one_sentence(tmp_path: Path, arguments: tuple[str, ...], sentence: str) -> None:
    assert refusal(written(tmp_path, COURSE), *arguments).startswith(sentence)


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    assert refusal(str(tmp_path / "none.json")).endswith(
        "none.json: cannot be read: No such file or directory"
    )
    assert refusal(str(tmp_path)).endswith("cannot be read: Is a directory")


def test_a_course_leaves_no_cycles_so_the_collector_may_rest(tmp_path: Path) -> None:
    """Else memory would grow with the length of the file."""
    path = written(tmp_path, *[COURSE | {"id": f"c{number}"} for number in range(20)], lines=True)
    assess(path, "--jsonl")
    gc.collect()
    gc.disable()
    try:
        assess(path, "--jsonl")
        assert gc.collect() < 20 * len(COURSE)
    finally:
        gc.enable()


def test_the_program_needs_no_database_and_says_so_by_its_exit_codes(tmp_path: Path) -> None:
    nowhere = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
        "REDIS_URL": "redis://127.0.0.1:9/0",
    }

    def run(path: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", "assess", path, "--jsonl"],
            cwd=ROOT,
            env=os.environ | nowhere,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    good = run(written(tmp_path, COURSE))
    bad = run(written(tmp_path, COURSE | {"as_of": None}, name="bad.json"))

    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["id"] == "Zoë"
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.splitlines() == [f"CommandError: {tmp_path}/bad.json: as_of must be text, not null"]
