"""The readiness board: one row for each infusion of the next weeks, one column for each gate."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from coordination import readiness as board
from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.addresses import address
from coordination.base.choices import Role
from coordination.base.words import status_of
from coordination.pages.exports import as_file, files_of
from coordination.pages.forms import FilterForm
from scheduling.rules.gate_values import GateAct, GateAnswer
from scheduling.rules.gates import GATES

ROWS_ON_A_PAGE = 20
WEEKS_UNASKED = 3
WEEKS = {"1": "1 week", "2": "2 weeks", "3": "3 weeks", "6": "6 weeks", "9": "9 weeks"}
RULE = "Every infusion planned and not given, of a course that goes on; the earliest first, late ones on top."


class BoardFilter(FilterForm):
    weeks = forms.ChoiceField(label="Show the next", choices=[("", "3 weeks"), *WEEKS.items()])


@dataclass(frozen=True, slots=True)
class GateCell:
    """One cell: the answer, and where a person clears it."""

    label: str
    answer: GateAnswer
    act: str
    url: str


@roles(*CARE_STAFF)
@require_GET
def readiness(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    filters = BoardFilter(request.GET)
    weeks = _weeks(filters)
    found = board.infusions(request.scope, weeks=weeks, now=now)
    page = Paginator(found, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = board.board(request.scope, list(page.object_list), now=now)
    request.audit.saw({row.infusion.patient_public_id for row in rows})
    context = {
        "filters": filters,
        "weeks": weeks,
        "page": page,
        "headings": [label for label, _ in GATES.values()],
        "rows": [(row, _gates(row, request.user.role)) for row in rows],
        "rule": RULE,
        "exports": files_of("readiness", query=f"weeks={weeks}"),
    }
    return render(request, "coordination/readiness.html", context)


def _weeks(filters: BoardFilter) -> int:
    return int(filters.chosen.get("weeks", WEEKS_UNASKED))


@roles(*CARE_STAFF)
@require_GET
def readiness_file(request: StaffRequest, kind: str) -> HttpResponse:
    """The rows of the board, of each gate its answer and its reason."""
    now = clock.now()
    found = board.infusions(request.scope, weeks=_weeks(BoardFilter(request.GET)), now=now)
    rows = board.board(request.scope, list(found), now=now)
    request.audit.exported({row.infusion.patient_public_id for row in rows}, rows=len(rows))
    gates = [words for label, _ in GATES.values() for words in (label, f"{label}: why")]
    return as_file([[*EXPORTED, *gates], *(_cells(row) for row in rows)], name="readiness", kind=kind)


EXPORTED = (
    "Planned",
    "Family name",
    "Given name",
    "MRN",
    "Cycle",
    "On hold",
    "Order clock",
    "Money at stake",
)


def _cells(row: board.BoardRow) -> list[Any]:
    infusion = row.infusion
    return [
        infusion.planned_on,
        infusion.family_name,
        infusion.given_name,
        infusion.mrn,
        infusion.number,
        infusion.held_reason if infusion.held_since else "",
        row.clock.text,
        row.clock.money,
        *(words for key in GATES for words in _gate_cells(row.answers[key])),
    ]


def _gate_cells(answer: GateAnswer) -> tuple[str, str]:
    return status_of(answer.state).word, answer.reason


def _gates(row: board.BoardRow, role: str) -> list[GateCell]:
    return [
        GateCell(GATES[key][0], answer, *_act(answer.act, row, role)) for key, answer in row.answers.items()
    ]


RECORD = {
    GateAct.ENTER_RESULTS: ("Enter results", "enter-results"),
    GateAct.RECORD_SCAN: ("Record scan", "record-scan"),
    GateAct.ASK_EVENTS: ("Record answer", "record-inquiry"),
    GateAct.RECORD_INJECTION: ("Record injection", "record-injection"),
    GateAct.RECORD_PREGNANCY_TEST: ("Record test", "record-pregnancy-test"),
    GateAct.RECORD_AUTHORIZATION: ("Record", "record-authorization"),
    GateAct.RECORD_CONSENT: ("Record", "record-consent"),
    GateAct.RECORD_EDUCATION: ("Record", "record-education"),
}


def _act(act: GateAct, row: board.BoardRow, role: str) -> tuple[str, str]:
    """What the person does next, and its address; a signature is a prescriber's."""
    infusion = row.infusion
    patient, course = infusion.patient_public_id, infusion.course_public_id
    if act == GateAct.NONE:
        return "", ""
    if act in RECORD:
        label, name = RECORD[act]
        return label, address(name, patient)
    if act == GateAct.REVIEW and role in (Role.NAVIGATOR, Role.PRESCRIBER):
        return "Review results", reverse("results-to-review")
    if act == GateAct.SIGN and role == Role.PRESCRIBER:
        return "Sign", address("sign", patient, course)
    if act == GateAct.ORDER_DOSE:
        return "Dose order", address("dose-order", patient, course, infusion.number)
    if act == GateAct.BOOK:
        return "Book", address("book-infusion", patient, infusion.public_id)
    if act == GateAct.MOVE:
        return "Move", address("move-infusion", patient, infusion.public_id)
    return "See patient", address("patient", patient)
