"""A valid, dull course for the dose table: every panel in time, nothing fires, the next dose is 7.4 GBq.

A test replaces the one thing it is about. Day n is counted from the start of the newest infusion; the
pre-dose panel is drawn on day 44 and judged at noon of day 45, the last day of its window.
"""

from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from msgspec.structs import replace

from labs.rules.numbers import EXACT
from scheduling.rules.answer import NextDose, RowAnswer
from scheduling.rules.assess import propose
from scheduling.rules.build_timeline import build_timeline
from scheduling.rules.facts import (
    AdverseEventFact,
    CourseFacts,
    InfusionFact,
    PatientFacts,
    ResultFact,
    Settings,
    TransfusionFact,
    WeightFact,
)
from scheduling.rules.timeline import Timeline
from tests.rules.scheduling.courses import at, given, planned, protocol

US_2018, US_2024, EU = "lutathera-us-2018", "lutathera-us-2024", "lutathera-eu"
DAYS = (date(2025, 1, 14), date(2025, 3, 11), date(2025, 5, 6), date(2025, 7, 1))  # 56 days apart
BASELINE_ON = date(2025, 1, 2)
PANEL_DAY, JUDGED_DAY = 44, 45  # D(n) - 12 and D(n) - 11

LAB: dict[str, tuple[str, str, str, str, str]] = {  # LOINC, unit, LLN, ULN, a dull value
    "platelets": ("777-3", "10*9/L", "150", "400", "210"),
    "hemoglobin": ("718-7", "g/dL", "12.0", "16.0", "13.2"),
    "neutrophils": ("751-8", "10*9/L", "1.8", "7.7", "3.4"),
    "wbc": ("6690-2", "10*9/L", "4.0", "11.0", "5.6"),
    "creatinine": ("2160-0", "mg/dL", "0.6", "1.2", "1.00"),
    "bilirubin": ("1975-2", "mg/dL", "0.2", "1.2", "0.6"),
    "albumin": ("1751-7", "g/L", "35", "50", "41"),
    "ast": ("1920-8", "U/L", "10", "40", "24"),
    "alt": ("1742-6", "U/L", "7", "40", "22"),
    "alp": ("6768-6", "U/L", "40", "120", "80"),
    "ggt": ("2324-2", "U/L", "5", "60", "30"),
    "lymphocytes": ("731-0", "10*9/L", "1.0", "4.0", "1.5"),
    "neutrophils_pct": ("770-8", "%", "40", "75", "60"),
    "inr": ("6301-6", "{INR}", "0.9", "1.1", "1.0"),
    "prothrombin_activity": ("5894-1", "%", "70", "120", "100"),
}
GATE = ("platelets", "hemoglobin", "neutrophils", "wbc", "creatinine", "bilirubin", "albumin", "ast", "alt")


def lab(analyte: str, value: str | None, on: date, *, hour: int = 9, **changes: Any) -> ResultFact:
    """One final result with the laboratory's limits, drawn at 9:00 and received six hours later."""
    loinc, unit, low, high, _ = LAB[analyte]
    values: dict[str, Any] = {
        "id": f"{analyte}-{on}-{hour}",
        "loinc": loinc,
        "value": value,
        "unit": unit,
        "low": low,
        "high": high,
        "collected_at": at(on, hour),
        "received_at": changes.get("collected_at", at(on, hour)) + timedelta(hours=6),
        "status": "final",
    }
    return ResultFact(**(values | changes))


def panel(on: date, **values: str | None) -> tuple[ResultFact, ...]:
    """The panel that gates a dose, dull but for the values named; None leaves an analyte out."""
    chosen = {analyte: LAB[analyte][4] for analyte in GATE} | values
    return tuple(lab(analyte, value, on) for analyte, value in chosen.items() if value is not None)


def day(number: int, interval: int = 1) -> date:
    """Day `number` after infusion `interval`."""
    return DAYS[interval - 1] + timedelta(days=number)


def dull(
    *falls: ResultFact, infusions: int = 1, settings: Settings | None = None, **values: str | None
) -> CourseFacts:
    """A course with so many infusions given on schedule; `values` change the newest panel."""
    plan: list[InfusionFact] = [given(number, DAYS[number - 1]) for number in range(1, infusions + 1)]
    if infusions < len(DAYS):
        plan.append(planned(infusions + 1, DAYS[infusions]))
    results = [*panel(BASELINE_ON)]
    for number in range(1, infusions):
        results += panel(day(PANEL_DAY, number))
    results += panel(day(PANEL_DAY, infusions), **values)
    return CourseFacts(
        id="dull",
        as_of=at(day(JUDGED_DAY, infusions)),
        timezone="America/New_York",
        protocol=US_2024,
        patient=PatientFacts("male", date(1960, 5, 4)),
        settings=settings or Settings(),
        weights=tuple(
            WeightFact(Decimal(75), on)
            for on in (BASELINE_ON, *(day(PANEL_DAY, n) for n in range(1, infusions + 1)))
        ),
        infusions=tuple(plan),
        results=(*results, *falls),
    )


def before_first(**values: str | None) -> CourseFacts:
    """Nothing given yet: the first infusion is planned, its baseline panel drawn 12 days before."""
    return replace(
        dull(),
        as_of=at(date(2025, 1, 3)),
        infusions=(planned(1, DAYS[0]),),
        results=panel(BASELINE_ON, **values),
    )


def drawn_later(facts: CourseFacts, number: int, interval: int = 1, **values: str | None) -> CourseFacts:
    """The same course at noon of a later day, with a whole fresh panel of the day before."""
    on = day(number - 1, interval)
    return replace(
        facts,
        as_of=at(day(number, interval)),
        results=(*facts.results, *panel(on, **values)),
        weights=(*facts.weights, WeightFact(Decimal(75), on)),
    )


def event(term: str, on: date, grade: int | None = 3, **changes: Any) -> AdverseEventFact:
    return AdverseEventFact(id=f"{term}-{on}", term=term, on=on, grade=grade, **changes)


def red_cells(on: date) -> TransfusionFact:
    return TransfusionFact("red-cells", on)


def timeline(facts: CourseFacts, key: str = US_2024) -> Timeline:
    with localcontext(EXACT):
        return build_timeline(facts, protocol(key))


def proposal(facts: CourseFacts, key: str = US_2024) -> NextDose:
    with localcontext(EXACT):
        return propose(build_timeline(facts, protocol(key)))


def row(facts: CourseFacts, name: str, key: str = US_2024) -> RowAnswer:
    (found,) = [answer for answer in proposal(facts, key).rows if answer.row == name]
    return found


def state(facts: CourseFacts, name: str, key: str = US_2024) -> str:
    return row(facts, name, key).state.value


def decision(facts: CourseFacts, key: str = US_2024) -> str:
    """The action, with its activity: "give 3.7", "hold"."""
    proposed = proposal(facts, key)
    return f"{proposed.action} {proposed.activity_gbq}" if proposed.activity_gbq else f"{proposed.action}"
