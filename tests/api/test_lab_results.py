"""POST /api/v1/lab-results: every ending of a report, from stored to refused."""

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from unittest.mock import Mock, patch

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.connection import UnixDomainSocketConnection

from coordination import tasks
from coordination.base.api_clients import ApiScope
from coordination.base.models import AuditEvent, IdempotencyKey
from coordination.celery import app
from coordination.flows.settle_identity import settle_identity
from labs.actions.reviews import resolve_review
from labs.models import LabReport, LabResult, ReviewItem
from labs.rules.analytes import Analyte
from patients.models import Patient
from scheduling.facts import facts_of
from scheduling.models import Course
from scheduling.protocols import get_protocol
from scheduling.rules.build_timeline import build_timeline
from scheduling.rules.result_versions import standing_versions
from tests import factories as make
from tests.api.conftest import LOINC, Ehr, a_report, a_result, new_ehr

CREATININE = {
    "id": "LAB789.2160-0",
    "code": {"system": LOINC, "code": "2160-0"},
    "value": "1.10",
    "unit": "mg/dL",
    "status": "final",
    "low": "0.5",
    "high": "1.1",
}
BILIRUBIN = {
    "id": "LAB789.1975-2",
    "code": {"system": LOINC, "code": "1975-2"},
    "comparator": "<",
    "value": "0.2",
    "unit": "mg/dL",
    "status": "final",
}
INR = {
    "id": "LAB789.6301-6",
    "code": {"system": LOINC, "code": "6301-6"},
    "status": "cancelled",
    "absent_reason": "unsatisfactory",
}


ENDS_THE_STREAM = {"wsgi.input_terminated": True}


def in_pieces(ehr: Ehr, body: bytes = b"", **environment: Any) -> Any:
    """A call as a server hands it on: the body as a stream, and what it knows of its length."""
    return ehr.http.generic(
        "POST",
        "/api/v1/lab-results",
        b"replaced",
        content_type="application/json",
        headers=ehr.headers | {"idempotency-key": "k"},
        **{"wsgi.input": BytesIO(body or json.dumps(a_report()).encode())} | environment,
    )


def item(answer: Any, index: int = 0) -> dict[str, Any]:
    assert answer.status_code in {200, 202, 207, 422}, answer.content
    found: dict[str, Any] = answer.json()["items"][index]
    return found


# --- stored -----------------------------------------------------------------------------------------


def test_a_report_is_stored_and_its_course_waits(ehr: Ehr, course: Course) -> None:
    answer = ehr.post(a_report(CREATININE, BILIRUBIN, INR))

    assert answer.status_code == 200
    assert answer.json() == {
        "accepted": 3,
        "items": [
            {"id": "LAB789.2160-0", "state": "created", "canonical": {"value": "1.10", "unit": "mg/dL"}},
            {
                "id": "LAB789.1975-2",
                "state": "created",
                "canonical": {"value": "0.2", "unit": "mg/dL", "comparator": "<"},
            },
            {"id": "LAB789.6301-6", "state": "created", "usable": False},
        ],
        "assessment": {"state": "queued", "gate": f"/api/v1/patients/{course.patient.public_id}/gate"},
    }
    report = LabReport.objects.get()
    assert (report.patient, report.client, report.site) == (course.patient, ehr.client, course.patient.site)
    assert LabResult.objects.filter(patient=course.patient, filler_order="LAB789").count() == 3
    course.refresh_from_db()
    assert course.assess_after is not None


def test_a_patient_without_a_course_has_nothing_to_assess(ehr: Ehr) -> None:
    assert ehr.post(a_report()).json()["assessment"] == {"state": "no-course"}


def test_a_number_is_taken_as_it_was_written(ehr: Ehr) -> None:
    body = json.dumps(a_report(a_result(value="@"))).replace('"@"', "210.10")

    assert item(ehr.post(body))["canonical"] == {"value": "210.10", "unit": "10*9/L"}
    assert LabResult.objects.get().value == "210.10"


def test_a_batch_answers_for_each_report(ehr: Ehr, course: Course) -> None:
    stranger = a_report(a_result(id="B"), patient={"system": "urn:x", "value": "nobody"})
    broken = a_report(a_result(id="C"), collected_at="2025-02-30T08:00:00Z")

    answer = ehr.post({"reports": [a_report(), stranger, broken]})

    assert answer.status_code == 207
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["accepted"], body["code"], body["status"]) == (1, "some-refused", 207)
    assert [report["status"] for report in body["reports"]] == [200, 422, 400]
    assert body["reports"][0]["items"][0]["state"] == "created"
    assert body["reports"][1]["code"] == "patient-unknown"
    assert [error["pointer"] for error in body["errors"]] == [
        "/reports/1/patient/value",
        "/reports/2/collected_at",
    ]


def test_a_list_is_a_batch(ehr: Ehr) -> None:
    answer = ehr.post([a_report(), a_report(a_result(id="other", value=True))])

    assert [report["status"] for report in answer.json()["reports"]] == [200, 422]
    assert answer.json()["reports"][1]["items"][0]["pointer"] == "/1/results/0/value"


def test_versions_in_one_batch_follow_one_another(ehr: Ehr) -> None:
    answer = ehr.post([a_report(), a_report(a_result(value="86", status="corrected"))])

    states = [report["items"][0]["state"] for report in answer.json()["reports"]]
    assert states == ["created", "updated"]


def test_a_batch_has_500_results_at_most(ehr: Ehr) -> None:
    many = [a_result(id=f"r{number}") for number in range(251)]

    answer = ehr.post([a_report(*many), a_report(*many)])

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"pointer": "", "code": "too-many-results", "detail": "A batch has 500 results at most."}
    ]


def test_500_results_are_taken(ehr: Ehr) -> None:
    answer = ehr.post(a_report(*(a_result(id=f"r{number}") for number in range(500))))

    assert answer.json()["accepted"] == 500


# --- twice, late, corrected ------------------------------------------------------------------------


def test_the_same_call_twice_is_answered_alike_and_done_once(ehr: Ehr, course: Course) -> None:
    first = ehr.post(a_report(), key="5e0c")
    again = ehr.post(a_report(), key="5e0c")

    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (LabReport.objects.count(), LabResult.objects.count()) == (1, 1)


def test_the_same_report_under_another_key_changes_nothing(ehr: Ehr, course: Course) -> None:
    ehr.post(a_report())
    course.settle(token=1, now=timezone.now())

    answer = ehr.post(a_report())

    assert item(answer)["state"] == "unchanged"
    assert answer.json()["assessment"]["state"] == "unchanged"
    course.refresh_from_db()
    assert course.assess_after is None


def test_a_key_with_another_body_is_refused(ehr: Ehr) -> None:
    ehr.post(a_report(), key="5e0c")

    answer = ehr.post(a_report(a_result(value="86")), key="5e0c")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert LabResult.objects.get().value == "210"


def test_a_key_of_another_client_is_another_key(ehr: Ehr, patient: Patient) -> None:
    ehr.post(a_report(), key="5e0c")

    assert item(new_ehr(patient.site).post(a_report(), key="5e0c"))["state"] == "created"


def test_the_same_message_after_its_key_was_forgotten(ehr: Ehr) -> None:
    ehr.post(a_report(), key="5e0c")
    IdempotencyKey.objects.all().delete()

    assert item(ehr.post(a_report(), key="5e0c"))["state"] == "unchanged"
    assert LabReport.objects.count() == 1


@pytest.mark.parametrize("key", ["", "two words", "é", "x" * 201])
def test_a_key_is_needed_and_plain(ehr: Ehr, key: str) -> None:
    headers = ehr.headers | ({"idempotency-key": key} if key else {})
    answer = ehr.http.post(
        "/api/v1/lab-results", a_report(), content_type="application/json", headers=headers
    )

    assert answer.status_code == 400
    assert answer.json()["code"].startswith("idempotency-key-")


def test_a_correction_is_a_new_version(ehr: Ehr) -> None:
    ehr.post(a_report(a_result(value="68")))

    answer = ehr.post(a_report(a_result(value="86", status="corrected")))

    assert item(answer)["state"] == "updated"
    assert [result.value for result in LabResult.objects.order_by("version")] == ["68", "86"]
    assert LabResult.objects.standing().get().value == "86"


def test_what_arrives_late_is_kept_and_changes_nothing(ehr: Ehr) -> None:
    ehr.post(a_report(a_result(value="86", status="corrected")))

    answer = ehr.post(a_report(a_result(value="68")))

    assert item(answer)["state"] == "superseded"
    assert LabResult.objects.standing().get().value == "86"


def test_preliminary_then_final(ehr: Ehr) -> None:
    first = ehr.post(a_report(a_result(status="preliminary")))
    assert item(first) == {"id": "LAB789.777-3", "state": "created", "usable": False}
    assert ReviewItem.objects.open().get().kind == "preliminary"

    assert item(ehr.post(a_report()))["state"] == "updated"
    assert not ReviewItem.objects.open().exists()


def test_a_preliminary_result_after_the_final_one_is_superseded(ehr: Ehr) -> None:
    ehr.post(a_report())

    late = ehr.post(a_report(a_result(status="preliminary"), reported_at="2025-01-08T09:00:00Z"))

    assert item(late)["state"] == "superseded"
    assert LabResult.objects.standing().get().status == "final"


def test_entered_in_error_needs_no_code_and_takes_the_value_away(ehr: Ehr) -> None:
    ehr.post(a_report())

    answer = ehr.post(a_report({"id": "LAB789.777-3", "status": "entered-in-error"}))

    assert item(answer) == {"id": "LAB789.777-3", "state": "updated", "usable": False}
    assert not LabResult.objects.standing().usable().exists()
    assert LabResult.objects.standing().get().loinc == "777-3"
    assert ReviewItem.objects.open().get().kind == "status"


def test_a_report_time_in_the_future_does_not_outrank_later_ones(ehr: Ehr) -> None:
    ehr.post(a_report(a_result(value="68"), reported_at="2190-01-01T00:00:00Z"))
    ehr.post(a_report(a_result(value="86"), reported_at=None))

    assert LabResult.objects.standing().get().value == "86"


def test_a_result_may_replace_one_of_another_id(ehr: Ehr) -> None:
    ehr.post(a_report(a_result(id="old")))
    ehr.post(a_report(a_result(id="new", value="86", replaces="old")))

    assert LabResult.objects.standing().get().source_id == "new"


def test_what_a_result_replaces_may_arrive_after_it(ehr: Ehr, course: Course) -> None:
    """In the database and in the course file alike."""
    ehr.post(a_report(a_result(id="new", value="86", replaces="old")))
    ehr.post(a_report(a_result(id="old", value="210")))
    ehr.post(a_report(a_result(id="old", value="200", status="corrected")))

    assert LabResult.objects.standing().get().source_id == "new"
    facts = facts_of(course)
    assert [result.id for result in standing_versions(facts.results, timezone.now())[0]] == ["new"]


def test_a_result_that_says_it_replaces_itself_is_just_a_result(ehr: Ehr) -> None:
    ehr.post(a_report(a_result(id="new", replaces="new")))

    assert LabResult.objects.standing().get().replaces == ""


def test_a_result_may_replace_one_of_the_same_report(ehr: Ehr) -> None:
    ehr.post(a_report(a_result(id="new", value="86", replaces="old"), a_result(id="old")))

    assert LabResult.objects.standing().get().source_id == "new"


# --- kept for a person ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"unit": "furlongs"}, "unit-unknown"),
        ({"unit": None}, "unit-missing"),
        ({"value": "210000"}, "implausible"),
        ({"value": "clumped"}, "value-unreadable"),
        ({"value": "1_000"}, "value-unreadable"),
        ({"value": "٢١٠"}, "value-unreadable"),
        ({"value": None}, "value-unreadable"),
        ({"code": {"system": LOINC, "code": "99999-9"}}, "code-unknown"),
        ({"code": {"system": "L", "code": "PLT", "text": "Platelets"}}, "code-unknown"),
        ({"collected_at": "2190-01-01T00:00:00Z"}, "time"),
    ],
)
def test_what_no_rule_can_use_is_stored_and_shown_to_a_person(
    ehr: Ehr, change: dict[str, Any], reason: str
) -> None:
    answer = ehr.post(a_report(a_result(**change)))

    assert item(answer) == {"id": "LAB789.777-3", "state": "review", "usable": False, "reason": reason}
    asked = ReviewItem.objects.open().get()
    assert (asked.kind, asked.result, asked.patient) == (
        reason,
        LabResult.objects.get(),
        LabReport.objects.get().patient,
    )


def test_a_pregnancy_test_may_be_a_long_word(ehr: Ehr) -> None:
    told = a_result(code={"system": LOINC, "code": "2106-3"}, value="not " * 200, unit=None)

    assert item(ehr.post(a_report(told)))["reason"] == "value-unreadable"


def test_twenty_digits_of_hcg_are_stored(ehr: Ehr) -> None:
    told = a_result(code={"system": LOINC, "code": "19080-1"}, value="9" * 20, unit="m[IU]/mL")

    assert item(ehr.post(a_report(told)))["state"] in {"created", "review"}


def test_a_companion_of_a_panel_needs_no_person(ehr: Ehr) -> None:
    glucose = a_result(code={"system": LOINC, "code": "2345-7"}, value="95", unit="mg/dL")

    assert item(ehr.post(a_report(glucose)))["reason"] == "code-unknown"
    assert not ReviewItem.objects.exists()


def test_a_result_without_a_time_waits_for_a_person(ehr: Ehr) -> None:
    assert item(ehr.post(a_report(collected_at=None)))["reason"] == "time"


# --- refused, and no other sinks with it ------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "pointer", "reason"),
    [
        ('"value": NaN', "/value", "number"),
        ('"value": Infinity', "/value", "number"),
        ('"value": -Infinity', "/value", "number"),
        ('"value": 1e400', "/value", "number"),
        ('"value": 1e9999999', "/value", "number"),
        ('"value": 1e-9999999999999999999999', "/value", "number"),
        ('"value": 1e20', "/value", "number"),
        ('"value": 1e-21', "/value", "number"),
        ('"value": "1E2"', "/value", "number"),
        (f'"value": {"1" * 10_000}', "/value", "number"),
        ('"value": "NaN"', "/value", "number"),
        ('"value": "-inf"', "/value", "number"),
        ('"value": "1e400"', "/value", "number"),
        (f'"value": "{"1" * 10_000}"', "/value", "number"),
        ('"value": true', "/value", "type"),
        ('"value": {"value": 1}', "/value", "type"),
        ('"value": [1]', "/value", "type"),
        ('"low": false', "/low", "type"),
        ('"high": 1e99', "/high", "number"),
        ('"unit": 9', "/unit", "type"),
        ('"collected_at": "2025-02-29T08:00:00-05:00"', "/collected_at", "date"),
        ('"collected_at": "2025-01-07T25:00:00-05:00"', "/collected_at", "date"),
        ('"collected_at": "0001-01-01T00:00:00+14:00"', "/collected_at", "date"),
        ('"collected_at": "2025-01-07T08:00:00"', "/collected_at", "time-zone"),
        ('"collected_at": "2025-02-29"', "/collected_at", "date"),
        ('"collected_at": "2025-01"', "/collected_at", "date"),
        ('"collected_at": 1736236800', "/collected_at", "type"),
        ('"status": "F"', "/status", "choice"),
        ('"status": null', "/status", "missing"),
        ('"code": null', "/code", "missing"),
        ('"code": {"code": "777-3"}', "/code/system", "missing"),
        ('"comparater": "<"', "/comparater", "unknown-field"),
        ('"id": ""', "/id", "missing"),
        ('"id": 7', "/id", "type"),
        (f'"id": "{"x" * 256}"', "/id", "too-long"),
        (f'"value": "{"x" * 1_001}"', "/value", "too-long"),
    ],
)
def test_a_malformed_result_is_refused_and_the_next_one_stored(
    ehr: Ehr, raw: str, pointer: str, reason: str
) -> None:
    field = raw.partition(":")[0].strip('"')
    bad = a_result()
    bad.pop(field, None)
    bad |= {"note": "@"}
    body = json.dumps(a_report(bad, CREATININE)).replace('"note": "@"', raw)

    answer = ehr.post(body)

    first = item(answer)
    assert (first["state"], first["pointer"], first["reason"]) == ("refused", f"/results/0{pointer}", reason)
    assert first["type"] == f"http://testserver/problems/{reason}"
    assert first["detail"]
    told = answer.json()
    assert (answer.status_code, told["code"], told["accepted"]) == (207, "some-refused", 1)
    assert told["errors"] == [{"pointer": first["pointer"], "code": reason, "detail": first["detail"]}]
    assert LabResult.objects.get().source_id == CREATININE["id"]
    assert LabReport.objects.get().body == body
    assert ReviewItem.objects.open().get().kind == "refused"


def test_an_id_that_stands_twice_refuses_both(ehr: Ehr) -> None:
    answer = ehr.post(a_report(a_result(), a_result(value="86"), CREATININE))

    assert [each["state"] for each in answer.json()["items"]] == ["refused", "refused", "created"]
    assert item(answer)["reason"] == "id-repeated"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/patient", "missing"),
        (a_report(patient=None), "/patient", "missing"),
        (a_report(patient={"system": "urn:x"}), "/patient/value", "missing"),
        (
            a_report(patient={"system": "urn:x", "value": "1", "birth_date": "1960-02-30"}),
            "/patient/birth_date",
            "date",
        ),
        (a_report(patient={"system": "urn:x", "value": "1", "name": "?"}), "/patient/name", "unknown-field"),
        (a_report(results=[]), "/results", "empty"),
        (a_report(results={}), "/results", "type"),
        (a_report(collected_at="2025-01-07T08:00:00"), "/collected_at", "time-zone"),
        (a_report(reported_at="yesterday"), "/reported_at", "date"),
        (a_report(colected_at="2025-01-07T08:00:00Z"), "/colected_at", "unknown-field"),
        (a_report(order=[]), "/order", "type"),
        (a_report(order={"placer": 7}), "/order/placer", "type"),
        (a_report(order={"placer": "x" * 101}), "/order/placer", "too-long"),
        (a_report(reported_at="2025-01-07"), "/reported_at", "time-zone"),
        ([], "", "empty"),
        ({"reports": 3}, "/reports", "type"),
        ("text", "", "type"),
    ],
)
def test_a_malformed_report_is_refused_and_names_the_field(
    ehr: Ehr, body: Any, pointer: str, code: str
) -> None:
    answer = ehr.post(json.dumps(body))

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")
    assert answer.headers["Content-Type"] == "application/problem+json"
    error = answer.json()["errors"][0]
    assert (error["pointer"], error["code"]) == (pointer, code)
    kept = LabReport.objects.get()
    assert (kept.state, kept.body, kept.patient) == ("refused", json.dumps(body), None)
    assert (asked := ReviewItem.objects.open().get()).kind == "refused"
    assert (asked.report, asked.detail) == (kept, answer.json()["detail"])
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code", "text"),
    [
        (b"{", 400, "body-unreadable", "{"),
        (b"G\xf3mez", 400, "body-unreadable", "G\\xf3mez"),
        (b'{"note": "\x00"}', 400, "body-unreadable", '{"note": "\\x00"}'),
        (b"[" * 50_000, 400, "body-unreadable", "[" * 50_000),
        (b'{"patient": 1, "patient": 2}', 400, "body-unreadable", '{"patient": 1, "patient": 2}'),
        (b'{"note": "\\u0000"}', 400, "body-unreadable", '{"note": "\\u0000"}'),
        (b'{"note": "\\ud800"}', 400, "body-unreadable", '{"note": "\\ud800"}'),
        (b"[" + b" " * (2 * 1024 * 1024), 413, "too-large", "[" + " " * (64 * 1024 - 1)),
    ],
)
def test_an_unreadable_body_is_refused_kept_and_put_before_a_person(
    ehr: Ehr, patient: Patient, body: bytes, status: int, code: str, text: str
) -> None:
    answers = [ehr.post(body, key="5e0c"), ehr.post(body, key="5e0c"), ehr.post(body)]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(status, code)}
    kept = LabReport.objects.get(message_key="5e0c")
    assert (kept.state, kept.body, kept.site, kept.client) == ("refused", text, patient.site, ehr.client)
    assert bytes(kept.body_raw or kept.body.encode()) == body[: 64 * 1024]
    asked = ReviewItem.objects.open().get()
    assert (asked.kind, asked.report, asked.detail) == ("refused", kept, answers[0].json()["detail"])


def test_nothing_sent_is_nothing_to_keep(ehr: Ehr) -> None:
    answer = ehr.post(b"   ")

    assert (answer.status_code, answer.json()["code"]) == (400, "body-missing")
    assert not LabReport.objects.exists()


def test_a_part_of_a_message_is_not_taken_for_the_whole(ehr: Ehr) -> None:
    answer = in_pieces(ehr, CONTENT_LENGTH="9999")

    assert (answer.status_code, answer.json()["code"]) == (400, "body-incomplete")
    assert not LabReport.objects.exists()


def test_what_was_dismissed_is_not_asked_again_when_its_sender_tries_again(ehr: Ehr) -> None:
    ehr.post(b"{", key="5e0c")
    resolve_review(ReviewItem.objects.get(), by=make.UserFactory(), because="A test.", now=timezone.now())

    ehr.post(b"{", key="5e0c")

    assert ReviewItem.objects.count() == 1


@pytest.mark.parametrize(
    ("media", "headers"),
    [
        ("text/plain", {}),
        ("application/xml", {}),
        ("multipart/form-data; boundary=x", {}),
        ("application/json", {"content-encoding": "gzip"}),
    ],
)
def test_only_plain_json_is_taken(ehr: Ehr, media: str, headers: dict[str, str]) -> None:
    answer = ehr.http.post(
        "/api/v1/lab-results",
        b"{}",
        content_type=media,
        headers=ehr.headers | {"idempotency-key": "k"} | headers,
    )

    assert answer.status_code == 415
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert LabReport.objects.get(state="refused").body == "{}"


# --- all, some, nothing -----------------------------------------------------------------------------


def test_a_batch_of_which_nothing_can_be_read_names_each(ehr: Ehr) -> None:
    answer = ehr.post([a_report(collected_at="?"), {"patient": 1}, 7])

    told = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (400, 400, "malformed")
    assert [(error["pointer"], error["code"]) for error in told["errors"]] == [
        ("/0/collected_at", "date"),
        ("/1/patient", "type"),
        ("/2", "type"),
    ]
    assert [report["status"] for report in told["reports"]] == [400, 400, 400]
    assert [report.body for report in LabReport.objects.order_by("pk")][1:] == ['{"patient": 1}', "7"]
    assert list(ReviewItem.objects.values_list("kind", flat=True)) == ["refused"] * 3


def test_a_report_of_a_batch_is_kept_with_its_figures_as_written(ehr: Ehr) -> None:
    body = json.dumps([a_report(a_result(value="@"))]).replace('"@"', "210.10")

    ehr.post(body)

    assert LabReport.objects.get().body == body[1:-1]


def test_a_report_of_which_no_result_can_be_stored(ehr: Ehr, patient: Patient) -> None:
    answer = ehr.post(a_report(a_result(value=True), a_result(id="B", status="F")))

    told = answer.json()
    assert (answer.status_code, told["code"], told["accepted"]) == (422, "none-stored", 0)
    assert [error["pointer"] for error in told["errors"]] == ["/results/0/value", "/results/1/status"]
    assert [each["state"] for each in told["items"]] == ["refused", "refused"]
    assert "assessment" not in told
    assert LabReport.objects.get().patient == patient
    asked = ReviewItem.objects.open().get()
    assert (asked.kind, asked.patient) == ("refused", patient)
    assert asked.detail == "2 of 2 results were not stored: 777-3, 777-3."


@pytest.mark.parametrize(
    ("reports", "status", "code"),
    [
        (["whole"], 200, None),
        (["whole", "parked"], 200, None),
        (["parked"], 202, None),
        (["whole", "part"], 207, "some-refused"),
        (["part"], 207, "some-refused"),
        (["parked", "malformed"], 207, "some-refused"),
        (["nothing"], 422, "none-stored"),
        (["nothing", "malformed"], 422, "none-stored"),
        (["mismatch", "malformed"], 422, "none-stored"),
        (["mismatch"], 409, "identity-mismatch"),
        (["malformed", "malformed"], 400, "malformed"),
    ],
)
def test_the_status_of_a_batch(ehr: Ehr, reports: list[str], status: int, code: str | None) -> None:
    ehr.let(park_unknown=True)
    stranger = {"system": "urn:x", "value": "nobody"}
    other = a_report()["patient"] | {"family_name": "Another"}
    made = {
        "whole": lambda name: a_report(a_result(id=name)),
        "part": lambda name: a_report(a_result(id=name), a_result(id=f"{name}x", value=True)),
        "nothing": lambda name: a_report(a_result(id=name, value=True)),
        "parked": lambda name: a_report(a_result(id=name), patient=stranger),
        "mismatch": lambda name: a_report(a_result(id=name), patient=other),
        "malformed": lambda name: {"results": []},
    }

    answer = ehr.post([made[kind](f"r{index}") for index, kind in enumerate(reports)])

    assert (answer.status_code, answer.json().get("code")) == (status, code)
    assert answer.headers["Content-Type"] == (
        "application/json" if code is None else "application/problem+json"
    )


def test_a_parked_report_says_what_of_it_was_refused(ehr: Ehr) -> None:
    ehr.let(park_unknown=True)
    stranger = {"system": "urn:x", "value": "nobody"}

    answer = ehr.post(a_report(a_result(), a_result(id="B", value=True), patient=stranger))

    assert (answer.status_code, answer.json()["parked"]) == (207, "patient-unknown")
    assert sorted(ReviewItem.objects.values_list("kind", flat=True)) == ["patient-unknown", "refused"]


def test_whose_it_is_does_not_settle_what_was_refused(ehr: Ehr, patient: Patient) -> None:
    stranger = {"system": "urn:x", "value": "nobody"}
    ehr.post(a_report(a_result(), a_result(id="B", value=True), patient=stranger))

    settle_identity(
        LabReport.objects.get(), patient, by=make.UserFactory(), because="Called.", now=timezone.now()
    )

    asked = ReviewItem.objects.open().get()
    assert (asked.kind, asked.patient) == ("refused", patient)


def test_a_key_used_for_another_message_keeps_that_message(ehr: Ehr) -> None:
    ehr.post(a_report(), key="5e0c")
    other = json.dumps(a_report(a_result(value="86")))

    ehr.post(other, key="5e0c")

    kept = LabReport.objects.get(state="refused")
    assert (kept.message_key, kept.body) == ("5e0c", other)
    assert ReviewItem.objects.open().get().kind == "same-id"


# --- figures with an exponent, days, order numbers ---------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "read"), [("1.5e2", "150"), ("75E-1", "7.5"), ("2.10E+002", "210"), ("62e0", "62")]
)
def test_a_json_number_with_an_exponent_is_read_exactly(ehr: Ehr, sent: str, read: str) -> None:
    body = json.dumps(a_report(a_result(value="@", low="@@", high=None))).replace('"@@"', "5e1")

    answer = ehr.post(body.replace('"@"', sent))

    assert item(answer)["canonical"]["value"] == read
    assert (LabResult.objects.get().value, LabResult.objects.get().low) == (read, "50")


@pytest.mark.parametrize("own", [True, False])
def test_a_day_alone_is_that_day_of_the_patients_site(ehr: Ehr, course: Course, own: bool) -> None:
    site = course.patient.site
    site.timezone = "Pacific/Honolulu"
    site.save()
    sent = a_report(a_result(collected_at="2025-01-07")) if own else a_report(collected_at="2025-01-07")

    assert item(ehr.post(sent))["state"] == "created"

    result = LabResult.objects.get()
    assert result.day_only and result.collected_text == "2025-01-07"
    assert result.collected_at == datetime(2025, 1, 7, 22, tzinfo=UTC)
    (fact,) = facts_of(course).results
    assert (fact.day_only, fact.collected_at) == (True, result.collected_at)
    assert item(ehr.post(sent))["state"] == "unchanged"


def test_a_time_of_a_result_overrides_the_day_of_its_report(ehr: Ehr) -> None:
    ehr.post(a_report(a_result(collected_at="2025-01-07T08:30:00-05:00"), collected_at="2025-01-07"))

    assert not LabResult.objects.get().day_only


@pytest.mark.parametrize(("day", "state"), [("2025-01-08", "created"), ("2025-01-09", "review")])
@pytest.mark.parametrize("now", ["2025-01-08T00:05:00-05:00", "2025-01-08T23:55:00-05:00"])
def test_today_is_no_day_in_the_future_whatever_the_hour(ehr: Ehr, day: str, state: str, now: str) -> None:
    with time_machine.travel(now, tick=False):
        answer = item(ehr.post(a_report(collected_at=day)))

    assert answer["state"] == state
    assert answer.get("reason") == ("time" if state == "review" else None)
    assert LabResult.objects.get().collected_text == day


def test_a_day_of_an_unknown_patient_is_that_of_the_senders_site(ehr: Ehr) -> None:
    ehr.post(a_report(collected_at="2025-01-07", patient={"system": "urn:x", "value": "nobody"}))

    assert LabResult.objects.get().collected_at == datetime(2025, 1, 7, 17, tzinfo=UTC)


def test_what_a_rule_may_need_of_a_result_reaches_it(ehr: Ehr, course: Course) -> None:
    told = a_result(low=None, high=None, range_text="150-400", note="Clumped.", absent_reason="error")

    ehr.post(a_report(told))

    (fact,) = facts_of(course).results
    assert (fact.range_text, fact.note, fact.absent_reason) == ("150-400", "Clumped.", "error")


def test_both_numbers_of_the_order_are_kept(ehr: Ehr) -> None:
    ehr.post(a_report())

    result = LabResult.objects.get()
    assert (result.placer_order, result.filler_order) == ("ORD448811", "LAB789")


# --- in chunks --------------------------------------------------------------------------------------


def test_a_body_in_chunks_is_read(ehr: Ehr) -> None:
    answer = in_pieces(ehr, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked", **ENDS_THE_STREAM)

    assert item(answer)["state"] == "created"


def test_chunks_end_at_the_same_limit(ehr: Ehr) -> None:
    answer = in_pieces(
        ehr,
        b"[" + b" " * (2 * 1024 * 1024),
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
        **ENDS_THE_STREAM,
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_connection_that_breaks_off_is_no_error_of_ours(ehr: Ehr) -> None:
    broken = Mock(read=Mock(side_effect=OSError("invalid chunk size")))
    sent = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": broken}

    answer = in_pieces(ehr, **sent, **ENDS_THE_STREAM)

    assert (answer.status_code, answer.json()["code"]) == (400, "body-incomplete")


def test_a_server_that_cannot_tell_the_end_asks_for_a_length(ehr: Ehr) -> None:
    answer = in_pieces(ehr, CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")

    assert (answer.status_code, answer.json()["code"]) == (411, "length-required")


# --- whose it is ------------------------------------------------------------------------------------


def test_an_unknown_patient_is_refused_and_the_report_kept(ehr: Ehr) -> None:
    answer = ehr.post(a_report(patient={"system": "urn:x", "value": "nobody"}))

    assert answer.status_code == 422
    assert answer.json()["code"] == "patient-unknown"
    assert answer.json()["errors"][0]["pointer"] == "/patient/value"
    report = LabReport.objects.get()
    assert (report.state, report.patient) == ("parked", None)
    assert LabResult.objects.get().patient is None
    assert ReviewItem.objects.open().get(result=None).kind == "patient-unknown"


def test_a_client_may_park_unknown_patients(ehr: Ehr) -> None:
    ehr.let(park_unknown=True)

    answer = ehr.post(a_report(patient={"system": "urn:x", "value": "nobody"}))

    assert answer.status_code == 202
    assert answer.json()["parked"] == "patient-unknown"
    assert LabReport.objects.parked().exists()


@pytest.mark.parametrize("is_batch", [True, False])
def test_after_the_patient_was_registered_the_same_key_is_processed_anew(ehr: Ehr, is_batch: bool) -> None:
    report = a_report(patient={"system": "urn:x", "value": "new"})
    body = [report, a_report(a_result(id="B"))] if is_batch else report
    assert ehr.post(body, key="5e0c").status_code == (207 if is_batch else 422)
    assert ehr.post(a_report(), key="5e0c").json()["code"] == "idempotency-key-reused"
    someone = make.PatientFactory(site=ehr.client.sites.get())
    make.PatientIdentifierFactory(patient=someone, system="urn:x", value="new")

    answer = ehr.post(body, key="5e0c")

    assert answer.status_code == 200
    assert "Idempotent-Replayed" not in answer.headers
    assert LabResult.objects.standing().filter(patient=someone).exists()
    assert ehr.post(body, key="5e0c").headers["Idempotent-Replayed"] == "true"


def test_after_the_record_was_corrected_the_same_key_is_processed_anew(ehr: Ehr, patient: Patient) -> None:
    body = a_report()
    body["patient"]["family_name"] = "Married"
    assert ehr.post(body, key="5e0c").status_code == 409
    patient.family_name = "Married"
    patient.save()

    assert item(ehr.post(body, key="5e0c"))["state"] == "created"


def test_the_same_parked_report_asks_once(ehr: Ehr) -> None:
    for _ in range(3):
        ehr.post(a_report(patient={"system": "urn:x", "value": "nobody"}))

    assert ReviewItem.objects.count() == 1
    assert LabResult.objects.count() == 1


def test_a_parked_report_sent_again_finds_the_patient_registered_meanwhile(ehr: Ehr) -> None:
    body = a_report(patient={"system": "urn:x", "value": "new"})
    ehr.post(body)
    someone = make.PatientFactory(site=ehr.client.sites.get())
    make.PatientIdentifierFactory(patient=someone, system="urn:x", value="new")

    assert item(ehr.post(body))["state"] == "created"
    assert LabResult.objects.standing().get().patient == someone


@pytest.mark.hazard("H03")
@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"birth_date": "1960-05-05"}, "The birth date differs from the record."),
        ({"family_name": "Another"}, "The family name differs from the record."),
    ],
)
@pytest.mark.parametrize("park_unknown", [True, False])
def test_a_contradiction_holds_the_report_for_a_person(
    ehr: Ehr, patient: Patient, change: dict[str, str], detail: str, park_unknown: bool
) -> None:
    ehr.let(park_unknown=park_unknown)
    body = a_report()
    body["patient"] |= change

    answer = ehr.post(body)

    assert (answer.status_code, answer.json()["code"]) == (409, "identity-mismatch")
    assert answer.json()["detail"] == detail
    assert not LabResult.objects.filter(patient=patient).exists()
    assert ReviewItem.objects.open().get(result=None).kind == "identity-mismatch"


def test_a_name_differs_neither_by_case_nor_by_how_letters_are_composed(ehr: Ehr, patient: Patient) -> None:
    patient.family_name = "Gómez"
    patient.save()
    body = a_report()
    body["patient"]["family_name"] = " GO\u0301MEZ "

    assert item(ehr.post(body))["state"] == "created"


def test_a_patient_of_another_site_is_as_unknown_as_nobody(ehr: Ehr) -> None:
    stranger = make.PatientIdentifierFactory(value="THERE")
    there = ehr.post(a_report(patient={"system": stranger.system, "value": "THERE"}))
    nobody = ehr.post(a_report(patient={"system": stranger.system, "value": "NOBODY"}))

    assert there.status_code == nobody.status_code == 422
    assert {**there.json(), "instance": ""} == {**nobody.json(), "instance": ""}
    assert not LabResult.objects.filter(patient=stranger.patient).exists()


@pytest.mark.hazard("H16")
def test_numbers_of_an_authority_that_is_not_the_clients_are_unknown(ehr: Ehr) -> None:
    ehr.let(mrn_systems=["urn:of-another"])

    assert ehr.post(a_report()).json()["code"] == "patient-unknown"


@pytest.mark.hazard("H03")
def test_a_result_moved_to_another_patient_is_put_before_a_person(ehr: Ehr, patient: Patient) -> None:
    ehr.post(a_report())
    other = make.PatientIdentifierFactory(patient__site=patient.site)
    moved = a_report(patient={"system": other.system, "value": other.value})

    answer = ehr.post(moved)

    assert item(answer)["reason"] == "wrong-patient"
    assert not LabResult.objects.filter(patient=other.patient).exists()
    assert LabResult.objects.standing().get().patient == patient
    assert ReviewItem.objects.open().get().patient == other.patient
    assert item(ehr.post(moved))["state"] == "unchanged"


def test_a_result_taken_back_from_one_patient_may_go_to_another(ehr: Ehr, patient: Patient) -> None:
    ehr.post(a_report())
    ehr.post(a_report(a_result(status="entered-in-error"), reported_at="2025-01-07T12:00:00-05:00"))
    other = make.PatientIdentifierFactory(patient__site=patient.site)

    answer = ehr.post(
        a_report(
            patient={"system": other.system, "value": other.value}, reported_at="2025-01-07T13:00:00-05:00"
        )
    )

    assert item(answer)["state"] == "created"
    assert LabResult.objects.standing().get().patient == other.patient


# --- who may ----------------------------------------------------------------------------------------


def test_without_the_scope_nothing_is_taken(patient: Patient) -> None:
    answer = new_ehr(patient.site, scopes=[ApiScope.PATIENTS_READ]).post(a_report())

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert not LabReport.objects.exists()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"expires_on": timezone.now().date() - timedelta(days=2)}, "token-expired"),
        ({"is_active": False}, "token-unknown"),
        ({"token_hash": "0" * 64}, "token-unknown"),
    ],
)
def test_a_token_that_opens_nothing(ehr: Ehr, change: dict[str, Any], code: str) -> None:
    ehr.let(**change)
    answer = ehr.post(a_report())

    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer  "])
def test_no_token_opens_nothing(ehr: Ehr, header: str) -> None:
    ehr.headers = {"authorization": header} if header else {}

    assert ehr.post(a_report()).status_code == 401


def test_the_call_is_recorded_with_its_patient_and_without_a_value(ehr: Ehr, patient: Patient) -> None:
    answer = ehr.post(a_report(), **{"x-request-id": "0123456789abcdef-ehr"})

    row = AuditEvent.objects.get()
    assert (row.kind, row.client, row.patients) == ("api", ehr.client, [patient.public_id])
    assert (row.view, row.status) == ("api-lab-results", 200)
    assert row.detail == {"results": 1, "replayed": False}
    assert answer.headers["X-Request-Id"] == row.request_id == "0123456789abcdef-ehr"


@pytest.mark.parametrize("sent", ["MRN12345", "line\tbreak-0123456789", "x" * 65])
def test_an_id_that_may_name_somebody_or_break_a_log_is_not_taken_over(ehr: Ehr, sent: str) -> None:
    assert ehr.post(a_report(), **{"x-request-id": sent}).headers["X-Request-Id"] != sent


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_refused_as_problems(ehr: Ehr, method: str) -> None:
    answer = getattr(ehr.http, method)("/api/v1/lab-results", headers=ehr.headers)

    assert answer.status_code == 405
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "POST" in answer.headers["Allow"]


def test_an_address_that_is_none_is_a_problem(ehr: Ehr) -> None:
    answer = ehr.get("/api/v1/nothing")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_bug_is_a_problem_without_a_value(ehr: Ehr) -> None:
    with patch("coordination.ehr.lab_results.receive_reports", side_effect=RuntimeError("MRN12345")):
        answer = ehr.post(a_report())

    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
    assert b"MRN12345" not in answer.content
    assert not IdempotencyKey.objects.exists()


# --- limits -----------------------------------------------------------------------------------------


def test_more_calls_than_allowed_wait(ehr: Ehr, settings: Any, broker: Any) -> None:
    settings.API_WRITES_PER_MINUTE = 2

    answers = [ehr.post(a_report()) for _ in range(3)]

    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].status_code == 429
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert ehr.get("/api/v1/patients", {"identifier": "a|b"}).status_code == 200


def test_without_redis_each_process_counts_for_itself(ehr: Ehr, settings: Any) -> None:
    settings.API_WRITES_PER_MINUTE = 1

    assert [ehr.post(a_report()).status_code for _ in range(2)] == [200, 429]


def test_a_limit_of_0_is_none(ehr: Ehr, settings: Any) -> None:
    settings.API_WRITES_PER_MINUTE = 0

    assert "RateLimit-Limit" not in ehr.post(a_report()).headers


# --- the bell ---------------------------------------------------------------------------------------


@pytest.mark.hazard("H45")
def test_a_worker_is_rung_after_commit_with_the_id_alone(
    ehr: Ehr, course: Course, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with (
        patch.object(tasks.reassess_course, "delay") as delay,
        django_capture_on_commit_callbacks(execute=True),
    ):
        ehr.post(a_report())

    delay.assert_called_once_with(course.pk)


@pytest.mark.hazard("H54")
def test_a_broker_that_is_down_fails_nothing(
    ehr: Ehr, course: Course, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with (
        patch.object(tasks.reassess_course, "delay", side_effect=OperationalError) as delay,
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert ehr.post(a_report()).status_code == 200
        assert ehr.post(a_report(a_result(id="another"))).status_code == 200

    assert delay.call_count == 1
    course.refresh_from_db()
    assert course.assess_after is not None


def test_a_broker_that_is_not_there_is_left_alone_at_once(
    ehr: Ehr, course: Course, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    """Celery's own retries would hold the sender for six seconds."""

    def ring_nowhere(course_id: int) -> None:
        nowhere = app.connection_for_write("redis+socket:///nowhere?virtual_host=0")
        tasks.reassess_course.apply_async((course_id,), connection=nowhere)

    with (
        patch.object(tasks.reassess_course, "delay", ring_nowhere),
        patch.object(UnixDomainSocketConnection, "_connect", side_effect=ConnectionRefusedError) as tried,
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert ehr.post(a_report()).status_code == 200

    assert tasks._no_broker.is_on()
    assert tried.call_count <= 2  # by the pool; left alone, Celery tries on for six seconds


def test_the_bell_reaches_a_broker_that_is_there(
    ehr: Ehr, course: Course, broker: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ehr.post(a_report())

    with broker.client() as client:
        (message,) = client.lrange("celery", 0, -1)
    assert json.loads(message)["headers"]["argsrepr"] == f"({course.pk},)"


@pytest.fixture(autouse=True)
def _nobody_has_called_yet() -> None:
    from coordination.ehr import rate_limits

    rate_limits._here.clear()


# --- at once ----------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do several things behind a barrier, each in a thread of its own."""
    barrier = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def do(index: int) -> None:
        barrier.wait()
        try:
            answers[index] = acts[index]()
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(index,)) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two senders, one report."""

    def ehr(self) -> Ehr:
        number = make.PatientIdentifierFactory(value="MRN12345")
        make.CourseFactory(patient=number.patient)
        return new_ehr(number.patient.site)

    @pytest.mark.parametrize("turn", range(3))
    def test_under_two_keys_it_is_stored_once(self, turn: int) -> None:
        ehr = self.ehr()

        answers = at_once(*[lambda: ehr.post(a_report())] * 4)

        states = sorted(item(answer)["state"] for answer in answers)
        assert states == ["created", "unchanged", "unchanged", "unchanged"]
        assert LabResult.objects.count() == 1

    @pytest.mark.parametrize("turn", range(3))
    def test_under_one_key_it_is_answered_once_or_told_to_wait(self, turn: int) -> None:
        ehr = self.ehr()

        answers = at_once(*[lambda: ehr.post(a_report(), key="one")] * 4)

        assert {answer.status_code for answer in answers} <= {200, 409}
        assert [answer.status_code for answer in answers].count(200) >= 1
        assert (LabResult.objects.count(), LabReport.objects.count()) == (1, 1)

    def test_of_an_unknown_patient_it_is_parked_once(self) -> None:
        ehr = self.ehr()
        body = a_report(patient={"system": "urn:x", "value": "nobody"})

        answers = at_once(*[lambda: ehr.post(body)] * 4)

        assert {answer.status_code for answer in answers} == {422}
        assert (LabResult.objects.count(), ReviewItem.objects.count()) == (1, 1)

    def test_for_two_patients_one_version_is_put_before_a_person(self) -> None:
        ehr = self.ehr()
        other = make.PatientIdentifierFactory(patient__site=ehr.client.sites.get())
        moved = a_report(patient={"system": other.system, "value": other.value})

        answers = at_once(lambda: ehr.post(a_report()), lambda: ehr.post(moved))

        assert sorted(item(answer)["state"] for answer in answers) == ["created", "review"]

    def test_two_batches_in_opposite_order_wait_for_each_other(self) -> None:
        ehr = self.ehr()
        other = make.PatientIdentifierFactory(patient__site=ehr.client.sites.get())
        one = a_report(*(a_result(id=f"a{number}") for number in range(100)))
        two = a_report(
            *(a_result(id=f"b{number}") for number in range(100)),
            patient={"system": other.system, "value": other.value},
        )

        answers = at_once(lambda: ehr.post([one, two]), lambda: ehr.post([two, one]))

        assert [answer.status_code for answer in answers] == [200, 200]
        assert LabResult.objects.count() == 200


# --- what a sender means by its times ----------------------------------------------------------------


def means(ehr: Ehr, kind: str, what: str, laboratory: str = "") -> None:
    make.SenderMapEntryFactory(client=ehr.client, laboratory=laboratory, kind=kind, sent="", means=what)


@pytest.mark.hazard("H15")
def test_a_time_without_a_zone_is_in_the_zone_of_its_sender(ehr: Ehr) -> None:
    means(ehr, "time-zone", "America/Chicago", "Lab East")
    report = a_report(collected_at="2025-01-07T08:30:00", reported_at="2025-01-07 11:15:00")

    refused = ehr.post(report)
    assert refused.status_code >= 400
    ehr.post(report | {"laboratory": "Lab East"})

    result = LabResult.objects.get()
    assert result.collected_at is not None
    assert result.collected_at.isoformat() == "2025-01-07T14:30:00+00:00"
    assert '"2025-01-07T08:30:00"' in result.report.body  # as it was sent


def test_a_date_may_mean_a_time_of_day(ehr: Ehr) -> None:
    means(ehr, "plain-date", "07:30")

    ehr.post([a_report(a_result(collected_at="2025-01-07"), collected_at=None)])

    result = LabResult.objects.get()
    assert result.collected_at is not None
    assert result.collected_at.isoformat() == "2025-01-07T12:30:00+00:00"  # in the client's zone


@pytest.mark.hazard("H15")
def test_a_time_that_does_not_exist_stays_wrong(ehr: Ehr) -> None:
    means(ehr, "time-zone", "America/Chicago")

    assert ehr.post(a_report(collected_at="2025-02-30T08:30:00")).status_code >= 400


# --- what an attack found ---------------------------------------------------------------------------


def used_by_the_rules(course: Course) -> list[str]:
    """The values of the platelets that count."""
    timeline = build_timeline(facts_of(course), get_protocol(course.protocol_key))
    return [seen.reading.shown for seen in timeline.of(Analyte.PLATELETS) if seen.reading]


UNKNOWN_CODES = ({"system": "urn:x", "code": "PLT-CANCEL"}, {"system": LOINC, "code": "2345-7"})


@pytest.mark.parametrize("code", UNKNOWN_CODES, ids=["local", "no analyte"])
def test_a_withdrawal_under_a_code_that_nobody_knows_withdraws(
    ehr: Ehr, course: Course, code: dict[str, str]
) -> None:
    ehr.post(a_report(a_result()))
    assert used_by_the_rules(course) == ["210"]

    ehr.post(a_report(a_result(code=code, value=None, status="entered-in-error"), reported_at=None))
    assert used_by_the_rules(course) == []

    ehr.post(a_report(a_result(status="entered-in-error"), reported_at=None))
    assert used_by_the_rules(course) == []


def test_a_weight_withdrawn_under_a_code_that_nobody_knows_is_taken_back(ehr: Ehr, course: Course) -> None:
    weight = a_result(
        id="W", code={"system": LOINC, "code": "29463-7"}, value="76", unit="kg", low=None, high=None
    )
    ehr.post(a_report(weight))
    assert [each.kg for each in facts_of(course).weights] == [76]

    ehr.post(a_report({"id": "W", "code": UNKNOWN_CODES[0], "status": "cancelled"}, reported_at=None))
    assert facts_of(course).weights == ()


def test_a_result_withdrawn_sent_again_and_withdrawn_in_the_same_words_is_not_used(
    ehr: Ehr, course: Course
) -> None:
    gone = a_report(a_result(status="entered-in-error"), reported_at=None)
    ehr.post(a_report(a_result(), reported_at=None))
    ehr.post(gone)
    ehr.post(a_report(a_result(value="240", status="corrected"), reported_at=None))
    assert used_by_the_rules(course) == ["240"]

    assert item(ehr.post(gone))["state"] != "unchanged"
    assert used_by_the_rules(course) == []
    assert item(ehr.post(gone))["state"] == "unchanged"


def test_a_final_result_after_a_corrected_one_is_put_before_a_person(ehr: Ehr, course: Course) -> None:
    ehr.post(a_report(a_result(value="240", status="corrected"), reported_at=None))

    answer = item(ehr.post(a_report(a_result(value="40"), reported_at=None)))

    assert answer["state"] == "superseded"
    asked = ReviewItem.objects.open().get()
    assert "came as final after a corrected result" in asked.detail


def test_a_correction_with_a_mistyped_year_does_not_take_the_count_away(ehr: Ehr, course: Course) -> None:
    ehr.post(a_report(a_result(value="40")))

    wrong = a_result(value="40", status="corrected", collected_at="1930-01-07T08:30:00-05:00")
    assert item(ehr.post(a_report(wrong)))["reason"] == "time"

    timeline = build_timeline(facts_of(course), get_protocol(course.protocol_key))
    (rejected,) = timeline.rejected
    assert rejected.at == datetime.fromisoformat("2025-01-07T08:30:00-05:00")


@pytest.mark.parametrize("other", ["LAB789.777-3#2", "LAB789.777-3#2#2", "LAB789.777-3@lab"])
def test_no_id_of_a_sender_is_taken_for_a_version_of_ours(ehr: Ehr, course: Course, other: str) -> None:
    ehr.post(a_report(a_result(value="200")))
    ehr.post(a_report(a_result(value="40", status="corrected")))
    ehr.post(a_report(a_result(id=other, value="211")))
    ehr.post(a_report(a_result(id=other, value="212", status="corrected")))

    assert sorted(used_by_the_rules(course)) == ["212", "40"]
    names = [fact.id for fact in facts_of(course).results]
    assert len(set(names)) == len(names)
