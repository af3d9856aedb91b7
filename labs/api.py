"""POST /api/v1/lab-results: a laboratory's report, or a batch of them, from a machine."""

from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema

from coordination.api import contract
from coordination.api.body import JsonBody, read_body
from coordination.api.idempotency import Answer, answer_once, key_of
from coordination.api.problems import FieldError, Problem, json_response
from coordination.api.tokens import ApiScope
from coordination.api.views import MachineRequest, MachineView
from coordination.base import clock
from coordination.flows.lab_result import Receipt, receive_reports
from coordination.tasks import ring
from labs.actions import Stored, StoredResult
from labs.models import ReviewItem
from labs.rest import Message, ReadReport, RefusedResult, Wrong, read_message
from patients.models import Patient

ABOUT_THE_PATIENT = {
    ReviewItem.Kind.PATIENT_UNKNOWN: (422, "patient-unknown"),
    ReviewItem.Kind.IDENTITY_MISMATCH: (409, "identity-mismatch"),
}


class LabResults(MachineView):
    """Kept and committed before it is acknowledged; assessed right after. Sending it again is harmless."""

    scopes: ClassVar[dict[str, ApiScope]] = {"POST": ApiScope.RESULTS_WRITE}

    @extend_schema(**contract.POST_LAB_RESULTS)
    def post(self, request: MachineRequest) -> HttpResponse:
        key = key_of(request)
        body = read_body(request)
        message = _message(body, request, key)
        call = _Call(request, message)
        answer = answer_once(request.auth, key=key, digest=body.digest, now=call.now, act=call.receive)
        response = json_response(answer.body, status=answer.status)
        if answer.is_replayed:
            response.headers["Idempotent-Replayed"] = "true"
        request.audit.changed(call.patients, results=call.count, replayed=answer.is_replayed)
        return response


def _message(body: JsonBody, request: MachineRequest, key: str) -> Message:
    source = str(request.auth.public_id)
    try:
        return read_message(body.document, text=body.text, source=source, key=key)
    except Wrong as wrong:
        raise _malformed(wrong) from None


def _malformed(wrong: Wrong) -> Problem:
    error = FieldError(wrong.pointer, wrong.code, wrong.detail)
    return Problem(422, "malformed", f"{wrong.pointer or 'The body'}: {wrong.detail}", errors=[error])


class _Call:
    """One call, while it is answered: it may be begun twice, and then the second time counts."""

    def __init__(self, request: MachineRequest, message: Message) -> None:
        self.request = request
        self.message = message
        self.now = clock.now()
        self.patients: list[Patient] = []
        self.count = 0

    def receive(self) -> Answer:
        """Store what can be stored; ring for the courses once that is committed."""
        read = [report for report in self.message.reports if isinstance(report, ReadReport)]
        receipts = receive_reports(
            [report.report for report in read],
            client=self.request.auth,
            sites=self.request.scope.sites,
            now=self.now,
        )
        self.patients = [receipt.identity.patient for receipt in receipts if receipt.identity.patient]
        self.count = sum(len(receipt.results) for receipt in receipts)
        courses = sorted({course for receipt in receipts for course in receipt.courses})
        if courses:
            transaction.on_commit(lambda: ring(courses))
        received = iter(zip(read, receipts, strict=True))
        answers = [
            self._refusal(_malformed(report)) if isinstance(report, Wrong) else self._answer(*next(received))
            for report in self.message.reports
        ]
        return _batch(answers) if self.message.is_batch else answers[0]

    def _answer(self, read: ReadReport, receipt: Receipt) -> Answer:
        identity = receipt.identity
        stored = {each.result.source_id: each for each in receipt.results}
        items = [_item(outcome, stored) for outcome in read.outcomes]
        accepted = sum(item["state"] != "refused" for item in items)
        if identity.patient:
            assessment = _assessment(identity.patient, receipt)
            return Answer(200, {"accepted": accepted, "items": items, "assessment": assessment})
        status, code = ABOUT_THE_PATIENT[ReviewItem.Kind(identity.problem)]
        if status == 422 and self.request.auth.park_unknown:
            return Answer(202, {"accepted": accepted, "items": items, "parked": code})
        error = FieldError(f"/patient/{identity.field}", code, identity.detail)
        return self._refusal(Problem(status, code, identity.detail, errors=[error]))

    def _refusal(self, problem: Problem) -> Answer:
        return Answer(problem.status, problem.document(self.request._request))


def _batch(answers: list[Answer]) -> Answer:
    """Each report with the status that it would have had alone; the whole is 200."""
    accepted = sum(answer.body.get("accepted", 0) for answer in answers)
    reports = [{"status": answer.status} | answer.body for answer in answers]
    return Answer(200, {"accepted": accepted, "reports": reports})


def _item(outcome: Any, stored: dict[str, StoredResult]) -> dict[str, Any]:
    if isinstance(outcome, RefusedResult):
        wrong = outcome.wrong
        return {
            "id": outcome.id,
            "state": "refused",
            "pointer": wrong.pointer,
            "reason": wrong.code,
            "detail": wrong.detail,
        }
    each = stored[outcome.id]
    result = each.result
    item: dict[str, Any] = {"id": outcome.id, "state": each.state.value}
    if each.reason:
        item["reason"] = str(each.reason)
    if not result.usable:
        item["usable"] = False
    elif each.state is not Stored.SUPERSEDED:
        item["canonical"] = {"value": result.used_text, "unit": result.used_unit}
        if result.used_comparator:
            item["canonical"]["comparator"] = result.used_comparator
    return item


def _assessment(patient: Patient, receipt: Receipt) -> dict[str, Any]:
    """What happens next: queued, or nothing where nothing changed or no course is there to assess."""
    gate = reverse("api-gate", kwargs={"patient_id": patient.public_id})
    if receipt.courses:
        return {"state": "queued", "gate": gate}
    if all(each.state is Stored.UNCHANGED for each in receipt.results):
        return {"state": "unchanged", "gate": gate}
    return {"state": "no-course"}
