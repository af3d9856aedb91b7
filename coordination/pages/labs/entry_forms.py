"""Results typed by hand: one draw, one line for each test; a value without its unit is not a value."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError

from coordination.pages.forms import MomentField
from coordination.pages.patient.forms import PatientForm
from labs.incoming import LATEST_COLLECTION_AHEAD, IncomingReport, IncomingResult, PatientKey
from labs.models import BY_HAND
from labs.rules.analytes import CODES, Analyte
from labs.rules.numbers import read_decimal
from labs.rules.reading import Reading, Rejection, read_result


@dataclass(frozen=True, slots=True)
class Offered:
    """A test in the grid: the code it is stored under for each unit that may be chosen."""

    analyte: Analyte
    name: str
    codes: Mapping[str, str]  # unit -> LOINC
    usual: str  # the unit chosen beforehand; empty where none may be assumed
    group: str


def _offered(analyte: Analyte, name: str, group: str, *units: str, **other: str) -> Offered:
    """`units`: those of the first code, the usual one first; `other`: LOINC by unit for another code."""
    first = CODES[analyte][0]
    codes = dict.fromkeys(units, first) | {unit.replace("_per_", "/"): code for unit, code in other.items()}
    return Offered(analyte, name, codes, units[0], group)


COUNT = ("10*9/L", "K/uL", "/uL")
GRID = (
    _offered(Analyte.PLATELETS, "Platelets", "Blood count", *COUNT),
    _offered(Analyte.HEMOGLOBIN, "Hemoglobin", "Blood count", "g/dL", "g/L", mmol_per_L="59260-0"),
    _offered(Analyte.WBC, "WBC", "Blood count", *COUNT),
    _offered(Analyte.NEUTROPHILS, "Neutrophils", "Blood count", *COUNT),
    _offered(Analyte.NEUTROPHILS_PCT, "Neutrophils %", "Blood count", "%"),
    _offered(Analyte.LYMPHOCYTES, "Lymphocytes", "Blood count", *COUNT),
    _offered(Analyte.CREATININE, "Creatinine", "Kidney", "mg/dL", umol_per_L="14682-9"),
    _offered(Analyte.UREA_NITROGEN, "Urea nitrogen (BUN)", "Kidney", "mg/dL", mmol_per_L="14937-7"),
    _offered(Analyte.BILIRUBIN, "Bilirubin, total", "Liver", "mg/dL", umol_per_L="14631-6"),
    _offered(Analyte.ALBUMIN, "Albumin", "Liver", "g/dL", "g/L"),
    _offered(Analyte.AST, "AST", "Liver", "U/L"),
    _offered(Analyte.ALT, "ALT", "Liver", "U/L"),
    _offered(Analyte.ALP, "ALP", "Liver", "U/L"),
    _offered(Analyte.GGT, "GGT", "Liver", "U/L"),
    _offered(Analyte.INR, "INR", "Liver", "{INR}"),
    _offered(Analyte.PROTHROMBIN_ACTIVITY, "Prothrombin activity", "Liver", "%"),
    _offered(Analyte.POTASSIUM, "Potassium", "Other", "mmol/L"),
    _offered(Analyte.CHROMOGRANIN_A, "Chromogranin A", "Other", "ng/mL"),
)
FREE_ROWS = 3
WHY_NOT = {
    Rejection.VALUE: "Not a number: write a plain figure, such as 74 or <10.",
    Rejection.UNIT_MISSING: "Choose the unit that the report prints.",
    Rejection.UNIT_UNKNOWN: "This unit does not belong to this test.",
    Rejection.IMPLAUSIBLE: "Not plausible in this unit. Check figure and unit on the report.",
}

WRONG_RANGE = (
    "This range cannot be right for this test in this unit."
    " Write it as the report prints it: 0.2 and 1.2, or 0.2-1.2 or <=1.2 in one field."
)


class ResultsForm(PatientForm):
    """One draw. `key` is made with the page, so that sending it twice stores it once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    collected_at = MomentField(label="Drawn at", help_text="As the report says, in the center's time.")
    laboratory = forms.CharField(max_length=200, required=False, help_text="Who measured it.")
    is_preliminary = forms.BooleanField(label="The report says preliminary", required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now
        self.initial.setdefault("key", uuid4())
        for offered in GRID:
            self._add_row(offered.analyte.value, units=list(offered.codes), usual=offered.usual)
        for number in range(FREE_ROWS):
            self._add_row(f"free{number}", units=None, usual="")
            self.fields[f"free{number}_loinc"] = forms.CharField(max_length=20, required=False)

    def _add_row(self, name: str, *, units: list[str] | None, usual: str) -> None:
        figure = {"inputmode": "decimal", "autocomplete": "off"}
        self.fields[f"{name}_value"] = forms.CharField(
            max_length=42, required=False, widget=forms.TextInput(attrs=figure | {"placeholder": "value"})
        )
        self.fields[f"{name}_unit"] = (
            forms.CharField(max_length=40, required=False)
            if units is None
            else forms.ChoiceField(
                choices=[(unit, _unit_word(unit)) for unit in units], required=False, initial=usual
            )
        )
        for limit, words in (("low", "range from"), ("high", "range to")):
            self.fields[f"{name}_{limit}"] = forms.CharField(
                max_length=60, required=False, widget=forms.TextInput(attrs=figure | {"placeholder": words})
            )

    # --- as the page draws it

    @property
    def groups(self) -> Iterator[tuple[str, list["GridRow"]]]:
        """The tests of the grid under their headings."""
        for group in dict.fromkeys(offered.group for offered in GRID):
            yield (
                group,
                [
                    GridRow(self, offered.analyte.value, offered.name, next(iter(offered.codes.values())))
                    for offered in GRID
                    if offered.group == group
                ],
            )

    @property
    def free_rows(self) -> list["GridRow"]:
        return [
            GridRow(self, f"free{number}", f"Another test, {number + 1}", "") for number in range(FREE_ROWS)
        ]

    # --- as it is checked

    def clean_collected_at(self) -> datetime:
        at: datetime = self.cleaned_data["collected_at"]
        if at > self.now + LATEST_COLLECTION_AHEAD:
            raise ValidationError("This lies in the future.")
        return at

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in self._rows():
            self._say_what_lacks(name)
        for name, loinc in self._filled():
            self._check(name, loinc)
        if not self.errors and not any(True for _ in self._filled()):
            raise ValidationError("Type at least one value.")
        return data

    def _filled(self) -> Iterator[tuple[str, str]]:
        """The rows that hold a value, with the code each is stored under."""
        data = self.cleaned_data
        for offered in GRID:
            name = offered.analyte.value
            if data.get(f"{name}_value"):
                unit = data.get(f"{name}_unit") or ""
                yield name, offered.codes.get(unit, CODES[offered.analyte][0])
        for number in range(FREE_ROWS):
            name = f"free{number}"
            if data.get(f"{name}_value"):
                yield name, data.get(f"{name}_loinc") or ""

    def _rows(self) -> Iterator[str]:
        yield from (offered.analyte.value for offered in GRID)
        yield from (f"free{number}" for number in range(FREE_ROWS))

    def _say_what_lacks(self, name: str) -> None:
        """What was typed beside a value that was not would be lost without a word."""
        data = self.cleaned_data
        beside = [f"{name}_{part}" for part in ("loinc", "low", "high")]
        if not isinstance(self.fields[f"{name}_unit"], forms.ChoiceField):
            beside.append(f"{name}_unit")
        if not data.get(f"{name}_value") and any(data.get(field) for field in beside):
            self.add_error(f"{name}_value", "Type the value too, or clear this line.")

    def _limits(self, name: str) -> tuple[str | None, str | None, str]:
        """Low, high, and the range as text, where one field holds more than a figure: `<=1.2`, `7-40`."""
        low, high = (self.cleaned_data.get(f"{name}_{part}") or None for part in ("low", "high"))
        alone = low or high or ""
        if (low and high) or not alone or read_decimal(alone) is not None:
            return low, high, ""
        return None, None, alone

    def _check(self, name: str, loinc: str) -> None:
        """A slip is said at once. A code nobody knows is kept all the same, and put before a person."""
        data = self.cleaned_data
        if not loinc:
            self.add_error(f"{name}_loinc", "Write the LOINC code that the report prints.")
            return
        reading = read_result(
            loinc, data[f"{name}_value"], None, data.get(f"{name}_unit"), *self._limits(name)
        )
        if isinstance(reading, Reading) and reading.limits_failed:
            self.add_error(f"{name}_{'low' if data.get(f'{name}_low') else 'high'}", WRONG_RANGE)
        if isinstance(reading, Rejection) and reading in WHY_NOT:
            at_fault = "value" if reading in (Rejection.VALUE, Rejection.IMPLAUSIBLE) else "unit"
            self.add_error(f"{name}_{at_fault}", WHY_NOT[reading])

    # --- as it is sent on

    def incoming(self) -> IncomingReport:
        """The report as every other door gives it: figures as text, as typed."""
        data = self.cleaned_data
        key: UUID = data["key"]
        results = tuple(self._result(name, loinc, key) for name, loinc in self._filled())
        body = json.dumps(
            {
                "collected_at": data["collected_at"].isoformat(),
                "laboratory": data["laboratory"],
                "results": [[r.loinc, r.value, r.unit, r.low, r.high, r.range_text] for r in results],
            }
        )
        return IncomingReport(
            source=BY_HAND,
            message_key=str(key),
            body=body,
            body_hash=hashlib.sha256(body.encode()).hexdigest(),
            patient=PatientKey("", ""),
            laboratory=" ".join(data["laboratory"].split()),
            results=results,
        )

    def _result(self, name: str, loinc: str, key: UUID) -> IncomingResult:
        data = self.cleaned_data
        low, high, range_text = self._limits(name)
        return IncomingResult(
            id=f"{key}.{name}",
            loinc=loinc,
            code_text=self._name_of(name),
            value=data[f"{name}_value"],
            unit=data[f"{name}_unit"] or None,
            low=low,
            high=high,
            range_text=range_text,
            status="preliminary" if data["is_preliminary"] else "final",
            collected_at=data["collected_at"],
        )

    def _name_of(self, row: str) -> str:
        return next((offered.name for offered in GRID if offered.analyte == row), "")


@dataclass(frozen=True, slots=True)
class GridRow:
    """One line of the grid, as the template draws it."""

    form: ResultsForm
    name: str
    label: str
    code: str  # the LOINC code it is stored under; empty where the person types it

    def __getitem__(self, part: str) -> forms.BoundField:
        return self.form[f"{self.name}_{part}"]

    @property
    def errors(self) -> list[str]:
        parts = ("loinc", "value", "unit", "low", "high")
        return [
            str(error)
            for part in parts
            if f"{self.name}_{part}" in self.form.fields
            for error in self[part].errors
        ]

    @property
    def is_free(self) -> bool:
        return f"{self.name}_loinc" in self.form.fields


def _unit_word(unit: str) -> str:
    return {"{INR}": "INR"}.get(unit, unit)


class ResultInErrorForm(PatientForm):
    because = forms.CharField(
        label="Why was it typed in error?", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
