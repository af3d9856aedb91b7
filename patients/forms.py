"""Forms about one patient: each carries the patient it was opened for (hazard H41)."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db.models import Q
from django.forms.utils import ErrorDict
from django.http import QueryDict

from coordination.base.choices import Owner
from coordination.base.forms import ActionForm, DayField, QuantityField, ReasonField
from coordination.base.models import Practice
from patients.models import Patient
from patients.models.patient import SHORTEST_CM, TALLEST_CM

LANGUAGES = [("en", "English"), ("es", "Español")]


FOR_ANOTHER = "This form was opened for another patient. Nothing was saved. Check the name at the top."


class OpenedForm(ActionForm):
    """An act on a page about `patient`, or about none: never valid when it was opened for another one.

    What was typed stays. The hidden values (version, proposal) were the other patient's, so they give way to
    those of the page that is shown: sent again, it is about the patient at the top of that page.
    """

    patient = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, patient: Patient | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        opened_for = str(patient.public_id) if patient else ""
        self.initial["patient"] = opened_for
        self.is_for_another = self.is_bound and self.data.get("patient", "") != opened_for
        if self.is_for_another:
            for field in self.hidden_fields():
                self.put(field.html_name, "")

    def is_valid(self) -> bool:
        return super().is_valid() and not self.is_for_another

    def full_clean(self) -> None:
        """Not checked against this patient where it was meant for another one."""
        if not self.is_for_another:
            super().full_clean()
            return
        for field in self.hidden_fields():
            self.put(field.html_name, "" if field.initial is None else field.initial)
        self._errors, self.cleaned_data = ErrorDict(), {}

    @property
    def typed(self) -> dict[str, Any]:
        """What was typed; without the patient for whom."""
        return {name: value for name, value in self.cleaned_data.items() if name != "patient"}

    def put(self, name: str, value: object) -> None:
        """Replace one hidden value of what was sent, so that sending it again is about what is shown now."""
        data = cast("QueryDict", self.data).copy()
        data[name] = str(value)
        self.data = data


class PatientForm(OpenedForm):
    """An act for one patient, `of`."""

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, patient=patient, **kwargs)
        self.of = patient


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


class EditPatientForm(PatientForm):
    """What is known of the patient. `version` is the one that the page showed."""

    family_name = forms.CharField(label="Family name", max_length=200)
    given_name = forms.CharField(label="Given name", max_length=200, required=False)
    birth_date = DayField(label="Date of birth", required=False)
    sex = forms.ChoiceField(label="Sex", choices=Patient.Sex.choices)
    pregnancy_possible = forms.BooleanField(label="Pregnancy possible", required=False)
    anticoagulated = forms.BooleanField(label="Anticoagulated", required=False)
    allergies = forms.CharField(
        label="Allergies",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text="“None known” if there are none.",
    )
    height_cm = QuantityField(
        label="Height", unit="cm", required=False, lowest=Decimal(SHORTEST_CM), highest=Decimal(TALLEST_CM)
    )
    phone = forms.CharField(label="Phone", required=False, max_length=40)
    email = forms.EmailField(label="Email", required=False, max_length=254)
    address = forms.CharField(
        label="Address", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )
    language = forms.ChoiceField(label="Language")
    referred_by = forms.ModelChoiceField(
        Practice.objects.none(), label="Referring practice", required=False, empty_label="Not recorded"
    )
    because = ReasonField(label="Reason for the change")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    FACTS = (
        *("family_name", "given_name", "birth_date", "sex", "pregnancy_possible", "anticoagulated"),
        *("allergies", "height_cm", "phone", "email", "address", "language", "referred_by"),
    )

    def __init__(self, *args: Any, patient: Patient, **kwargs: Any) -> None:
        super().__init__(*args, patient=patient, **kwargs)
        known = dict(LANGUAGES)
        languages = [*LANGUAGES, *([] if patient.language in known else [(patient.language,) * 2])]
        cast("forms.ChoiceField", self.fields["language"]).choices = languages
        practices = Practice.objects.filter(Q(is_active=True) | Q(pk=patient.referred_by_id))
        cast("forms.ModelChoiceField[Practice]", self.fields["referred_by"]).queryset = practices
        self.initial.update({name: getattr(patient, name) for name in self.FACTS}, version=patient.version)

    @property
    def changes(self) -> dict[str, Any]:
        """What was typed otherwise than it is stored."""
        typed = self.cleaned_data
        return {name: typed[name] for name in self.FACTS if typed[name] != getattr(self.of, name)}

    def catch_up(self, read: Patient | None) -> list[str]:
        """Somebody else saved first: what was not touched here takes their value, what was typed stays.

        `read` is the patient as the page showed them. Returns the labels of what both have changed.
        """
        both = []
        for name in self.FACTS:
            typed, stored = self.cleaned_data[name], getattr(self.of, name)
            if read is None or typed == stored or getattr(read, name) == stored:
                continue
            if typed == getattr(read, name):
                self._put_stored(name, stored)
            else:
                both.append(f"{self.fields[name].label} (saved: {said(stored)})")
        self.put("version", self.of.version)
        return both

    def _put_stored(self, name: str, stored: Any) -> None:
        if stored is False:
            data = cast("QueryDict", self.data).copy()
            data.pop(name, None)  # a box that is not ticked is not sent
            self.data = data
        else:
            self.put(name, self.fields[name].prepare_value(stored) if stored is not None else "")


def said(value: Any) -> str:
    """A fact of a patient, as a page says it."""
    if value is None or value == "":
        return "not recorded"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%b} {value.day}, {value.year}"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
