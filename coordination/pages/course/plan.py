"""Move an infusion with the consequences shown first; start, hold, resume, stop and complete a course."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpResponse

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
from coordination.pages.patient.acts import F, PatientAct, draw_page
from coordination.pages.patient.opening import course_of, infusion_of, open_patient
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
    cycle = infusion_of(request, opened, cycle_id)
    if request.method == "POST":
        return _save_move(request, opened, cycle)
    pick = PickDayForm(request.GET if "to" in request.GET else None, today=opened.today)
    if not pick.is_bound or not pick.is_valid() or cycle.infusion or not opened.course_or_404.is_current:
        initial = {"to": cycle.planned_on}
        pick = pick if pick.is_bound else PickDayForm(initial=initial, today=opened.today)
        return draw_page(request, opened, "scheduling/move.html", _picking(opened, cycle, pick))
    return MoveInfusion(request, opened, cycle, pick.cleaned_data["to"]).respond()


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
    return MoveInfusion(request, opened, cycle, pick.cleaned_data["to"]).respond()


@dataclass
class MoveInfusion(PatientAct[MoveForm]):
    """The consequences of a move to the day that was picked, and one button that saves it."""

    cycle: Cycle
    day: date

    template = "scheduling/move_consequences.html"
    to = "patient-schedule"

    @cached_property
    def found(self) -> Consequences:
        return consequences_of_moving(self.cycle, to=self.day, now=self.opened.now)

    def make_form(self) -> MoveForm:
        initial = {"to": self.day, "version": self.cycle.version}
        return MoveForm(self.sent, patient=self.patient, blocking=_blocking(self.found), initial=initial)

    def context(self) -> dict[str, Any]:
        shown = self._consequences()
        return shown | self._somebody_was_first() if self.is_stale else shown

    def store(self) -> None:
        move_infusion(
            self.cycle,
            to=self.day,
            by=self.request.user,
            because=self.form.cleaned_data["because"],
            version=self.form.cleaned_data["version"],
            now=clock.now(),
            answers=self.form.answers,
        )

    def done_words(self) -> str:
        day = self.day
        return f"Infusion {self.cycle.number} is planned for {day:%a} {day.day} {day:%b %Y}."

    def _consequences(self) -> dict[str, Any]:
        sheet, found, cycle = read_sheet(self.opened), self.found, self.cycle
        order = self.request.scope.of(DoseOrder).filter(cycle=cycle, cancelled_at=None).first()
        moved_items = (item.item for item in found.moved)
        return {
            "cycle": cycle,
            "to": self.day,
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
            "told": schedule.who_is_told(sheet, cycle, moved_items, by=self.request.user),
            "proposal_before": found.before.next_dose,
            "proposal_after": found.after.next_dose,
        }

    def _somebody_was_first(self) -> dict[str, Any]:
        """Who moved it meanwhile; sent again, the form is about the infusion as it is planned now."""
        cycle = self.cycle
        cycle.refresh_from_db()
        self.form.put("version", cycle.version)
        changed = cycle.history.select_related("history_user").first()
        who = changed.history_user.full_name if changed and changed.history_user else "Somebody"
        return {
            "stale_by": who,
            "stale_at": changed.history_date if changed else None,
            "stale_because": (changed.history_change_reason or "") if changed else "",
            "stale_to": self.day,
            "stale_now": cycle.planned_on,
            "stale_read": self.request.POST.get("version", ""),
        }


def _blocking(found: Consequences) -> list[tuple[str, str]]:
    return [(conflicts.conflict_digest(conflict), conflict.text) for conflict in found.blocking]


def _money(sheet: Sheet, found: Consequences, order: DoseOrder | None) -> str:
    """What cancelling a standing order costs today; nothing to say where nothing is ordered."""
    if order is None or found.order_before is None:
        return ""
    cost = cost_of_cancelling(sheet.opened.today, found.order_before, sheet.protocol.order)
    return f"{cost} USD" if cost else "nothing"


# --- the course -------------------------------------------------------------------------------------


@dataclass
class CourseAct(PatientAct[F]):
    """An act that changes the state of a course; below its form stands what is planned."""

    course: Course

    template = "scheduling/course_act.html"
    heading: ClassVar[str]
    lede: ClassVar[str]
    button: ClassVar[str]
    is_danger: ClassVar[bool] = False

    def context(self) -> dict[str, Any]:
        sheet = read_sheet(self.opened)
        return {
            "heading": self.heading,
            "lede": self.lede,
            "button": self.button,
            "is_danger": self.is_danger,
            "last_day": last_possible_day(sheet),
            "planned": [line for line in schedule.cycle_lines(sheet) if line.on and line.status != "given"],
        }


@roles(*CARE_STAFF)
def hold_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    """Anyone on the staff may hold."""
    opened = open_patient(request, patient_id)
    return HoldCourse(request, opened, course_of(request, opened, course_id)).respond()


class HoldCourse(CourseAct[ReasonForm]):
    heading = "Hold the course"
    lede = "No dose is ordered while it is on hold. Only a prescriber resumes. The 16 weeks run on."
    button = "Hold"
    done = "The course is on hold."

    def make_form(self) -> ReasonForm:
        return ReasonForm(self.sent, patient=self.patient)

    def store(self) -> None:
        because = self.form.cleaned_data["because"]
        course_state.hold(self.course, by=self.request.user, because=because, now=clock.now())


@roles(Role.PRESCRIBER)
@confirmed()
def resume_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    opened = open_patient(request, patient_id)
    return ResumeCourse(request, opened, course_of(request, opened, course_id)).respond()


class ResumeCourse(CourseAct[ReasonForm]):
    heading = "Resume the course"
    lede = "The dose itself is decided on the proposal, not here."
    button = "Resume"
    done = "The course goes on."

    def make_form(self) -> ReasonForm:
        return ReasonForm(self.sent, patient=self.patient)

    def store(self) -> None:
        because = self.form.cleaned_data["because"]
        course_state.resume(self.course, by=self.request.user, because=because, now=clock.now())


@roles(Role.PRESCRIBER)
@confirmed()
def stop_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    opened = open_patient(request, patient_id)
    return StopCourse(request, opened, course_of(request, opened, course_id)).respond()


class StopCourse(CourseAct[StopForm]):
    heading = "Stop the course"
    lede = "No further infusion: what served one is cancelled. Follow-up goes on from the last one given."
    button = "Stop the course"
    done = "The course is stopped."
    is_danger = True

    def make_form(self) -> StopForm:
        return StopForm(self.sent, patient=self.patient, today=self.opened.today)

    def store(self) -> None:
        typed = self.form.cleaned_data
        course_state.stop(
            self.course, by=self.request.user, because=typed["because"], on=typed["on"], now=clock.now()
        )


@roles(Role.PRESCRIBER, Role.NAVIGATOR)
def complete_page(request: StaffRequest, patient_id: UUID, course_id: UUID) -> HttpResponse:
    opened = open_patient(request, patient_id)
    return CompleteCourse(request, opened, course_of(request, opened, course_id)).respond()


class CompleteCourse(CourseAct[CompleteForm]):
    heading = "Hand back"
    lede = (
        "No infusion is to come and the patient returns to the referring physician; follow-up goes on. "
        "The letter is begun: read and sign it under Documents."
    )
    button = "Hand back"
    done = "The patient is handed back. The letter waits under Documents to be read and signed."

    def make_form(self) -> CompleteForm:
        return CompleteForm(self.sent, patient=self.patient, today=self.opened.today)

    def store(self) -> None:
        on = self.form.cleaned_data["on"]
        hand_back(self.course, on=on, by=self.request.user, now=clock.now())


@roles(Role.PRESCRIBER)
def start_page(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Begin a course for a patient who has none that goes on; a reason where no referral is accepted."""
    opened = open_patient(request, patient_id)
    lacking = acceptance_lacking(request.scope.of(Referral).newest_of(opened.patient))  # type: ignore[attr-defined]
    return StartCourse(request, opened, lacking).respond()


@dataclass
class StartCourse(PatientAct[StartForm]):
    lacking: str  # why no referral allows it

    template = "scheduling/course_act.html"
    done = "The course is started."

    def make_form(self) -> StartForm:
        own = default_protocol_of(self.patient.site)
        return StartForm(
            self.sent,
            patient=self.patient,
            protocols=_protocols(own),
            lacking=self.lacking,
            initial={"protocol": own},
        )

    def context(self) -> dict[str, Any]:
        return {
            "heading": "Start a course",
            "lede": "The protocol is pinned as it is today. The first day may follow later.",
            "button": "Start the course",
            "warning": self.lacking,
        }

    def store(self) -> None:
        typed = self.form.cleaned_data
        start_course(
            self.patient,
            first_on=typed["first_on"],
            protocol_key=typed["protocol"],
            anyway_because=typed.get("anyway_because", ""),
            by=self.request.user,
            now=clock.now(),
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
