"""GET /api/v1/patients?identifier=SYSTEM|VALUE: find a patient by a number, for machines."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema

from coordination.base.api_clients import ApiScope
from coordination.ehr import contract
from coordination.ehr.door import MachineRequest, MachineView
from coordination.ehr.problems import FieldError, Problem, json_response
from patients.models import Patient, PatientIdentifier


class FindPatients(MachineView):
    """One patient or none: a number names one. Never found by name or birth date."""

    scopes: ClassVar[dict[str, ApiScope]] = {"GET": ApiScope.PATIENTS_READ}

    @extend_schema(**contract.FIND_PATIENTS)
    def get(self, request: MachineRequest) -> HttpResponse:
        system, value = _identifier(request)
        found = _find(request, system, value)
        request.audit.saw(found)
        return json_response({"patients": [_document(patient) for patient in found]})


def _identifier(request: MachineRequest) -> tuple[str, str]:
    if unknown := set(request.query_params) - {"identifier"}:
        raise Problem(400, "unknown-parameter", f"Known is identifier, not {min(unknown)[:60]}.")
    sent = request.query_params.getlist("identifier")
    system, bar, value = (sent[0] if len(sent) == 1 else "").partition("|")
    if not (system and bar and value) or "\x00" in sent[0]:
        where = FieldError("identifier", "form", "Send one identifier=SYSTEM|VALUE.")
        raise Problem(400, "identifier-invalid", where.detail, errors=[where])
    return system, value


def _find(request: MachineRequest, system: str, value: str) -> list[Patient]:
    """A patient merged into another is found under the old number too."""
    allowed = request.auth.mrn_systems
    if allowed and system not in allowed:
        return []
    number = (
        request.scope.of(PatientIdentifier)
        .filter(system=system, value=value)
        .values_list("patient__public_id", "patient__merged_into__public_id")
        .first()
    )
    if number is None:
        return []
    own, merged_into = number
    patients = request.scope.of(Patient).filter(public_id=merged_into or own)
    return list(patients.select_related("site").prefetch_related("identifiers"))


def _document(patient: Patient) -> dict[str, Any]:
    return {
        "id": str(patient.public_id),
        "identifiers": [{"system": each.system, "value": each.value} for each in patient.identifiers.all()],
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "birth_date": patient.birth_date,
        "sex": patient.sex,
        "died_on": patient.died_on,
        "site": patient.site.key,
        "gate": reverse("api-gate", kwargs={"patient_id": patient.public_id}),
        "course_file": reverse("api-course-file", kwargs={"patient_id": patient.public_id}),
    }
