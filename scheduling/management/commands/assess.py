"""Say what the rules say of course files, without a database."""

import gc
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from django.core.management.base import BaseCommand, CommandError
from msgspec.structs import replace

from scheduling.course_file import CourseFileError, encode_answer, read_courses, read_instant
from scheduling.protocols import get_protocol, protocol_of
from scheduling.rules.assess import assess
from scheduling.rules.facts import CourseFacts
from scheduling.rules.protocol import ProtocolError

MALFORMED = 2
STANDARD_INPUT = "-"


class Command(BaseCommand):
    help = "Read course files (docs/clinical/course-file.md) and print the answer for each."
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="a course file, an array or JSON lines of them; -: stdin"
        )
        parser.add_argument(
            "--as-of", metavar="INSTANT", help="assess as it was known then, with a time zone"
        )
        parser.add_argument(
            "--protocol",
            metavar="KEY",
            help="assess by the newest version of this protocol, not by the file's",
        )
        parser.add_argument("--jsonl", action="store_true", help="one compact line for each course")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            as_of = _as_of(options["as_of"])
            key = options["protocol"]
            if key is not None:
                get_protocol(key)
            with _without_garbage_collection():
                for facts in _courses(options["file"]):
                    answer = _answer(_changed(facts, as_of, key))
                    self.stdout.write(answer.decode() if options["jsonl"] else _indented(answer))
        except (CourseFileError, ProtocolError) as error:
            raise CommandError(str(error), returncode=MALFORMED) from None
        except OSError as error:
            reason = f"{options['file']}: cannot be read: {error.strerror or error}"
            raise CommandError(reason, returncode=MALFORMED) from None


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """A course leaves no reference cycles behind, and looking for them takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _as_of(text: str | None) -> datetime | None:
    try:
        return None if text is None else read_instant(text)
    except ValueError as error:
        raise CourseFileError("--as-of", "", str(error)) from None


def _courses(file: str) -> Iterator[CourseFacts]:
    if file == STANDARD_INPUT:
        yield from _read(sys.stdin.buffer, "standard input")
        return
    with Path(file).open("rb") as lines:
        yield from _read(lines, file)


def _read(lines: BinaryIO, name: str) -> Iterator[CourseFacts]:
    return read_courses(lines, name=name)


def _changed(facts: CourseFacts, as_of: datetime | None, protocol: str | None) -> CourseFacts:
    if as_of is None and protocol is None:
        return facts
    changed = replace(facts, as_of=as_of or facts.as_of)
    if protocol is None:
        return changed
    return replace(changed, protocol=protocol, protocol_version="", protocol_digest="")


def _answer(facts: CourseFacts) -> bytes:
    return encode_answer(assess(facts, protocol_of(facts)))


def _indented(answer: bytes) -> str:
    return msgspec.json.format(answer, indent=2).decode()
