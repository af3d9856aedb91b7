"""Days and analytes as the rules say them to people."""

from datetime import date, datetime

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
AS_WRITTEN = {
    "wbc": "WBC",
    "alp": "ALP",
    "ggt": "GGT",
    "ast": "AST",
    "alt": "ALT",
    "inr": "INR",
    "crcl": "creatinine clearance",
    "karnofsky": "KPS",
    "prothrombin_activity": "prothrombin activity",
}


def day_words(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def moment_words(at: datetime) -> str:
    """An instant already in the zone in which it is to be said."""
    return f"{day_words(at)} {at:%H:%M}"


def analyte_words(name: str) -> str:
    return AS_WRITTEN.get(name, name.replace("_", " "))


def sentence(text: str) -> str:
    """With a capital at its start, and the other letters as they are: "Infusion 2 on 4 Dec 2026"."""
    return text[:1].upper() + text[1:]
