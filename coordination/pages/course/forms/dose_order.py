"""The dose order, confirmed or cancelled."""

from collections.abc import Sequence
from typing import Any

from django import forms

from coordination.pages.forms import ReasonField, VersionedForm, offer_choices
from coordination.pages.patient.forms import PatientForm


class PlaceOrderForm(PatientForm):
    supplier = forms.CharField(label="Supplier", required=False, max_length=200)
    order_number = forms.CharField(label="Order number", required=False, max_length=60)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ConfirmOrderForm(PatientForm, VersionedForm):
    order_number = forms.CharField(label="Number the supplier confirmed", required=False, max_length=60)


class CancelOrderForm(PatientForm, VersionedForm):
    """Cancel a dose; `results` are those that may have made the patient ineligible."""

    because = ReasonField(label="Reason for cancellation")
    waiver_evidence = forms.ChoiceField(
        label="Qualifying lab result",
        required=False,
        help_text="Fee for an unused dose waived with a qualifying lab result. A late fee stays.",
    )

    def __init__(self, *args: Any, results: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "waiver_evidence", [("", "None"), *results])
