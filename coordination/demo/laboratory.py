"""What laboratories send: each has its own codes, units and ranges for the same blood."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

LOINC = "http://loinc.org"


@dataclass(frozen=True, slots=True)
class Test:
    """How one laboratory reports one analyte: `factor` takes the canonical value to its unit."""

    loinc: str
    name: str
    unit: str
    low: str
    high: str
    decimals: int
    factor: Decimal = Decimal(1)

    def text(self, canonical: Decimal) -> str:
        step = Decimal(1).scaleb(-self.decimals)
        return str((canonical * self.factor).quantize(step, ROUND_HALF_UP))


TENTH, TEN = Decimal("0.1"), Decimal(10)
CREATININE, BILIRUBIN, UREA = Decimal("88.42"), Decimal("17.104"), Decimal("0.357")

CONVENTIONAL: dict[str, Test] = {
    "wbc": Test("6690-2", "Leukocytes", "10*3/uL", "4.0", "11.0", 1),
    "hemoglobin": Test("718-7", "Hemoglobin", "g/dL", "12.0", "16.0", 1),
    "platelets": Test("777-3", "Platelets", "10*3/uL", "150", "400", 0),
    "neutrophils": Test("751-8", "Neutrophils", "10*3/uL", "1.8", "7.7", 2),
    "lymphocytes": Test("731-0", "Lymphocytes", "10*3/uL", "1.0", "4.8", 2),
    "creatinine": Test("2160-0", "Creatinine", "mg/dL", "0.50", "1.20", 2),
    "urea_nitrogen": Test("3094-0", "Urea nitrogen", "mg/dL", "7", "20", 0),
    "albumin": Test("1751-7", "Albumin", "g/dL", "3.5", "5.0", 1, TENTH),
    "bilirubin": Test("1975-2", "Bilirubin", "mg/dL", "0.2", "1.2", 1),
    "alp": Test("6768-6", "Alkaline phosphatase", "U/L", "40", "130", 0),
    "ast": Test("1920-8", "AST", "U/L", "10", "40", 0),
    "alt": Test("1742-6", "ALT", "U/L", "7", "45", 0),
}
COMMUNITY: dict[str, Test] = CONVENTIONAL | {
    "wbc": Test("6690-2", "WBC", "K/uL", "3.8", "10.8", 1),
    "platelets": Test("777-3", "PLT", "K/uL", "140", "400", 0),
    "neutrophils": Test("751-8", "Neutrophils, absolute", "{cells}/uL", "1500", "7800", 0, Decimal(1000)),
    "lymphocytes": Test("731-0", "Lymphocytes, absolute", "{cells}/uL", "850", "3900", 0, Decimal(1000)),
}
METRIC: dict[str, Test] = CONVENTIONAL | {
    "wbc": Test("6690-2", "Leukocytes", "10*9/L", "4.0", "10.0", 1),
    "hemoglobin": Test("718-7", "Hemoglobin", "g/L", "120", "160", 0, TEN),
    "platelets": Test("26515-7", "Platelets", "10*9/L", "150", "400", 0),
    "neutrophils": Test("26499-4", "Neutrophils", "10*9/L", "1.8", "7.5", 2),
    "lymphocytes": Test("26474-7", "Lymphocytes", "10*9/L", "1.0", "4.0", 2),
    "creatinine": Test("14682-9", "Creatinine", "umol/L", "45", "105", 0, CREATININE),
    "urea_nitrogen": Test("22664-7", "Urea", "mmol/L", "2.5", "7.8", 1, UREA),
    "albumin": Test("1751-7", "Albumin", "g/L", "35", "50", 0),
    "bilirubin": Test("14631-6", "Bilirubin", "umol/L", "3", "21", 0, BILIRUBIN),
}
LABORATORIES = {"conventional": CONVENTIONAL, "community": COMMUNITY, "metric": METRIC}
EXTRA: Mapping[str, Test] = {
    "inr": Test("6301-6", "INR", "{INR}", "0.9", "1.1", 1),
    "weight": Test("29463-7", "Body weight", "kg", "", "", 1),
}

HEALTHY: Mapping[str, str] = {  # canonical
    "wbc": "6.4",
    "hemoglobin": "13.1",
    "platelets": "232",
    "neutrophils": "3.90",
    "lymphocytes": "1.70",
    "creatinine": "0.90",
    "urea_nitrogen": "15",
    "albumin": "41",
    "bilirubin": "0.6",
    "alp": "88",
    "ast": "25",
    "alt": "27",
}
MARROW = {"platelets": Decimal("0.06"), "neutrophils": Decimal("0.05"), "lymphocytes": Decimal("0.12")}
"""The part of a count that each infusion costs an uneventful patient."""


def blood(dice: Random, usual: Mapping[str, str], *, infusions: int) -> dict[str, Decimal]:
    """One draw of a patient's blood: what is usual for them, a little up or down."""
    values = {}
    for name, value in {**HEALTHY, **usual}.items():
        drift = Decimal(dice.randint(-40, 40)) / 1000
        values[name] = Decimal(value) * (1 + drift) * (1 - MARROW.get(name, Decimal(0)) * infusions)
    values["wbc"] = values["neutrophils"] + values["lymphocytes"] + Decimal("0.6")
    return values


def panel(
    tests: Mapping[str, Test], values: Mapping[str, Decimal], *, filler: str, status: str
) -> list[dict[str, Any]]:
    """The results of one draw, as a laboratory writes them."""
    return [
        {
            "id": f"{filler}.{test.loinc}",
            "code": {"system": LOINC, "code": test.loinc, "text": test.name},
            "value": test.text(values[name]),
            "unit": test.unit,
            "status": status,
        }
        | ({"low": test.low, "high": test.high} if test.low else {})
        for name, test in {**tests, **EXTRA}.items()
        if name in values
    ]


def report(
    patient: Mapping[str, str],
    results: Iterable[Mapping[str, Any]],
    *,
    filler: str,
    collected_at: datetime,
    reported_at: datetime,
) -> dict[str, Any]:
    """One report, as an EHR posts it to /api/v1/lab-results."""
    return {
        "patient": dict(patient),
        "order": {"filler": filler},
        "collected_at": collected_at.isoformat(),
        "reported_at": reported_at.isoformat(),
        "results": [dict(result) for result in results],
    }
