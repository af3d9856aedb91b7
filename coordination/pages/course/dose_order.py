"""Order the dose of an infusion; assessed before the page answers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.errors import CareError, OutOfDate
from coordination.chart.patient_chart import PatientChart, local_day
from coordination.flows import dose_order as dose_orders
from coordination.flows.reassess import reassess
from coordination.pages.account.step_up import confirmed
from coordination.pages.course.forms.dose_order import (
    CancelOrderForm,
    ConfirmOrderForm,
    PlaceOrderForm,
)
from coordination.pages.patient.acts import CONFLICT, OK, UNPROCESSABLE, refused
from coordination.pages.patient.forms import PatientForm
from coordination.pages.patient.opening import open_patient
from coordination.wording import order_deadline
from coordination.wording.clinical import analyte_word, unit_word
from labs.models import LabResult
from scheduling.models import (
    Action,
    Course,
    Cycle,
    DoseOrder,
    InfusionGiven,
    OrderAhead,
    Proposal,
    Signature,
)
from scheduling.rules.formatting import day_words
from scheduling.rules.order_clock import order_clock

MOST_WAIVERS = 60


ORDER_DONE = {
    "place": "Dose ordered",
    "change": "Order changed, to be confirmed again,",
    "confirm": "Order confirmed",
    "cancel": "Order cancelled",
}


@roles(*CARE_STAFF)
@require_http_methods(["GET", "POST"])
@confirmed("place")
def dose_order_page(request: StaffRequest, patient_id: UUID, course_id: UUID, number: int) -> HttpResponse:
    """Order exactly what is permitted, change it, confirm it, or cancel it with the reason and its price."""
    opened = open_patient(request, patient_id)
    course = request.scope.get(Course, course_id)
    cycle = request.scope.of(Cycle).filter(course=course, number=number).first()
    if course.patient_id != opened.patient.pk or cycle is None:
        raise Http404
    if course.assess_after:
        reassess(course.pk, now=opened.now)
        course.refresh_from_db()
    course.patient = opened.patient
    cycle.course = course
    order = (
        request.scope.of(DoseOrder)
        .filter(cycle=cycle, cancelled_at=None)
        .select_related("ordered_by", "confirmed_by")
        .first()
    )
    return DoseOrderPage(request, opened, cycle, order).respond()


@dataclass
class DoseOrderPage:
    """The dose of one infusion with the forms of all that can be done with its order; `act` says which."""

    request: StaffRequest
    opened: PatientChart
    cycle: Cycle
    order: DoseOrder | None

    def respond(self) -> HttpResponse:
        """Show the page; where an act was sent and done, anew."""
        status = OK
        if self.request.method == "POST":
            status = self._carry_out(self.request.POST.get("act", ""))
            if status == OK:
                return redirect(self.request.path)
        return render(self.request, "coordination/dose_order.html", self.context(), status=status)

    @cached_property
    def forms(self) -> dict[str, PatientForm]:
        """The forms of what can be done now; the one that was sent holds what was typed."""
        if self.order is None:
            return {"place": self._form("place", PlaceOrderForm)}
        return {
            "confirm": self._form("confirm", ConfirmOrderForm),
            "change": self._form("change", ConfirmOrderForm),
            "cancel": self._form("cancel", CancelOrderForm, results=self._waivers()),
        }

    def _form(self, act: str, kind: type[PatientForm], **more: Any) -> PatientForm:
        data = self.request.POST if self.request.POST.get("act") == act else None
        initial = {"version": self.order.version} if self.order else {}
        return kind(data, patient=self.opened.patient, auto_id=f"{act}_%s", initial=initial, **more)

    def _waivers(self) -> list[tuple[str, str]]:
        """The results that may have made the patient ineligible: usable, since the last infusion."""
        cycle = self.cycle
        results = self.request.scope.of(LabResult).filter(
            patient=cycle.course.patient_id, usable=True, collected_at__isnull=False
        )
        before = self.request.scope.of(InfusionGiven).filter(
            cycle__course=cycle.course, cycle__number__lt=cycle.number, recorded_in_error_at=None
        )
        if last := before.order_by("started_at").last():
            results = results.filter(collected_at__gt=last.started_at)
        return [
            (
                str(result.public_id),
                f"{analyte_word(result.analyte)} {result.used_comparator or ''}{result.used_text} "
                f"{unit_word(result.used_unit)}, {day_words(local_day(result.collected_at))}",
            )
            for result in results.order_by("-collected_at", "analyte")[:MOST_WAIVERS]
            if result.collected_at
        ]

    def _carry_out(self, act: str) -> int:
        """Do the act that was sent; return the status of the page."""
        form = self.forms.get(act)
        if form is None:
            messages.warning(self.request, "The order has changed since this page was opened: look again.")
            return CONFLICT
        if not form.is_valid():
            return refused(self.request, form)
        try:
            self.store(act, form.typed)
        except CareError as error:
            form.refuse(error)
            return CONFLICT if isinstance(error, OutOfDate) else UNPROCESSABLE
        self.request.audit.changed(self.opened.patient, order=act)
        messages.success(self.request, f"{ORDER_DONE[act]} for {self.opened.patient}.")
        return OK

    def store(self, act: str, said: dict[str, Any]) -> None:
        """Do the act through its flow. Raises CareError where it is refused."""
        order, by, now = self.order, self.request.user, clock.now()
        if order is None:
            dose_orders.order_dose(self.cycle, by=by, now=now, **said)
            return
        version = said["version"]
        if act == "cancel":
            chosen = said["waiver_evidence"]
            evidence = self.request.scope.get(LabResult, UUID(chosen)) if chosen else None
            dose_orders.cancel_dose(
                order, by=by, now=now, because=said["because"], waiver_evidence=evidence, version=version
            )
            return
        change = dose_orders.confirm_dose if act == "confirm" else dose_orders.change_dose
        change(order, by=by, now=now, version=version, order_number=said["order_number"])

    def context(self) -> dict[str, Any]:
        cycle, order, protocol = self.cycle, self.order, self.cycle.course.protocol
        today = self.opened.today
        day = order.calibration_on if order else cycle.planned_on
        times = order_clock(cycle.number, day, protocol) if day else None
        words = (
            order_deadline.countdown(times, protocol.order, today=today, is_ordered=order is not None)
            if times
            else None
        )
        signature, ahead = self._signature(), self._ahead()
        permit = signature or ahead
        return {
            "opened": self.opened,
            "patient": self.opened.patient,
            "cycle": cycle,
            "order": order,
            "signature": signature,
            "ahead": ahead,
            "may_order_ahead": self._may_order_ahead(permit),
            "given": cycle.used_its_dose,
            "to_change": bool(order and permit) and _differs(order, permit, cycle),
            "permit": permit,
            "is_permitted": bool(order and permit and order.activity_gbq == permit.activity_gbq),
            "times": times,
            "words": words,
            "cost_now": order_deadline.cost_now(times, protocol.order, today=today)
            if times and order
            else "",
            "forms": self.forms,
            "earlier": self.request.scope.of(DoseOrder)
            .filter(cycle=cycle, cancelled_at__isnull=False)
            .select_related("cancelled_by", "waiver_evidence"),
        }

    def _signature(self) -> Signature | None:
        """The signature that stands and gives this dose."""
        standing = self.request.scope.of(Signature).filter(
            proposal__course=self.cycle.course,
            proposal__cycle_number=self.cycle.number,
            proposal__superseded_at=None,
            withdrawn_at=None,
            action=Action.GIVE,
        )
        return standing.select_related("signed_by").first()

    def _ahead(self) -> OrderAhead | None:
        """The permission to order ahead of the labs; none counts while the course is on hold."""
        standing = self.request.scope.of(OrderAhead).filter(
            cycle=self.cycle, ended_at=None, cycle__course__held_since=None
        )
        return standing.select_related("allowed_by").first()

    def _may_order_ahead(self, permit: Signature | OrderAhead | None) -> bool:
        """While the labs of the next dose are awaited, a prescriber may permit its order."""
        course = self.cycle.course
        awaited = self.request.scope.of(Proposal).filter(
            course=course, cycle_number=self.cycle.number, action=Action.PENDING, superseded_at=None
        )
        may = self.request.user.role == Role.PRESCRIBER and permit is None and not course.held_since
        return may and awaited.exists()


def _differs(order: DoseOrder | None, permit: Signature | OrderAhead | None, cycle: Cycle) -> bool:
    """The order is for another activity than permitted, or another day than planned."""
    if order is None or permit is None:
        return False
    return (order.activity_gbq, order.calibration_on) != (permit.activity_gbq, cycle.planned_on)
