"""A course on its way, as the flows make it: the second dose is due, and all is well."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from coordination.base.choices import Role
from coordination.base.models import User
from coordination.flows.record import record_fact, type_results
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from patients.models import Patient
from scheduling import actions
from scheduling.models import Course, Cycle, Proposal
from tests.factories import PatientFactory, PracticeFactory, PrescriberFactory, UserFactory

FIRST_ON = date(2025, 1, 14)
NOW = datetime(2025, 2, 28, 17, 0, tzinfo=UTC)  # day 45: the pre-dose panel closes today
PANEL = (
    ("777-3", "210", "10*9/L", "150", "400"),
    ("718-7", "13.2", "g/dL", "12", "16"),
    ("751-8", "3.4", "10*9/L", "1.8", "7.7"),
    ("6690-2", "5.6", "10*9/L", "4", "11"),
    ("2160-0", "0.90", "mg/dL", "0.6", "1.2"),
    ("1975-2", "0.6", "mg/dL", "0.2", "1.2"),
    ("1751-7", "41", "g/L", "35", "50"),
    ("1920-8", "24", "U/L", "10", "40"),
    ("1742-6", "22", "U/L", "7", "40"),
)
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Care:
    """One patient under treatment, and the people who act."""

    patient: Patient
    course: Course
    navigator: User
    prescriber: User

    @property
    def proposal(self) -> Proposal:
        return Proposal.objects.current().get(course=self.course)

    def cycle(self, number: int) -> Cycle:
        return Cycle.objects.select_related("course__patient__site").get(course=self.course, number=number)

    def panel_arrives(
        self, at: datetime, *, now: datetime = NOW, without: tuple[str, ...] = (), **values: str
    ) -> None:
        """A whole panel, typed by the navigator; `values` by the name of the analyte's code below."""
        report = panel(at, changed={CODES[name]: value for name, value in values.items()}, without=without)
        type_results(report, patient=self.patient, by=self.navigator, now=now)


CODES = {"platelets": "777-3", "creatinine": "2160-0", "albumin": "1751-7"}


def panel(
    at: datetime, *, changed: Mapping[str, str] | None = None, without: tuple[str, ...] = ()
) -> IncomingReport:
    number = next(_numbers)
    skipped = {CODES[name] for name in without}
    return IncomingReport(
        source="by-hand",
        message_key=f"typed-{number}",
        body="{}",
        body_hash=f"{number:064d}",
        patient=PatientKey("", ""),
        results=tuple(
            IncomingResult(
                id=f"{number}.{loinc}",
                loinc=loinc,
                value=(changed or {}).get(loinc, value),
                unit=unit,
                low=low,
                high=high,
                collected_at=at,
            )
            for loinc, value, unit, low, high in PANEL
            if loinc not in skipped
        ),
    )


def care() -> Care:
    """Infusion 1 given on 14 January 2025, infusion 2 planned for 11 March, no panel since."""
    patient = PatientFactory.create(referred_by=PracticeFactory.create(), sex="male")
    navigator = UserFactory.create(role=Role.NAVIGATOR)
    prescriber = PrescriberFactory.create()
    began = NOW - timedelta(days=60)
    course = record_fact(
        patient,
        lambda: actions.start_course(
            patient, first_on=FIRST_ON, by=prescriber, now=began, anyway_because="transferred"
        ),
        now=began,
    )
    here = Care(patient, course, navigator, prescriber)
    here.panel_arrives(datetime(2025, 1, 2, 14, tzinfo=UTC), now=began + timedelta(days=4))
    started = datetime(2025, 1, 14, 15, tzinfo=UTC)

    def give() -> None:
        actions.record_infusion(
            here.cycle(1),
            started_at=started,
            ended_at=started + timedelta(minutes=40),
            activity_gbq=Decimal("7.4"),
            by=navigator,
            now=started + timedelta(hours=5),
        )
        actions.record_weight(
            patient, kg=Decimal("75"), on=FIRST_ON, by=navigator, now=started + timedelta(hours=5)
        )
        second = here.cycle(2)
        actions.plan_infusion(
            second, on=date(2025, 3, 11), by=navigator, because="eight weeks", version=second.version
        )

    record_fact(patient, give, now=started + timedelta(hours=5))
    return here


def cleared() -> Care:
    """The same, with a whole pre-dose panel: the second dose is proposed."""
    here = care()
    here.panel_arrives(datetime(2025, 2, 27, 14, tzinfo=UTC))
    return here
