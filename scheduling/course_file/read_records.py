"""Read what else was recorded of a course: events, examinations, decisions and documents."""

from msgspec import UNSET

from scheduling.course_file import shape
from scheduling.course_file.errors import InvalidValueError, quote
from scheduling.course_file.values import (
    optional_day,
    optional_decimal,
    optional_grade,
    required_choice,
    required_cycle,
    required_day,
    required_text,
)
from scheduling.rules.facts import (
    AdverseEventFact,
    AttributionFact,
    AuthorizationFact,
    ConfirmationFact,
    ConsentOrEducationFact,
    LiverDirectedFact,
    PregnancyTestFact,
    ScanFact,
    StoppedFact,
    TransfusionFact,
    WeightFact,
)
from scheduling.rules.rows import ROW_RULES

SCAN_KINDS = ("sstr-pet", "ct-mri")
LIVER_DIRECTED = ("TARE", "SIRT", "TACE")


def read_weight(weight: shape.WeightShape) -> WeightFact:
    kg = optional_decimal(weight.kg, "kg")
    if not kg:
        raise InvalidValueError("kg", "must be a number above zero")
    return WeightFact(kg, required_day(weight.on, "on"), weight.confirmed or False)


def read_adverse_event(event: shape.AdverseEventShape) -> AdverseEventFact:
    return AdverseEventFact(
        id=required_text(event.id, "id"),
        term=event.term,
        on=required_day(event.on, "on"),
        grade=optional_grade(event.grade, "grade"),
        hematologic=event.hematologic or False,
        hypersensitivity=event.hypersensitivity or False,
        resolved_on=optional_day(event.resolved_on, "resolved_on"),
        grade_now=optional_grade(event.grade_now, "grade_now"),
    )


def read_transfusion(transfusion: shape.TransfusionShape) -> TransfusionFact:
    return TransfusionFact(required_text(transfusion.product, "product"), required_day(transfusion.on, "on"))


def read_attribution(attribution: shape.AttributionShape) -> AttributionFact:
    return AttributionFact(
        row=required_choice(attribution.row, tuple(ROW_RULES), "row"),
        cycle=required_cycle(attribution.cycle),
        related=attribution.related,
        reason=attribution.reason or "",
    )


def read_confirmation(confirmation: shape.ConfirmationShape) -> ConfirmationFact:
    row = required_choice(confirmation.row, tuple(ROW_RULES), "row")
    return ConfirmationFact(row, required_day(confirmation.on, "on"), confirmation.resolved)


def read_scan(scan: shape.DatedKindShape) -> ScanFact:
    return ScanFact(required_choice(scan.kind, SCAN_KINDS, "kind"), required_day(scan.on, "on"))


def read_liver_directed(therapy: shape.DatedKindShape) -> LiverDirectedFact:
    return LiverDirectedFact(
        required_choice(therapy.kind, LIVER_DIRECTED, "kind"), required_day(therapy.on, "on")
    )


def read_pregnancy_test(test: shape.PregnancyTestShape) -> PregnancyTestFact:
    return PregnancyTestFact(required_day(test.on, "on"), required_text(test.result, "result"))


def read_authorization(authorization: shape.AuthorizationShape) -> AuthorizationFact:
    start, end = required_day(authorization.start, "from"), required_day(authorization.end, "to")
    if end < start:
        raise InvalidValueError("to", "must not be before from")
    doses = None if authorization.doses is UNSET else authorization.doses
    if doses is not None and doses < 0:
        raise InvalidValueError("doses", f"must not be negative, and is {quote(doses)}")
    return AuthorizationFact(start, end, doses)


def read_consent_or_education(record: shape.ConsentOrEducationShape | str) -> ConsentOrEducationFact:
    if isinstance(record, str):
        return ConsentOrEducationFact(required_day(record, ""))
    on, withdrawn_on = required_day(record.on, "on"), optional_day(record.withdrawn_on, "withdrawn_on")
    if withdrawn_on and withdrawn_on < on:
        raise InvalidValueError("withdrawn_on", "must not be before on")
    return ConsentOrEducationFact(on, withdrawn_on)


def read_stopped(stopped: shape.StoppedShape) -> StoppedFact:
    return StoppedFact(required_day(stopped.on, "on"), stopped.reason or "")
