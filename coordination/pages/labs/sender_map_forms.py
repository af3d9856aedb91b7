"""What a sender means by a word of its own: said in the review queue, or on the page of its map."""

from collections.abc import Iterable
from typing import Any

from django import forms

from coordination.base.models import ApiClient
from coordination.pages.forms import ActionForm, ReasonField
from coordination.wording.clinical import ANALYTES, analyte_word
from labs.models import LabResult, SenderMapEntry
from labs.rules.analytes import ANALYTE_OF, CANONICAL_UNIT, CODES, Analyte
from labs.rules.names import analyte_named
from labs.rules.units import spellings_of

NOT_CHOSEN = ("", "Choose")


def test_choices() -> list[tuple[str, str]]:
    """Every LOINC code that our tables know, by the test it is of."""
    return [
        NOT_CHOSEN,
        *(
            (loinc, f"{analyte_word(analyte)}, {loinc}")
            for analyte in sorted(CODES, key=analyte_word)
            for loinc in CODES[analyte]
        ),
    ]


def unit_choices(analyte: str) -> list[tuple[str, str]]:
    """The units that our table knows for a test, the one that the rules use first."""
    known = Analyte(analyte)
    units = dict.fromkeys([CANONICAL_UNIT[known], *spellings_of(known)])
    return [NOT_CHOSEN, *((unit, unit) for unit in units)]


class TestMeantForm(ActionForm):
    """This sender's code is that LOINC code; and its unit, where that is unknown too."""

    loinc = forms.ChoiceField(label="This sender’s code means")
    unit = forms.CharField(label="and its unit means", max_length=60, required=False)
    because = forms.CharField(label="Why", max_length=500, required=False)

    def __init__(self, *args: Any, result: LabResult, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        test: Any = self.fields["loinc"]
        test.choices = test_choices()
        test.label = f"{result.sent_code.rpartition('|')[2]} means"
        self.fields["unit"].label = f"and its unit {result.unit or '(none sent)'} means"
        self.fields["unit"].help_text = "Leave empty where our table knows the unit."
        if named := analyte_named(result.code_text):
            self.initial["loinc"] = CODES[named][0]


class UnitMeantForm(ActionForm):
    """This sender's unit is that unit of our table, for this test."""

    unit = forms.ChoiceField(label="means")
    because = forms.CharField(label="Why", max_length=500, required=False)

    def __init__(self, *args: Any, result: LabResult, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.choices = unit_choices(result.analyte or "")
        unit.label = f"{result.unit or 'No unit'} means"


class EntryForm(ActionForm):
    """Any entry of a sender's map."""

    client = forms.ModelChoiceField(ApiClient.objects.none(), label="Sender")
    laboratory = forms.CharField(
        label="Laboratory",
        max_length=200,
        required=False,
        help_text="As its reports name it. Empty: reports that name none.",
    )
    kind = forms.ChoiceField(label="What", choices=SenderMapEntry.Kind.choices)
    sent = forms.CharField(
        label="As sent",
        max_length=270,
        required=False,
        help_text="A test code as system|code, a unit, or an authority. Not needed for times.",
    )
    analyte = forms.ChoiceField(
        label="Of the test", required=False, choices=[NOT_CHOSEN, *ANALYTES.items()], help_text="For a unit."
    )
    means = forms.CharField(
        label="Means",
        max_length=200,
        help_text="A LOINC code; a unit; an authority; a time zone; for a plain date: day, or 07:30.",
    )
    because = ReasonField(label="Why", widget=forms.TextInput)

    def __init__(self, *args: Any, clients: Iterable[ApiClient], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sender: Any = self.fields["client"]
        sender.queryset = clients

    def clean_laboratory(self) -> str:
        return " ".join(str(self.cleaned_data["laboratory"]).split())


class CorrectForm(ActionForm):
    means = forms.CharField(label="Means", max_length=200)
    because = ReasonField(label="Why", widget=forms.TextInput)


class WithdrawForm(ActionForm):
    because = ReasonField(label="Why", widget=forms.TextInput)


def means_words(entry: SenderMapEntry) -> str:
    """What an entry says, with the name of the test: "777-3, Platelets"."""
    if entry.kind == SenderMapEntry.Kind.CODE:
        return f"{entry.means}, {analyte_word(ANALYTE_OF.get(entry.means))}"
    return entry.means


def sent_words(entry: SenderMapEntry) -> str:
    """What was sent: "PLT (urn:local:L)", "x10 of Platelets"."""
    if entry.kind == SenderMapEntry.Kind.CODE:
        system, _, code = entry.sent.rpartition("|")
        return f"{code} ({system})"
    if entry.kind == SenderMapEntry.Kind.UNIT:
        return f"{entry.sent or 'no unit'} of {analyte_word(entry.analyte)}"
    return entry.sent or entry.get_kind_display()
