"""Move an infusion; start, hold, resume, stop and complete a course."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from coordination.pages.forms import DayField, ReasonField, offer_choices
from coordination.pages.patient.forms import PatientForm


class PickDayForm(forms.Form):
    """The first step of moving an infusion: which day, in the URL."""

    to = DayField(label="New day")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_to(self) -> date:
        to: date = self.cleaned_data["to"]
        if to < self.today:
            raise forms.ValidationError("This day has passed. If the infusion was given, record it instead.")
        return to


class MoveForm(PatientForm):
    """Save a move whose consequences were shown. Each blocking conflict has a reason of its own."""

    to = DayField(widget=forms.HiddenInput)
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    because = ReasonField(label="Why is it moved?")

    def __init__(self, *args: Any, blocking: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.blocking = blocking
        for digest, words in blocking:
            self.fields[f"answer-{digest}"] = ReasonField(label=f"{words} Why all the same?")

    @property
    def answers(self) -> dict[str, str]:
        return {digest: self.cleaned_data[f"answer-{digest}"] for digest, _ in self.blocking}


class ReasonForm(PatientForm):
    """Hold or resume a course."""

    because = ReasonField()


class StopForm(ReasonForm):
    on = DayField(label="Stopped on")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        self.order_fields(["patient", "on", "because"])


class CompleteForm(PatientForm):
    on = DayField(label="Handed back on")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today


class StartForm(PatientForm):
    """Begin a course: its protocol is pinned as it is today. `lacking`: why no referral allows it."""

    protocol = forms.ChoiceField()
    first_on = DayField(label="First infusion planned for", required=False)
    anyway_because = ReasonField(label="Reason to start without an accepted referral")

    def __init__(
        self, *args: Any, protocols: Sequence[tuple[str, str]], lacking: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_choices(self, "protocol", protocols)
        if not lacking:
            del self.fields["anyway_because"]
