"""Build the facts of a whole course from its decoded document."""

from scheduling.course_file import shape
from scheduling.course_file.errors import InvalidValueError, quote
from scheduling.course_file.read_infusions import read_draw, read_infusions, read_injection
from scheduling.course_file.read_records import (
    read_adverse_event,
    read_attribution,
    read_authorization,
    read_confirmation,
    read_consent_or_education,
    read_liver_directed,
    read_pregnancy_test,
    read_scan,
    read_stopped,
    read_transfusion,
    read_weight,
)
from scheduling.course_file.read_results import read_baseline_pin, read_results
from scheduling.course_file.read_settings import read_settings
from scheduling.course_file.shape import FORMAT, CourseShape
from scheduling.course_file.values import (
    optional_day,
    parse_instant,
    read_all,
    read_at,
    refuse_instant,
    required_choice,
    required_day,
    required_text,
    required_timezone,
)
from scheduling.protocols import all_protocols, get_protocol
from scheduling.rules.facts import CourseFacts, PatientFacts, Settings
from scheduling.rules.protocol import ProtocolError
from scheduling.rules.settings import with_settings


def facts_of_document(document: CourseShape) -> CourseFacts:
    if document.format != FORMAT:
        raise InvalidValueError("format", f'must be "{FORMAT}", not {quote(document.format)}')
    return CourseFacts(
        id=required_text(document.id, "id"),
        as_of=parse_instant(document.as_of) or refuse_instant(document.as_of, "as_of"),
        timezone=required_timezone(document.timezone),
        protocol=_protocol(document.protocol),
        protocol_version=_protocol_version(document),
        protocol_digest=document.protocol_digest or "",
        patient=read_at("patient", _patient, document.patient),
        settings=_settings(document),
        weights=read_all("weights", document.weights, read_weight),
        eligibility_unmet=read_all(
            "eligibility_unmet", document.eligibility_unmet, lambda text: required_text(text, "")
        ),
        eligibility_unsure=read_all(
            "eligibility_unsure", document.eligibility_unsure, lambda text: required_text(text, "")
        ),
        infusions=read_infusions(document.infusions),
        results=read_results(document),
        adverse_events=read_all("adverse_events", document.adverse_events, read_adverse_event),
        transfusions=read_all("transfusions", document.transfusions, read_transfusion),
        attributions=read_all("attributions", document.attributions, read_attribution),
        confirmations=read_all("confirmations", document.confirmations, read_confirmation),
        injections=read_all("injections", document.injections, read_injection),
        scans=read_all("scans", document.scans, read_scan),
        liver_directed=read_all("liver_directed", document.liver_directed, read_liver_directed),
        pregnancy_tests=read_all("pregnancy_tests", document.pregnancy_tests, read_pregnancy_test),
        authorizations=read_all("authorizations", document.authorizations, read_authorization),
        consents=read_all("consents", document.consents, read_consent_or_education),
        education=read_all("education", document.education, read_consent_or_education),
        closed_days=read_all("closed_days", document.closed_days, lambda text: required_day(text, "")),
        draws=read_all("draws", document.draws, read_draw),
        baseline_pins=read_all("baselines", document.baselines, read_baseline_pin),
        stopped=read_at("stopped", read_stopped, document.stopped) if document.stopped else None,
        progressed_on=optional_day(document.progressed_on, "progressed_on"),
        died_on=optional_day(document.died_on, "died_on"),
    )


def _patient(patient: shape.PatientShape) -> PatientFacts:
    return PatientFacts(
        sex=patient.sex or None,
        birth_date=optional_day(patient.birth_date, "birth_date"),
        pregnancy_possible=patient.pregnancy_possible or False,
        anticoagulated=patient.anticoagulated or False,
    )


def _settings(document: CourseShape) -> Settings:
    """Read the settings, and check that they are consistent with the rest of the protocol."""
    if not document.settings:
        return Settings()
    settings = read_settings(document.settings)
    try:
        with_settings(get_protocol(document.protocol, document.protocol_version or ""), settings.others)
    except ProtocolError as error:
        reason = str(error).partition(": ")[2]
        raise InvalidValueError("settings", f"make no sense together: {reason}") from None
    return settings


def _protocol(key: str) -> str:
    return required_choice(key, tuple(all_protocols()), "protocol")


def _protocol_version(document: CourseShape) -> str:
    version = document.protocol_version or ""
    try:
        get_protocol(document.protocol, version)
    except ProtocolError as error:
        raise InvalidValueError("protocol_version", f"is not known: {error}") from None
    return version
