"""What a prescriber says that no table can tell: attribute, confirm a row, choose a baseline."""

from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse

from coordination.base import clock
from coordination.base.access import StaffRequest, roles
from coordination.base.choices import Role
from coordination.chart.results import result_lines
from coordination.chart.sheet import Sheet, read_sheet
from coordination.flows import facts
from coordination.pages.account.step_up import confirmed
from coordination.pages.course.forms.decision import AttributionForm, BaselineForm, ConfirmationForm
from coordination.pages.patient.acts import F, PatientAct
from coordination.pages.patient.opening import open_course
from coordination.wording import clinical
from labs.models import LabResult


@dataclass
class Judgment(PatientAct[F]):
    """What a prescriber says of the course that no table can tell."""

    sheet: Sheet

    template = "scheduling/judge.html"
    heading: ClassVar[str]

    def context(self) -> dict[str, Any]:
        return {"heading": self.heading}

    def row_choices(self) -> list[tuple[str, str]]:
        """The rows of the dose table that hold now, each with why."""
        rows = self.sheet.dose.rows
        return [(row.row, f"{clinical.ROWS.get(row.row, row.row)}: {row.text}") for row in rows]


@roles(Role.PRESCRIBER)
@confirmed()
def attribute(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Judge whether a toxicity is related to the treatment."""
    opened = open_course(request, patient_id, course_id)
    return Attribute(request, opened, read_sheet(opened)).respond()


class Attribute(Judgment[AttributionForm]):
    heading = "Related to the treatment?"
    done = "Judgment recorded."

    def make_form(self) -> AttributionForm:
        given = [cycle.number for cycle in self.opened.cycles if cycle.infusion]
        row = self.request.GET.get("row", "")
        return AttributionForm(
            self.sent,
            patient=self.patient,
            rows=self.row_choices(),
            cycles=given,
            initial={"row": row, "cycle_number": given[-1] if given else ""},
        )

    def store(self) -> None:
        typed = self.form.cleaned_data
        facts.record(
            "attribution",
            self.sheet.course,
            row=typed["row"],
            cycle_number=typed["cycle_number"],
            related=typed["related"],
            reason=typed["reason"],
            by=self.request.user,
            now=clock.now(),
        )


@roles(Role.PRESCRIBER)
def confirm_row_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Say that a toxicity which the table cannot tell has resolved, or has not."""
    opened = open_course(request, patient_id, course_id)
    return ConfirmRow(request, opened, read_sheet(opened)).respond()


class ConfirmRow(Judgment[ConfirmationForm]):
    heading = "Has it resolved?"
    done = "Confirmation recorded."

    def make_form(self) -> ConfirmationForm:
        return ConfirmationForm(
            self.sent,
            patient=self.patient,
            rows=self.row_choices(),
            today=self.opened.today,
            initial={"row": self.request.GET.get("row", "")},
        )

    def store(self) -> None:
        typed = self.form.cleaned_data
        facts.record(
            "confirmation",
            self.sheet.course,
            row=typed["row"],
            on=typed["on"],
            resolved=typed["resolved"],
            reason=typed["reason"],
            by=self.request.user,
            now=clock.now(),
        )


@roles(Role.PRESCRIBER)
def pin_baseline_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Choose the result that serves as an analyte's baseline."""
    opened = open_course(request, patient_id, course_id)
    return PinBaseline(request, opened, read_sheet(opened)).respond()


class PinBaseline(Judgment[BaselineForm]):
    heading = "Choose a baseline"
    done = "Baseline chosen."

    def make_form(self) -> BaselineForm:
        lines = result_lines(self.patient, self.sheet.assessment, self.opened.now)
        results = [
            (str(line.public_id), f"{line.analyte} {line.as_used}, {line.collected_at:%d %b %Y}")
            for line in lines
            if line.reading
        ]
        return BaselineForm(self.sent, patient=self.patient, results=results)

    def store(self) -> None:
        result = self.request.scope.get(LabResult, self.form.cleaned_data["result"])
        facts.record(
            "baseline",
            self.sheet.course,
            analyte=result.analyte or "",
            result=result,
            reason=self.form.cleaned_data["reason"],
            by=self.request.user,
            now=clock.now(),
        )
