"""The closed table of units: which spelling, under which code, means what in the canonical unit.

Source: the project's clinical rules, section 2 (docs/clinical/units.md). Spelling counts, upper and lower
case too. Public UCUM parsers read `K/uL` as kelvin, so the table is our own; a spelling that is not in it
is put before a person, never guessed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from labs.rules.analytes import CODES, QUALITATIVE, UREA_CODES, Analyte
from labs.rules.numbers import ONE


@dataclass(frozen=True, slots=True)
class Conversion:
    """canonical = sent * mul / div, kept as two factors because 1 / 88.42 does not end."""

    mul: Decimal = ONE
    div: Decimal = ONE


_AS_IT_IS = Conversion()
HEMOGLOBIN_MMOL = Conversion(div=Decimal("0.6206"))
_MICRO_SIGNS = ("u", "\u00b5", "\u03bc")  # the letter u, the micro sign, the Greek mu


def _with_every_micro(spelling: str) -> Iterable[str]:
    """`u` is micro only before a litre or a mole: `uL`, `umol`."""
    for micro in _MICRO_SIGNS:
        yield spelling.replace("uL", f"{micro}L").replace("umol", f"{micro}mol")


def _means(conversion: Conversion, *spellings: str) -> dict[str, Conversion]:
    return {written: conversion for spelling in spellings for written in _with_every_micro(spelling)}


_COUNTS = {
    **_means(
        _AS_IT_IS,
        *("10*9/L", "10^9/L", "K/uL", "10*3/uL", "10^3/uL"),
        *("k/cumm", "THOU/uL", "G/L", "GI/L", "giga.l-1"),
    ),
    **_means(Conversion(div=Decimal(1000)), "{cells}/uL", "cells/uL", "/uL"),
}
_ENZYMES = _means(_AS_IT_IS, "U/L", "IU/L", "[iU]/L")
_ELECTROLYTES = _means(_AS_IT_IS, "mmol/L", "meq/L", "mEq/L")
_PERCENT = _means(_AS_IT_IS, "%")

_OF_ANALYTE: Mapping[Analyte, Mapping[str, Conversion]] = {
    Analyte.PLATELETS: _COUNTS,
    Analyte.NEUTROPHILS: _COUNTS,
    Analyte.NEUTROPHILS_PCT: _PERCENT,
    Analyte.LYMPHOCYTES: _COUNTS,
    Analyte.WBC: _COUNTS,
    Analyte.HEMOGLOBIN: {
        **_means(_AS_IT_IS, "g/dL"),
        **_means(Conversion(div=Decimal(10)), "g/L"),
        **_means(HEMOGLOBIN_MMOL, "mmol/L"),
    },
    Analyte.CREATININE: {
        **_means(_AS_IT_IS, "mg/dL"),
        **_means(Conversion(div=Decimal("88.42")), "umol/L"),
    },
    Analyte.UREA_NITROGEN: _means(_AS_IT_IS, "mg/dL"),
    Analyte.ALBUMIN: {
        **_means(_AS_IT_IS, "g/L"),
        **_means(Conversion(mul=Decimal(10)), "g/dL"),
    },
    Analyte.ALP: _ENZYMES,
    Analyte.GGT: _ENZYMES,
    Analyte.AST: _ENZYMES,
    Analyte.ALT: _ENZYMES,
    Analyte.BILIRUBIN: {
        **_means(_AS_IT_IS, "mg/dL"),
        **_means(Conversion(div=Decimal("17.104")), "umol/L"),
    },
    Analyte.INR: _means(_AS_IT_IS, "{INR}", "INR", "1"),
    Analyte.PROTHROMBIN_ACTIVITY: _PERCENT,
    Analyte.POTASSIUM: _ELECTROLYTES,
    Analyte.SODIUM: _ELECTROLYTES,
    Analyte.CALCIUM: {
        **_means(_AS_IT_IS, "mg/dL"),
        **_means(Conversion(div=Decimal("0.2495")), "mmol/L"),
    },
    Analyte.CHROMOGRANIN_A: _means(_AS_IT_IS, "ng/mL"),
    Analyte.HIAA_URINE: _means(_AS_IT_IS, "mg/(24.h)"),
    Analyte.HCG: _means(_AS_IT_IS, "m[IU]/mL"),
    Analyte.EGFR: _means(_AS_IT_IS, "mL/min/{1.73_m2}"),
    Analyte.WEIGHT: _means(_AS_IT_IS, "kg"),
    Analyte.HEIGHT: _means(_AS_IT_IS, "cm"),
}

_UREA = _means(Conversion(div=Decimal("0.357")), "mmol/L")
_NO_UNIT: Mapping[str, Conversion] = {}


def _of_code(analyte: Analyte, loinc: str) -> Mapping[str, Conversion]:
    if loinc in UREA_CODES:
        return _UREA
    return _NO_UNIT if loinc in QUALITATIVE else _OF_ANALYTE[analyte]


UNITS: Mapping[str, Mapping[str, Conversion]] = {
    loinc: _of_code(analyte, loinc) for analyte, codes in CODES.items() for loinc in codes
}
"""LOINC code -> accepted spelling -> conversion into the canonical unit of the code's analyte."""
