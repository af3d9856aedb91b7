"""Order the dose of an infusion; assessed before the page answers."""

from collections.abc import Callable
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
from coordination.pages.course.dose_order_forms import (
    CancelOrderForm,
    ConfirmOrderForm,
    PlaceOrderForm,
)
from coordination.pages.patient.acts import refused
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

UNPROCESSABLE, STALE = 422, 409
MOST_WAIVERS = 60


# --- the dose order --------------------------------------------------------------------------------


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
    forms = _order_forms(request, cycle, order)
    status = 200
    if request.method == "POST":
        status = _try_order(request, opened, cycle, order, forms)
        if status == 200:
            return redirect(request.path)
    return render(
        request,
        "coordination/dose_order.html",
        _order_page(request, opened, cycle, order, forms),
        status=status,
    )


def _order_forms(request: StaffRequest, cycle: Cycle, order: DoseOrder | None) -> dict[str, PatientForm]:
    sent = request.POST.get("act")
    initial = {"version": order.version} if order else {}

    def form(name: str, kind: Callable[..., PatientForm], **more: Any) -> PatientForm:
        data = request.POST if sent == name else None
        return kind(data, patient=cycle.course.patient, auto_id=f"{name}_%s", initial=initial, **more)

    if order is None:
        return {"place": form("place", PlaceOrderForm)}
    return {
        "confirm": form("confirm", ConfirmOrderForm),
        "change": form("change", ConfirmOrderForm),
        "cancel": form("cancel", CancelOrderForm, results=_waivers(request, cycle)),
    }


def _waivers(request: StaffRequest, cycle: Cycle) -> list[tuple[str, str]]:
    """The results that may have made the patient ineligible: usable, since the last infusion."""
    results = request.scope.of(LabResult).filter(
        patient=cycle.course.patient_id, usable=True, collected_at__isnull=False
    )
    before = request.scope.of(InfusionGiven).filter(
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


def _try_order(
    request: StaffRequest,
    opened: PatientChart,
    cycle: Cycle,
    order: DoseOrder | None,
    forms: dict[str, PatientForm],
) -> int:
    act = request.POST.get("act", "")
    form = forms.get(act)
    if form is None:
        messages.warning(request, "The order has changed since this page was opened: look again.")
        return STALE
    if not form.is_valid():
        return refused(request, form)
    try:
        _order_act(request, act, cycle, order, form.typed)
    except OutOfDate as error:
        form.refuse(error)
        return STALE
    except CareError as error:
        form.refuse(error)
        return UNPROCESSABLE
    request.audit.changed(opened.patient, order=act)
    messages.success(request, f"{ORDER_DONE[act]} for {opened.patient}.")
    return 200


ORDER_DONE = {
    "place": "Dose ordered",
    "change": "Order changed, to be confirmed again,",
    "confirm": "Order confirmed",
    "cancel": "Order cancelled",
}


def _order_act(
    request: StaffRequest, act: str, cycle: Cycle, order: DoseOrder | None, said: dict[str, Any]
) -> None:
    by, now = request.user, clock.now()
    if order is None:
        dose_orders.order_dose(cycle, by=by, now=now, **said)
        return
    version = said["version"]
    if act == "cancel":
        chosen = said["waiver_evidence"]
        evidence = request.scope.get(LabResult, UUID(chosen)) if chosen else None
        dose_orders.cancel_dose(
            order, by=by, now=now, because=said["because"], waiver_evidence=evidence, version=version
        )
        return
    change = dose_orders.confirm_dose if act == "confirm" else dose_orders.change_dose
    change(order, by=by, now=now, version=version, order_number=said["order_number"])


def _order_page(
    request: StaffRequest,
    opened: PatientChart,
    cycle: Cycle,
    order: DoseOrder | None,
    forms: dict[str, PatientForm],
) -> dict[str, Any]:
    protocol = cycle.course.protocol
    day = order.calibration_on if order else cycle.planned_on
    times = order_clock(cycle.number, day, protocol) if day else None
    signature = (
        request.scope.of(Signature)
        .filter(
            proposal__course=cycle.course,
            proposal__cycle_number=cycle.number,
            proposal__superseded_at=None,
            withdrawn_at=None,
            action=Action.GIVE,
        )
        .select_related("signed_by")
        .first()
    )
    ahead = (
        request.scope.of(OrderAhead)
        .filter(cycle=cycle, ended_at=None, cycle__course__held_since=None)
        .select_related("allowed_by")
        .first()
    )
    permit = signature or ahead
    words = (
        order_deadline.countdown(times, protocol.order, today=opened.today, is_ordered=order is not None)
        if times
        else None
    )
    return {
        "opened": opened,
        "patient": opened.patient,
        "cycle": cycle,
        "order": order,
        "signature": signature,
        "ahead": ahead,
        "may_order_ahead": _may_order_ahead(request, cycle, permit),
        "given": cycle.used_its_dose,
        "to_change": bool(order and permit) and _differs(order, permit, cycle),
        "permit": permit,
        "is_permitted": bool(order and permit and order.activity_gbq == permit.activity_gbq),
        "times": times,
        "words": words,
        "cost_now": order_deadline.cost_now(times, protocol.order, today=opened.today)
        if times and order
        else "",
        "forms": forms,
        "earlier": request.scope.of(DoseOrder)
        .filter(cycle=cycle, cancelled_at__isnull=False)
        .select_related("cancelled_by", "waiver_evidence"),
    }


def _differs(order: DoseOrder | None, permit: Signature | OrderAhead | None, cycle: Cycle) -> bool:
    """The order is for another activity than permitted, or another day than planned."""
    if order is None or permit is None:
        return False
    return (order.activity_gbq, order.calibration_on) != (permit.activity_gbq, cycle.planned_on)


def _may_order_ahead(request: StaffRequest, cycle: Cycle, permit: Signature | OrderAhead | None) -> bool:
    """While the labs of the next dose are awaited, a prescriber may permit its order."""
    awaited = request.scope.of(Proposal).filter(
        course=cycle.course, cycle_number=cycle.number, action=Action.PENDING, superseded_at=None
    )
    may = request.user.role == Role.PRESCRIBER and permit is None and not cycle.course.held_since
    return may and awaited.exists()
