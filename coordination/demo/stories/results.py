"""Results that cannot be used as they came: units, identities, preliminary, corrected, sent twice."""

from datetime import date, timedelta

from coordination.demo.days import weekday_within
from coordination.demo.person import DemoPatient
from coordination.demo.story import DemoStory
from coordination.demo.walk import Walk

UNKNOWN_MRN = "MRN19999"


def _sent_alone(
    walk: Walk, on: date, clock: str, *, value: str, unit: str = "10*3/uL", code: str = "777-3", **said: str
) -> str:
    """One result of its own; `said` goes to the result. Returns its number."""
    filler = walk.filler()
    result = {"id": f"{filler}.{code}", "code": {"system": "http://loinc.org", "code": code}}
    walk.sent(
        on,
        clock,
        [result | {"value": value, "unit": unit, "status": "final"} | said],
        filler=filler,
        collected_at=walk.days.at(on, "08:20"),
    )
    return filler


def _unknown_unit(walk: Walk) -> None:
    on = walk.days.open_at(12, 13, 11)
    walk.toward(2, on, ahead=False)
    drawn_on = walk.lately(on)
    walk.labs(drawn_on, without=("hemoglobin",))
    _sent_alone(walk, drawn_on, "13:50", value="12.5", unit="g/mL", code="718-7", low="12.0", high="16.0")


def _other_birth_date(walk: Walk) -> None:
    """The same number with another birth date: parked. And a report about a number nobody knows."""
    on = walk.days.open_at(12, 13, 11)
    walk.toward(3, on)
    drawn_on = walk.lately(on)
    for key, clock, patient in (
        ("wrong-birth-date", "12:10", {"birth_date": "1975-01-01"}),
        ("unknown-number", "12:30", {"value": UNKNOWN_MRN, "family_name": "Nobody"}),
    ):
        filler = walk.filler()
        result = {"id": f"{filler}.777-3", "code": {"system": "http://loinc.org", "code": "777-3"}}
        walk.sent(
            drawn_on,
            clock,
            [result | {"value": "187", "unit": "10*3/uL", "low": "150", "high": "400", "status": "final"}],
            filler=filler,
            message=f"{filler}-{key}",
            collected_at=walk.days.at(drawn_on, "08:00"),
            patient=patient,
        )


def _preliminary(walk: Walk) -> None:
    on = walk.days.open_at(12, 11, 13)
    walk.toward(2, on, ahead=False)
    walk.labs(weekday_within(on - timedelta(14), walk.days.ago(2)))
    _sent_alone(walk, walk.days.ago(1), "10:30", value="71", status="preliminary", low="150", high="400")


def _corrected(walk: Walk) -> None:
    on = walk.days.open_at(9, 10, 8)
    walk.toward(2, on)
    drawn_on = weekday_within(on - timedelta(14), min(on - timedelta(12), walk.days.ago(2)))
    walk.labs(drawn_on, without=("platelets",))
    result = {"code": {"system": "http://loinc.org", "code": "777-3"}, "unit": "10*3/uL"}
    limits = {"low": "150", "high": "400"}
    filler = walk.filler()
    identity = {"id": f"{filler}.777-3"}
    collected_at = walk.days.at(drawn_on, "08:10")
    first = identity | result | limits | {"value": "98", "status": "final"}
    walk.sent(drawn_on, "13:30", [first], filler=filler, collected_at=collected_at)
    walk.signed(drawn_on)
    corrected = first | {"value": "68", "status": "corrected", "note": "clumped; counted in citrate"}
    walk.sent(
        walk.days.ago(1),
        "16:40",
        [corrected],
        filler=filler,
        message=f"{filler}-corrected",
        collected_at=collected_at,
    )


def _sent_twice(walk: Walk) -> None:
    """The same message twice, and its results under another number: stored once."""
    on = walk.days.open_at(11, 12, 10)
    walk.toward(2, on)
    drawn_on = walk.lately(on)
    filler = walk.labs(drawn_on)
    walk.posted(drawn_on, "13:21", filler)
    walk.posted(drawn_on, "13:47", filler, again_as=f"{filler}-again")
    walk.signed(drawn_on)


STORIES = (
    DemoStory(
        "unknown-unit",
        "Hemoglobin came as 12.5 g/mL: waits for a person",
        DemoPatient("Anneliese", "Ulme", "female", date(1964, 6, 13), practice="maple", kg="70"),
        _unknown_unit,
    ),
    DemoStory(
        "other-birth-date",
        "A report with this number but another birth date is parked",
        DemoPatient("Kwame", "Odum", "male", date(1957, 11, 19), practice="riverside", kg="82"),
        _other_birth_date,
    ),
    DemoStory(
        "preliminary",
        "A preliminary platelet count of 71 would decide, if it were final",
        DemoPatient("Siobhan", "Elder", "female", date(1960, 1, 1), practice="northfield", kg="65"),
        _preliminary,
    ),
    DemoStory(
        "corrected",
        "Platelets corrected from 98 to 68 after the signature: withdrawn, the dose is ordered",
        DemoPatient("Arjun", "Banyan", "male", date(1962, 9, 23), practice="maple", kg="77"),
        _corrected,
    ),
    DemoStory(
        "sent-twice",
        "The same report arrived three times and counts once",
        DemoPatient("Mei", "Ginkgo", "female", date(1967, 7, 16), practice="riverside", kg="54"),
        _sent_twice,
    ),
)
