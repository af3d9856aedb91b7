"""What each sender means by words of its own: how a result is read by its map, and how the map is changed.

The map comes before the general tables. It never guesses: what it says was said by a person, and leads to a
code or unit that those tables know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo, available_timezones

from msgspec import Struct

from coordination.base.errors import CareError
from coordination.base.models import ApiClient, User
from labs.incoming import NO_TIMES, Times
from labs.models import LabResult, SenderMapEntry
from labs.rules.analytes import ANALYTE_OF, CODES, Analyte
from labs.rules.reading import Rejection, read_result

EntryKind = SenderMapEntry.Kind
THAT_DAY = "day"
"""A date without a time means that local day, and no time."""


class MapEntry(Struct, frozen=True):
    """An entry that is in use."""

    id: int
    laboratory: str
    kind: str
    sent: str
    analyte: str
    means: str


ENTRY = MapEntry.__struct_fields__


@dataclass(frozen=True, slots=True)
class SenderMap:
    """What one sender means, as it is in use; empty for a sender that nobody has taught us."""

    codes: Mapping[str, MapEntry] = field(default_factory=dict)
    units: Mapping[tuple[str, str], MapEntry] = field(default_factory=dict)  # analyte, unit as sent
    authorities: Mapping[str, str] = field(default_factory=dict)
    times: Times = NO_TIMES


NO_MAP = SenderMap()
Maps = Mapping[str, SenderMap]
"""The maps of a client by laboratory."""


def maps_of(client: ApiClient) -> Maps:
    return maps_from(
        MapEntry(*row)
        for row in SenderMapEntry.objects.current().filter(client=client).order_by().values_list(*ENTRY)
    )


def times_of(client: ApiClient | None, laboratory: str) -> Times:
    """What a client means by the times of a laboratory; a time of day alone is in the client's own zone."""
    if client is None:
        return NO_TIMES
    times = maps_of(client).get(laboratory, NO_MAP).times
    if times.plain_date and times.zone is None:
        return Times(ZoneInfo(client.timezone), times.plain_date)
    return times


def maps_from(entries: Iterable[MapEntry]) -> Maps:
    by_laboratory: dict[str, list[MapEntry]] = {}
    for entry in entries:
        by_laboratory.setdefault(entry.laboratory, []).append(entry)
    return {laboratory: _map(of_sender) for laboratory, of_sender in by_laboratory.items()}


def _map(entries: Iterable[MapEntry]) -> SenderMap:
    of_kind: dict[str, list[MapEntry]] = {}
    for entry in entries:
        of_kind.setdefault(entry.kind, []).append(entry)
    zone = next((entry.means for entry in of_kind.get(EntryKind.TIME_ZONE, ())), "")
    day = next((entry.means for entry in of_kind.get(EntryKind.PLAIN_DATE, ())), THAT_DAY)
    return SenderMap(
        codes={entry.sent: entry for entry in of_kind.get(EntryKind.CODE, ())},
        units={(entry.analyte, entry.sent): entry for entry in of_kind.get(EntryKind.UNIT, ())},
        authorities={entry.sent: entry.means for entry in of_kind.get(EntryKind.AUTHORITY, ())},
        times=Times(ZoneInfo(zone) if zone else None, None if day == THAT_DAY else time.fromisoformat(day)),
    )


def read_by_map(row: LabResult, sender: SenderMap) -> None:
    """Fill in what the sender's own code and unit mean, where somebody has said so."""
    code = sender.codes.get(row.sent_code)
    row.code_map_id, row.mapped_loinc = (code.id, code.means) if code else (None, "")
    analyte = ANALYTE_OF.get(row.used_loinc)
    unit = sender.units.get((analyte, (row.unit or "").strip())) if analyte else None
    row.unit_map_id, row.mapped_unit = (unit.id, unit.means) if unit else (None, "")


# --- changing a map --------------------------------------------------------------------------------


def add_entry(
    client: ApiClient,
    laboratory: str,
    kind: str,
    *,
    sent: str,
    means: str,
    because: str,
    by: User,
    now: datetime,
    analyte: str = "",
) -> SenderMapEntry | None:
    """What the sender means from now on; returns the entry that this one takes the place of."""
    entry = SenderMapEntry(
        client=client,
        laboratory=laboratory,
        kind=kind,
        sent=sent.strip(),
        analyte=analyte,
        means=means.strip(),
        because=because.strip(),
        made_at=now,
        made_by=by,
    )
    _check(entry)
    before = _same_word(entry)
    if before and before.means == entry.means:
        raise CareError(f"This sender's map already says {entry.means}.", "means")
    if before:
        _end(before, by=by, because=because.strip() or f"Corrected to {entry.means}.", now=now)
    entry.save()
    return before


def withdraw_entry(entry: SenderMapEntry, *, by: User, because: str, now: datetime) -> None:
    if entry.ended_at:
        raise CareError(f"{entry.ended_by} already ended this on {entry.ended_at:%Y-%m-%d}.", "because")
    if not because.strip():
        raise CareError("Say why this is withdrawn.", "because")
    _end(entry, by=by, because=because, now=now)


def _end(entry: SenderMapEntry, *, by: User, because: str, now: datetime) -> None:
    entry.ended_at, entry.ended_by, entry.ended_because = now, by, because
    entry.save(update_fields=["ended_at", "ended_by", "ended_because"])


def _same_word(entry: SenderMapEntry) -> SenderMapEntry | None:
    current = SenderMapEntry.objects.current().select_for_update(of=("self",))
    return current.filter(
        client=entry.client,
        laboratory=entry.laboratory,
        kind=entry.kind,
        sent=entry.sent,
        analyte=entry.analyte,
    ).first()


def _check(entry: SenderMapEntry) -> None:
    """A target that our own tables do not know would only move the question."""
    check = {
        EntryKind.CODE: _check_code,
        EntryKind.UNIT: _check_unit,
        EntryKind.AUTHORITY: _check_authority,
        EntryKind.TIME_ZONE: _check_zone,
        EntryKind.PLAIN_DATE: _check_plain_date,
    }[EntryKind(entry.kind)]
    check(entry)


def _check_code(entry: SenderMapEntry) -> None:
    if not entry.sent:
        raise CareError("Say which code of the sender this is about.", "sent")
    if entry.means not in ANALYTE_OF:
        raise CareError(f"No rule knows the LOINC code {entry.means or '(none)'}.", "means")


def _check_unit(entry: SenderMapEntry) -> None:
    if entry.analyte not in CODES:
        raise CareError("Say which test this unit is sent for.", "analyte")
    if not any(knows_unit(loinc, entry.means) for loinc in CODES[Analyte(entry.analyte)]):
        raise CareError(f"The unit {entry.means or '(none)'} is not known for this test.", "means")


def knows_unit(loinc: str, unit: str) -> bool:
    """Whether a figure in `unit` can be read under `loinc`; whether it is plausible is another question."""
    reading = read_result(loinc, "1", None, unit, None, None)
    return bool(unit) and reading not in (Rejection.CODE, Rejection.UNIT_MISSING, Rejection.UNIT_UNKNOWN)


def _check_authority(entry: SenderMapEntry) -> None:
    if not entry.sent:
        raise CareError("Say which authority the sender names.", "sent")
    if not entry.means:
        raise CareError("Say which assigning authority that is here.", "means")


def _check_zone(entry: SenderMapEntry) -> None:
    entry.sent = ""
    if entry.means not in available_timezones():
        raise CareError("This must be a time zone by its name, such as America/New_York.", "means")


def _check_plain_date(entry: SenderMapEntry) -> None:
    entry.sent = ""
    if entry.means == THAT_DAY:
        return
    try:
        time.fromisoformat(entry.means)
    except ValueError:
        raise CareError("Write the time of day as 07:30, or `day` for that day only.", "means") from None
