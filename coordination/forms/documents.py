"""What people choose for a document and for a batch of letters."""

from typing import Any

from django import forms

from coordination.base.forms import ActionForm, ReasonField, VersionedForm
from coordination.base.models import Practice, Site
from coordination.documents.batches import GROUP_NAMES, IN_BATCHES
from coordination.documents.content import Section
from coordination.documents.kinds import KINDS, Kind
from coordination.documents.versions import MOST_LETTERS
from coordination.documents.ways import Way
from coordination.documents.words import ENGLISH, SPANISH
from coordination.models import ContactPoint
from patients.forms import OpenedForm, PatientForm

LANGUAGES = [(ENGLISH, "English"), (SPANISH, "Español")]


class BeginForm(PatientForm):
    """Which document, to whom, about which infusion."""

    kind = forms.ChoiceField(
        choices=[(key, kind.name) for key, kind in KINDS.items()], widget=forms.HiddenInput
    )
    number = forms.IntegerField(min_value=1, max_value=10, required=False, widget=forms.HiddenInput)
    practice = forms.ModelChoiceField(Practice.objects.none(), required=False, to_field_name="public_id")

    def __init__(self, *args: Any, practices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["practice"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = practices

    @property
    def chosen_kind(self) -> Kind:
        return KINDS[self.cleaned_data["kind"]]


class ChooseForm(OpenedForm, VersionedForm):
    """Free text, ticked contents, language."""

    kept = forms.MultipleChoiceField(
        label="Contents",
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text="Untick to leave out.",
    )
    free_text = forms.CharField(
        label="Your own words",
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Printed as it stands, after what the receiver has to do.",
    )
    language = forms.ChoiceField(choices=LANGUAGES, required=False)

    def __init__(self, *args: Any, optional: list[Section], translated: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.fields["kept"]
        if isinstance(kept, forms.MultipleChoiceField):
            kept.choices = [(section.key, section.title) for section in optional]
        if not optional:
            del self.fields["kept"]
        if not translated:
            del self.fields["language"]
        self.optional = [section.key for section in optional]

    @property
    def left_out(self) -> list[str]:
        kept = set(self.cleaned_data.get("kept", []))
        return [key for key in self.optional if key not in kept]


class SignForm(OpenedForm, VersionedForm):
    """Sign what was read: `digest` says which words those were."""

    digest = forms.RegexField(r"\A[0-9a-f]{64}\Z", widget=forms.HiddenInput)


class SendForm(OpenedForm):
    """Which way, and to whom: the ways that the document has, and the addresses that may be mailed to."""

    way = forms.ChoiceField(label="How", widget=forms.RadioSelect)
    addresses = forms.MultipleChoiceField(
        label="Mail to",
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text="With a link into the portal; the mail itself holds initials and nothing else.",
    )
    to = forms.CharField(
        label="On paper: to whom",
        max_length=200,
        required=False,
        help_text="Whom it was handed, mailed or faxed to.",
    )

    def __init__(
        self,
        *args: Any,
        practice: Practice | None,
        points: list[ContactPoint],
        on_paper_to: str,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("auto_id", "send_%s")
        super().__init__(*args, **kwargs)
        self.points = {str(point.public_id): point for point in points}
        way, addresses = self.fields["way"], self.fields["addresses"]
        if isinstance(way, forms.ChoiceField) and isinstance(addresses, forms.MultipleChoiceField):
            way.choices = _ways(practice, points)
            way.initial = way.choices[0][0]
            addresses.choices = [(key, point.address) for key, point in self.points.items()]
            addresses.initial = list(self.points)
        if not points:
            del self.fields["addresses"]
        self.fields["to"].initial = on_paper_to

    @property
    def chosen(self) -> dict[str, Any]:
        """As flows.send_document takes it."""
        said = self.cleaned_data
        points = [self.points[key] for key in said.get("addresses", [])]
        return {"way": said["way"], "to": said["to"], "addresses": points}


def _ways(practice: Practice | None, points: list[ContactPoint]) -> list[tuple[str, str]]:
    on_paper = [(Way.PRINT.value, "On paper: printed and handed over, mailed or faxed")]
    if practice is None:
        return on_paper
    shown = (Way.PORTAL.value, f"Show it to {practice.name} in the portal")
    mailed = (Way.MAIL_LINK.value, f"Show it to {practice.name} in the portal, and mail the link")
    return [*([mailed] if points else []), shown, *on_paper]


class SendAllForm(ActionForm):
    """The way that every letter of a batch goes."""

    way = forms.ChoiceField(
        label="How",
        choices=[
            (Way.MAIL_LINK.value, "Show each to its practice in the portal, and mail the link"),
            (Way.PORTAL.value, "Show each to its practice in the portal"),
            (Way.PRINT.value, "On paper: they are printed and mailed, faxed or handed over"),
        ],
        widget=forms.RadioSelect,
        initial=Way.MAIL_LINK,
    )


class DropForm(OpenedForm):
    because = ReasonField()


class BatchForm(ActionForm):
    """Which letter, for whom."""

    kind = forms.ChoiceField(label="Document", choices=[(key, KINDS[key].name) for key in IN_BATCHES])
    group = forms.ChoiceField(
        label="For whom", choices=[(group.value, name) for group, name in GROUP_NAMES.items()]
    )
    site = forms.ChoiceField(label="Site")
    free_text = forms.CharField(
        label="Your own words",
        required=False,
        max_length=MOST_LETTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The same in every letter.",
    )

    def __init__(self, *args: Any, sites: tuple[Site, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        site = self.fields["site"]
        if isinstance(site, forms.ChoiceField):
            site.choices = [(str(each.public_id), each.name) for each in sites]
