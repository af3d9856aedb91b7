"""What the course file accepts, what it refuses and in which words, and that writing it loses nothing."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.course_file import CourseFileError, read_course, read_courses, write_answer, write_course
from scheduling.protocols import get_protocol
from scheduling.rules.assess import assess
from scheduling.rules.facts import BaselinePinFact, CourseFacts, Settings, StoppedFact
from scheduling.rules.settings import with_settings

Document = dict[str, Any]
Change = Callable[[Document], object]


def example() -> Document:
    """The example of the format's description, with every list filled."""
    return {
        "format": "prrt-course/1",
        "id": "any label",
        "as_of": "2025-03-01T12:00:00-05:00",
        "timezone": "America/New_York",
        "protocol": "lutathera-us-2024",
        "settings": {"nadir": "counts", "renal.creatinine_back_within": "1.15"},
        "patient": {
            "sex": "female",
            "birth_date": "1958-03-02",
            "pregnancy_possible": False,
            "anticoagulated": False,
        },
        "weights": [
            {"kg": "70.0", "on": "2025-01-07"},
            {"kg": "50.0", "on": "2025-02-20", "confirmed": True},
        ],
        "eligibility_unmet": ["performance-status"],
        "eligibility_unsure": ["grade"],
        "infusions": [
            {
                "cycle": 1,
                "planned_on": "2025-01-14",
                "started_at": "2025-01-14T10:00:00-05:00",
                "ended_at": "2025-01-14T10:40:00-05:00",
                "activity_gbq": "7.4",
                "signed_gbq": "7.4",
                "decision": "give",
                "residual_gbq": "0.1",
                "elsewhere": True,
                "antiemetic_at": "2025-01-14T09:00:00-05:00",
                "amino_acids": {
                    "started_at": "2025-01-14T09:30:00-05:00",
                    "ended_at": "2025-01-14T13:40:00-05:00",
                },
            },
            {"cycle": 2, "planned_on": "2025-03-11"},
        ],
        "results": [
            {
                "id": "r1",
                "loinc": "777-3",
                "value": "74",
                "comparator": None,
                "unit": "10*9/L",
                "low": "150",
                "high": "400",
                "collected_at": "2025-02-25T09:00:00-05:00",
                "received_at": "2025-02-25T15:00:00-05:00",
                "status": "final",
                "replaces": None,
                "range_text": "150-400",
                "note": "clumped",
            },
            {
                "id": "r2",
                "loinc": "718-7",
                "value": "13.1",
                "comparator": None,
                "unit": "g/dL",
                "low": None,
                "high": None,
                "collected_at": "2025-02-25",
                "received_at": "2025-02-25T23:59:59.999999-05:00",
                "status": "final",
                "replaces": None,
            },
        ],
        "adverse_events": [
            {
                "id": "ae1",
                "term": "Vomiting",
                "grade": 3,
                "on": "2025-01-15",
                "hematologic": False,
                "hypersensitivity": False,
                "resolved_on": "2025-01-18",
                "grade_now": 1,
            }
        ],
        "transfusions": [{"product": "red-cells", "on": "2025-02-20"}],
        "attributions": [{"row": "other", "cycle": 1, "related": False, "reason": "amino acids"}],
        "confirmations": [{"row": "renal", "on": "2025-03-24", "resolved": True}],
        "injections": [
            {"drug": "octreotide-lar", "dose_mg": "30", "given_at": "2025-01-14T16:00:00-05:00"},
            {"drug": "lanreotide", "planned_on": "2025-02-18"},
        ],
        "scans": [{"kind": "sstr-pet", "on": "2024-12-01"}, {"kind": "ct-mri", "on": "2025-04-10"}],
        "liver_directed": [{"kind": "TARE", "on": "2024-11-20"}],
        "pregnancy_tests": [{"on": "2025-01-10", "result": "negative"}],
        "authorizations": [{"from": "2024-12-20", "to": "2025-08-01", "doses": 4}],
        "consents": ["2025-01-02", {"on": "2025-01-01", "withdrawn_on": "2025-01-02"}],
        "education": ["2025-01-03"],
        "closed_days": ["2025-01-20"],
        "draws": [{"at": "2025-03-20T09:00:00-04:00", "urgent": False}],
        "stopped": None,
        "progressed_on": None,
        "died_on": None,
    }


def read(change: Change | None = None) -> CourseFacts:
    document = example()
    if change:
        change(document)
    return read_course(json.dumps(document), name="course.json")


def refused(change: Change) -> str:
    with pytest.raises(CourseFileError) as caught:
        read(change)
    return str(caught.value)


def put(path: str, value: object) -> Change:
    """Set `results[0].value` and the like."""
    *before, last = path.replace("[", ".").replace("]", "").split(".")

    def change(document: Document) -> None:
        place: Any = document
        for key in before:
            place = place[int(key)] if key.isdigit() else place[key]
        place[int(last) if last.isdigit() else last] = value

    return change


def test_the_example_is_read_as_it_is_meant() -> None:
    facts = read()

    assert facts.as_of == datetime(2025, 3, 1, 17, tzinfo=UTC)
    assert facts.settings == Settings(nadir="counts", others=(("renal.creatinine_back_within", "1.15"),))
    assert facts.weights[0].kg == Decimal("70.0")
    assert facts.infusions[1].planned_on == date(2025, 3, 11)
    assert facts.infusions[1].started_at is None
    assert (facts.results[0].value, facts.results[0].comparator) == ("74", None)
    assert facts.authorizations[0].start == date(2024, 12, 20)
    assert facts.injections[1].given_at is None


def test_a_course_needs_no_lists() -> None:
    wanted = ("format", "id", "as_of", "timezone", "protocol", "patient")
    document = {key: value for key, value in example().items() if key in wanted}

    facts = read_course(json.dumps(document))

    assert facts.results == facts.infusions == facts.closed_days == ()
    assert facts.stopped is None
    assert facts.settings == Settings()


def test_a_result_is_received_when_it_was_collected_unless_said_otherwise() -> None:
    facts = read(lambda document: document["results"][0].pop("received_at"))

    assert facts.results[0].received_at == facts.results[0].collected_at


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("10.20", "10.20"),
        ("74", "74"),
        ("0.1", "0.1"),
        ("1e400", "1e400"),
        ("12345678901234567890.12345", "12345678901234567890.12345"),
        ('"<10"', "<10"),
        ('"NaN"', "NaN"),
        ('"1_000"', "1_000"),
        ("null", None),
    ],
)
def test_a_value_stays_as_it_was_sent(token: str, text: str | None) -> None:
    document = json.dumps(example()).replace('"value": "74"', f'"value": {token}')

    assert read_course(document).results[0].value == text


@pytest.mark.parametrize(
    ("key", "sent", "value"),
    [
        ("renal.crcl_below", "45", Decimal(45)),
        ("renal.crcl_below", 45.50, Decimal("45.50")),
        ("panel.fresh_days", 21, 21),
        ("interval.limit_day_is_allowed", False, False),
        ("interval.limit_day_is_allowed", "false", False),
        ("hepatic.coagulation", "prothrombin_activity", "prothrombin_activity"),
        ("conflicts.site_closes", "16:30", time(16, 30)),
        ("labs.follow_up_months", "2, 4", (2, 4)),
        ("panel.analytes", "platelets,wbc", ("platelets", "wbc")),
    ],
)
def test_a_setting_of_the_protocol_file_has_the_kind_that_it_has_there(
    key: str, sent: object, value: object
) -> None:
    facts = read(put("settings", {key: sent}))
    table, name = key.split(".")
    adapted = with_settings(get_protocol(facts.protocol), facts.settings.others)
    assert getattr(getattr(adapted, table), name) == value
    assert read(put("settings", write_course(facts)["settings"])).settings == facts.settings


def test_a_setting_that_is_null_is_the_protocols() -> None:
    assert read(put("settings", {"renal.crcl_below": None})).settings == Settings()


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("1.5e2", "150"),
        ("1.5E+2", "150"),
        ("7.4e1", "74"),
        ("740E-1", "74.0"),
        ("1.05e-3", "0.00105"),
        ("0e0", "0"),
        ("-1e1", "-10"),
        ("1e19", "10000000000000000000"),
        ("1e20", "1e20"),  # 21 digits before the point: more than any figure has
        ("1e-20", "0.00000000000000000001"),
        ("1e-21", "1e-21"),
        ("1e99999", "1e99999"),
        ('"1.5e2"', "1.5e2"),  # as text it stays what was sent, and no rule reads it
    ],
)
def test_a_json_number_with_an_exponent_is_read_exactly(token: str, text: str) -> None:
    document = json.dumps(example()).replace('"value": "74"', f'"value": {token}')

    assert read_course(document).results[0].value == text


@pytest.mark.parametrize(("token", "is_used"), [("7.4e1", True), ('"7.4e1"', False), ("1e400", False)])
def test_only_an_exact_figure_is_used(token: str, is_used: bool) -> None:
    document = json.dumps(example()).replace('"value": "74"', f'"value": {token}')
    facts = read_course(document)
    answer = write_answer(assess(facts, get_protocol(facts.protocol)))

    assert [(r["result"], r["value"]) for r in answer["grades"] if r["result"] == "r1"] == (
        [("r1", "74")] if is_used else []
    )
    assert answer["rejected"] == ([] if is_used else [{"result": "r1", "reason": "value-unreadable"}])


def test_a_value_that_is_no_number_is_for_a_person_not_an_error() -> None:
    facts = read(put("results[0].value", "hemolyzed"))
    answer = write_answer(assess(facts, get_protocol(facts.protocol)))

    assert answer["rejected"] == [{"result": "r1", "reason": "value-unreadable"}]


def test_numbers_of_facts_are_decimals_from_text_or_number() -> None:
    document = json.dumps(example()).replace('"kg": "70.0"', '"kg": 70.10').replace('"30"', '" +30 "')
    facts = read_course(document)

    assert str(facts.weights[0].kg) == "70.10"
    assert facts.injections[0].dose_mg == 30


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("format", "prrt-course/2", 'format must be "prrt-course/1"'),
        ("timezone", "America/Gotham", "timezone must be a time zone"),
        ("timezone", "../../etc/passwd", "timezone must be a time zone"),
        ("protocol", "lutathera-mars", "protocol must be one of lutathera-eu"),
        ("settings.nadir", "sometimes", "settings.nadir must be one of counts, review, ignore"),
        ("settings.ctcae", "7.0", "settings.ctcae must be one of"),
        ("settings.ctcae", [], "settings.ctcae must be text"),
        ("settings.confirm_labs", "yes", "settings.confirm_labs must be true, false or null"),
        ("settings.weight_jump", "0.2", "settings.weight_jump is an unknown key"),
        ("settings.color", "red", "settings.color is an unknown key"),
        ("settings", {"renal.color": "1"}, 'settings."renal.color" is an unknown key'),
        ("settings", {"renal.crcl_below": "low"}, 'settings."renal.crcl_below" must be a number, zero or'),
        ("settings", {"renal.crcl_below": "-1"}, 'settings."renal.crcl_below" must be a number, zero or'),
        ("settings", {"renal.crcl_below": True}, 'settings."renal.crcl_below" must be a number, zero or'),
        ("settings", {"renal.crcl_below": []}, 'settings."renal.crcl_below" must be a number or text'),
        ("settings", {"labs.nadir_opens": "28.5"}, 'settings."labs.nadir_opens" must be a whole number'),
        ("settings", {"labs.follow_up_months": "3,x"}, 'settings."labs.follow_up_months" must be a whole'),
        ("settings", {"order.weekday": "tue"}, 'settings."order.weekday" must be one of monday,'),
        ("settings", {"conflicts.site_opens": "8h"}, 'settings."conflicts.site_opens" must be a time of day'),
        (
            "settings",
            {"interval.limit_day_is_allowed": "yes"},
            'settings."interval.limit_day_is_allowed" must be true or false',
        ),
        ("settings", {"key": "lutathera"}, "settings.key is an unknown key"),
        ("settings", {"settings.nadir": "counts"}, 'settings."settings.nadir" is an unknown key'),
        (
            "settings",
            {"interval.earliest": "57"},
            "settings make no sense together: interval must rise from earliest over target",
        ),
        ("settings", {"scans.ct_every_months": 0}, "settings make no sense together: labs.follow_up_then"),
        ("settings", {"panel.analytes": "iron"}, "settings make no sense together: panel names 'iron'"),
        ("colour", 1, "colour is an unknown key"),
        ("patient.anticoagulated", "no", "patient.anticoagulated must be true or false"),
        ("patient.birth_date", "1958-02-30", "patient.birth_date must be a date that exists"),
        ("weights[0].kg", True, "weights[0].kg must be a number or text, not true or false"),
        ("weights[0].kg", "NaN", "weights[0].kg must be a number"),
        ("weights[0].kg", "1e2", "weights[0].kg must be a number"),
        ("weights[0].kg", "9" * 21, "weights[0].kg must be a number"),
        ("weights[0].kg", "٧٠", "weights[0].kg must be a number"),
        ("weights[0].kg", "0", "weights[0].kg must be a number above zero"),
        ("weights[0].kg", None, "weights[0].kg must be a number above zero"),
        ("weights", None, "weights must be a list, not null"),
        ("results[0].id", 7, "results[0].id must be text, not a whole number"),
        ("results[0].id", "", "results[0].id must not be empty"),
        ("results[0].value", False, "results[0].value must be a number or text, not true or false"),
        ("results[0].value", [74], "results[0].value must be a number or text, not a list"),
        ("results[0].low", {}, "results[0].low must be a number or text, not an object"),
        (
            "results[0].collected_at",
            "2025-02-25T09:00:00",
            "results[0].collected_at must carry its time zone",
        ),
        ("results[0].collected_at", "2025-02-29T09:00:00Z", "results[0].collected_at must be an instant"),
        ("results[0].collected_at", "2025-02-30", "results[0].collected_at must be an instant"),
        ("results[0].collected_at", "20250225T090000Z", "results[0].collected_at must be an instant"),
        ("results[0].received_at", "", "results[0].received_at must be an instant"),
        ("as_of", "0001-01-01T00:00:00Z", "as_of must be an instant that exists"),
        ("infusions[1].cycle", 1, "infusions[1].cycle must not name cycle 1 a second time"),
        ("infusions[1].cycle", 0, "infusions[1].cycle must be from 1 to 10, not 0"),
        ("infusions[1].cycle", 11, "infusions[1].cycle must be from 1 to 10, not 11"),
        ("infusions[1].cycle", True, "infusions[1].cycle must be a whole number, not true or false"),
        ("infusions[1].cycle", 2.5, "infusions[1].cycle must be a whole number, not a number with decimals"),
        ("infusions[1].planned_on", "2025-W11-2", "infusions[1].planned_on must be a date that exists"),
        ("infusions[0].ended_at", "2025-01-14T09:00:00-05:00", "infusions[0].ended_at must not be before"),
        ("infusions[0].activity_gbq", "-7.4", "infusions[0].activity_gbq must be a number, zero or more"),
        ("adverse_events[0].grade", 6, "adverse_events[0].grade must be from 0 to 5, not 6"),
        ("adverse_events[0].grade_now", -1, "adverse_events[0].grade_now must be from 0 to 5, not -1"),
        ("attributions[0].row", "heart", "attributions[0].row must be one of"),
        ("confirmations[0].resolved", 1, "confirmations[0].resolved must be true or false"),
        ("injections[0].drug", "aspirin", "injections[0].drug must be one of octreotide-lar"),
        ("injections[1]", {"drug": "lanreotide"}, "injections[1] must have given_at or planned_on"),
        ("scans[1].kind", "x-ray", "scans[1].kind must be one of sstr-pet, ct-mri"),
        ("liver_directed[0].kind", "ablation", "liver_directed[0].kind must be one of TARE, SIRT, TACE"),
        ("authorizations[0].to", "2024-12-19", "authorizations[0].to must not be before from"),
        ("authorizations[0].doses", -1, "authorizations[0].doses must not be negative"),
        ("closed_days[0]", "2025-02-29", "closed_days[0] must be a date that exists"),
        ("stopped", {"reason": "toxicity"}, "stopped.on is missing"),
        ("baselines", [{"analyte": "iron", "result": "r1"}], "baselines[0].analyte must be one of"),
    ],
)
def test_what_the_format_does_not_allow_is_refused_with_its_path(
    path: str, value: object, sentence: str
) -> None:
    assert refused(put(path, value)).startswith(f"course.json: {sentence}")


@pytest.mark.parametrize("key", ["format", "id", "as_of", "timezone", "protocol", "patient"])
def test_what_is_missing_is_named(key: str) -> None:
    assert refused(lambda document: document.pop(key)) == f"course.json: {key} is missing"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"   \n ",
        b"{",
        b"[]",
        b"null",
        b'"course"',
        b"\xff\xfe{}",
        b'{"results": [' + b"[" * 100_000,
        b'{"format": "prrt-course/1", "id": NaN}',
        b'{"format": "prrt-course/1", "id": "\\ud800"}',
        json.dumps(example()).encode() + b"{}",
        json.dumps(example()).replace('"74"', "Infinity").encode(),
        json.dumps(example()).replace('"74"', "9" * 10_000).encode(),
        json.dumps(example()).replace('"74"', "[" * 5_000 + "]" * 5_000).encode(),
    ],
)
def test_broken_documents_end_in_one_sentence(document: bytes) -> None:
    with pytest.raises(CourseFileError) as caught:
        read_course(document, name="broken.json")

    assert str(caught.value).startswith("broken.json: ")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"kg": "70.0"', '"kg": "70.0", "kg": "71"'),
        ('"kg": "70.0"', '"kg" : "70.0", "k\\u0067":"71"'),
        ('"value": "74"', '"value": "7:4", "value": "74"'),
        ('"stopped": null', '"stopped": null, "stopped" :null'),
        ('"draws": [', '"draws": [], "draws": ['),
    ],
)
def test_a_key_that_stands_twice_is_refused(before: str, after: str) -> None:
    """The last would win silently: which of two values did the author mean?"""
    text = json.dumps(example())
    assert before in text

    with pytest.raises(CourseFileError, match="twice in one object"):
        read_course(text.replace(before, after))


def test_escapes_and_colons_in_text_are_no_repeated_keys() -> None:
    facts = read(put("adverse_events[0].term", 'Rash: "mild\\" :: ":'))

    assert facts.adverse_events[0].term == 'Rash: "mild\\" :: ":'


def test_the_place_of_a_json_error_is_named() -> None:
    with pytest.raises(CourseFileError, match="at line 3, column 9"):
        read_course(b'{\n  "format": "prrt-course/1",\n  "id": x}')


def test_baselines_that_a_prescriber_pinned() -> None:
    facts = read(put("baselines", [{"analyte": "creatinine", "result": "r1"}]))

    assert facts.baseline_pins == (BaselinePinFact("creatinine", "r1"),)


def test_reading_what_was_written_gives_the_same_facts() -> None:
    facts = read(put("baselines", [{"analyte": "creatinine", "result": "r1"}]))

    assert read_course(msgspec.json.encode(write_course(facts))) == facts


def test_writing_keeps_the_keys_and_their_order() -> None:
    assert list(write_course(read())) == list(example())
    assert write_course(read())["results"][0] == example()["results"][0]


def test_instants_are_written_in_the_zone_of_the_course() -> None:
    facts = read(put("results[0].collected_at", "2025-07-01T12:00:00Z"))

    assert write_course(facts)["results"][0]["collected_at"] == "2025-07-01T08:00:00-04:00"


instants = st.datetimes(
    min_value=datetime(1950, 1, 1),  # noqa: DTZ001  hypothesis adds the zone itself
    max_value=datetime(2150, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=30))]),
)
texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: not text.isspace())


@settings(max_examples=60, deadline=None)
@given(instants, texts, st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), min_size=1)))
def test_any_instant_label_and_value_survive(at: datetime, label: str, value: str | None) -> None:
    def change(document: Document) -> None:
        document["id"] = label
        document["as_of"] = at.isoformat()
        document["results"][0]["value"] = value

    facts = read(change)

    assert (facts.id, facts.as_of, facts.results[0].value) == (label, at, value)
    assert read_course(msgspec.json.encode(write_course(facts))) == facts


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_a_sentence(data: bytes) -> None:
    with pytest.raises(CourseFileError):
        read_course(data)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(example())), json_values)
def test_any_value_under_any_key_is_read_or_refused(key: str, value: object) -> None:
    document = example() | {key: value}
    try:
        facts = read_course(json.dumps(document))
    except CourseFileError as error:
        assert "\n" not in str(error)
    else:
        assert read_course(msgspec.json.encode(write_course(facts))) == facts


# --- many courses ------------------------------------------------------------------------------------


def labels(data: str) -> list[str]:
    return [facts.id for facts in read_courses(data.encode().splitlines(keepends=True), name="many")]


def numbered(number: int) -> Document:
    return example() | {"id": f"c{number}"}


def test_one_course_an_array_and_json_lines_are_told_apart() -> None:
    three = [numbered(number) for number in range(3)]

    assert labels(json.dumps(three[0], indent=2)) == ["c0"]
    assert labels(json.dumps(three[0])) == ["c0"]
    assert labels(json.dumps(three)) == ["c0", "c1", "c2"]
    assert labels("\n" + json.dumps(three, indent=2)) == ["c0", "c1", "c2"]
    assert labels("\n".join(map(json.dumps, three))) == ["c0", "c1", "c2"]
    assert labels("\n\n".join(map(json.dumps, three)) + "\n\n") == ["c0", "c1", "c2"]
    assert labels("\ufeff" + json.dumps(three[0])) == ["c0"]
    assert labels("[]") == []


def test_a_broken_line_is_named_by_its_number_after_the_good_ones() -> None:
    lines = "\n".join([json.dumps(numbered(0)), "", json.dumps({"id": 1})])
    courses = read_courses(lines.encode().splitlines(keepends=True), name="many.jsonl")

    assert next(courses).id == "c0"
    with pytest.raises(CourseFileError, match=r"^many\.jsonl, line 3: id must be text"):
        next(courses)


def test_a_broken_course_of_an_array_is_named_by_its_index() -> None:
    with pytest.raises(CourseFileError, match=r"^many, \[1\]: protocol is missing"):
        labels(json.dumps([numbered(0), {k: v for k, v in example().items() if k != "protocol"}]))


def test_json_lines_are_read_one_by_one() -> None:
    """A file of thousands streams: the second line is not asked for before the first is done."""
    asked = []

    def lines() -> Any:
        for number in range(3):
            asked.append(number)
            yield json.dumps(numbered(number)).encode() + b"\n"

    courses = read_courses(lines(), name="many")
    next(courses)

    assert asked == [0]


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(CourseFileError, match="is empty"):
        labels("\n \n")


# --- the answer --------------------------------------------------------------------------------------


def answer() -> Document:
    facts = read()
    written: Document = msgspec.json.decode(
        msgspec.json.encode(write_answer(assess(facts, get_protocol(facts.protocol))))
    )
    return written


def test_the_answer_has_the_documented_keys_in_their_order() -> None:
    written = answer()

    assert list(written) == [
        *("id", "as_of", "protocol", "ctcae", "next_dose"),
        *("grades", "rejected", "limits_rejected", "due", "conflicts", "order"),
    ]
    assert list(written["next_dose"]) == [
        *("cycle", "action", "activity_gbq", "rows", "missing", "notes"),
        *("days_since_last_infusion", "last_allowed_on", "crcl_ml_min", "criteria", "text"),
    ]
    assert list(written["next_dose"]["rows"][0]) == ["row", "state", "grade", "occurrence", "because", "text"]
    assert list(written["due"][0])[:7] == ["item", "cycle", "opens", "target", "closes", "state", "missing"]
    assert list(written["conflicts"][0])[:5] == ["code", "severity", "cycle", "text", "legal"]
    assert written["grades"] == [
        {"result": "r1", "analyte": "platelets", "value": "74", "unit": "10*9/L", "grade": 2},
        {"result": "r2", "analyte": "hemoglobin", "value": "13.1", "unit": "g/dL", "grade": None},
    ]
    assert list(written["order"][0]) == [
        *("cycle", "calibration", "order_by", "free_cancel_until"),
        *("late_cancel_until", "latest_useful_lab_date"),
    ]


def test_only_days_and_instants_with_an_offset_are_written() -> None:
    for item in answer()["due"]:
        for key in ("opens", "target", "closes"):
            if item[key] and "T" in item[key]:
                assert datetime.fromisoformat(item[key]).tzinfo
                assert item["item"] in ("post-dose-lar", "short-acting-stop")
            elif item[key]:
                date.fromisoformat(item[key])


def test_a_stopped_course_keeps_its_reason() -> None:
    facts = read(put("stopped", {"on": "2025-02-27", "reason": "patient's wish"}))

    assert facts.stopped == StoppedFact(date(2025, 2, 27), "patient's wish")
    assert write_answer(assess(facts, get_protocol(facts.protocol)))["next_dose"]["action"] == "none"
