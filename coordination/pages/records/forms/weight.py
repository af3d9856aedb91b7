"""A weight in the unit it was read in; one that jumps is confirmed, or doubted again."""

from decimal import Decimal
from typing import Any

from django import forms

from coordination.base import clock
from coordination.base.errors import CareError
from coordination.pages.forms import DayField, QuantityField, ReasonField
from coordination.pages.patient.forms import PatientForm
from coordination.pages.records.forms.fact import FactForm
from scheduling.models import Weight
from scheduling.models.weight import weight_words
from scheduling.weights import Jump, is_a_weight, jump_of

KG_PER_POUND = Decimal("0.45359237")  # exact, by the international pound of 1959
DECIMALS_OF_A_WEIGHT = 4


class WeightForm(FactForm):
    """A weight in the unit it was read in. One that jumps is asked about before it is stored."""

    title, button, done = "Record a weight", "Record weight", "Weight recorded."
    lede = "Creatinine clearance uses the weight, so its unit is always asked for."

    weight = QuantityField(lowest=Decimal(1), highest=Decimal(800))
    unit = forms.ChoiceField(
        label="Unit",
        widget=forms.RadioSelect,
        choices=Weight.Unit.choices,
        error_messages={"required": "Choose kilograms or pounds."},
    )
    on = DayField(label="Weighed on")
    confirmed = forms.BooleanField(required=False)
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    def offer(self) -> None:
        self.fields["on"].initial = self.today
        self.question = self.fields.pop("confirmed")
        if self.data.get("asked"):
            self._ask(self.data["asked"])

    def clean_weight(self) -> Decimal:
        weight: Decimal = self.cleaned_data["weight"]
        exponent = weight.normalize().as_tuple().exponent
        if isinstance(exponent, int) and exponent < -DECIMALS_OF_A_WEIGHT:
            raise forms.ValidationError(f"At most {DECIMALS_OF_A_WEIGHT} decimals.")
        return weight

    def clean(self) -> dict[str, Any]:
        """A weight that jumps is stored once somebody has said that this very figure is right."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors or data["on"] > self.today or not is_a_weight(self.kg):
            return data
        jump = jump_of(self.of, kg=self.kg, on=data["on"], now=clock.now())
        question = _jump_words(jump) if jump else ""
        is_answered = data.get("confirmed") and data.get("asked") == question
        data["is_confirmed"] = bool(jump and is_answered)
        if jump and not is_answered:
            self._ask(question)
            self.put("asked", question)
            self.put("confirmed", "")
            self.add_error("confirmed", "Check the figure and the unit. If it is right, tick the box.")
        elif not jump:
            self.fields.pop("confirmed", None)
        return data

    def _ask(self, question: str) -> None:
        self.question.label = question
        self.fields["confirmed"] = self.question

    @property
    def kg(self) -> Decimal:
        """Exactly: a pound is 0.45359237 kg."""
        factor = KG_PER_POUND if self.cleaned_data["unit"] == Weight.Unit.POUNDS else Decimal(1)
        weight: Decimal = self.cleaned_data["weight"]
        return weight * factor

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        self._is_not_ahead()
        return {
            "kg": self.kg,
            "on": data["on"],
            "typed": (data["weight"], data["unit"]),
            "confirmed": data.get("is_confirmed", False),
        }

    def _is_not_ahead(self) -> None:
        if self.cleaned_data["on"] > self.today:
            raise CareError("This day is still to come.", "on")


def _jump_words(jump: Jump) -> str:
    """ "90 kg → 60 kg, 33 % less than Nov 2, 2024. Is it right?" """
    on = jump.earlier_on
    day = f"{on:%b} {on.day}, {on.year}"
    change = f"{weight_words(jump.earlier_kg)} → {weight_words(jump.kg)}"
    return f"{change}, {jump.percent} % {jump.direction} than {day}. Is it right?"


class ConfirmWeightForm(PatientForm):
    """A weight that jumps is right."""


class DoubtWeightForm(PatientForm):
    because = ReasonField(label="Why is it in doubt?")
