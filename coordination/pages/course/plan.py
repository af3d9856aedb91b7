"""Move an infusion with the consequences shown first; start, hold, resume, stop and complete a course."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse

from coordination.base import clock
from coordination.base.access import CARE_STAFF, StaffRequest, roles
from coordination.base.choices import Role
from coordination.chart import schedule
from coordination.chart.patient_chart import PatientChart, given_on
from coordination.chart.sheet import Sheet, last_possible_day, read_sheet
from coordination.flows import course_state
from coordination.flows.hand_back import hand_back
from coordination.flows.schedule_change import Consequences, consequences_of_moving, move_infusion
from coordination.flows.start_course import acceptance_lacking, start_course
from coordination.pages.account.step_up import confirmed
from coordination.pages.course.forms.plan import (
    CompleteForm,
    MoveForm,
    PickDayForm,
    ReasonForm,
    StartForm,
    StopForm,
)
from coordination.pages.patient.acts import carry_out, draw_page
from coordination.pages.patient.opening import open_patient
from coordination.wording import clinical
from patients.models import Referral
from scheduling import conflicts
from scheduling.models import Course, Cycle, DoseOrder
from scheduling.protocols import all_protocols
from scheduling.rules.order_clock import cost_of_cancelling
from scheduling.site_protocol import default_protocol_of

# --- move -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One due item before and after, as the consequences page says it."""

    item: str
    cycle: int | None
    before: Any
    after: Any


@roles(*CARE_STAFF)
def move_page(request: StaffRequest, patient_id: UUID, cycle_id: UUID) -> HttpResponse:
    """Pick a day (`?to=`), see what follows, save with a reason."""
    opened = open_patient(request, patient_id)
    cycle = next((cycle for cycle in opened.cycles if cycle.public_id == cycle_id), None)
    if cycle is None:
        request.scope.get(Cycle, cycle_id)
        raise Http404
    if request.method == "POST":
        return _save_move(request, opened, cycle)
    pick = PickDayForm(request.GET if "to" in request.GET else None, today=opened.today)
    if not pick.is_bound or not pick.is_valid() or cycle.infusion or not opened.course_or_404.is_current:
        initial = {"to": cycle.planned_on}
        pick = pick if pick.is_bound else PickDayForm(initial=initial, today=opened.today)
        return draw_page(request, opened, "scheduling/move.html", _picking(opened, cycle, pick))
    to: date = pick.cleaned_data["to"]
    found = consequences_of_moving(cycle, to=to, now=opened.now)
    form = MoveForm(
        patient=opened.patient, blocking=_blocking(found), initial={"to": to, "version": cycle.version}
    )
    context = _consequences(request, opened, cycle, to, found, form)
    return draw_page(request, opened, "scheduling/move_consequences.html", context)


def _picking(opened: PatientChart, cycle: Cycle, pick: PickDayForm) -> dict[str, Any]:
    sheet = read_sheet(opened)
    window = next(
        (item for item in sheet.assessment.due if item.item == "infusion" and item.cycle == cycle.number),
        None,
    )
    return {
        "cycle": cycle,
        "pick": pick,
        "window": window,
        "given_on": given_on(cycle, opened.patient, opened.now),
        "last_day": last_possible_day(sheet) if sheet.dose.cycle == cycle.number else None,
        "has_ended": not opened.course_or_404.is_current,
    }


def _save_move(request: StaffRequest, opened: PatientChart, cycle: Cycle) -> HttpResponse:
    pick = PickDayForm(request.POST, today=opened.today)
    if not pick.is_valid():
        return draw_page(request, opened, "scheduling/move.html", _picking(opened, cycle, pick), status=422)
    to: date = pick.cleaned_data["to"]
    found = consequences_of_moving(cycle, to=to, now=opened.now)
    initial = {"to": to, "version": cycle.version}
    form = MoveForm(request.POST, patient=opened.patient, blocking=_blocking(found), initial=initial)
    read_version = request.POST.get("version", "")

    def again(status: int) -> HttpResponse:
        context = _consequences(request, opened, cycle, to, found, form)
        if status == 409:
            cycle.refresh_from_db()
            context |= _somebody_was_first(cycle, to, read_version)
            form.put("version", cycle.version)
        return draw_page(request, opened, "scheduling/move_consequences.html", context, status=status)

    def act() -> None:
        move_infusion(
            cycle,
            to=to,
            by=request.user,
            because=form.cleaned_data["because"],
            version=form.cleaned_data["version"],
            now=clock.now(),
            answers=form.answers,
        )

    return carry_out(
        request,
        opened,
        form,
        act,
        done=f"Infusion {cycle.number} is planned for {to:%a} {to.day} {to:%b %Y}.",
        again=again,
        to="patient-schedule",
    )


def _blocking(found: Consequences) -> list[tuple[str, str]]:
    return [(conflicts.conflict_digest(conflict), conflict.text) for conflict in found.blocking]


def _consequences(
    request: StaffRequest, opened: PatientChart, cycle: Cycle, to: date, found: Consequences, form: MoveForm
) -> dict[str, Any]:
    sheet = read_sheet(opened)
    order = request.scope.of(DoseOrder).filter(cycle=cycle, cancelled_at=None).first()
    return {
        "cycle": cycle,
        "to": to,
        "form": form,
        "moved": [
            MovedLine(clinical.item_word(item.item), item.cycle, item.before, item.after)
            for item in found.moved
        ],
        "appearing": [schedule.conflict_line(conflict) for conflict in found.appearing],
        "going": [schedule.conflict_line(conflict) for conflict in found.going],
        "order_before": found.order_before,
        "order_after": found.order_after,
        "order": order,
        "money": _money(sheet, found, order),
        "told": schedule.who_is_told(sheet, cycle, (item.item for item in found.moved), by=request.user),
        "proposal_before": found.before.next_dose,
        "proposal_after": found.after.next_dose,
    }


def _money(sheet: Sheet, found: Consequences, order: DoseOrder | None) -> str:
    """What cancelling a standing order costs today; nothing to say where nothing is ordered."""
    if order is None or found.order_before is None:
        return ""
    cost = cost_of_cancelling(sheet.opened.today, found.order_before, sheet.protocol.order)
    return f"{cost} USD" if cost else "nothing"


def _somebody_was_first(cycle: Cycle, to: date, read_version: str) -> dict[str, Any]:
    changed = cycle.history.select_related("history_user").first()
    who = changed.history_user.full_name if changed and changed.history_user else "Somebody"
    return {
        "stale_by": who,
        "stale_at": changed.history_date if changed else None,
        "stale_because": (changed.history_change_reason or "") if changed else "",
        "stale_to": to,
        "stale_now": cycle.planned_on,
        "stale_read": read_version,
    }


# --- the course -------------------------------------------------------------------------------------


def _act_on_course(
    request: StaffRequest,
    patient_id: UUID,
    course_id: UUID,
    *,
    form_of: Callable[[PatientChart], Any],
    act: Callable[[Course, Any], object],
    heading: str,
    lede: str,
    button: str,
    done: str,
    is_danger: bool = False,
) -> HttpResponse:
    opened = open_patient(request, patient_id)
    course = request.scope.get(Course, course_id)
    if opened.course is None or course.pk != opened.course.pk:
        raise Http404
    form = form_of(opened)

    def again(status: int = 200) -> HttpResponse:
        sheet = read_sheet(opened)
        context = {
            "form": form,
            "heading": heading,
            "lede": lede,
            "button": button,
            "is_danger": is_danger,
            "last_day": last_possible_day(sheet),
            "planned": [line for line in schedule.cycle_lines(sheet) if line.on and line.status != "given"],
        }
        return draw_page(request, opened, "scheduling/course_act.html", context, status=status)

    return carry_out(
        request,
        opened,
        form,
        lambda: act(course, form.cleaned_data),
        done=done,
        again=again,
    )


@roles(*CARE_STAFF)
def hold_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Anyone on the staff may hold."""
    return _act_on_course(
        request,
        patient_id,
        course_id,
        form_of=lambda opened: ReasonForm(request.POST or None, patient=opened.patient),
        act=lambda course, data: course_state.hold(
            course, by=request.user, because=data["because"], now=clock.now()
        ),
        heading="Hold the course",
        lede="No dose is ordered while it is on hold. Only a prescriber resumes. The 16 weeks run on.",
        button="Hold",
        done="The course is on hold.",
    )


@roles(Role.PRESCRIBER)
@confirmed()
def resume_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    return _act_on_course(
        request,
        patient_id,
        course_id,
        form_of=lambda opened: ReasonForm(request.POST or None, patient=opened.patient),
        act=lambda course, data: course_state.resume(
            course, by=request.user, because=data["because"], now=clock.now()
        ),
        heading="Resume the course",
        lede="The dose itself is decided on the proposal, not here.",
        button="Resume",
        done="The course goes on.",
    )


@roles(Role.PRESCRIBER)
@confirmed()
def stop_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    return _act_on_course(
        request,
        patient_id,
        course_id,
        form_of=lambda opened: StopForm(request.POST or None, patient=opened.patient, today=opened.today),
        act=lambda course, data: course_state.stop(
            course, by=request.user, because=data["because"], on=data["on"], now=clock.now()
        ),
        heading="Stop the course",
        lede="No further infusion: what served one is cancelled. Follow-up goes on from the last one given.",
        button="Stop the course",
        done="The course is stopped.",
        is_danger=True,
    )


@roles(Role.PRESCRIBER, Role.NAVIGATOR)
def complete_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    return _act_on_course(
        request,
        patient_id,
        course_id,
        form_of=lambda opened: CompleteForm(request.POST or None, patient=opened.patient, today=opened.today),
        act=lambda course, data: hand_back(course, on=data["on"], by=request.user, now=clock.now()),
        heading="Hand back",
        lede="No infusion is to come and the patient returns to the referring physician; follow-up goes on. "
        "The letter is begun: read and sign it under Documents.",
        button="Hand back",
        done="The patient is handed back. The letter waits under Documents to be read and signed.",
    )


@roles(Role.PRESCRIBER)
def start_page(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Begin a course for a patient who has none that goes on; a reason where no referral is accepted."""
    opened = open_patient(request, patient_id)
    own = default_protocol_of(opened.patient.site)
    lacking = acceptance_lacking(request.scope.of(Referral).newest_of(opened.patient))  # type: ignore[attr-defined]
    form = StartForm(
        request.POST or None,
        patient=opened.patient,
        protocols=_protocols(own),
        lacking=lacking,
        initial={"protocol": own},
    )

    def again(status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "heading": "Start a course",
            "lede": "The protocol is pinned as it is today. The first day may follow later.",
            "button": "Start the course",
            "warning": lacking,
        }
        return draw_page(request, opened, "scheduling/course_act.html", context, status=status)

    return carry_out(
        request,
        opened,
        form,
        lambda: start_course(
            opened.patient,
            first_on=form.cleaned_data["first_on"],
            protocol_key=form.cleaned_data["protocol"],
            anyway_because=form.cleaned_data.get("anyway_because", ""),
            by=request.user,
            now=clock.now(),
        ),
        done="The course is started.",
        again=again,
    )


def _protocols(own: str) -> list[tuple[str, str]]:
    """Those for reference, and the site's own with what it lacks."""
    known = sorted(all_protocols().items(), key=lambda item: item[0] != own)
    return [
        (key, f"{protocol.title}, version {protocol.version}{DRAFT[protocol.status == 'reference']}")
        for key, protocol in known
        if protocol.status == "reference" or key == own
    ]


DRAFT = {True: "", False: " (draft)"}
