"""Order the dose of an infusion; assessed before the page answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from coordination import order_words
from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.errors import CareError, OutOfDate
from coordination.base.forms import ActionForm
from coordination.base.models import User
from coordination.flows.record import record
from coordination.forms.papers import (
    CancelOrderForm,
    ConfirmOrderForm,
    PlaceOrderForm,
)
from coordination.patient_page.opened import Opened, open_patient
from scheduling import actions
from scheduling.models import Course, Cycle, DoseOrder, Signature
from scheduling.protocols import get_protocol
from scheduling.rules.order_clock import order_clock

UNPROCESSABLE, STALE = 422, 409


# --- the dose order --------------------------------------------------------------------------------


@roles(*CARE_STAFF)
@require_http_methods(["GET", "POST"])
def dose_order(request: StaffRequest, patient_id: UUID, course_id: UUID, number: int) -> HttpResponse:
    """Order exactly what stands signed, confirm it, or cancel it with the reason and its price."""
    opened = open_patient(request, patient_id)
    course = request.scope.get(Course, course_id)
    cycle = request.scope.of(Cycle).filter(course=course, number=number).first()
    if course.patient_id != opened.patient.pk or cycle is None:
        raise Http404
    course.patient = opened.patient
    cycle.course = course
    order = (
        request.scope.of(DoseOrder)
        .filter(cycle=cycle, cancelled_at=None)
        .select_related("ordered_by", "confirmed_by")
        .first()
    )
    forms = _order_forms(request, order)
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


def _order_forms(request: StaffRequest, order: DoseOrder | None) -> dict[str, ActionForm]:
    sent = request.POST.get("act")
    initial = {"version": order.version} if order else {}

    def form(name: str, kind: type[ActionForm]) -> ActionForm:
        return kind(request.POST if sent == name else None, auto_id=f"{name}_%s", initial=initial)

    if order is None:
        return {"place": form("place", PlaceOrderForm)}
    return {"confirm": form("confirm", ConfirmOrderForm), "cancel": form("cancel", CancelOrderForm)}


def _try_order(
    request: StaffRequest, opened: Opened, cycle: Cycle, order: DoseOrder | None, forms: dict[str, ActionForm]
) -> int:
    act = request.POST.get("act", "")
    form = forms.get(act)
    if form is None:
        messages.warning(request, "The order has changed since this page was opened: look again.")
        return STALE
    if not form.is_valid():
        return UNPROCESSABLE
    now = clock.now()
    try:
        record(opened.patient, _order_act(act, cycle, order, form.cleaned_data, request.user, now), now=now)
    except OutOfDate as error:
        form.refuse(error)
        return STALE
    except CareError as error:
        form.refuse(error)
        return UNPROCESSABLE
    request.audit.changed(opened.patient, order=act)
    messages.success(request, {"place": "Ordered.", "confirm": "Confirmed.", "cancel": "Cancelled."}[act])
    return 200


def _order_act(
    act: str, cycle: Cycle, order: DoseOrder | None, said: dict[str, Any], by: User, now: datetime
) -> Callable[[], object]:
    if order is None:
        return lambda: actions.place_order(cycle, by=by, now=now, **said)

    def changed() -> None:
        if not order.next_version(said["version"]):
            raise OutOfDate(f"{order.changed_meanwhile('this order')} Look again.")
        if act == "confirm":
            actions.confirm_order(order, by=by, now=now, order_number=said["order_number"])
        else:
            actions.cancel_order(order, by=by, because=said["because"], now=now)

    return changed


def _order_page(
    request: StaffRequest, opened: Opened, cycle: Cycle, order: DoseOrder | None, forms: dict[str, ActionForm]
) -> dict[str, Any]:
    protocol = get_protocol(cycle.course.protocol_key)
    day = order.calibration_on if order else cycle.planned_on
    times = order_clock(cycle.number, day, protocol) if day else None
    signature = (
        request.scope.of(Signature)
        .filter(
            proposal__course=cycle.course,
            proposal__cycle_number=cycle.number,
            proposal__superseded_at=None,
            withdrawn_at=None,
            action="give",
        )
        .select_related("signed_by")
        .first()
    )
    words = (
        order_words.countdown(times, protocol.order, today=opened.today, is_ordered=order is not None)
        if times
        else None
    )
    return {
        "opened": opened,
        "patient": opened.patient,
        "cycle": cycle,
        "order": order,
        "signature": signature,
        "times": times,
        "words": words,
        "cost_now": order_words.cost_now(times, protocol.order, today=opened.today)
        if times and order
        else "",
        "forms": forms,
        "earlier": request.scope.of(DoseOrder)
        .filter(cycle=cycle, cancelled_at__isnull=False)
        .select_related("cancelled_by"),
    }
