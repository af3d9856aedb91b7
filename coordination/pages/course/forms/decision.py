"""What a prescriber decides: the dose, what the dose table cannot know, a conflict."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from coordination.pages.forms import CodeField, DayField, ReasonField, offer_choices
from coordination.pages.patient.forms import PatientForm
from scheduling.models import Signature
from scheduling.rules.protocol import Doses

# An order ahead of the panel is an act of its own; the code stays for what was signed with it.
OVERRIDE_CODES = [
    choice for choice in Signature.OverrideCode.choices if choice[0] != Signature.OverrideCode.AHEAD_OF_PANEL
]


class SignForm(PatientForm):
    """Accept the proposal that the page showed; `proposal` says which. `asks_code`: of the second factor."""

    proposal = forms.UUIDField(widget=forms.HiddenInput)
    one_time_code = CodeField()

    def __init__(self, *args: Any, asks_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_code:
            del self.fields["one_time_code"]

    @property
    def typed_code(self) -> str:
        """The code as typed; empty where none was asked for."""
        code: str = self.cleaned_data.get("one_time_code", "")
        return code


class OverrideForm(SignForm):
    """Decide otherwise than proposed."""

    action = forms.ChoiceField(
        label="Your decision",
        widget=forms.RadioSelect,
        choices=[("give", "Give the dose"), ("hold", "Hold"), ("stop", "Stop the course")],
    )
    activity_gbq = forms.TypedChoiceField(
        label="Activity, if it is given", required=False, coerce=Decimal, empty_value=None
    )
    code = forms.ChoiceField(label="Kind of reason", choices=[("", "Choose"), *OVERRIDE_CODES])
    reason = ReasonField(label="Reason, in your words")

    field_order = ("action", "activity_gbq", "code", "reason", "one_time_code")

    def __init__(self, *args: Any, doses: Doses, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        full, reduced = str(doses.full_gbq), str(doses.reduced_gbq)
        offer_choices(
            self,
            "activity_gbq",
            [("", "Choose"), (full, f"{full} GBq"), (reduced, f"{reduced} GBq, reduced")],
        )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("action") == "give" and not data.get("activity_gbq"):
            self.add_error("activity_gbq", "Choose the activity to give.")
        return data


class AttributionForm(PatientForm):
    """Whether a row's episode after an infusion is related to the treatment."""

    row = forms.ChoiceField(label="Toxicity")
    cycle_number = forms.TypedChoiceField(label="After infusion", coerce=int)
    related = forms.TypedChoiceField(
        label="Your judgment",
        widget=forms.RadioSelect,
        coerce=lambda word: word == "yes",
        choices=[("no", "Not related to the treatment"), ("yes", "Related to the treatment")],
    )
    reason = ReasonField()

    def __init__(
        self, *args: Any, rows: Sequence[tuple[str, str]], cycles: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "row", rows)
        offer_choices(self, "cycle_number", [(str(number), f"Infusion {number}") for number in cycles])


class ConfirmationForm(PatientForm):
    """Whether a row that the table cannot tell has resolved, as of a day."""

    row = forms.ChoiceField(label="Toxicity")
    on = DayField(label="As of")
    resolved = forms.TypedChoiceField(
        label="Your judgment",
        widget=forms.RadioSelect,
        coerce=lambda word: word == "yes",
        choices=[("yes", "It has resolved"), ("no", "It has not resolved")],
    )
    reason = ReasonField()

    def __init__(self, *args: Any, rows: Sequence[tuple[str, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "row", rows)
        self.fields["on"].initial = today
        self.today = today

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > self.today:
            raise forms.ValidationError("This day is still to come.")
        return on


class BaselineForm(PatientForm):
    """Another result than the latest before the first infusion serves as an analyte's baseline."""

    result = forms.ChoiceField(label="Result")
    reason = ReasonField(label="Why does this one hold?")

    def __init__(self, *args: Any, results: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "result", [("", "Choose"), *results])


class OrderAheadForm(SignForm):
    """Permit the order of a dose while its labs are awaited."""

    activity_gbq = forms.TypedChoiceField(label="Activity", widget=forms.RadioSelect, coerce=Decimal)
    reason = ReasonField(label="Note", required=False)

    field_order = ("patient", "proposal", "activity_gbq", "reason", "one_time_code")

    def __init__(self, *args: Any, doses: Doses, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        full, reduced = str(doses.full_gbq), str(doses.reduced_gbq)
        offer_choices(self, "activity_gbq", [(full, f"{full} GBq"), (reduced, f"{reduced} GBq, reduced")])


class WithdrawAheadForm(PatientForm):
    because = ReasonField(label="Reason for withdrawal")


class ConflictAnswerForm(PatientForm):
    """Go on in spite of a conflict; `digest` says which, so that a changed one is answered anew."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = ReasonField(label="Reason")
    told = forms.CharField(
        label="Who was told, and when",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text="Such as the patient, the referring oncologist, the radiation safety officer.",
    )

    def __init__(self, *args: Any, asks_who_was_told: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_who_was_told:
            del self.fields["told"]
