"""One patient in every phase of a course, with enough recorded that every document has something to say."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from coordination.base.choices import Role
from coordination.base.models import Practice, User
from coordination.flows import decision
from coordination.flows.record import record_death, record_fact, type_results
from patients.models import CareTeamMember, Patient, PriorTherapy
from scheduling import actions
from scheduling.models import Course, Cycle, Injection, Proposal, Scan
from tests import factories as make
from tests.flows.courses import CODES, panel

FIRST_ON = date(2025, 1, 14)
BEGAN = datetime(2024, 12, 27, 15, tzinfo=UTC)
NAME = ("Eleanor Margaret", "Whitcombe-Ångström")
MRN = "MRN-4711-A"


@dataclass(slots=True)
class Phase:
    """A patient as they stand at `now`, and the people who act."""

    patient: Patient
    navigator: User
    prescriber: User
    practice: Practice
    now: datetime
    course: Course | None = None

    def cycle(self, number: int) -> Cycle:
        return Cycle.objects.select_related("course__patient__site").get(course=self.course, number=number)

    def act(self, change: Callable[[], object], *, at: datetime) -> None:
        record_fact(self.patient, change, now=at)
        self.now = at

    def labs(self, at: datetime, **values: str) -> None:
        changed = {CODES[name]: value for name, value in values.items()}
        type_results(
            panel(at, changed=changed), patient=self.patient, by=self.navigator, now=at + timedelta(hours=3)
        )
        self.now = at + timedelta(hours=3)


def referred(*, language: str = "en", sex: str = "female") -> Phase:
    """Referred, with nothing but a diagnosis and a scan: much is missing."""
    site = make.SiteFactory(
        name="Harbor Point Medical Center", phone="555-0100", address="1 Harbor Way, Newport, NY 10001"
    )
    make.SiteSettingsFactory(site=site, precaution_days={"separate-bed": 3, "distance": 5})
    practice = make.PracticeFactory(
        name="Maple Street Cancer Care",
        phone="555-0110",
        fax="555-0119",
        address="100 Example Avenue\nSuite 4",
    )
    patient = make.PatientFactory(
        site=site,
        referred_by=practice,
        given_name=NAME[0],
        family_name=NAME[1],
        sex=sex,
        language=language,
        pregnancy_possible=sex == "female",
        allergies="iodinated contrast",
    )
    make.PatientIdentifierFactory(patient=patient, value=MRN)
    navigator = make.UserFactory(full_name="Nora Lindqvist, RN", role=Role.NAVIGATOR, sites=[site])
    prescriber = make.PrescriberFactory(full_name="Dr. Priya Raman", sites=[site])
    make.evidence_for_the_first_dose(patient)
    make.ReferralFactory(patient=patient, practice=practice, referred_by_name="Dr. Ruth Halvorsen")
    make.DiagnosisFactory(
        patient=patient, t_stage="T3", n_stage="N1", m_stage="M1", metastases="liver, nodes"
    )
    make.PriorTherapyFactory(patient=patient, name="Lanreotide 120 mg", progressed=True, details="liver grew")
    make.PriorTherapyFactory(patient=patient, kind=PriorTherapy.Kind.SURGERY, name="Ileal resection", on=None)
    make.ScanFactory(
        patient=patient,
        modality="Ga-68 DOTATATE PET/CT",
        uptake=Scan.Uptake.ABOVE_LIVER,
        report_received_on=date(2024, 12, 5),
        recorded_at=BEGAN,
    )
    for name, part, phone in (
        ("Nora Lindqvist, RN", CareTeamMember.Part.NAVIGATOR, "555-0101"),
        ("Dr. Samuel Okafor", CareTeamMember.Part.NUCLEAR_MEDICINE, ""),
    ):
        make.CareTeamMemberFactory(patient=patient, name=name, part=part, phone=phone)
    return Phase(patient, navigator, prescriber, practice, BEGAN)


def planned(**how: str) -> Phase:
    """Accepted, the first infusion planned, none given."""
    here = referred(**how)
    here.course = record_fact(
        here.patient,
        lambda: actions.start_course(
            here.patient, first_on=FIRST_ON, by=here.prescriber, now=BEGAN, anyway_because="transferred"
        ),
        now=BEGAN,
    )
    here.act(
        lambda: actions.record_weight(
            here.patient, kg=Decimal(64), on=BEGAN.date(), by=here.navigator, now=BEGAN
        ),
        at=BEGAN,
    )
    here.labs(datetime(2025, 1, 2, 14, tzinfo=UTC))
    return here


def ordered(**how: str) -> Phase:
    """The first dose is signed and ordered."""
    here = planned(**how)
    make.PregnancyTestFactory(patient=here.patient, on=date(2025, 1, 2))
    at = here.now + timedelta(hours=1)
    here.act(lambda: None, at=at)
    proposal = Proposal.objects.current().get(course=here.course)
    decision.sign_proposal(proposal.public_id, by=here.prescriber, now=at)

    def place() -> None:
        order = actions.place_order(
            here.cycle(1), by=here.navigator, now=at, supplier="Example Radiopharmacy"
        )
        actions.confirm_order(order, by=here.navigator, now=at, order_number="ORD-1")

    here.act(place, at=at + timedelta(hours=1))
    return here


def treated(infusions: int = 1, **how: str) -> Phase:
    """This many infusions given, eight weeks apart, the next one planned."""
    here = planned(**how)
    for number in range(1, infusions + 1):
        _give(here, number)
    return here


def _give(here: Phase, number: int) -> None:
    on = FIRST_ON + timedelta(days=56 * (number - 1))
    if number > 1:
        here.labs(
            datetime(on.year, on.month, on.day, 14, tzinfo=UTC) - timedelta(days=12), **_falling(number)
        )
    start = datetime(on.year, on.month, on.day, 15, tzinfo=UTC)
    at = start + timedelta(hours=6)

    def give() -> None:
        actions.record_infusion(
            here.cycle(number),
            started_at=start,
            ended_at=start + timedelta(minutes=35),
            activity_gbq=Decimal("7.4"),
            by=here.navigator,
            now=at,
        )
        actions.record_weight(here.patient, kg=Decimal(63), on=on, by=here.navigator, now=at)
        actions.record_injection(
            here.patient,
            drug=Injection.Drug.OCTREOTIDE_LAR,
            dose_mg=Decimal(30),
            given_at=start + timedelta(hours=5),
            by=here.navigator,
            now=at,
        )
        if number < 4:
            following = here.cycle(number + 1)
            actions.plan_infusion(
                following,
                on=on + timedelta(days=56),
                by=here.navigator,
                because="eight weeks",
                version=following.version,
            )

    here.act(give, at=at)
    make.AdverseEventFactory(
        patient=here.patient, term="Nausea", on=on, grade=2, grade_now=0, resolved_on=on + timedelta(days=2)
    )


def _falling(number: int) -> dict[str, str]:
    return {"platelets": str(210 - 30 * number), "creatinine": f"0.9{number}"}


def held(**how: str) -> Phase:
    """On hold after the second infusion: platelets have fallen."""
    here = treated(2, **how)
    at = datetime(2025, 4, 24, 15, tzinfo=UTC)
    here.labs(at, platelets="62")
    now = at + timedelta(hours=4)
    here.act(
        lambda: actions.hold_course(
            Course.objects.get(pk=here.course.pk if here.course else 0),
            by=here.prescriber,
            because="Platelets 62 before the third infusion",
            now=now,
        ),
        at=now,
    )
    return here


def stopped(**how: str) -> Phase:
    """Stopped after the second infusion."""
    here = held(**how)
    now = here.now + timedelta(days=12)
    here.act(
        lambda: actions.stop_course(
            Course.objects.get(pk=here.course.pk if here.course else 0),
            by=here.prescriber,
            because="Platelets have not recovered",
            on=now.date(),
            now=now,
        ),
        at=now,
    )
    return here


def completed(**how: str) -> Phase:
    """All four given, five weeks ago."""
    here = treated(4, **how)
    here.labs(datetime(2025, 8, 5, 14, tzinfo=UTC), platelets="128")
    return here


def died(**how: str) -> Phase:
    here = treated(2, **how)
    at = here.now + timedelta(days=20)
    record_death(here.patient, died_on=at.date(), by=here.prescriber, now=at)
    here.patient.refresh_from_db()
    here.now = at
    return here


PHASES: dict[str, Callable[..., Phase]] = {
    "referred": referred,
    "planned": planned,
    "ordered": ordered,
    "treated": treated,
    "held": held,
    "stopped": stopped,
    "completed": completed,
    "died": died,
}

__all__ = ["MRN", "NAME", "PHASES", "Phase"]
