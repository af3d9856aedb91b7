"""POST /api/v1/lab-results: a laboratory's report, or a batch of them, from a machine."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema

from coordination.base import clock
from coordination.base.api_clients import ApiScope
from coordination.ehr import contract
from coordination.ehr.body import JsonBody, read_body, receive_body
from coordination.ehr.door import MachineRequest, MachineView
from coordination.ehr.idempotency import StoredAnswer, answer_once, key_of, key_sent
from coordination.ehr.problems import FieldError, Problem, json_response, problem_url
from coordination.flows.lab_result import Receipt, receive_reports
from coordination.flows.refused import ask_about_refused, keep_refused
from coordination.tasks import queue_assessment
from labs.actions.reception import StoredAs, StoredResult
from labs.incoming import IncomingResult, RefusedMessage
from labs.models import ReviewItem
from labs.report_format.reports import (
    TOO_MANY,
    MalformedReport,
    Message,
    ReadReport,
    RefusedResult,
    read_message,
)
from labs.report_format.values import Wrong
from labs.sender_maps import times_of
from patients.models import Patient

ABOUT_THE_PATIENT = {
    ReviewItem.Kind.PATIENT_UNKNOWN: (422, "patient-unknown"),
    ReviewItem.Kind.IDENTITY_MISMATCH: (409, "identity-mismatch"),
}
IN_PROGRESS = "in-progress"
KEPT_OF_TOO_LARGE = 64 * 1024
NOTHING_TAKEN = frozenset({400, 409, 422})


class LabResults(MachineView):
    """Kept and committed before it is acknowledged; assessed right after. Sending it again is harmless.

    What cannot be taken is kept too, and put before a person.
    """

    scopes: ClassVar[dict[str, ApiScope]] = {"POST": ApiScope.RESULTS_WRITE}

    @extend_schema(**contract.POST_LAB_RESULTS)
    def post(self, request: MachineRequest) -> HttpResponse:
        raw = receive_body(request)
        try:
            return self._answered(request, raw)
        except Problem as problem:
            if problem.code != IN_PROGRESS:
                _keep(request, raw, problem)
            raise

    def _answered(self, request: MachineRequest, raw: bytes) -> HttpResponse:
        key = key_of(request)
        body = read_body(request, raw)
        call = _Call(request, _message(body, request, key))
        answer = answer_once(request.auth, key=key, digest=body.digest, now=call.now, act=call.receive)
        response = json_response(answer.body, status=answer.status)
        if answer.is_replayed:
            response.headers["Idempotent-Replayed"] = "true"
        request.audit.changed(call.patients, results=call.count, replayed=answer.is_replayed)
        return response


def _message(body: JsonBody, request: MachineRequest, key: str) -> Message:
    source = str(request.auth.public_id)
    try:
        return read_message(
            body.document, text=body.text, source=source, key=key, times_of=partial(times_of, request.auth)
        )
    except Wrong as wrong:
        raise _malformed(wrong) from None


def _malformed(wrong: Wrong) -> Problem:
    status, code = (422, TOO_MANY) if wrong.code == TOO_MANY else (400, "malformed")
    return Problem(status, code, f"{wrong.pointer or 'The body'}: {wrong.detail}", errors=[_error_of(wrong)])


def _error_of(wrong: Wrong) -> FieldError:
    return FieldError(wrong.pointer, wrong.code, wrong.detail)


def _keep(request: MachineRequest, raw: bytes, problem: Problem) -> None:
    """Keep the whole message, or of one that is too large its beginning."""
    is_reused = problem.code == "idempotency-key-reused"
    keep_refused(
        RefusedMessage(
            source=str(request.auth.public_id),
            message_key=key_sent(request),
            raw=raw if problem.status != 413 else raw[:KEPT_OF_TOO_LARGE],
            detail=problem.detail,
        ),
        client=request.auth,
        sites=request.scope.sites,
        now=clock.now(),
        kind=ReviewItem.Kind.SAME_ID if is_reused else ReviewItem.Kind.REFUSED,
    )
    request.audit.changed([], refused=problem.code)


class _Call:
    """One call, while it is answered: it may be begun twice, and then the second time counts."""

    def __init__(self, request: MachineRequest, message: Message) -> None:
        self.request = request
        self.message = message
        self.now = clock.now()
        self.patients: list[Patient] = []
        self.count = 0

    def receive(self) -> StoredAnswer:
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
            transaction.on_commit(lambda: queue_assessment(courses))
        received = iter(zip(read, receipts, strict=True))
        answers = [
            self._unread(report) if isinstance(report, MalformedReport) else self._answer(*next(received))
            for report in self.message.reports
        ]
        return self._batch(answers) if self.message.is_batch else answers[0]

    def _unread(self, report: MalformedReport) -> StoredAnswer:
        problem = _malformed(report.wrong)
        keep_refused(
            RefusedMessage(
                source=str(self.request.auth.public_id),
                message_key=report.key,
                raw=report.text.encode(),
                detail=problem.detail,
            ),
            client=self.request.auth,
            sites=self.request.scope.sites,
            now=self.now,
        )
        return self._refusal(problem)

    def _answer(self, read: ReadReport, receipt: Receipt) -> StoredAnswer:
        identity, refused = receipt.identity, read.refused
        if refused:
            names = [each.name for each in refused]
            ask_about_refused(receipt.report, names, of=len(read.outcomes), now=self.now)
        stored = {each.result.source_id: each for each in receipt.results}
        items = [self._item(outcome, stored) for outcome in read.outcomes]
        told: dict[str, Any] = {"accepted": len(items) - len(refused), "items": items}
        errors = [_error_of(each.wrong) for each in refused]
        if identity.patient:
            return self._stored(told | {"assessment": _assessment(identity.patient, receipt)}, errors)
        status, code = ABOUT_THE_PATIENT[ReviewItem.Kind(identity.problem)]
        if status == 422 and self.request.auth.park_unknown:
            return self._stored(told | {"parked": code}, errors, status=202)
        error = FieldError(f"{read.place}/patient/{identity.field}", code, identity.detail)
        problem = Problem(status, code, identity.detail, errors=[error, *errors])
        return StoredAnswer(status, self._document(problem), is_final=False)

    def _stored(
        self, told: dict[str, Any], errors: Sequence[FieldError], *, status: int = 200
    ) -> StoredAnswer:
        """All of it, a part of it (207), or nothing (422)."""
        if not errors:
            return StoredAnswer(status, told)
        count = len(told["items"])
        if told["accepted"]:
            said = f"{len(errors)} of {count} results cannot be stored; the others are."
            return self._refusal(Problem(207, "some-refused", said, errors=errors), told)
        told.pop("assessment", None)
        said = "The result cannot be stored." if count == 1 else f"None of the {count} results can be stored."
        return self._refusal(Problem(422, "none-stored", said, errors=errors), told)

    def _batch(self, answers: list[StoredAnswer]) -> StoredAnswer:
        """Each report with the status it would have had alone; the whole with theirs where they agree."""
        told = {
            "accepted": sum(answer.body.get("accepted", 0) for answer in answers),
            "reports": [{"status": answer.status} | answer.body for answer in answers],
        }
        is_final = all(answer.is_final for answer in answers)
        statuses = {answer.status for answer in answers}
        if statuses <= {200, 202}:
            return StoredAnswer(min(statuses), told, is_final)
        errors = [error for answer in answers for error in answer.body.get("errors", ())]
        problem = _of_all(answers) if statuses <= NOTHING_TAKEN else _of_some(answers)
        return StoredAnswer(problem.status, self._document(problem) | told | {"errors": errors}, is_final)

    def _item(
        self, outcome: IncomingResult | RefusedResult, stored: dict[str, StoredResult]
    ) -> dict[str, Any]:
        if isinstance(outcome, IncomingResult):
            return _stored_item(stored[outcome.id])
        wrong = outcome.wrong
        return {
            "id": outcome.id,
            "state": "refused",
            "type": problem_url(wrong.code, self.request._request),
            "pointer": wrong.pointer,
            "reason": wrong.code,
            "detail": wrong.detail,
        }

    def _refusal(self, problem: Problem, told: dict[str, Any] | None = None) -> StoredAnswer:
        return StoredAnswer(problem.status, self._document(problem) | (told or {}))

    def _document(self, problem: Problem) -> dict[str, Any]:
        return problem.document(self.request._request)


def _of_all(answers: list[StoredAnswer]) -> Problem:
    """Nothing of a batch was taken: with the reason of its reports where all have the same."""
    first = answers[0]
    if len({(answer.status, answer.body["code"]) for answer in answers}) == 1:
        count = f"{len(answers)} reports, and for each: " if len(answers) > 1 else ""
        return Problem(first.status, first.body["code"], f"{count}{first.body['detail']}")
    status = first.status if len({answer.status for answer in answers}) == 1 else 422
    return Problem(status, "none-stored", f"None of the {len(answers)} reports can be stored.")


def _of_some(answers: list[StoredAnswer]) -> Problem:
    whole = sum(answer.status in {200, 202} for answer in answers)
    return Problem(207, "some-refused", f"{whole} of {len(answers)} reports were stored whole.")


def _stored_item(each: StoredResult) -> dict[str, Any]:
    result = each.result
    item: dict[str, Any] = {"id": result.source_id, "state": each.state.value}
    if each.reason:
        item["reason"] = str(each.reason)
    if not result.usable:
        item["usable"] = False
    elif each.state is not StoredAs.SUPERSEDED:
        item["canonical"] = {"value": result.used_text, "unit": result.used_unit}
        if result.used_comparator:
            item["canonical"]["comparator"] = result.used_comparator
    return item


def _assessment(patient: Patient, receipt: Receipt) -> dict[str, Any]:
    """What happens next: queued, or nothing where nothing changed or no course is there to assess."""
    gate = reverse("api-gate", kwargs={"patient_id": patient.public_id})
    if receipt.courses:
        return {"state": "queued", "gate": gate}
    if all(each.state is StoredAs.UNCHANGED for each in receipt.results):
        return {"state": "unchanged", "gate": gate}
    return {"state": "no-course"}
