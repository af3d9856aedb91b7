"""Read what was planned and given: infusions, injections and planned blood draws."""

from datetime import datetime

from msgspec import UnsetType

from scheduling.course_file import shape
from scheduling.course_file.errors import InvalidValueError
from scheduling.course_file.values import (
    optional_choice,
    optional_day,
    optional_decimal,
    optional_instant,
    read_all,
    read_at,
    required_choice,
    required_cycle,
    required_instant,
)
from scheduling.rules.facts import DrawFact, InfusionFact, InjectionFact

DRUGS = ("octreotide-lar", "lanreotide", "other-long-acting", "octreotide-short")
INFUSION_DECISIONS = ("give", "hold", "stop", "none")


def read_infusions(infusions: list[shape.InfusionShape] | UnsetType) -> tuple[InfusionFact, ...]:
    read = read_all("infusions", infusions, _infusion)
    cycles = [infusion.cycle for infusion in read]
    for index, cycle in enumerate(cycles):
        if cycle in cycles[:index]:
            raise InvalidValueError(f"infusions[{index}].cycle", f"must not name cycle {cycle} a second time")
    return read


def _infusion(infusion: shape.InfusionShape) -> InfusionFact:
    started_at = optional_instant(infusion.started_at, "started_at")
    ended_at = optional_instant(infusion.ended_at, "ended_at")
    if ended_at and (started_at is None or ended_at < started_at):
        raise InvalidValueError("ended_at", "must not be before started_at")
    amino_acids: tuple[datetime | None, datetime | None] = (None, None)
    if infusion.amino_acids:
        amino_acids = read_at("amino_acids", _amino_acids, infusion.amino_acids)
    return InfusionFact(
        cycle=required_cycle(infusion.cycle),
        planned_on=optional_day(infusion.planned_on, "planned_on"),
        started_at=started_at,
        ended_at=ended_at,
        activity_gbq=optional_decimal(infusion.activity_gbq, "activity_gbq"),
        signed_gbq=optional_decimal(infusion.signed_gbq, "signed_gbq"),
        decision=optional_choice(infusion.decision, INFUSION_DECISIONS, "decision"),
        residual_gbq=optional_decimal(infusion.residual_gbq, "residual_gbq"),
        elsewhere=infusion.elsewhere or False,
        antiemetic_at=optional_instant(infusion.antiemetic_at, "antiemetic_at"),
        amino_acids_started_at=amino_acids[0],
        amino_acids_ended_at=amino_acids[1],
    )


def _amino_acids(sent: shape.AminoAcidsShape) -> tuple[datetime | None, datetime | None]:
    started_at = required_instant(sent.started_at, "started_at")
    ended_at = optional_instant(sent.ended_at, "ended_at")
    if ended_at and ended_at < started_at:
        raise InvalidValueError("ended_at", "must not be before started_at")
    return started_at, ended_at


def read_injection(injection: shape.InjectionShape) -> InjectionFact:
    given_at = optional_instant(injection.given_at, "given_at")
    planned_on = optional_day(injection.planned_on, "planned_on")
    if given_at is None and planned_on is None:
        raise InvalidValueError("", "must have given_at or planned_on")
    return InjectionFact(
        drug=required_choice(injection.drug, DRUGS, "drug"),
        dose_mg=optional_decimal(injection.dose_mg, "dose_mg"),
        given_at=given_at,
        planned_on=planned_on,
    )


def read_draw(draw: shape.DrawShape) -> DrawFact:
    return DrawFact(required_instant(draw.at, "at"), draw.urgent or False)
