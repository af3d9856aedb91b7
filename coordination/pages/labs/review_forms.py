"""The one act that settles a line of the review queue."""

from django import forms

from coordination.pages.forms import ActionForm, ReasonField


class WhoseForm(ActionForm):
    """Whose a parked report is: by the exact number, never by a name."""

    mrn = forms.CharField(
        label="MRN, exactly", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class DismissForm(ActionForm):
    because = ReasonField(label="Reason", widget=forms.TextInput)
