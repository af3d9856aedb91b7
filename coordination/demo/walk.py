"""One patient's way through the care, day by day, through the product's own flows and actions.

Each step happens at a moment and is assessed then, as the product does; moments only go forward, and none
lies after the moment up to which the demo is told.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from coordination.base.choices import Role
from coordination.base.models import Practice, Site, User
from coordination.demo.days import ONE_DAY, Days, weekday_from, weekday_within
from coordination.demo.house import MAIN, MRN_SYSTEM, House
from coordination.demo.laboratory import LABORATORIES, blood, panel, report
from coordination.demo.story_time import StoryTime
from coordination.flows import decision, referral
from coordination.flows.lab_result import receive_report
from coordination.flows.record import record
from labs.rest import ReadReport, read_message
from patients import actions as patients
from patients.models import (
    Authorization,
    CareTeamMember,
    Patient,
    PriorTherapy,
    Referral,
    ReferralPaper,
    TumorBoardDecision,
)
from scheduling import actions
from scheduling.models import (
    AdverseEventInquiry,
    ContactLog,
    Course,
    Cycle,
    DoseOrder,
    DueItem,
    Injection,
    Proposal,
    Scan,
)

Act = Callable[[datetime], object]
LAR_MG = Decimal(30)
FULL_GBQ, REDUCED_GBQ = Decimal("7.4"), Decimal("3.7")
NOTHING_SPECIAL: Mapping[str, str] = {}
PAPERS = tuple(kind for kind in ReferralPaper.Kind if kind != ReferralPaper.Kind.OTHER)


class ToldWrongly(AssertionError):
    """A story tells a step before the one before it, or after the end of the demo."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who the patient is. `usual` is what is usual in their blood, where it differs, in canonical units."""

    given: str
    family: str
    sex: str
    born: date
    practice: str = "maple"
    laboratory: str = "conventional"
    kg: str = "74"
    primary: str = "ileum"
    language: str = "en"
    site: str = MAIN
    pregnancy_possible: bool = False
    anticoagulated: bool = False
    allergies: str = "none known"
    ki67: str = "4"
    usual: Mapping[str, str] = field(default_factory=dict)


class Walk:
    def __init__(
        self, house: House, person: Person, *, mrn: str, seed: int, time: StoryTime, as_of: datetime
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
        """The next moment of the story."""
        now = self.days.at(on, clock)
        if not self.moment <= now <= self.as_of:
            raise ToldWrongly(f"{self.mrn}: {now} lies before {self.moment} or after {self.as_of}")
        self.moment = self.time.now = now
        return now

    def visit(self, on: date, clock: str, *acts: Act) -> None:
        """Several things recorded at one moment, then assessed once."""
        now = self.at(on, clock)
        record(self.patient, lambda: [act(now) for act in acts], now=now)

    # --- referral ---------------------------------------------------------------------------------

    def referred(
        self,
        on: date,
        *,
        lacking: Sequence[str] = (),
        uptake: str = "above-liver",
        sstr_on: date | None = None,
        differentiation: str = "well",
    ) -> None:
        """Registered, referred, with papers, history and the practice's blood tests.

        `lacking` names papers that did not come, and fields of the diagnosis that the report leaves out.
        """
        person, by = self.person, self.navigator
        now = self.at(on, "09:20")
        self._patient = patients.register_patient(
            site=self.site,
            family_name=person.family,
            given_name=person.given,
            birth_date=person.born,
            sex=person.sex,
            by=by,
            now=now,
            identifiers=[(MRN_SYSTEM, self.mrn)],
            phone=f"555-01{int(self.mrn[-2:]):02}",
            language=person.language,
            pregnancy_possible=person.pregnancy_possible,
            anticoagulated=person.anticoagulated,
            allergies=person.allergies,
            referred_by=self.practice,
        )
        self._join_care_team(on)
        self._referral = referral.receive(
            self.patient,
            practice=self.practice,
            received_on=on,
            by=by,
            referred_by_name=f"Oncologist at {self.practice.name}",
            came_through="fax",
            reason="Progression on a long-acting somatostatin analog",
        )
        self.visit(
            on,
            "10:05",
            self._papers(on, lacking),
            self._diagnosis(on, lacking, differentiation),
            self._history(on, lacking),
            self._imaging(on, lacking, uptake, sstr_on or on - timedelta(20)),
            self._performance(on),
            self._weight(on - ONE_DAY),
        )
        if "labs" not in lacking:
            self.labs(on, clock="13:30", drawn_on=weekday_within(on - timedelta(4), on - ONE_DAY))

    def _join_care_team(self, on: date) -> None:
        part = CareTeamMember.Part
        for name, of_part, practice in (
            (f"Oncologist at {self.practice.name}", part.REFERRING_ONCOLOGIST, self.practice),
            (self.navigator.full_name, part.NAVIGATOR, None),
            (self.prescriber.full_name, part.NUCLEAR_MEDICINE, None),
        ):
            patients.join_care_team(
                self.patient,
                name=name,
                part=of_part,
                by=self.navigator,
                practice=practice,
                phone=self.practice.phone if practice else self.site.phone,
                since=on,
            )

    def _papers(self, on: date, lacking: Sequence[str]) -> Act:
        def act(now: datetime) -> None:
            for kind in PAPERS:
                if kind not in lacking:
                    patients.receive_paper(
                        self.referral,
                        kind=kind,
                        received_on=on,
                        dated_on=on - timedelta(20),
                        by=self.navigator,
                        now=now,
                    )

        return act

    def _diagnosis(self, on: date, lacking: Sequence[str], differentiation: str) -> Act:
        stated = {
            "t_stage": "T3",
            "n_stage": "N1",
            "m_stage": "M1",
            "stage_group": "IV",
            "metastases": "liver, lymph nodes",
            "functioning": "no",
            "differentiation": differentiation,
            "mitoses_per_2mm2": Decimal(3),
            "ki67_percent": Decimal(self.person.ki67),
            "markers": "chromogranin A, synaptophysin positive",
            "grading_scheme": "WHO 2022",
            "pathology_on": on - timedelta(400),
            "diagnosed_on": on - timedelta(400),
        }
        told = {name: value for name, value in stated.items() if name not in lacking}
        return lambda now: patients.record_diagnosis(
            self.patient, primary_site=self.person.primary, by=self.navigator, now=now, **told
        )

    def _history(self, on: date, lacking: Sequence[str]) -> Act:
        def act(now: datetime) -> None:
            patients.record_therapy(
                self.patient,
                kind=PriorTherapy.Kind.SSA,
                name="Octreotide LAR 30 mg monthly",
                on=on - timedelta(380),
                progressed=True,
                details="liver metastases grew on CT",
                by=self.navigator,
                now=now,
            )
            if "last-injection" not in lacking:
                self._lar(now, on - timedelta(15))

        return act

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

    def _imaging(self, on: date, lacking: Sequence[str], uptake: str, sstr_on: date) -> Act:
        def act(now: datetime) -> None:
            for kind, day, modality, seen in (
                (Scan.Kind.SSTR_PET, sstr_on, "Ga-68 DOTATATE PET/CT", uptake),
                (Scan.Kind.CT_MRI, on - timedelta(18), "CT with contrast", None),
            ):
                if kind not in lacking:
                    actions.record_scan(
                        self.patient,
                        kind=kind,
                        on=day,
                        modality=modality,
                        uptake=seen,
                        by=self.navigator,
                        now=now,
                    )

        return act

    def _performance(self, on: date) -> Act:
        def act(now: datetime) -> None:
            for criterion, value, evidence in (
                ("karnofsky", "80", "clinic note of the referring practice"),
                ("extent", "", "imaging: neither liver nor bone extensively involved"),
            ):
                patients.record_evidence(
                    self.patient,
                    referral=self.referral,
                    criterion=criterion,
                    answer="met",
                    value=value,
                    evidence=evidence,
                    evidence_on=on - timedelta(10),
                    by=self.navigator,
                    now=now,
                )

        return act

    def checked(self, on: date) -> None:
        referral.check(self.referral, by=self.navigator, now=self.at(on, "14:10"))

    def discussed(self, on: date, outcome: str = TumorBoardDecision.Outcome.OFFER, **said: Any) -> None:
        attendees = ["Oncology", "Nuclear medicine", "Surgery", "Radiology", "Pathology"]
        self.visit(
            on,
            "16:00",
            lambda now: patients.decide_at_board(
                self.patient,
                referral=self.referral,
                met_on=on,
                outcome=outcome,
                attendees=attendees,
                by=self.prescriber,
                now=now,
                **{"rationale": "SSTR-positive, progressing on first-line SSA"} | said,
            ),
        )

    def accepted(self, on: date, first_on: date | None = None, protocol: str = "") -> None:
        self._course = referral.accept(
            self.referral,
            by=self.prescriber,
            now=self.at(on, "16:40"),
            first_on=first_on,
            protocol_key=protocol,
        )

    # --- before the first infusion ----------------------------------------------------------------

    def begun(
        self,
        first_on: date,
        *,
        protocol: str = "",
        sstr_on: date | None = None,
        authorized_until: date | None = None,
    ) -> None:
        """From the referral to everything that the first infusion needs but its blood tests."""
        on = weekday_from(first_on - timedelta(44))
        self.referred(on, sstr_on=sstr_on)
        self.checked(weekday_from(on + ONE_DAY))
        self.discussed(weekday_from(on + timedelta(5)))
        self.accepted(weekday_from(on + timedelta(7)), first_on, protocol)
        prepared_on = weekday_within(first_on - timedelta(21), first_on - timedelta(18))
        self.visit(prepared_on, "10:30", *self._paperwork(prepared_on, first_on, authorized_until))

    def _paperwork(self, on: date, first_on: date, authorized_until: date | None) -> tuple[Act, ...]:
        year = timedelta(365)
        return (
            lambda now: patients.record_authorization(
                self.patient,
                state=Authorization.State.GRANTED,
                starts_on=first_on - timedelta(20),
                ends_on=authorized_until or first_on + year,
                payer="Example Health Plan",
                number=f"AUTH-{self.mrn[-5:]}",
                doses=4,
                by=self.navigator,
                now=now,
            ),
            lambda now: patients.give_consent(
                self.patient, given_on=on, form_version="2026-1", by=self.prescriber, now=now
            ),
            lambda now: patients.teach(
                self.patient,
                on=on,
                language=self.person.language,
                taught_by=self.navigator.full_name,
                understood=True,
                by=self.navigator,
                now=now,
            ),
            lambda now: self._lar(now, weekday_within(first_on - timedelta(34), first_on - timedelta(31))),
        )

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
    ) -> str:
        """A draw of the practice, sent by its laboratory through the EHR; returns its number.

        `values` are canonical; the others are what is usual for this patient.
        """
        usual = blood(self.dice, self.person.usual, infusions=self.infusions)
        usual |= {name: Decimal(value) for name, value in values.items()}
        if "wbc" not in values:
            usual["wbc"] = usual["neutrophils"] + usual["lymphocytes"] + Decimal("0.6")
        drawn = {name: value for name, value in usual.items() if name not in without}
        filler = self.filler()
        tests = LABORATORIES[self.person.laboratory]
        self.sent(
            on,
            clock,
            panel(tests, drawn, filler=filler, status="final"),
            filler=filler,
            collected_at=self.days.at(drawn_on or on, drawn_at),
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
        **patient: str,
    ) -> None:
        """Results as the EHR posts them; `patient` says otherwise who it is about."""
        key = {"system": MRN_SYSTEM, "value": self.mrn, "birth_date": self.person.born.isoformat()}
        self._documents[message or filler] = report(
            key | patient,
            results,
            filler=filler,
            collected_at=collected_at,
            reported_at=self.days.at(on, clock) - timedelta(minutes=20),
        )
        self.posted(on, clock, message or filler)

    def posted(self, on: date, clock: str, message: str, *, again_as: str = "") -> None:
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
        incoming = read.report
        record(
            self.patient,
            lambda: receive_report(
                incoming, client=self.house.client, sites=self.house.sites.values(), now=now
            ),
            now=now,
        )

    # --- decisions, orders, infusions -------------------------------------------------------------

    def signed(self, on: date, clock: str = "16:30") -> None:
        decision.sign(self.proposal().public_id, by=self.prescriber, now=self.at(on, clock))

    def ordered(self, number: int, on: date, clock: str = "16:50", *, confirmed: bool = True) -> None:
        def act(now: datetime) -> None:
            order = actions.place_order(
                self.cycle(number), by=self.navigator, now=now, supplier="Example Radiopharmacy"
            )
            if confirmed:
                name = f"ORD-{self.mrn[-5:]}-{number}"
                actions.confirm_order(order, by=self.navigator, now=now, order_number=name)

        self.visit(on, clock, act)

    def ready(self, number: int, on: date) -> None:
        """The panel before an infusion, the signature and the order, as a good center does it."""
        drawn_on = weekday_within(on - timedelta(14), min(on - timedelta(12), self.days.ago(1)))
        self.labs(drawn_on)
        decided_on = min(weekday_from(drawn_on + ONE_DAY), self.days.ago(1))
        self.signed(decided_on)
        self.ordered(number, decided_on)

    def asked(self, number: int, on: date) -> tuple[Act, ...]:
        """The patient and the practice are asked what happened since the last infusion."""

        def act(asked: str) -> Act:
            return lambda now: actions.record_inquiry(
                self.cycle(number),
                asked=asked,
                asked_on=on,
                answer=AdverseEventInquiry.Answer.NONE,
                by=self.navigator,
                now=now,
            )

        return tuple(act(party) for party in AdverseEventInquiry.Asked.values)

    def eve(self, number: int, on: date) -> None:
        """The working day before: questions, and where pregnancy is possible the test."""
        eve = weekday_within(on - timedelta(4), on - ONE_DAY)
        acts = [*self.asked(number, eve)]
        if self.person.pregnancy_possible:
            acts.append(
                lambda now: actions.record_pregnancy_test(
                    self.patient, on=eve, result="negative", method="serum", by=self.navigator, now=now
                )
            )
        self.visit(eve, "15:00", *acts)

    def infused(
        self,
        number: int,
        on: date,
        *,
        clock: str = "10:00",
        gbq: Decimal = FULL_GBQ,
        lar: bool = True,
        next_on: date | None = None,
    ) -> None:
        """Confirming labs, the vial, the infusion, the octreotide after it, the next day in the calendar."""
        start = self.days.at(on, clock)
        self.labs(on, clock="08:40", drawn_at="07:20")
        written_at = start + timedelta(hours=5, minutes=15)
        acts: list[Act] = [
            self._weight(on),
            lambda now: actions.receive_vial(
                DoseOrder.objects.standing().get(cycle=self.cycle(number)),
                by=self.clinic,
                now=now,
                vial_number=f"V{self.mrn[-5:]}{number}",
                assayed_gbq=gbq,
            ),
            lambda now: actions.record_infusion(
                self.cycle(number),
                started_at=start,
                ended_at=start + timedelta(minutes=35),
                activity_gbq=gbq,
                residual_gbq=Decimal("0.05"),
                by=self.clinic,
                now=now,
            ),
        ]
        if lar:
            acts.append(
                lambda now: actions.record_injection(
                    self.patient,
                    drug=Injection.Drug.OCTREOTIDE_LAR,
                    dose_mg=LAR_MG,
                    given_at=now - timedelta(minutes=10),
                    by=self.clinic,
                    now=now,
                )
            )
        if number < 4:
            acts.append(self._plan(number + 1, next_on or self.days.open_near(on + timedelta(56))))
        self.visit(on, f"{written_at:%H:%M}", *acts)
        self.infusions = number

    def _plan(self, number: int, on: date) -> Act:
        def act(now: datetime) -> None:
            cycle = self.cycle(number)
            actions.plan_infusion(
                cycle,
                on=on,
                by=self.navigator,
                because="booked at discharge",
                version=cycle.version,
                start_at=self.days.at(on, "10:00"),
            )

        return act

    def _weight(self, on: date) -> Act:
        kg = Decimal(self.person.kg) + Decimal(self.dice.randint(-10, 10)) / 10
        return lambda now: actions.record_weight(self.patient, kg=kg, on=on, by=self.clinic, now=now)

    def given(self, number: int, on: date, **how: Any) -> None:
        """One uneventful cycle up to its infusion."""
        self.ready(number, on)
        self.eve(number, on)
        self.infused(number, on, **how)

    def nadir(self, on: date, values: Mapping[str, str] = NOTHING_SPECIAL) -> None:
        """The counts five weeks after an infusion; after the second the CT comes with them."""
        drawn_on = weekday_within(on + timedelta(33), on + timedelta(37))
        self.labs(drawn_on, values)
        if self.infusions == 2:
            self.scanned(drawn_on)

    def scanned(self, on: date, kind: str = Scan.Kind.CT_MRI, clock: str = "15:30") -> None:
        self.visit(
            on,
            clock,
            lambda now: actions.record_scan(self.patient, kind=kind, on=on, by=self.navigator, now=now),
        )

    def treated(
        self, count: int, last_on: date, *, last: Mapping[str, Any] | None = None, **how: Any
    ) -> None:
        """An uneventful course up to and with infusion `count` on `last_on`; `last` as `infused` takes it."""
        grid = [self.days.open_near(last_on - timedelta(56 * back)) for back in range(count - 1, 0, -1)]
        grid.append(last_on)
        self.begun(grid[0], **how)
        for number, on in enumerate(grid, start=1):
            if number == count:
                self.given(number, on, **(last or {}))
            else:
                self.given(number, on, next_on=grid[number])
                self.nadir(on)

    def toward(self, number: int, on: date, **how: Any) -> date:
        """An uneventful course up to the nadir before infusion `number`, planned for `on`.

        Returns the day of the infusion before it.
        """
        last_on = self.days.open_near(on - timedelta(56))
        self.treated(number - 1, last_on, last={"next_on": on}, **how)
        self.nadir(last_on)
        return last_on

    # --- after the last infusion ------------------------------------------------------------------

    def maintained(self, last_on: date, until: date) -> None:
        """The monthly injection after the last infusion, each 28 days after the one before."""
        on = last_on + timedelta(28)
        while on <= until:
            given_on = weekday_within(on - timedelta(2), on + timedelta(2))
            if given_on > until:
                return
            self.injected(given_on)
            on = given_on + timedelta(28)

    def injected(self, on: date) -> None:
        """A long-acting injection, given by the practice."""
        self.visit(on, "12:00", lambda now: self._lar(now, on))

    def called(self, on: date, outcome: str, note: str, item: DueItem | None = None) -> None:
        """A call to the practice, with what came of it."""
        self.visit(
            on,
            "11:30",
            lambda now: actions.log_contact(
                self.patient,
                channel=ContactLog.Channel.PHONE,
                with_whom=f"Front desk, {self.practice.name}",
                outcome=outcome,
                note=note,
                item=item,
                practice=self.practice,
                at=now,
                by=self.navigator,
                now=now,
            ),
        )


@dataclass(frozen=True, slots=True)
class Story:
    """One patient's way, in one line; `tell` walks it."""

    key: str
    line: str
    person: Person
    tell: Callable[[Walk], None]
