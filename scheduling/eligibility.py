"""What is known of the criteria that no result answers, from wherever it was entered.

Read at every assessment: what people recorded, the uptake on SSTR scans, pathology, what progressed under
somatostatin analogs, the tumor board. Nothing is copied, so a correction counts at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import F, QuerySet

from coordination.base.models import Site, SiteSettings
from coordination.base.prepared_queries import PreparedQueries, argument
from patients.models import Diagnosis, EligibilityEvidence, Patient, PriorTherapy, TumorBoardDecision
from patients.rules.eligibility.answers import first_dose_doubts, judge_by_people, judge_eligibility, needs
from patients.rules.eligibility.criteria import Answer, CriterionAnswer, Threshold
from patients.rules.eligibility.evidence import Evidence, Judgment, Measurement, Pathology
from patients.rules.eligibility.site_criteria import SiteChanges, site_criteria, site_thresholds
from patients.rules.grade_group import Differentiation, Group, grade_group
from scheduling.models import Scan
from scheduling.rules.days import add_months, zone_named

SSTR_MONTHS = 6  # avidity shown within 6 months of treatment [H22]
HOLDS = {Answer.MET: True, Answer.NOT_MET: False, Answer.CANNOT_TELL: None}


class _Row(msgspec.Struct, frozen=True, gc=False):
    """The columns of a table that a criterion rests on."""


class StoredEvidence(_Row, frozen=True):
    criterion: str
    answer: str
    value: str
    evidence: str
    evidence_on: date
    expires_on: date | None


class Seen(_Row, frozen=True):
    on: date
    uptake: str


class Reported(_Row, frozen=True):
    pathology_on: date | None
    differentiation: str
    ki67_percent: Decimal | None
    mitoses_per_2mm2: Decimal | None
    grade: str


class Analog(_Row, frozen=True):
    on: date | None
    ended_on: date | None
    progressed: bool | None
    recorded_at: datetime


class Board(_Row, frozen=True):
    met_on: date
    outcome: str


class SiteThresholds(_Row, frozen=True):
    eligibility_thresholds: dict[str, dict[str, Any]]


class CriteriaKnown(_Row, frozen=True):
    """The answers to `criteria_questions`."""

    said: tuple[StoredEvidence, ...]
    uptake: tuple[Seen, ...]
    pathology: tuple[Reported, ...]
    analogs: tuple[Analog, ...]
    boards: tuple[Board, ...]
    criteria: tuple[SiteThresholds, ...]

    @property
    def chosen(self) -> Mapping[str, Any]:
        return self.criteria[0].eligibility_thresholds if self.criteria else {}


def criteria_questions(patient: Any, site: Any, moment: Any) -> Mapping[str, QuerySet[Any, Any]]:
    """What is asked of the database; each in the order in which it became known."""

    def of_patient(model: type[Any]) -> Any:
        return model.objects.filter(patient=patient).known_at(moment)

    return {
        "said": of_patient(EligibilityEvidence)
        .order_by("evidence_on", "recorded_at", "pk")
        .values(*StoredEvidence.__struct_fields__),
        "uptake": of_patient(Scan)
        .filter(kind=Scan.Kind.SSTR_PET, uptake__isnull=False)
        .order_by("on", "recorded_at", "pk")
        .values(*Seen.__struct_fields__),
        "pathology": of_patient(Diagnosis)
        .order_by(F("pathology_on").desc(nulls_last=True), "-recorded_at", "-pk")
        .values(*Reported.__struct_fields__)[:1],
        "analogs": of_patient(PriorTherapy)
        .filter(kind=PriorTherapy.Kind.SSA, progressed__isnull=False)
        .order_by("recorded_at", "pk")
        .values(*Analog.__struct_fields__),
        "boards": of_patient(TumorBoardDecision)
        .order_by("-met_on", "-recorded_at", "-pk")
        .values(*Board.__struct_fields__)[:1],
        "criteria": SiteSettings.objects.filter(site=site).values(*SiteThresholds.__struct_fields__),
    }


def _questions() -> Mapping[str, QuerySet[Any, Any]]:
    fields = {
        "patient": EligibilityEvidence._meta.get_field("patient").target_field,
        "site": Patient._meta.get_field("site").target_field,
        "moment": EligibilityEvidence._meta.get_field("recorded_at"),
    }
    return criteria_questions(*(argument(name, field) for name, field in fields.items()))


_KNOWN = PreparedQueries("criteria_of_patient", CriteriaKnown, _questions)


def judge_criteria(
    patient: Patient, *, on: date, now: datetime, measurements: Mapping[str, Measurement]
) -> tuple[CriterionAnswer, ...]:
    """Every criterion for treatment on a day, as known at `now`; `measurements` are those of results."""
    known = _KNOWN.ask(patient=patient.pk, site=patient.site_id, moment=now)
    evidence = evidence_of(known, today=_today(patient.site, now), measurements=measurements)
    return judge_eligibility(
        evidence, on=on, thresholds=site_thresholds(known.chosen), criteria=site_criteria(known.chosen)
    )


def thresholds_of(site: Site) -> tuple[Threshold, ...]:
    settings = SiteSettings.objects.filter(site=site).first()
    return site_thresholds(settings.eligibility_thresholds if settings else {})


def needs_of(changes: SiteChanges) -> Mapping[str, str]:
    """What each criterion needs at a site with these settings."""
    return needs(site_thresholds(changes), site_criteria(changes))


FIRST_DOSE_KEYS = {
    "hemoglobin": "first_dose.hemoglobin_g_dl",
    "platelets": "first_dose.platelets",
    "wbc": "first_dose.wbc",
    "creatinine-clearance": "first_dose.crcl_ml_min",
    "bilirubin": "first_dose.bilirubin_over_uln",
}


def own_bounds(changes: SiteChanges) -> tuple[tuple[str, str], ...]:
    """A site's own bounds of what results decide, as settings of the protocol file."""
    return tuple(
        (FIRST_DOSE_KEYS[threshold.criterion], str(threshold.bound))
        for threshold in site_thresholds(changes)
        if threshold.criterion in FIRST_DOSE_KEYS and threshold.criterion in changes
    )


def doubts(known: CriteriaKnown, *, on: date, today: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria of a first dose on a day that are not met, and those that cannot be told."""
    evidence = evidence_of(known, today=today)
    answers = judge_by_people(
        evidence, on=on, thresholds=site_thresholds(known.chosen), criteria=site_criteria(known.chosen)
    )
    return first_dose_doubts(answers, evidence.said, on=on)


def evidence_of(
    known: CriteriaKnown, *, today: date, measurements: Mapping[str, Measurement] | None = None
) -> Evidence:
    """As the rules read it; nothing that is dated after `today`."""
    said: dict[str, list[Judgment]] = defaultdict(list)
    for row in known.said:
        if row.evidence_on <= today:
            said[row.criterion].append(_said(row))
    return Evidence(
        measurements=measurements or {},
        said=said,
        uptake=[_seen(scan) for scan in known.uptake if scan.on <= today],
        history=list(_history(known.analogs)),
        offers=[_offer(board) for board in known.boards if _is_an_offer(board, today)],
        pathology=_pathology(known.pathology),
    )


def _today(site: Site, now: datetime) -> date:
    return now.astimezone(zone_named(site.timezone)).date()


def _said(row: StoredEvidence) -> Judgment:
    holds = HOLDS[Answer(row.answer)]
    return Judgment(holds, row.evidence_on, row.evidence, row.expires_on, row.value)


def _seen(scan: Seen) -> Judgment:
    holds = scan.uptake != Scan.Uptake.BELOW_LIVER
    return Judgment(holds, scan.on, "SSTR imaging", add_months(scan.on, SSTR_MONTHS))


def _history(analogs: Iterable[Analog]) -> Iterator[Judgment]:
    for analog in analogs:
        on = analog.ended_on or analog.on or analog.recorded_at.date()
        yield Judgment(analog.progressed, on, "history of therapy")


def _is_an_offer(board: Board, today: date) -> bool:
    return board.outcome == TumorBoardDecision.Outcome.OFFER and board.met_on <= today


def _offer(board: Board) -> Judgment:
    return Judgment(True, board.met_on, "tumor board")


def _pathology(reports: Iterable[Reported]) -> Pathology | None:
    report = next(iter(reports), None)
    if report is None:
        return None
    unknown = Diagnosis.Differentiation.UNKNOWN
    grade = grade_group(
        mitoses_per_2mm2=report.mitoses_per_2mm2,
        ki67_percent=report.ki67_percent,
        differentiation=None
        if report.differentiation == unknown
        else Differentiation(report.differentiation),
        stated=None if report.grade == Diagnosis.Grade.UNKNOWN else Group(report.grade),
    )
    return Pathology(grade, report.pathology_on, report.ki67_percent)
