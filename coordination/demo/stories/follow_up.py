"""After the last infusion: what stays due for months, the way home, and the end."""

from datetime import date, timedelta

from coordination.demo.days import weekday_from, weekday_within
from coordination.demo.walk import Person, Story, Walk
from coordination.flows.record import record_death
from coordination.flows.response import record_response
from patients.models import ResponseAssessment
from scheduling import actions
from scheduling.models import Injection


def _five_weeks_later(walk: Walk, last_on: date) -> date:
    """Labs and a CT after the last infusion; returns their day."""
    on = weekday_from(last_on + timedelta(36))
    walk.labs(on)
    walk.scanned(on)
    return on


def _home_again(walk: Walk, last_on: date) -> None:
    """Back to the referring physician."""
    on = _five_weeks_later(walk, last_on)
    handed_back_on = weekday_from(on + timedelta(2))
    walk.visit(
        handed_back_on,
        "14:30",
        lambda now: actions.complete_course(walk.course, by=walk.navigator, on=handed_back_on, now=now),
    )


def _stopped_early(walk: Walk) -> None:
    last_on = walk.days.open_at(-154, -155, -153)
    walk.treated(2, last_on)
    walk.nadir(last_on, {"platelets": "47"})
    for weeks, platelets in ((6, "44"), (9, "51"), (12, "58"), (15, "63")):
        walk.labs(weekday_from(last_on + timedelta(7 * weeks)), {"platelets": platelets})
    stopped_on = weekday_from(last_on + timedelta(113))
    walk.labs(stopped_on, {"platelets": "64"})
    walk.signed(stopped_on)
    walk.labs(weekday_from(stopped_on + timedelta(14)), {"platelets": "79"})


def _hand_back_due(walk: Walk) -> None:
    last_on = walk.days.open_at(-38, -37, -39)
    walk.treated(4, last_on)
    walk.maintained(last_on, walk.days.ago(1))


def _response_due(walk: Walk) -> None:
    """Two practices both plan the next monthly injection."""
    last_on = walk.days.open_at(-101, -100, -102)
    walk.treated(4, last_on)
    walk.injected(weekday_within(last_on + timedelta(26), last_on + timedelta(28)))
    _five_weeks_later(walk, last_on)
    walk.maintained(last_on + timedelta(29), walk.days.ago(12))
    planned = walk.days.ahead(6)

    def plan(practice: str, on: date) -> None:
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

    plan("maple", planned)
    plan("lakeshore", planned + timedelta(4))


def _handed_back(walk: Walk) -> None:
    last_on = walk.days.open_at(-74, -73, -75)
    walk.treated(4, last_on)
    walk.injected(weekday_within(last_on + timedelta(26), last_on + timedelta(28)))
    _home_again(walk, last_on)
    walk.injected(weekday_within(last_on + timedelta(54), last_on + timedelta(56)))


def _died(walk: Walk) -> None:
    last_on = walk.days.open_at(-41, -40, -42)
    walk.treated(2, last_on)
    record_death(
        walk.patient,
        died_on=walk.days.ago(9),
        by=walk.navigator,
        now=walk.at(walk.days.ago(7), "10:50"),
    )


def _first_scan(walk: Walk) -> None:
    last_on = walk.days.open_at(-60, -59, -61)
    walk.treated(4, last_on)
    walk.maintained(last_on, walk.days.ago(20))
    _five_weeks_later(walk, last_on)
    seen_on = walk.days.ago(10)
    record_response(
        walk.patient,
        on=seen_on,
        outcome=ResponseAssessment.Outcome.PROGRESSION,
        basis="first CT after treatment: two liver lesions larger",
        first_scan_only=True,
        by=walk.prescriber,
        now=walk.at(walk.days.ago(9), "11:15"),
    )


def _progressed(walk: Walk) -> None:
    last_on = walk.days.open_at(-54, -53, -55)
    walk.treated(3, last_on)
    walk.labs(weekday_from(last_on + timedelta(34)))
    seen_on = walk.days.ago(12)
    record_response(
        walk.patient,
        on=seen_on,
        outcome=ResponseAssessment.Outcome.PROGRESSION,
        basis="CT and SSTR PET: new bone lesions, chromogranin A doubled",
        by=walk.prescriber,
        now=walk.at(walk.days.ago(11), "09:50"),
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


STORIES = (
    Story(
        "stopped-early",
        "Stopped after two infusions: platelets did not recover in sixteen weeks",
        Person("Ernesto", "Pochote", "male", date(1952, 3, 18), practice="maple", kg="76"),
        _stopped_early,
    ),
    Story(
        "hand-back-due",
        "All four infusions given: labs, monthly injection and hand-back due",
        Person("Judith", "Whitebeam", "female", date(1956, 10, 2), practice="northfield", kg="63"),
        _hand_back_due,
    ),
    Story(
        "response-due",
        "Response SSTR PET due; two practices both plan the monthly injection",
        Person("Pedro", "Guayacán", "male", date(1960, 5, 11), practice="maple", language="es", kg="86"),
        _response_due,
    ),
    Story(
        "handed-back",
        "Course completed and handed back; follow-up goes on at the practice",
        Person("Marta", "Dąb", "female", date(1958, 1, 6), practice="riverside", laboratory="metric"),
        _handed_back,
    ),
    Story(
        "died",
        "Died between infusions 2 and 3: everything open is cancelled",
        Person("Leonard", "Yew", "male", date(1944, 8, 20), practice="northfield", kg="72"),
        _died,
    ),
    Story(
        "first-scan",
        "Progression called on the first scan after treatment: may be pseudoprogression",
        Person("Ayesha", "Deodar", "female", date(1965, 4, 15), practice="riverside", kg="68"),
        _first_scan,
    ),
    Story(
        "progressed",
        "Progressed after infusion 3 and stopped",
        Person("Bruno", "Kastanie", "male", date(1954, 12, 9), practice="northfield", kg="80"),
        _progressed,
    ),
)
