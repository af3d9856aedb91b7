"""What comes for a patient, month by month, with where to go."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from coordination.chart.schedule import DueLine
from coordination.documents.content import Content, Notice, Paragraph, Table, section, sections
from coordination.documents.parts.due_lines import hangs_on_a_hold, is_on_hold, is_past_use
from coordination.documents.sheets.contact import when_to_call, whom_to_call
from coordination.documents.source import DocumentChart, edge_of
from coordination.wording.bilingual import (
    FOR_PATIENTS,
    clock,
    day,
    for_patient,
    local_day_of,
    month,
    where,
    window_words,
)

HORIZON = timedelta(days=400)


def treatment_calendar(source: DocumentChart) -> Content:
    """What comes, month by month, with where to go."""
    months: dict[str, list[CalendarEntry]] = {}
    for entry in sorted(_entries(source), key=lambda entry: (entry.begins, entry.what)):
        months.setdefault(month(max(entry.begins, source.today)), []).append(entry)
    return Content(
        title=_("Your treatment calendar"),
        signs=_("Given out by"),
        free_text_title=_("For you"),
        lead=(
            _("%(given)s of %(all)s infusions have been given.")
            % {"given": len(source.given), "all": len(source.chart.cycles)},
            _("Days can move: your blood tests decide. We call you before a day changes."),
        ),
        sections=sections(
            section(
                "hold",
                _("On hold"),
                Notice(
                    "warn",
                    _("Your next infusion is on hold"),
                    _("Keep the appointments for blood tests. We call you as soon as there is a new day."),
                ),
                always=True,
            )
            if is_on_hold(source)
            else None,
            section(
                "nothing",
                _("No appointments"),
                Paragraph(_("Nothing is planned at the moment.")),
                always=True,
            )
            if not months
            else None,
            *(
                section(
                    f"month-{found[0].begins:%Y-%m}",
                    name[0].upper() + name[1:],
                    Table(
                        name,
                        (_("When"), _("What"), _("Where")),
                        tuple((entry.when, entry.what, entry.where) for entry in found),
                    ),
                    always=True,
                )
                for name, found in months.items()
            ),
            when_to_call(source),
            whom_to_call(source),
        ),
    )


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One line of the calendar."""

    begins: date
    when: str
    what: str
    where: str


def _entries(source: DocumentChart) -> Iterator[CalendarEntry]:
    """What comes or runs, within about a year; not what the staff see to by themselves."""
    yield from _infusion_entries(source)
    for line in source.due:
        edge = edge_of(line)
        if line.key not in FOR_PATIENTS or line.key == "infusion" or line.is_settled or edge is None:
            continue
        if is_past_use(source, line) or hangs_on_a_hold(source, line):
            continue
        if source.today <= edge <= source.today + HORIZON:
            row = source.practice_of.get(line.public_id)
            practice = row.practice.name if row and row.practice else ""
            place = where(row.owner if row else "", practice)
            yield CalendarEntry(
                _begins(line), _when(line), for_patient(line.key, line.cycle, source.protocol.product), place
            )


def _infusion_entries(source: DocumentChart) -> Iterator[CalendarEntry]:
    if source.is_over or is_on_hold(source):
        return
    given = {each.number for each in source.given}
    for cycle in source.chart.cycles:
        on = source.infusion_on(cycle.number)
        if on and on >= source.today and cycle.number not in given:
            said = day(on) if cycle.planned_on else _("around %(day)s") % {"day": day(on)}
            yield CalendarEntry(
                on, said, for_patient("infusion", cycle.number, source.protocol.product), source.site.name
            )


def _begins(line: DueLine) -> date:
    edge = line.opens or line.target or line.closes
    return local_day_of(edge) if edge else date.max


def _when(line: DueLine) -> str:
    if line.key == "short-acting-stop" and isinstance(line.closes, datetime):
        return _("from %(day)s") % {"day": f"{day(line.closes)}, {clock(line.closes)}"}
    if line.key == "lar-last-before":
        return _("through %(day)s") % {"day": day(line.closes)}
    return window_words(line.opens, line.target, line.closes)
