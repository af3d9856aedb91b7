"""How a story is told: moments that only go forward, visits, and what the EHR posts.

Each step is assessed at its moment, as the product does; none lies after the moment up to which the demo
is told.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from coordination.base.choices import Role
from coordination.base.models import Practice, Site, User
from coordination.demo.days import Days, weekday_within
from coordination.demo.laboratory import LABORATORIES, blood, panel, report
from coordination.demo.person import DemoPatient
from coordination.demo.sites_and_people import MRN_SYSTEM, House
from coordination.demo.story_time import StoryTime
from coordination.flows.lab_result import mark_courses, receive_report
from coordination.flows.record import assess_all, record_fact
from labs.report_format.reports import ReadReport, read_message
from patients.models import (
    Patient,
    Referral,
)
from scheduling import actions
from scheduling.models import (
    Course,
    Cycle,
    DueItem,
    Injection,
    Proposal,
)

Act = Callable[[datetime], object]
LAR_MG = Decimal(30)
WEIGHED_AGAIN_AFTER = timedelta(40)
A_LITTLE_LATER = timedelta(minutes=3)
NOTHING_SPECIAL: Mapping[str, str] = {}


class ToldWrongly(AssertionError):
    """A story tells a step that has not come yet, or one that lacks what it stands on."""


class Steps:
    """One patient's days, and the people around them."""

    def __init__(
        self, house: House, person: DemoPatient, *, mrn: str, seed: int, time: StoryTime, as_of: datetime
    ) -> None:
        self.house = house
        self.person = person
        self.mrn = mrn
        self.time = time
        self.as_of = as_of
        self.days: Days = house.days[person.site]
        self.site: Site = house.sites[person.site]
        self.practice: Practice = house.practices[person.practice]
        self.navigator: User = house.staff(person.site, Role.NAVIGATOR)
        self.prescriber: User = house.staff(person.site, Role.PRESCRIBER)
        self.clinic: User = house.staff(person.site, Role.CLINIC)
        self.dice = Random(f"{seed} {mrn}")  # noqa: S311 - blood counts, no secrets
        self.infusions = 0
        self._weighed_on = date.min
        self.moment = datetime.min.replace(tzinfo=self.days.zone)
        self._reports = 0
        self._documents: dict[str, dict[str, Any]] = {}
        self._patient: Patient | None = None
        self._referral: Referral | None = None
        self._course: Course | None = None

    # --- what the steps stand on ------------------------------------------------------------------

    @property
    def patient(self) -> Patient:
        if self._patient is None:
            raise ToldWrongly(f"{self.mrn}: nobody is registered yet")
        return self._patient

    @property
    def referral(self) -> Referral:
        if self._referral is None:
            raise ToldWrongly(f"{self.mrn}: nobody has been referred yet")
        return self._referral

    @property
    def course(self) -> Course:
        if self._course is None:
            raise ToldWrongly(f"{self.mrn}: no course has begun yet")
        return self._course

    def cycle(self, number: int) -> Cycle:
        return Cycle.objects.select_related("course__patient__site").get(course=self.course, number=number)

    def planned(self, number: int) -> date:
        on = self.cycle(number).planned_on
        if on is None:
            raise ToldWrongly(f"{self.mrn}: infusion {number} has no day yet")
        return on

    def proposal(self) -> Proposal:
        return Proposal.objects.current().get(course=self.course)

    def item(self, name: str, cycle: int | None = None) -> DueItem:
        return DueItem.objects.get(course=self.course, item=name, cycle_number=cycle, sequence=1)

    def at(self, on: date, clock: str) -> datetime:
        """The next moment of the story. Where weekends push a step onto the one before, it follows that."""
        now = max(self.days.at(on, clock), self.moment + A_LITTLE_LATER)
        if now > self.as_of:
            raise ToldWrongly(f"{self.mrn}: {now} has not come yet")
        self.moment = self.time.now = now
        return now

    def visit(self, on: date, clock: str, *acts: Act) -> None:
        """Several things recorded at one moment, then assessed once."""
        now = self.at(on, clock)
        record_fact(self.patient, lambda: [act(now) for act in acts], now=now)

    def noted(self, on: date, clock: str, *acts: Act) -> None:
        """Recorded, and assessed with the next step: nothing hangs on it in between."""
        now = self.at(on, clock)
        for act in acts:
            act(now)
        mark_courses(self.patient, now=now)

    # --- blood ------------------------------------------------------------------------------------

    def labs(
        self,
        on: date,
        values: Mapping[str, str] = NOTHING_SPECIAL,
        *,
        clock: str = "13:20",
        drawn_on: date | None = None,
        drawn_at: str = "08:10",
        without: Sequence[str] = (),
        assess: bool = True,
    ) -> str:
        """A draw of the practice, sent by its laboratory through the EHR; returns its number.

        `values` are canonical; the others are what is usual for this patient.
        """
        usual = blood(self.dice, self.person.usual, infusions=self.infusions)
        usual |= {name: Decimal(value) for name, value in values.items()}
        if "wbc" not in values:
            usual["wbc"] = usual["neutrophils"] + usual["lymphocytes"] + Decimal("0.6")
        on_the_scales = (drawn_on or on) - WEIGHED_AGAIN_AFTER
        if self._weighed_on < on_the_scales:
            usual["weight"] = self._kg(drawn_on or on)
        drawn = {name: value for name, value in usual.items() if name not in without}
        filler = self.filler()
        tests = LABORATORIES[self.person.laboratory]
        self.sent(
            on,
            clock,
            panel(tests, drawn, filler=filler, status="final"),
            filler=filler,
            collected_at=self.days.at(drawn_on or on, drawn_at),
            assess=assess,
        )
        return filler

    def lately(self, on: date) -> date:
        """A working day, the last before today, on which a panel for an infusion on `on` may be drawn."""
        return weekday_within(on - timedelta(14), self.days.ago(1))

    def filler(self) -> str:
        """The laboratory's next number for an order of this patient."""
        self._reports += 1
        return f"LAB{self.mrn[-5:]}-{self._reports:02}"

    def sent(
        self,
        on: date,
        clock: str,
        results: Sequence[Mapping[str, Any]],
        *,
        filler: str,
        collected_at: datetime,
        message: str = "",
        assess: bool = True,
        patient: Mapping[str, str] = NOTHING_SPECIAL,
    ) -> None:
        """Results as the EHR posts them; `patient` says otherwise who it is about."""
        key = {"system": MRN_SYSTEM, "value": self.mrn, "birth_date": self.person.born.isoformat()}
        self._documents[message or filler] = report(
            {**key, **patient},
            results,
            filler=filler,
            collected_at=collected_at,
            reported_at=self.days.at(on, clock) - timedelta(minutes=20),
        )
        self.posted(on, clock, message or filler, assess=assess)

    def posted(self, on: date, clock: str, message: str, *, again_as: str = "", assess: bool = True) -> None:
        """The EHR posts a message; `again_as`: once more, under another number."""
        now = self.at(on, clock)
        document = self._documents[message]
        read = read_message(
            document,
            text=json.dumps(document, ensure_ascii=False),
            source=str(self.house.client.public_id),
            key=again_as or message,
        ).reports[0]
        if not isinstance(read, ReadReport) or len(read.report.results) != len(document["results"]):
            raise ToldWrongly(f"{self.mrn}: this report would be refused: {read}")
        receive_report(read.report, client=self.house.client, sites=self.house.sites.values(), now=now)
        if assess:
            assess_all(mark_courses(self.patient, now=now), now=now)

    # --- what any visit may record ------------------------------------------------------------------

    def _lar(self, now: datetime, on: date, clock: str = "11:00") -> None:
        actions.record_injection(
            self.patient,
            drug=Injection.Drug.OCTREOTIDE_LAR,
            dose_mg=LAR_MG,
            given_at=self.days.at(on, clock),
            practice=self.practice,
            by=self.navigator,
            now=now,
        )

    def _weight(self, on: date) -> Act:
        kg = self._kg(on)
        return lambda now: actions.record_weight(self.patient, kg=kg, on=on, by=self.clinic, now=now)

    def _kg(self, on: date) -> Decimal:
        self._weighed_on = on
        return Decimal(self.person.kg) + Decimal(self.dice.randint(-10, 10)) / 10
