"""Valid, dull readings; a test states only what matters."""

from decimal import Decimal

from labs.rules.reading import Reading, Rejection, read_result

PLAIN: dict[str, tuple[str, str]] = {
    "platelets": ("777-3", "10*9/L"),
    "neutrophils": ("751-8", "10*9/L"),
    "neutrophils_pct": ("770-8", "%"),
    "lymphocytes": ("731-0", "10*9/L"),
    "wbc": ("6690-2", "10*9/L"),
    "hemoglobin": ("718-7", "g/dL"),
    "creatinine": ("2160-0", "mg/dL"),
    "albumin": ("1751-7", "g/L"),
    "alp": ("6768-6", "U/L"),
    "ggt": ("2324-2", "U/L"),
    "ast": ("1920-8", "U/L"),
    "alt": ("1742-6", "U/L"),
    "bilirubin": ("1975-2", "mg/dL"),
    "inr": ("6301-6", "{INR}"),
    "potassium": ("2823-3", "mmol/L"),
    "sodium": ("2951-2", "mmol/L"),
}
"""Analyte -> a code and the unit that needs no conversion."""


def attempt(
    loinc: str,
    value: str | None,
    unit: str | None,
    *,
    comparator: str | None = None,
    low: str | None = None,
    high: str | None = None,
) -> Reading | Rejection:
    return read_result(loinc=loinc, value=value, comparator=comparator, unit=unit, low=low, high=high)


def reading(
    analyte: str, value: str, unit: str | None = None, *, low: str | None = None, high: str | None = None
) -> Reading:
    loinc, plain_unit = PLAIN[analyte]
    result = attempt(loinc, value, unit or plain_unit, low=low, high=high)
    assert isinstance(result, Reading), result
    return result


def canonical_of(loinc: str, value: str, unit: str) -> Decimal:
    result = attempt(loinc, value, unit)
    assert isinstance(result, Reading), result
    return result.canonical
