"""Read course files strictly: what is not exactly the format is refused, with the path and the reason.

Strict about the form, not about the facts. A result whose value is no number, whose unit nobody knows or
whose status is no longer valid is well-formed: the rules reject it and a person looks at it. A misspelled
key, a date that does not exist or an instant without a zone is an error, because the rest of the document
could then mean something else than its author thinks.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from labs.rules.analytes import Analyte
from labs.rules.numbers import read_decimal, without_exponent
from scheduling.course_file import shape
from scheduling.course_file.shape import FORMAT, CourseShape
from scheduling.protocols import all_protocols, get_protocol
from scheduling.rules.days import zone_named
from scheduling.rules.facts import (
    AdverseEvent,
    Attribution,
    Authorization,
    BaselinePin,
    Confirmation,
    CourseFacts,
    Draw,
    Infusion,
    Injection,
    LiverDirected,
    OwnRecord,
    PatientFacts,
    PregnancyTest,
    ResultFact,
    Scan,
    Settings,
    Stopped,
    Transfusion,
    Weight,
)
from scheduling.rules.protocol import ProtocolError
from scheduling.rules.rows import ROWS
from scheduling.rules.settings import check_setting, is_setting, with_settings

DRUGS = ("octreotide-lar", "lanreotide", "other-long-acting", "octreotide-short")
SCANS = ("sstr-pet", "ct-mri")
LIVER_DIRECTED = ("TARE", "SIRT", "TACE")
NADIR = ("counts", "review", "ignore")
RECURRENCE_SCOPE = ("row", "analyte", "review")
DECISIONS = ("give", "hold", "stop", "none")
CTCAE = ("4.03", "5.0", "6.0")
MOST_CYCLES = 10  # protocols with up to 10 cycles exist [BB]
WORST_GRADE = 5
FIRST_YEAR, LAST_YEAR = 1900, 2199

_BOM = b"\xef\xbb\xbf"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"(Z|[+-][0-9]{2}:[0-9]{2}(:[0-9]{2})?)?"
)


def _as_written(text: str) -> str:
    """A JSON number as plain digits: one with an exponent is exactly the number without."""
    return text if text.isdigit() or not ("e" in text or "E" in text) else without_exponent(text)


_TYPED = msgspec.json.Decoder(CourseShape, float_hook=_as_written)
_ENCODER = msgspec.json.Encoder()

T = TypeVar("T")
S = TypeVar("S")


class CourseFileError(ValueError):
    """One sentence: the file, the path in the document, and what is wrong there."""

    def __init__(self, name: str, path: str, reason: str) -> None:
        self.name, self.path, self.reason = name, path, reason
        where = f"{name}: {path}" if path else f"{name}:"
        super().__init__(f"{where} {reason}".replace("\n", " "))


class _WrongError(Exception):
    """What is wrong at a path that is still relative to the item being read."""

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason


def read_course(data: bytes | str, *, name: str = "course file") -> CourseFacts:
    """Read one document. Raises CourseFileError, whose text begins with `name`."""
    try:
        body = data.encode() if isinstance(data, str) else data
        return _facts(_decode(body.removeprefix(_BOM)))
    except UnicodeError:
        raise CourseFileError(name, "", "is not UTF-8 text") from None
    except _WrongError as wrong:
        raise CourseFileError(name, wrong.path, wrong.reason) from None


def read_courses(lines: Iterable[bytes], *, name: str = "course file") -> Iterator[CourseFacts]:
    """Read one document, a JSON array of them or JSON lines, from a binary file or its lines.

    JSON lines are read one by one, so a file of any length streams; the error of a line names its number.
    """
    for where, document in _documents(lines, name):
        yield read_course(document, name=f"{name}, {where}" if where else name)


def _documents(lines: Iterable[bytes], name: str) -> Iterator[tuple[str, bytes]]:
    """Each document with its place in the file: "line 3", "[3]", or nothing for a file of one."""
    numbered = ((number, line) for number, line in enumerate(lines, start=1) if line.strip())
    first = next(numbered, None)
    if first is None:
        raise CourseFileError(name, "", "is empty")
    number, line = first
    line = line.removeprefix(_BOM)
    if line.lstrip().startswith(b"{") and _is_whole(line):
        for place, document in chain([(number, line)], numbered):
            yield f"line {place}", document
        return
    # The lines before and the empty ones between count, so that an error's line number is the file's.
    body = b"\n" * (number - 1) + line + b"".join(_with_gaps(numbered, number))
    if not line.lstrip().startswith(b"["):
        yield "", body
        return
    for index, item in enumerate(_items(body, name)):
        yield f"[{index}]", bytes(item)


def _with_gaps(numbered: Iterator[tuple[int, bytes]], last: int) -> Iterator[bytes]:
    for number, line in numbered:
        yield b"\n" * (number - last - 1) + line
        last = number


def _is_whole(line: bytes) -> bool:
    try:
        msgspec.json.decode(line, type=Raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


def _items(body: bytes, name: str) -> list[Raw]:
    try:
        return msgspec.json.decode(body, type=list[Raw])
    except msgspec.DecodeError as error:
        raise CourseFileError(name, "", _json_reason(error, body)) from None
    except UnicodeError:
        raise CourseFileError(name, "", "is not UTF-8 text") from None
    except RecursionError:
        raise CourseFileError(name, "", "is nested too deeply") from None


# --- the JSON ----------------------------------------------------------------------------------------


def _decode(body: bytes) -> CourseShape:
    try:
        document = _TYPED.decode(body)
    except msgspec.ValidationError as error:
        raise _type_error(str(error)) from None
    except msgspec.DecodeError as error:
        raise _WrongError("", _json_reason(error, body)) from None
    except RecursionError:
        raise _WrongError("", "is nested too deeply") from None
    # A key that stands twice is lost when it is read, and with it at least one colon. A backslash may hide
    # a colon. In both cases the slow reading tells.
    if b"\\" in body or body.count(b":") != _ENCODER.encode(document).count(b":"):
        _refuse_repeated_keys(body)
    return document


def _refuse_repeated_keys(body: bytes) -> None:
    json.loads(body, object_pairs_hook=_unique, parse_int=str, parse_float=str)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen = dict(pairs)
    if len(seen) != len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for key in names if names.count(key) > 1)
        raise _WrongError("", f"has the key {_shown(twice)} twice in one object")
    return seen


def _json_reason(error: msgspec.DecodeError, body: bytes) -> str:
    """Name the line and column of a JSON error, which msgspec gives as a byte."""
    if isinstance(error, msgspec.ValidationError):
        return f"must be a course or a list of courses: {error}"
    text = str(error)
    found = re.search(r"\(byte (\d+)\)", text)
    if not found:
        return "is not readable as JSON: it ends too early"
    before = body[: int(found[1])]
    line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    what = text.removeprefix("JSON is malformed: ")[: found.start() - len(text)].strip()
    what = re.sub(r"\s*\(byte \d+\)", "", what)
    return f"is not readable as JSON: {what} at line {line}, column {column}"


_KINDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number with decimals",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
}


def _type_error(message: str) -> _WrongError:
    """Say in the document's words what msgspec found: "results[3].id must be text, not a whole number"."""
    what, _, place = message.partition(" - at ")
    path = place.strip("`").removeprefix("$").removeprefix(".")
    if found := re.match(r"Object contains unknown field `(.*)`", what, re.DOTALL):
        return _WrongError(_join(path, _shown_key(found[1])), "is an unknown key")
    if found := re.match(r"Object missing required field `(.*)`", what):
        return _WrongError(_join(path, found[1]), "is missing")
    if found := re.match(r"Expected `(.*)`, got `(.*)`", what):
        wanted = " or ".join(_KINDS[kind] for kind in found[1].split(" | "))
        return _WrongError(path, f"must be {wanted}, not {_KINDS[found[2]]}")
    return _WrongError(path, f"is not allowed: {what}")


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(text: object) -> str:
    """Quote what was sent, so that it cannot break the line or fill the screen."""
    quoted = json.dumps(text) if isinstance(text, str) else str(text)
    return quoted if len(quoted) <= 60 else f"{quoted[:56]}..."


def _shown_key(key: str) -> str:
    return key if re.fullmatch(r"\w{1,40}", key) else _shown(key)


# --- the document ------------------------------------------------------------------------------------


def _facts(document: CourseShape) -> CourseFacts:
    if document.format != FORMAT:
        raise _WrongError("format", f'must be "{FORMAT}", not {_shown(document.format)}')
    return CourseFacts(
        id=_text(document.id, "id"),
        as_of=_as_sent(document.as_of) or _refuse_instant(document.as_of, "as_of"),
        timezone=_timezone(document.timezone),
        protocol=_protocol(document.protocol),
        protocol_version=_protocol_version(document),
        protocol_digest=document.protocol_digest or "",
        patient=_within("patient", _patient, document.patient),
        settings=_settings(document),
        weights=_all("weights", document.weights, _weight),
        eligibility_unmet=_all("eligibility_unmet", document.eligibility_unmet, lambda text: _text(text, "")),
        eligibility_unsure=_all(
            "eligibility_unsure", document.eligibility_unsure, lambda text: _text(text, "")
        ),
        infusions=_infusions(document.infusions),
        results=_results(document),
        adverse_events=_all("adverse_events", document.adverse_events, _adverse_event),
        transfusions=_all("transfusions", document.transfusions, _transfusion),
        attributions=_all("attributions", document.attributions, _attribution),
        confirmations=_all("confirmations", document.confirmations, _confirmation),
        injections=_all("injections", document.injections, _injection),
        scans=_all("scans", document.scans, _scan),
        liver_directed=_all("liver_directed", document.liver_directed, _liver_directed),
        pregnancy_tests=_all("pregnancy_tests", document.pregnancy_tests, _pregnancy_test),
        authorizations=_all("authorizations", document.authorizations, _authorization),
        consents=_all("consents", document.consents, _own_record),
        education=_all("education", document.education, _own_record),
        closed_days=_all("closed_days", document.closed_days, lambda text: _day(text, "")),
        draws=_all("draws", document.draws, _draw),
        baseline_pins=_all("baselines", document.baselines, _baseline),
        stopped=_within("stopped", _stopped, document.stopped) if document.stopped else None,
        progressed_on=_day_or_none(document.progressed_on, "progressed_on"),
        died_on=_day_or_none(document.died_on, "died_on"),
    )


def _all(path: str, items: list[S] | UnsetType, read: Callable[[S], T]) -> tuple[T, ...]:
    if not items:
        return ()
    try:
        return tuple(map(read, items))
    except _WrongError:
        for index, item in enumerate(items):
            _within(f"{path}[{index}]", read, item)
        raise


def _within(path: str, read: Callable[[S], T], item: S) -> T:
    try:
        return read(item)
    except _WrongError as wrong:
        raise _WrongError(_join(path, wrong.path) if wrong.path else path, wrong.reason) from None


def _patient(patient: shape.PatientShape) -> PatientFacts:
    return PatientFacts(
        sex=patient.sex or None,
        birth_date=_day_or_none(patient.birth_date, "birth_date"),
        pregnancy_possible=patient.pregnancy_possible or False,
        anticoagulated=patient.anticoagulated or False,
    )


def _settings(document: CourseShape) -> Settings:
    """The course's settings, which must make sense together with the rest of its protocol."""
    if not document.settings:
        return Settings()
    settings = read_settings(document.settings)
    try:
        with_settings(get_protocol(document.protocol, document.protocol_version or ""), settings.others)
    except ProtocolError as error:
        reason = str(error).partition(": ")[2]
        raise _WrongError("settings", f"make no sense together: {reason}") from None
    return settings


def read_settings(sent: dict[str, Any]) -> Settings:
    """The site's choices: those with a name of their own, and others by their key in the protocol file."""
    own = {name: read(sent[name], f"settings.{name}") for name, read in _OWN_SETTINGS.items() if name in sent}
    others = [(key, value) for key, value in sent.items() if key not in _OWN_SETTINGS and value is not None]
    return Settings(**own, others=tuple(_other_setting(key, value) for key, value in sorted(others)))


def _other_setting(key: str, value: Any) -> tuple[str, str]:
    path = _join("settings", _shown_key(key))
    if not is_setting(key):
        raise _WrongError(path, "is an unknown key")
    text = ("true" if value else "false") if isinstance(value, bool) else _figure(value, path)
    try:
        check_setting(key, text or "")
    except ProtocolError as error:
        raise _WrongError(path, str(error)) from None
    return key, text or ""


def _setting_choice(known: tuple[str, ...]) -> Callable[[Any, str], str | None]:
    def read(value: Any, path: str) -> str | None:
        if value is not None and not isinstance(value, str):
            raise _WrongError(path, f"must be text, not {_kind_of(value)}")
        return _choice_or_none(value, known, path)

    return read


def _setting_switch(value: Any, path: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise _WrongError(path, "must be true, false or null")
    return value


_OWN_SETTINGS: dict[str, Callable[[Any, str], Any]] = {
    "nadir": _setting_choice(NADIR),
    "recurrence_scope": _setting_choice(RECURRENCE_SCOPE),
    "ctcae": _setting_choice(CTCAE),
    "confirm_labs": _setting_switch,
    "interim_ssa": _setting_switch,
}


def _weight(weight: shape.WeightShape) -> Weight:
    kg = _decimal_or_none(weight.kg, "kg")
    if not kg:
        raise _WrongError("kg", "must be a number above zero")
    return Weight(kg, _day(weight.on, "on"), weight.confirmed or False)


def _infusions(infusions: list[shape.InfusionShape] | UnsetType) -> tuple[Infusion, ...]:
    read = _all("infusions", infusions, _infusion)
    cycles = [infusion.cycle for infusion in read]
    for index, cycle in enumerate(cycles):
        if cycle in cycles[:index]:
            raise _WrongError(f"infusions[{index}].cycle", f"must not name cycle {cycle} a second time")
    return read


def _infusion(infusion: shape.InfusionShape) -> Infusion:
    started_at = _instant_or_none(infusion.started_at, "started_at")
    ended_at = _instant_or_none(infusion.ended_at, "ended_at")
    if ended_at and (started_at is None or ended_at < started_at):
        raise _WrongError("ended_at", "must not be before started_at")
    amino_acids: tuple[datetime | None, datetime | None] = (None, None)
    if infusion.amino_acids:
        amino_acids = _within("amino_acids", _amino_acids, infusion.amino_acids)
    return Infusion(
        cycle=_cycle(infusion.cycle),
        planned_on=_day_or_none(infusion.planned_on, "planned_on"),
        started_at=started_at,
        ended_at=ended_at,
        activity_gbq=_decimal_or_none(infusion.activity_gbq, "activity_gbq"),
        signed_gbq=_decimal_or_none(infusion.signed_gbq, "signed_gbq"),
        decision=_choice_or_none(infusion.decision, DECISIONS, "decision"),
        residual_gbq=_decimal_or_none(infusion.residual_gbq, "residual_gbq"),
        elsewhere=infusion.elsewhere or False,
        antiemetic_at=_instant_or_none(infusion.antiemetic_at, "antiemetic_at"),
        amino_acids_started_at=amino_acids[0],
        amino_acids_ended_at=amino_acids[1],
    )


def _amino_acids(sent: shape.AminoAcidsShape) -> tuple[datetime | None, datetime | None]:
    started_at = _instant(sent.started_at, "started_at")
    ended_at = _instant_or_none(sent.ended_at, "ended_at")
    if ended_at and ended_at < started_at:
        raise _WrongError("ended_at", "must not be before started_at")
    return started_at, ended_at


def _results(document: CourseShape) -> tuple[ResultFact, ...]:
    return _all("results", document.results, lambda result: _result(result, document.timezone))


def _result(result: shape.ResultShape, timezone: str) -> ResultFact:
    """Most of a course file is results: no call without need, and the fields in their order, not by name."""
    value, low, high, received = result.value, result.low, result.high, result.received_at
    collected_at = _instant_of(result.collected_at)
    day_only = collected_at is None
    end_of_day = None
    if collected_at is None:
        collected_at, end_of_day = _noon_and_end(result.collected_at, timezone)
    return ResultFact(
        result.id or _text(result.id, "id"),
        result.loinc or "",
        value if type(value) is str else _figure(value, "value"),
        collected_at,
        end_of_day or collected_at
        if received is UNSET or received is None
        else _instant_of(received) or _refuse_instant(received, "received_at"),
        result.status,
        result.comparator or None,
        result.unit or None,
        low if type(low) is str else _figure(low, "low"),
        high if type(high) is str else _figure(high, "high"),
        result.replaces or None,
        result.range_text or None,
        result.absent_reason or None,
        result.note or None,
        day_only,
    )


@lru_cache(maxsize=1 << 12)
def _noon_and_end(text: str, timezone: str) -> tuple[datetime, datetime]:
    """A plain date is ordered as at 12:00, and received, if nothing else is said, at the end of the day."""
    on = _day_of(text) or _refuse_instant(text, "collected_at")
    zone = zone_named(timezone)
    noon, end = (datetime.combine(on, at, zone) for at in (time(12), time.max))
    return noon.astimezone(UTC), end.astimezone(UTC)


def _adverse_event(event: shape.AdverseEventShape) -> AdverseEvent:
    return AdverseEvent(
        id=_text(event.id, "id"),
        term=event.term,
        on=_day(event.on, "on"),
        grade=_grade_or_none(event.grade, "grade"),
        hematologic=event.hematologic or False,
        hypersensitivity=event.hypersensitivity or False,
        resolved_on=_day_or_none(event.resolved_on, "resolved_on"),
        grade_now=_grade_or_none(event.grade_now, "grade_now"),
    )


def _transfusion(transfusion: shape.TransfusionShape) -> Transfusion:
    return Transfusion(_text(transfusion.product, "product"), _day(transfusion.on, "on"))


def _attribution(attribution: shape.AttributionShape) -> Attribution:
    return Attribution(
        row=_choice(attribution.row, tuple(ROWS), "row"),
        cycle=_cycle(attribution.cycle),
        related=attribution.related,
        reason=attribution.reason or "",
    )


def _confirmation(confirmation: shape.ConfirmationShape) -> Confirmation:
    row = _choice(confirmation.row, tuple(ROWS), "row")
    return Confirmation(row, _day(confirmation.on, "on"), confirmation.resolved)


def _injection(injection: shape.InjectionShape) -> Injection:
    given_at = _instant_or_none(injection.given_at, "given_at")
    planned_on = _day_or_none(injection.planned_on, "planned_on")
    if given_at is None and planned_on is None:
        raise _WrongError("", "must have given_at or planned_on")
    return Injection(
        drug=_choice(injection.drug, DRUGS, "drug"),
        dose_mg=_decimal_or_none(injection.dose_mg, "dose_mg"),
        given_at=given_at,
        planned_on=planned_on,
    )


def _scan(scan: shape.DatedKindShape) -> Scan:
    return Scan(_choice(scan.kind, SCANS, "kind"), _day(scan.on, "on"))


def _liver_directed(therapy: shape.DatedKindShape) -> LiverDirected:
    return LiverDirected(_choice(therapy.kind, LIVER_DIRECTED, "kind"), _day(therapy.on, "on"))


def _pregnancy_test(test: shape.PregnancyTestShape) -> PregnancyTest:
    return PregnancyTest(_day(test.on, "on"), _text(test.result, "result"))


def _authorization(authorization: shape.AuthorizationShape) -> Authorization:
    start, end = _day(authorization.start, "from"), _day(authorization.end, "to")
    if end < start:
        raise _WrongError("to", "must not be before from")
    doses = None if authorization.doses is UNSET else authorization.doses
    if doses is not None and doses < 0:
        raise _WrongError("doses", f"must not be negative, and is {_shown(doses)}")
    return Authorization(start, end, doses)


def _own_record(record: shape.OwnRecordShape | str) -> OwnRecord:
    if isinstance(record, str):
        return OwnRecord(_day(record, ""))
    on, withdrawn_on = _day(record.on, "on"), _day_or_none(record.withdrawn_on, "withdrawn_on")
    if withdrawn_on and withdrawn_on < on:
        raise _WrongError("withdrawn_on", "must not be before on")
    return OwnRecord(on, withdrawn_on)


def _draw(draw: shape.DrawShape) -> Draw:
    return Draw(_instant(draw.at, "at"), draw.urgent or False)


def _baseline(baseline: shape.BaselineShape) -> BaselinePin:
    analyte = _choice(baseline.analyte, tuple(Analyte), "analyte")
    return BaselinePin(analyte, _text(baseline.result, "result"))


def _stopped(stopped: shape.StoppedShape) -> Stopped:
    return Stopped(_day(stopped.on, "on"), stopped.reason or "")


# --- single values -----------------------------------------------------------------------------------


def _text(text: str, path: str) -> str:
    if not text or text.isspace():
        raise _WrongError(path, "must not be empty")
    return text


def _choice(text: str, known: tuple[str, ...], path: str) -> str:
    if text not in known:
        raise _WrongError(path, f"must be one of {', '.join(known)}, not {_shown(text)}")
    return text


def _choice_or_none(text: str | UnsetType | None, known: tuple[str, ...], path: str) -> str | None:
    return None if text is None or text is UNSET else _choice(text, known, path)


def _cycle(cycle: int) -> int:
    if not 1 <= cycle <= MOST_CYCLES:
        raise _WrongError("cycle", f"must be from 1 to {MOST_CYCLES}, not {_shown(cycle)}")
    return cycle


def _grade_or_none(grade: int | UnsetType | None, path: str) -> int | None:
    if grade is None or grade is UNSET:
        return None
    if not 0 <= grade <= WORST_GRADE:
        raise _WrongError(path, f"must be from 0 to {WORST_GRADE}, not {_shown(grade)}")
    return grade


def _figure(value: Any, path: str) -> str | None:
    """Return a figure as the text that was sent; whether it is a number is for the rules to say."""
    if value is None or value is UNSET:
        return None
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise _WrongError(path, f"must be a number or text, not {_kind_of(value)}")


def _decimal_or_none(value: Any, path: str) -> Decimal | None:
    text = _figure(value, path)
    if text is None:
        return None
    number = read_decimal(text)
    if number is None or number < 0:
        raise _WrongError(path, f"must be a number, zero or more and without an exponent, not {_shown(text)}")
    return number


def _kind_of(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "a list" if isinstance(value, list) else "an object"


def _instant(text: str, path: str) -> datetime:
    return _instant_of(text) or _refuse_instant(text, path)


def _instant_or_none(text: str | UnsetType | None, path: str) -> datetime | None:
    if text is None or text is UNSET:
        return None
    return _instant_of(text) or _refuse_instant(text, path)


def read_instant(text: str) -> datetime:
    """Read an instant with its zone, as the format writes it. Raises ValueError with the reason."""
    try:
        return _as_sent(text) or _refuse_instant(text, "")
    except _WrongError as wrong:
        raise ValueError(wrong.reason) from None


@lru_cache(maxsize=1 << 15)
def _instant_of(text: str) -> datetime | None:
    """In UTC: a course compares hundreds, and instants of one zone compare several times as fast."""
    at = _as_sent(text)
    return at.astimezone(UTC) if at else None


def _as_sent(text: str) -> datetime | None:
    if not _INSTANT.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo and FIRST_YEAR <= at.year <= LAST_YEAR else None


def _refuse_instant(text: str, path: str) -> NoReturn:
    if _INSTANT.fullmatch(text) and not text.endswith("Z") and not re.search(r"[+-][0-9:]+$", text[10:]):
        raise _WrongError(path, f"must carry its time zone, as in {_shown(text + '-05:00')}")
    raise _WrongError(
        path,
        f"must be an instant that exists, as 2025-01-14T10:00:00-05:00, "
        f"in the years {FIRST_YEAR} to {LAST_YEAR}, not {_shown(text)}",
    )


def _day(text: str, path: str) -> date:
    on = _day_of(text)
    if on is None:
        raise _WrongError(
            path,
            f"must be a date that exists, as 2025-01-14, "
            f"in the years {FIRST_YEAR} to {LAST_YEAR}, not {_shown(text)}",
        )
    return on


def _day_or_none(text: str | UnsetType | None, path: str) -> date | None:
    return None if text is None or text is UNSET else _day(text, path)


@lru_cache(maxsize=1 << 15)
def _day_of(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError:
        return None
    return on if FIRST_YEAR <= on.year <= LAST_YEAR else None


def _timezone(name: str) -> str:
    if not _is_timezone(name):
        raise _WrongError("timezone", f"must be a time zone such as America/New_York, not {_shown(name)}")
    return name


@lru_cache(maxsize=1024)
def _is_timezone(name: str) -> bool:
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}", name):
        return False
    try:
        zone_named(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _protocol(key: str) -> str:
    return _choice(key, tuple(all_protocols()), "protocol")


def _protocol_version(document: CourseShape) -> str:
    version = document.protocol_version or ""
    try:
        get_protocol(document.protocol, version)
    except ProtocolError as error:
        raise _WrongError("protocol_version", f"is not known: {error}") from None
    return version
