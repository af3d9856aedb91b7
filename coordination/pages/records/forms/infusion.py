"""An infusion as it was given; and its record put right."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms

from coordination.pages.forms import MomentField, QuantityField, ReasonField, offer_choices
from coordination.pages.patient.forms import PatientForm
from coordination.pages.records.forms.fact import FactForm, cycle_choices
from scheduling.models import Cycle, InfusionGiven


class InfusionFields(forms.Form):
    """What is said of an infusion, in the order of the day."""

    elsewhere = forms.BooleanField(
        label="Given elsewhere, or before this program's records",
        required=False,
        help_text="It counts for the schedule. No signature of this site is expected for it.",
    )
    antiemetic_at = MomentField(label="Antiemetic given", required=False)
    amino_acids_started_at = MomentField(
        label="Amino acids started",
        required=False,
        help_text="30 minutes or more before the infusion, and after the antiemetic.",
    )
    started_at = MomentField(label="Infusion started")
    ended_at = MomentField(label="Infusion ended", required=False)
    amino_acids_ended_at = MomentField(
        label="Amino acids ended", required=False, help_text="3 hours or more after the infusion ended."
    )
    activity_gbq = QuantityField(
        label="Activity measured before the infusion", unit="GBq", required=False, highest=Decimal(30)
    )
    residual_gbq = QuantityField(
        label="Activity left in the vial and line",
        unit="GBq",
        required=False,
        lowest=Decimal(0),
        highest=Decimal(30),
        help_text="Administered activity = measured before − left over.",
    )
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000)


GIVEN = tuple(InfusionFields.base_fields)


class InfusionForm(InfusionFields, FactForm):
    title, button, done = "Record an infusion", "Record infusion", "Infusion recorded."
    lede = "Record what was given, even if it was not approved. Conflicts are shown after it is saved."

    cycle = forms.ChoiceField(label="Which infusion")

    field_order = ("patient", "cycle", *GIVEN)

    def offer(self) -> None:
        offer_choices(self, "cycle", cycle_choices(cycle for cycle in self.cycles if not cycle.infusion))

    @property
    def chosen_cycle(self) -> Cycle:
        return self.chosen_from_course()

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, by the columns of the record."""
        return {name: self.cleaned_data[name] for name in GIVEN}


class CorrectInfusionForm(InfusionFields, PatientForm):
    """The record as it is; what is not touched stays as it was. `record` says which record was shown."""

    because = ReasonField(label="Reason for correction")
    record = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("patient", *GIVEN, "because")

    def __init__(self, *args: Any, infusion: InfusionGiven, **kwargs: Any) -> None:
        shown = {name: getattr(infusion, name) for name in GIVEN}
        super().__init__(*args, initial={**shown, "record": infusion.public_id}, **kwargs)
        self.infusion = infusion

    @property
    def changes(self) -> dict[str, Any]:
        """What was changed, by the columns of the record; a moment counts by the minute that was shown."""
        typed = self.cleaned_data
        stored = {name: getattr(self.infusion, name) for name in GIVEN}
        return {name: typed[name] for name in GIVEN if not _is_as_shown(typed[name], stored[name])}


def _is_as_shown(typed: Any, stored: Any) -> bool:
    if isinstance(stored, datetime):
        return bool(typed == stored.replace(second=0, microsecond=0))
    if isinstance(stored, str):
        return bool(typed.split() == stored.split())
    return bool(typed == stored)
