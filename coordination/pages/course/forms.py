"""Forms that record a fact or change a course. Each carries the patient it was opened for (hazard H41).

`act` does the one act of a form through `scheduling.actions`; the view puts a flow around it.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet

from coordination.base import clock
from coordination.base.errors import CareError
from coordination.base.models import Practice
from coordination.pages.forms import CodeField, DayField, MomentField, QuantityField, ReasonField, TimeInput
from coordination.pages.patient.forms import PatientForm
from patients.models import Patient, ResponseAssessment
from scheduling.models import (
    AdverseEvent,
    AdverseEventInquiry,
    Cycle,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Scan,
    Signature,
    Transfusion,
    Weight,
)
from scheduling.models.weight import weight_words
from scheduling.rules.formatting import day_words
from scheduling.rules.protocol import Doses
from scheduling.weights import Jump, is_a_weight, jump_of

KG_PER_POUND = Decimal("0.45359237")  # exact, by the international pound of 1959
DECIMALS_OF_A_WEIGHT = 4
GRADES = [("", "Choose"), *((str(grade), f"Grade {grade}") for grade in range(1, 6))]


def _offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def _offer_rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


class FactForm(PatientForm):
    """Records one fact of a patient. `cycles` are those of the course, `today` the day at the site."""

    title: ClassVar[str]
    button: ClassVar[str]
    done: ClassVar[str]
    lede: ClassVar[str] = ""

    def __init__(self, *args: Any, cycles: Sequence[Cycle], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycles = cycles
        self.today = today
        self.offer()

    def offer(self) -> None:
        """Fill in what depends on the patient: choices, the day of today."""

    @property
    def about(self) -> Patient | Cycle:
        """Whom or what the fact is about."""
        return self.of

    def said(self) -> dict[str, Any]:
        """What the fact says, by the arguments of its action. Raises CareError, naming the field."""
        raise NotImplementedError

    def _cycle(self) -> Cycle:
        return next(cycle for cycle in self.cycles if str(cycle.public_id) == self.cleaned_data["cycle"])


def _cycle_choices(cycles: Iterable[Cycle]) -> list[tuple[str, str]]:
    return [(str(cycle.public_id), _cycle_words(cycle)) for cycle in cycles]


def _cycle_words(cycle: Cycle) -> str:
    on = cycle.planned_on
    return f"Infusion {cycle.number}" + (f", planned {on:%a} {on.day} {on:%b %Y}" if on else "")


class InfusionFields(forms.Form):
    """What is said of an infusion, in the order of the day."""

    elsewhere = forms.BooleanField(
        label="Given elsewhere, or before this program's records",
        required=False,
        help_text="It counts for the schedule. No signature of this site is expected for it.",
    )
    antiemetic_at = MomentField(label="Antiemetic given", required=False)
    amino_acids_started_at = MomentField(
        label="Amino acids started",
        required=False,
        help_text="30 minutes or more before the infusion, and after the antiemetic.",
    )
    started_at = MomentField(label="Infusion started")
    ended_at = MomentField(label="Infusion ended", required=False)
    amino_acids_ended_at = MomentField(
        label="Amino acids ended", required=False, help_text="3 hours or more after the infusion ended."
    )
    activity_gbq = QuantityField(
        label="Activity measured before the infusion", unit="GBq", required=False, highest=Decimal(30)
    )
    residual_gbq = QuantityField(
        label="Activity left in the vial and line",
        unit="GBq",
        required=False,
        lowest=Decimal(0),
        highest=Decimal(30),
        help_text="Administered activity = measured before − left over.",
    )
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=2000)


GIVEN = tuple(InfusionFields.base_fields)


class InfusionForm(InfusionFields, FactForm):
    title, button, done = "Record an infusion", "Record infusion", "Infusion recorded."
    lede = "Record what was given, even if it was not approved. Conflicts are shown after it is saved."

    cycle = forms.ChoiceField(label="Which infusion")

    field_order = ("patient", "cycle", *GIVEN)

    def offer(self) -> None:
        _offer(self, "cycle", _cycle_choices(cycle for cycle in self.cycles if not cycle.infusion))

    @property
    def chosen_cycle(self) -> Cycle:
        return self._cycle()

    @property
    def given(self) -> dict[str, Any]:
        """What was typed, by the columns of the record."""
        return {name: self.cleaned_data[name] for name in GIVEN}


class CorrectInfusionForm(InfusionFields, PatientForm):
    """The record as it is; what is not touched stays as it was. `record` says which record was shown."""

    because = ReasonField(label="Reason for correction")
    record = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("patient", *GIVEN, "because")

    def __init__(self, *args: Any, infusion: InfusionGiven, **kwargs: Any) -> None:
        shown = {name: getattr(infusion, name) for name in GIVEN}
        super().__init__(*args, initial={**shown, "record": infusion.public_id}, **kwargs)
        self.infusion = infusion

    @property
    def changes(self) -> dict[str, Any]:
        """What was changed, by the columns of the record; a moment counts by the minute that was shown."""
        typed = self.cleaned_data
        stored = {name: getattr(self.infusion, name) for name in GIVEN}
        return {name: typed[name] for name in GIVEN if not _is_as_shown(typed[name], stored[name])}


def _is_as_shown(typed: Any, stored: Any) -> bool:
    if isinstance(stored, datetime):
        return bool(typed == stored.replace(second=0, microsecond=0))
    if isinstance(stored, str):
        return bool(typed.split() == stored.split())
    return bool(typed == stored)


class PlanField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the injections that are planned."""

    def label_from_instance(self, plan: Injection) -> str:
        dose = f" {plan.dose_mg.normalize():f} mg" if plan.dose_mg else ""
        where = plan.practice.name if plan.practice else "at the center"
        day = day_words(plan.planned_on) if plan.planned_on else ""
        return f"{plan.get_drug_display()}{dose}, for {day}, {where}"


class InjectionForm(FactForm):
    title, button, done = "Record an injection", "Record injection", "Injection recorded."
    lede = "A somatostatin analog that was given, or is planned."

    plan = PlanField(
        Injection.objects.none(),
        label="Was it planned?",
        required=False,
        empty_label="No, or this is a plan",
        to_field_name="public_id",
    )
    drug = forms.ChoiceField(label="Drug", choices=[("", "Choose"), *Injection.Drug.choices])
    dose_mg = QuantityField(label="Dose", unit="mg", required=False, lowest=Decimal("0.001"))
    given_at = MomentField(label="Given", required=False, help_text="Leave empty if it is only planned.")
    planned_on = DayField(label="Planned for", required=False)
    practice = forms.ModelChoiceField(
        Practice.objects.none(), label="Where", required=False, empty_label="At the center"
    )
    note = forms.CharField(required=False, max_length=2000)

    def offer(self) -> None:
        _offer_rows(self, "practice", Practice.objects.filter(is_active=True))
        plans = Injection.objects.planned().filter(patient=self.of).select_related("practice")
        _offer_rows(self, "plan", plans.order_by("planned_on"))
        if not self.is_bound and not plans:
            del self.fields["plan"]
        if plan := next((each for each in plans if str(each.public_id) == self.initial.get("plan")), None):
            self.initial.update(drug=plan.drug, dose_mg=plan.dose_mg, practice=plan.practice_id)

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "plan": data.get("plan"),
            "drug": data["drug"],
            "dose_mg": data["dose_mg"],
            "given_at": data["given_at"],
            "planned_on": data["planned_on"],
            "practice": data["practice"],
            "note": data["note"],
        }


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


class WeightForm(FactForm):
    """A weight in the unit it was read in. One that jumps is asked about before it is stored."""

    title, button, done = "Record a weight", "Record weight", "Weight recorded."
    lede = "Creatinine clearance uses the weight, so its unit is always asked for."

    weight = QuantityField(lowest=Decimal(1), highest=Decimal(800))
    unit = forms.ChoiceField(
        label="Unit",
        widget=forms.RadioSelect,
        choices=Weight.Unit.choices,
        error_messages={"required": "Choose kilograms or pounds."},
    )
    on = DayField(label="Weighed on")
    confirmed = forms.BooleanField(required=False)
    asked = forms.CharField(required=False, widget=forms.HiddenInput)

    def offer(self) -> None:
        self.fields["on"].initial = self.today
        self.question = self.fields.pop("confirmed")
        if self.data.get("asked"):
            self._ask(self.data["asked"])

    def clean_weight(self) -> Decimal:
        weight: Decimal = self.cleaned_data["weight"]
        exponent = weight.normalize().as_tuple().exponent
        if isinstance(exponent, int) and exponent < -DECIMALS_OF_A_WEIGHT:
            raise forms.ValidationError(f"At most {DECIMALS_OF_A_WEIGHT} decimals.")
        return weight

    def clean(self) -> dict[str, Any]:
        """A weight that jumps is stored once somebody has said that this very figure is right."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors or data["on"] > self.today or not is_a_weight(self.kg):
            return data
        jump = jump_of(self.of, kg=self.kg, on=data["on"], now=clock.now())
        question = _jump_words(jump) if jump else ""
        is_answered = data.get("confirmed") and data.get("asked") == question
        data["is_confirmed"] = bool(jump and is_answered)
        if jump and not is_answered:
            self._ask(question)
            self.put("asked", question)
            self.put("confirmed", "")
            self.add_error("confirmed", "Check the figure and the unit. If it is right, tick the box.")
        elif not jump:
            self.fields.pop("confirmed", None)
        return data

    def _ask(self, question: str) -> None:
        self.question.label = question
        self.fields["confirmed"] = self.question

    @property
    def kg(self) -> Decimal:
        """Exactly: a pound is 0.45359237 kg."""
        factor = KG_PER_POUND if self.cleaned_data["unit"] == Weight.Unit.POUNDS else Decimal(1)
        weight: Decimal = self.cleaned_data["weight"]
        return weight * factor

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        self._is_not_ahead()
        return {
            "kg": self.kg,
            "on": data["on"],
            "typed": (data["weight"], data["unit"]),
            "confirmed": data.get("is_confirmed", False),
        }

    def _is_not_ahead(self) -> None:
        if self.cleaned_data["on"] > self.today:
            raise CareError("This day is still to come.", "on")


def _jump_words(jump: Jump) -> str:
    """ "90 kg → 60 kg, 33 % less than Nov 2, 2024. Is it right?" """
    on = jump.earlier_on
    day = f"{on:%b} {on.day}, {on.year}"
    change = f"{weight_words(jump.earlier_kg)} → {weight_words(jump.kg)}"
    return f"{change}, {jump.percent} % {jump.direction} than {day}. Is it right?"


class ConfirmWeightForm(PatientForm):
    """A weight that jumps is right."""


class DoubtWeightForm(PatientForm):
    because = ReasonField(label="Why is it in doubt?")


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
        _offer(self, "cycle", _cycle_choices(waiting))
        events = AdverseEvent.objects.known().filter(patient=self.of)
        _offer_rows(self, "events", events)
        if not self.is_bound and not events.exists():
            del self.fields["events"]
        self.fields["asked_on"].initial = self.today

    @property
    def about(self) -> Cycle:
        return self._cycle()

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


class TransfusionForm(FactForm):
    title, button, done = "Record a transfusion", "Record transfusion", "Transfusion recorded."

    product = forms.ChoiceField(choices=[("", "Choose"), *Transfusion.Product.choices])
    on = DayField(label="Day")
    units = forms.IntegerField(label="Units", required=False, min_value=1, max_value=50)

    def said(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data["on"] > self.today:
            raise CareError("This day is still to come.", "on")
        return {
            "product": data["product"],
            "on": data["on"],
            "units": data["units"],
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
        _offer_rows(self, "practice", Practice.objects.filter(is_active=True))

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


FACT_FORMS: dict[str, type[FactForm]] = {
    "infusion": InfusionForm,
    "injection": InjectionForm,
    "scan": ScanForm,
    "weight": WeightForm,
    "adverse-event": AdverseEventForm,
    "inquiry": InquiryForm,
    "transfusion": TransfusionForm,
    "pregnancy-test": PregnancyTestForm,
    "draw": DrawForm,
    "response": ResponseForm,
}


class CallOffForm(PatientForm):
    because = ReasonField(label="Why is it called off?")


class InErrorForm(PatientForm):
    because = ReasonField(label="Why was it recorded in error?")


# An order ahead of the panel is an act of its own; the code stays for what was signed with it.
OVERRIDE_CODES = [
    choice for choice in Signature.OverrideCode.choices if choice[0] != Signature.OverrideCode.AHEAD_OF_PANEL
]

# --- decisions --------------------------------------------------------------------------------------


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
        _offer(
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
        _offer(self, "row", rows)
        _offer(self, "cycle_number", [(str(number), f"Infusion {number}") for number in cycles])


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
        _offer(self, "row", rows)
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
        _offer(self, "result", [("", "Choose"), *results])


class OrderAheadForm(SignForm):
    """Permit the order of a dose while its labs are awaited."""

    activity_gbq = forms.TypedChoiceField(label="Activity", widget=forms.RadioSelect, coerce=Decimal)
    reason = ReasonField(label="Note", required=False)

    field_order = ("patient", "proposal", "activity_gbq", "reason", "one_time_code")

    def __init__(self, *args: Any, doses: Doses, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        full, reduced = str(doses.full_gbq), str(doses.reduced_gbq)
        _offer(self, "activity_gbq", [(full, f"{full} GBq"), (reduced, f"{reduced} GBq, reduced")])


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


# --- the course -------------------------------------------------------------------------------------


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
        _offer(self, "people", [(name, name) for name in staff])
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
        _offer(self, "protocol", protocols)
        if not lacking:
            del self.fields["anyway_because"]
