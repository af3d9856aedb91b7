"""An earlier interval that may have had an episode, and an event of it that nobody has called over."""

from typing import Any

import pytest
from msgspec.structs import replace

from scheduling.rules.facts import AttributionFact, ConfirmationFact, CourseFacts, ResultFact, Settings
from tests.rules.scheduling.dose_courses import DAYS, day, decision, dull, event, lab, proposal, state

UNSURE, SEVERE = "earlier-episode-unsure", "event-still-severe"
PLATELETS, COUNTS, OTHER = "thrombocytopenia", "anemia-neutropenia", "other"


def two_of_a_day(analyte: str, low: str, high: str, number: int = 38) -> tuple[ResultFact, ResultFact]:
    """Two results that disagree: whether there was an episode cannot be told."""
    return lab(analyte, low, day(number), hour=8), lab(analyte, high, day(number), hour=15)


def fall(analyte: str, value: str) -> ResultFact:
    """After the second infusion, late enough to be no nadir; back on the day of the panel."""
    return lab(analyte, value, day(43, 2))


def second(*extra: ResultFact, settings: Settings | None = None, **facts: Any) -> CourseFacts:
    return replace(dull(*extra, infusions=2, settings=settings), **facts)


DOUBT = two_of_a_day("platelets", "74", "76")
FALL = fall("platelets", "60")


def test_a_doubtful_episode_alone_is_none() -> None:
    assert (state(second(*DOUBT), PLATELETS), decision(second(*DOUBT))) == ("clear", "give 7.4")
    assert proposal(second(*DOUBT)).notes == ()


def test_the_row_is_open_while_it_fires_and_then_cannot_be_told() -> None:
    open_now = second(*DOUBT, lab("platelets", "60", day(44, 2), hour=10))
    fires = replace(
        open_now, results=tuple(r for r in open_now.results if r.id != f"platelets-{day(44, 2)}-9")
    )
    assert (state(fires, PLATELETS), decision(fires), proposal(fires).notes) == ("open", "hold", (UNSURE,))
    back = second(*DOUBT, FALL)
    assert (state(back, PLATELETS), decision(back), proposal(back).notes) == (
        "cannot-tell",
        "review",
        (UNSURE,),
    )


@pytest.mark.parametrize(
    ("facts", "is_answered"),
    [
        ({"attributions": (AttributionFact(PLATELETS, 1, related=False),)}, True),
        ({"attributions": (AttributionFact(PLATELETS, 1, related=True),)}, False),
        (
            {"attributions": (AttributionFact(PLATELETS, 1, False), AttributionFact(PLATELETS, 1, True))},
            False,
        ),
        ({"attributions": (AttributionFact(COUNTS, 1, related=False),)}, False),
        ({"confirmations": (ConfirmationFact(PLATELETS, day(50), resolved=True),)}, True),
        ({"confirmations": (ConfirmationFact(PLATELETS, day(50), resolved=False),)}, False),
        ({"confirmations": (ConfirmationFact(PLATELETS, DAYS[0], resolved=True),)}, True),
        (
            {"confirmations": (ConfirmationFact(PLATELETS, DAYS[1], resolved=True),)},
            False,
        ),  # begins the second
        ({"confirmations": (ConfirmationFact(PLATELETS, day(45, 2), resolved=True),)}, False),
        ({"confirmations": (ConfirmationFact(COUNTS, day(50), resolved=True),)}, False),
    ],
)
def test_who_answers_the_doubt(facts: dict[str, Any], *, is_answered: bool) -> None:
    course = second(*DOUBT, FALL, **facts)
    assert decision(course) == ("give 3.7" if is_answered else "review")
    assert proposal(course).notes == (() if is_answered else (UNSURE,))


@pytest.mark.parametrize(
    ("scope", "analyte", "expected"),
    [
        ("row", "neutrophils", "review"),
        ("review", "neutrophils", "review"),
        ("analyte", "neutrophils", "give 3.7"),  # of another count it would not be the second
        ("analyte", "hemoglobin", "review"),
    ],
)
def test_the_doubt_matters_where_it_would_make_this_the_second(
    scope: str, analyte: str, expected: str
) -> None:
    doubt = two_of_a_day("hemoglobin", "7.9", "8.1")
    low = {"neutrophils": "0.9", "hemoglobin": "7.5"}[analyte]
    course = second(*doubt, fall(analyte, low), settings=Settings(recurrence_scope=scope))
    assert decision(course) == expected


@pytest.mark.parametrize(
    ("doubt", "is_doubtful"),
    [
        ((lab("platelets", "60", day(50), unit=None),), False),
        ((lab("platelets", "60", day(50), status="preliminary"),), False),
        ((lab("platelets", "<80", day(50)),), True),
        (two_of_a_day("platelets", "74", "76", number=50), True),
        (two_of_a_day("platelets", "76", "77", number=50), False),
    ],
)
def test_only_final_results_make_an_earlier_doubt(
    doubt: tuple[ResultFact, ...], *, is_doubtful: bool
) -> None:
    assert decision(second(*doubt, FALL)) == ("review" if is_doubtful else "give 3.7")


def test_an_event_without_a_grade_is_a_doubt_of_its_interval() -> None:
    over = event("Colitis", day(20, 2), resolved_on=day(30, 2))
    course = second(adverse_events=(event("Nausea", day(5), grade=None), over))
    assert (state(course, OTHER), proposal(course).notes) == ("cannot-tell", (UNSURE,))


def test_where_nadirs_are_ignored_a_doubtful_one_that_resolved_is_none() -> None:
    ignoring = Settings(nadir="ignore")
    assert decision(second(*DOUBT, FALL, settings=ignoring)) == "give 3.7"
    at_the_end = lab("platelets", "72", day(44), hour=15)  # the last day of its interval disagrees
    assert decision(second(*DOUBT, at_the_end, FALL, settings=ignoring)) == "review"
    confirmed = ConfirmationFact(PLATELETS, day(50), resolved=True)
    course = second(*DOUBT, at_the_end, FALL, settings=ignoring, confirmations=(confirmed,))
    assert decision(course) == "give 3.7"


def test_a_certain_earlier_episode_is_no_doubt() -> None:
    certain = two_of_a_day("platelets", "60", "61", number=50)
    course = second(*certain, FALL)
    assert (state(course, PLATELETS), decision(course), proposal(course).notes) == ("recurrent", "stop", ())


# --- an event that goes on ---------------------------------------------------------------------------

STILL = event("Colitis", day(20), grade_now=3)


def test_an_event_of_an_earlier_interval_that_is_still_severe_is_for_a_person() -> None:
    course = second(adverse_events=(STILL,))
    assert (state(course, OTHER), decision(course), proposal(course).notes) == (
        "cannot-tell",
        "review",
        (SEVERE,),
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"grade_now": 2},
        {"resolved_on": day(50), "grade_now": None},
        {"hematologic": True},
        {"on": day(20, 2)},
    ],
)
def test_not_one_that_is_milder_over_or_of_this_interval(changes: dict[str, Any]) -> None:
    assert SEVERE not in proposal(second(adverse_events=(replace(STILL, **changes),))).notes


@pytest.mark.parametrize("cycle", [1, 2])
def test_nor_where_the_row_is_not_related_in_its_interval_or_in_this_one(cycle: int) -> None:
    said = AttributionFact(OTHER, cycle, related=False)
    course = second(adverse_events=(STILL,), attributions=(said,))
    assert (state(course, OTHER), decision(course), proposal(course).notes) == ("clear", "give 7.4", ())


def test_open_and_recurrent_come_first() -> None:
    more = event("Vomiting", day(20, 2), resolved_on=day(22, 2))
    assert state(second(adverse_events=(STILL, more)), OTHER) == "recurrent"
    assert state(second(adverse_events=(STILL, replace(more, on=day(20), id="x"))), OTHER) == "cannot-tell"
