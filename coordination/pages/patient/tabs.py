"""The pages about one patient: now, schedule, results, records, team, history; and their death."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from coordination.base import clock
from coordination.base.access import CARE_STAFF, STAFF, StaffRequest, roles
from coordination.base.choices import Owner, Role
from coordination.chart import activity, edits, lanes, records, schedule, team, trends
from coordination.chart.eligibility import criterion_lines
from coordination.chart.patient_chart import PatientChart
from coordination.chart.results import ResultLine, draws_of, inputs, result_lines
from coordination.chart.sheet import dose_card, read_sheet
from coordination.flows.edit_patient import edit_patient
from coordination.flows.facts import agree_tasks
from coordination.flows.record import record_death
from coordination.graphs.swimlane import swimlane
from coordination.pages.exports import as_file, files_of
from coordination.pages.patient.acts import PatientAct, draw_page
from coordination.pages.patient.forms import DeathForm, EditPatientForm, ShareOutForm
from coordination.pages.patient.opening import open_patient
from coordination.wording.clinical import ANALYTES, analyte_word
from patients.models import Responsibility

SHARERS = (Role.NAVIGATOR, Role.PRESCRIBER)


def _as_of(request: HttpRequest) -> tuple[date | None, bool]:
    """The day of the as-of view from the URL; and whether what stands there makes no sense."""
    text = request.GET.get("as_of", "")
    if not text:
        return None, False
    try:
        return date.fromisoformat(text), False
    except ValueError:
        return None, True


def _open(request: StaffRequest, patient_id: UUID, current: str) -> tuple[PatientChart, dict[str, Any]]:
    as_of, is_nonsense = _as_of(request)
    opened = open_patient(request, patient_id, as_of=as_of)
    return opened, {"tabs": opened.tabs(current), "as_of_is_nonsense": is_nonsense}


@roles(*STAFF)
@require_safe
def now_tab(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The first page: the next dose, what conflicts, what is due."""
    opened, context = _open(request, patient_id, "patient")
    if opened.course:
        sheet = read_sheet(opened)
        due = schedule.due_lines(sheet)
        context |= {
            "sheet": sheet,
            "card": dose_card(sheet),
            "inputs": inputs(sheet),
            "cycles": schedule.cycle_lines(sheet),
            "conflicts": schedule.conflict_lines(sheet),
            "due": schedule.pressing(due, opened.today),
            "due_all": f"All {len(due)}",
        }
    return draw_page(request, opened, "patients/now.html", context)


@roles(*STAFF)
@require_safe
def schedule_tab(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The course as a swimlane and as a table; every due item."""
    opened, context = _open(request, patient_id, "patient-schedule")
    if opened.course:
        sheet = read_sheet(opened)
        cycles = schedule.cycle_lines(sheet)
        due = schedule.due_lines(sheet)
        conflicts = schedule.conflict_lines(sheet)
        drawn = lanes.lanes_of(
            sheet,
            cycles,
            due,
            result_lines(opened.patient, sheet.assessment, opened.now),
            records.record_tables(opened),
            conflicts,
            may_move=request.user.role in CARE_STAFF,
        )
        context |= {
            "cycles": cycles,
            "due": [line for line in due if not line.is_settled and not line.is_too_late],
            "too_late": [line for line in due if line.is_too_late],
            "settled": [line for line in due if line.is_settled],
            "conflicts": conflicts,
            "orders": sheet.assessment.order,
            "swimlane": swimlane(drawn, today=opened.today, title="The course over time"),
            "can_be_moved": any(mark.move_url for lane in drawn for mark in lane.marks),
            "twin": lanes.twin_of(drawn),
        }
    return draw_page(request, opened, "patients/schedule.html", context)


@roles(*STAFF)
@require_safe
def results_tab(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Lab trends, and every result as sent and as used; or those of one analyte."""
    opened, context = _open(request, patient_id, "patient-results")
    analyte = request.GET.get("analyte", "")
    only = analyte if analyte in ANALYTES else ""
    sheet = read_sheet(opened) if opened.course else None
    lines = result_lines(opened.patient, sheet.assessment if sheet else None, opened.now, analyte=only)
    context |= {
        "only": analyte_word(only) if only else "",
        "draws": draws_of(lines),
        "count": len(lines),
        "trends": trends.trends(sheet, lines) if sheet else [],
        "sheet": sheet,
        "exports": files_of("patient-results", patient_id, query=request.GET.urlencode()),
    }
    return draw_page(request, opened, "patients/results.html", context)


EXPORTED_RESULTS = (
    "Drawn",
    "Test",
    "As sent",
    "As used",
    "Grade",
    "Range",
    "Laboratory comment",
    "Why not used",
    "From",
    "Received",
    "Order",
    "Laboratory number",
)


@roles(*STAFF)
@require_safe
def results_file(request: StaffRequest, patient_id: UUID, kind: str) -> HttpResponse:
    """The results that the page lists, in its order."""
    opened, _ = _open(request, patient_id, "patient-results")
    analyte = request.GET.get("analyte", "")
    assessment = read_sheet(opened).assessment if opened.course else None
    only = analyte if analyte in ANALYTES else ""
    draws = draws_of(result_lines(opened.patient, assessment, opened.now, analyte=only))
    lines = [line for draw in draws for line in draw.lines]
    request.audit.exported([opened.patient], rows=len(lines))
    return as_file([EXPORTED_RESULTS, *(_result_cells(line) for line in lines)], name="results", kind=kind)


def _result_cells(line: ResultLine) -> list[Any]:
    return [
        line.drawn,
        line.analyte,
        line.as_sent,
        line.as_used,
        line.grade,
        line.range,
        line.note,
        line.why_not,
        line.source,
        line.received_at,
        line.sent.placer_order,
        line.sent.filler_order,
    ]


@roles(*STAFF)
@require_safe
def records_tab(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """What was given, done and told, kind by kind, with what was recorded in error."""
    opened, context = _open(request, patient_id, "patient-records")
    context |= {"tables": records.record_tables(opened), "criteria": criterion_lines(opened)}
    return draw_page(request, opened, "patients/records.html", context)


@roles(*STAFF)
@require_safe
def team_tab(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """The care team, and who does what."""
    opened, context = _open(request, patient_id, "patient-team")
    context |= {
        "team": team.team_of(opened),
        "tasks": team.tasks_of(opened),
        "owners": Owner.labels,
        "may_share_out": request.user.role in SHARERS and not opened.as_of,
    }
    return draw_page(request, opened, "patients/team.html", context)


@roles(*SHARERS)
def share_out_page(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Agree who sees to what; the course is assessed anew, so that what is due changes hands at once."""
    return ShareOut(request, open_patient(request, patient_id)).respond()


class ShareOut(PatientAct[ShareOutForm]):
    template = "patients/share_out.html"
    done = "Agreed. What is due has changed hands."
    to = "patient-team"

    def make_form(self) -> ShareOutForm:
        tasks = team.tasks_of(self.opened)
        read = Responsibility.newest_change(self.patient)
        return ShareOutForm(
            self.sent,
            patient=self.patient,
            tasks=[(task.item, f"{task.item.label} (now: {task.whose})") for task in tasks],
            usual=f"The usual way at {self.patient.site.name}",
            initial={"items": self.request.GET.getlist("item"), "read": read},
        )

    def catch_up(self) -> None:
        """Sent again, it is about the list that is shown now."""
        self.form.put("read", Responsibility.newest_change(self.patient))

    def store(self) -> None:
        agree_tasks(self.patient, **self.form.agreed, by=self.request.user, now=clock.now())


@roles(*STAFF)
@require_safe
def history_tab(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """One timeline of everything, of the kinds the person chose."""
    opened, context = _open(request, patient_id, "patient-history")
    known = [kind for kind, _ in activity.KINDS]
    chosen = [kind for kind in request.GET.getlist("kind") if kind in known]
    context |= {
        "events": activity.events_of(opened, kinds=chosen or known),
        "kinds": [(kind, word, kind in chosen) for kind, word in activity.KINDS],
        "is_filtered": bool(chosen),
    }
    return draw_page(request, opened, "patients/history.html", context)


@roles(*CARE_STAFF)
def edit(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Put right what is known of the patient; their courses are assessed with it."""
    return EditPatient(request, open_patient(request, patient_id)).respond()


class EditPatient(PatientAct[EditPatientForm]):
    template = "patients/edit.html"
    done = "Saved."
    both: Sequence[str] = ()  # what was changed both here and by who was first

    def make_form(self) -> EditPatientForm:
        return EditPatientForm(self.sent, patient=self.patient)

    def context(self) -> dict[str, Any]:
        return {"edits": edits.edits_of(self.patient), "both": self.both}

    def catch_up(self) -> None:
        read = edits.as_read(self.patient, version=self.form.cleaned_data["version"])
        self.patient.refresh_from_db()
        self.both = self.form.catch_up(read)

    def store(self) -> None:
        edit_patient(
            self.patient,
            by=self.request.user,
            because=self.form.cleaned_data["because"],
            version=self.form.cleaned_data["version"],
            now=clock.now(),
            changes=self.form.changes,
        )


@roles(*CARE_STAFF)
def death(request: StaffRequest, patient_id: UUID) -> HttpResponse:
    """Record that the patient has died."""
    return RecordDeath(request, open_patient(request, patient_id)).respond()


class RecordDeath(PatientAct[DeathForm]):
    template = "patients/death.html"
    done = "The death is recorded. What was still to be done is cancelled, and nobody is reminded."

    def make_form(self) -> DeathForm:
        return DeathForm(self.sent, patient=self.patient, today=self.opened.today)

    def store(self) -> None:
        died_on = self.form.cleaned_data["died_on"]
        record_death(self.patient, died_on=died_on, by=self.request.user, now=clock.now())
