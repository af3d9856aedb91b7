"""Facts in time: which results stand, in which interval, what was known, and what day infusion n is."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from labs.rules.analytes import Analyte
from labs.rules.ctcae import Grades
from scheduling.rules.facts import BaselinePinFact, InjectionFact, ResultFact, Settings, WeightFact
from scheduling.rules.result_versions import standing_versions
from tests.rules.scheduling.courses import at, given, planned
from tests.rules.scheduling.dose_courses import (
    BASELINE_ON,
    DAYS,
    before_first,
    day,
    dull,
    event,
    lab,
    panel,
    timeline,
)

NOON = at(day(45))
TENTATIVE = ("registered", "preliminary", "unknown")
SETTLED = ("final", "corrected", "amended", "cancelled", "entered-in-error")


def version(status: str, hours: int, **changes: object) -> ResultFact:
    """A version of one platelet count, received so many hours after it was drawn."""
    values: dict[str, object] = {"id": "p", "status": status}
    fact = lab("platelets", "100", day(40))
    received_at = fact.collected_at + timedelta(hours=hours)
    return replace(fact, **(values | {"received_at": received_at} | changes))  # type: ignore[arg-type]


def stand(*results: ResultFact) -> set[tuple[str, str]]:
    """What stands, the same in whatever order the versions are given."""
    found = {(r.id, r.status) for r in standing_versions(results, NOON)[0]}
    assert found == {(r.id, r.status) for r in standing_versions(reversed(results), NOON)[0]}
    return found


# --- which versions stand ----------------------------------------------------------------------------


@pytest.mark.parametrize("later", SETTLED)
@pytest.mark.parametrize("earlier", [*TENTATIVE, *SETTLED])
def test_the_copy_received_last_counts(earlier: str, later: str) -> None:
    assert stand(version(earlier, 1), version(later, 2)) == {("p", later)}


@pytest.mark.parametrize("later", TENTATIVE)
def test_a_tentative_copy_replaces_only_its_like(later: str) -> None:
    for earlier in TENTATIVE:
        assert stand(version(earlier, 1), version(later, 2)) == {("p", later)}
    for earlier in SETTLED:
        assert stand(version(earlier, 1), version(later, 2)) == {("p", earlier)}


def test_a_result_that_names_an_earlier_one_replaces_it() -> None:
    first, second = version("final", 1), version("corrected", 2, id="q", replaces="p")
    third = version("corrected", 3, id="r", replaces="q")
    assert stand(first, second) == {("q", "corrected")}
    assert stand(first, second, third) == {("r", "corrected")}


def test_it_replaces_what_was_received_earlier_or_at_the_same_time() -> None:
    correction = version("corrected", 2, id="q", replaces="p")
    assert stand(version("final", 2), correction) == {("q", "corrected")}
    assert stand(version("final", 3), correction) == {("p", "final"), ("q", "corrected")}


def test_a_senders_own_versions_replace_each_other_in_the_senders_order() -> None:
    late = version("preliminary", 3, id="p#2", series="p")
    assert stand(version("final", 2, series="p", replaces="p#2"), late) == {("p", "final")}


def test_it_replaces_only_results_of_its_analyte() -> None:
    other = version("corrected", 2, id="q", replaces="p", loinc="718-7")
    assert stand(version("final", 1), other) == {("p", "final"), ("q", "corrected")}


def test_in_a_ring_none_is_replaced() -> None:
    ring = [version("final", 1, id=one, replaces=other) for one, other in ("pq", "qr", "rp")]
    assert {name for name, _ in stand(*ring)} == {"p", "q", "r"}
    outside = version("corrected", 2, id="s", replaces="p")
    assert {name for name, _ in stand(*ring, outside)} == {"q", "r", "s"}


def reused(*results: ResultFact) -> list[tuple[str, str]]:
    return [(r.loinc, r.status) for r in standing_versions(results, NOON)[1]]


def test_an_id_belongs_to_the_analyte_of_its_first_version_with_a_known_code() -> None:
    first, other = version("final", 1), version("corrected", 2, loinc="718-7")
    newer = version("final", 3, loinc="718-7")
    assert stand(first, other, newer) == {("p", "final")}
    assert reused(first, other, newer) == [("718-7", "final")]
    unknown = version("final", 0, loinc="2345-7")
    assert stand(unknown, first) == {("p", "final")}
    assert reused(unknown, first) == []
    assert reused(first, version("final", 2, loinc="2345-7")) == [("2345-7", "final")]


@pytest.mark.parametrize(("loinc", "stands"), [("", "cancelled"), ("777-3", "cancelled"), ("718-7", "final")])
def test_a_withdrawal_needs_no_code_but_never_one_of_another_analyte(loinc: str, stands: str) -> None:
    assert stand(version("final", 1), version("cancelled", 2, loinc=loinc)) == {("p", stands)}


def test_a_tentative_result_takes_no_final_one_away() -> None:
    second = version("preliminary", 2, id="q", replaces="p")
    assert stand(version("final", 1), second) == {("p", "final"), ("q", "preliminary")}
    assert stand(version("preliminary", 1), second) == {("q", "preliminary")}


def test_a_result_does_not_replace_itself_away() -> None:
    assert stand(version("corrected", 1, replaces="p")) == {("p", "corrected")}


def test_a_correction_that_has_not_arrived_changes_nothing() -> None:
    late = version("corrected", 0, received_at=NOON + timedelta(seconds=1))
    assert stand(version("final", 1), late) == {("p", "final")}
    assert stand(version("final", 1), replace(late, received_at=NOON)) == {("p", "corrected")}


# --- accepted, preliminary, rejected -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kept"),
    [
        ("final", "accepted"),
        ("corrected", "accepted"),
        ("amended", "accepted"),
        ("preliminary", "preliminary"),
        ("registered", "rejected"),
        ("cancelled", "rejected"),
        ("entered-in-error", "rejected"),
        ("unknown", "rejected"),
    ],
)
def test_a_status_decides_what_a_result_may_do(status: str, kept: str) -> None:
    course = timeline(replace(dull(), results=(version(status, 1),)))
    groups = {name: getattr(course, name) for name in ("accepted", "preliminary", "rejected")}
    assert {name: len(found) for name, found in groups.items()} == {
        name: int(name == kept) for name in groups
    }


def test_the_status_is_the_first_reason_to_reject() -> None:
    sent = version("cancelled", 1, loinc="0000-0", value="?")
    (rejected,) = timeline(replace(dull(), results=(sent,))).rejected
    assert rejected.rejection == "status"


def test_results_stand_in_the_order_of_collection() -> None:
    late = lab("platelets", "60", day(20), received_at=at(day(44)))
    found = timeline(dull(late)).of(Analyte.PLATELETS)
    assert [result.on for result in found] == [BASELINE_ON, day(20), day(44)]


# --- derived neutrophils -----------------------------------------------------------------------------


def test_a_neutrophil_count_is_derived_where_a_draw_has_none() -> None:
    facts = dull(lab("neutrophils_pct", "50", day(44)), neutrophils=None)
    (found,) = timeline(facts).in_interval(Analyte.NEUTROPHILS, 1)
    assert (found.derived, found.id) == (True, f"neutrophils_pct-{day(44)}-9")
    assert found.reading is not None
    assert found.reading.canonical == Decimal("2.8")
    assert found.reading.low is None


@pytest.mark.parametrize("changes", [{"comparator": "<"}, {"hour": 10}, {"status": "preliminary"}])
def test_nothing_is_derived_from_a_comparator_another_draw_or_a_preliminary_half(
    changes: dict[str, str],
) -> None:
    percentage = lab("neutrophils_pct", "50", day(44), **changes)  # type: ignore[arg-type]
    assert timeline(dull(percentage, neutrophils=None)).in_interval(Analyte.NEUTROPHILS, 1) == []


def test_an_absolute_count_of_the_draw_is_the_one_that_counts() -> None:
    (found,) = timeline(dull(lab("neutrophils_pct", "50", day(44)))).in_interval(Analyte.NEUTROPHILS, 1)
    assert not found.derived


# --- intervals ---------------------------------------------------------------------------------------


def test_an_interval_runs_from_after_one_start_to_the_next() -> None:
    course = timeline(dull(infusions=2))
    start = at(DAYS[1], 10)
    assert course.interval_of_instant(start) == 1
    assert course.interval_of_instant(start + timedelta(microseconds=1)) == 2
    assert course.interval_of_instant(at(DAYS[0], 10)) == 0


def test_a_day_belongs_to_the_interval_that_begins_on_it() -> None:
    course = timeline(dull(infusions=2))
    assert [course.interval_of_day(DAYS[1] + timedelta(days)) for days in (-1, 0, 1)] == [1, 2, 2]
    assert course.interval_of_day(DAYS[0] - timedelta(1)) == 0


def test_a_result_has_the_local_day_of_its_draw() -> None:
    late = lab("platelets", "100", day(40), collected_at=datetime.fromisoformat("2025-02-25T04:30:00+00:00"))
    (found,) = [r for r in timeline(dull(late)).accepted if r.id == late.id]
    assert found.on == date(2025, 2, 24)


# --- the day of infusion n ---------------------------------------------------------------------------


def test_the_day_of_an_infusion_is_given_planned_or_projected() -> None:
    course = timeline(
        replace(dull(), infusions=(given(1, DAYS[0], planned_on=DAYS[0] - timedelta(3)), planned(2, day(60))))
    )
    assert [course.day(n) for n in (0, 1, 2, 3)] == [None, DAYS[0], day(60), day(60 + 56)]
    assert timeline(replace(before_first(), infusions=())).day(1) is None


def test_an_infusion_given_after_as_of_is_still_planned() -> None:
    given_now = given(1, DAYS[0], planned_on=DAYS[0] - timedelta(1))
    for seconds, is_given in ((-1, False), (0, True)):
        facts = replace(dull(), infusions=(given_now,), as_of=at(DAYS[0], 10) + timedelta(seconds=seconds))
        course = timeline(facts)
        assert course.is_given(1) == is_given
        assert course.day(1) == (DAYS[0] if is_given else DAYS[0] - timedelta(1))
    unplanned = replace(given_now, planned_on=None)
    assert timeline(replace(dull(), infusions=(unplanned,), as_of=at(BASELINE_ON))).infusion(1) is None


def test_an_infusion_that_runs_has_no_end_yet() -> None:
    running = timeline(replace(dull(), as_of=at(DAYS[0], 10, 20))).last
    assert running is not None
    assert running.ended_at is None


def test_an_injection_given_after_as_of_is_still_planned() -> None:
    later = InjectionFact("lanreotide", given_at=NOON + timedelta(1), planned_on=day(50))
    unplanned = InjectionFact("lanreotide", given_at=NOON + timedelta(1))
    (found,) = timeline(replace(dull(), injections=(later, unplanned))).injections
    assert (found.given_at, found.planned_on) == (None, day(50))


def test_a_fact_with_only_a_date_exists_from_that_local_date_on() -> None:
    facts = replace(dull(), adverse_events=(event("Fatigue", day(45)), event("Nausea", day(46))))
    assert [found.term for found in timeline(facts).events] == ["Fatigue"]
    just_after_midnight = replace(facts, as_of=datetime.fromisoformat("2025-03-01T05:00:00+00:00"))
    assert len(timeline(just_after_midnight).events) == 2


# --- baseline ----------------------------------------------------------------------------------------


def baseline_of(*results: ResultFact, pin: str = "") -> str | None:
    facts = replace(
        dull(),
        results=results,
        baseline_pins=(BaselinePinFact("platelets", pin),) if pin else (),
    )
    found = timeline(facts).baseline(Analyte.PLATELETS)
    return found.id if found else None


def test_the_baseline_is_the_latest_usable_result_before_the_first_infusion() -> None:
    early, late = lab("platelets", "100", date(2024, 12, 1)), lab("platelets", "200", BASELINE_ON)
    start = lab("platelets", "300", DAYS[0], collected_at=at(DAYS[0], 10))
    assert baseline_of(early, late, start) == late.id
    assert baseline_of(start) is None
    assert baseline_of(early, replace(late, unit=None)) == early.id
    assert baseline_of(early, replace(late, status="preliminary")) == early.id


@pytest.mark.hazard("H13")
def test_a_prescriber_may_pin_another_baseline() -> None:
    early, late = lab("platelets", "100", date(2024, 12, 1)), lab("platelets", "200", BASELINE_ON)
    assert baseline_of(early, late, pin=early.id) == early.id
    assert baseline_of(late, pin="gone") == late.id


def test_before_the_first_infusion_there_is_no_baseline() -> None:
    assert timeline(before_first()).baseline(Analyte.PLATELETS) is None


@pytest.mark.parametrize("version", ["4.03", "5.0", "6.0"])
@pytest.mark.parametrize(
    ("analyte", "value", "expected"), [("ast", "100", 1), ("creatinine", "1.5", 1), ("inr", "2.6", None)]
)
def test_results_of_before_the_first_infusion_are_never_graded_against_themselves(
    analyte: str, value: str, expected: int | None, version: str
) -> None:
    """AST of 2.5 x ULN would be grade 0 against itself, and the INR of a patient on anticoagulants too."""
    before = lab(analyte, value, BASELINE_ON, hour=10)
    facts = replace(
        dull(),
        patient=replace(dull().patient, anticoagulated=True),
        settings=Settings(ctcae=version),
        results=(*panel(BASELINE_ON), before),
    )
    (newest,) = (result for result in timeline(facts).of(Analyte(analyte)) if result.id == before.id)
    assert newest.grades is not None
    assert newest.grades.grade == expected


@pytest.mark.parametrize("version", ["4.03", "5.0", "6.0"])
def test_nor_is_an_earlier_one_graded_against_the_baseline_that_came_after_it(version: str) -> None:
    """Creatinine 1.5 is 3 x the later 0.5, grade 2; by the ULN of 1.2 it is grade 1."""
    early = lab("creatinine", "1.5", BASELINE_ON - timedelta(7))
    late = lab("creatinine", "0.5", BASELINE_ON, hour=10)
    facts = replace(dull(), settings=Settings(ctcae=version), results=(*panel(BASELINE_ON), early, late))
    graded = {result.id: result.grades for result in timeline(facts).of(Analyte.CREATININE)}
    assert graded[early.id] == Grades(1, 1)


# --- weights -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([(-63, "70")], "70"),
        ([(-64, "70")], None),
        ([(0, "70")], "70"),
        ([(63, "70")], "70"),
        ([(64, "70")], None),
        ([(-10, "70"), (-20, "80")], "70"),  # the newest on or before the day
        ([(-10, "70"), (1, "80")], "70"),
        ([(5, "80"), (1, "70")], "70"),  # failing that the first after it
        ([(-64, "70"), (1, "80")], "80"),  # the one before is too far away to be usable
        ([(-1, "19.9"), (-2, "70")], "70"),  # implausible: kept, and used by no rule
        ([(-1, "350.1"), (-2, "70")], "70"),
        ([(-1, "350"), (-182, "70")], "350"),
    ],
)
def test_the_weight_of_a_day(weights: list[tuple[int, str]], expected: str | None) -> None:
    on = day(70)
    facts = replace(
        dull(),
        weights=tuple(WeightFact(Decimal(kg), on + timedelta(days)) for days, kg in weights),
        as_of=at(on + timedelta(70)),
    )
    assert timeline(facts).weights_for(on) == (() if expected is None else (Decimal(expected),))


def test_a_weight_of_tomorrow_is_not_known() -> None:
    facts = replace(dull(), weights=(WeightFact(Decimal(70), day(46)),))
    assert timeline(facts).weights_for(day(45)) == ()
