"""An EHR with a token, a patient it knows by a number, and a course that a report may change."""

from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from coordination.base.api_clients import ApiScope, hash_of
from coordination.base.models import ApiClient
from patients.models import Patient
from scheduling.models import Course
from tests import factories as make
from tests.factories import MRN_SYSTEM

LOINC = "http://loinc.org"
MRN = "MRN12345"


class Ehr:
    """What the machine on the other side does."""

    def __init__(self, client: ApiClient, token: str) -> None:
        self.client = client
        self.headers = {"authorization": f"Bearer {token}"}
        self.http = Client(raise_request_exception=False)

    def post(self, body: Any, *, key: str | None = None, **headers: str) -> Any:
        return self.http.post(
            "/api/v1/lab-results",
            body,
            content_type="application/json",
            headers=self.headers | {"idempotency-key": key or uuid4().hex} | headers,
        )

    def get(self, path: str, query: dict[str, str] | None = None, **headers: str) -> HttpResponse:
        return self.http.get(path, query, headers=self.headers | headers)  # type: ignore[return-value]

    def let(self, **change: Any) -> None:
        for name, value in change.items():
            setattr(self.client, name, value)
        self.client.save()


def new_ehr(*sites: Any, scopes: Any = tuple(ApiScope), **more: Any) -> Ehr:
    token = uuid4().hex
    client = make.ApiClientFactory(sites=list(sites), scopes=list(scopes), token_hash=hash_of(token), **more)
    return Ehr(client, token)


@pytest.fixture
def patient(db: None) -> Patient:
    patient: Patient = make.PatientFactory(family_name="Example", given_name="Patient")
    make.PatientIdentifierFactory(patient=patient, value=MRN)
    return patient


@pytest.fixture
def course(patient: Patient) -> Course:
    course: Course = make.CourseFactory(patient=patient)
    make.CycleFactory(course=course)
    return course


@pytest.fixture
def ehr(patient: Patient) -> Ehr:
    return new_ehr(patient.site)


def a_result(**change: Any) -> dict[str, Any]:
    """Platelets of 210, final."""
    return {
        "id": "LAB789.777-3",
        "code": {"system": LOINC, "code": "777-3"},
        "value": "210",
        "unit": "10*9/L",
        "status": "final",
        "low": "150",
        "high": "400",
    } | change


def a_report(*results: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {
        "patient": {"system": MRN_SYSTEM, "value": MRN, "birth_date": "1960-05-04"},
        "order": {"placer": "ORD448811", "filler": "LAB789"},
        "collected_at": "2025-01-07T08:30:00-05:00",
        "reported_at": "2025-01-07T11:15:00-05:00",
        "results": list(results) or [a_result()],
    } | change
