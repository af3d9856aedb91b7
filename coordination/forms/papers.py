"""Papers that must be there before an infusion: consent, teaching, the payer's word, the dose order."""

from typing import Any

from django import forms

from coordination.base.forms import ActionForm, DayField, ReasonField, VersionedForm
from patients.models import Authorization, Consent, Education


class ConsentForm(ActionForm):
    kind = forms.ChoiceField(label="Consent to", choices=Consent.Kind.choices)
    given_on = DayField(label="Given on")
    form_version = forms.CharField(label="Version of the form", required=False, max_length=40)


class EducationForm(ActionForm):
    topic = forms.ChoiceField(label="Taught about", choices=Education.Topic.choices)
    on = DayField(label="On")
    taught_by = forms.CharField(label="By whom", required=False, max_length=200)
    understood = forms.BooleanField(label="The patient could say it in own words", required=False)


class AuthorizationForm(ActionForm):
    state = forms.ChoiceField(label="The payer", choices=Authorization.State.choices)
    payer = forms.CharField(label="Payer", max_length=200)
    number = forms.CharField(label="Number", required=False, max_length=60)
    starts_on = DayField(label="Covers from", required=False)
    ends_on = DayField(label="Covers until", required=False)
    doses = forms.IntegerField(label="Doses covered", required=False, min_value=1, max_value=10)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if said.get("state") == Authorization.State.GRANTED and not (starts and ends):
            self.add_error("ends_on" if starts else "starts_on", "A granted one says from when to when.")
        if starts and ends and ends < starts:
            self.add_error("ends_on", "The last day lies before the first.")
        return said


class PlaceOrderForm(ActionForm):
    supplier = forms.CharField(label="Supplier", required=False, max_length=200)
    order_number = forms.CharField(label="Order number", required=False, max_length=60)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ConfirmOrderForm(VersionedForm):
    order_number = forms.CharField(label="Number the supplier confirmed", required=False, max_length=60)


class CancelOrderForm(VersionedForm):
    because = ReasonField(label="Cancel, because", help_text="A dated result that caused it waives the fee.")
