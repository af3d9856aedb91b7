"""Consent, education, prior authorization and eligibility evidence: recorded, corrected, withdrawn."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from django import forms

from coordination.base.models import Fact
from coordination.pages.forms import DayField, ReasonField
from coordination.pages.patient.forms import PatientForm
from patients.models import Authorization, Consent, Education, EligibilityEvidence
from patients.models.withdrawable import WithdrawableFact
from patients.rules.eligibility.criteria import BY_RESULTS, criterion_word
from scheduling.eligibility_judgment import answer_to_store

F = TypeVar("F", bound=Fact)
NOTHING_WITHDRAWN: Mapping[str, Any] = {
    "withdrawn_on": None,
    "withdrawn_at": None,
    "withdrawn_by": None,
    "withdrawn_because": "",
}
LONG = forms.Textarea(attrs={"rows": 2})


class PaperForm(PatientForm, Generic[F]):
    """Records one fact, or corrects it: `corrects` is the record as it is, and then a reason is asked."""

    title: ClassVar[str]
    done: ClassVar[str]
    lede: ClassVar[str] = ""
    day: ClassVar[str] = ""  # the field that begins with today

    def __init__(self, *args: Any, today: date, corrects: F | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.corrects = corrects
        if corrects is None:
            self.initial.setdefault(self.day, today)
            return
        stored = {name: getattr(corrects, name) for name in self.fields if hasattr(corrects, name)}
        self.initial.update(stored, patient=self.of.public_id)
        if isinstance(corrects, WithdrawableFact) and corrects.withdrawn_on:
            self.fields["withdrawn_on"] = DayField(
                label="Withdrawn on", required=False, help_text="Empty: it was not withdrawn."
            )
            self.initial["withdrawn_on"] = corrects.withdrawn_on
        self.fields["because"] = ReasonField(label="Reason for the correction")

    def said(self) -> dict[str, Any]:
        """What the record says, by the fields of its model."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in ("patient", "because")
        }

    @property
    def changes(self) -> dict[str, Any]:
        """What a correction says; a withdrawal that is emptied did not happen."""
        changes = self.said()
        if "withdrawn_on" in changes and changes["withdrawn_on"] is None:
            changes |= NOTHING_WITHDRAWN
        return changes


class ConsentForm(PaperForm[Consent]):
    title, done, day = "Consent", "Consent recorded.", "given_on"

    kind = forms.ChoiceField(label="Consent to", choices=Consent.Kind.choices)
    given_on = DayField(label="Given on")
    form_version = forms.CharField(label="Version of the form", required=False, max_length=40)
    note = forms.CharField(label="Note", required=False, widget=LONG, max_length=2000)


class EducationForm(PaperForm[Education]):
    title, done, day = "Patient education", "Education recorded.", "on"

    topic = forms.ChoiceField(label="Topic", choices=Education.Topic.choices)
    on = DayField(label="Date")
    taught_by = forms.CharField(label="Taught by", required=False, max_length=200)
    understood = forms.BooleanField(label="Teach-back done", required=False)
    note = forms.CharField(label="Note", required=False, widget=LONG, max_length=2000)


class AuthorizationForm(PaperForm[Authorization]):
    title, done = "Prior authorization", "Prior authorization recorded."

    state = forms.ChoiceField(label="Status", choices=Authorization.State.choices)
    payer = forms.CharField(label="Payer", max_length=200)
    number = forms.CharField(label="Authorization number", required=False, max_length=60)
    starts_on = DayField(label="Covers from", required=False)
    ends_on = DayField(label="Covers until", required=False)
    doses = forms.IntegerField(label="Doses covered", required=False, min_value=1, max_value=10)
    note = forms.CharField(label="Note", required=False, widget=LONG, max_length=2000)


BY_PEOPLE = ("sstr-positive", "grade", "need", "extent", "karnofsky")
CRITERIA = [
    ("", "Choose"),
    *((name, criterion_word(name)) for name in BY_PEOPLE),
    ("Lab results decide", [(name, criterion_word(name)) for name in sorted(BY_RESULTS)]),
]


class EvidenceForm(PaperForm[EligibilityEvidence]):
    title, done, day = "Eligibility evidence", "Eligibility evidence recorded.", "evidence_on"
    lede = "From the referral, a clinic note, imaging, pathology or the tumor board. The newest one counts."

    criterion = forms.ChoiceField(label="Criterion", choices=CRITERIA)
    answer = forms.ChoiceField(
        label="Answer",
        widget=forms.RadioSelect,
        choices=EligibilityEvidence.Answer.choices,
        required=False,
        help_text="Of the KPS its figure is enough.",
    )
    value = forms.CharField(
        label="Value", required=False, max_length=60, help_text="The KPS, such as 80; else what was found."
    )
    evidence = forms.CharField(
        label="Source", max_length=2000, help_text="Such as “clinic note” or “tumor board”."
    )
    evidence_on = DayField(label="Date of the evidence")
    expires_on = DayField(label="Valid until", required=False)

    def said(self) -> dict[str, Any]:
        said = super().said()
        names = ("criterion", "answer", "value")
        return said | {"answer": answer_to_store(self.of, **{name: said[name] for name in names})}


PAPER_FORMS: dict[str, type[PaperForm[Any]]] = {
    "consent": ConsentForm,
    "education": EducationForm,
    "authorization": AuthorizationForm,
    "evidence": EvidenceForm,
}


class WithdrawPaperForm(PatientForm):
    """From a day on it counts no more; that it was once given stays."""

    on = DayField(label="Withdrawn on")
    because = ReasonField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("on", today)
