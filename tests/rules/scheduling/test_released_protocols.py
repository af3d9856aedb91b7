"""A released protocol file never changes: a new version is a new file, and a course stays with its own.

A file that was changed after its release fails here, by its digest in `scheduling/protocols/SHA256SUMS`.
Do not change the digest: put a new version beside it.
"""

import io
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from msgspec.structs import replace as with_facts

from scheduling.course_file import CourseFileError, read_course, write_course
from scheduling.protocols import all_versions, get_protocol, pinned_protocol, protocol_of
from scheduling.rules.assess import assess
from scheduling.rules.protocol import ProtocolError
from tests.protocols import also_shipped
from tests.rules.scheduling.courses import PROTOCOLS
from tests.rules.scheduling.dose_courses import US_2018, US_2024, dull

SUMS = (PROTOCOLS / "SHA256SUMS").read_text()
RELEASED = {name: digest for digest, name in (line.split() for line in SUMS.splitlines())}


def digest_of(name: str) -> str:
    return sha256((PROTOCOLS / name).read_bytes()).hexdigest()


def test_no_released_file_has_changed_and_each_file_is_released_with_its_digest() -> None:
    files = {str(path.relative_to(PROTOCOLS)) for path in PROTOCOLS.rglob("*.toml")}
    assert {name: digest_of(name) for name in files} == RELEASED


def test_a_protocol_carries_the_digest_of_its_file() -> None:
    assert {f"{key}/{version}.toml": p.digest for (key, version), p in all_versions().items()} == RELEASED


def test_a_file_is_where_its_key_and_version_say() -> None:
    for (key, version), protocol in all_versions().items():
        assert (protocol.key, protocol.version) == (key, version)
        assert (PROTOCOLS / key / f"{version}.toml").is_file()


# --- versions ------------------------------------------------------------------------------------------


def test_without_a_version_the_newest_is_meant_and_ten_is_newer_than_nine() -> None:
    first = get_protocol(US_2024, "1")
    with also_shipped(replace(first, version="9"), replace(first, version="10")):
        assert get_protocol(US_2024).version == "10"
        assert get_protocol(US_2024, "1") is first


def test_a_version_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(
        ProtocolError, match=r"unknown protocol 'lutathera-us-2024', version 7; known are .* 1"
    ):
        get_protocol(US_2024, "7")


def test_a_course_whose_file_was_changed_has_no_protocol() -> None:
    released = get_protocol(US_2024, "1")
    assert pinned_protocol(US_2024, "1", released.digest) is released
    with pytest.raises(ProtocolError, match="its file has changed since the course was started"):
        pinned_protocol(US_2024, "1", "0" * 64)


@pytest.mark.hazard("H25")
def test_assess_compares_the_digest() -> None:
    released = get_protocol(US_2024)
    started = with_facts(dull(), protocol_version="1", protocol_digest=released.digest)
    assert assess(started, released) == assess(dull(), released)
    tampered = replace(released, digest="0" * 64)
    with pytest.raises(ProtocolError, match="is not the one that the course was started on"):
        assess(started, tampered)


# --- in a course file ---------------------------------------------------------------------------------------


def document(**changes: Any) -> dict[str, Any]:
    return write_course(dull()) | changes


def read(**changes: Any) -> Any:
    return read_course(json.dumps(document(**changes)).encode())


def test_a_course_file_keeps_version_and_digest() -> None:
    digest = get_protocol(US_2024).digest
    facts = read(protocol_version="1", protocol_digest=digest)
    assert (facts.protocol_version, facts.protocol_digest) == ("1", digest)
    assert read_course(json.dumps(write_course(facts)).encode()) == facts
    assert "protocol_version" not in write_course(dull())


def test_a_course_file_is_assessed_by_the_version_that_it_names() -> None:
    newer = replace(get_protocol(US_2024), version="2")
    with also_shipped(newer):
        assert protocol_of(read(protocol_version="1")).version == "1"
        assert protocol_of(read()).version == "2"


def test_a_course_file_with_an_unknown_version_is_refused() -> None:
    with pytest.raises(CourseFileError, match="protocol_version is not known: unknown protocol"):
        read(protocol_version="7")


def assessed(path: Path, *arguments: str) -> str:
    output = io.StringIO()
    call_command("assess", str(path), "--jsonl", *arguments, stdout=output)
    return output.getvalue()


def test_the_command_refuses_a_digest_that_is_not_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "course.json"
    path.write_text(json.dumps(document(protocol_digest="0" * 64)))
    with pytest.raises(CommandError, match="is not the one that the course was started on"):
        assessed(path)


def test_another_protocol_may_be_asked_of_a_course_that_is_pinned(tmp_path: Path) -> None:
    path = tmp_path / "course.json"
    path.write_text(json.dumps(document(protocol_version="1", protocol_digest=get_protocol(US_2024).digest)))
    assert json.loads(assessed(path, "--protocol", US_2018))["protocol"] == US_2018
