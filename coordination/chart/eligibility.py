"""The criteria of the first dose as a page lists them: what is needed, what is known, until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from coordination.chart.patient_chart import PatientChart
from coordination.wording.clinical import analyte_word
from patients.rules.eligibility.criteria import (
    AS_THE_ENGINE_SAYS,
    BY_RESULTS,
    WORDS,
    CriterionAnswer,
    criterion_word,
)
from scheduling.eligibility_judgment import judge_with_results


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion; `state` is a key of coordination.base.words.STATUSES."""

    criterion: str
    name: str
    state: str
    text: str
    source: str
    basis: str
    evidence_on: date | None
    expires_on: date | None

    @property
    def by_people(self) -> bool:
        return self.criterion not in BY_RESULTS


def criterion_lines(opened: PatientChart) -> list[CriterionLine]:
    """Every criterion, until the first infusion has been given."""
    return [_line(answer) for answer in _answers(opened)] if not opened.given else []


def _answers(opened: PatientChart) -> tuple[CriterionAnswer, ...]:
    on = max(opened.first_infusion_on or opened.today, opened.today)
    return judge_with_results(opened.patient, on=on, now=opened.now)


def _line(answer: CriterionAnswer) -> CriterionLine:
    return CriterionLine(
        answer.criterion,
        criterion_word(answer.criterion),
        answer.answer.value,
        answer.text,
        answer.source,
        answer.evidence,
        answer.evidence_on,
        answer.expires_on,
    )


# --- as the assessment has them ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AssessedLine:
    """One criterion of the answer document, in words: "Platelets 40 (need ≥ 75)"."""

    name: str
    state: str
    words: str
    source: str


ORDER = ("not-met", "cannot-tell", "met")
FROM_RESULTS, FROM_PEOPLE = "Lab results", "Eligibility evidence"
UNTOLD = {"not-met": "not met", "cannot-tell": "not on file or expired", "met": "met"}


def lines_of_card(opened: PatientChart, criteria: Iterable[Any]) -> list[AssessedLine]:
    """Those of the assessment, the gravest first; what people say with what they said."""
    found = list(criteria)
    said = {AS_THE_ENGINE_SAYS.get(a.criterion, a.criterion): a for a in _answers(opened)} if found else {}
    return _in_order(
        (_by_results if each.threshold else _by_people)(each, said.get(each.criterion)) for each in found
    )


def lines_of_document(dose: Mapping[str, Any], needs: Mapping[str, str]) -> list[AssessedLine]:
    """Those of a stored `next_dose`; `needs` is what each criterion needs at the patient's site."""
    return _in_order(_stored(each, needs) for each in dose.get("criteria") or ())


def _in_order(lines: Iterable[AssessedLine]) -> list[AssessedLine]:
    return sorted(lines, key=lambda line: ORDER.index(line.state))


def _by_results(criterion: Any, answer: CriterionAnswer | None) -> AssessedLine:
    """The threshold's source is the site's or IMP; the other two come from the dose table."""
    said = _said(criterion.criterion, criterion.value, criterion.threshold)
    source = f"{FROM_RESULTS}; threshold: {answer.source if answer else 'H22 table 3'}"
    return AssessedLine(criterion_name(criterion.criterion), criterion.state.value, said, source)


def _by_people(criterion: Any, answer: CriterionAnswer | None) -> AssessedLine:
    state, name = criterion.state.value, criterion_name(criterion.criterion)
    if answer is None or answer.answer.value != state:
        return AssessedLine(name, state, f"{name} {UNTOLD[state]}", FROM_PEOPLE)
    source = ", ".join(filter(None, [answer.evidence, answer.source]))
    return AssessedLine(name, state, answer.text.removesuffix("."), source)


def _stored(written: Mapping[str, Any], needs: Mapping[str, str]) -> AssessedLine:
    key, state, threshold = written["criterion"], written["state"], written.get("threshold")
    name = criterion_name(key)
    if threshold:
        return AssessedLine(name, state, _said(key, written.get("value"), threshold), FROM_RESULTS)
    need = f" (need {needs[key]})" if key in needs else ""
    return AssessedLine(name, state, f"{name} {UNTOLD[state]}{need}", FROM_PEOPLE)


def _said(key: str, value: str | None, threshold: str) -> str:
    return f"{criterion_name(key)} {value or 'not on file'} (need {_signs(threshold)})"


def _signs(threshold: str) -> str:
    return threshold.replace(">=", "≥").replace("<=", "≤")


def criterion_name(criterion: str) -> str:
    return WORDS.get(criterion) or analyte_word(criterion, otherwise=criterion_word(criterion))
