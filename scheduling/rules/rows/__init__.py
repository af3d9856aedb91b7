"""The rows of the dose-modification table, one module each. A protocol names those that it has."""

from collections.abc import Mapping
from functools import cache

from scheduling.rules.facts import AdverseEventFact
from scheduling.rules.protocol import Protocol
from scheduling.rules.rows import (
    anemia_neutropenia,
    hepatic,
    hypersensitivity,
    other,
    renal,
    thrombocytopenia,
)
from scheduling.rules.rows.rule import RowRule, takes_none

ROW_RULES: Mapping[str, RowRule] = {
    module.RULE.name: module.RULE
    for module in (
        thrombocytopenia,
        anemia_neutropenia,
        renal,
        hepatic,
        hypersensitivity,
        other,  # takes the events that are left, so it stands last
    )
}


def row_rules_of(protocol: Protocol) -> tuple[RowRule, ...]:
    """The protocol's rows, in the order in which it shows them."""
    return _rules(protocol.rows.names)


@cache
def _rules(names: tuple[str, ...]) -> tuple[RowRule, ...]:
    return tuple(ROW_RULES[name] for name in names)


def row_of_event(event: AdverseEventFact, protocol: Protocol) -> RowRule | None:
    """The row that judges an event: the first of `ROW_RULES` that takes it and that the protocol has."""
    for rule in _rules_of_events(protocol.rows.names):
        if rule.takes(event):
            return rule
    return None


@cache
def _rules_of_events(names: tuple[str, ...]) -> tuple[RowRule, ...]:
    return tuple(rule for rule in ROW_RULES.values() if rule.name in names and rule.takes is not takes_none)
