"""What every act on a patient's page has in common: whose it is, what it changed, who was first."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from coordination.base.access import StaffRequest
from coordination.base.choices import Role
from coordination.base.errors import CareError, NotPermitted, OutOfDate
from coordination.chart.patient_chart import PatientChart
from coordination.pages.patient.forms import FOR_ANOTHER, OpenedForm, PatientForm
from patients.models import Patient
from scheduling.models import Proposal

OK, UNPROCESSABLE, CONFLICT, FORBIDDEN = 200, 422, 409, 403
RECORDERS = (Role.NAVIGATOR, Role.PRESCRIBER, Role.CLINIC)
F = TypeVar("F", bound=PatientForm)


def draw_page(
    request: StaffRequest,
    opened: PatientChart,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
) -> HttpResponse:
    """Draw a page under the patient's banner, with what this person may do."""
    role = request.user.role
    rights = {
        "may_record": role in RECORDERS,
        "may_prescribe": role == Role.PRESCRIBER,
        "opened": opened,
        "patient": opened.patient,
    }
    return render(request, template, {**rights, **context}, status=status)


@dataclass
class PatientAct(Generic[F]):
    """One act on a patient's page: a form that is shown and, once it was sent, stored.

    A view opens the patient, finds what its address names and hands both over; `respond` answers. Each act is
    a subclass that says its template, its form, what to store, what was done and where to go then.
    """

    request: StaffRequest
    opened: PatientChart

    template: ClassVar[str]
    done: ClassVar[str] = ""
    to: ClassVar[str] = "patient"
    is_stale = False  # somebody was first: the page shows what is known now

    # --- the steps of an act ---

    def make_form(self) -> F:
        """Make the form: with what was sent, or as it begins."""
        raise NotImplementedError

    def context(self) -> dict[str, Any]:
        """What the page shows beside the form."""
        return {}

    def catch_up(self) -> None:
        """Somebody was first: put what is known now where the page carries what was read."""

    def is_possible(self) -> bool:
        """Whether the act can be done at all; where it cannot, the page says why."""
        return True

    def store(self) -> None:
        """Do the act through its flow. Raises CareError where it is refused."""
        raise NotImplementedError

    def done_words(self) -> str:
        """What was done, as said on the page that follows; asked before it is done."""
        return self.done

    # --- what all have in common ---

    @cached_property
    def form(self) -> F:
        return self.make_form()

    @property
    def patient(self) -> Patient:
        return self.opened.patient

    @property
    def sent(self) -> QueryDict | None:
        """What was sent; None where the page is only looked at."""
        return self.request.POST or None

    def respond(self) -> HttpResponse:
        """Show the form's page; when it was sent, do the act and say what it changed in the proposal."""
        if self.request.method != "POST":
            return self.draw()
        if not self.is_possible():
            return self.draw(refused(self.request, self.form))
        if not self.form.is_valid():
            return self._draw_invalid()
        return self._carry_out()

    def draw(self, status: int = OK) -> HttpResponse:
        """Draw the form's page: what was typed stays, errors stand beside the field."""
        if status == CONFLICT:
            self.is_stale = True
            self.catch_up()
        context = {"form": self.form, **self.context()}
        return draw_page(self.request, self.opened, self.template, context, status=status)

    def _draw_invalid(self) -> HttpResponse:
        """409 where it was opened for another patient; nobody was first then, and nothing is caught up."""
        status = refused(self.request, self.form)
        answer = self.draw(UNPROCESSABLE)
        answer.status_code = status
        return answer

    def _carry_out(self) -> HttpResponse:
        done, before = self.done_words(), self._proposal()
        try:
            self.store()
        except CareError as error:
            self.form.refuse(error)
            return self.draw(status_of(error))
        self.request.audit.changed([self.patient])
        return self._saved(done, before)

    def _saved(self, done: str, before: str) -> HttpResponseRedirect:
        after = self._proposal()
        if after and after != before:
            old = f"It was: {before} " if before else ""
            messages.success(self.request, f"{done} {old}Now: {after}")
        else:
            messages.success(self.request, f"{done} The proposal stays as it was." if after else done)
        return redirect(reverse(self.to, args=[self.patient.public_id]))

    def _proposal(self) -> str:
        """The current proposal in words, or nothing: of a course that has ended nothing is proposed."""
        current = self.request.scope.of(Proposal).filter(
            course__patient=self.patient, course__ended_at=None, superseded_at=None
        )
        newest = current.order_by("-made_at").values_list("cycle_number", "text").first()
        return f"{f'infusion {newest[0]}: ' if newest[0] else ''}{newest[1]}" if newest else ""


def status_of(error: CareError) -> int:
    """The status of a page that says why an act was refused."""
    if isinstance(error, OutOfDate):
        return CONFLICT
    return FORBIDDEN if isinstance(error, NotPermitted) else UNPROCESSABLE


def refused(request: StaffRequest, form: OpenedForm) -> int:
    """The status for a form that is not valid; one opened for another patient (H41) is said above it."""
    if not form.is_for_another:
        return UNPROCESSABLE
    messages.error(request, FOR_ANOTHER)
    return CONFLICT
