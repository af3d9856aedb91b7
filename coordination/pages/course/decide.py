"""Sign or override the proposal, permit an order ahead of the labs, answer a conflict."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from django.http import HttpResponse

from coordination.base import clock, second_factor
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import OutOfDate
from coordination.base.second_factor import CodeNeeded
from coordination.chart import schedule
from coordination.chart.patient_chart import PatientChart
from coordination.chart.results import inputs
from coordination.chart.sheet import Sheet, dose_card, read_sheet
from coordination.flows import decision, dose_order, schedule_change
from coordination.flows import record as flow
from coordination.flows.reassess import reassess
from coordination.pages.course.forms.decision import (
    ConflictAnswerForm,
    OrderAheadForm,
    OverrideForm,
    SignForm,
    WithdrawAheadForm,
)
from coordination.pages.patient.acts import PatientAct
from coordination.pages.patient.opening import open_course
from scheduling import conflicts
from scheduling.models import OrderAhead, Proposal
from scheduling.models.conflict import PRESCRIBER_ANSWERS
from scheduling.rules.answer import Conflict

S = TypeVar("S", bound=SignForm)


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
        "conflicts": _waiting(sheet),
    }


def _waiting(sheet: Sheet) -> Sequence[schedule.ConflictLine]:
    return [line for line in schedule.conflict_lines(sheet) if not line.answered]


def _proposal_id(sheet: Sheet) -> UUID | None:
    return sheet.proposal.public_id if sheet.proposal else None


# --- sign -------------------------------------------------------------------------------------------


@dataclass
class SignedAct(PatientAct[S]):
    """An act on the proposal that was in view; the site says whether it takes the second factor."""

    def code_needed(self) -> CodeNeeded:
        return second_factor.code_needed(self.request, self.patient.site, now=self.opened.now)

    def asks_code(self) -> bool:
        return self.code_needed() is CodeNeeded.CODE

    def checked_proposal(self) -> UUID:
        """The proposal that was in view, once the code was right. Raises OutOfDate for another patient's.

        Whether it is still what the rules say, the flow asks.
        """
        code, proposal_id = self.form.typed_code, self.form.cleaned_data["proposal"]
        second_factor.confirm_act(self.request, self.patient.site, code=code, now=clock.now())
        found = self.request.scope.of(Proposal).filter(public_id=proposal_id).select_related("course").first()
        if found is None or found.course.patient_id != self.patient.pk:
            raise OutOfDate("This page shows another proposal than the one you opened: look again.")
        return found.public_id


@roles(Role.PRESCRIBER)
def sign_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """The proposal with all it rests on, and one button: the second click signs."""
    return Sign(request, open_course(request, patient_id, course_id)).respond()


class Sign(SignedAct[SignForm]):
    template = "scheduling/sign.html"
    done = "Signed."

    def make_form(self) -> SignForm:
        return SignForm(self.sent, patient=self.patient, asks_code=self.asks_code())

    def context(self) -> dict[str, Any]:
        """With a form for the proposal that is shown now, beside what was sent of the one before."""
        sheet, asked = _settled(self.opened), self.code_needed()
        fresh = SignForm(
            patient=self.patient,
            asks_code=asked is CodeNeeded.CODE,
            initial={"proposal": _proposal_id(sheet)},
        )
        return {**_in_view(sheet), "form": fresh, "sent": self.form, "ask": asked}

    def store(self) -> None:
        decision.sign_proposal(self.checked_proposal(), by=self.request.user, now=clock.now())


@roles(Role.PRESCRIBER)
def override_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Decide otherwise than proposed, with a coded reason and text; what was typed stays if it is refused."""
    opened = open_course(request, patient_id, course_id)
    return Override(request, opened, _settled(opened)).respond()


@dataclass
class Override(SignedAct[OverrideForm]):
    sheet: Sheet

    template = "scheduling/override.html"
    done = "Signed, otherwise than proposed."

    def make_form(self) -> OverrideForm:
        return OverrideForm(
            self.sent,
            patient=self.patient,
            doses=self.sheet.protocol.doses,
            asks_code=self.asks_code(),
            initial={"proposal": _proposal_id(self.sheet)},
        )

    def context(self) -> dict[str, Any]:
        now = _settled(self.opened)
        if self.is_stale:  # sent again, it is about the proposal that is shown now
            self.form.put("proposal", _proposal_id(now) or "")
        return {**_in_view(now), "ask": self.code_needed(), "is_out_of_date": self.is_stale}

    def store(self) -> None:
        typed = self.form.cleaned_data
        decision.override_proposal(
            self.checked_proposal(),
            by=self.request.user,
            now=clock.now(),
            action=typed["action"],
            activity_gbq=typed["activity_gbq"],
            code=typed["code"],
            reason=typed["reason"],
        )


@roles(Role.PRESCRIBER)
def order_ahead(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Permit the order of the next dose while its labs are awaited; or withdraw that permission."""
    opened = open_course(request, patient_id, course_id)
    sheet = _settled(opened)
    if sheet.ahead:
        return WithdrawAhead(request, opened, sheet.ahead).respond()
    return AllowAhead(request, opened, sheet).respond()


@dataclass
class AllowAhead(SignedAct[OrderAheadForm]):
    sheet: Sheet

    template = "scheduling/order_ahead.html"
    done = "Ordered ahead. The dose may be ordered now."

    def make_form(self) -> OrderAheadForm:
        return OrderAheadForm(
            self.sent,
            patient=self.patient,
            doses=self.sheet.protocol.doses,
            asks_code=self.asks_code(),
            initial={"proposal": _proposal_id(self.sheet)},
        )

    def context(self) -> dict[str, Any]:
        now = _settled(self.opened)
        if self.is_stale:
            self.form.put("proposal", _proposal_id(now) or "")
        return {**_in_view(now), "ask": self.code_needed()}

    def store(self) -> None:
        self.checked_proposal()
        dose_order.allow_ahead(
            self.sheet.course,
            number=self.sheet.dose.cycle or 0,
            activity_gbq=self.form.cleaned_data["activity_gbq"],
            reason=self.form.cleaned_data["reason"],
            by=self.request.user,
            now=clock.now(),
        )


@dataclass
class WithdrawAhead(PatientAct[WithdrawAheadForm]):
    ahead: OrderAhead

    template = "scheduling/withdraw_ahead.html"
    done = "Order ahead withdrawn."

    def make_form(self) -> WithdrawAheadForm:
        return WithdrawAheadForm(self.sent, patient=self.patient)

    def context(self) -> dict[str, Any]:
        return {"ahead": self.ahead}

    def store(self) -> None:
        because = self.form.cleaned_data["because"]
        dose_order.withdraw_ahead(self.ahead, by=self.request.user, because=because, now=clock.now())


# --- conflicts --------------------------------------------------------------------------------------


@roles(*CARE_STAFF)
def answer_conflict(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Go on in spite of a conflict, as a named person and with a reason. `?conflict=` says which."""
    opened = open_course(request, patient_id, course_id)
    digest = request.POST.get("digest") or request.GET.get("conflict", "")
    return AnswerConflict(request, opened, read_sheet(opened), digest).respond()


@dataclass
class AnswerConflict(PatientAct[ConflictAnswerForm]):
    sheet: Sheet
    digest: str

    template = "scheduling/answer_conflict.html"
    done = "Your reason is recorded."

    @cached_property
    def standing(self) -> Conflict | None:
        """The conflict that is meant; None where it stands no more."""
        all_of_course = conflicts.all_conflicts(self.sheet.course, self.sheet.assessment)
        return {conflicts.conflict_digest(each): each for each in all_of_course}.get(self.digest)

    def make_form(self) -> ConflictAnswerForm:
        is_for_prescribers = self.standing is not None and self.standing.code in PRESCRIBER_ANSWERS
        return ConflictAnswerForm(
            self.sent,
            patient=self.patient,
            initial={"digest": self.digest},
            asks_who_was_told=is_for_prescribers,
        )

    def context(self) -> dict[str, Any]:
        told = schedule.told_of(self.sheet.course).get(self.digest, "")
        line = schedule.conflict_line(self.standing, told=told) if self.standing else None
        return {"line": line, "others": _waiting(self.sheet)}

    def store(self) -> None:
        standing = self.standing
        if standing is None:
            raise OutOfDate("This conflict stands no more, or its dates have changed: look again.")
        moment = clock.now()
        flow.record_fact(
            self.patient,
            lambda: schedule_change.answer_course_conflict(
                self.sheet.course,
                standing,
                by=self.request.user,
                reason=self.form.cleaned_data["reason"],
                told=self.form.cleaned_data.get("told", ""),
                now=moment,
            ),
            now=moment,
        )
