"""Read course files strictly: what is not exactly the format is refused, with the path and the reason.

Strict about the form, not about the facts. A result whose value is no number, whose unit nobody knows or
whose status is no longer valid is well-formed: the rules reject it and a person looks at it. A misspelled
key, a date that does not exist or an instant without a zone is an error, because the rest of the document
could then mean something else than its author thinks.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec
from msgspec import Raw

from scheduling.course_file.decode import decode_document, describe_json_error
from scheduling.course_file.errors import CourseFileError, InvalidValueError
from scheduling.course_file.read_facts import facts_of_document
from scheduling.rules.facts import CourseFacts

_BOM = b"\xef\xbb\xbf"


def read_course(data: bytes | str, *, name: str = "course file") -> CourseFacts:
    """Read one document. Raises CourseFileError, whose text begins with `name`."""
    try:
        body = data.encode() if isinstance(data, str) else data
        return facts_of_document(decode_document(body.removeprefix(_BOM)))
    except UnicodeError:
        raise CourseFileError(name, "", "is not UTF-8 text") from None
    except InvalidValueError as wrong:
        raise CourseFileError(name, wrong.path, wrong.reason) from None


def read_courses(lines: Iterable[bytes], *, name: str = "course file") -> Iterator[CourseFacts]:
    """Read one document, a JSON array of them or JSON lines, from a binary file or its lines.

    JSON lines are read one by one, so a file of any length streams; the error of a line names its number.
    """
    for where, document in _documents(lines, name):
        yield read_course(document, name=f"{name}, {where}" if where else name)


def _documents(lines: Iterable[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    """Each document with its place in the file: "line 3", "[3]", or nothing for a file of one."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = next(numbered, None)
    if first is None:
        raise CourseFileError(name, "", "is empty")
    number, line = first
    line = line.removeprefix(_BOM)
    if line.lstrip().startswith(b"{") and _is_whole(line):
        for place, document in chain([(number, line)], numbered):
            yield f"line {place}", document
        return
    # The lines before and the empty ones between count, so that an error's line number is the file's.
    body = b"\n" * (number - 1) + line + b"".join(_with_gaps(numbered, number))
    if not line.lstrip().startswith(b"["):
        yield "", body
        return
    for index, item in enumerate(_items(body, name)):
        yield f"[{index}]", bytes(item)


def _with_gaps(numbered: Iterator[tuple[int, bytes]], last: int) -> Iterator[bytes]:
    for number, line in numbered:
        yield b"\n" * (number - last - 1) + line
        last = number


def _is_whole(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


def _items(body: bytes, name: str) -> list[Raw]:
    try:
        return msgspec.json.decode(body, type=list[Raw])
    except msgspec.DecodeError as error:
        raise CourseFileError(name, "", describe_json_error(error, body)) from None
    except UnicodeError:
        raise CourseFileError(name, "", "is not UTF-8 text") from None
    except RecursionError:
        raise CourseFileError(name, "", "is nested too deeply") from None
