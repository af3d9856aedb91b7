"""Weights that jump, as the rules see them: asked about before they are stored, and confirmed by a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from coordination.base import clock
from coordination.base.models import SiteSettings
from patients.models import Patient
from scheduling.models import Course, Weight
from scheduling.protocols import DEFAULT_PROTOCOL, get_protocol
from scheduling.rules import facts as plain
from scheduling.rules.protocol import Protocol
from scheduling.rules.weights import WeightsOfDay, weights_of

HEAVIEST_KG, LIGHTEST_KG = Decimal(350), Decimal(20)


@dataclass(frozen=True, slots=True)
class Jump:
    """A weight in kg, and the newest usable one before it from which it differs too much."""

    kg: Decimal
    earlier_kg: Decimal
    earlier_on: date

    @property
    def percent(self) -> Decimal:
        return (abs(self.kg - self.earlier_kg) / self.earlier_kg * 100).quantize(Decimal(1))

    @property
    def direction(self) -> str:
        return "less" if self.kg < self.earlier_kg else "more"


def is_a_weight(kg: Decimal) -> bool:
    """Whether somebody can weigh that [RULES section 2]."""
    return LIGHTEST_KG <= kg <= HEAVIEST_KG


def jump_of(patient: Patient, *, kg: Decimal, on: date, now: datetime) -> Jump | None:
    """How a weight of `on` would jump from the newest usable one before it; None where it would not."""
    known = [_plain(weight) for weight in Weight.objects.known().filter(patient=patient)]
    weights = [*known, plain.WeightFact(kg, on)]
    return _jumps(patient, weights, protocol=_protocol_of(patient), now=now).get((on, kg))


def jumps_among(
    patient: Patient, weights: Iterable[Weight], *, course: Course | None, now: datetime
) -> dict[int, Jump]:
    """Of a patient's weights those that are not used because they jump, by their key."""
    rows = list(weights)
    protocol = course.protocol if course else _protocol_of(patient)
    found = _jumps(patient, [_plain(weight) for weight in rows], protocol=protocol, now=now)
    return {row.pk: found[row.on, row.kg] for row in rows if not row.confirmed and (row.on, row.kg) in found}


def _plain(weight: Weight) -> plain.WeightFact:
    return plain.WeightFact(weight.kg, weight.on, weight.confirmed)


def _jumps(
    patient: Patient, weights: Iterable[plain.WeightFact], *, protocol: Protocol, now: datetime
) -> dict[tuple[date, Decimal], Jump]:
    facts = plain.CourseFacts(
        id=str(patient.public_id),
        as_of=now,
        timezone=patient.site.timezone,
        protocol=protocol.key,
        patient=plain.PatientFacts(sex=patient.sex, birth_date=patient.birth_date),
        weights=tuple(weights),
    )
    renal = protocol.renal
    if renal is None:
        return {}
    days = weights_of(facts, clock.day_at(patient.site, now), jump=renal.weight_jump).days
    return {(day.on, kg): _jump(kg, day, days) for day in days for kg in day.jumps}


def _jump(kg: Decimal, day: WeightsOfDay, days: Iterable[WeightsOfDay]) -> Jump:
    """What it jumps from: the newest day before it with a weight that is used."""
    before = max((each for each in days if each.kg and each.on < day.on), key=lambda each: each.on)
    return Jump(kg, before.kg[-1], before.on)


def _protocol_of(patient: Patient) -> Protocol:
    """The protocol of the newest course, else the site's, for how far a weight may jump."""
    course = Course.objects.filter(patient=patient).order_by("-started_at").first()
    if course:
        return course.protocol
    chosen = SiteSettings.objects.filter(site=patient.site_id).values_list("default_protocol", flat=True)
    return get_protocol(chosen.first() or DEFAULT_PROTOCOL)
