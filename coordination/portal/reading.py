"""What the portal reads of the patients in reach: few statements, and all through the scope.

It stands on stored rows, which reassessing keeps equal to the facts; the rules are not asked here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.choices import Owner
from coordination.chart.patient_chart import PatientChart, fill_charts
from coordination.documents.letters import said_with_days
from coordination.documents.parts.due_lines import moves_with_a_hold
from patients.models import CareTeamMember, Patient, Referral
from scheduling.models import AdverseEventInquiry, Cycle, DueItem
from scheduling.referral_facts import missing_from

PRACTICE = AdverseEventInquiry.Asked.REFERRING_PRACTICE
LACKING = (Referral.State.RECEIVED, Referral.State.INFORMATION_NEEDED)


@dataclass(slots=True)
class PortalChart(PatientChart):
    """One patient as their practice may know them at `now`; `today` is its day at the patient's site."""

    practice_id: int = 0
    referral: Referral | None = None
    items: list[DueItem] = field(default_factory=list)
    told_on: dict[int, date] = field(default_factory=dict)  # of adverse events, by the number of the infusion
    team: list[CareTeamMember] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # what the referral lacks, in words

    @property
    def next_cycle(self) -> Cycle | None:
        """The next infusion to come, of a course that goes on."""
        if self.course is None or self.is_over:
            return None
        last = self.last_given.number if self.last_given else 0
        return next((cycle for cycle in self.cycles if cycle.number > last), None)

    @property
    def is_on_hold(self) -> bool:
        return self.course is not None and self.course.is_on_hold

    @property
    def to_come(self) -> list[tuple[Cycle, date]]:
        """The infusions to come that have a day, with it; while on hold none has one that counts."""
        upcoming = self.next_cycle
        if upcoming is None or self.is_on_hold or self.patient.died_on:
            return []
        ahead = (cycle for cycle in self.cycles if cycle.number >= upcoming.number)
        return [(cycle, cycle.planned_on) for cycle in ahead if cycle.planned_on]

    @property
    def returned_on(self) -> date | None:
        if self.course and self.course.handed_back_on:
            return self.course.handed_back_on
        return self.referral.returned_on if self.referral else None

    @property
    def navigator(self) -> CareTeamMember | None:
        part = CareTeamMember.Part.NAVIGATOR
        return next((member for member in self.team if member.part == part), None)

    def state_of(self, item: DueItem) -> str:
        return item.state(now=self.now, today=self.today).value

    def is_ours(self, item: DueItem) -> bool:
        """Whether an item is the reading practice's to do."""
        if item.owner == Owner.REFERRING_PRACTICE:
            return item.practice_id in (None, self.practice_id)
        return item.owner == Owner.NET_SPECIALIST and item.practice_id == self.practice_id

    def moves_with_a_hold(self, item: DueItem) -> bool:
        upcoming = self.next_cycle
        return moves_with_a_hold(item, self.course, upcoming.number if upcoming else None)

    def item(self, key: str, number: int | None) -> DueItem | None:
        return next((row for row in self.items if (row.item, row.cycle_number) == (key, number)), None)


def reach(scope: Scope, model: Any) -> Any:
    """The rows of a model in reach, with the questions that its own queryset answers."""
    return scope.of(model)


def stories(scope: Scope, *, now: datetime) -> list[PortalChart]:
    """Every patient the practice referred, by name, with what is not settled yet."""
    patients = reach(scope, Patient).current().select_related("site").in_name_order()
    return _told(scope, list(patients), now=now, settled_too=False)


def story_of(scope: Scope, patient: Patient, *, now: datetime) -> PortalChart:
    """One patient, with every item of the course."""
    return _told(scope, [patient], now=now, settled_too=True)[0]


def _told(
    scope: Scope, patients: Sequence[Patient], *, now: datetime, settled_too: bool
) -> list[PortalChart]:
    charts = [
        PortalChart(patient, now, clock.day_at(patient.site, now), practice_id=scope.practice_id or 0)
        for patient in patients
    ]
    found = {chart.patient.pk: chart for chart in fill_charts(charts, scope.of)}
    _read_referrals(scope, found)
    _read_items(scope, found, settled_too=settled_too)
    _read_team(scope, found)
    return list(found.values())


def _read_referrals(scope: Scope, found: dict[int, PortalChart]) -> None:
    rows = scope.of(Referral).filter(patient__in=found).order_by("received_on", "pk")
    for referral in rows:
        referral.patient = found[referral.patient_id].patient
        found[referral.patient_id].referral = referral
    for story in found.values():
        if story.referral and story.referral.state in LACKING and not story.patient.died_on:
            story.missing = [
                said_with_days(requirement.words, capital=False)
                for requirement in missing_from(story.referral)
            ]


def _read_items(scope: Scope, found: dict[int, PortalChart], *, settled_too: bool) -> None:
    by_course = {chart.course.pk: chart for chart in found.values() if chart.course}
    items = reach(scope, DueItem).filter(course__in=by_course).select_related("practice")
    for item in items if settled_too else items.unsettled():
        by_course[item.course_id].items.append(item)
    _read_answers(scope, by_course)


def _read_answers(scope: Scope, by_course: dict[int, PortalChart]) -> None:
    """When the practice last answered what had happened, for each infusion."""
    answers = reach(scope, AdverseEventInquiry).answered().filter(cycle__course__in=by_course, asked=PRACTICE)
    rows = answers.order_by("asked_on").values_list("cycle__course_id", "cycle__number", "asked_on")
    for course_id, number, on in rows:
        by_course[course_id].told_on[number] = on


def _read_team(scope: Scope, found: dict[int, PortalChart]) -> None:
    members = scope.of(CareTeamMember).filter(patient__in=found).select_related("practice")
    for member in members.order_by("pk"):
        story = found[member.patient_id]
        if (member.since or story.today) <= story.today <= (member.until or story.today):
            story.team.append(member)
