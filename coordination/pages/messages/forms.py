"""Forms of messages: decide, addresses, timetable, texts."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from coordination.base.choices import Item, Owner
from coordination.models import Channel, Language, MessageDelivery
from coordination.models.reminder_timetable import stored_row
from coordination.pages.forms import ActionForm
from coordination.pages.patient.forms import OpenedForm
from scheduling.rules.reminders import LONGEST_DAYS, TimetableRow


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class DecideForm(ActionForm):
    decision = forms.ChoiceField(
        label="What is to be done", choices=MessageDelivery.Decision.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class AddressForm(OpenedForm):
    channel = forms.ChoiceField(label="By", choices=Channel.choices)
    address = forms.CharField(
        label="Address or number",
        max_length=254,
        help_text="A phone number with its area code; of another country like +44 20 7946 0018.",
    )
    language = forms.ChoiceField(label="Language", choices=Language.choices)
    timezone = forms.CharField(
        label="Time zone, where it is another",
        required=False,
        max_length=60,
        help_text="Such as America/Chicago; empty: the site's.",
    )

    def clean_timezone(self) -> str:
        zone = str(self.cleaned_data["timezone"]).strip()
        if zone and zone not in available_timezones():
            raise forms.ValidationError("No such time zone: write it as America/Chicago.")
        return zone


class HowForm(OpenedForm):
    """An act on one address, with how it came about."""

    contact = forms.UUIDField(widget=forms.HiddenInput)
    how = forms.CharField(label="How", max_length=200, required=False)


class DaysField(forms.CharField):
    """Days by comma: "1, 4". Empty: never."""

    def __init__(self, *, lowest: int, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"size": 6, "inputmode": "numeric", "autocomplete": "off"})
        super().__init__(required=False, max_length=40, widget=widget, **kwargs)
        self.lowest = lowest

    def clean(self, value: Any) -> list[int]:
        text = str(super().clean(value) or "")
        parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise forms.ValidationError("Whole days by comma, such as 1, 4.")
        days = sorted({int(part) for part in parts})
        if days and not self.lowest <= days[0] <= days[-1] <= LONGEST_DAYS:
            raise forms.ValidationError(f"From {self.lowest} to {LONGEST_DAYS} days.")
        return days

    def prepare_value(self, value: Any) -> str:
        return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value or "")


class RowForm(ActionForm):
    """One line of the timetable."""

    item = forms.ChoiceField(label="Item", required=False, choices=[("", "every other item"), *Item.choices])
    owned_by = forms.ChoiceField(
        label="Seen to by", required=False, choices=[("", "anybody"), *Owner.choices]
    )
    before = DaysField(label="Days before it opens", lowest=0)
    on_the_day = forms.BooleanField(label="On its day", required=False)
    owner = DaysField(label="Days late: who sees to it", lowest=1)
    navigator = DaysField(label="Days late: navigators", lowest=1)
    prescriber = DaysField(label="Days late: prescribers", lowest=1)
    manager = DaysField(label="Days late: managers", lowest=1)
    money = DaysField(label="Days before it costs", lowest=0)
    remove = forms.BooleanField(label="Take away", required=False)

    @property
    def is_kept(self) -> bool:
        """A line that was there, or into which something was written, and that is not taken away."""
        return not self.cleaned_data.get("remove") and (bool(self.initial) or self.has_changed())


class _Lines(forms.BaseFormSet):  # type: ignore[type-arg]
    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            said = getattr(form, "cleaned_data", None)
            if not said or said.get("remove"):
                continue
            key = (said.get("item", ""), said.get("owned_by", ""))
            if key in seen:
                form.add_error("item", "There is another line for the same item and owner.")
            seen.add(key)


RowFormSet = forms.formset_factory(RowForm, formset=_Lines, extra=2, max_num=60, absolute_max=60)


class TimetableForm(ActionForm):
    is_on = forms.BooleanField(label="Reminders are sent", required=False)
    quiet_from = forms.TimeField(label="Quiet from", widget=TimeInput)
    quiet_until = forms.TimeField(label="Quiet until", widget=TimeInput)
    digest_at = forms.TimeField(label="Digest for navigators at", required=False, widget=TimeInput)
    stale_after_hours = forms.IntegerField(
        label="Not sent when later than (hours)", min_value=1, max_value=720
    )
    most_per_patient = forms.IntegerField(
        label="Most about one patient to one address in 24 h", min_value=1, max_value=50
    )
    most_per_contact = forms.IntegerField(label="Most to one address in 24 h", min_value=1, max_value=500)


class TextForm(ActionForm):
    subject = forms.CharField(label="Subject", max_length=120, required=False)
    body = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 14}))


def initial_lines(rows: tuple[TimetableRow, ...]) -> list[dict[str, Any]]:
    return [stored_row(row) for row in rows]


def timetable_rows_of(lines: "forms.BaseFormSet[RowForm]") -> list[dict[str, Any]]:
    """The lines of a valid form set as they are kept."""
    return [
        {name: value for name, value in form.cleaned_data.items() if name != "remove"}
        for form in lines.forms
        if form.is_kept
    ]
