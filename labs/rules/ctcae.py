"""Grade laboratory values by NCI CTCAE 4.03, 5.0 and 6.0.

Only the terms that PRRT rules use (docs/clinical/ctcae.md has the readings and the open questions). The
tables hold the source's numbers and directions, so that a clinician can lay them beside it. "<75 - 50"
excludes 75.0 and includes 50.0; ">3.0 - 5.0 x ULN" excludes 3.0 and includes 5.0. So each grade is given
by where it begins, and the worst grade that has begun is the grade.

"Cannot be graded" is an answer, never grade 0: a comparator or a limit that was not sent leaves a span of
possible grades.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from labs.rules.analytes import Analyte
from labs.rules.numbers import all_of, any_of, negated, over
from labs.rules.reading import Reading, above, below, over_base, over_high, under_low
from labs.rules.units import HEMOGLOBIN_MMOL

VERSIONS = ("4.03", "5.0", "6.0")


@dataclass(frozen=True, slots=True)
class Grades:
    """The mildest and the worst grade that a result can have; one and the same where it is decided."""

    lowest: int
    highest: int
    grade: int | None = field(init=False, repr=False, compare=False)
    """None while undecided."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "grade", self.lowest if self.lowest == self.highest else None)


class Measure(Enum):
    """What a criterion compares the value with."""

    BELOW_LLN = "< LLN"
    BELOW = "<"
    ABOVE = ">"
    OVER_ULN = "> x ULN"
    OVER_BASELINE = "> x baseline"
    FROM_BASELINE = ">= x baseline"
    OVER_ULN_AND_BASELINE = "> x ULN and > x baseline"


_OF_BASELINE = frozenset((Measure.OVER_BASELINE, Measure.FROM_BASELINE, Measure.OVER_ULN_AND_BASELINE))


@dataclass(frozen=True, slots=True)
class Criterion:
    """One way into a grade. `number` is in the canonical unit, or a multiple of the limit."""

    measure: Measure
    number: Decimal = Decimal(1)


Scale = Mapping[int, tuple[Criterion, ...]]
"""Grade -> the criteria of which any one suffices."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the CTCAE: its scale, and the scales that the patient's own baseline chooses instead."""

    name: str
    scale: Scale
    baseline_abnormal: Scale | None = None  # the baseline was above its ULN
    baseline_low: Scale | None = None  # the baseline was below its LLN


BELOW_LLN = Criterion(Measure.BELOW_LLN)


def _below(number: str) -> tuple[Criterion, ...]:
    return (Criterion(Measure.BELOW, Decimal(number)),)


def _above(number: str) -> tuple[Criterion, ...]:
    return (Criterion(Measure.ABOVE, Decimal(number)),)


def _uln(times: str) -> tuple[Criterion, ...]:
    return (Criterion(Measure.OVER_ULN, Decimal(times)),)


def _base(times: str) -> tuple[Criterion, ...]:
    return (Criterion(Measure.OVER_BASELINE, Decimal(times)),)


def _from_base(times: str) -> tuple[Criterion, ...]:
    return (Criterion(Measure.FROM_BASELINE, Decimal(times)),)


def _low(*numbers: str) -> Scale:
    """Grade 1 below the LLN, then from grade 2 below the given numbers."""
    return {1: (BELOW_LLN,), **{grade: _below(number) for grade, number in enumerate(numbers, start=2)}}


def _times_uln(*times: str) -> Scale:
    return {grade: _uln(number) for grade, number in enumerate(times, start=1)}


def _times_base(*times: str) -> Scale:
    return {grade: _base(number) for grade, number in enumerate(times, start=1)}


def _first_from_base(first: str, *times: str) -> Scale:
    """Grade 1 begins at its multiple of the baseline, the others above theirs."""
    return {1: _from_base(first), **{grade: _base(number) for grade, number in enumerate(times, start=2)}}


PLATELETS = "Platelet count decreased"
HEMOGLOBIN = "Anemia"
NEUTROPHILS = "Neutrophil count decreased"
LYMPHOCYTES = "Lymphocyte count decreased"
WBC = "White blood cell decreased"
CREATININE = "Creatinine increased"
BILIRUBIN = "Blood bilirubin increased"
AST = "Aspartate aminotransferase increased"
ALT = "Alanine aminotransferase increased"
ALP = "Alkaline phosphatase increased"
GGT = "GGT increased"
ALBUMIN = "Hypoalbuminemia"
INR = "INR increased"
POTASSIUM = "Hyperkalemia"

# Counts in 10*9/L. Grade 4 anemia and hypoalbuminemia are clinical judgments, not numbers.
# A red-cell transfusion is grade 3 anemia as well; it is an event, so the dose table sees to it.
_IN_EVERY_VERSION: Mapping[Analyte, Term] = {
    Analyte.PLATELETS: Term(PLATELETS, _low("75", "50", "25")),
    Analyte.HEMOGLOBIN: Term(HEMOGLOBIN, _low("10.0", "8.0")),
    Analyte.NEUTROPHILS: Term(NEUTROPHILS, _low("1.5", "1.0", "0.5")),
    Analyte.LYMPHOCYTES: Term(LYMPHOCYTES, _low("0.8", "0.5", "0.2")),
    Analyte.WBC: Term(WBC, _low("3.0", "2.0", "1.0")),
    Analyte.ALBUMIN: Term(ALBUMIN, _low("30", "20")),
    Analyte.POTASSIUM: Term(
        POTASSIUM, {1: _uln("1.0"), 2: _above("5.5"), 3: _above("6.0"), 4: _above("7.0")}
    ),
}

_BILIRUBIN_ULN = _times_uln("1.0", "1.5", "3.0", "10.0")
_AST_ALT_ULN = _times_uln("1.0", "3.0", "5.0", "20.0")
_ALP_GGT_ULN = _times_uln("1.0", "2.5", "5.0", "20.0")
_CREATININE_ULN = _times_uln("1.0", "1.5", "3.0", "6.0")
_CREATININE_ULN_OR_BASE: Scale = {
    1: _uln("1.0"),
    2: _uln("1.5") + _base("1.5"),
    3: _uln("3.0") + _base("3.0"),
    4: _uln("6.0"),
}

_CTCAE_4_03: Mapping[Analyte, Term] = {
    **_IN_EVERY_VERSION,
    Analyte.CREATININE: Term(CREATININE, {**_CREATININE_ULN_OR_BASE, 1: _uln("1.0") + _base("1.0")}),
    Analyte.BILIRUBIN: Term(BILIRUBIN, _BILIRUBIN_ULN),
    Analyte.AST: Term(AST, _AST_ALT_ULN),
    Analyte.ALT: Term(ALT, _AST_ALT_ULN),
    Analyte.ALP: Term(ALP, _ALP_GGT_ULN),
    Analyte.GGT: Term(GGT, _ALP_GGT_ULN),
    Analyte.INR: Term(INR, _times_uln("1.0", "1.5", "2.5")),
}

_AST_ALT_BASE_5 = _first_from_base("1.5", "3.0", "5.0", "20.0")
_ALP_GGT_BASE_5 = _first_from_base("2.0", "2.5", "5.0", "20.0")

_CTCAE_5_0: Mapping[Analyte, Term] = {
    **_IN_EVERY_VERSION,
    Analyte.CREATININE: Term(CREATININE, _CREATININE_ULN_OR_BASE),
    Analyte.BILIRUBIN: Term(
        BILIRUBIN, _BILIRUBIN_ULN, baseline_abnormal=_times_base("1.0", "1.5", "3.0", "10.0")
    ),
    Analyte.AST: Term(AST, _AST_ALT_ULN, baseline_abnormal=_AST_ALT_BASE_5),
    Analyte.ALT: Term(ALT, _AST_ALT_ULN, baseline_abnormal=_AST_ALT_BASE_5),
    Analyte.ALP: Term(ALP, _ALP_GGT_ULN, baseline_abnormal=_ALP_GGT_BASE_5),
    Analyte.GGT: Term(GGT, _ALP_GGT_ULN, baseline_abnormal=_ALP_GGT_BASE_5),
    Analyte.INR: Term(INR, {1: _above("1.2"), 2: _above("1.5"), 3: _above("2.5")}),
}

_AST_ALT_BASE_6 = _first_from_base("1.0", "1.5", "2.0", "4.0")

_CTCAE_6_0: Mapping[Analyte, Term] = {
    **{analyte: term for analyte, term in _CTCAE_5_0.items() if analyte != Analyte.LYMPHOCYTES},
    Analyte.PLATELETS: Term(PLATELETS, _low("75", "50", "10")),
    Analyte.NEUTROPHILS: Term(
        NEUTROPHILS, {1: _below("1.5"), 2: _below("1.0"), 3: _below("0.5"), 4: _below("0.1")}
    ),
    Analyte.CREATININE: Term(CREATININE, _CREATININE_ULN, baseline_low=_CREATININE_ULN_OR_BASE),
    Analyte.BILIRUBIN: Term(
        BILIRUBIN, _BILIRUBIN_ULN, baseline_abnormal=_first_from_base("1.0", "1.5", "2.5", "10.0")
    ),
    Analyte.AST: Term(AST, _AST_ALT_ULN, baseline_abnormal=_AST_ALT_BASE_6),
    Analyte.ALT: Term(ALT, _AST_ALT_ULN, baseline_abnormal=_AST_ALT_BASE_6),
    Analyte.ALP: Term(ALP, {1: (Criterion(Measure.OVER_ULN_AND_BASELINE),)}),
    Analyte.GGT: Term(GGT, _ALP_GGT_ULN, baseline_abnormal=_first_from_base("1.0", "1.5", "3.0", "10.0")),
}

TERMS: Mapping[str, Mapping[Analyte, Term]] = {
    "4.03": _CTCAE_4_03,
    "5.0": _CTCAE_5_0,
    "6.0": _CTCAE_6_0,
}
"""CTCAE version -> analyte -> term."""

INR_ON_ANTICOAGULATION = _times_base("1.0", "1.5", "2.5")
"""In every version, instead of the version's own scale."""

HEMOGLOBIN_PRINTED_MMOL: Mapping[Decimal, Decimal] = {
    Decimal("10.0"): Decimal("6.20"),
    Decimal("8.0"): Decimal("4.90"),
}
"""Bound in g/dL -> the bound in mmol/L that the CTCAE prints beside it, a little below the converted one."""


@lru_cache
def worst_grade_of(analyte: Analyte, version: str) -> int:
    """The worst grade that the version knows for an analyte; 0 where it grades nothing."""
    term = TERMS[version].get(analyte)
    return max(term.scale) if term else 0


@lru_cache(maxsize=1 << 14)
def that_counts(baseline: Reading, version: str, anticoagulated: bool) -> Reading | None:
    """Return the baseline, or None where every grade is the same without it: so `grade` remembers fewer."""
    term = TERMS[version].get(baseline.analyte)
    if _is_inr_on_anticoagulation(baseline, anticoagulated):
        return baseline
    if term is None or (not _names_baseline(term.scale) and _chooses_other(term, baseline) is False):
        return None
    return baseline


def _is_inr_on_anticoagulation(reading: Reading, anticoagulated: bool) -> bool:
    return anticoagulated and reading.analyte is Analyte.INR


def _names_baseline(scale: Scale) -> bool:
    return any(criterion.measure in _OF_BASELINE for criteria in scale.values() for criterion in criteria)


@lru_cache(maxsize=1 << 16)
def grade(reading: Reading, version: str, baseline: Reading | None, anticoagulated: bool) -> Grades | None:
    """Return the grades a result can have, or None where the CTCAE version grades nothing here.

    `baseline` is None for a result collected before the first infusion: it is judged by ULN and LLN only,
    never against itself. `version` is one of VERSIONS; another raises KeyError.
    """
    term = TERMS[version].get(reading.analyte)
    if term is None:
        return None
    if _is_inr_on_anticoagulation(reading, anticoagulated):
        if baseline is None:
            return Grades(0, max(INR_ON_ANTICOAGULATION))
        return _on_scale(INR_ON_ANTICOAGULATION, reading, baseline)
    possible = [_on_scale(scale, reading, *bases) for scale, *bases in _scales(term, baseline)]
    return Grades(min(grades.lowest for grades in possible), max(grades.highest for grades in possible))


def _scales(term: Term, baseline: Reading | None) -> Iterator[tuple[Scale, *tuple[Reading, ...]]]:
    """The scale that the baseline chooses, with the baseline; both when its comparator leaves that open.

    Then the baseline of the other scale lies beyond its own limit as well: ALT <= 119 with ULN 40 is above
    40 where the scale for an abnormal baseline holds.
    """
    other = term.baseline_abnormal or term.baseline_low
    chosen = _chooses_other(term, baseline)
    known = () if baseline is None else (baseline,)
    if other is not None and chosen is not False:
        yield other, *known, *(_beyond(term, baseline) if chosen is None and baseline else ())
    if chosen is not True:
        yield term.scale, *known


def _beyond(term: Term, baseline: Reading) -> Iterator[Reading]:
    if term.baseline_abnormal is not None:
        yield replace(baseline, comparator=">", sent=baseline.high)
    else:
        yield replace(baseline, comparator="<", sent=baseline.low)


def _chooses_other(term: Term, baseline: Reading | None) -> bool | None:
    """Without a baseline, or without the limit that came with it, the ordinary scale holds."""
    if baseline is None:
        return False
    if term.baseline_abnormal is not None and baseline.high is not None:
        return over_high(baseline)
    if term.baseline_low is not None and baseline.low is not None:
        return under_low(baseline)
    return False


def _on_scale(scale: Scale, reading: Reading, *bases: Reading) -> Grades:
    """`bases` all say something true of the one baseline; without any nobody has one."""
    lowest = highest = 0
    for degree, criteria in scale.items():
        begun = any_of(*(_begun(criterion, reading, bases) for criterion in criteria))
        if begun is not False:
            highest = max(highest, degree)
        if begun is True:
            lowest = max(lowest, degree)
    return Grades(lowest, highest)


def _begun(criterion: Criterion, reading: Reading, bases: tuple[Reading, ...]) -> bool | None:
    """A criterion against a baseline that nobody has does not hold: the others of its grade decide."""
    match criterion.measure:
        case Measure.BELOW_LLN:
            return _is_under_low(reading)
        case Measure.BELOW:
            return _is_below(reading, criterion.number)
        case Measure.ABOVE:
            return above(reading, criterion.number)
        case Measure.OVER_ULN:
            return over_high(reading, criterion.number)
        case Measure.OVER_BASELINE:
            return bool(bases) and _over_bases(reading, bases, criterion.number)
        case Measure.FROM_BASELINE:
            return bool(bases) and _over_bases(reading, bases, criterion.number, or_equal=True)
        case Measure.OVER_ULN_AND_BASELINE:
            over_baseline = not bases or _over_bases(reading, bases, criterion.number)
            return all_of(over_high(reading, criterion.number), over_baseline)


def _over_bases(
    reading: Reading, bases: tuple[Reading, ...], factor: Decimal, *, or_equal: bool = False
) -> bool | None:
    answers = (over_base(reading, base, factor, or_equal=or_equal) for base in bases)
    return next((answer for answer in answers if answer is not None), None)


def _is_under_low(reading: Reading) -> bool | None:
    """A hemoglobin that one of its two grade 2 bounds catches is at least grade 1 by the other."""
    if _is_hemoglobin_in_mmol(reading):
        return any_of(under_low(reading), below(reading, max(HEMOGLOBIN_PRINTED_MMOL)))
    return under_low(reading)


def _is_below(reading: Reading, number: Decimal) -> bool | None:
    """Where the printed and the converted bound of a hemoglobin in mmol/L disagree, nobody can tell."""
    converted = below(reading, number)
    if not _is_hemoglobin_in_mmol(reading) or reading.sent is None:
        return converted
    printed = negated(over(reading.sent, reading.comparator, HEMOGLOBIN_PRINTED_MMOL[number], or_equal=True))
    return converted if converted == printed else None


def _is_hemoglobin_in_mmol(reading: Reading) -> bool:
    return reading.analyte == Analyte.HEMOGLOBIN and reading.div == HEMOGLOBIN_MMOL.div
