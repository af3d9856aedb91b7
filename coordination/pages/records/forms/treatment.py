"""What was given beside the infusions: a somatostatin analog, blood products."""

from decimal import Decimal
from typing import Any

from django import forms

from coordination.base.errors import CareError
from coordination.base.models import Practice
from coordination.pages.forms import DayField, MomentField, QuantityField, offer_rows
from coordination.pages.records.forms.fact import FactForm
from scheduling.models import Injection, Transfusion
from scheduling.rules.formatting import day_words


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
        offer_rows(self, "practice", Practice.objects.filter(is_active=True))
        plans = Injection.objects.planned().filter(patient=self.of).select_related("practice")
        offer_rows(self, "plan", plans.order_by("planned_on"))
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
