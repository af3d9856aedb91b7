"""What is examined: scans, pregnancy tests, blood draws to come, the response of the tumor."""

from typing import Any

from django import forms

from coordination.base.errors import CareError
from coordination.base.models import Practice
from coordination.pages.forms import DayField, MomentField, offer_rows
from coordination.pages.records.forms.fact import FactForm
from patients.models import ResponseAssessment
from scheduling.models import PregnancyTest, Scan


class ScanForm(FactForm):
    title, button, done = "Record a scan", "Record scan", "Scan recorded."
    lede = "Done, or booked for a day to come."

    kind = forms.ChoiceField(choices=[("", "Choose"), *Scan.Kind.choices])
    on = DayField(label="Day")
    modality = forms.CharField(required=False, max_length=60, help_text="Such as Ga-68 DOTATATE PET/CT.")
    uptake = forms.ChoiceField(
        label="Uptake",
        required=False,
        choices=[("", "Not stated"), *Scan.Uptake.choices],
        help_text="Of SSTR imaging, as the reader states it.",
    )
    report = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=5000)

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "kind": data["kind"],
            "on": data["on"],
            "modality": data["modality"],
            "uptake": data["uptake"] or None,
            "report": data["report"],
        }


class PregnancyTestForm(FactForm):
    title, button, done = "Record a pregnancy test", "Record test", "Pregnancy test recorded."
    lede = "Anything but negative stops the dose until a prescriber has settled it."

    on = DayField(label="Day")
    result = forms.ChoiceField(widget=forms.RadioSelect, choices=PregnancyTest.Result.choices)
    method = forms.CharField(required=False, max_length=60, help_text="Such as serum or urine.")

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["on"] > self.today:
            raise CareError("This day is still to come.", "on")
        return {
            "on": data["on"],
            "result": data["result"],
            "method": data["method"],
        }


class DrawForm(FactForm):
    title, button, done = "Plan a blood draw", "Plan draw", "Blood draw planned."
    lede = "No routine draw in the week after an infusion; an urgent one is never blocked."

    at = MomentField(label="When")
    urgent = forms.BooleanField(label="Urgent", required=False)
    practice = forms.ModelChoiceField(
        Practice.objects.none(), label="Where", required=False, empty_label="At the center"
    )

    def offer(self) -> None:
        offer_rows(self, "practice", Practice.objects.filter(is_active=True))

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "at": data["at"],
            "urgent": data["urgent"],
            "practice": data["practice"],
        }


class ResponseForm(FactForm):
    title, button, done = "Record the response", "Record response", "Response recorded."
    lede = "How the tumor answered. A progression ends the long-acting analog of maintenance."

    on = DayField(label="Day")
    outcome = forms.ChoiceField(
        widget=forms.RadioSelect, choices=ResponseAssessment.Outcome.choices, label="Outcome"
    )
    basis = forms.CharField(
        label="On what it rests",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text="Scans, markers, symptoms; the criteria, such as RECIST 1.1.",
    )
    first_scan_only = forms.BooleanField(
        label="It rests on the first scan after treatment alone",
        required=False,
        help_text="Growth seen there may be swelling (pseudoprogression): it is shown and changes nothing.",
    )

    def offer(self) -> None:
        self.fields["on"].initial = self.today

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["on"] > self.today:
            raise CareError("This day is still to come.", "on")
        return {
            "on": data["on"],
            "outcome": data["outcome"],
            "basis": data["basis"],
            "first_scan_only": data["first_scan_only"],
        }
