"""Forms about one patient: each carries the patient it was opened for (hazard H41)."""

from datetime import date
from typing import Any, cast

from django import forms
from django.http import QueryDict

from coordination.base.forms import ActionForm, DayField
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
