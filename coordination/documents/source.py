"""All that a document may say about one patient, read once; builders read only this."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from coordination.base import clock
from coordination.base.choices import Owner
from coordination.base.models import Practice, Site, SiteSettings
from coordination.documents.words import LOCALES
from coordination.patient_page import results, schedule, team, trends
from coordination.patient_page.opened import Opened, local_day
from coordination.patient_page.schedule import DueLine
from coordination.patient_page.sheet import Sheet, read_sheet
from patients.models import CareTeamMember, Patient, PatientIdentifier, Referral
from scheduling.actions import default_protocol_of
from scheduling.models import AdverseEvent, Course, Cycle, DueItem, InfusionGiven, Injection
from scheduling.protocols import get_protocol
from scheduling.rules.days import add_months
from scheduling.rules.protocol import Protocol

AHEAD = timedelta(days=75)


@dataclass(frozen=True, slots=True)
class Given:
    """One infusion that was given."""

    number: int
    on: date
    infusion: InfusionGiven


class Source:
    """One patient, as documents speak of them at `now`, to `addressee` where there is one.

    Everything is read when it is first asked for, and only once. `number` is the infusion that the document
    is about.
    """

    def __init__(
        self,
        patient: Patient,
        *,
        now: datetime,
        addressee: Practice | None = None,
        number: int | None = None,
    ) -> None:
        self.patient = patient
        self.site: Site = patient.site
        self.now = now
        self.today = clock.day_at(patient.site, now)
        self.addressee = addressee
        self.number = number

    @cached_property
    def opened(self) -> Opened:
        course = Course.objects.filter(patient=self.patient, started_at__lte=self.now).first()
        cycles: list[Cycle] = []
        if course:
            course.patient = self.patient
            cycles = list(Cycle.objects.filter(course=course).prefetch_related("infusions"))
            for cycle in cycles:
                cycle.course = course
        return Opened(self.patient, course, cycles, self.mrn, self.now, self.today, None)

    @cached_property
    def mrn(self) -> str:
        kind = PatientIdentifier.Kind.MEDICAL_RECORD
        number = PatientIdentifier.objects.filter(patient=self.patient, kind=kind).first()
        return number.value if number else ""

    @property
    def course(self) -> Course | None:
        return self.opened.course

    @cached_property
    def sheet(self) -> Sheet | None:
        """The answer of the rules; None without a course."""
        return read_sheet(self.opened) if self.course else None

    @cached_property
    def referral(self) -> Referral | None:
        return Referral.objects.filter(patient=self.patient).select_related("practice", "decided_by").first()

    @cached_property
    def settings(self) -> SiteSettings:
        return SiteSettings.objects.filter(site=self.site).first() or SiteSettings(site=self.site)

    # --- who -------------------------------------------------------------------------------------

    @cached_property
    def care_team(self) -> list[CareTeamMember]:
        return team.team_of(self.opened)

    @cached_property
    def tasks(self) -> list[team.Task]:
        """Who sees to what, of what the protocol asks for."""
        return [task for task in team.tasks_of(self.opened) if self.protocol.asks_for(task.item)]

    def is_for_addressee(self, owner: str, practice_id: int | None) -> bool:
        """Whether an item of this owner is the addressee's to do."""
        if owner not in (Owner.REFERRING_PRACTICE, Owner.NET_SPECIALIST) or self.addressee is None:
            return False
        whose = practice_id or (self.patient.referred_by_id if owner == Owner.REFERRING_PRACTICE else None)
        return whose == self.addressee.pk

    @property
    def navigator(self) -> CareTeamMember | None:
        part = CareTeamMember.Part.NAVIGATOR
        return next((member for member in self.care_team if member.part == part), None)

    # --- what happened ---------------------------------------------------------------------------

    @cached_property
    def given(self) -> list[Given]:
        """The infusions given so far, in order."""
        found = [(cycle.number, cycle.infusion) for cycle in self.opened.cycles]
        return [
            Given(number, clock.day_at(self.site, infusion.started_at), infusion)
            for number, infusion in found
            if infusion
        ]

    @property
    def last_given(self) -> Given | None:
        return self.given[-1] if self.given else None

    @property
    def about(self) -> Given | None:
        """The infusion that the document is about: the one named, else the last."""
        if self.number is None:
            return self.last_given
        return next((given for given in self.given if given.number == self.number), None)

    @cached_property
    def injections(self) -> list[Injection]:
        return list(
            Injection.objects.given()
            .filter(patient=self.patient, given_at__lte=self.now)
            .select_related("practice")
            .order_by("given_at")
        )

    @cached_property
    def events(self) -> list[AdverseEvent]:
        return list(AdverseEvent.objects.known().filter(patient=self.patient).order_by("on", "pk"))

    @cached_property
    def result_lines(self) -> list[results.ResultLine]:
        assessment = self.sheet.assessment if self.sheet else None
        return results.result_lines(self.patient, assessment, self.now)

    @cached_property
    def charts(self) -> list[trends.Drawn]:
        return trends.trends(self.sheet, self.result_lines) if self.sheet else []

    # --- what comes ------------------------------------------------------------------------------

    @cached_property
    def due(self) -> list[DueLine]:
        """Every item of the course in the order of its window."""
        lines = schedule.due_lines(self.sheet) if self.sheet else []
        return sorted(lines, key=lambda line: (edge_of(line) or date.max, line.cycle or 0, line.item))

    @cached_property
    def practice_of(self) -> dict[object, DueItem]:
        """The stored item of each line, for its owner and practice."""
        rows = DueItem.objects.filter(course=self.course).select_related("practice") if self.course else []
        return {row.public_id: row for row in rows}

    def to_do(self, lines: Iterable[DueLine]) -> list[DueLine]:
        """Those that wait to be done and whose window comes soon."""
        return [
            line
            for line in lines
            if not line.is_settled
            and (begins := line.opens or line.target or line.closes)
            and local_day(begins) <= self.today + AHEAD
        ]

    def planned_on(self, number: int) -> date | None:
        cycle = next((cycle for cycle in self.opened.cycles if cycle.number == number), None)
        return cycle.planned_on if cycle else None

    def infusion_on(self, number: int) -> date | None:
        """The day an infusion was given, else the planned day, else the projected one."""
        for given in self.given:
            if given.number == number:
                return given.on
        if planned := self.planned_on(number):
            return planned
        projected = (line for line in self.due if line.key == "infusion" and line.cycle == number)
        line = next(projected, None)
        return local_day(line.target) if line and line.target else None

    @property
    def is_over(self) -> bool:
        """No further infusion: stopped, completed, or all were given."""
        course = self.course
        if course is None:
            return False
        all_given = bool(self.opened.cycles) and len(self.given) == len(self.opened.cycles)
        return not course.is_current or all_given

    @property
    def next_number(self) -> int | None:
        return self.sheet.dose.cycle if self.sheet and not self.is_over else None

    @property
    def protocol(self) -> Protocol:
        """That of the course; before there is one, that by which the site treats."""
        return self.course.protocol if self.course else get_protocol(default_protocol_of(self.site))

    @property
    def maintenance_ends_on(self) -> date | None:
        """18 calendar months after the first infusion, or progression, whichever is earlier [H22]."""
        ssa = self.sheet.protocol.somatostatin if self.sheet else None
        if not self.given or self.sheet is None or ssa is None:
            return None
        months = ssa.maintenance_months
        by_months = add_months(self.given[0].on, months)
        progressed_on = self.sheet.facts.progressed_on
        return min(by_months, progressed_on or by_months)


def edge_of(line: DueLine) -> date | None:
    edge = line.closes or line.target or line.opens
    return local_day(edge) if edge else None


@contextmanager
def speaking(language: str, site: Site) -> Iterator[None]:
    """Say days in the site's zone, and everything in the reader's language."""
    with timezone.override(ZoneInfo(site.timezone)), translation.override(LOCALES[language]):
        yield
