"""Run the validation pack, and a hospital's own cases, against the rules that are installed here."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError

from scheduling.course_file import CourseFileError
from scheduling.rules.protocol import ProtocolError
from scheduling.validation.matching import MISSING, Difference
from scheduling.validation.pack import PACK, CaseOutcome, run_pack

MALFORMED = 2
HEADINGS = ("case", "source", "expected", "got", "ok")
WIDTHS = (30, 24, 60, 60, 2)


class Command(BaseCommand):
    help = "Run the project's validation cases (and others in the same format) and print a table."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--pack",
            metavar="PATH",
            nargs="+",
            default=[],
            type=Path,
            help="further cases, after the project's own: a folder of *.json, or a file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._write_line(HEADINGS)
        self._write_line(tuple("-" * width for width in WIDTHS))
        total = failed = 0
        try:
            for outcome in run_pack([PACK, *options["pack"]]):
                total += 1
                failed += not outcome.holds
                for line in _lines(outcome):
                    self._write_line(line)
        except (CourseFileError, ProtocolError) as error:
            raise CommandError(str(error), returncode=MALFORMED) from None
        if failed:
            raise CommandError(f"{failed} of {total} cases differ.")
        self.stdout.write(f"All {total} cases hold.")

    def _write_line(self, cells: tuple[str, ...]) -> None:
        line = "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True))
        self.stdout.write(line.rstrip())


def _lines(outcome: CaseOutcome) -> Iterable[tuple[str, ...]]:
    """One line for a case that holds, one for each difference of a case that does not."""
    case = outcome.case
    name, source = _fit(case.id, 0), _fit(case.source, 1)
    if outcome.holds:
        yield name, source, _fit(_expectation(case.expect, case.absent), 2), "the same", "ok"
    for difference in outcome.differences:
        # A failing case is shown whole, however wide: somebody has to find out why.
        yield name, source, _expected(difference), _compact(difference.got), "NO"


def _expectation(expect: dict[str, Any], absent: list[dict[str, Any]]) -> str:
    parts = list(_leaves(expect, ""))
    parts += [f"no {unwanted['list']} {_compact(unwanted['match'])}" for unwanted in absent]
    return "; ".join(parts)


def _leaves(expected: Any, path: str) -> Iterable[str]:
    """The expectation as "action=hold; rows.state=open", short enough to read in a table."""
    if isinstance(expected, dict):
        for key, value in expected.items():
            yield from _leaves(value, key)
    elif isinstance(expected, list) and expected:
        for element in expected:
            yield from _leaves(element, path)
    else:
        yield f"{path}={expected if isinstance(expected, str) else _compact(expected)}"


def _expected(difference: Difference) -> str:
    return f"{difference.path} = {_compact(difference.expected)}"


def _compact(value: Any) -> str:
    return str(value) if value is MISSING else msgspec.json.encode(value, enc_hook=str).decode()


def _fit(text: str, column: int) -> str:
    width = WIDTHS[column]
    return text if len(text) <= width else f"{text[: width - 3]}..."
