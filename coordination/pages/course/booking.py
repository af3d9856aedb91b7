"""Book a chair and people for a planned infusion; a clash is said, and answered by a named person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.utils import timezone
from django.views.decorators.http import require_POST

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.base.models import User
from coordination.chart.patient_chart import PatientChart, given_on
from coordination.flows import booking as flow
from coordination.pages.course.forms.booking import BookForm, CancelBookingForm
from coordination.pages.patient.acts import PatientAct
from coordination.pages.patient.opening import infusion_of, open_patient
from scheduling.conflicts import capacity_conflicts, conflict_digest
from scheduling.models import ChairBooking, Cycle

TEMPLATE = "scheduling/book.html"
STARTS, ENDS = time(9), time(14)  # unless said otherwise: with amino acids and two hours of watching


@roles(*CARE_STAFF)
def book(request: StaffRequest, patient_id: UUID, cycle_id: UUID) -> HttpResponse:
    opened = open_patient(request, patient_id)
    cycle = infusion_of(request, opened, cycle_id)
    return BookInfusion(request, opened, cycle, _day_to_book(opened, cycle)).respond()


@dataclass
class BookInfusion(PatientAct[BookForm]):
    """Book for the planned day; a clash that is found asks for its reason."""

    cycle: Cycle
    on: date | None

    template = TEMPLATE
    to = "patient-schedule"

    def make_form(self) -> BookForm:
        form = _form(self.request, self.opened, self.cycle)
        if self.request.method == "POST" and self.on and form.is_valid():
            clashes = _clashes(self.cycle, self.on, form)
            return _form(self.request, self.opened, self.cycle, clashes=clashes)
        return form

    def is_possible(self) -> bool:
        return self.on is not None

    def catch_up(self) -> None:
        """Sent again, it is about the infusion as it is shown now."""
        self.cycle.refresh_from_db()
        self.form.put("version", self.cycle.version)

    def context(self) -> dict[str, Any]:
        return _in_view(self.request, self.opened, self.cycle, self.form)

    def store(self) -> None:
        typed = self.form.cleaned_data
        flow.book_infusion(
            self.cycle,
            **_wanted(cast("date", self.on), self.form),
            chair=typed["chair"],
            people=typed["everybody"],
            version=typed["version"],
            answers=self.form.answers,
            by=self.request.user,
            now=clock.now(),
        )

    def done_words(self) -> str:
        return f"Chair and people are booked for infusion {self.cycle.number}."


@roles(*CARE_STAFF)
@require_POST
def cancel(request: StaffRequest, patient_id: UUID, cycle_id: UUID) -> HttpResponse:
    """Give chair and people back; the infusion keeps its day."""
    opened = open_patient(request, patient_id)
    return CancelBooking(request, opened, infusion_of(request, opened, cycle_id)).respond()


@dataclass
class CancelBooking(PatientAct[CancelBookingForm]):
    cycle: Cycle

    template = TEMPLATE
    to = "patient-schedule"

    def make_form(self) -> CancelBookingForm:
        return _cancel_form(self.opened, self.cycle, self.request.POST)

    def context(self) -> dict[str, Any]:
        """The page of the booking: its own form begins anew beside this one."""
        unsent = _form(self.request, self.opened, self.cycle, unsent=True)
        return _in_view(self.request, self.opened, self.cycle, unsent) | {"cancel": self.form}

    def store(self) -> None:
        typed = self.form.cleaned_data
        flow.cancel_booking(
            self.cycle,
            because=typed["because"],
            version=typed["version"],
            by=self.request.user,
            now=clock.now(),
        )

    def done_words(self) -> str:
        return f"The booking for infusion {self.cycle.number} is given back."


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


def _cancel_form(opened: PatientChart, cycle: Cycle, data: QueryDict | None = None) -> CancelBookingForm:
    initial = {"version": cycle.version}
    return CancelBookingForm(data, patient=opened.patient, auto_id="cancel_%s", initial=initial)


def _in_view(request: StaffRequest, opened: PatientChart, cycle: Cycle, form: BookForm) -> dict[str, Any]:
    same_day = request.scope.of(ChairBooking).filter(
        cycle__planned_on=cycle.planned_on,
        cycle__course__patient__site=opened.patient.site,
        cycle__course__ended_at=None,
        cancelled_at=None,
    )
    return {
        "cycle": cycle,
        "form": form,
        "chairs": form.chairs,
        "booking": next((each for each in same_day if each.cycle_id == cycle.pk), None),
        "others": [each for each in same_day if each.cycle_id != cycle.pk],
        "given_on": given_on(cycle, opened.patient, opened.now),
        "has_ended": not opened.course_or_404.is_current,
        "can_be_booked": _day_to_book(opened, cycle) is not None,
        "cancel": _cancel_form(opened, cycle),
    }
