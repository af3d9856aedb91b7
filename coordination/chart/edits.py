"""What was changed of a patient's own facts: when, by whom, why, from what to what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from coordination.chart.event import MOST_OF_A_KIND, name_of_user
from patients.models import Patient

FACT_LABELS = {
    "family_name": "Family name",
    "given_name": "Given name",
    "birth_date": "Date of birth",
    "sex": "Sex",
    "pregnancy_possible": "Pregnancy possible",
    "anticoagulated": "Anticoagulated",
    "allergies": "Allergies",
    "height_cm": "Height",
    "phone": "Phone",
    "email": "Email",
    "address": "Address",
    "language": "Language",
    "referred_by": "Referring practice",
}
"""A patient's own facts that a person edits, by field."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One saved change; `changes` are (what, before, after)."""

    at: datetime
    by: str
    because: str
    changes: list[tuple[str, str, str]]


def edits_of(patient: Patient) -> list[Edit]:
    """The newest first."""
    return list(_edits(patient))


def _edits(patient: Patient) -> Iterator[Edit]:
    rows = patient.history.select_related("history_user", "referred_by").order_by(
        "-history_date", "-history_id"
    )
    for after, before in pairwise(rows[:MOST_OF_A_KIND]):
        changes = [
            (FACT_LABELS[name], _said(before, name), _said(after, name))
            for name in FACT_LABELS
            if getattr(before, name) != getattr(after, name)
        ]
        if changes:
            because = after.history_change_reason or ""
            yield Edit(after.history_date, name_of_user(after.history_user), because, changes)


def as_read(patient: Patient, *, version: int) -> Any:
    """The patient as they were at a version; None where its history does not say."""
    return patient.history.filter(version=version).order_by("history_id").last()


def _said(row: Any, name: str) -> str:
    shown = getattr(row, f"get_{name}_display", None)
    return fact_words(shown() if shown else getattr(row, name))


def fact_words(value: Any) -> str:
    """A fact of a patient, as a page says it."""
    if value is None or value == "":
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%b} {value.day}, {value.year}"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
