"""Forms about one patient: each carries the patient it was opened for (hazard H41)."""

from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict

from coordination.base.choices import Owner
from coordination.base.forms import ActionForm, DayField, ReasonField
from coordination.base.models import Practice
from patients.models import Patient


class PatientForm(ActionForm):
    """An act for one patient: refused where the page it was sent from was another patient's."""

    patient = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of = patient
        self.initial["patient"] = patient.public_id

    @property
    def is_for_another(self) -> bool:
        """Whether what was sent was opened for another patient, or for nobody."""
        return self.is_bound and str(self.data.get("patient", "")) != str(self.of.public_id)

    def put(self, name: str, value: object) -> None:
        """Replace one hidden value of what was sent, so that sending it again is about what is shown now."""
        data = cast("QueryDict", self.data).copy()
        data[name] = str(value)
        self.data = data


class ShareOutForm(PatientForm):
    """Who sees to which kinds of items: several at once, for they are agreed in one conversation."""

    USUAL = "usual"

    items = forms.MultipleChoiceField(
        label="What",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one."},
    )
    owner = forms.ChoiceField(label="Who sees to it", widget=forms.RadioSelect)
    practice = forms.ModelChoiceField(
        Practice.objects.none(),
        label="Which practice",
        required=False,
        empty_label="The one that referred the patient",
        help_text="Only where a practice sees to it.",
    )
    because = ReasonField(label="Why, and with whom this was agreed")
    read = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, tasks: Iterable[tuple[str, str]], usual: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ChoiceField", self.fields["items"]).choices = list(tasks)
        cast("forms.ChoiceField", self.fields["owner"]).choices = [*Owner.choices, (self.USUAL, usual)]
        practices = Practice.objects.filter(is_active=True)
        cast("forms.ModelChoiceField[Practice]", self.fields["practice"]).queryset = practices

    def clean_owner(self) -> str:
        """The owner; empty where the usual way is to hold again."""
        owner: str = self.cleaned_data["owner"]
        return "" if owner == self.USUAL else owner


class DeathForm(PatientForm):
    """The patient has died: every open item is cancelled and nobody is reminded."""

    died_on = DayField(label="Died on")
    certain = forms.BooleanField(
        label="The name and the date of birth above are those of the person who died"
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_died_on(self) -> date:
        died_on: date = self.cleaned_data["died_on"]
        if died_on > self.today:
            raise forms.ValidationError("This day is still to come.")
        if self.of.birth_date and died_on < self.of.birth_date:
            raise forms.ValidationError("This lies before the date of birth.")
        return died_on
