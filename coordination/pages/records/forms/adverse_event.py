"""Adverse events: what happened, how it is now, and what was asked before an infusion."""

from datetime import date
from typing import Any

from django import forms

from coordination.base.errors import CareError
from coordination.pages.forms import DayField, offer_choices, offer_rows
from coordination.pages.patient.forms import PatientForm
from coordination.pages.records.forms.fact import FactForm, cycle_choices
from scheduling.models import AdverseEvent, AdverseEventInquiry, Cycle

GRADES = [("", "Choose"), *((str(grade), f"Grade {grade}") for grade in range(1, 6))]


class AdverseEventForm(FactForm):
    title, button, done = "Record an adverse event", "Record event", "Adverse event recorded."

    term = forms.CharField(
        label="What happened", max_length=200, help_text="The CTCAE term where there is one."
    )
    on = DayField(label="First day")
    grade = forms.ChoiceField(label="Grade at its worst", choices=GRADES)
    hypersensitivity = forms.BooleanField(label="It was a hypersensitivity reaction", required=False)
    hematologic = forms.BooleanField(
        label="It was hematologic", required=False, help_text="Then the counts decide, not this event."
    )
    resolved_on = DayField(label="Resolved on", required=False)
    grade_now = forms.ChoiceField(
        label="Grade now", required=False, choices=[("", "As at its worst"), ("0", "Gone"), *GRADES[1:]]
    )
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000)

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["on"] > self.today:
            raise CareError("This day is still to come.", "on")
        return {
            "term": data["term"],
            "on": data["on"],
            "grade": int(data["grade"]),
            "hypersensitivity": data["hypersensitivity"],
            "hematologic": data["hematologic"],
            "resolved_on": data["resolved_on"],
            "grade_now": int(data["grade_now"]) if data["grade_now"] else None,
            "note": data["note"],
        }


class FollowUpForm(PatientForm):
    """How an adverse event that went on is now."""

    grade_now = forms.TypedChoiceField(
        label="How is it now?", coerce=int, widget=forms.RadioSelect, choices=[("0", "Gone"), *GRADES[1:]]
    )
    resolved_on = DayField(label="Gone since", required=False, help_text="Only when it is gone.")
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_resolved_on(self) -> date | None:
        day: date | None = self.cleaned_data["resolved_on"]
        if day and day > self.today:
            raise forms.ValidationError("This day is still to come.")
        return day


class InquiryForm(FactForm):
    title, button, done = "Adverse events asked for", "Record answer", "Answer recorded."
    lede = "Before each infusion somebody asks. “Nothing happened” is an answer; silence is not."

    cycle = forms.ChoiceField(label="Before which infusion")
    asked = forms.ChoiceField(
        label="Who was asked", widget=forms.RadioSelect, choices=AdverseEventInquiry.Asked.choices
    )
    asked_on = DayField(label="Day")
    answer = forms.ChoiceField(widget=forms.RadioSelect, choices=AdverseEventInquiry.Answer.choices)
    events = forms.ModelMultipleChoiceField(
        AdverseEvent.objects.none(),
        label="Events that were told",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Record a new event first; then it can be ticked here.",
    )
    note = forms.CharField(required=False, max_length=2000)

    def offer(self) -> None:
        waiting = [cycle for cycle in self.cycles if not cycle.infusion] or list(self.cycles)
        offer_choices(self, "cycle", cycle_choices(waiting))
        events = AdverseEvent.objects.known().filter(patient=self.of)
        offer_rows(self, "events", events)
        if not self.is_bound and not events.exists():
            del self.fields["events"]
        self.fields["asked_on"].initial = self.today

    @property
    def about(self) -> Cycle:
        return self.chosen_from_course()

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["asked_on"] > self.today:
            raise CareError("This day is still to come.", "asked_on")
        return {
            "asked": data["asked"],
            "asked_on": data["asked_on"],
            "answer": data["answer"],
            "events": list(data.get("events", ())),
            "note": data["note"],
        }
