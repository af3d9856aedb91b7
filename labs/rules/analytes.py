"""The analytes that rules know, their LOINC codes, canonical units and plausible bands.

Source: the project's clinical rules, section 2 (docs/clinical/units.md). A code that is not in this
table is no result a rule may use, however well its display name reads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Analyte(StrEnum):
    PLATELETS = "platelets"
    NEUTROPHILS = "neutrophils"
    NEUTROPHILS_PCT = "neutrophils_pct"
    LYMPHOCYTES = "lymphocytes"
    WBC = "wbc"
    HEMOGLOBIN = "hemoglobin"
    CREATININE = "creatinine"
    UREA_NITROGEN = "urea_nitrogen"
    ALBUMIN = "albumin"
    ALP = "alp"
    GGT = "ggt"
    AST = "ast"
    ALT = "alt"
    BILIRUBIN = "bilirubin"
    INR = "inr"
    PROTHROMBIN_ACTIVITY = "prothrombin_activity"
    POTASSIUM = "potassium"
    SODIUM = "sodium"
    CALCIUM = "calcium"
    CHROMOGRANIN_A = "chromogranin_a"
    HIAA_URINE = "5hiaa_urine"
    HCG = "hcg"
    EGFR = "egfr"  # shown, never in a rule
    WEIGHT = "weight"
    HEIGHT = "height"


CODES: Mapping[Analyte, tuple[str, ...]] = {
    Analyte.PLATELETS: ("777-3", "26515-7", "778-1"),
    Analyte.NEUTROPHILS: ("751-8", "26499-4", "753-4"),
    Analyte.NEUTROPHILS_PCT: ("770-8",),
    Analyte.LYMPHOCYTES: ("731-0", "26474-7"),
    Analyte.WBC: ("6690-2", "26464-8", "804-5"),
    Analyte.HEMOGLOBIN: ("718-7", "59260-0", "20509-6"),
    Analyte.CREATININE: ("2160-0", "14682-9", "38483-4", "59826-8", "77140-2"),
    Analyte.UREA_NITROGEN: ("3094-0", "6299-2", "14937-7", "22664-7"),
    Analyte.ALBUMIN: ("1751-7", "61151-7", "54347-0"),
    Analyte.ALP: ("6768-6",),
    Analyte.GGT: ("2324-2",),
    Analyte.AST: ("1920-8", "30239-8"),
    Analyte.ALT: ("1742-6", "1743-4"),
    Analyte.BILIRUBIN: ("1975-2", "14631-6"),
    Analyte.INR: ("6301-6", "34714-6"),
    Analyte.PROTHROMBIN_ACTIVITY: ("5894-1",),
    Analyte.POTASSIUM: ("2823-3", "6298-4"),
    Analyte.SODIUM: ("2951-2", "2947-0"),
    Analyte.CALCIUM: ("17861-6", "2000-8"),
    Analyte.CHROMOGRANIN_A: ("9811-1",),
    Analyte.HIAA_URINE: ("1695-6",),
    Analyte.HCG: ("2106-3", "2110-5", "19080-1", "21198-7"),
    Analyte.EGFR: ("33914-3", "62238-1", "98979-8", "77147-7"),
    Analyte.WEIGHT: ("29463-7", "3141-9"),
    Analyte.HEIGHT: ("8302-2",),
}

ANALYTE_OF: Mapping[str, Analyte] = {code: analyte for analyte, codes in CODES.items() for code in codes}
"""LOINC code -> analyte."""

QUALITATIVE = frozenset(("2106-3", "2110-5"))
"""Pregnancy tests that are reported as a word (present or absent), without a unit."""

UREA_CODES = frozenset(("14937-7", "22664-7"))
"""Urea itself, not its nitrogen: the same mg/dL would mean another amount."""

CANONICAL_UNIT: Mapping[Analyte, str] = {
    Analyte.PLATELETS: "10*9/L",
    Analyte.NEUTROPHILS: "10*9/L",
    Analyte.NEUTROPHILS_PCT: "%",
    Analyte.LYMPHOCYTES: "10*9/L",
    Analyte.WBC: "10*9/L",
    Analyte.HEMOGLOBIN: "g/dL",
    Analyte.CREATININE: "mg/dL",
    Analyte.UREA_NITROGEN: "mg/dL",
    Analyte.ALBUMIN: "g/L",
    Analyte.ALP: "U/L",
    Analyte.GGT: "U/L",
    Analyte.AST: "U/L",
    Analyte.ALT: "U/L",
    Analyte.BILIRUBIN: "mg/dL",
    Analyte.INR: "{INR}",
    Analyte.PROTHROMBIN_ACTIVITY: "%",
    Analyte.POTASSIUM: "mmol/L",
    Analyte.SODIUM: "mmol/L",
    Analyte.CALCIUM: "mg/dL",
    Analyte.CHROMOGRANIN_A: "ng/mL",
    Analyte.HIAA_URINE: "mg/(24.h)",
    Analyte.HCG: "m[IU]/mL",
    Analyte.EGFR: "mL/min/{1.73_m2}",
    Analyte.WEIGHT: "kg",
    Analyte.HEIGHT: "cm",
}


@dataclass(frozen=True, slots=True)
class Band:
    """What a canonical value may be, both ends included."""

    lowest: Decimal
    highest: Decimal


@dataclass(frozen=True, eq=False)
class Bands:
    """A center's plausible bands; an analyte that is not named has none.

    Compared by identity, so that it can be part of a cache key: make one per protocol, not one per result.
    """

    by_analyte: Mapping[Analyte, Band]


def _band(lowest: str, highest: str) -> Band:
    return Band(Decimal(lowest), Decimal(highest))


PLAUSIBLE = Bands(
    {
        Analyte.PLATELETS: _band("1", "3000"),
        Analyte.NEUTROPHILS: _band("0", "200"),
        Analyte.NEUTROPHILS_PCT: _band("0", "100"),
        Analyte.LYMPHOCYTES: _band("0", "400"),
        Analyte.WBC: _band("0", "600"),
        Analyte.HEMOGLOBIN: _band("2", "25"),
        Analyte.CREATININE: _band("0.1", "25"),
        Analyte.UREA_NITROGEN: _band("1", "300"),
        Analyte.ALBUMIN: _band("5", "70"),
        Analyte.ALP: _band("1", "20000"),
        Analyte.GGT: _band("1", "20000"),
        Analyte.AST: _band("1", "30000"),
        Analyte.ALT: _band("1", "30000"),
        Analyte.BILIRUBIN: _band("0", "80"),
        Analyte.INR: _band("0.5", "20"),
        Analyte.PROTHROMBIN_ACTIVITY: _band("5", "200"),
        Analyte.POTASSIUM: _band("1", "12"),
        Analyte.SODIUM: _band("90", "200"),
        Analyte.CALCIUM: _band("2", "20"),
        Analyte.WEIGHT: _band("20", "350"),
        Analyte.HEIGHT: _band("80", "230"),
    }
)
"""The default bands (a setting of the center), in canonical units."""


@dataclass(frozen=True, slots=True)
class LimitBands:
    """Where the lower and the upper limit of normal of an analyte may lie, in its canonical unit."""

    low: Band
    high: Band


def _limits(low: tuple[str, str], high: tuple[str, str]) -> LimitBands:
    return LimitBands(_band(*low), _band(*high))


_TRANSAMINASES = _limits(("0", "25"), ("10", "150"))

LIMIT_BANDS: Mapping[Analyte, LimitBands] = {
    Analyte.PLATELETS: _limits(("50", "250"), ("250", "800")),
    Analyte.NEUTROPHILS: _limits(("0.5", "4"), ("4", "15")),
    Analyte.LYMPHOCYTES: _limits(("0.2", "3"), ("2", "12")),
    Analyte.WBC: _limits(("1.5", "8"), ("7", "25")),
    Analyte.HEMOGLOBIN: _limits(("7", "16"), ("12", "22")),
    Analyte.CREATININE: _limits(("0.1", "1"), ("0.5", "2")),
    Analyte.POTASSIUM: _limits(("2.5", "4.5"), ("4.2", "6.5")),
    Analyte.ALBUMIN: _limits(("15", "50"), ("40", "70")),
    Analyte.AST: _TRANSAMINASES,
    Analyte.ALT: _TRANSAMINASES,
    Analyte.ALP: _limits(("10", "150"), ("60", "700")),
    Analyte.GGT: _limits(("0", "25"), ("15", "200")),
    Analyte.BILIRUBIN: _limits(("0", "0.8"), ("0.5", "3")),
    Analyte.INR: _limits(("0.5", "1.1"), ("0.9", "1.6")),
    Analyte.PROTHROMBIN_ACTIVITY: _limits(("50", "90"), ("90", "200")),
}
"""The default bands of the limits (a setting of the center), both ends included; the others have none.

Source: the project's clinical rules, section 10, Limits (docs/clinical/units.md).
"""
