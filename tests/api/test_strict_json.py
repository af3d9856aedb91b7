"""JSON from strangers: refused with the reason, or kept to the last digit."""

import json
import time

import pytest

from coordination.base.strict_json import (
    DEEPEST,
    Numeral,
    StrictJsonError,
    read_strict_json,
    write_strict_json,
)


@pytest.mark.parametrize(
    "text", ["1.10", "0.000000000000000000000001", "1e400", "NaN", "-Infinity", "1" * 10_000, "-0"]
)
def test_a_number_stays_as_it_was_written(text: str) -> None:
    read = read_strict_json(f'{{"value": {text}}}'.encode())["value"]

    assert type(read) is Numeral
    assert read == text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a": 1, "a": 2}', 'The key "a" stands twice in one object.'),
        (b'{"a": {"b": 1, "b": 2}}', 'The key "b" stands twice in one object.'),
        (b'\xff\xfe{"a": 1}', "The body is not UTF-8 text (byte 0)."),
        ('{"name": "Müller"}'.encode("latin-1"), "The body is not UTF-8 text (byte 11)."),
        (b'{"a": "\\u0000"}', "A text holds the zero character or half of a surrogate pair."),
        (b'{"a": ["\\ud800"]}', "A text holds the zero character or half of a surrogate pair."),
        (b'{"\\ud800": 1}', "A text holds the zero character or half of a surrogate pair."),
        (b'{"a": 1', "The body is not JSON: Expecting ',' delimiter at line 1, column 8."),
        (b"{'a': 1}", "The body is not JSON: Expecting property name enclosed in double quotes at line 1"),
        (b"[" * 100_000, f"The body nests deeper than {DEEPEST}."),
        (b'{"a":' * 33 + b"1" + b"}" * 33, f"The body nests deeper than {DEEPEST}."),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    with pytest.raises(StrictJsonError) as refusal:
        read_strict_json(body)

    assert str(refusal.value).startswith(reason)


def test_depth_is_counted_outside_of_texts() -> None:
    deep = [["[" * 100, '\\"[[' * 40]] * 20

    assert read_strict_json(json.dumps(deep).encode()) == deep


def test_32_levels_are_allowed() -> None:
    assert read_strict_json(b"[" * 32 + b"]" * 32)


def test_a_mark_of_byte_order_is_no_part_of_the_text() -> None:
    assert read_strict_json(b'\xef\xbb\xbf{"a": "b"}') == {"a": "b"}


def test_a_pair_of_surrogates_is_a_letter() -> None:
    assert read_strict_json(b'{"a": "\\ud83d\\ude00"}') == {"a": "\U0001f600"}


@pytest.mark.parametrize("body", [b'["' + b'\\"' * 1_000_000, b"[" * 40 + b'"' * 1_000_000])
def test_no_body_takes_long(body: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(StrictJsonError):
        read_strict_json(body)

    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "text", ['{"a": 1.10, "b": [1e5, "é\\n\\"", true, null], "c": {}, "d": []}', "[]", '"1.10"', "-0"]
)
def test_what_was_read_is_written_as_it_was(text: str) -> None:
    assert write_strict_json(read_strict_json(text.encode())) == text


def test_what_was_read_is_laid_out_for_people() -> None:
    written = write_strict_json(read_strict_json(b'{"a":[1.10,{"b":"c\\nd"}],"e":{}}'), indent=2)

    assert written.splitlines() == [
        "{",
        '  "a": [',
        "    1.10,",
        "    {",
        '      "b": "c\\nd"',
        "    }",
        "  ],",
        '  "e": {}',
        "}",
    ]
