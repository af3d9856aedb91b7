"""Format days, figures and names in the words of a US clinic."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AS_WRITTEN = {
    "wbc": "WBC",
    "alp": "ALP",
    "ggt": "GGT",
    "ast": "AST",
    "alt": "ALT",
    "inr": "INR",
    "crcl": "CrCl",
    "karnofsky": "KPS",
    "neutrophils_pct": "neutrophil %",
    "5hiaa_urine": "urine 5-HIAA",
    "hcg": "hCG",
    "egfr": "eGFR",
}


SPOKEN_UNITS = {
    "10*9/L": "K/µL",
    "umol/L": "µmol/L",
    "{INR}": "",
    "m[IU]/mL": "mIU/mL",
    "mg/(24.h)": "mg/24 h",
}
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
MCI_OF_GBQ = Decimal(1000) / 37


def day_words(on: date) -> str:
    """As "Nov 28, 2025"."""
    return f"{MONTHS[on.month - 1]} {on.day}, {on.year}"


def moment_words(at: datetime) -> str:
    """An instant, already in the zone in which it is shown, as "Nov 28, 2025, 14:30"."""
    return f"{day_words(at)}, {at:%H:%M}"


def analyte_words(name: str) -> str:
    return AS_WRITTEN.get(name, name.replace("_", " ").replace("-", " "))


def figure_words(figure: str, unit: str | None) -> str:
    """As "62 K/µL", "69.9%" or, of an INR, "1.6"; `unit` is a canonical one, or as it was sent."""
    figure = figure.replace(">=", "≥").replace("<=", "≤")
    said = SPOKEN_UNITS.get(unit or "", unit or "")
    return f"{figure}%" if said == "%" else f"{figure} {said}".rstrip()


def grades_words(lowest: int, highest: int) -> str:
    """As "grade 2 or 3" or "grade 0 to 4"."""
    return f"grade {lowest} {'or' if highest == lowest + 1 else 'to'} {highest}"


def activity_words(gbq: Decimal) -> str:
    """As "7.4 GBq (200 mCi)"."""
    return f"{gbq.normalize():f} GBq ({(gbq * MCI_OF_GBQ).quantize(Decimal(1)):f} mCi)"


def join_with_and(words: Iterable[str]) -> str:
    """As "WBC, bilirubin and AST"."""
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def capitalized(text: str) -> str:
    """The text with a capital at its start, the other letters as they are: "Infusion 2 on Dec 4, 2026"."""
    return text[:1].upper() + text[1:]


def decapitalized(text: str) -> str:
    """The text as it stands after a colon: "Still grade 2" is "still grade 2", and "ALT 300 U/L" stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
