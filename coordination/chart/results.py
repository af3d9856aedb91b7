"""Results as sent and as used, with grade, range and source; what no rule uses, with the reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, DateTimeField, F, Q, QuerySet, TextField

from coordination.base.prepared_queries import PreparedQueries, argument
from coordination.base.prepared_scope import PreparedRow
from coordination.chart.patient_chart import local_day
from coordination.chart.sheet import Sheet
from coordination.wording import clinical
from labs.models import BY_HAND, LabResult
from labs.rules.analytes import Analyte
from labs.rules.reading import Reading, Rejection, read_result
from patients.models import Patient
from scheduling.result_chains import ResultIds
from scheduling.rules.answer import Assessment, GradedResult

REASONS: Mapping[str, str] = {
    "status": "its status is not final",
    "code-unknown": "no rule knows its code",
    "value-unreadable": "the value is not a number",
    "unit-missing": "it came without a unit",
    "unit-unknown": "the unit is not known for this test",
    "implausible": "the value is not plausible in this unit",
    "id-reused": "its number was used for another test",
    "time": "its collection time is not possible",
    "contradicts": "it is higher than the WBC of its draw",
}


class _Sent(PreparedRow, frozen=True):
    """A result as it is stored."""

    public_id: UUID
    source: str
    source_id: str
    version: int
    loinc: str
    mapped_loinc: str
    mapped_unit: str
    code_text: str
    value: str | None
    comparator: str | None
    unit: str | None
    low: str | None
    high: str | None
    range_text: str
    absent_reason: str
    note: str
    status: str
    placer_order: str
    filler_order: str
    collected_at: datetime | None
    day_only: bool
    received_at: datetime
    analyte: str | None
    used_value: float | None
    used_text: str
    used_comparator: str
    used_unit: str | None
    usable: bool
    rejection: str | None
    typed_by: str | None
    client: str | None
    laboratory: str
    is_read_anew: bool


class _Name(PreparedRow, frozen=True):
    source: str
    source_id: str


class _Sents(PreparedRow, frozen=True):
    results: list[_Sent]
    names: list[_Name]


@dataclass(frozen=True)
class ResultLine:
    sent: _Sent
    result: str  # its id in the answer
    analyte: str
    as_sent: str
    as_used: str
    grade: int | None
    range: str
    source: str
    status: str  # a key of coordination.base.words.STATUSES; empty when it is used
    why_not: str
    note: str  # the laboratory's comment
    read_as: str  # what its sender's map says, where it says something
    range_is_used: bool

    @property
    def public_id(self) -> UUID:
        return self.sent.public_id

    @property
    def key(self) -> str:
        return self.sent.analyte or ""

    @property
    def collected_at(self) -> datetime | None:
        return self.sent.collected_at

    @property
    def drawn(self) -> date | datetime | None:
        """When it was collected: a day where the laboratory said no time."""
        at = self.sent.collected_at
        return local_day(at) if at and self.sent.day_only else at

    @property
    def orders(self) -> str:
        """The numbers of its order: that of who ordered, and that of the laboratory."""
        numbers = (("order", self.sent.placer_order), ("lab no.", self.sent.filler_order))
        return ", ".join(f"{name} {number}" for name, number in numbers if number)

    @property
    def received_at(self) -> datetime:
        return self.sent.received_at

    @property
    def is_by_hand(self) -> bool:
        return self.sent.source == BY_HAND

    @cached_property
    def reading(self) -> Reading | None:
        """As the rules read it; None where no rule may, or for a word."""
        return _reading(self.sent)

    @property
    def is_rejected(self) -> bool:
        return bool(self.why_not)

    @property
    def tone(self) -> str:
        return "" if self.grade is None else ("none", "quiet", "warn", "danger", "danger")[min(self.grade, 4)]


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the rules say of each result, by its id in the answer."""

    grades: Mapping[str, GradedResult]
    rejected: Mapping[str, str]
    limits_rejected: frozenset[str]

    @classmethod
    def by(cls, assessment: Assessment | None) -> "_Judged":
        if assessment is None:
            return cls({}, {}, frozenset())
        return cls(
            {graded.result: graded for graded in assessment.grades},
            # A version that reuses an id goes by that id, and says so itself.
            {each.result: each.reason for each in assessment.rejected if each.reason != Rejection.ID_REUSED},
            frozenset(rejected.result for rejected in assessment.limits_rejected),
        )


def result_lines(
    patient: Patient,
    assessment: Assessment | None,
    moment: datetime,
    *,
    since: datetime | None = None,
    analyte: str = "",
) -> list[ResultLine]:
    """Every result that stood at `moment`, newest first; each in one line, used or not.

    `since`: only those drawn after it. `analyte`: only those of one.
    """
    chosen = {"since": since, "analyte": analyte}
    wanted = {name: value for name, value in chosen.items() if value}
    found = _asking(frozenset(wanted)).ask(patient=patient.pk, moment=moment, **wanted)
    judged = _Judged.by(assessment)
    ids = ResultIds.among((name.source, name.source_id) for name in found.names)
    lines = []
    for sent in found.results:
        name = ids.of(sent.source, sent.source_id, sent.version)
        lines.append(_line(sent, name, judged))
    return lines


@cache
def _asking(wanted: frozenset[str]) -> PreparedQueries[_Sents]:
    """Together with the names of all results: they tell which senders use the same id."""

    def questions() -> Mapping[str, QuerySet[Any]]:
        of_patient = LabResult.objects.filter(patient=argument("patient", BigIntegerField()))
        standing = of_patient.standing(argument("moment", DateTimeField()))
        if "since" in wanted:
            standing = standing.filter(collected_at__gt=argument("since", DateTimeField()))
        if "analyte" in wanted:
            standing = standing.filter(analyte=argument("analyte", TextField()))
        joined = ("typed_by", "client", "laboratory", "is_read_anew")
        own = [name for name in _Sent.__struct_fields__ if name not in joined]
        return {
            "results": standing.order_by("-collected_at", "loinc", "-pk").values(
                *own,
                typed_by=F("entered_by__full_name"),
                client=F("report__client__name"),
                laboratory=F("report__laboratory"),
                is_read_anew=Q(reading_of__isnull=False),
            ),
            "names": of_patient.order_by().values("source", "source_id").distinct(),
        }

    return PreparedQueries("_".join(("patient_results", *sorted(wanted))), _Sents, questions)


def _line(sent: _Sent, name: str, judged: _Judged) -> ResultLine:
    status, why_not = _not_used(sent, judged.rejected.get(name))
    graded = judged.grades.get(name)
    return ResultLine(
        sent=sent,
        result=name,
        analyte=clinical.analyte_word(sent.analyte, otherwise=sent.code_text or sent.loinc),
        as_sent=clinical.amount(sent.value, sent.unit, sent.comparator),
        as_used="" if why_not else clinical.amount(sent.used_text, sent.used_unit, sent.used_comparator),
        grade=graded.grade if graded and not graded.derived else None,
        range=_range(sent),
        source=_sender(sent),
        status=status,
        why_not=why_not,
        note="" if sent.status in LabResult.ENDING else sent.note.strip(),
        read_as=_read_as(sent),
        range_is_used=name not in judged.limits_rejected,
    )


def _sender(sent: _Sent) -> str:
    by = f"typed by {sent.typed_by}" if sent.typed_by else sent.client or sent.source
    return ", ".join(filter(None, [by, sent.laboratory]))


def _read_as(sent: _Sent) -> str:
    """What the map of its sender says of it: as sent and as used are both shown."""
    said = [f"code read as {sent.mapped_loinc}"] if sent.mapped_loinc else []
    if sent.mapped_unit:
        said.append(f"unit read as {sent.mapped_unit}")
    return f"{clinical.listed(said)}, by this sender's map" if said else ""


def _reading(sent: _Sent) -> Reading | None:
    if not sent.usable or sent.used_value is None:
        return None
    reading = read_result(
        *(sent.mapped_loinc or sent.loinc, sent.value, sent.comparator, sent.mapped_unit or sent.unit),
        *(sent.low, sent.high, sent.range_text, sent.absent_reason),
    )
    return reading if isinstance(reading, Reading) else None


def _not_used(sent: _Sent, by_the_rules: str | None) -> tuple[str, str]:
    if sent.status in LabResult.ENDING:
        return "recorded-in-error", f"{sent.status.replace('-', ' ')} by its sender"
    rejection = sent.rejection or by_the_rules
    if sent.status == "preliminary" and rejection is None:
        return "preliminary", "preliminary: it may warn, never decide"
    if rejection:
        return "rejected", REASONS.get(rejection, rejection)
    if sent.collected_at is None:
        return "rejected", "it has no collection time"
    is_corrected = sent.version > 1 and not sent.is_read_anew
    return ("corrected", "") if is_corrected else ("", "")


def _range(sent: _Sent) -> str:
    if sent.low and sent.high:
        return f"{sent.low}-{sent.high}"
    return sent.range_text or (f"from {sent.low}" if sent.low else f"up to {sent.high}" if sent.high else "")


# --- draw by draw -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawOfDay:
    """The results of one draw from one source, in the order of the panel."""

    drawn: date | datetime | None
    received_at: datetime
    source: str
    orders: str
    lines: list[ResultLine]


def draws_of(lines: Iterable[ResultLine]) -> list[DrawOfDay]:
    """The results draw by draw, as the reports came; the newest draw first."""
    draws: dict[tuple[date | datetime | None, datetime, str, str], list[ResultLine]] = {}
    for line in lines:
        draws.setdefault((line.drawn, line.received_at, line.source, line.orders), []).append(line)
    return [
        DrawOfDay(*key, sorted(found, key=lambda line: (_PLACE.get(line.key, len(_PLACE)), line.analyte)))
        for key, found in draws.items()
    ]


_PLACE = {
    key: place
    for place, key in enumerate(
        (
            *("platelets", "hemoglobin", "wbc", "neutrophils", "neutrophils_pct", "lymphocytes"),
            *("creatinine", "urea_nitrogen", "bilirubin", "albumin", "ast", "alt", "alp", "ggt", "inr"),
        )
    )
}


# --- what the proposal rests on ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Input:
    """One analyte of the panel: its newest result in this interval, or that it is missing."""

    analyte: str
    line: ResultLine | None
    is_missing: bool


def inputs(sheet: Sheet) -> list[Input]:
    """The newest results the proposal can rest on, one for each analyte of the panel; what is missing too."""
    given = [infusion.started_at for infusion in sheet.facts.infusions if infusion.started_at]
    since = max(given) if given else sheet.opened.now - timedelta(days=183)
    newest = _newest(result_lines(sheet.opened.patient, sheet.assessment, sheet.opened.now, since=since))
    asked = dict.fromkeys(
        (*sheet.protocol.panel.analytes, Analyte.INR, Analyte.PROTHROMBIN_ACTIVITY, Analyte.ALP, Analyte.GGT)
    )
    missing = set(sheet.dose.missing)
    found = []
    for name in asked:
        line = newest.get(str(name))
        if line or name in sheet.protocol.panel.analytes:
            found.append(Input(clinical.analyte_word(name), line, str(name) in missing))
    return found


def _newest(lines: Iterable[ResultLine]) -> dict[str, ResultLine]:
    """The newest of each analyte, used or not: one that no rule may use must not hide behind an older one.

    One that was withdrawn hides no other: it is as if it had never been.
    """
    newest: dict[str, ResultLine] = {}
    withdrawn: dict[str, ResultLine] = {}
    for line in lines:
        kept = withdrawn if line.status == "recorded-in-error" else newest
        kept.setdefault(line.key, line)
    return withdrawn | newest
