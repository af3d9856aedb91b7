"""What each machine door takes, answers and refuses, for the OpenAPI document."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from coordination.ehr.components import Schema, array_of, ref, thing


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "coordination.ehr.tokens.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> Schema:
        return {"type": "http", "scheme": "bearer"}


PROBLEM = "application/problem+json"
REQUEST_ID = OpenApiParameter(
    "X-Request-Id", OpenApiTypes.STR, OpenApiParameter.HEADER, description="Yours, echoed in the answer."
)


def refusals(*statuses: int) -> dict[tuple[int, str], Schema]:
    return {(status, PROBLEM): ref("Problem") for status in sorted({401, 403, 429, *statuses})}


_REPORT = {
    "patient": {
        "system": "urn:oid:2.16.840.1.113883.3.9999.1",
        "value": "MRN12345",
        "birth_date": "1960-01-15",
    },
    "order": {"placer": "ORD448811", "filler": "LAB789"},
    "collected_at": "2026-11-20T08:30:00-05:00",
    "reported_at": "2026-11-20T11:15:00-05:00",
    "results": [
        {
            "id": "LAB789.2160-0",
            "code": {"system": "http://loinc.org", "code": "2160-0"},
            "value": "1.10",
            "unit": "mg/dL",
            "status": "final",
            "low": "0.5",
            "high": "1.1",
        }
    ],
}

POST_LAB_RESULTS: dict[str, Any] = {
    "operation_id": "post_lab_results",
    "summary": "Store a laboratory report, or a batch of at most 500 results",
    "tags": ["Results"],
    "parameters": [
        OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, OpenApiParameter.HEADER, required=True),
        REQUEST_ID,
    ],
    "request": {"application/json": ref("IncomingReports")},
    "responses": {
        (200, "application/json"): ref("ReportOutcome"),
        (202, "application/json"): ref("ReportOutcome"),
        (207, PROBLEM): ref("ReportProblem"),
        **refusals(400, 409, 411, 413, 415, 422),
        (422, PROBLEM): ref("ReportProblem"),
    },
    "examples": [OpenApiExample("A creatinine", value=_REPORT, request_only=True)],
}
FIND_PATIENTS: dict[str, Any] = {
    "operation_id": "find_patients",
    "summary": "Find a patient by a number",
    "tags": ["Patients"],
    "parameters": [
        OpenApiParameter(
            "identifier", OpenApiTypes.STR, OpenApiParameter.QUERY, required=True, description="SYSTEM|VALUE"
        ),
        REQUEST_ID,
    ],
    "responses": {
        (200, "application/json"): thing(("patients",), patients=array_of(ref("Patient"))),
        **refusals(400),
    },
}
GET_GATE: dict[str, Any] = {
    "operation_id": "get_gate",
    "summary": "What the rules say of the next dose now, and whether it is signed",
    "tags": ["Courses"],
    "parameters": [REQUEST_ID],
    "responses": {(200, "application/json"): ref("Gate"), **refusals(404)},
}
GET_COURSE_FILE: dict[str, Any] = {
    "operation_id": "get_course_file",
    "summary": "The facts of the course, as the input document of `manage.py assess`",
    "tags": ["Courses"],
    "parameters": [REQUEST_ID],
    "responses": {
        (200, "application/json"): {"type": "object", "additionalProperties": True},
        **refusals(404),
    },
}
