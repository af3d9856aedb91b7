"""Read validation cases and run them through the same path as `manage.py assess`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from scheduling.course_file import CourseFileError, encode_answer, read_course
from scheduling.protocols import protocol_of
from scheduling.rules.assess import assess
from scheduling.validation.matching import Difference, differences

PACK = Path(__file__).resolve().parent / "cases"
"""The project's own cases."""


class Case(Struct, forbid_unknown_fields=True):
    """One case. `why` ends with its source in brackets: "75 is grade 1 [CT5]."."""

    id: str
    course: msgspec.Raw
    expect: dict[str, Any]
    title: str = ""
    why: str = ""
    absent: list[dict[str, Any]] = []

    @property
    def source(self) -> str:
        found = re.findall(r"\[([^\[\]]+)\]", self.why)
        return found[-1] if found else ""


_CASES = msgspec.json.Decoder(list[Case], float_hook=str)


@dataclass(frozen=True, slots=True)
class Outcome:
    case: Case
    differences: tuple[Difference, ...]

    @property
    def holds(self) -> bool:
        return not self.differences


def run_case(case: Case, *, name: str) -> Outcome:
    """Assess the case's course and compare. Raises CourseFileError for a malformed one."""
    facts = read_course(bytes(case.course), name=f"{name}, {case.id}")
    # Through JSON, so that what is compared is what a reader of the answer sees.
    answer = msgspec.json.decode(encode_answer(assess(facts, protocol_of(facts))))
    return Outcome(case, tuple(differences(answer, case.expect, case.absent)))


def case_files(path: Path) -> list[Path]:
    """The files of a pack: the file itself, or the folder's *.json. Raises CourseFileError for none."""
    if path.is_dir():
        found = sorted(path.glob("*.json"))
        if not found:
            raise CourseFileError(str(path), "", "holds no *.json file")
        return found
    if not path.is_file():
        raise CourseFileError(str(path), "", "is not there")
    return [path]


def read_cases(path: Path) -> list[Case]:
    """Read one file: a JSON array of cases. Raises CourseFileError with one sentence."""
    name = path.name
    try:
        cases = _CASES.decode(path.read_bytes())
    except OSError as error:
        raise CourseFileError(name, "", f"cannot be read: {error.strerror}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise CourseFileError(name, "", f"is not a list of cases: {error}") from None
    for index, case in enumerate(cases):
        _check_case(case, name, index)
    return cases


def _check_case(case: Case, name: str, index: int) -> None:
    if not case.expect and not case.absent:
        raise CourseFileError(name, f"[{index}]", "expects nothing, so it would always hold")
    for position, unwanted in enumerate(case.absent):
        if set(unwanted) != {"list", "match"} or not isinstance(unwanted["list"], str):
            raise CourseFileError(name, f"[{index}].absent[{position}]", "must have list and match")


def run_pack(paths: list[Path]) -> Iterator[Outcome]:
    """Run every case of every file, in order. All files are read first: a malformed one is told at once."""
    packs = [(file.name, read_cases(file)) for path in paths for file in case_files(path)]
    for name, cases in packs:
        for case in cases:
            yield run_case(case, name=name)
