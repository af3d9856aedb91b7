"""Which results a practice sees: by the site's rule for each kind, else by the product's own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Min

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.models import Site, User
from coordination.models import Release, ReleaseRule, ResultKind, ResultRelease
from coordination.portal.reading import reach
from coordination.wording import clinical
from coordination.wording.bilingual import unit
from labs.models import LabResult
from labs.rules.analytes import Analyte
from labs.rules.reading import Reading
from patients.models import Patient


@dataclass(frozen=True, slots=True)
class Rule:
    release: str
    days: int | None = None  # from receipt, for Release.AFTER_DAYS


UNLESS_CHOSEN: Mapping[str, Rule] = {
    ResultKind.BLOOD_COUNT: Rule(Release.AT_ONCE),
    ResultKind.CHEMISTRY: Rule(Release.AT_ONCE),
    ResultKind.COAGULATION: Rule(Release.AT_ONCE),
    ResultKind.TUMOR_MARKER: Rule(Release.AFTER_DAYS, 3),
    ResultKind.PREGNANCY: Rule(Release.AFTER_REVIEW),
    ResultKind.OTHER: Rule(Release.AFTER_REVIEW),
}

KINDS: Mapping[str, str] = {
    **dict.fromkeys(
        (Analyte.PLATELETS, Analyte.NEUTROPHILS, Analyte.NEUTROPHILS_PCT, Analyte.LYMPHOCYTES, Analyte.WBC),
        ResultKind.BLOOD_COUNT,
    ),
    Analyte.HEMOGLOBIN: ResultKind.BLOOD_COUNT,
    **dict.fromkeys(
        (Analyte.CREATININE, Analyte.UREA_NITROGEN, Analyte.ALBUMIN, Analyte.ALP, Analyte.GGT, Analyte.AST),
        ResultKind.CHEMISTRY,
    ),
    **dict.fromkeys(
        (Analyte.ALT, Analyte.BILIRUBIN, Analyte.POTASSIUM, Analyte.SODIUM, Analyte.CALCIUM, Analyte.EGFR),
        ResultKind.CHEMISTRY,
    ),
    **dict.fromkeys((Analyte.INR, Analyte.PROTHROMBIN_ACTIVITY), ResultKind.COAGULATION),
    **dict.fromkeys((Analyte.CHROMOGRANIN_A, Analyte.HIAA_URINE), ResultKind.TUMOR_MARKER),
    Analyte.HCG: ResultKind.PREGNANCY,
}

ENDLESS = 6  # decimals of a value whose conversion does not end (labs/rules/reading.py)
NOT_BLOOD = (Analyte.WEIGHT, Analyte.HEIGHT)
"""What machines send among the results and nobody drew."""


def release_kind_of(result: LabResult) -> str:
    """What no rule may use is shown to nobody outside before somebody has looked at it."""
    if result.rejection or not result.analyte:
        return ResultKind.OTHER
    return KINDS.get(result.analyte, ResultKind.OTHER)


def rules_of(site: Site) -> dict[str, Rule]:
    chosen = {row.kind: Rule(row.release, row.days) for row in ReleaseRule.objects.filter(site=site)}
    return {**UNLESS_CHOSEN, **chosen}


def is_visible(rule: Rule, *, first_received_on: date, today: date, is_released: bool) -> bool:
    """Whether a final result is shown today; days count from the day it was first received."""
    if is_released or rule.release == Release.AT_ONCE:
        return True
    if rule.release == Release.AFTER_DAYS:
        return first_received_on + timedelta(days=rule.days or 0) <= today
    return False


@transaction.atomic
def choose_rules(site: Site, rules: Mapping[str, Rule], *, by: User) -> None:
    """Keep a site's rules; those that did not change leave no trace."""
    before = {row.kind: row for row in ReleaseRule.objects.select_for_update().filter(site=site)}
    for kind, rule in rules.items():
        row = before.get(kind)
        in_force = Rule(row.release, row.days) if row else UNLESS_CHOSEN[kind]
        if rule != in_force:
            row = row or ReleaseRule(site=site, kind=kind)
            row.release, row.days = rule.release, rule.days
            row.save_by(by, because="release rule chosen")


# --- a patient's results ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Value:
    """One result as the practice reads it: in the unit of the rules where there is one, else as sent."""

    key: str
    analyte: str
    value: str
    unit: str
    range: str  # as sent
    flag: str  # "low", "high" or nothing
    is_corrected: bool
    collected_at: datetime | None
    received_at: datetime
    result_id: int

    @property
    def amount(self) -> str:
        return f"{self.value} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Shown:
    """The results that are visible, newest draw first, and those that wait for somebody of the center."""

    values: list[Value]
    waiting: list[Value]


def results_of(patient: Patient, scope: Scope, *, now: datetime) -> Shown:
    """Every final result that stands, parted by the release rules of the patient's site."""
    mine = reach(scope, LabResult).filter(patient=patient)
    standing = mine.standing(now).filter(status__in=LabResult.FINAL).exclude(analyte__in=NOT_BLOOD)
    first = {
        (source, source_id): received
        for source, source_id, received in mine.order_by()
        .values_list("source", "source_id")
        .annotate(first=Min("received_at"))
    }
    released = set(
        scope.of(ResultRelease).filter(result__patient=patient).values_list("result_id", flat=True)
    )
    rules = rules_of(patient.site)
    today = clock.day_at(patient.site, now)
    values: list[Value] = []
    waiting: list[Value] = []
    for row in standing.order_by("-collected_at", "-received_at", "-pk"):
        received = first.get((row.source, row.source_id), row.received_at)
        visible = is_visible(
            rules[release_kind_of(row)],
            first_received_on=clock.day_at(patient.site, received),
            today=today,
            is_released=row.pk in released,
        )
        (values if visible else waiting).append(_value(row))
    return Shown(values, waiting)


def _value(row: LabResult) -> Value:
    as_used = bool(row.usable and row.used_text)
    text = (
        f"{row.used_comparator}{_readable(row.used_text)}"
        if as_used
        else f"{row.comparator or ''}{row.value or ''}"
    )
    return Value(
        key=row.analyte or row.loinc,
        analyte=clinical.analyte_word(row.analyte, otherwise=row.code_text or row.loinc),
        value=text,
        unit=unit(clinical.unit_word(row.used_unit if as_used else row.unit)),
        range=f"{row.low}-{row.high}" if row.low and row.high else row.range_text,
        flag=_flag(row),
        is_corrected=row.version > 1 and row.reading_of_id is None,
        collected_at=row.collected_at,
        received_at=row.received_at,
        result_id=row.pk,
    )


def _readable(text: str) -> str:
    """A conversion that does not end carries six decimals: three figures are as much as was measured."""
    if len(text.partition(".")[2]) < ENDLESS:
        return text
    value = Decimal(text)
    return f"{value:.{max(0, 2 - value.adjusted())}f}"


def _flag(row: LabResult) -> str:
    """Beyond the laboratory's own range, where it sent one and the value is exact."""
    reading = row.read()
    if not isinstance(reading, Reading) or reading.sent is None or reading.comparator:
        return ""
    if reading.low is not None and reading.sent < reading.low:
        return "low"
    return "high" if reading.high is not None and reading.sent > reading.high else ""


# --- as a table -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Matrix:
    """Analytes down, days of draws across, the newest first; a cell without a value is None."""

    days: list[date]
    rows: list[tuple[str, str, list[Value | None]]]  # analyte, unit, values


ORDER = (
    *("platelets", "hemoglobin", "wbc", "neutrophils", "neutrophils_pct", "lymphocytes"),
    *("creatinine", "urea_nitrogen", "egfr", "bilirubin", "albumin", "ast", "alt", "alp", "ggt", "inr"),
    *("prothrombin_activity", "potassium", "sodium", "calcium", "chromogranin_a", "5hiaa_urine", "hcg"),
)
_PLACE = {key: place for place, key in enumerate(ORDER)}


def matrix_of(values: Iterable[Value], site: Site, *, most_days: int) -> Matrix:
    """The newest draws side by side; of two values of one day the later one."""
    cells: dict[tuple[str, str, str], dict[date, Value]] = {}
    days: dict[date, None] = {}
    for value in values:
        on = clock.day_at(site, value.collected_at or value.received_at)
        days[on] = None
        cells.setdefault((value.key, value.analyte, value.unit), {}).setdefault(on, value)
    shown = sorted(days, reverse=True)[:most_days]
    rows = [
        (analyte, unit, [found.get(day) for day in shown])
        for (key, analyte, unit), found in sorted(
            cells.items(), key=lambda cell: (_PLACE.get(cell[0][0], len(_PLACE)), cell[0][1:])
        )
        if any(day in found for day in shown)
    ]
    return Matrix(shown, rows)
