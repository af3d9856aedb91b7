"""The dose order, confirmed or cancelled."""

from django import forms

from coordination.base.forms import ActionForm, ReasonField, VersionedForm


class PlaceOrderForm(ActionForm):
    supplier = forms.CharField(label="Supplier", required=False, max_length=200)
    order_number = forms.CharField(label="Order number", required=False, max_length=60)
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ConfirmOrderForm(VersionedForm):
    order_number = forms.CharField(label="Number the supplier confirmed", required=False, max_length=60)


class CancelOrderForm(VersionedForm):
    because = ReasonField(label="Cancel, because", help_text="A dated result that caused it waives the fee.")
