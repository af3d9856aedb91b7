"""What the rules read of a stored version, or why none may."""

from collections.abc import Sequence
from decimal import Decimal

from labs.actions.reception import Reception
from labs.incoming import LATEST_COLLECTION_AHEAD
from labs.models import LabResult
from labs.rules.analytes import ANALYTE_OF, Analyte
from labs.rules.numbers import EXACT
from labs.rules.reading import Reading, Rejection
from labs.sender_maps import read_by_map

LONGEST_USED_TEXT = 80


def use_reading(row: LabResult, reception: Reception, versions: Sequence[LabResult]) -> None:
    """Fill in what the rules read of it, or why none may."""
    read_by_map(row, reception.sender)
    row.analyte = ANALYTE_OF.get(row.used_loinc)
    row.strand = _strand(row, versions)
    reading = _read(row, reception)
    if isinstance(reading, Rejection):
        row.usable, row.rejection = False, reading.value
        return
    row.usable = row.status in LabResult.FINAL and row.collected_at is not None
    row.rejection = None
    row.limits_failed = reading.limits_failed
    row.used_text = reading.display_value
    row.used_comparator = reading.comparator
    row.used_unit = reading.unit
    row.used_value = None if reading.sent is None else _ten_decimals(reading.canonical)


def _strand(row: LabResult, versions: Sequence[LabResult]) -> str:
    """Empty where the id is this analyte's: that of the first version with a known code."""
    as_read = {version.reading_of_id or version.pk: version for version in versions}
    if row.reading_of_id:
        del as_read[row.reading_of_id]
    owners = (version.analyte for version in as_read.values() if version.analyte and not version.strand)
    owner = next(owners, None)
    if owner is None or row.analyte == owner or (row.status in LabResult.ENDING and not row.analyte):
        return ""
    return row.analyte or "unknown"


def _read(row: LabResult, reception: Reception) -> Reading | Rejection:
    """The first reason against it, in the order of the clinical rules, section 10."""
    if row.status not in (*LabResult.FINAL, "preliminary"):
        return Rejection.STATUS
    reading = row.read()
    if reading in (Rejection.CODE, Rejection.VALUE):
        return reading
    if isinstance(reading, Reading) and len(reading.display_value) > LONGEST_USED_TEXT:
        return Rejection.VALUE
    if isinstance(reading, Reading) and reading.analyte is Analyte.WEIGHT and reading.comparator:
        return Rejection.VALUE  # no rule can use a weight below or above a figure
    if row.strand:
        return Rejection.ID_REUSED
    return Rejection.TIME if _cannot_be(row, reception) else reading


def _cannot_be(row: LabResult, reception: Reception) -> bool:
    """Collected before the patient was born, or after it was received; of a day alone the day is compared."""
    at, patient = row.collected_at, reception.patient
    if at is None:
        return False
    born, on = patient.birth_date if patient else None, at.astimezone(reception.zone).date()
    if born is not None and on < born:
        return True
    if row.day_only:
        return on > row.received_at.astimezone(reception.zone).date()
    return at > row.received_at + LATEST_COLLECTION_AHEAD


def _ten_decimals(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0000000001"), context=EXACT)
