"""What was recorded of a patient, kind by kind: given, planned, taken back. Nothing is left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from coordination.base.models import Fact
from coordination.base.models.recorded import CancellableFact
from coordination.chart.patient_chart import PatientChart, local_day
from patients.models import Authorization, Consent, Education, EligibilityEvidence, ResponseAssessment
from patients.models.withdrawable import WithdrawableFact
from patients.rules.eligibility.criteria import criterion_word
from scheduling.models import (
    AdverseEvent,
    AdverseEventInquiry,
    Draw,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Scan,
    Transfusion,
    Weight,
)
from scheduling.rules.formatting import day_words
from scheduling.weights import Jump, jumps_among

KINDS: dict[str, type[Fact]] = {
    "infusion": InfusionGiven,
    "injection": Injection,
    "scan": Scan,
    "adverse-event": AdverseEvent,
    "inquiry": AdverseEventInquiry,
    "transfusion": Transfusion,
    "pregnancy-test": PregnancyTest,
    "weight": Weight,
    "draw": Draw,
    "response": ResponseAssessment,
    "consent": Consent,
    "education": Education,
    "authorization": Authorization,
    "evidence": EligibilityEvidence,
}
CORRECTABLE = (Consent, Education, Authorization, EligibilityEvidence)
"""What is put right by a form; anything else is taken back and recorded anew."""
PLANS = ("injection", "scan", "draw")
"""What can be planned, and so called off."""
HEADINGS = {
    "infusion": "Infusions given",
    "injection": "Somatostatin analogs",
    "scan": "Scans",
    "adverse-event": "Adverse events",
    "inquiry": "Adverse events asked for",
    "transfusion": "Transfusions",
    "pregnancy-test": "Pregnancy tests",
    "weight": "Weights",
    "draw": "Planned blood draws",
    "response": "Response of the tumor",
    "consent": "Consent",
    "education": "Patient education",
    "authorization": "Prior authorization",
    "evidence": "Eligibility evidence",
}


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One fact: when, what, and who recorded it; `void` says who took it back and why.

    An adverse event that goes on `may_follow`: how it is now can be recorded. What was recorded of it before
    stays on the list, and is `passed` by the newer record. A plan `is_to_come` until it is called off, and an
    injection until it was given, also when its day has passed.
    """

    public_id: UUID
    at: date | datetime | None
    what: str
    detail: str
    by: str
    recorded_at: datetime
    state: str  # a key of coordination.base.words.STATUSES, or empty
    void: str
    may_follow: bool = False
    passed: str = ""
    is_to_come: bool = False
    may_correct: bool = False
    may_withdraw: bool = False
    correct_url: str = ""
    doubt: str = ""

    @property
    def is_void(self) -> bool:
        return bool(self.void)


@dataclass(frozen=True, slots=True)
class RecordTable:
    kind: str
    heading: str
    lines: list[RecordLine]


def record_tables(opened: PatientChart) -> list[RecordTable]:
    """A table for each kind of fact, the newest first, also what was recorded in error."""
    return [RecordTable(kind, HEADINGS[kind], record_lines_of(kind, opened)) for kind in KINDS]


def record_lines_of(kind: str, opened: PatientChart) -> list[RecordLine]:
    model = KINDS[kind]
    path = {"infusion": "cycle__course__patient", "inquiry": "cycle__course__patient"}.get(kind, "patient")
    related = ["recorded_by", "recorded_in_error_by"]
    related += {"infusion": ["cycle__course"], "inquiry": ["cycle", "asked_by"]}.get(kind, [])
    related += {"injection": ["practice"], "weight": ["confirmed_by"]}.get(kind, [])
    related += ["withdrawn_by"] if issubclass(model, WithdrawableFact) else []
    facts = (
        model._default_manager.filter(**{path: opened.patient}, recorded_at__lte=opened.now)
        .select_related(*related)
        .order_by("-pk")
    )
    newer = {
        key: fact
        for fact in facts
        if (key := getattr(fact, "earlier_id", None)) and not _void(fact, opened.now)
    }
    jumps = _jumps(facts, opened) if kind == "weight" else {}
    lines = (line_of(kind, fact, opened, newer=newer.get(fact.pk), jump=jumps.get(fact.pk)) for fact in facts)
    return sorted(lines, key=_newest_first, reverse=True)


def _jumps(facts: Iterable[Fact], opened: PatientChart) -> dict[int, Jump]:
    known = [fact for fact in facts if isinstance(fact, Weight) and not _void(fact, opened.now)]
    return jumps_among(opened.patient, known, course=opened.course, now=opened.now)


def line_of(
    kind: str, fact: Fact, opened: PatientChart, *, newer: Fact | None = None, jump: Jump | None = None
) -> RecordLine:
    at, what, detail = describe(fact)
    if jump:
        detail = _said(_jump_words(jump), detail)
    return RecordLine(
        public_id=fact.public_id,
        at=at,
        what=what,
        detail=detail,
        by=_by(fact),
        recorded_at=fact.recorded_at,
        state=_state(kind, at, opened),
        void=_void(fact, opened.now),
        may_follow=isinstance(fact, AdverseEvent) and fact.is_going_on and newer is None,
        passed=f"Recorded again by {_by(newer)}, see there" if newer else "",
        is_to_come=_is_to_come(fact, opened),
        may_correct=isinstance(fact, CORRECTABLE),
        may_withdraw=isinstance(fact, WithdrawableFact) and fact.withdrawn_on is None,
        correct_url=_correct_url(fact, opened),
        doubt=_doubt(fact, jump),
    )


def _correct_url(fact: Fact, opened: PatientChart) -> str:
    if not isinstance(fact, InfusionGiven):
        return ""
    place = [opened.patient.public_id, fact.cycle.course.public_id, fact.cycle.number]
    return reverse("correct-infusion", args=place)


def _doubt(fact: Fact, jump: Jump | None) -> str:
    """What may be said of a weight that jumps: confirm it, or take that back."""
    if isinstance(fact, Weight) and fact.confirmed:
        return "Take back confirmation"
    return "Confirm weight" if jump else ""


def _jump_words(jump: Jump) -> str:
    return f"{jump.percent} % {jump.direction} than on {day_words(jump.earlier_on)}"


def _is_to_come(fact: Fact, opened: PatientChart) -> bool:
    match fact:
        case Injection():
            return fact.given_at is None
        case Scan():
            return fact.on > opened.today
        case Draw():
            return fact.at > opened.now
    return False


def _by(fact: Fact) -> str:
    return fact.recorded_by.full_name if fact.recorded_by else "from a report"


def _newest_first(line: RecordLine) -> tuple[str, datetime]:
    return (f"{line.at:%Y-%m-%d %H:%M}" if line.at else "", line.recorded_at)


def _state(kind: str, at: date | datetime | None, opened: PatientChart) -> str:
    if kind not in ("injection", "scan", "draw") or at is None:
        return ""
    is_past = at <= opened.now if isinstance(at, datetime) else at < opened.today
    if kind == "injection":
        return "given" if isinstance(at, datetime) else "planned"
    return "planned" if not is_past else ("done" if kind == "scan" else "")


def _void(fact: Fact, moment: datetime) -> str:
    if fact.recorded_in_error_at and fact.recorded_in_error_at <= moment:
        who = fact.recorded_in_error_by.full_name if fact.recorded_in_error_by else "A newer version"
        return f"Recorded in error ({who}): {fact.recorded_in_error_because}"
    if isinstance(fact, CancellableFact) and fact.cancelled_at and fact.cancelled_at <= moment:
        return f"Called off: {fact.cancelled_because}"
    return ""


def describe(fact: Fact) -> tuple[date | datetime | None, str, str]:
    """When it happened or will, what it is, and what else was said of it."""
    match fact:
        case InfusionGiven():
            return fact.started_at, f"Infusion {fact.cycle.number}", _infusion(fact)
        case Injection():
            dose = f" {_plain(fact.dose_mg)} mg" if fact.dose_mg else ""
            where = fact.practice.name if fact.practice else "at the center"
            return (
                fact.given_at or fact.planned_on,
                f"{fact.get_drug_display()}{dose}",
                _said(where, fact.note),
            )
        case Scan():
            uptake = fact.get_uptake_display() if fact.uptake else ""
            return fact.on, fact.get_kind_display(), _said(fact.modality, uptake, fact.where, fact.report)
        case AdverseEvent():
            return fact.on, _event(fact), _event_detail(fact)
        case AdverseEventInquiry():
            asked = f"{fact.get_asked_display()} asked before infusion {fact.cycle.number}"
            return fact.asked_on, f"{asked}: {fact.get_answer_display().lower()}", _said(fact.note)
        case Transfusion():
            units = f", {fact.units} units" if fact.units else ""
            return fact.on, f"{fact.get_product_display()}{units}", _said(fact.note)
        case PregnancyTest():
            return fact.on, fact.get_result_display(), _said(fact.method)
        case Weight():
            return fact.on, fact.words, _weight(fact)
        case ResponseAssessment():
            alone = "on the first scan after treatment alone" if fact.first_scan_only else ""
            return fact.on, fact.get_outcome_display(), _said(fact.basis, alone)
        case Draw():
            return fact.at, "Urgent draw" if fact.urgent else "Routine draw", _said(fact.note)
        case Consent():
            version = f"form {fact.form_version}" if fact.form_version else ""
            return fact.given_on, fact.get_kind_display(), _said(version, fact.note, _withdrawn(fact))
        case Education():
            taught = f"by {fact.taught_by}" if fact.taught_by else ""
            back = "teach-back done" if fact.understood else ""
            return fact.on, fact.get_topic_display(), _said(taught, back, fact.note, _withdrawn(fact))
        case Authorization():
            return fact.starts_on, _authorization(fact), _authorization_detail(fact)
        case EligibilityEvidence():
            return fact.evidence_on, _evidence(fact), _evidence_detail(fact)
    return None, str(fact), ""


def _withdrawn(fact: WithdrawableFact) -> str:
    if not fact.withdrawn_on:
        return ""
    who = f" ({fact.withdrawn_by.full_name})" if fact.withdrawn_by else ""
    return f"withdrawn {day_words(fact.withdrawn_on)}{who}: {fact.withdrawn_because}"


def _authorization(fact: Authorization) -> str:
    until = f", until {day_words(fact.ends_on)}" if fact.ends_on else ""
    return f"{fact.get_state_display()}{until}"


def _authorization_detail(fact: Authorization) -> str:
    number = f"number {fact.number}" if fact.number else ""
    doses = f"{fact.doses} doses" if fact.doses else ""
    return _said(fact.payer, number, doses, fact.note, _withdrawn(fact))


def _evidence(fact: EligibilityEvidence) -> str:
    value = f" {fact.value}" if fact.value else ""
    return f"{criterion_word(fact.criterion)}{value}: {fact.get_answer_display().lower()}"


def _evidence_detail(fact: EligibilityEvidence) -> str:
    until = f"valid until {day_words(fact.expires_on)}" if fact.expires_on else ""
    return _said(fact.evidence, until)


def _infusion(fact: InfusionGiven) -> str:
    given = _activity(fact)
    signed = f"{_plain(fact.signed_gbq)} GBq signed" if fact.signed_gbq else _unsigned(fact)
    return _said(given, signed, *_times(fact), fact.interrupted_because, fact.note)


def _activity(fact: InfusionGiven) -> str:
    if fact.administered_gbq is None or fact.activity_gbq is None:
        return "activity not recorded"
    said = f"{_plain(fact.administered_gbq)} GBq administered"
    if fact.residual_gbq is None:
        return said
    return f"{said} ({_plain(fact.activity_gbq)} measured − {_plain(fact.residual_gbq)} left over)"


def _unsigned(fact: InfusionGiven) -> str:
    if fact.elsewhere:
        return "given elsewhere"
    if fact.decision in (fact.Decision.HOLD, fact.Decision.STOP):
        return f"given while {fact.get_decision_display().lower()}"
    return "no dose was signed"


def _times(fact: InfusionGiven) -> list[str]:
    """The day's other times: "antiemetic 08:50", "amino acids 09:20 to 14:10"."""
    said = []
    if fact.antiemetic_at:
        said.append(f"antiemetic {_clock(fact.antiemetic_at)}")
    if fact.amino_acids_started_at or fact.amino_acids_ended_at:
        started, ended = fact.amino_acids_started_at, fact.amino_acids_ended_at
        begun = _clock(started) if started else "start not recorded"
        said.append(f"amino acids {begun} to {_clock(ended) if ended else 'end not recorded'}")
    return said


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%H:%M}"


def _weight(fact: Weight) -> str:
    if fact.confirmed_at and fact.confirmed_by:
        return f"confirmed by {fact.confirmed_by.full_name}, {day_words(local_day(fact.confirmed_at))}"
    return ""


def _event(fact: AdverseEvent) -> str:
    grade = f", grade {fact.grade}" if fact.grade is not None else ""
    return f"{fact.term}{grade}"


def _event_detail(fact: AdverseEvent) -> str:
    kind = "hypersensitivity" if fact.hypersensitivity else "hematologic" if fact.hematologic else ""
    ended = f"resolved {day_words(fact.resolved_on)}" if fact.resolved_on else "goes on"
    now = f"now grade {fact.grade_now}" if fact.grade_now is not None else ""
    return _said(kind, ended, now, fact.note)


def _said(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
