"""After the last infusion: what stays due for months, the way home, and the end."""

from datetime import date, timedelta

from coordination.demo.days import weekday_from, weekday_within
from coordination.demo.person import DemoPatient
from coordination.demo.story import DemoStory
from coordination.demo.walk import Walk
from coordination.flows.record import record_death
from patients.models import ResponseAssessment
from scheduling import actions
from scheduling.models import Injection


def _monthly(walk: Walk, last_on: date, *months: int) -> None:
    """The monthly injection after the last infusion."""
    for month in months:
        due_on = last_on + timedelta(28 * month)
        walk.injected(weekday_within(due_on - timedelta(2), due_on))


def _five_weeks_later(walk: Walk, last_on: date) -> date:
    """Labs after the last infusion; returns their day."""
    on = weekday_from(last_on + timedelta(36))
    walk.labs(on)
    return on


def _home_again(walk: Walk, last_on: date) -> None:
    """Back to the referring physician."""
    walk.handed_back(weekday_from(_five_weeks_later(walk, last_on) + timedelta(2)))


def _stopped_early(walk: Walk) -> None:
    last_on = walk.days.open_at(-154, -155, -153)

    def day(number: int) -> date:
        return weekday_from(last_on + timedelta(number))

    walk.treated(2, last_on)
    walk.injected(day(26))
    walk.labs(day(30), {"platelets": "49"})
    walk.labs(day(44), {"platelets": "44"})
    walk.injected(day(54))
    walk.labs(day(65), {"platelets": "51"})
    walk.injected(day(82))
    walk.labs(day(86), {"platelets": "58"})
    walk.scanned(day(95))
    walk.labs(day(106), {"platelets": "63"})
    walk.injected(day(110))
    walk.labs(day(113), {"platelets": "64"})
    walk.signed(day(113))
    walk.wrote("stop", day(114))
    walk.scanned(day(121), "sstr-pet")
    walk.handed_back(day(125))
    walk.labs(day(130), {"platelets": "79"})
    walk.injected(day(138))


def _hand_back_due(walk: Walk) -> None:
    last_on = walk.days.open_at(-38, -37, -39)
    walk.treated(4, last_on)
    _monthly(walk, last_on, 1)


def _response_due(walk: Walk) -> None:
    """Two practices both plan the next monthly injection."""
    last_on = walk.days.open_at(-101, -100, -102)
    walk.treated(4, last_on)
    _monthly(walk, last_on, 1)
    _home_again(walk, last_on)
    _monthly(walk, last_on, 2, 3)
    planned = walk.days.ahead(8)
    _planned_by(walk, "maple", planned)
    _planned_by(walk, "lakeshore", planned + timedelta(4))


def _planned_by(walk: Walk, practice: str, on: date) -> None:
    walk.visit(
        walk.days.ago(2),
        "13:40",
        lambda now: actions.record_injection(
            walk.patient,
            drug=Injection.Drug.OCTREOTIDE_LAR,
            planned_on=on,
            practice=walk.house.practices[practice],
            by=walk.navigator,
            now=now,
        ),
    )


def _handed_back(walk: Walk) -> None:
    last_on = walk.days.open_at(-74, -73, -75)
    walk.treated(4, last_on)
    _monthly(walk, last_on, 1)
    _home_again(walk, last_on)
    _monthly(walk, last_on, 2)


def _died(walk: Walk) -> None:
    walk.treated(2, walk.days.open_at(-41, -40, -42))
    record_death(
        walk.patient,
        died_on=walk.days.ago(9),
        by=walk.navigator,
        now=walk.at(walk.days.ago(7), "10:50"),
    )


def _first_scan(walk: Walk) -> None:
    last_on = walk.days.open_at(-69, -68, -70)
    walk.treated(4, last_on)
    _monthly(walk, last_on, 1)
    _home_again(walk, last_on)
    _monthly(walk, last_on, 2)
    walk.noted(
        walk.days.ago(9),
        "11:15",
        lambda now: actions.record_response(
            walk.patient,
            on=walk.days.ago(10),
            outcome=ResponseAssessment.Outcome.PROGRESSION,
            basis="first CT after treatment: two liver lesions larger",
            first_scan_only=True,
            by=walk.prescriber,
            now=now,
        ),
    )


def _progressed(walk: Walk) -> None:
    last_on = walk.days.open_at(-54, -53, -55)
    walk.treated(3, last_on)
    _monthly(walk, last_on, 1)
    walk.labs(weekday_from(last_on + timedelta(34)))
    walk.noted(
        walk.days.ago(11),
        "09:50",
        lambda now: actions.record_response(
            walk.patient,
            on=walk.days.ago(12),
            outcome=ResponseAssessment.Outcome.PROGRESSION,
            basis="CT and SSTR PET: new bone lesions, chromogranin A doubled",
            by=walk.prescriber,
            now=now,
        ),
    )
    walk.visit(
        walk.days.ago(10),
        "15:10",
        lambda now: actions.stop_course(
            walk.course,
            by=walk.prescriber,
            because="Progression on CT and SSTR PET; to chemotherapy",
            on=walk.days.ago(10),
            now=now,
        ),
    )
    walk.handed_back(walk.days.ago(8))


STORIES = (
    DemoStory(
        "stopped-early",
        "Stopped after two infusions: platelets did not recover in sixteen weeks",
        DemoPatient("Ernesto", "Pochote", "male", date(1952, 3, 18), practice="maple", kg="76"),
        _stopped_early,
    ),
    DemoStory(
        "hand-back-due",
        "All four infusions given: labs, monthly injection and hand-back due",
        DemoPatient("Judith", "Whitebeam", "female", date(1956, 10, 2), practice="northfield", kg="63"),
        _hand_back_due,
    ),
    DemoStory(
        "response-due",
        "Response SSTR PET due; two practices both plan the monthly injection",
        DemoPatient("Pedro", "Guayacán", "male", date(1960, 5, 11), practice="maple", language="es", kg="86"),
        _response_due,
    ),
    DemoStory(
        "handed-back",
        "Course completed and handed back; follow-up goes on at the practice",
        DemoPatient("Marta", "Dąb", "female", date(1958, 1, 6), practice="riverside", laboratory="metric"),
        _handed_back,
    ),
    DemoStory(
        "died",
        "Died between infusions 2 and 3: everything open is cancelled",
        DemoPatient("Leonard", "Yew", "male", date(1944, 8, 20), practice="northfield", kg="72"),
        _died,
    ),
    DemoStory(
        "first-scan",
        "Progression called on the first scan after treatment: may be pseudoprogression",
        DemoPatient("Ayesha", "Deodar", "female", date(1965, 4, 15), practice="riverside", kg="68"),
        _first_scan,
    ),
    DemoStory(
        "progressed",
        "Progressed after infusion 3 and stopped",
        DemoPatient("Bruno", "Kastanie", "male", date(1954, 12, 9), practice="northfield", kg="80"),
        _progressed,
    ),
)
