"""The results of a patient as the rules read them: each version named, and what it replaces."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from labs.models import LabResult
from scheduling.facts_statement import ResultVersion
from scheduling.rules import facts as plain

_NUMBERED = re.compile(r"#[0-9]+$")


@dataclass(frozen=True, slots=True)
class ResultIds:
    """What a patient's results are called in a course file.

    The sender's own id, with the sender beside it where two senders use the same; each version apart, the
    later ones by their number. Whatever ids a sender chooses, no two versions have one name: an id that
    looks like one of ours (`X#2`, `X@lab`) always has its sender or its number behind it.
    """

    used_twice: frozenset[str]

    @classmethod
    def among(cls, results: Iterable[tuple[str, str]]) -> "ResultIds":
        """`results` are (source, id of the source)."""
        senders: dict[str, set[str]] = {}
        for source, source_id in results:
            senders.setdefault(source_id, set()).add(source)
        return cls(frozenset(name for name, known in senders.items() if len(known) > 1))

    def of(self, source: str, source_id: str, version: int) -> str:
        named = f"{source_id}@{source}" if source_id in self.used_twice or "@" in source_id else source_id
        return named if version == 1 and not _NUMBERED.search(named) else f"{named}#{version}"


class _Result(NamedTuple):
    """Which result of which sender; `strand` is not empty where another test's id was used for it."""

    source: str
    source_id: str
    strand: str


_Chain = list[tuple[ResultVersion, plain.ResultFact]]
"""The versions of one result, the one that stands first."""


def result_facts(versions: Iterable[ResultVersion], ids: ResultIds) -> tuple[plain.ResultFact, ...]:
    """Each version received by then, chained so that the one that stands replaces the one before it.

    What was outranked already when it arrived is left out. A result without a collection time cannot be
    placed in the course; it waits in the review queue.
    """
    chains = _chains(versions, ids)
    _name_withdrawn(chains)
    _name_owners(chains)
    _name_replaced(chains)
    facts = [fact for chain in chains.values() for _, fact in chain]
    facts.sort(key=attrgetter("collected_at", "received_at"))
    return tuple(facts)


def _chains(rows: Iterable[ResultVersion], ids: ResultIds) -> dict[_Result, _Chain]:
    chains: dict[_Result, _Chain] = {}
    for row in rows:
        chain = chains.setdefault(_Result(row.source, row.source_id, row.strand), [])
        if chain and (row.strand or chain[-1][0].received_at < row.received_at):
            continue
        fact = _fact(row, ids)
        if chain:
            chain[-1][1].replaces = fact.id
        chain.append((row, fact))
    return chains


def _name_withdrawn(chains: Mapping[_Result, _Chain]) -> None:
    """A withdrawal needs no code that we know: it is one of the analyte to which its id belongs."""
    for result, chain in chains.items():
        code = next((each.loinc for row, each in chain if row.analyte), None)
        for row, fact in chain:
            if code and not result.strand and row.status in LabResult.ENDING and not row.analyte:
                fact.loinc = code


def _name_owners(chains: Mapping[_Result, _Chain]) -> None:
    """A version of another analyte than its id belongs to replaces nothing, and goes by the id it reuses.

    That is the id of the first version to which it belongs.
    """
    for result, chain in chains.items():
        if result.strand:
            fact = chain[0][1]
            own = reversed(chains.get(result._replace(strand=""), ()))
            fact.id = next((first.id for row, first in own if row.analyte), fact.id)


def _name_replaced(chains: dict[_Result, _Chain]) -> None:
    """The last of a chain replaces the result of another id that its sender names: of the same analyte, and
    not one that names it in turn. Where that one arrived later, it was outranked already."""
    named = {
        result._replace(source_id=row.replaces): result
        for result, chain in chains.items()
        for row, _ in chain
        if row.replaces and not row.strand
    }
    replaced = {old: new for old, new in named.items() if old in chains and _counts(old, new, chains)}
    late: set[_Result] = set()
    for old, new in replaced.items():
        tail = _trimmed(chains[new], chains[old])
        if chains[old][0][0].received_at > tail[0].received_at:
            late.add(old)
        else:
            tail[1].replaces = chains[old][0][1].id
    while more := {old for old, new in replaced.items() if new in late} - late:
        late |= more
    for old in late:
        del chains[old]


def _counts(old: _Result, new: _Result, chains: Mapping[_Result, _Chain]) -> bool:
    standing = chains[old][0][0]
    is_mutual = any(row.replaces == new.source_id for row, _ in chains[old])
    return not is_mutual and any(
        row.replaces == old.source_id
        and row.analyte == standing.analyte is not None
        and _may_replace(row.status, standing.status)
        for row, _ in chains[new]
    )


def _trimmed(chain: _Chain, old: _Chain) -> tuple[ResultVersion, plain.ResultFact]:
    """The last version that may replace `old`; preliminary ones before it are left out."""
    while len(chain) > 1 and not _may_replace(chain[-1][0].status, old[0][0].status):
        chain.pop()
        chain[-1][1].replaces = None
    return chain[-1]


def _may_replace(status: str, earlier: str) -> bool:
    """A registered, preliminary or unknown result replaces only its like."""
    return status not in LabResult.TENTATIVE or earlier in LabResult.TENTATIVE


def _fact(row: ResultVersion, ids: ResultIds) -> plain.ResultFact:
    """As its sender's map reads it, where there is one."""
    return plain.ResultFact(
        ids.of(row.source, row.source_id, row.version),
        row.mapped_loinc or row.loinc,
        row.value,
        row.collected_at,
        row.received_at,
        row.status,
        row.comparator,
        row.mapped_unit or row.unit,
        row.low,
        row.high,
        None,
        row.range_text or None,
        row.absent_reason or None,
        row.note or None,
        row.day_only,
    )
