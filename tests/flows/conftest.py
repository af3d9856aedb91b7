"""A patient with a planned course, and a laboratory that reports."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from coordination.flows import lab_result
from coordination.flows.lab_result import Receipt
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from patients.models import Patient
from scheduling.models import Course
from tests import factories as make
from tests.factories import NOW
from tests.flows.reports import PLATELETS


@pytest.fixture
def patient() -> Patient:
    return Patient.objects.get(pk=make.PatientIdentifierFactory(value="MRN1").patient.pk)


@pytest.fixture
def course(patient: Patient) -> Course:
    course: Course = make.CourseFactory(patient=patient)
    make.CycleFactory(course=course)
    return course


@pytest.fixture
def receive(patient: Patient) -> Callable[..., Receipt]:
    client = make.ApiClientFactory(sites=[patient.site])

    def received(
        *results: IncomingResult,
        value: str = "MRN1",
        family_name: str = "",
        now: datetime = NOW,
        **more: Any,
    ) -> Receipt:
        body = uuid4().hex
        report = IncomingReport(
            source="lab",
            message_key=body,
            body=body,
            body_hash=body.ljust(64, "0"),
            patient=PatientKey(make.MRN_SYSTEM, value, family_name=family_name),
            results=results or (PLATELETS,),
            **more,
        )
        return lab_result.receive_report(report, client=client, sites=[patient.site], now=now)

    return received
