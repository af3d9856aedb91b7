"""On the way to the first infusion."""

from datetime import date, timedelta

from coordination.demo.days import weekday_within
from coordination.demo.person import DemoPatient
from coordination.demo.story import DemoStory
from coordination.demo.walk import Walk


def _baseline_pending(walk: Walk) -> None:
    walk.begun(walk.days.open_at(13, 12, 14))


def _ready(walk: Walk) -> None:
    first_on = walk.days.open_at(5, 4, 6, 3)
    walk.begun(first_on)
    walk.ordered_ahead(1, first_on)
    walk.ready(1, first_on)


def _pregnancy_positive(walk: Walk) -> None:
    first_on = walk.days.open_at(4, 3, 5, 6)
    walk.begun(first_on)
    walk.ordered_ahead(1, first_on)
    walk.ready(1, first_on)
    drawn_on, filler = walk.days.ago(1), walk.filler()
    word = {"value": "Positive", "status": "final"}
    code = {"system": "http://loinc.org", "code": "2106-3", "text": "hCG, urine"}
    walk.sent(
        drawn_on,
        "15:10",
        [{"id": f"{filler}.2106-3", "code": code} | word],
        filler=filler,
        collected_at=walk.days.at(drawn_on, "09:05"),
    )


def _not_eligible(walk: Walk) -> None:
    first_on = walk.days.open_at(8, 7, 9)
    walk.begun(first_on)
    walk.ordered_ahead(1, first_on)
    walk.labs(weekday_within(walk.days.ago(5), walk.days.ago(3)), {"platelets": "68"})


def _scan_expired(walk: Walk) -> None:
    first_on = walk.days.open_at(10, 11, 9)
    walk.begun(first_on, sstr_on=first_on - timedelta(205))
    walk.labs(walk.days.ago(2))


STORIES = (
    DemoStory(
        "baseline-pending",
        "Cycle 1 in two weeks: baseline labs are awaited",
        DemoPatient("Nkechi", "Iroko", "female", date(1960, 12, 1), practice="maple", laboratory="community"),
        _baseline_pending,
    ),
    DemoStory(
        "ready-signed",
        "Cycle 1 within days: everything in, signed, ordered and confirmed",
        DemoPatient("Samuel", "Rowan", "male", date(1955, 7, 21), practice="northfield", kg="88"),
        _ready,
    ),
    DemoStory(
        "pregnancy-positive",
        "Cycle 1 within days: the pregnancy test came back positive",
        DemoPatient(
            "Camila",
            "Quebracho",
            "female",
            date(1991, 2, 14),
            practice="riverside",
            kg="62",
            language="es",
            pregnancy_possible=True,
        ),
        _pregnancy_positive,
    ),
    DemoStory(
        "not-eligible",
        "Cycle 1: platelets of 68 miss the threshold of 75",
        DemoPatient("Viktor", "Larch", "male", date(1947, 9, 5), practice="riverside"),
        _not_eligible,
    ),
    DemoStory(
        "scan-expired",
        "Cycle 1: the SSTR PET is more than six months old on the day",
        DemoPatient(
            "Hana", "Sakura", "female", date(1966, 5, 28), practice="maple", laboratory="metric", kg="57"
        ),
        _scan_expired,
    ),
)
