"""What a prescriber decides: sign or override the proposal, attribute, confirm, pin; answer a conflict."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from coordination.base import clock, second_factor
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import OutOfDate
from coordination.base.second_factor import CodeNeeded
from coordination.chart import schedule
from coordination.chart.patient_chart import PatientChart
from coordination.chart.results import inputs, result_lines
from coordination.chart.sheet import Sheet, dose_card, read_sheet
from coordination.flows import decision, dose_order, facts, schedule_change
from coordination.flows import record as flow
from coordination.flows.reassess import reassess
from coordination.pages.account.step_up import confirmed
from coordination.pages.course.forms.decision import (
    AttributionForm,
    BaselineForm,
    ConfirmationForm,
    ConflictAnswerForm,
    OrderAheadForm,
    OverrideForm,
    SignForm,
    WithdrawAheadForm,
)
from coordination.pages.patient.acts import carry_out, draw_page
from coordination.pages.patient.opening import open_patient
from coordination.wording import clinical
from labs.models import LabResult
from scheduling import conflicts
from scheduling.models import Course, OrderAhead, Proposal
from scheduling.models.conflict import PRESCRIBER_ANSWERS


def _open_course(request: StaffRequest, patient_id: UUID, course_id: UUID) -> PatientChart:
    """The patient with this course; a course of another patient does not exist here."""
    opened = open_patient(request, patient_id)
    course = request.scope.get(Course, course_id)
    if course.patient_id != opened.patient.pk or opened.course is None or course.pk != opened.course.pk:
        raise Http404
    return opened


def _settled(opened: PatientChart) -> Sheet:
    """The sheet with the proposal that may be signed: derived now, where the worker has not come to it."""
    sheet = read_sheet(opened)
    if not sheet.is_settled:
        reassess(sheet.course.pk, now=opened.now)
        sheet = read_sheet(opened)
    return sheet


def _in_view(sheet: Sheet) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "card": dose_card(sheet),
        "inputs": inputs(sheet),
        "conflicts": [line for line in schedule.conflict_lines(sheet) if not line.answered],
    }


# --- sign -------------------------------------------------------------------------------------------


@roles(Role.PRESCRIBER)
def sign_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """The proposal with all it rests on, and one button: the second click signs."""
    opened = _open_course(request, patient_id, course_id)
    form = SignForm(request.POST or None, patient=opened.patient, asks_code=_asks_code(request, opened))

    def again(status: int = 200) -> HttpResponse:
        sheet, asked = _settled(opened), _ask(request, opened)
        fresh = SignForm(
            patient=opened.patient,
            asks_code=asked is CodeNeeded.CODE,
            initial={"proposal": _proposal_id(sheet)},
        )
        context = {**_in_view(sheet), "form": fresh, "sent": form, "ask": asked}
        return draw_page(request, opened, "scheduling/sign.html", context, status=status)

    def act() -> None:
        _second_factor(request, opened, form)
        _this_patients(request, opened, form.cleaned_data["proposal"])
        decision.sign_proposal(form.cleaned_data["proposal"], by=request.user, now=clock.now())

    return carry_out(request, opened, form, act, done="Signed.", again=again)


@roles(Role.PRESCRIBER)
def override_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Decide otherwise than proposed, with a coded reason and text; what was typed stays if it is refused."""
    opened = _open_course(request, patient_id, course_id)
    sheet = _settled(opened)
    form = OverrideForm(
        request.POST or None,
        patient=opened.patient,
        doses=sheet.protocol.doses,
        asks_code=_asks_code(request, opened),
        initial={"proposal": _proposal_id(sheet)},
    )

    def again(status: int = 200) -> HttpResponse:
        now = _settled(opened)
        context = {
            **_in_view(now),
            "form": form,
            "ask": _ask(request, opened),
            "is_out_of_date": status == 409,
        }
        if status == 409:  # sent again, it is about the proposal that is shown now
            form.put("proposal", _proposal_id(now) or "")
        return draw_page(request, opened, "scheduling/override.html", context, status=status)

    data = form.cleaned_data if form.is_valid() else {}

    def act() -> None:
        _second_factor(request, opened, form)
        _this_patients(request, opened, data["proposal"])
        decision.override_proposal(
            data["proposal"],
            by=request.user,
            now=clock.now(),
            action=data["action"],
            activity_gbq=data["activity_gbq"],
            code=data["code"],
            reason=data["reason"],
        )

    return carry_out(request, opened, form, act, done="Signed, otherwise than proposed.", again=again)


@roles(Role.PRESCRIBER)
def order_ahead(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Permit the order of the next dose while its labs are awaited; or withdraw that permission."""
    opened = _open_course(request, patient_id, course_id)
    sheet = _settled(opened)
    if ahead := sheet.ahead:
        return _withdraw_ahead(request, opened, ahead)
    form = OrderAheadForm(
        request.POST or None,
        patient=opened.patient,
        doses=sheet.protocol.doses,
        asks_code=_asks_code(request, opened),
        initial={"proposal": _proposal_id(sheet)},
    )

    def again(status: int = 200) -> HttpResponse:
        now = _settled(opened)
        if status == 409:
            form.put("proposal", _proposal_id(now) or "")
        context = {**_in_view(now), "form": form, "ask": _ask(request, opened)}
        return draw_page(request, opened, "scheduling/order_ahead.html", context, status=status)

    def act() -> None:
        _second_factor(request, opened, form)
        _this_patients(request, opened, form.cleaned_data["proposal"])
        dose_order.allow_ahead(
            sheet.course,
            number=sheet.dose.cycle or 0,
            activity_gbq=form.cleaned_data["activity_gbq"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=clock.now(),
        )

    return carry_out(
        request, opened, form, act, done="Ordered ahead. The dose may be ordered now.", again=again
    )


def _withdraw_ahead(request: StaffRequest, opened: PatientChart, ahead: OrderAhead) -> HttpResponse:
    form = WithdrawAheadForm(request.POST or None, patient=opened.patient)

    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "ahead": ahead}
        return draw_page(request, opened, "scheduling/withdraw_ahead.html", context, status=status)

    def act() -> None:
        dose_order.withdraw_ahead(
            ahead, by=request.user, because=form.cleaned_data["because"], now=clock.now()
        )

    return carry_out(request, opened, form, act, done="Order ahead withdrawn.", again=again)


def _proposal_id(sheet: Sheet) -> UUID | None:
    return sheet.proposal.public_id if sheet.proposal else None


def _ask(request: StaffRequest, opened: PatientChart) -> CodeNeeded:
    return second_factor.code_needed(request, opened.patient.site, now=opened.now)


def _asks_code(request: StaffRequest, opened: PatientChart) -> bool:
    return _ask(request, opened) is CodeNeeded.CODE


def _second_factor(request: StaffRequest, opened: PatientChart, form: SignForm) -> None:
    second_factor.confirm_act(request, opened.patient.site, code=form.typed_code, now=clock.now())


def _this_patients(request: StaffRequest, opened: PatientChart, proposal_id: UUID) -> None:
    """The proposal is this patient's; whether it is still what the rules say, the flow asks."""
    proposal = request.scope.of(Proposal).filter(public_id=proposal_id).select_related("course").first()
    if proposal is None or proposal.course.patient_id != opened.patient.pk:
        raise OutOfDate("This page shows another proposal than the one you opened: look again.")


# --- what the dose table cannot know ----------------------------------------------------------------


def _row_choices(sheet: Sheet) -> list[tuple[str, str]]:
    return [(row.row, f"{clinical.ROWS.get(row.row, row.row)}: {row.text}") for row in sheet.dose.rows]


@roles(Role.PRESCRIBER)
@confirmed()
def attribute(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Judge whether a toxicity is related to the treatment."""
    opened = _open_course(request, patient_id, course_id)
    sheet = read_sheet(opened)
    given = [cycle.number for cycle in opened.cycles if cycle.infusion]
    form = AttributionForm(
        request.POST or None,
        patient=opened.patient,
        rows=_row_choices(sheet),
        cycles=given,
        initial={"row": request.GET.get("row", ""), "cycle_number": given[-1] if given else ""},
    )

    def act() -> None:
        data = form.cleaned_data
        facts.record(
            "attribution",
            sheet.course,
            row=data["row"],
            cycle_number=data["cycle_number"],
            related=data["related"],
            reason=data["reason"],
            by=request.user,
            now=clock.now(),
        )

    return _judged(request, opened, form, act, heading="Related to the treatment?", done="Judgment recorded.")


@roles(Role.PRESCRIBER)
def confirm_row_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Say that a toxicity which the table cannot tell has resolved, or has not."""
    opened = _open_course(request, patient_id, course_id)
    sheet = read_sheet(opened)
    form = ConfirmationForm(
        request.POST or None,
        patient=opened.patient,
        rows=_row_choices(sheet),
        today=opened.today,
        initial={"row": request.GET.get("row", "")},
    )

    def act() -> None:
        data = form.cleaned_data
        facts.record(
            "confirmation",
            sheet.course,
            row=data["row"],
            on=data["on"],
            resolved=data["resolved"],
            reason=data["reason"],
            by=request.user,
            now=clock.now(),
        )

    return _judged(request, opened, form, act, heading="Has it resolved?", done="Confirmation recorded.")


@roles(Role.PRESCRIBER)
def pin_baseline_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Choose the result that serves as an analyte's baseline."""
    opened = _open_course(request, patient_id, course_id)
    sheet = read_sheet(opened)
    lines = result_lines(opened.patient, sheet.assessment, opened.now)
    form = BaselineForm(
        request.POST or None,
        patient=opened.patient,
        results=[
            (str(line.public_id), f"{line.analyte} {line.as_used}, {line.collected_at:%d %b %Y}")
            for line in lines
            if line.reading
        ],
    )

    def act() -> None:
        result = request.scope.get(LabResult, form.cleaned_data["result"])
        facts.record(
            "baseline",
            sheet.course,
            analyte=result.analyte or "",
            result=result,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=clock.now(),
        )

    return _judged(request, opened, form, act, heading="Choose a baseline", done="Baseline chosen.")


def _judged(
    request: StaffRequest, opened: PatientChart, form: Any, act: Any, *, heading: str, done: str
) -> HttpResponse:
    def again(status: int = 200) -> HttpResponse:
        context = {"form": form, "heading": heading}
        return draw_page(request, opened, "scheduling/judge.html", context, status=status)

    return carry_out(request, opened, form, act, done=done, again=again)


# --- conflicts --------------------------------------------------------------------------------------


@roles(*CARE_STAFF)
def answer_conflict(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Go on in spite of a conflict, as a named person and with a reason. `?conflict=` says which."""
    opened = _open_course(request, patient_id, course_id)
    sheet = read_sheet(opened)
    digest = request.POST.get("digest") or request.GET.get("conflict", "")
    found = {
        conflicts.conflict_digest(each): each
        for each in conflicts.all_conflicts(sheet.course, sheet.assessment)
    }
    standing = found.get(digest)
    is_for_prescribers = standing is not None and standing.code in PRESCRIBER_ANSWERS
    form = ConflictAnswerForm(
        request.POST or None,
        patient=opened.patient,
        initial={"digest": digest},
        asks_who_was_told=is_for_prescribers,
    )

    def again(status: int = 200) -> HttpResponse:
        told = schedule.told_of(sheet.course).get(digest, "")
        line = schedule.conflict_line(standing, told=told) if standing else None
        context = {"form": form, "line": line, "others": _waiting(sheet)}
        return draw_page(request, opened, "scheduling/answer_conflict.html", context, status=status)

    def act() -> None:
        if standing is None:
            raise OutOfDate("This conflict stands no more, or its dates have changed: look again.")
        moment = clock.now()
        flow.record_fact(
            opened.patient,
            lambda: schedule_change.answer_course_conflict(
                sheet.course,
                standing,
                by=request.user,
                reason=form.cleaned_data["reason"],
                told=form.cleaned_data.get("told", ""),
                now=moment,
            ),
            now=moment,
        )

    return carry_out(request, opened, form, act, done="Your reason is recorded.", again=again)


def _waiting(sheet: Sheet) -> Sequence[schedule.ConflictLine]:
    return [line for line in schedule.conflict_lines(sheet) if not line.answered]
