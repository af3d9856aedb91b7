"""Seals on the audit: a chain that tells whether a row was changed, taken out, put in or put elsewhere.

A job seals the rows that have come, in the order of their ids: a digest over their text and over the seal
before, and an HMAC of it with a key that the database never sees. Each seal is also added to a file outside,
so that a cut-off end is missed too. Writing a row costs nothing more.

Ids are given before rows are committed, so rows may come late. Who may still add one holds a lock on the
table from before its id was drawn; the job notes the last id, waits for those who hold such a lock at that
moment (nobody waits for the job), and seals up to the id it noted: no row can come to it any more.
"""

import fcntl
import hmac
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection, transaction

from coordination.base.models import AuditEvent, AuditSeal

ROWS_IN_A_SEAL = 5_000
WAIT_SECONDS = 5.0
ASK_EVERY_SECONDS = 0.02
ONLY_ONE_SEALS = 0x5EA1
FIRST = 0  # no row has an id up to here

log = structlog.stdlib.get_logger("fourfold.seals")


class CannotSeal(Exception):
    """Why nothing can be sealed now, in one sentence without patient data."""


# --- sealing ---------------------------------------------------------------------------------------


def seal_rows(*, now: datetime) -> int:
    """Seal every row that can be sealed and return how many; none while another process seals.

    Raises CannotSeal without a key, and where the file outside knows a longer or another chain.
    """
    if not settings.AUDIT_KEYS:
        raise CannotSeal("AUDIT_KEY is not given")
    sealed = 0
    while rows := _seal_some(now):
        sealed += rows
    _hand_outside()
    return sealed


@transaction.atomic
def _seal_some(now: datetime) -> int:
    if not _alone():
        return 0
    before = AuditSeal.objects.last()
    _outside_agrees(before)
    after = before.last_id if before else FIRST
    until = _settled_id(after)
    columns = [str(column.column) for column in AuditEvent._meta.concrete_fields]
    digest = _Digest(before.mac if before else "")
    for row_id, text in _rows(columns, after, until, most=ROWS_IN_A_SEAL):
        digest.add(row_id, text)
    if digest.rows:
        _add_seal(digest, columns, before, now)
    return digest.rows


def _add_seal(digest: "_Digest", columns: list[str], before: AuditSeal | None, now: datetime) -> None:
    key = settings.AUDIT_KEYS[0]
    new = AuditSeal(
        number=before.number + 1 if before else 1,
        last_id=digest.last_id,
        row_count=digest.rows,
        columns=columns,
        sealed_at=now,
        digest=digest.hexdigest(),
        key_name=name_of_key(key),
    )
    new.mac = mac_of(new, key)
    new.save(force_insert=True)
    # Whoever collects the logs has the chain too, and nothing of what it is about.
    log.info("audit sealed", seal=new.number, last_id=new.last_id, mac=new.mac)


def name_of_key(key: str) -> str:
    return sha256(b"name of the key:" + key.encode()).hexdigest()[:16]


def mac_of(seal: AuditSeal, key: str) -> str:
    text = json.dumps(seal.told(), sort_keys=True, separators=(",", ":"))
    return hmac.new(key.encode(), text.encode(), sha256).hexdigest()


@dataclass
class _Digest:
    """SHA-256 over the seal before and the rows, one a line."""

    before: str
    rows: int = 0
    last_id: int = FIRST

    def __post_init__(self) -> None:
        self._hash = sha256(f"{self.before}\n".encode())

    def add(self, row_id: int, text: str) -> None:
        self._hash.update(f"{text}\n".encode())
        self.rows += 1
        self.last_id = row_id

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _rows(
    columns: list[str], after: int, until: int, *, most: int | None = None
) -> Iterator[tuple[int, str]]:
    """Ids and texts of the rows behind `after` up to `until`; the text is the same in every session."""
    names = ", ".join(f'"{column}"' for column in columns)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL TimeZone = 'UTC'")
        cursor.execute(
            f"SELECT id, jsonb_build_array({names})::text FROM base_auditevent "  # noqa: S608  # nosec B608
            "WHERE id > %s AND id <= %s ORDER BY id LIMIT %s",
            [after, until, most],
        )
        while some := cursor.fetchmany(2_000):
            yield from some


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONLY_ONE_SEALS])
        return bool(cursor.fetchone()[0])


# --- which rows can no longer be joined by another -------------------------------------------------

_LAST_ID = "SELECT coalesce(max(id), %s) FROM base_auditevent"
_WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE relation = 'base_auditevent'::regclass AND locktype = 'relation' AND mode = 'RowExclusiveLock'
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND pid IS DISTINCT FROM pg_backend_pid()
"""


def _settled_id(after: int) -> int:
    """The last id there is, once all have ended who might add a smaller one; `after` if that takes long."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_ID, [after])
        last: int = cursor.fetchone()[0]
    might_add = _writers()
    until = time.monotonic() + WAIT_SECONDS
    while might_add & _writers():
        if time.monotonic() > until:
            return after
        time.sleep(ASK_EVERY_SECONDS)
    return last


def _writers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS)
        return {name for (name,) in cursor.fetchall()}


# --- the file outside ------------------------------------------------------------------------------


def seals_outside() -> dict[int, str]:
    """The seals that the file outside knows: number and MAC. A line torn by a crash was written again."""
    path = _file()
    if path is None or not path.exists():
        return {}
    known = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            told = json.loads(line)
            known[int(told["number"])] = str(told["mac"])
        except (ValueError, KeyError, TypeError):
            continue
    return known


def _file() -> Path | None:
    return Path(settings.AUDIT_SEALS_FILE) if settings.AUDIT_SEALS_FILE else None


def _outside_agrees(last: AuditSeal | None) -> None:
    """Do not go on from an end that was cut off: the longer chain would be forgotten."""
    outside = seals_outside()
    newest = max(outside, default=0)
    inside = AuditSeal.objects.filter(number=newest).values_list("mac", flat=True).first()
    if newest and inside != outside[newest]:
        raise CannotSeal(f"the file of seals ends with seal {newest}, which the database does not have")


def _hand_outside() -> None:
    """Add to the file what it does not have yet; a crash between the commit and this is made up for later."""
    path = _file()
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path) as written:
        newest = max(seals_outside(), default=0)
        for new in AuditSeal.objects.filter(number__gt=newest):
            written.append(json.dumps(new.told() | {"key_name": new.key_name, "mac": new.mac}))


@contextmanager
def _locked(path: Path) -> Iterator[list[str]]:
    """Lines that are added to the end of the file, whole, by one process at a time."""
    lines: list[str] = []
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield lines
        if lines:
            # Begun on a line of its own, whatever a crash may have left before it.
            file.write("\n" * _is_torn(path) + "\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _is_torn(path: Path) -> bool:
    written = path.read_bytes()[-1:]
    return bool(written) and written != b"\n"


# --- verifying -------------------------------------------------------------------------------------


@dataclass
class Verdict:
    """What was looked at, and in words what is wrong; nothing where every row is as it was sealed."""

    seals: int = 0
    rows: int = 0
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)


@transaction.atomic
def verify_seals() -> Verdict:
    """Compare the rows with the seals, and the seals with the file outside."""
    verdict = Verdict()
    keys = {name_of_key(key): key for key in settings.AUDIT_KEYS}
    before: AuditSeal | None = None
    for one in AuditSeal.objects.order_by("number", "pk"):
        verdict.problems += _of_the_chain(one, before, keys)
        verdict.problems += _of_the_rows(one, before, verdict)
        before = one
        verdict.seals += 1
    verdict.unsealed = AuditEvent.objects.filter(pk__gt=before.last_id if before else FIRST).count()
    verdict.problems += _of_the_outside()
    return verdict


def _of_the_chain(one: AuditSeal, before: AuditSeal | None, keys: dict[str, str]) -> Iterator[str]:
    expected = before.number + 1 if before else 1
    if one.number != expected:
        yield f"seal {one.number} follows where seal {expected} should: seals are missing or doubled"
    if one.key_name not in keys:
        yield f"seal {one.number} was made with a key that is not given here ({one.key_name})"
    elif not hmac.compare_digest(one.mac, mac_of(one, keys[one.key_name])):
        yield f"seal {one.number} is not what was sealed: it was changed, or made without the key"


def _of_the_rows(one: AuditSeal, before: AuditSeal | None, verdict: Verdict) -> Iterator[str]:
    after = before.last_id if before else FIRST
    digest = _Digest(before.mac if before else "")
    lowest = after if before else -(2**63)  # nothing is put in before the first row either
    for row_id, text in _rows(one.columns, lowest, one.last_id):
        digest.add(row_id, text)
    verdict.rows += digest.rows
    where = f"seal {one.number}, rows {after + 1} to {one.last_id}"
    if digest.rows != one.row_count:
        yield f"{where}: {digest.rows} rows where {one.row_count} were sealed"
    elif digest.hexdigest() != one.digest:
        yield f"{where}: a row was changed or put in the place of another"


def _of_the_outside() -> Iterator[str]:
    if _file() is None:
        yield "AUDIT_SEALS_FILE is not given: nothing outside the database says where the chain ends"
        return
    inside = dict(AuditSeal.objects.values_list("number", "mac"))
    outside = seals_outside()
    if inside and not outside:
        yield "the file of seals is missing or empty: nothing outside says where the chain ends"
    for number, mac in outside.items():
        if inside.get(number) != mac:
            yield f"seal {number} of the file outside is not in the database: an end was cut off or replaced"
