"""Which weight counts on a day, and which are possible beside it.

Of several on one day each is a possible reading. A weight that jumps is not used before a person confirmed
it or the next one agrees, but a real loss must not be overlooked: where it would have counted, it is one
more possible reading. Source: RULES.md section 2, Cockcroft-Gault, and section 10, Weights.
"""

from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from labs.rules.analytes import PLAUSIBLE, Analyte
from labs.rules.numbers import EXACT
from scheduling.rules.facts import CourseFacts, WeightFact

JUMP_WITHIN = timedelta(days=180)
AGREES_WITHIN = timedelta(days=63)
AGREES_FRACTION = Decimal("0.05")


class WeightsOfDay:
    """The plausible weights of one day in kg: those that are used, and those that jump."""

    __slots__ = ("jumps", "kg", "on")

    def __init__(self, on: date, weights: list[WeightFact]) -> None:
        self.on = on
        self.kg = [weight.kg for weight in weights]
        self.jumps: list[Decimal] = []


class Weights:
    """A patient's weights by day; `possible_on` says which count."""

    def __init__(self, days: tuple[WeightsOfDay, ...]) -> None:
        self.days = days

    def possible_on(self, on: date, *, within_days: int) -> tuple[Decimal, ...]:
        """The weights in kg that are possible on that day; empty where the weight is missing."""
        near = [day for day in self.days if abs((day.on - on).days) <= within_days]
        usable = _first([day for day in near if day.kg], on)
        if usable is None:
            return ()
        jumps = [kg for day in near if day.jumps and _comes_first(day, usable, on) for kg in day.jumps]
        return tuple(dict.fromkeys([*usable.kg, *jumps]))


def _comes_first(day: WeightsOfDay, usable: WeightsOfDay, on: date) -> bool:
    return day is usable or _first(sorted((day, usable), key=lambda each: each.on), on) is day


def _first(days: list[WeightsOfDay], on: date) -> WeightsOfDay | None:
    """The newest weights on or before the day, else the first after it."""
    before = [day for day in days if day.on <= on]
    return before[-1] if before else days[0] if days else None


def weights_of(facts: CourseFacts, today: date, *, jump: Decimal) -> Weights:
    """The plausible weights known today; one from before birth does not exist.

    `jump` is the fraction of the weight before it by which one may differ and still be believed.
    """
    band, born = PLAUSIBLE.by_analyte[Analyte.WEIGHT], facts.patient.birth_date
    known = [
        weight
        for weight in facts.weights
        if weight.on <= today
        and (born is None or weight.on >= born)
        and band.lowest <= weight.kg <= band.highest
    ]
    known.sort(key=lambda weight: weight.on)
    by_day = [(on, list(weights)) for on, weights in groupby(known, key=lambda weight: weight.on)]
    days = [WeightsOfDay(on, weights) for on, weights in by_day]
    for index, (_, weights) in enumerate(by_day):
        following = by_day[index + 1] if index + 1 < len(by_day) else None
        _set_jumps_apart(days[index], weights, days[:index], following, jump)
    return Weights(tuple(days))


def _set_jumps_apart(
    day: WeightsOfDay,
    weights: list[WeightFact],
    earlier: list[WeightsOfDay],
    following: tuple[date, list[WeightFact]] | None,
    jump: Decimal,
) -> None:
    before = next((other for other in reversed(earlier) if other.kg), None)
    if before is None or day.on - before.on > JUMP_WITHIN:
        return
    jumping = [
        weight
        for weight in weights
        if not weight.confirmed
        and all(_differs(weight.kg, kg, jump) for kg in before.kg)
        and not _is_borne_out(day.on, weight, following)
    ]
    day.jumps = [weight.kg for weight in jumping]
    day.kg = [weight.kg for weight in weights if weight not in jumping]


def _is_borne_out(on: date, weight: WeightFact, following: tuple[date, list[WeightFact]] | None) -> bool:
    """Whether every weight of the next day that has one lies within 5 %."""
    if following is None or following[0] - on > AGREES_WITHIN:
        return False
    return not any(_differs(other.kg, weight.kg, AGREES_FRACTION) for other in following[1])


def _differs(kg: Decimal, reference: Decimal, fraction: Decimal) -> bool:
    """Whether it differs by more than a fraction of the reference."""
    return EXACT.abs(EXACT.subtract(kg, reference)) > EXACT.multiply(reference, fraction)
