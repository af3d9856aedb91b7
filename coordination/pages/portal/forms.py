"""What the staff and the invited person fill in."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from coordination.base.models import Practice, Site, User
from coordination.models import Release, ResultKind
from coordination.pages.forms import ActionForm, DayField, ReasonField
from coordination.portal.access import LONGEST_ACCESS_DAYS
from coordination.portal.release import Rule

LONGEST_DELAY_DAYS = 90
NEW_PASSWORD = {"autocomplete": "new-password"}


class InviteForm(ActionForm):
    """A named person of a practice; an account is never a practice's as a whole."""

    practice = forms.ModelChoiceField(queryset=Practice.objects.none(), to_field_name="public_id")
    site = forms.ModelChoiceField(queryset=Site.objects.none(), to_field_name="public_id", label="Invited by")
    full_name = forms.CharField(max_length=150, label="Name")
    email = forms.EmailField(max_length=150, label="E-mail address", help_text="Their own, not a shared one.")
    access_days = forms.IntegerField(
        min_value=1, max_value=LONGEST_ACCESS_DAYS, initial=365, label="Access for how many days"
    )

    def __init__(self, *args: Any, practices: Any, sites: tuple[Site, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practice"].queryset = practices  # type: ignore[attr-defined]
        ours = Site.objects.filter(pk__in=[site.pk for site in sites])
        self.fields["site"].queryset = ours  # type: ignore[attr-defined]
        if len(sites) == 1:
            self.fields["site"].initial = sites[0].public_id


class RenewForm(ActionForm):
    until = DayField(label="Access until")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"until": today + timedelta(days=365)})
        super().__init__(*args, **kwargs)


class EndForm(ActionForm):
    because = ReasonField()


class PasswordForm(ActionForm):
    """The invited person's password, twice."""

    password = forms.CharField(label="Password", strip=False, widget=forms.PasswordInput(attrs=NEW_PASSWORD))
    again = forms.CharField(
        label="The same again",
        strip=False,
        widget=forms.PasswordInput(attrs=NEW_PASSWORD),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "password" in said and said.get("again") != said["password"]:
            self.add_error("again", ValidationError("These two differ.", code="differs"))
        return said


class ReleaseForm(ActionForm):
    """The release rule of one site for each kind of result."""

    def __init__(self, *args: Any, rules: Mapping[str, Rule], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind in ResultKind:
            rule = rules[kind]
            self.fields[f"{kind}-release"] = forms.ChoiceField(
                choices=Release.choices, initial=rule.release, label=str(kind.label)
            )
            self.fields[f"{kind}-days"] = forms.IntegerField(
                min_value=1,
                max_value=LONGEST_DELAY_DAYS,
                initial=rule.days,
                required=False,
                label=f"{kind.label}: days, where they are counted",
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for kind in ResultKind:
            counts = said.get(f"{kind}-release") == Release.AFTER_DAYS
            if counts and not said.get(f"{kind}-days") and f"{kind}-days" not in self.errors:
                self.add_error(f"{kind}-days", "Say how many days.")
        return said

    @property
    def chosen(self) -> dict[str, Rule]:
        said = self.cleaned_data
        return {
            kind: Rule(
                said[f"{kind}-release"],
                said[f"{kind}-days"] if said[f"{kind}-release"] == Release.AFTER_DAYS else None,
            )
            for kind in ResultKind.values
        }
