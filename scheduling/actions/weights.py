"""Record weights, and confirm a jump."""

from datetime import date, datetime
from decimal import Decimal

from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import User
from patients.models import Patient
from scheduling.actions.recording import save_fact
from scheduling.models import Weight
from scheduling.models.weight import weight_words
from scheduling.weights import HEAVIEST_KG, LIGHTEST_KG, is_a_weight


def record_weight(
    patient: Patient,
    *,
    kg: Decimal,
    on: date,
    by: User | None,
    now: datetime,
    typed: tuple[Decimal, str] | None = None,
    confirmed: bool = False,
) -> Weight:
    """A weight in exact kilograms; `typed` is the figure and unit it came in.

    `confirmed`: the person has looked at a jump from the weight before and says that it is right.
    """
    if not is_a_weight(kg):
        raise CareError(
            f"{weight_words(kg)} is outside {LIGHTEST_KG} to {HEAVIEST_KG} kg. Check the unit.", "weight"
        )
    value, unit = typed or (None, "")
    weight = Weight(patient=patient, kg=kg, on=on, typed_value=value, typed_unit=unit)
    if confirmed:
        weight.confirmed_at, weight.confirmed_by = now, by
    return save_fact(weight, by=by, now=now, because="recorded and confirmed" if confirmed else "")


def confirm_weight(weight: Weight, *, by: User, now: datetime) -> None:
    """A jump is right. Raises OutOfDate where the weight was confirmed or taken back meanwhile."""
    _still_known(weight)
    if weight.confirmed_at:
        raise OutOfDate(weight.changed_meanwhile("this weight"))
    weight.confirmed_at, weight.confirmed_by = now, by
    weight.save_by(by, because="confirmed")


def take_back_confirmation(weight: Weight, *, by: User, because: str) -> None:
    """The jump is in doubt again."""
    _still_known(weight)
    if not because.strip():
        raise CareError("Say why it is in doubt.", "because")
    if not weight.confirmed_at:
        raise OutOfDate(weight.changed_meanwhile("this weight"))
    weight.confirmed_at, weight.confirmed_by = None, None
    weight.save_by(by, because=because)


def _still_known(weight: Weight) -> None:
    if weight.recorded_in_error_at:
        raise OutOfDate(weight.changed_meanwhile("this weight"))
