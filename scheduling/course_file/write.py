"""Write a course as a course file, and an assessment as its answer, with the keys in the format's order."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from scheduling.course_file.shape import FORMAT
from scheduling.rules.answer import (
    Assessment,
    Conflict,
    DueItemAnswer,
    FirstDoseCriterion,
    NextDose,
    OrderClock,
    RowAnswer,
)
from scheduling.rules.days import zone_named
from scheduling.rules.facts import (
    ConsentOrEducationFact,
    CourseFacts,
    InfusionFact,
    InjectionFact,
    ResultFact,
    Settings,
    StoppedFact,
    WeightFact,
)

JsonDocument = dict[str, Any]

_ENCODER = msgspec.json.Encoder()


def write_answer(assessment: Assessment) -> JsonDocument:
    """Return the answer document: figures as text, days and instants in ISO form, enums by their value."""
    return _answer(assessment, msgspec.to_builtins(assessment.grades))


def encode_answer(assessment: Assessment) -> bytes:
    """Return the answer document as JSON. The grades, most of it, need no dictionary in between."""
    return _ENCODER.encode(_answer(assessment, assessment.grades))


def _answer(assessment: Assessment, grades: Sequence[Any]) -> JsonDocument:
    return {
        "id": assessment.id,
        "as_of": assessment.as_of.isoformat(),
        "protocol": assessment.protocol,
        "ctcae": assessment.ctcae,
        "next_dose": _next_dose(assessment.next_dose),
        "grades": list(grades),
        "rejected": [
            {"result": result.result, "reason": str(result.reason)} for result in assessment.rejected
        ],
        "limits_rejected": [
            {"result": result.result, "reason": result.reason} for result in assessment.limits_rejected
        ],
        "due": [_due(item) for item in assessment.due],
        "conflicts": [_conflict(conflict) for conflict in assessment.conflicts],
        "order": [_order(order) for order in assessment.order],
    }


def _next_dose(dose: NextDose) -> JsonDocument:
    return {
        "cycle": dose.cycle,
        "action": str(dose.action),
        "activity_gbq": _figure(dose.activity_gbq),
        "rows": [_row(row) for row in dose.rows],
        "missing": list(dose.missing),
        "notes": list(dose.notes),
        "days_since_last_infusion": dose.days_since_last_infusion,
        "last_allowed_on": _iso(dose.last_allowed_on),
        "crcl_ml_min": _figure(dose.crcl_ml_min),
        "criteria": [_criterion(criterion) for criterion in dose.criteria],
        "text": dose.text,
    }


def _criterion(criterion: FirstDoseCriterion) -> JsonDocument:
    return {
        "criterion": criterion.criterion,
        "state": str(criterion.state),
        "value": criterion.value,
        "threshold": criterion.threshold,
    }


def _row(row: RowAnswer) -> JsonDocument:
    return {
        "row": row.row,
        "state": str(row.state),
        "grade": row.grade,
        "occurrence": row.occurrence,
        "because": list(row.because),
        "text": row.text,
    }


def _due(item: DueItemAnswer) -> JsonDocument:
    opens, target, closes = item.opens, item.target, item.closes
    written = {
        "item": item.item,
        "cycle": item.cycle,
        "opens": opens.isoformat() if opens else None,
        "target": target.isoformat() if target else None,
        "closes": closes.isoformat() if closes else None,
        "state": item.state,
        "missing": list(item.missing),
    }
    if item.reason:
        written["reason"] = item.reason
    return written


def _conflict(conflict: Conflict) -> JsonDocument:
    written = {
        "code": conflict.code,
        "severity": str(conflict.severity),
        "cycle": conflict.cycle,
        "text": conflict.text,
        "legal": [day.isoformat() for day in conflict.legal],
    }
    if conflict.flags:
        written["flags"] = list(conflict.flags)
    return written


def _order(order: OrderClock) -> JsonDocument:
    return {
        "cycle": order.cycle,
        "calibration": order.calibration.isoformat(),
        "order_by": order.order_by.isoformat(),
        "free_cancel_until": order.free_cancel_until.isoformat(),
        "late_cancel_until": order.late_cancel_until.isoformat(),
        "latest_useful_lab_date": order.latest_useful_lab_date.isoformat(),
    }


def write_course(facts: CourseFacts) -> JsonDocument:
    """Return the input document: `read_course` reads the same facts back. Instants in the course's zone."""
    return _CourseWriter(facts).document()


class _CourseWriter:
    def __init__(self, facts: CourseFacts) -> None:
        self.facts = facts
        self.zone = zone_named(facts.timezone)

    def document(self) -> JsonDocument:
        facts = self.facts
        document: JsonDocument = {
            "format": FORMAT,
            "id": facts.id,
            "as_of": self._at(facts.as_of),
            "timezone": facts.timezone,
            "protocol": facts.protocol,
            **_pinned(facts),
            "settings": _chosen(facts.settings),
            "patient": {
                "sex": facts.patient.sex,
                "birth_date": _iso(facts.patient.birth_date),
                "pregnancy_possible": facts.patient.pregnancy_possible,
                "anticoagulated": facts.patient.anticoagulated,
            },
            "weights": [_weight(weight) for weight in facts.weights],
            "eligibility_unmet": list(facts.eligibility_unmet),
            "eligibility_unsure": list(facts.eligibility_unsure),
            "infusions": [self._infusion(infusion) for infusion in facts.infusions],
            "results": [self._result(result) for result in facts.results],
        }
        document |= self._events() | self._plans() | self._ends()
        return document

    def _events(self) -> JsonDocument:
        facts = self.facts
        return {
            "adverse_events": [
                {
                    "id": event.id,
                    "term": event.term,
                    "grade": event.grade,
                    "on": event.on.isoformat(),
                    "hematologic": event.hematologic,
                    "hypersensitivity": event.hypersensitivity,
                    "resolved_on": _iso(event.resolved_on),
                    "grade_now": event.grade_now,
                }
                for event in facts.adverse_events
            ],
            "transfusions": [
                {"product": given.product, "on": given.on.isoformat()} for given in facts.transfusions
            ],
            "attributions": [
                {"row": said.row, "cycle": said.cycle, "related": said.related, "reason": said.reason}
                for said in facts.attributions
            ],
            "confirmations": [
                {"row": said.row, "on": said.on.isoformat(), "resolved": said.resolved}
                for said in facts.confirmations
            ],
        }

    def _plans(self) -> JsonDocument:
        facts = self.facts
        return {
            "injections": [self._injection(injection) for injection in facts.injections],
            "scans": [{"kind": scan.kind, "on": scan.on.isoformat()} for scan in facts.scans],
            "liver_directed": [
                {"kind": therapy.kind, "on": therapy.on.isoformat()} for therapy in facts.liver_directed
            ],
            "pregnancy_tests": [
                {"on": test.on.isoformat(), "result": test.result} for test in facts.pregnancy_tests
            ],
            "authorizations": [
                {"from": granted.start.isoformat(), "to": granted.end.isoformat(), "doses": granted.doses}
                for granted in facts.authorizations
            ],
            "consents": [_consent_or_education(record) for record in facts.consents],
            "education": [_consent_or_education(record) for record in facts.education],
            "closed_days": [day.isoformat() for day in facts.closed_days],
            "draws": [{"at": self._at(draw.at), "urgent": draw.urgent} for draw in facts.draws],
        }

    def _ends(self) -> JsonDocument:
        facts = self.facts
        ends: JsonDocument = {
            "stopped": _stopped(facts.stopped),
            "progressed_on": _iso(facts.progressed_on),
            "died_on": _iso(facts.died_on),
        }
        if facts.baseline_pins:
            pins = [{"analyte": pin.analyte, "result": pin.result} for pin in facts.baseline_pins]
            return {"baselines": pins} | ends
        return ends

    def _infusion(self, infusion: InfusionFact) -> JsonDocument:
        written: JsonDocument = {"cycle": infusion.cycle, "planned_on": _iso(infusion.planned_on)}
        if infusion.started_at:
            written |= {
                "started_at": self._at(infusion.started_at),
                "ended_at": self._at(infusion.ended_at),
                "activity_gbq": _figure(infusion.activity_gbq),
            }
        elif infusion.activity_gbq is not None:
            written["activity_gbq"] = _figure(infusion.activity_gbq)
        if infusion.signed_gbq is not None:
            written["signed_gbq"] = _figure(infusion.signed_gbq)
        return written | self._on_the_day(infusion)

    def _on_the_day(self, infusion: InfusionFact) -> JsonDocument:
        """The records of the day of the infusion, without those that are not known."""
        written: JsonDocument = {
            "decision": infusion.decision,
            "residual_gbq": _figure(infusion.residual_gbq),
            "elsewhere": infusion.elsewhere or None,
            "antiemetic_at": self._at(infusion.antiemetic_at),
        }
        if infusion.amino_acids_started_at:
            written["amino_acids"] = {
                "started_at": self._at(infusion.amino_acids_started_at),
                "ended_at": self._at(infusion.amino_acids_ended_at),
            }
        return {key: value for key, value in written.items() if value is not None}

    def _result(self, result: ResultFact) -> JsonDocument:
        collected_at = result.collected_at.astimezone(self.zone)
        written = {
            "id": result.series or result.id,
            "loinc": result.loinc,
            "value": result.value,
            "comparator": result.comparator,
            "unit": result.unit,
            "low": result.low,
            "high": result.high,
            "collected_at": collected_at.date().isoformat() if result.day_only else collected_at.isoformat(),
            "received_at": self._at(result.received_at),
            "status": result.status,
            "replaces": result.replaces,
        }
        beside = ("range_text", "absent_reason", "note")
        return written | {name: value for name in beside if (value := getattr(result, name))}

    def _injection(self, injection: InjectionFact) -> JsonDocument:
        written: JsonDocument = {"drug": injection.drug}
        if injection.dose_mg is not None:
            written["dose_mg"] = _figure(injection.dose_mg)
        if injection.given_at:
            written["given_at"] = self._at(injection.given_at)
        if injection.planned_on:
            written["planned_on"] = injection.planned_on.isoformat()
        return written

    def _at(self, at: datetime | None) -> str | None:
        return at.astimezone(self.zone).isoformat() if at else None


def _pinned(facts: CourseFacts) -> JsonDocument:
    """The version that the course was started on, where it is known."""
    pinned = {"protocol_version": facts.protocol_version, "protocol_digest": facts.protocol_digest}
    return {key: value for key, value in pinned.items() if value}


def _chosen(settings: Settings) -> JsonDocument:
    """The settings that the site chose itself, without the defaults of the protocol."""
    chosen = {
        "nadir": settings.nadir,
        "recurrence_scope": settings.recurrence_scope,
        "ctcae": settings.ctcae,
        "confirm_labs": settings.confirm_labs,
        "interim_ssa": settings.interim_ssa,
    }
    return {key: value for key, value in chosen.items() if value is not None} | dict(settings.others)


def _weight(weight: WeightFact) -> JsonDocument:
    written: JsonDocument = {"kg": _figure(weight.kg), "on": weight.on.isoformat()}
    return written | ({"confirmed": True} if weight.confirmed else {})


def _consent_or_education(record: ConsentOrEducationFact) -> str | JsonDocument:
    if record.withdrawn_on is None:
        return record.on.isoformat()
    return {"on": record.on.isoformat(), "withdrawn_on": record.withdrawn_on.isoformat()}


def _stopped(stopped: StoppedFact | None) -> JsonDocument | None:
    return {"on": stopped.on.isoformat(), "reason": stopped.reason} if stopped else None


def _figure(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def _iso(when: date | datetime | None) -> str | None:
    return when.isoformat() if when else None
