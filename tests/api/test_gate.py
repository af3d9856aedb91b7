"""The gate and the course file: the same facts by two paths, and a signature that is never too old."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from coordination.base.api_clients import ApiScope
from coordination.base.models import AuditEvent
from coordination.flows.reassess import reassess
from patients.models import Patient
from scheduling import actions
from scheduling.models import Course, Proposal
from tests import factories as make
from tests.api.conftest import LOINC, MRN, Ehr, a_report, a_result, new_ehr
from tests.factories import FIRST_INFUSION_ON, MRN_SYSTEM, NOW

PANEL = [
    ("777-3", "210", "10*9/L", "150", "400"),
    ("751-8", "4.0", "10*9/L", "1.5", "7.5"),
    ("731-0", "1.6", "10*9/L", "1.0", "4.0"),
    ("6690-2", "6.1", "10*9/L", "4.0", "11.0"),
    ("718-7", "13.5", "g/dL", "12.0", "16.0"),
    ("2160-0", "0.80", "mg/dL", "0.5", "1.1"),
    ("2823-3", "4.2", "mmol/L", "3.5", "5.1"),
    ("2951-2", "140", "mmol/L", "135", "145"),
    ("17861-6", "9.4", "mg/dL", "8.5", "10.5"),
    ("3094-0", "14", "mg/dL", "7", "20"),
    ("1751-7", "42", "g/L", "35", "50"),
    ("6768-6", "80", "U/L", "40", "120"),
    ("1920-8", "22", "U/L", "10", "40"),
    ("1742-6", "24", "U/L", "10", "40"),
    ("1975-2", "0.6", "mg/dL", "0.2", "1.2"),
]


def panel(**change: str) -> list[dict[str, Any]]:
    return [
        a_result(
            id=f"LAB1.{loinc}",
            code={"system": "http://loinc.org", "code": loinc},
            value=change.get(loinc, value),
            unit=unit,
            low=low,
            high=high,
        )
        for loinc, value, unit, low, high in PANEL
    ]


@pytest.fixture
def treated(course: Course, ehr: Ehr) -> Course:
    """Weighed and drawn in the week before the first infusion."""
    with time_machine.travel(NOW, tick=False):
        make.WeightFactory(patient=course.patient)
        make.evidence_for_the_first_dose(course.patient)
        ehr.post(a_report(*panel()))
        reassess(course.pk, now=NOW)
    return course


def gate_of(patient: Patient) -> str:
    return f"/api/v1/patients/{patient.public_id}/gate"


def file_of(patient: Patient) -> str:
    return f"/api/v1/patients/{patient.public_id}/course-file"


def asked(ehr: Ehr, path: str, *, at: datetime = NOW + timedelta(hours=1)) -> dict[str, Any]:
    with time_machine.travel(at, tick=False):
        answer = ehr.get(path)
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


def test_the_command_says_of_the_course_file_what_the_gate_says(
    ehr: Ehr, treated: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = asked(ehr, gate_of(treated.patient))
    file = tmp_path / "course.json"
    file.write_text(json.dumps(asked(ehr, file_of(treated.patient))))

    call_command("assess", str(file))

    beside = {name: answer.pop(name) for name in ("signature", "course", "waiting")}
    assert json.loads(capsys.readouterr().out) == answer
    assert answer["next_dose"]["action"] == "give"
    assert beside == {
        "signature": {"state": "unsigned"},
        "course": {"id": str(treated.public_id), "state": "current", "because": ""},
        "waiting": [],
    }


def test_the_gate_names_the_criteria_of_the_first_dose(ehr: Ehr, treated: Course) -> None:
    make.EligibilityEvidenceFactory(
        patient=treated.patient,
        criterion="karnofsky",
        answer="not-met",
        value="50",
        evidence_on=NOW.date() - timedelta(days=1),
        recorded_at=NOW,
    )

    dose = asked(ehr, gate_of(treated.patient))["next_dose"]

    named = {each["criterion"]: each for each in dose["criteria"]}
    assert (dose["action"], dose["notes"]) == ("review", ["eligibility-unmet"])
    assert (named["platelets"]["state"], named["platelets"]["threshold"]) == ("met", ">= 75")
    assert named["karnofsky"] == {
        "criterion": "karnofsky",
        "state": "not-met",
        "value": None,
        "threshold": None,
    }


def test_both_paths_agree_after_corrections_and_retractions(
    ehr: Ehr, treated: Course, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        ehr.post(a_report(a_result(id="LAB1.777-3", value="68", status="corrected")))
        ehr.post(a_report({"id": "LAB1.1975-2", "status": "entered-in-error"}))
        ehr.post(
            a_report(a_result(id="LAB1.751-8", code={"system": LOINC, "code": "751-8"}, unit="furlongs"))
        )
        ehr.post(a_report(a_result(id="LAB1.718-7", value="75")))  # platelets, under the hemoglobin's number
    answer = asked(ehr, gate_of(treated.patient))
    file = tmp_path / "course.json"
    file.write_text(json.dumps(asked(ehr, file_of(treated.patient))))

    call_command("assess", str(file))

    said = json.loads(capsys.readouterr().out)
    assert {key: answer[key] for key in said} == said
    assert answer["next_dose"]["missing"] == ["neutrophils", "bilirubin"]
    assert {"result": "LAB1.718-7", "reason": "id-reused"} in answer["rejected"]
    assert [each["text"] for each in answer["waiting"]] == [
        "Neutrophils of Jan 7 wait for review: unit unknown",
        "Platelets of Jan 7 wait for review: result number used for another test",
    ]


def test_a_signature_stands_until_the_facts_change(ehr: Ehr, treated: Course) -> None:
    prescriber = make.UserFactory(prescriber=True, full_name="Dr. Example", sites=[treated.patient.site])
    proposal = Proposal.objects.current().get(course=treated)
    actions.sign_proposal(proposal, by=prescriber, now=NOW)

    signed = asked(ehr, gate_of(treated.patient))["signature"]
    assert signed == {
        "state": "signed",
        "by": "Dr. Example",
        "at": signed["at"],
        "decision": "accept",
        "action": "give",
        "activity_gbq": "7.4",
        "reason": None,
    }

    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        ehr.post(a_report({"id": "LAB1.777-3", "status": "entered-in-error"}))

    before_any_worker = asked(ehr, gate_of(treated.patient))["signature"]
    assert before_any_worker["state"] == "withdrawn"
    assert (
        before_any_worker["withdrawn_because"] == "New facts have changed the proposal since it was signed."
    )

    reassess(treated.pk, now=NOW + timedelta(minutes=6))

    withdrawn = asked(ehr, gate_of(treated.patient))["signature"]
    assert withdrawn["state"] == "withdrawn"
    assert withdrawn["withdrawn_because"].startswith("New facts changed the proposal. It became:")


def test_a_course_on_hold_says_so(ehr: Ehr, treated: Course) -> None:
    nurse = make.UserFactory(sites=[treated.patient.site])
    actions.hold_course(treated, by=nurse, because="travels", now=NOW)

    state = asked(ehr, gate_of(treated.patient))["course"]

    assert (state["state"], state["because"]) == ("on-hold", "travels")


@pytest.mark.parametrize("path_of", [gate_of, file_of])
def test_a_patient_without_a_course_has_neither(ehr: Ehr, patient: Patient, path_of: Any) -> None:
    answer = ehr.get(path_of(patient))

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")  # type: ignore[attr-defined]


def test_of_several_courses_the_one_not_ended(ehr: Ehr, patient: Patient) -> None:
    first = make.CourseFactory(patient=patient, started_at=NOW - timedelta(days=900))
    first.completed_on = FIRST_INFUSION_ON - timedelta(days=500)
    first.ended_at = NOW - timedelta(days=400)
    first.save()
    assert asked(ehr, file_of(patient))["id"] == str(first.public_id)

    second = make.CourseFactory(patient=patient)

    assert asked(ehr, file_of(patient))["id"] == str(second.public_id)


def test_each_reading_is_recorded(ehr: Ehr, treated: Course) -> None:
    before = AuditEvent.objects.count()

    asked(ehr, gate_of(treated.patient))

    row = AuditEvent.objects.order_by("-pk")[0]
    assert AuditEvent.objects.count() == before + 1
    assert (row.view, row.client, row.patients) == ("api-gate", ehr.client, [treated.patient.public_id])


# --- find -------------------------------------------------------------------------------------------


def found(ehr: Ehr, identifier: str) -> list[dict[str, Any]]:
    answer = ehr.get("/api/v1/patients", {"identifier": identifier})
    assert answer.status_code == 200, answer.content
    patients: list[dict[str, Any]] = json.loads(answer.content)["patients"]
    return patients


def test_a_patient_is_found_by_a_number(ehr: Ehr, patient: Patient) -> None:
    assert found(ehr, f"{MRN_SYSTEM}|{MRN}") == [
        {
            "id": str(patient.public_id),
            "identifiers": [{"system": MRN_SYSTEM, "value": MRN}],
            "family_name": "Example",
            "given_name": "Patient",
            "birth_date": "1960-05-04",
            "sex": "male",
            "died_on": None,
            "site": patient.site.key,
            "gate": gate_of(patient),
            "course_file": file_of(patient),
        }
    ]
    assert AuditEvent.objects.get().patients == [patient.public_id]


def test_nobody_is_found_elsewhere_or_under_a_number_of_another_authority(ehr: Ehr) -> None:
    stranger = make.PatientIdentifierFactory(value="THERE")

    assert found(ehr, f"{stranger.system}|THERE") == []
    assert found(ehr, f"{MRN_SYSTEM}|NOBODY") == []
    ehr.let(mrn_systems=["urn:of-another"])
    assert found(ehr, f"{MRN_SYSTEM}|{MRN}") == []


def test_a_merged_patient_is_found_under_the_old_number(ehr: Ehr, patient: Patient) -> None:
    old = make.PatientIdentifierFactory(patient__site=patient.site, patient__merged_into=patient)

    assert found(ehr, f"{old.system}|{old.value}")[0]["id"] == str(patient.public_id)


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"identifier": ""},
        {"identifier": "MRN12345"},
        {"identifier": "|MRN12345"},
        {"identifier": "urn:x|"},
        {"identifier": "urn:x|a\x00b"},
        {"identifier": "urn:x|1", "name": "Example"},
    ],
)
def test_a_question_that_is_none_is_refused(ehr: Ehr, query: dict[str, str]) -> None:
    assert ehr.get("/api/v1/patients", query).status_code == 400


@pytest.mark.parametrize(
    ("path", "scopes"),
    [
        ("/api/v1/patients?identifier=a|b", [ApiScope.COURSES_READ, ApiScope.RESULTS_WRITE]),
        ("/api/v1/patients/{id}/gate", [ApiScope.PATIENTS_READ, ApiScope.RESULTS_WRITE]),
        ("/api/v1/patients/{id}/course-file", [ApiScope.PATIENTS_READ, ApiScope.RESULTS_WRITE]),
    ],
)
def test_each_door_asks_for_its_own_scope(course: Course, path: str, scopes: list[str]) -> None:
    machine = new_ehr(course.patient.site, scopes=scopes)

    assert machine.get(path.format(id=course.patient.public_id)).status_code == 403


def test_the_use_of_a_token_is_noted_once_a_minute(ehr: Ehr, django_assert_num_queries: Any) -> None:
    found(ehr, "a|b")
    ehr.client.refresh_from_db()
    noted = ehr.client.last_used_at

    found(ehr, "a|b")

    ehr.client.refresh_from_db()
    assert noted is not None
    assert ehr.client.last_used_at == noted
    assert timezone.now() - noted < timedelta(minutes=1)
