"""Results as sent and as used, with grade, range and source; what no rule uses, with the reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coordination.patient_page import words
from coordination.patient_page.sheet import Sheet
from labs.models import BY_HAND, LabResult
from labs.rules.analytes import Analyte
from labs.rules.reading import Reading, read_result
from patients.models import Patient
from scheduling.facts import ResultIds
from scheduling.rules.answer import Assessment, GradedResult

REASONS: Mapping[str, str] = {
    "status": "its status is not final",
    "code-unknown": "no rule knows its code",
    "value-unreadable": "the value is not a number",
    "unit-missing": "it came without a unit",
    "unit-unknown": "the unit is not known for this test",
    "implausible": "the value is not plausible in this unit",
}


@dataclass(frozen=True, slots=True)
class ResultLine:
    public_id: UUID
    result: str  # its id in the answer
    analyte: str
    key: str
    as_sent: str
    as_used: str
    reading: Reading | None  # as the rules read it; None where no rule may, or for a word
    grade: int | None
    range: str
    collected_at: datetime | None
    received_at: datetime
    source: str
    status: str  # a key of coordination.base.words.STATUSES; empty when it is used
    why_not: str
    is_by_hand: bool

    @property
    def is_rejected(self) -> bool:
        return bool(self.why_not)

    @property
    def tone(self) -> str:
        return "" if self.grade is None else ("none", "quiet", "warn", "danger", "danger")[min(self.grade, 4)]


def result_lines(
    patient: Patient, assessment: Assessment | None, moment: datetime, *, since: datetime | None = None
) -> list[ResultLine]:
    """Every result that stood at `moment`, newest first; each in one line, used or not."""
    of_patient = LabResult.objects.filter(patient=patient)
    standing = of_patient.standing(moment).select_related("entered_by", "report__client")
    if since:
        standing = standing.filter(collected_at__gt=since)
    grades = {graded.result: graded for graded in assessment.grades} if assessment else {}
    rows = list(standing.order_by("-collected_at", "loinc", "-pk"))
    ids = ResultIds.among(of_patient.order_by().values_list("source", "source_id").distinct())
    names = {row.pk: ids.of(row.source, row.source_id, row.version) for row in rows}
    return [_line(row, names[row.pk], grades.get(names[row.pk])) for row in rows]


def _line(row: LabResult, name: str, graded: GradedResult | None) -> ResultLine:
    status, why_not = _not_used(row)
    return ResultLine(
        public_id=row.public_id,
        result=name,
        analyte=words.analyte_word(row.analyte, otherwise=row.code_text or row.loinc),
        key=row.analyte or "",
        as_sent=words.amount(row.value, row.unit, row.comparator),
        as_used="" if why_not else words.amount(row.used_text, row.used_unit, row.used_comparator),
        reading=_reading(row),
        grade=graded.grade if graded and not graded.derived else None,
        range=_range(row),
        collected_at=row.collected_at,
        received_at=row.received_at,
        source=_source(row),
        status=status,
        why_not=why_not,
        is_by_hand=row.source == BY_HAND,
    )


def _source(row: LabResult) -> str:
    if row.entered_by:
        return f"typed by {row.entered_by.full_name}"
    return row.report.client.name if row.report.client else row.source


def _reading(row: LabResult) -> Reading | None:
    if not row.usable or row.used_value is None:
        return None
    reading = read_result(
        loinc=row.loinc,
        value=row.value,
        comparator=row.comparator,
        unit=row.unit,
        low=row.low,
        high=row.high,
    )
    return reading if isinstance(reading, Reading) else None


def _not_used(row: LabResult) -> tuple[str, str]:
    if row.status in LabResult.ENDING:
        return "recorded-in-error", f"{row.status.replace('-', ' ')} by its sender"
    if row.status == "preliminary" and row.rejection is None:
        return "preliminary", "preliminary: it may warn, never decide"
    if row.rejection:
        return "rejected", REASONS.get(row.rejection, row.rejection)
    if row.collected_at is None:
        return "rejected", "it has no collection time"
    return ("corrected", "") if row.version > 1 else ("", "")


def _range(row: LabResult) -> str:
    if row.low and row.high:
        return f"{row.low}-{row.high}"
    return row.range_text or (f"from {row.low}" if row.low else f"up to {row.high}" if row.high else "")


# --- draw by draw -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DrawOfDay:
    """The results of one draw from one source, in the order of the panel."""

    collected_at: datetime | None
    received_at: datetime
    source: str
    lines: list[ResultLine]


def draws_of(lines: Iterable[ResultLine]) -> list[DrawOfDay]:
    """The results draw by draw, as the reports came; the newest draw first."""
    draws: dict[tuple[datetime | None, datetime, str], list[ResultLine]] = {}
    for line in lines:
        draws.setdefault((line.collected_at, line.received_at, line.source), []).append(line)
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
            found.append(Input(words.analyte_word(name), line, str(name) in missing))
    return found


def _newest(lines: Iterable[ResultLine]) -> dict[str, ResultLine]:
    """The newest of each analyte, used or not: one that no rule may use must not hide behind an older one."""
    newest: dict[str, ResultLine] = {}
    for line in lines:
        newest.setdefault(line.key, line)
    return newest
