"""One timeline of everything that happened around a patient, whoever or whatever did it."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from coordination.base.models import AuditEvent
from coordination.base.models.audit import AuditEventKind
from coordination.chart import correspondence, records
from coordination.chart.edits import edits_of
from coordination.chart.event import MOST_OF_A_KIND, Event, name_of_user
from coordination.chart.patient_chart import PatientChart, local_day
from coordination.chart.sheet import decision_words
from coordination.chart.team import TAKEN_AWAY
from coordination.wording import clinical
from labs.models import BY_HAND, LabReport
from patients.models import Responsibility
from scheduling.models import (
    Attribution,
    BaselinePin,
    Confirmation,
    ConflictOverride,
    ContactLog,
    Course,
    Cycle,
    DoseOrder,
    OrderAhead,
    Proposal,
    Signature,
)
from scheduling.rules.formatting import day_words

MOST_VIEWS = 500
KINDS = (
    ("decisions", "Decisions"),
    ("results", "Results"),
    ("records", "Records"),
    ("contacts", "Contacts"),
    ("documents", "Documents"),
    ("messages", "Messages"),
    ("changes", "Changes of the plan"),
    ("views", "Who looked"),
)


def events_of(opened: PatientChart, *, kinds: Iterable[str]) -> list[Event]:
    """What happened by the moment the page speaks of, newest first; of each source the newest sixty."""
    wanted = set(kinds)
    found = [event for kind, source in _SOURCES for event in (source(opened) if kind in wanted else ())]
    return sorted(
        (event for event in found if event.at <= opened.now), key=lambda event: event.at, reverse=True
    )


def _signatures(opened: PatientChart) -> Iterator[Event]:
    rows = Signature.objects.filter(proposal__course__patient=opened.patient).select_related(
        "signed_by", "withdrawn_by", "proposal"
    )
    for row in rows[:MOST_OF_A_KIND]:
        cycle = f"Infusion {row.proposal.cycle_number}: " if row.proposal.cycle_number else ""
        yield Event(
            row.signed_at, "decisions", f"{cycle}{decision_words(row)}", "", row.override_reason, "signed"
        )
        if row.withdrawn_at:
            yield Event(
                row.withdrawn_at,
                "decisions",
                f"{cycle}the signature of {row.signed_by.full_name} no longer stands",
                name_of_user(row.withdrawn_by),
                row.withdrawn_because,
                "withdrawn",
            )


def _proposals(opened: PatientChart) -> Iterator[Event]:
    rows = Proposal.objects.filter(course__patient=opened.patient).defer("document", "facts")
    for row in rows[:MOST_OF_A_KIND]:
        cycle = f"Infusion {row.cycle_number}: " if row.cycle_number else ""
        yield Event(row.made_at, "decisions", f"{cycle}{row.text}", "proposed by the rules", "", row.action)


def _judgments(opened: PatientChart) -> Iterator[Event]:
    for model in (Attribution, Confirmation, BaselinePin):
        rows = model._default_manager.filter(course__patient=opened.patient).select_related("recorded_by")
        for row in rows.order_by("-pk")[:MOST_OF_A_KIND]:
            yield Event(
                row.recorded_at, "decisions", _judgment(row), name_of_user(row.recorded_by), row.reason, ""
            )


def _judgment(row: object) -> str:
    match row:
        case Attribution():
            word = "related to" if row.related else "not related to"
            return f"{clinical.ROWS.get(row.row, row.row)}: judged {word} the treatment"
        case Confirmation():
            word = "has resolved" if row.resolved else "has not resolved"
            return f"{clinical.ROWS.get(row.row, row.row)}: confirmed that it {word}"
        case BaselinePin():
            return f"Baseline of {clinical.analyte_word(row.analyte).lower()} chosen"
    return str(row)


def _overrides(opened: PatientChart) -> Iterator[Event]:
    rows = ConflictOverride.objects.filter(course__patient=opened.patient).select_related("recorded_by")
    for row in rows.order_by("-pk")[:MOST_OF_A_KIND]:
        title = clinical.CONFLICTS.get(row.code, row.code)
        yield Event(
            row.recorded_at,
            "decisions",
            f"Went on in spite of: {title}",
            name_of_user(row.recorded_by),
            f"{row.reason} Told: {row.told}" if row.told else row.reason,
        )


def _reports(opened: PatientChart) -> Iterator[Event]:
    rows = (
        LabReport.objects.filter(patient=opened.patient)
        .defer("body")
        .select_related("client")
        .prefetch_related("results__entered_by")
    )
    for row in rows[:MOST_OF_A_KIND]:
        typed = next((result.entered_by for result in row.results.all() if result.entered_by), None)
        count, unused = len(row.results.all()), sum(not result.usable for result in row.results.all())
        detail = f"{unused} of them not used by any rule" if unused else ""
        source = "typed by hand" if row.source == BY_HAND else f"from {row.client or row.source}"
        noun = "result" if count == 1 else "results"
        yield Event(
            row.received_at, "results", f"{count} {noun} {source}", name_of_user(typed), detail, row.state
        )


def _records(opened: PatientChart) -> Iterator[Event]:
    for table in records.record_tables(opened):
        for line in table.lines[:MOST_OF_A_KIND]:
            on = f" ({day_words(local_day(line.at))})" if line.at else ""
            status = "recorded-in-error" if line.is_void else ""
            yield Event(
                line.recorded_at,
                "records",
                f"{table.heading}: {line.what}{on}",
                line.by,
                line.void or line.detail,
                status,
            )


def _contacts(opened: PatientChart) -> Iterator[Event]:
    rows = ContactLog.objects.filter(patient=opened.patient).select_related("recorded_by", "due_item")
    for row in rows[:MOST_OF_A_KIND]:
        about = f" about {row.due_item.get_item_display().lower()}" if row.due_item else ""
        said = f"{row.get_channel_display()} with {row.with_whom}{about}: {row.get_outcome_display().lower()}"
        yield Event(row.at, "contacts", said, name_of_user(row.recorded_by), row.note)


def _orders(opened: PatientChart) -> Iterator[Event]:
    rows = DoseOrder.objects.filter(cycle__course__patient=opened.patient).select_related(
        "ordered_by", "cancelled_by"
    )
    for row in rows[:MOST_OF_A_KIND]:
        what = f"{row.activity_gbq.normalize():f} GBq for {day_words(row.calibration_on)}"
        yield Event(row.ordered_at, "changes", f"Dose ordered: {what}", name_of_user(row.ordered_by))
        if row.cancelled_at:
            said = f"Dose order cancelled: {what}"
            yield Event(
                row.cancelled_at, "changes", said, name_of_user(row.cancelled_by), row.cancelled_because
            )


def _orders_ahead(opened: PatientChart) -> Iterator[Event]:
    rows = OrderAhead.objects.filter(cycle__course__patient=opened.patient).select_related(
        "cycle", "allowed_by", "ended_by"
    )
    for row in rows[:MOST_OF_A_KIND]:
        what = f"Infusion {row.cycle.number}: {row.activity_gbq.normalize():f} GBq ordered ahead"
        yield Event(row.allowed_at, "decisions", what, name_of_user(row.allowed_by), row.reason)
        if row.ended_at:
            said = f"Infusion {row.cycle.number}: order ahead ended"
            yield Event(row.ended_at, "decisions", said, name_of_user(row.ended_by), row.ended_because)


def _plan(opened: PatientChart) -> Iterator[Event]:
    for row in _history_of(Cycle, course__patient=opened.patient):
        if row.planned_on is None and row.history_type == "+":
            continue
        on = f"planned for {day_words(row.planned_on)}" if row.planned_on else "without a day"
        yield Event(
            row.history_date,
            "changes",
            f"Infusion {row.number} {on}",
            name_of_user(row.history_user),
            row.history_change_reason or "",
        )
    for row in _history_of(Course, patient=opened.patient):
        yield Event(
            row.history_date,
            "changes",
            _course_words(row),
            name_of_user(row.history_user),
            row.history_change_reason or "",
        )


def _history_of(model: type, **wanted: object) -> Iterator[Any]:
    manager = model.history  # type: ignore[attr-defined]
    rows: Iterator[Any] = manager.filter(**wanted).select_related("history_user")[:MOST_OF_A_KIND]
    return rows


def _course_words(row: Any) -> str:
    if row.stopped_on:
        return "Course stopped"
    if row.completed_on:
        return "Course completed"
    if row.history_type == "+":
        return (
            "Course started without an accepted referral" if row.started_anyway_because else "Course started"
        )
    return "Course on hold" if row.held_since else "Course goes on"


def _views(opened: PatientChart) -> Iterator[Event]:
    """Who looked, one line for a person and a day."""
    rows = AuditEvent.objects.about(opened.patient.public_id).exclude(kind=AuditEventKind.CHANGE)
    seen: dict[tuple[str, date, str], list[AuditEvent]] = {}
    for row in rows[:MOST_VIEWS]:
        seen.setdefault((row.actor_name, local_day(row.at), row.get_kind_display()), []).append(row)
    for (name, _, kind), events in seen.items():
        pages = sorted({event.view.replace("-", " ") for event in events if event.view})
        times = "once" if len(events) == 1 else f"{len(events)} times"
        yield Event(events[0].at, "views", f"{kind} {times}", name, ", ".join(pages))


def _agreements(opened: PatientChart) -> Iterator[Event]:
    """Who does what, as it was agreed and agreed anew."""
    for row in _history_of(Responsibility, patient=opened.patient):
        who = (
            "seen to as usual" if row.history_type == TAKEN_AWAY else f"seen to by {row.get_owner_display()}"
        )
        yield Event(
            row.history_date,
            "changes",
            f"{row.get_item_display()}: {who}",
            name_of_user(row.history_user),
            row.history_change_reason or "",
        )


def _edits(opened: PatientChart) -> Iterator[Event]:
    for edit in edits_of(opened.patient):
        changed = "; ".join(f"{what}: {before} → {after}" for what, before, after in edit.changes)
        yield Event(edit.at, "changes", f"Patient details changed. {changed}", edit.by, edit.because)


_SOURCES = (
    ("decisions", _signatures),
    ("decisions", _proposals),
    ("decisions", _judgments),
    ("decisions", _overrides),
    ("decisions", _orders_ahead),
    ("results", _reports),
    ("records", _records),
    ("contacts", _contacts),
    ("documents", correspondence.document_events),
    ("messages", correspondence.messages),
    ("changes", _orders),
    ("changes", _plan),
    ("changes", _agreements),
    ("changes", _edits),
    ("views", _views),
)
