"""Decisions: what a prescriber has to sign, and which signatures new facts have withdrawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from coordination import worklist
from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.chart.eligibility import AssessedLine, lines_of_document
from coordination.chart.waiting_results import OpenReview, asked_of, waiting_among
from coordination.pages.exports import as_file, files_of
from coordination.pages.worklist.links import Act, main_act
from coordination.wording.clinical import ACTIONS, ROWS, analyte_word, listed
from coordination.worklist import LineKind, ListFilter, PlacedLine, WorklistRow
from labs.models import ReviewItem
from scheduling.eligibility import needs_of
from scheduling.models import Course, Cycle, Proposal, Signature

DECISIONS_ON_A_PAGE = 25
RULE = "Withdrawn signatures first, then what nobody has signed; within each the gravest, then the latest."


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One course to decide on, with what a prescriber needs to see before opening it."""

    row: WorklistRow
    proposal: Proposal
    planned_on: date | None
    days_since: int | None
    last_allowed_on: date | None
    rows: list[tuple[str, str, str]]  # rows of the dose table that are not clear: name, state, sentence
    criteria: list[AssessedLine]  # of the first dose, that are not met or cannot be told
    missing: str
    waiting: list[str]  # results of the panel in the review queue
    signed: Signature | None
    changes: list[tuple[str, str, str]]  # since it was signed: what, before, now
    act: Act | None

    @property
    def action(self) -> str:
        return str(self.proposal.action)


@roles(Role.PRESCRIBER, Role.NAVIGATOR)
@require_GET
def decisions_page(request: StaffRequest) -> HttpResponse:
    """Withdrawn signatures first: somebody may have acted on them."""
    now = clock.now()
    page = Paginator(_entries(request, now), DECISIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = worklist.worklist_rows_of(list(page.object_list), request.scope, now=now)
    found = _decisions(request, rows)
    request.audit.saw([row.patient for row in rows if row.patient])
    context = {
        "withdrawn": [each for each in found if each.row.kind == LineKind.WITHDRAWN],
        "unsigned": [each for each in found if each.row.kind == LineKind.DECISION],
        "page": page,
        "count": page.paginator.count,
        "rule": RULE,
        "exports": files_of("decisions"),
        "may_sign": request.user.role == Role.PRESCRIBER,
    }
    return render(request, "coordination/decisions.html", context)


EXPORTED = (
    "Family name", "Given name", "Born", "MRN", "Cycle", "Proposed", "Proposal", "Planned",
    "Days since the last infusion", "Last allowed day", "Sign by", "Days late", "Missing",
    "Waiting for review", "Signature withdrawn, of", "Signed", "Signed on",
)  # fmt: skip


@roles(Role.PRESCRIBER, Role.NAVIGATOR)
@require_GET
def decisions_file(request: StaffRequest, kind: str) -> HttpResponse:
    now = clock.now()
    rows = worklist.worklist_rows_of(_entries(request, now), request.scope, now=now)
    found = _decisions(request, rows)
    request.audit.exported([row.patient for row in rows if row.patient], rows=len(found))
    return as_file([EXPORTED, *(_cells(each) for each in found)], name="decisions", kind=kind)


def _cells(each: DecisionRow) -> list[Any]:
    row, patient, signed = each.row, each.row.patient, each.signed
    return [
        patient.family_name if patient else "",
        patient.given_name if patient else "",
        patient.birth_date if patient else None,
        row.mrn,
        each.proposal.cycle_number,
        ACTIONS.get(each.action, each.action),
        each.proposal.text,
        each.planned_on,
        each.days_since,
        each.last_allowed_on,
        row.closes,
        row.entry.days_late or None,
        each.missing,
        "; ".join(each.waiting),
        signed.signed_by.full_name if signed else "",
        signed.get_action_display() if signed else "",
        signed.signed_at if signed else None,
    ]


def _entries(request: StaffRequest, now: datetime) -> list[PlacedLine]:
    """Both kinds as a prescriber has them, whoever looks."""
    return [
        entry
        for kind in (LineKind.WITHDRAWN, LineKind.DECISION)
        for entry in worklist.listed(
            request.scope,
            viewer_id=request.user.pk,
            role=Role.PRESCRIBER,
            now=now,
            chosen=ListFilter(kind=kind),
        ).entries
    ]


def _decisions(request: StaffRequest, rows: Iterable[WorklistRow]) -> list[DecisionRow]:
    proposals = [row.subject for row in rows if isinstance(row.subject, Proposal)]
    courses = [proposal.course_id for proposal in proposals]
    planned = {
        (course, number): on
        for course, number, on in request.scope.of(Cycle)
        .filter(course__in=courses)
        .values_list("course_id", "number", "planned_on")
    }
    signatures = (
        request.scope.of(Signature)
        .filter(proposal__course__in=courses, withdrawn_at__isnull=False)
        .order_by("signed_at")
        .select_related("signed_by", "proposal")
        .defer("proposal__facts", "proposal__document")
    )
    chosen = request.scope.of(Course).filter(pk__in=courses)
    needs = {
        course: needs_of(changes or {})
        for course, changes in chosen.values_list("pk", "patient__site__settings__eligibility_thresholds")
    }
    withdrawn = {(each.proposal.course_id, each.proposal.cycle_number): each for each in signatures}
    waiting = _waiting(request, {row.patient.id for row in rows if row.patient})
    return [
        _decision(
            row,
            row.subject,
            planned,
            withdrawn,
            waiting.get(row.patient.id, []) if row.patient else [],
            request.user.role,
            needs[row.subject.course_id],
        )
        for row in rows
        if isinstance(row.subject, Proposal)
    ]


def _waiting(request: StaffRequest, patients: set[int]) -> dict[int, list[str]]:
    """Of each patient the results of the panel that wait in the review queue."""
    now = clock.now()
    asked: dict[int, list[OpenReview]] = {}
    for row in asked_of(request.scope.of(ReviewItem).filter(patient__in=patients), now):
        asked.setdefault(row["patient_id"], []).append(OpenReview(**row))
    found = request.scope.patients.filter(pk__in=asked).select_related("site")
    return {
        patient.pk: [each.text for each in waiting_among(asked[patient.pk], patient.site, now)]
        for patient in found
    }


def _decision(
    row: WorklistRow,
    proposal: Proposal,
    planned: Mapping[tuple[int, int], date | None],
    withdrawn: Mapping[tuple[int, int | None], Signature],
    waiting: list[str],
    role: str,
    needs: Mapping[str, str],
) -> DecisionRow:
    dose: Mapping[str, Any] = proposal.document.get("next_dose", {})
    signed = (
        withdrawn.get((proposal.course_id, proposal.cycle_number)) if row.kind == LineKind.WITHDRAWN else None
    )
    last = dose.get("last_allowed_on")
    return DecisionRow(
        row=row,
        proposal=proposal,
        planned_on=planned.get((proposal.course_id, proposal.cycle_number or 0)),
        days_since=dose.get("days_since_last_infusion"),
        last_allowed_on=date.fromisoformat(last) if last else None,
        rows=[
            (ROWS.get(each["row"], each["row"]), each["state"], each.get("text", ""))
            for each in dose.get("rows", [])
            if each["state"] != "clear"
        ],
        criteria=[line for line in lines_of_document(dose, needs) if line.state != "met"],
        missing=_missing(dose),
        waiting=waiting,
        signed=signed,
        changes=differences_since(signed.document.get("answer", {}), proposal.document) if signed else [],
        act=main_act(row, role),
    )


def differences_since(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is different in the answer since it was signed: the decision itself first, then each row."""
    old, new = before.get("next_dose", {}), now.get("next_dose", {})
    changes = [("Proposal", _action(old), _action(new))]
    states = {row["row"]: row for row in old.get("rows", [])}
    for row in new.get("rows", []):
        was = states.get(row["row"], {})
        changes.append((ROWS.get(row["row"], row["row"]), _state(was), _state(row)))
    changes += _criteria_changes(old, new)
    changes.append(("Missing", _missing(old) or "nothing", _missing(new) or "nothing"))
    return [(what, was, is_now) for what, was, is_now in changes if was != is_now]


def _criteria_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    before = {line.name: line.words for line in lines_of_document(old, {})}
    now = {line.name: line.words for line in lines_of_document(new, {})}
    return [(name, before.get(name, "none"), now.get(name, "none")) for name in {**before, **now}]


def _missing(dose: Mapping[str, Any]) -> str:
    return listed(analyte_word(name) for name in dose.get("missing", []))


def _action(dose: Mapping[str, Any]) -> str:
    action = str(dose.get("action", ""))
    activity = dose.get("activity_gbq")
    return f"{ACTIONS.get(action, action)}{f' {activity} GBq' if activity else ''}"


def _state(row: Mapping[str, Any]) -> str:
    if not row:
        return "not in the table"
    grade = row.get("grade")
    return f"{str(row['state']).replace('-', ' ')}{f', grade {grade}' if grade else ''}"
