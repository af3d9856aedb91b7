"""Book a chair and people for a planned infusion; a clash is said, and answered by a named person."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.models import User
from coordination.chart.patient_chart import PatientChart, given_on
from coordination.flows import booking as flow
from coordination.pages.course.forms.booking import BookForm, CancelBookingForm
from coordination.pages.patient.acts import carry_out, draw_page, refused
from coordination.pages.patient.opening import open_patient
from scheduling.conflicts import capacity_conflicts, conflict_digest
from scheduling.models import ChairBooking, Cycle

TEMPLATE = "scheduling/book.html"
STARTS, ENDS = time(9), time(14)  # unless said otherwise: with amino acids and two hours of watching


@roles(*CARE_STAFF)
def book(request: StaffRequest, patient_id: UUID, cycle_id: UUID) -> HttpResponse:
    opened, cycle = _open(request, patient_id, cycle_id)
    on = _day_to_book(opened, cycle)
    form = _form(request, opened, cycle)
    if request.method == "POST" and on and form.is_valid():
        form = _form(request, opened, cycle, clashes=_clashes(cycle, on, form))

    def again(status: int = 200) -> HttpResponse:
        if status == 409:  # sent again, it is about the infusion as it is shown now
            cycle.refresh_from_db()
            form.put("version", cycle.version)
        return _page(request, opened, cycle, form, status=status)

    if request.method != "POST":
        return again()
    if on is None:
        return again(refused(request, form))
    return carry_out(
        request,
        opened,
        form,
        lambda: flow.book_infusion(
            cycle,
            **_wanted(on, form),
            chair=form.cleaned_data["chair"],
            people=form.cleaned_data["everybody"],
            version=form.cleaned_data["version"],
            answers=form.answers,
            by=request.user,
            now=clock.now(),
        ),
        done=f"Chair and people are booked for infusion {cycle.number}.",
        again=again,
        to="patient-schedule",
    )


@roles(*CARE_STAFF)
@require_POST
def cancel(request: StaffRequest, patient_id: UUID, cycle_id: UUID) -> HttpResponse:
    """Give chair and people back; the infusion keeps its day."""
    opened, cycle = _open(request, patient_id, cycle_id)
    form = CancelBookingForm(
        request.POST, patient=opened.patient, auto_id="cancel_%s", initial={"version": cycle.version}
    )
    return carry_out(
        request,
        opened,
        form,
        lambda: flow.cancel_booking(
            cycle,
            because=form.cleaned_data["because"],
            version=form.cleaned_data["version"],
            by=request.user,
            now=clock.now(),
        ),
        done=f"The booking for infusion {cycle.number} is given back.",
        again=lambda status: _page(
            request, opened, cycle, _form(request, opened, cycle, unsent=True), cancel=form, status=status
        ),
        to="patient-schedule",
    )


def _open(request: StaffRequest, patient_id: UUID, cycle_id: UUID) -> tuple[PatientChart, Cycle]:
    opened = open_patient(request, patient_id)
    cycle = next((cycle for cycle in opened.cycles if cycle.public_id == cycle_id), None)
    if cycle is None:
        request.scope.get(Cycle, cycle_id)
        raise Http404
    return opened, cycle


def _day_to_book(opened: PatientChart, cycle: Cycle) -> date | None:
    """The planned day; None where nothing can be booked (any more)."""
    on = cycle.planned_on
    is_to_come = on is not None and on >= opened.today
    return on if is_to_come and opened.course_or_404.is_current and not cycle.infusion else None


def _form(
    request: StaffRequest,
    opened: PatientChart,
    cycle: Cycle,
    *,
    clashes: Sequence[tuple[str, str]] = (),
    unsent: bool = False,
) -> BookForm:
    staff = _staff(opened)
    return BookForm(
        None if unsent else request.POST or None,
        patient=opened.patient,
        staff=staff,
        chairs=_chairs(request, opened),
        clashes=clashes,
        initial=_as_booked(request, cycle, staff) | {"version": cycle.version},
    )


def _staff(opened: PatientChart) -> list[str]:
    """Those of the site who give infusions or answer for them."""
    there = User.objects.filter(
        sites=opened.patient.site, role__in=(Role.CLINIC, Role.PRESCRIBER), is_active=True
    )
    return list(there.values_list("full_name", flat=True))


def _chairs(request: StaffRequest, opened: PatientChart) -> list[str]:
    """As they were called when they were booked at this site before."""
    used = request.scope.of(ChairBooking).filter(cycle__course__patient__site=opened.patient.site)
    return list(used.order_by("chair").values_list("chair", flat=True).distinct())


def _as_booked(request: StaffRequest, cycle: Cycle, staff: Sequence[str]) -> dict[str, Any]:
    booking = request.scope.of(ChairBooking).filter(cycle=cycle, cancelled_at=None).first()
    if booking is None:
        return {"starts": STARTS, "ends": ENDS}
    return {
        "starts": timezone.localtime(booking.starts_at).time(),
        "ends": timezone.localtime(booking.ends_at).time(),
        "chair": booking.chair,
        "people": [name for name in booking.people if name in staff],
        "others": ", ".join(name for name in booking.people if name not in staff),
    }


def _wanted(on: date, form: BookForm) -> dict[str, datetime]:
    """From when until when, on the planned day in the site's zone."""
    zone = timezone.get_current_timezone()
    return {
        "starts_at": datetime.combine(on, form.cleaned_data["starts"], tzinfo=zone),
        "ends_at": datetime.combine(on, form.cleaned_data["ends"], tzinfo=zone),
    }


def _clashes(cycle: Cycle, on: date, form: BookForm) -> list[tuple[str, str]]:
    uses = {form.cleaned_data["chair"], *form.cleaned_data["everybody"]}
    found = capacity_conflicts(cycle, **_wanted(on, form), uses=uses)
    return [(conflict_digest(conflict), conflict.text) for conflict in found]


def _page(
    request: StaffRequest,
    opened: PatientChart,
    cycle: Cycle,
    form: BookForm,
    *,
    cancel: CancelBookingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    same_day = request.scope.of(ChairBooking).filter(
        cycle__planned_on=cycle.planned_on,
        cycle__course__patient__site=opened.patient.site,
        cycle__course__ended_at=None,
        cancelled_at=None,
    )
    context = {
        "cycle": cycle,
        "form": form,
        "chairs": form.chairs,
        "booking": next((each for each in same_day if each.cycle_id == cycle.pk), None),
        "others": [each for each in same_day if each.cycle_id != cycle.pk],
        "given_on": given_on(cycle, opened.patient, opened.now),
        "has_ended": not opened.course_or_404.is_current,
        "can_be_booked": _day_to_book(opened, cycle) is not None,
        "cancel": cancel
        or CancelBookingForm(patient=opened.patient, auto_id="cancel_%s", initial={"version": cycle.version}),
    }
    return draw_page(request, opened, TEMPLATE, context, status=status)
