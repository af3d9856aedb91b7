"""A site's own thresholds and set of criteria."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from patients.rules.eligibility.criteria import DEFAULT_THRESHOLDS, CriteriaSet, Operator, Threshold


class ThresholdError(ValueError):
    """One sentence that names the criterion and the key."""


CRITERIA = "criteria"
"""The key under which a site names its set of criteria: {"set": ..., "source": ...}."""

SiteChanges = Mapping[str, Mapping[str, str | int | None]]


def site_criteria(changes: SiteChanges) -> CriteriaSet:
    """The set of criteria that a site has chosen, with whose it is; *after SSA* without a choice."""
    choice = changes.get(CRITERIA)
    if choice is None:
        return CriteriaSet.AFTER_SSA
    if not str(choice.get("source") or "").strip():
        raise ThresholdError("criteria: source is missing: a set of criteria says whose it is")
    try:
        return CriteriaSet(str(choice.get("set")))
    except ValueError as error:
        known = " or ".join(CriteriaSet)
        raise ThresholdError(f"criteria: set must be {known}, not {choice.get('set')!r}") from error


def site_thresholds(changes: SiteChanges) -> tuple[Threshold, ...]:
    """The defaults with a site's changes: criterion -> bound (text), operator, source, valid_days."""
    known = {threshold.criterion: threshold for threshold in DEFAULT_THRESHOLDS}
    for criterion, change in changes.items():
        if criterion == CRITERIA:
            continue
        if criterion not in known:
            raise ThresholdError(f"{criterion} is no criterion with a threshold")
        known[criterion] = _changed(known[criterion], change)
    return tuple(known.values())


def _changed(threshold: Threshold, change: Mapping[str, str | int | None]) -> Threshold:
    name = threshold.criterion
    if unknown := set(change) - {"bound", "operator", "source", "valid_days"}:
        raise ThresholdError(f"{name}: unknown key {min(unknown)}")
    if "source" not in change or not str(change["source"] or "").strip():
        raise ThresholdError(f"{name}: source is missing: a threshold says whose it is")
    valid_days = change.get("valid_days", threshold.valid_days)
    if isinstance(valid_days, bool) or not (valid_days is None or isinstance(valid_days, int)):
        raise ThresholdError(f"{name}: valid_days must be a whole number or null")
    return replace(
        threshold,
        bound=_bound(name, change.get("bound", str(threshold.bound))),
        operator=_operator(name, change.get("operator", threshold.operator)),
        source=str(change["source"]),
        valid_days=valid_days,
    )


def _bound(name: str, text: str | int | None) -> Decimal:
    try:
        bound = Decimal(str(text))
    except InvalidOperation as error:
        raise ThresholdError(f"{name}: bound must be a number, not {text!r}") from error
    if not bound.is_finite() or bound < 0:
        raise ThresholdError(f"{name}: bound must be zero or more and finite, not {text!r}")
    return bound


def _operator(name: str, text: str | int | None) -> Operator:
    try:
        return Operator(str(text))
    except ValueError as error:
        raise ThresholdError(f"{name}: operator must be >= or <=, not {text!r}") from error
