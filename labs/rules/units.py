"""The closed table of units: which spelling, under which code, means what in the canonical unit.

Source: the project's clinical rules, section 2 (docs/clinical/units.md). Public UCUM parsers read `K/uL` as
kelvin, so the table is our own. A spelling is normalized first; what could mean two things for its analyte
is in no list, and goes before a person.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from labs.rules.analytes import CODES, UREA_CODES, Analyte
from labs.rules.numbers import ONE


@dataclass(frozen=True, slots=True)
class Conversion:
    """canonical = sent * mul / div, kept as two factors because 1 / 88.42 does not end."""

    mul: Decimal = ONE
    div: Decimal = ONE


AS_IT_IS = Conversion()
HEMOGLOBIN_MMOL = Conversion(div=Decimal("0.6206"))

_BLANKS = re.compile(r"\s+")
_MICRO = re.compile("[\u00b5\u03bc]")  # the micro sign, the Greek mu
_MICROLITER = re.compile(r"mc(?=l$)", re.IGNORECASE)
_TIMES = re.compile(r"^[xX×*](?=10)")
_POWER = re.compile(r"^10(?:(?:\^|\*\*|\*|[eE]|\+)?([0-9]+)|\(([0-9]+)\))(?=/)")
_KEPT = frozenset(("G/L", "GI/L"))  # 10*9 per liter; in small letters grams


@lru_cache(maxsize=4096)
def normalized(spelling: str) -> str:
    """The spelling under which a unit is looked up: `x10E3/uL`, `10^3/µL` and `10*3/mcL` are `10*3/ul`."""
    text = _MICROLITER.sub("u", _MICRO.sub("u", _BLANKS.sub("", spelling)))
    text = _POWER.sub(r"10*\1\2", _TIMES.sub("", text))
    return text if text in _KEPT else text.lower()


def _means(conversion: Conversion, spellings: str) -> dict[str, Conversion]:
    return dict.fromkeys(spellings.split(), conversion)


_COUNTS = {
    **_means(
        AS_IT_IS,
        "10*9/l 10*3/ul 10*3/mm3 10*6/ml k/ul k/mm3 k/cumm thou/ul thou/mm3 thousand/ul thousand/mm3"
        " giga/l giga.l-1 /nl G/L GI/L",
    ),
    **_means(Conversion(div=Decimal(1000)), "/ul /mm3 /cumm {cells}/ul cells/ul cells/mm3 #/ul"),
    **_means(Conversion(mul=Decimal(10)), "10*4/ul"),
}
_GRAMS_PER_DECILITER = "g/dl gm/dl g/100ml"
_GRAMS_PER_LITER = "g/l G/L"
_MILLIGRAMS = "mg/dl mg/100ml"
_ENZYMES = _means(AS_IT_IS, "u/l iu/l [iu]/l units/l")
_ELECTROLYTES = _means(AS_IT_IS, "mmol/l meq/l")
_PERCENT = _means(AS_IT_IS, "%")
_UREA = _means(Conversion(div=Decimal("0.357")), "mmol/l")

_OF_ANALYTE: Mapping[Analyte, Mapping[str, Conversion]] = {
    Analyte.PLATELETS: _COUNTS,
    Analyte.NEUTROPHILS: _COUNTS,
    Analyte.NEUTROPHILS_PCT: _PERCENT,
    Analyte.LYMPHOCYTES: _COUNTS,
    Analyte.WBC: _COUNTS,
    Analyte.HEMOGLOBIN: {
        **_means(AS_IT_IS, _GRAMS_PER_DECILITER),
        **_means(Conversion(div=Decimal(10)), _GRAMS_PER_LITER),
        **_means(HEMOGLOBIN_MMOL, "mmol/l"),
    },
    Analyte.CREATININE: {
        **_means(AS_IT_IS, _MILLIGRAMS),
        **_means(Conversion(div=Decimal("88.42")), "umol/l"),
    },
    Analyte.UREA_NITROGEN: {**_means(AS_IT_IS, _MILLIGRAMS), **_UREA},
    Analyte.ALBUMIN: {
        **_means(AS_IT_IS, _GRAMS_PER_LITER),
        **_means(Conversion(mul=Decimal(10)), _GRAMS_PER_DECILITER),
    },
    Analyte.ALP: _ENZYMES,
    Analyte.GGT: _ENZYMES,
    Analyte.AST: _ENZYMES,
    Analyte.ALT: _ENZYMES,
    Analyte.BILIRUBIN: {
        **_means(AS_IT_IS, _MILLIGRAMS),
        **_means(Conversion(div=Decimal("17.104")), "umol/l"),
    },
    Analyte.INR: {"": AS_IT_IS, **_means(AS_IT_IS, "{inr} inr 1 ratio {ratio}")},
    Analyte.PROTHROMBIN_ACTIVITY: _PERCENT,
    Analyte.POTASSIUM: _ELECTROLYTES,
    Analyte.SODIUM: _ELECTROLYTES,
    Analyte.CALCIUM: {
        **_means(AS_IT_IS, _MILLIGRAMS),
        **_means(Conversion(div=Decimal("0.2495")), "mmol/l"),
    },
    Analyte.CHROMOGRANIN_A: _means(AS_IT_IS, "ng/ml ug/l"),
    Analyte.HIAA_URINE: _means(AS_IT_IS, "mg/(24.h) mg/24.h mg/24h mg/d"),
    Analyte.HCG: _means(AS_IT_IS, "m[iu]/ml miu/ml [iu]/l iu/l u/l"),
    Analyte.EGFR: _means(
        AS_IT_IS,
        "ml/min/{1.73_m2} ml/min/{1.73m2} ml/min/1.73m2 ml/min/1.73m^2 ml/min/1.73 ml/min",
    ),
    Analyte.WEIGHT: {
        **_means(AS_IT_IS, "kg"),
        **_means(Conversion(div=Decimal(1000)), "g"),
        **_means(Conversion(mul=Decimal("0.45359237")), "[lb_av] lb lbs"),
    },
    Analyte.HEIGHT: _means(AS_IT_IS, "cm"),
}


def _of_code(analyte: Analyte, loinc: str) -> Mapping[str, Conversion]:
    return _UREA if loinc in UREA_CODES else _OF_ANALYTE[analyte]


UNITS: Mapping[str, Mapping[str, Conversion]] = {
    loinc: _of_code(analyte, loinc) for analyte, codes in CODES.items() for loinc in codes
}
"""LOINC code -> normalized spelling -> conversion into the canonical unit of the code's analyte.

The empty spelling stands for no unit at all, where that means something.
"""


def conversion_of(loinc: str, unit: str | None) -> Conversion | None:
    """How a figure sent in `unit` under `loinc` becomes canonical; None where nobody can say."""
    return UNITS[loinc].get(normalized(unit or ""))


def spellings_of(analyte: Analyte) -> Iterable[str]:
    """The normalized spellings that mean something for an analyte, under any of its codes."""
    return dict.fromkeys(unit for loinc in CODES[analyte] for unit in UNITS[loinc] if unit)
