"""Lab trends of a course: the values as used, with the lines of the dose table and of the CTCAE."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.safestring import SafeString

from coordination import charts
from coordination.charts import Level, Point, Trend
from coordination.patient_page import words
from coordination.patient_page.opened import local_day
from coordination.patient_page.results import ResultLine
from coordination.patient_page.sheet import Sheet
from labs.rules.analytes import CANONICAL_UNIT, Analyte
from labs.rules.ctcae import TERMS, Measure
from labs.rules.numbers import EXACT
from labs.rules.reading import Reading

SHOWN = (
    Analyte.PLATELETS,
    Analyte.HEMOGLOBIN,
    Analyte.NEUTROPHILS,
    Analyte.WBC,
    Analyte.CREATININE,
    Analyte.BILIRUBIN,
    Analyte.ALBUMIN,
    Analyte.AST,
    Analyte.ALT,
    Analyte.LYMPHOCYTES,
    Analyte.ALP,
    Analyte.GGT,
    Analyte.INR,
    Analyte.CHROMOGRANIN_A,
    Analyte.HIAA_URINE,
)
# The grade at which the dose table fires (RULES 4); the other rows are read in _decisions.
FIRES_FROM_GRADE = {
    Analyte.PLATELETS: 2,
    Analyte.HEMOGLOBIN: 3,
    Analyte.NEUTROPHILS: 3,
    Analyte.AST: 3,
    Analyte.ALT: 3,
}
LOW_IS_BAD = frozenset({Measure.BELOW, Measure.BELOW_LLN})


@dataclass(frozen=True, slots=True)
class Drawn:
    """One chart and its twin: the same points as lines of a table, the newest first."""

    key: str  # of the analyte
    name: str
    unit: str
    svg: SafeString
    lines: list[ResultLine]
    levels: list[Level]


def trends(sheet: Sheet, lines: list[ResultLine]) -> list[Drawn]:
    """A chart for each analyte that has a usable value, in the order of the dose table."""
    used = [line for line in lines if line.reading and not line.is_rejected and line.collected_at]
    if not used:
        return []
    infusions = _infusions(sheet)
    first, last = _reach(sheet, used, infusions)
    drawn = []
    for analyte in SHOWN:
        of_analyte = [line for line in used if line.key == analyte]
        if not of_analyte:
            continue
        chart = Trend(
            key=str(analyte).replace("_", "-"),
            name=words.analyte_word(analyte),
            unit=words.unit_word(CANONICAL_UNIT[analyte]),
            points=[_point(line) for line in reversed(of_analyte)],
            levels=list(_levels(sheet, analyte, of_analyte)),
        )
        svg = charts.trend(chart, infusions=infusions, first=first, last=last)
        drawn.append(Drawn(analyte, chart.name, chart.unit, svg, of_analyte, chart.levels))
    return drawn


def _infusions(sheet: Sheet) -> list[tuple[int, date]]:
    return [
        (infusion.cycle, local_day(infusion.started_at))
        for infusion in sheet.facts.infusions
        if infusion.started_at
    ]


def _reach(sheet: Sheet, used: Iterable[ResultLine], infusions: list[tuple[int, date]]) -> tuple[date, date]:
    days = [local_day(line.collected_at) for line in used if line.collected_at]
    days += [on for _, on in infusions]
    return min(days) - timedelta(days=7), max(*days, sheet.opened.today) + timedelta(days=7)


def _point(line: ResultLine) -> Point:
    reading, at = line.reading, line.collected_at
    if reading is None or at is None:
        raise ValueError("only a usable result is drawn")
    on = local_day(at)
    grade = f", grade {line.grade}" if line.grade is not None else ""
    sent = f" (sent as {line.as_sent})" if line.as_sent != line.as_used else ""
    said = f"{line.as_used}{sent} on {on.day} {on:%b %Y}{grade}"
    return Point(on, reading.canonical, said, line.grade, bool(reading.comparator))


# --- lines ------------------------------------------------------------------------------------------


def _levels(sheet: Sheet, analyte: Analyte, lines: list[ResultLine]) -> Iterator[Level]:
    """Where the dose table decides, where the CTCAE grades begin, and the laboratory's own limits."""
    newest = next((line.reading for line in lines if line.reading), None)
    if newest is None:
        return
    yield from _decisions(sheet, analyte, lines, newest)
    term = TERMS[sheet.assessment.ctcae].get(analyte)
    for grade, criteria in (term.scale if term else {}).items():
        for criterion in criteria:
            value = _in_units(criterion.measure, criterion.number, newest)
            if value is not None and grade != FIRES_FROM_GRADE.get(analyte):
                yield Level(value, f"G{grade}", "grade")


def _decisions(sheet: Sheet, analyte: Analyte, lines: list[ResultLine], newest: Reading) -> Iterator[Level]:
    protocol = sheet.protocol
    if grade := FIRES_FROM_GRADE.get(analyte):
        for criterion in TERMS[sheet.assessment.ctcae][analyte].scale[grade]:
            value = _in_units(criterion.measure, criterion.number, newest)
            if value is not None:
                side = "<" if criterion.measure in LOW_IS_BAD else ">"
                yield _decision(side, value)
    elif analyte == Analyte.CREATININE and protocol.renal:
        base = _baseline(sheet, analyte, lines)
        if base is not None:
            yield _decision("≥", EXACT.multiply(base.canonical, protocol.renal.creatinine_rise))
    elif analyte == Analyte.BILIRUBIN and protocol.hepatic:
        value = _in_units(Measure.OVER_ULN, protocol.hepatic.bilirubin_over_uln, newest)
        if value is not None:
            yield _decision(">", value)
    elif analyte == Analyte.ALBUMIN and protocol.hepatic:
        yield _decision("<", protocol.hepatic.albumin_below)


def _decision(side: str, value: Decimal) -> Level:
    return Level(value, f"hold {side} {_short(value)}", "decision")


def _short(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.01')).normalize():f}"


def _in_units(measure: Measure, number: Decimal, newest: Reading) -> Decimal | None:
    """A criterion as a value in the canonical unit; multiples of a limit use the newest limit sent."""
    if measure in (Measure.BELOW, Measure.ABOVE):
        return number
    limit = (
        newest.low if measure is Measure.BELOW_LLN else newest.high if measure is Measure.OVER_ULN else None
    )
    if limit is None:
        return None
    return EXACT.divide(EXACT.multiply(EXACT.multiply(number, limit), newest.mul), newest.div)


def _baseline(sheet: Sheet, analyte: Analyte, lines: list[ResultLine]) -> Reading | None:
    pinned = {pin.analyte: pin.result for pin in sheet.facts.baseline_pins}.get(analyte)
    given = [infusion.started_at for infusion in sheet.facts.infusions if infusion.started_at]
    if pinned:
        return next((line.reading for line in lines if line.result == pinned), None)
    if not given:
        return None
    before = (
        line.reading
        for line in lines
        if line.collected_at and line.collected_at < min(given) and line.reading
    )
    return next(before, None)
