"""The forms of Today: what is shown, and what is done about the lines."""

from typing import Any

from django import forms

from coordination.base.choices import Owner
from coordination.base.forms import ActionForm, DayField, FilterForm, ReasonField, VersionedForm
from coordination.base.models import User
from coordination.worklist import Group, Kind
from patients.forms import PatientForm
from scheduling.models import ContactLog

KINDS = {
    Kind.DUE: "Items of the schedule",
    Kind.DECISION: "Decisions",
    Kind.WITHDRAWN: "Signatures withdrawn",
    Kind.CONFLICT: "Conflicts",
    Kind.REVIEW: "Results to review",
    Kind.ORDER: "Dose orders at risk",
    Kind.MESSAGE: "Messages to decide",
}
GROUPS = {
    Group.OVERDUE: "Overdue",
    Group.TODAY: "Today",
    Group.WEEK: "This week",
    Group.WAITING: "Waiting for others",
    Group.TOO_LATE: "Too late",
    Group.LATER: "Later",
    Group.SNOOZED: "Snoozed",
}
COLUMNS = {
    "window": "Window",
    "late": "Late",
    "owner": "Owner",
    "contact": "Last contact",
    "assigned": "Assigned to",
    "born": "Born",
    "practice": "Referred by",
    "urgency": "Urgency",
}
COLUMNS_UNASKED = ("window", "late", "owner", "contact")
Named = tuple[tuple[str, str], ...]
"""Sites or people to choose from: their public ids and names."""
HOURS = {"12": "12 hours", "24": "a day", "72": "3 days", "168": "a week"}


class TodayFilter(FilterForm):
    """Which lines: all of it stands in the URL, and none of it names a patient."""

    kind = forms.ChoiceField(label="What", choices=[("", "Everything"), *KINDS.items()])
    owner = forms.ChoiceField(
        label="Owner", choices=[("", "Everybody"), *Owner.choices, ("prescriber", "Prescriber")]
    )
    assigned = forms.ChoiceField(label="Assigned to")
    text = forms.CharField(
        label="Item or practice",
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "labs, LAR, a practice"}),
    )
    site = forms.ChoiceField(label="Site")
    group = forms.ChoiceField(label="Group", choices=[("", ""), *GROUPS.items()], widget=forms.HiddenInput)
    sort = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sites: Named, people: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assigned"].choices = [  # type: ignore[attr-defined]
            ("", "Anybody"),
            ("me", "Me"),
            ("nobody", "Nobody"),
            *people,
        ]
        if len(sites) > 1:
            self.fields["site"].choices = [("", "All sites"), *sites]  # type: ignore[attr-defined]
        else:
            del self.fields["site"]

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.fields if name not in ("group", "sort"))


class ColumnsForm(forms.Form):
    columns = forms.MultipleChoiceField(
        label="Columns",
        required=False,
        choices=list(COLUMNS.items()),
        widget=forms.CheckboxSelectMultiple,
    )


class SaveFilterForm(ActionForm):
    name = forms.CharField(label="Name of this view", max_length=60)
    shared = forms.BooleanField(label="For everybody at my site", required=False)
    query = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)


class RemoveFilterForm(forms.Form):
    view = forms.UUIDField()


class HandoverForm(ActionForm):
    text = forms.CharField(
        label="For whoever works next", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    hours = forms.ChoiceField(label="Keep it for", choices=list(HOURS.items()), initial="24")
    site = forms.ChoiceField(label="Site")

    def __init__(self, *args: Any, sites: Named, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = sites  # type: ignore[attr-defined]
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()
            self.fields["site"].initial = sites[0][0]


# --- acts on an item --------------------------------------------------------------------------------


class AssignForm(PatientForm, VersionedForm):
    to = forms.ModelChoiceField(
        label="Assign to", queryset=User.objects.none(), required=False, empty_label="Nobody"
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            pk__in=[person.pk for person in people]
        )


class SnoozeForm(PatientForm, VersionedForm):
    until = DayField(label="Out of sight until", help_text="It comes back by itself that morning.")
    because = forms.CharField(label="Why", required=False, max_length=500)


class NotDoneForm(PatientForm, VersionedForm):
    because = ReasonField(
        label="Not done, because", help_text="Such as: drawn elsewhere, patient declined, no longer needed."
    )


class MarkForm(PatientForm, VersionedForm):
    """Done, awake again, taken back: nothing to fill in."""


class TakeBackForm(PatientForm, VersionedForm):
    because = ReasonField(label="Take back, because")


class CallForm(PatientForm):
    channel = forms.ChoiceField(label="How", choices=ContactLog.Channel.choices)
    with_whom = forms.CharField(label="With whom", max_length=200)
    outcome = forms.ChoiceField(label="Outcome", choices=ContactLog.Outcome.choices)
    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class RemindForm(PatientForm):
    """Remind now: nothing to fill in."""


class BulkForm(ActionForm):
    """One act on all ticked lines; drawn by the page of Today, in one line."""

    act = forms.ChoiceField(
        choices=[("assign", ""), ("snooze", ""), ("not-done", ""), ("wake", "")],
        error_messages={"required": "Press the button of what is to be done: Enter alone does nothing."},
    )
    to = forms.UUIDField(required=False)
    until = DayField(required=False)
    because = forms.CharField(required=False, max_length=2000)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("act") == "snooze" and said.get("until", "") is None:
            self.add_error("until", "Choose the day on which it comes back.")
        if said.get("act") == "not-done" and said.get("because") == "":
            self.add_error("because", "Say why it was not done.")
        return said
