"""A chair and people for an infusion, and giving them back."""

from collections.abc import Sequence
from typing import Any

from django import forms

from coordination.pages.forms import ReasonField, TimeInput, offer_choices
from coordination.pages.patient.forms import PatientForm


class BookForm(PatientForm):
    """A chair and people for an infusion on its planned day. Each clash has a reason of its own."""

    starts = forms.TimeField(label="From", widget=TimeInput)
    ends = forms.TimeField(
        label="Until", widget=TimeInput, help_text="With amino acids and two hours of watching."
    )
    chair = forms.CharField(label="Chair or room", max_length=60)
    people = forms.MultipleChoiceField(
        label="People",
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="At least one, here or by name below.",
    )
    others = forms.CharField(
        label="Somebody else", required=False, max_length=400, help_text="Names with a comma between them."
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        staff: Sequence[str],
        chairs: Sequence[str],
        clashes: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chairs = chairs
        self.clashes = clashes
        offer_choices(self, "people", [(name, name) for name in staff])
        self.fields["chair"].widget.attrs["list"] = "chairs"
        for digest, words in clashes:
            self.fields[f"answer-{digest}"] = ReasonField(label=f"{words} Why all the same?")

    def clean_chair(self) -> str:
        """In the spelling it was booked under before: two spellings of one chair would not clash."""
        typed = " ".join(self.cleaned_data["chair"].split())
        return next((known for known in self.chairs if known.casefold() == typed.casefold()), typed)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        others = [" ".join(name.split()) for name in data.get("others", "").split(",")]
        data["everybody"] = [*data.get("people", []), *filter(None, others)]
        if not data["everybody"]:
            self.add_error("people", "Say who is there.")
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", "It ends before it starts.")
        return data

    @property
    def answers(self) -> dict[str, str]:
        return {digest: self.cleaned_data[f"answer-{digest}"] for digest, _ in self.clashes}


class CancelBookingForm(PatientForm):
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    because = ReasonField(label="Why is it given back?")
