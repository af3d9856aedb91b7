"""The grade group of a neuroendocrine tumor: the worse of its two indices, with contradictions shown.

Source: docs/clinical/eligibility.md, after H22 table 1. Grade is secondary to clinical judgment [H22]:
nothing here decides, it says what the pathology report adds up to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Group(StrEnum):
    G1 = "G1"
    G2 = "G2"
    G3 = "G3"  # > 20, well differentiated
    NEC = "NEC"  # poorly differentiated


class Differentiation(StrEnum):
    WELL = "well"
    POOR = "poor"


RANK = {Group.G1: 1, Group.G2: 2, Group.G3: 3, Group.NEC: 4}


@dataclass(frozen=True, slots=True)
class IndexBounds:
    """G1 below `g2_from`, G2 from there to `g2_to` inclusive, above it G3 (or NEC)."""

    g2_from: Decimal
    g2_to: Decimal


MITOSES_PER_2MM2 = IndexBounds(Decimal(2), Decimal(20))
KI67_PERCENT = IndexBounds(Decimal(3), Decimal(20))


@dataclass(frozen=True, slots=True)
class GradeGroup:
    """`group` is None where the report does not settle it; `at_least` is what it shows for certain."""

    group: Group | None
    at_least: Group | None
    by_mitoses: Group | None
    by_ki67: Group | None
    contradictions: tuple[str, ...] = ()


def grade_group(
    *,
    mitoses_per_2mm2: Decimal | None,
    ki67_percent: Decimal | None,
    differentiation: Differentiation | None,
    stated: Group | None = None,
) -> GradeGroup:
    """Grade from mitoses per 2 mm², Ki-67 in % and differentiation; `stated` is the report's own grade."""
    by_mitoses = _by_index(mitoses_per_2mm2, MITOSES_PER_2MM2)
    by_ki67 = _by_index(ki67_percent, KI67_PERCENT)
    at_least = _at_least(by_mitoses, by_ki67, differentiation)
    group = at_least if _is_settled(at_least, by_mitoses, by_ki67, differentiation) else None
    return GradeGroup(
        group,
        at_least,
        by_mitoses,
        by_ki67,
        tuple(_contradictions(by_mitoses, by_ki67, differentiation, group, stated)),
    )


def _by_index(value: Decimal | None, bounds: IndexBounds) -> Group | None:
    if value is None:
        return None
    if value < bounds.g2_from:
        return Group.G1
    return Group.G2 if value <= bounds.g2_to else Group.G3


def _at_least(
    by_mitoses: Group | None, by_ki67: Group | None, differentiation: Differentiation | None
) -> Group | None:
    if differentiation is Differentiation.POOR:
        return Group.NEC
    known = [group for group in (by_mitoses, by_ki67) if group]
    return max(known, key=RANK.__getitem__, default=None)


def _is_settled(
    at_least: Group | None,
    by_mitoses: Group | None,
    by_ki67: Group | None,
    differentiation: Differentiation | None,
) -> bool:
    """A missing index could be the worse one; above 20 the differentiation tells G3 from NEC."""
    if at_least is Group.NEC:
        return True
    if at_least is Group.G3:
        return differentiation is Differentiation.WELL
    return by_mitoses is not None and by_ki67 is not None


def _contradictions(
    by_mitoses: Group | None,
    by_ki67: Group | None,
    differentiation: Differentiation | None,
    group: Group | None,
    stated: Group | None,
) -> Iterator[str]:
    if by_mitoses and by_ki67 and by_mitoses != by_ki67:
        yield f"The mitoses are those of {by_mitoses}, Ki-67 is that of {by_ki67}; the worse counts."
    if differentiation is Differentiation.POOR:
        for name, by_index in (("mitoses", by_mitoses), ("Ki-67", by_ki67)):
            if by_index in (Group.G1, Group.G2):
                yield f"Poorly differentiated, but by {name} it would be {by_index}."
    if stated and group and stated != group:
        yield f"The report states {stated}; its figures give {group}."
