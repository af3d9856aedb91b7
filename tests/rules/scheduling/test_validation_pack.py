"""The matching rules of validation cases, the project's own pack, and `manage.py validate`."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from scheduling.protocols import all_protocols
from scheduling.validation.matching import MISSING, Difference, differences, matches
from scheduling.validation.pack import PACK, Case, case_files, read_cases, run_case

CASES = [(file.name, case) for file in case_files(PACK) for case in read_cases(file)]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1}),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [2]}}),
        ([{"row": "renal", "state": "open"}, {"row": "other"}], [{"row": "other"}]),
        ([], []),
        ("7.4", "7.40"),
        (74, "74.0"),
        ("0.912", ".912"),
        ("2025-01-14T10:00:00-05:00", "2025-01-14T15:00:00Z"),
        ("2025-01-14", "2025-01-14"),
        (None, None),
        (True, True),
        ("open", "open"),
    ],
)
def test_what_matches(answer: object, expected: object) -> None:
    assert matches(answer, expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"a": 1}, {"a": 1, "b": None}),
        ({"a": 1}, {"b": 1}),
        (None, {"a": 1}),
        ([1], []),
        ([], [1]),
        (None, []),
        (
            [{"row": "renal", "state": "open"}, {"row": "other", "state": "clear"}],
            [{"row": "other", "state": "open"}],
        ),
        ("7.4", "7.41"),
        ("open", "clear"),
        (None, "7.4"),
        ("7.4", None),
        (1, True),
        (False, 0),
        ("2025-01-14T10:00:00-05:00", "2025-01-14T10:00:00Z"),
        ("2025-01-14", "2025-01-14T00:00:00Z"),
        ("1e1", "10"),
        ({"a": 1}, "a"),
    ],
)
def test_what_does_not_match(answer: object, expected: object) -> None:
    assert not matches(answer, expected)


def test_a_difference_names_the_path_and_shows_the_nearest_element() -> None:
    answer = {"due": [{"item": "infusion", "cycle": 2, "state": "open"}, {"item": "ct-mri", "cycle": None}]}

    found = differences(answer, {"due": [{"item": "infusion", "cycle": 2, "state": "done"}]})

    assert found == [
        Difference(
            "due[]",
            {"item": "infusion", "cycle": 2, "state": "done"},
            {"item": "infusion", "cycle": 2, "state": "open"},
        )
    ]


def test_a_key_that_is_not_there_is_not_null() -> None:
    assert differences({}, {"cycle": None}) == [Difference("cycle", None, MISSING)]


def test_what_is_absent_must_match_nothing() -> None:
    answer = {"next_dose": {"missing": ["albumin"]}, "conflicts": [{"code": "interval-long", "cycle": 2}]}

    def absent(path: str, match: Any) -> bool:
        return not differences(answer, {}, [{"list": path, "match": match}])

    assert absent("conflicts", {"code": "interval-short"})
    assert absent("conflicts", {"code": "interval-long", "cycle": 3})
    assert not absent("conflicts", {"code": "interval-long"})
    assert absent("next_dose.missing", "platelets")
    assert not absent("next_dose.missing", "albumin")


@pytest.mark.parametrize("path", ["conflict", "next_dose", "next_dose.missing.more"])
def test_a_misspelled_list_does_not_pass_as_absent(path: str) -> None:
    assert differences({"next_dose": {"missing": []}}, {}, [{"list": path, "match": {}}])


@pytest.mark.hazard("H25")
@pytest.mark.parametrize(("name", "case"), CASES, ids=[case.id for _, case in CASES])
def test_the_rules_hold(name: str, case: Case) -> None:
    assert run_case(case, name=name).differences == ()


def test_the_pack_is_what_it_says() -> None:
    ids = [case.id for _, case in CASES]
    text = b"".join(bytes(case.course) for _, case in CASES).decode()

    assert len(ids) == len(set(ids)) == 766  # as README.md and docs/clinical/validation.md say
    assert all(case.source and case.title for _, case in CASES)
    assert all(f'"{key}"' in text for key in all_protocols())
    assert all(f'"ctcae": "{version}"' in text for version in ("4.03", "5.0", "6.0"))


def test_a_case_that_a_rule_breaks_is_found() -> None:
    """The same case with the other answer must fail: the pack can tell the two apart."""
    name, case = next((name, case) for name, case in CASES if case.id == "plt-75-2024")
    case = Case(case.id, case.course, {"next_dose": {"action": "hold"}})

    assert [difference.got for difference in run_case(case, name=name).differences] == ["give"]


# --- the command -------------------------------------------------------------------------------------


def validate(*arguments: str) -> str:
    output = io.StringIO()
    call_command("validate", *arguments, stdout=output)
    return output.getvalue()


def own_case(folder: Path, **changes: object) -> Path:
    case = json.loads((PACK / "blood-counts.json").read_text())[0] | {"id": "of-our-own"} | changes
    path = folder / "own.json"
    path.write_text(json.dumps([case]))
    return path


def test_the_table_has_a_line_for_every_case() -> None:
    lines = validate().splitlines()

    assert lines[0].split() == ["case", "source", "expected", "got", "ok"]
    assert lines[-1] == f"All {len(CASES)} cases hold."
    assert len(lines) == len(CASES) + 3


def test_a_hospitals_own_cases_run_after_the_projects(tmp_path: Path) -> None:
    own_case(tmp_path)

    lines = validate("--pack", str(tmp_path)).splitlines()

    assert lines[-2].startswith("of-our-own")
    assert lines[-1] == f"All {len(CASES) + 1} cases hold."


def test_a_difference_is_shown_and_ends_the_command_with_an_error(tmp_path: Path) -> None:
    path = own_case(tmp_path, expect={"next_dose": {"action": "hold"}})
    output = io.StringIO()

    with pytest.raises(CommandError, match=f"1 of {len(CASES) + 1} cases differ") as caught:
        call_command("validate", "--pack", str(path), stdout=output)

    assert caught.value.returncode == 1
    line = output.getvalue().splitlines()[-1]
    assert line.startswith("of-our-own")
    assert line.split("  ")[-1] == "NO"
    assert 'next_dose.action = "hold"' in line
    assert '"give"' in line


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{}", "own.json: is not a list of cases"),
        ('[{"id": "x", "course": {}, "expect": {}}]', r"own.json: \[0\] expects nothing"),
        ('[{"id": "x", "course": {}, "expect": {"id": "x"}}]', "own.json, x: format is missing"),
        ('[{"id": "x", "course": {}, "expects": {}}]', "unknown field"),
        (
            '[{"id": "x", "course": {}, "expect": {}, "absent": [{"lists": "due"}]}]',
            r"absent\[0\] must have list and match",
        ),
    ],
)
def test_a_malformed_case_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "own.json"
    path.write_text(text)

    with pytest.raises(CommandError, match=sentence) as caught:
        validate("--pack", str(path))

    assert caught.value.returncode == 2


def test_a_folder_without_cases_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"holds no \*\.json file"):
        validate("--pack", str(tmp_path))
    with pytest.raises(CommandError, match="is not there"):
        validate("--pack", str(tmp_path / "nowhere"))
