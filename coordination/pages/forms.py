"""Forms as our pages draw them: error beside the field, units said, nothing guessed, nothing lost."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import model_to_dict
from django.forms.renderers import TemplatesSetting

from coordination.base import kept_forms
from coordination.base.errors import CareError
from coordination.base.models import SiteSettings, User
from coordination.base.models.site import A_SHIFT, SHORTEST_IDLE

A_NUMBER = re.compile(r"[+-]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})", re.ASCII)


class Renderer(TemplatesSetting):
    """Draws every form and field by our own components (setting FORM_RENDERER)."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"


class DayInput(forms.DateInput):
    """The browser's own day picker; a browser without one takes 2026-01-14."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker for a day and a time, read in the site's time zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class TimeInput(forms.TimeInput):
    """The browser's own picker for a time of day."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""Nothing before or after can be meant."""


class DayField(forms.DateField):
    """A day; `latest` and `earliest` are days beyond which nothing can be meant."""

    widget = DayInput

    def __init__(self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)
        self.earliest = earliest or EARLIEST
        self.latest = latest or LATEST

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value is not None and not self.earliest <= value <= self.latest:
            raise ValidationError(f"Not between {self.earliest} and {self.latest}.", code="range")


class MomentField(forms.DateTimeField):
    """A day and a time in the site's zone. An hour that the clock change skips or repeats is refused."""

    widget = MomentInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **kwargs)

    def validate(self, value: datetime | None) -> None:
        super().validate(value)
        if value is not None and not EARLIEST.year <= value.year < LATEST.year:
            raise ValidationError(f"Not between {EARLIEST} and {LATEST}.", code="range")


class QuantityField(forms.CharField):
    """A decimal number exactly as typed, with its unit beside it: no exponent, no NaN, no guessing.

    `unit` is shown after the field. Out of `lowest` to `highest` is refused in the field's own words.
    """

    def __init__(
        self,
        *,
        unit: str = "",
        lowest: Decimal | None = None,
        highest: Decimal | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_length=42, **kwargs)
        self.unit = unit
        self.lowest = lowest
        self.highest = highest

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value) or ""
        if not text:
            return None
        if not A_NUMBER.fullmatch(text):
            raise ValidationError("Write a plain number, such as 12 or 7.4.", code="invalid")
        return Decimal(text)

    def run_validators(self, value: Any) -> None:
        """Nothing to run: the length was checked as text, the range is checked in `validate`."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if self.lowest is not None and value < self.lowest:
            raise ValidationError(f"At least {self.lowest} {self.unit}".strip() + ".", code="too-low")
        if self.highest is not None and value > self.highest:
            raise ValidationError(f"At most {self.highest} {self.unit}".strip() + ".", code="too-high")


class ActionForm(forms.Form):
    """A form that does one act. `refuse` puts what the act objected to beside the field at fault."""

    def add_error(self, field: str | None, error: Any) -> None:
        """The first field at fault takes the cursor: it may stand below what the window shows."""
        super().add_error(field, error)
        widgets = [each.widget for each in self.fields.values()]
        at_fault = self.fields[field].widget if field in self.fields else None
        if at_fault and not at_fault.is_hidden and not any("autofocus" in each.attrs for each in widgets):
            at_fault.attrs["autofocus"] = True

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """What was typed here before the session ended goes before what the page would propose."""
        typed = kept_forms.typed_into(self, field_name)
        return typed[0] if typed else super().get_initial_for_field(field, field_name)

    def refuse(self, error: CareError) -> None:
        self.add_error(error.field if error.field in self.fields else None, error.message)


class VersionedForm(ActionForm):
    """An act on something that two people may have open: carries the version that the page showed."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class ReasonField(forms.CharField):
    """A sentence that says why; required wherever it stands."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Reason")
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        super().__init__(max_length=2000, **kwargs)


def offer_choices(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    """Let the field be answered by one of these: what is stored, and the words shown for it."""
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def offer_rows(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    """Let the field be answered by one of these rows."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


class FilterForm(forms.Form):
    """A list's filter, read from the URL; nothing is required, and what makes no sense is said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "filter_%s")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False

    @property
    def is_filtered(self) -> bool:
        return any(self.data.get(name) for name in self.fields)

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters in force, by name; one that makes no sense is left out (the form says so)."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}

    @property
    def in_words(self) -> str:
        """The filters in force, for paper, which shows no fields."""
        said = ((self.fields[name], value) for name, value in self.chosen.items())
        return "; ".join(
            f"{field.label}: {dict(getattr(field, 'choices', ())).get(value, value)}"
            for field, value in said
            if field.label
        )


class CodeField(forms.CharField):
    """A code of the second factor: six digits of the app, or a recovery code."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Code from your authenticator app, or a recovery code")
        widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"})
        super().__init__(max_length=40, widget=widget, **kwargs)


class CodeForm(ActionForm):
    one_time_code = CodeField()


class PasswordField(forms.CharField):
    """A password as it is: spaces count. `autocomplete` tells a password manager which one is meant."""

    def __init__(self, *, autocomplete: str = "current-password", **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
        super().__init__(strip=False, max_length=1000, widget=widget, **kwargs)


class FirstCodeForm(ActionForm):
    """The first code of an app, typed right after the password."""

    one_time_code = CodeField(label="Code that the app shows")


class SetUpForm(FirstCodeForm):
    """The second factor is taken into use by who knows the password and holds the phone."""

    password = PasswordField(label="Your password")


class NewPasswordForm(ActionForm):
    """One's own new password: the current one first, so that nobody does it at a desk left open."""

    current_password = PasswordField(label="Current password")
    new_password = PasswordField(label="New password", autocomplete="new-password")
    new_password_again = PasswordField(label="New password again", autocomplete="new-password")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "new_password" in said and said.get("new_password_again") != said["new_password"]:
            self.add_error("new_password_again", "The two passwords are not the same.")
        return said


class SignInRulesForm(ActionForm):
    """How the people of a site sign in, and how long a session lasts that nobody uses."""

    second_factor_required = forms.BooleanField(
        label="Navigators, prescribers, clinic and administrators must set up a second factor",
        required=False,
        help_text="Off: who has set it up is still asked.",
    )
    second_factor_for_all = forms.BooleanField(
        label="Ask everybody for a code at sign-in",
        required=False,
        help_text="Off: prescribers and administrators only.",
    )
    second_factor_minutes = forms.IntegerField(
        label="Minutes after which a signature asks for a code again", min_value=0, max_value=A_SHIFT
    )
    idle_minutes = forms.IntegerField(
        label="Minutes without activity after which a session ends",
        min_value=SHORTEST_IDLE,
        max_value=A_SHIFT,
        help_text="A warning comes 2 minutes before.",
    )
    because = ReasonField()

    def __init__(self, data: Any = None, *, rules: SiteSettings) -> None:
        super().__init__(data, initial=model_to_dict(rules))

    def put_into(self, rules: SiteSettings) -> None:
        for name, value in self.cleaned_data.items():
            if name != "because":
                setattr(rules, name, value)


class SignInForm(AuthenticationForm):
    """User name and password. The same sentence whatever was wrong, so that no name can be found out."""

    error_messages = {
        "invalid_login": "This user name and password do not go together. Both may be mistyped.",
        "inactive": "This user name and password do not go together. Both may be mistyped.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "User name"
        self.fields["username"].widget.attrs |= {"autocapitalize": "none", "spellcheck": "false"}
