"""Eligibility: each criterion is met, not met, or cannot be told, with its evidence and when that expires.

Source: docs/clinical/eligibility.md, after H22 table 1; the default thresholds are those of IMP, and a site
may set its own. Evidence that is missing or has expired answers *cannot tell*. Of several pieces of evidence
the newest that is still valid counts, wherever it was entered.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation
from enum import StrEnum

from patients.rules.grade_group import GradeGroup, Group

_EXACT = Context(prec=200)
ONE = Decimal(1)


class Answer(StrEnum):
    MET = "met"
    NOT_MET = "not-met"
    CANNOT_TELL = "cannot-tell"


class Operator(StrEnum):
    AT_LEAST = ">="
    AT_MOST = "<="


class CriteriaSet(StrEnum):
    """Which criteria a site requires (RULES 8)."""

    AFTER_SSA = "after-ssa"  # progression under a somatostatin analog; G1-G2, G3 case by case [H22]
    FIRST_LINE = "first-line"  # G2-G3 with Ki-67 10-55 %, before any other treatment [NETTER-2]


@dataclass(frozen=True, slots=True)
class Threshold:
    """`valid_days` is how long a measurement counts, its day included as day 0; None: without end."""

    criterion: str
    operator: Operator
    bound: Decimal
    unit: str  # "x ULN": the bound is a multiple of the upper limit that came with the result
    source: str
    valid_days: int | None

    @property
    def words(self) -> str:
        """As a page says it: "≥ 75", "≤ 3 x ULN"."""
        sign = "≥" if self.operator is Operator.AT_LEAST else "≤"
        return f"{sign} {self.bound}{f' {self.unit}' if self.unit == TIMES_ULN else ''}"


TIMES_ULN = "x ULN"
LAB_DAYS = 14  # setting: as the panel that gates a dose

DEFAULT_THRESHOLDS = (
    Threshold("hemoglobin", Operator.AT_LEAST, Decimal(8), "g/dL", "IMP", LAB_DAYS),
    Threshold("platelets", Operator.AT_LEAST, Decimal(75), "10*9/L", "IMP", LAB_DAYS),
    Threshold("wbc", Operator.AT_LEAST, Decimal(2), "10*9/L", "IMP", LAB_DAYS),
    Threshold("creatinine-clearance", Operator.AT_LEAST, Decimal(40), "mL/min", "IMP", LAB_DAYS),
    Threshold("bilirubin", Operator.AT_MOST, Decimal(3), TIMES_ULN, "IMP", LAB_DAYS),
    Threshold("karnofsky", Operator.AT_LEAST, Decimal(60), "%", "IMP", None),
)

KARNOFSKY = "karnofsky"
BY_RESULTS = frozenset({"hemoglobin", "platelets", "wbc", "creatinine-clearance", "bilirubin"})
"""What laboratory results decide; the rules of the first dose read them for themselves."""
AS_THE_ENGINE_SAYS = {"creatinine-clearance": "crcl"}

WORDS = {
    "sstr-positive": "SSTR uptake",
    "grade": "Tumor grade",
    "need": "Indication",
    "extent": "Extent of liver and bone disease",
    "wbc": "WBC",
    "creatinine-clearance": "CrCl",
    "crcl": "CrCl",
    "karnofsky": "KPS",
}


def criterion_word(criterion: str) -> str:
    """Say a criterion: "KPS", "Hemoglobin"."""
    return WORDS.get(criterion, criterion.replace("-", " ").replace("_", " ").capitalize())


@dataclass(frozen=True, slots=True)
class Measurement:
    """A figure in the threshold's unit, `value / divisor`; `upper_limit` is the ULN in that same unit.

    The divisor lets a clearance be compared without rounding. A comparator stands for a whole interval.
    """

    value: Decimal
    on: date
    evidence: str
    comparator: str = ""
    upper_limit: Decimal | None = None
    divisor: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a person, a report or a board says of a criterion; `holds` is None where it does not say.

    `holds` means that the criterion is met: of the extent, that liver and bone disease is not extensive.
    """

    holds: bool | None
    on: date
    evidence: str
    expires_on: date | None = None
    value: str = ""  # the figure that was found, where there is one


@dataclass(frozen=True, slots=True)
class Pathology:
    """The grade as the pathology report gives it; `on` is None where the report is not dated."""

    grade: GradeGroup
    on: date | None
    ki67_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one patient, each list from the oldest to the newest.

    `said` is what people recorded, by criterion. `uptake` is read from SSTR scans, `history` from what
    progressed under somatostatin analogs, `offers` are boards that offered the treatment.
    """

    measurements: Mapping[str, Measurement] = field(default_factory=dict)  # by criterion
    said: Mapping[str, Sequence[Judgment]] = field(default_factory=dict)
    uptake: Sequence[Judgment] = ()
    history: Sequence[Judgment] = ()
    offers: Sequence[Judgment] = ()
    pathology: Pathology | None = None


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    criterion: str
    answer: Answer
    text: str  # one plain sentence
    threshold: str = ""
    source: str = "H22 table 1"
    evidence: str = ""
    evidence_on: date | None = None
    expires_on: date | None = None


def judge_eligibility(
    evidence: Evidence,
    *,
    on: date,
    thresholds: Iterable[Threshold] = DEFAULT_THRESHOLDS,
    criteria: CriteriaSet = CriteriaSet.AFTER_SSA,
) -> tuple[CriterionAnswer, ...]:
    """Answer every criterion for treatment on a day: the planned first infusion, failing that today."""
    measured = {threshold.criterion: threshold for threshold in thresholds}
    return (
        *judge_by_people(evidence, on=on, thresholds=measured.values(), criteria=criteria),
        *(
            _with_a_no(compare(threshold, evidence.measurements.get(name), on=on), evidence, on)
            for name, threshold in measured.items()
            if name != KARNOFSKY
        ),
    )


def judge_by_people(
    evidence: Evidence,
    *,
    on: date,
    thresholds: Iterable[Threshold] = DEFAULT_THRESHOLDS,
    criteria: CriteriaSet = CriteriaSet.AFTER_SSA,
) -> tuple[CriterionAnswer, ...]:
    """Answer the required criteria that no result can answer."""
    (karnofsky,) = (threshold for threshold in thresholds if threshold.criterion == KARNOFSKY)
    said = evidence.said
    answers = [
        _judged("sstr-positive", (*evidence.uptake, *said.get("sstr-positive", ())), on),
        _grade_answer(evidence, on, criteria),
        _judged("extent", said.get("extent", ()), on),
        _performance(karnofsky, said.get(KARNOFSKY, ()), on),
    ]
    if criteria is CriteriaSet.AFTER_SSA:
        answers.append(_judged("need", (*evidence.history, *evidence.offers, *said.get("need", ())), on))
    return tuple(answers)


def needs(
    thresholds: Iterable[Threshold] = DEFAULT_THRESHOLDS, criteria: CriteriaSet = CriteriaSet.AFTER_SSA
) -> Mapping[str, str]:
    """What each criterion needs, as a page says it: "≥ 60"."""
    said = {name: claim.need for name, claim in _CLAIMS.items()}
    said |= {threshold.criterion: threshold.words for threshold in thresholds}
    return said | {"grade": GRADES_NEEDED[criteria]}


def first_dose_doubts(
    answers: Iterable[CriterionAnswer], said: Mapping[str, Sequence[Judgment]], *, on: date
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria that are not met, and those that cannot be told, as a course file names them.

    What results decide is left to them, unless a person says that it is not met.
    """
    judged = {answer.criterion: answer.answer for answer in answers if answer.criterion not in BY_RESULTS}
    for criterion, judgments in said.items():
        newest = _newest_valid(judgments, on)
        if criterion in judged or newest is None or newest.holds:
            continue
        if newest.holds is False:
            judged[criterion] = Answer.NOT_MET
        elif criterion not in BY_RESULTS:
            judged[criterion] = Answer.CANNOT_TELL
    return _named(judged, Answer.NOT_MET), _named(judged, Answer.CANNOT_TELL)


def _named(judged: Mapping[str, Answer], wanted: Answer) -> tuple[str, ...]:
    return tuple(AS_THE_ENGINE_SAYS.get(name, name) for name, answer in judged.items() if answer is wanted)


# --- a figure against a threshold ------------------------------------------------------------------------


def compare(threshold: Threshold, measured: Measurement | None, *, on: date) -> CriterionAnswer:
    said = f"{threshold.operator} {threshold.bound} {threshold.unit}"
    name = threshold.criterion
    if measured is None:
        text = f"{criterion_word(name)} not on file (need {threshold.words})."
        return CriterionAnswer(name, Answer.CANNOT_TELL, text, said, threshold.source)
    expires_on = None if threshold.valid_days is None else measured.on + timedelta(threshold.valid_days)
    answer = Answer.CANNOT_TELL if _has_expired(expires_on, on) else _answer(threshold, measured)
    return CriterionAnswer(
        name,
        answer,
        _comparison_text(threshold, measured, answer, expires_on, on),
        said,
        threshold.source,
        measured.evidence,
        measured.on,
        expires_on,
    )


def _answer(threshold: Threshold, measured: Measurement) -> Answer:
    bound = threshold.bound
    if threshold.unit == TIMES_ULN:
        if measured.upper_limit is None:
            return Answer.CANNOT_TELL
        bound = _EXACT.multiply(bound, measured.upper_limit)
    bound = _EXACT.multiply(bound, measured.divisor)
    is_least = threshold.operator is Operator.AT_LEAST
    holds = measured.value >= bound if is_least else measured.value <= bound
    if not measured.comparator:
        return Answer.MET if holds else Answer.NOT_MET
    return _interval_answer(measured, bound, is_least=is_least)


def _interval_answer(measured: Measurement, bound: Decimal, *, is_least: bool) -> Answer:
    """A whole interval: met if every value of it is, not met if none is."""
    is_above = measured.comparator in (">", ">=")
    value, is_open = measured.value, measured.comparator in ("<", ">")
    if is_above == is_least:
        return Answer.MET if (value >= bound if is_least else value <= bound) else Answer.CANNOT_TELL
    is_outside = value < bound if is_least else value > bound
    return Answer.NOT_MET if is_outside or (is_open and value == bound) else Answer.CANNOT_TELL


def _comparison_text(
    threshold: Threshold, measured: Measurement, answer: Answer, expires_on: date | None, on: date
) -> str:
    name = f"{criterion_word(threshold.criterion)} of {_day(measured.on)}"
    if expires_on and _has_expired(expires_on, on):
        return f"{name} expired on {_day(expires_on)}: repeat it."
    if answer is not Answer.CANNOT_TELL:
        verb = "meets" if answer is Answer.MET else "does not meet"
        return f"{name} {verb} {threshold.words}."
    if threshold.unit == TIMES_ULN and measured.upper_limit is None:
        return f"{name} came without its upper limit of normal."
    return f"{name} is given only as {measured.comparator} {measured.value} (need {threshold.words})."


def _has_expired(expires_on: date | None, on: date) -> bool:
    return expires_on is not None and on > expires_on


def _day(on: date) -> str:
    """As US clinics write a day: "Jan 14, 2025"."""
    return f"{on:%b} {on.day}, {on.year}"


# --- what a person or a report says ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Claim:
    """How a criterion is said where it is met, where it is not, and what is needed."""

    met: str
    not_met: str
    need: str


_CLAIMS = {
    "sstr-positive": _Claim(
        "Uptake at least that of the liver", "Uptake below the liver", "uptake at least that of the liver"
    ),
    "need": _Claim(
        "Progression on SSA, uncontrolled symptoms, growing burden or worsening organ function",
        "No progression on SSA, uncontrolled symptoms, growing burden or worsening organ function",
        "progression on SSA, uncontrolled symptoms, growing burden or worsening organ function",
    ),
    "extent": _Claim(
        "Liver or bone disease not extensive",
        "Extensive liver or bone disease",
        "liver and bone disease not extensive",
    ),
    "grade": _Claim("Grade accepted for treatment", "Grade not accepted for treatment", "G1-G2"),
}


def _newest_valid(judgments: Iterable[Judgment], on: date) -> Judgment | None:
    """Of one day the last in the list: people speak after reports."""
    valid = [judgment for judgment in judgments if not _has_expired(judgment.expires_on, on)]
    return max(enumerate(valid), key=lambda numbered: (numbered[1].on, numbered[0]))[1] if valid else None


def _judged(criterion: str, judgments: Sequence[Judgment], on: date) -> CriterionAnswer:
    claim, name = _CLAIMS[criterion], criterion_word(criterion)
    newest = _newest_valid(judgments, on)
    if newest is None:
        return _nothing_valid(criterion, f"need {claim.need}", judgments)
    if newest.holds is None:
        answer, text = Answer.CANNOT_TELL, f"{name} cannot be told from {newest.evidence or 'the evidence'}"
    else:
        answer = Answer.MET if newest.holds else Answer.NOT_MET
        text = claim.met if newest.holds else claim.not_met
    return CriterionAnswer(
        criterion,
        answer,
        f"{text} ({_day(newest.on)}).",
        threshold=claim.need,
        evidence=newest.evidence,
        evidence_on=newest.on,
        expires_on=newest.expires_on,
    )


def _nothing_valid(criterion: str, need: str, judgments: Sequence[Judgment]) -> CriterionAnswer:
    """Nothing was ever recorded, or all of it has expired."""
    name = criterion_word(criterion)
    last = max(judgments, key=lambda judgment: judgment.on, default=None)
    if last is None or last.expires_on is None:
        return CriterionAnswer(criterion, Answer.CANNOT_TELL, f"{name} not on file ({need}).")
    return CriterionAnswer(
        criterion,
        Answer.CANNOT_TELL,
        f"{name} of {_day(last.on)} expired on {_day(last.expires_on)} ({need}).",
        evidence=last.evidence,
        evidence_on=last.on,
        expires_on=last.expires_on,
    )


def _performance(threshold: Threshold, judgments: Sequence[Judgment], on: date) -> CriterionAnswer:
    """The figure decides where one was recorded, else the word of who recorded it."""
    newest = _newest_valid(judgments, on)
    if newest is None:
        return replace(
            _nothing_valid(KARNOFSKY, f"need {threshold.words}", judgments),
            threshold=f"{threshold.operator} {threshold.bound}",
            source=threshold.source,
        )
    figure = percent(newest.value)
    if figure is None:
        answer = _ANSWERS[newest.holds]
    else:
        answer = _answer(threshold, Measurement(figure, newest.on, newest.evidence))
    shown = newest.value or answer.replace("-", " ")
    return CriterionAnswer(
        KARNOFSKY,
        answer,
        f"{criterion_word(KARNOFSKY)} {shown} ({_day(newest.on)}; need {threshold.words}).",
        f"{threshold.operator} {threshold.bound}",
        threshold.source,
        newest.evidence,
        newest.on,
        newest.expires_on,
    )


_ANSWERS = {True: Answer.MET, False: Answer.NOT_MET, None: Answer.CANNOT_TELL}


def percent(text: str) -> Decimal | None:
    """A Karnofsky performance status as written, "80" or "80 %"; None where it is no figure."""
    try:
        figure = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None


def _with_a_no(answer: CriterionAnswer, evidence: Evidence, on: date) -> CriterionAnswer:
    """A person who says that a measured criterion is not met is heard, whatever the results say."""
    newest = _newest_valid(evidence.said.get(answer.criterion, ()), on)
    if newest is None or newest.holds is not False:
        return answer
    text = f"{criterion_word(answer.criterion)} recorded as not met ({_day(newest.on)})."
    return replace(
        answer,
        answer=Answer.NOT_MET,
        text=text,
        evidence=newest.evidence,
        evidence_on=newest.on,
        expires_on=newest.expires_on,
    )


# --- the grade of the tumor ------------------------------------------------------------------------------

GRADE_ANSWERS = {
    Group.G1: Answer.MET,
    Group.G2: Answer.MET,
    Group.G3: Answer.CANNOT_TELL,  # case by case
    Group.NEC: Answer.NOT_MET,
}
FIRST_LINE_KI67 = (Decimal(10), Decimal(55))
GRADES_NEEDED = {
    CriteriaSet.AFTER_SSA: "G1-G2",
    CriteriaSet.FIRST_LINE: "G2-G3, Ki-67 10-55 %",
}


def _grade_answer(evidence: Evidence, on: date, criteria: CriteriaSet) -> CriterionAnswer:
    """The pathology report, unless a person has said more since; a board decides G3 case by case."""
    need = GRADES_NEEDED[criteria]
    newest = _newest_valid(evidence.said.get("grade", ()), on)
    report = evidence.pathology
    if newest and (report is None or report.on is None or newest.on >= report.on):
        return replace(_judged("grade", [newest], on), threshold=need)
    if report is None:
        text = f"Tumor grade not on file (need {need})."
        return CriterionAnswer("grade", Answer.CANNOT_TELL, text, need)
    if criteria is CriteriaSet.FIRST_LINE:
        answer, text = _first_line_grade(report)
    else:
        answer, text = _grade_after_ssa(report, evidence.offers)
    shown = " ".join((text, *report.grade.contradictions))
    return CriterionAnswer("grade", answer, shown, need, evidence="pathology report", evidence_on=report.on)


def _grade_after_ssa(report: Pathology, offers: Sequence[Judgment]) -> tuple[Answer, str]:
    """G1 and G2 are treated, G3 case by case, NEC not; an unsettled report cannot tell."""
    group = report.grade.group
    if group is None:
        return Answer.CANNOT_TELL, _unsettled(report.grade)
    if group is Group.G3:
        offer = next((each for each in offers if report.on is None or each.on >= report.on), None)
        if offer:
            return Answer.MET, f"The tumor is G3; offered by the {offer.evidence} of {_day(offer.on)}."
        return Answer.CANNOT_TELL, "The tumor is G3: case by case, and no tumor board has offered treatment."
    return GRADE_ANSWERS[group], f"The tumor is {group}."


def _first_line_grade(report: Pathology) -> tuple[Answer, str]:
    group, ki67 = report.grade.group, report.ki67_percent
    if group is None or ki67 is None:
        return Answer.CANNOT_TELL, _unsettled(report.grade)
    lowest, highest = FIRST_LINE_KI67
    is_met = group in (Group.G2, Group.G3) and lowest <= ki67 <= highest
    text = f"The tumor is {group}, Ki-67 {ki67.normalize():f} %."
    return (Answer.MET if is_met else Answer.NOT_MET), text


def _unsettled(grade: GradeGroup) -> str:
    known = f" (at least {grade.at_least})" if grade.at_least else ""
    return f"The pathology report does not settle the grade{known}."


# --- a site's own thresholds -------------------------------------------------------------------------------


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
