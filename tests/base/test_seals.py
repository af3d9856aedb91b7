"""The chain on the audit: what it finds, and how it is made while others write (hazard H44)."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client

from coordination.base import clock, seals
from coordination.base.models import AuditEvent, AuditSeal, Heartbeat
from coordination.base.seals import CannotSeal, seal, verify
from coordination.tasks import seal_audit

together = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def outside(settings: Any, tmp_path: Path) -> Path:
    settings.AUDIT_KEYS = ["a key of the tests"]
    settings.AUDIT_SEALS_FILE = str(tmp_path / "kept elsewhere" / "seals")
    return Path(settings.AUDIT_SEALS_FILE)


def _add(count: int = 1) -> None:
    for number in range(count):
        AuditEvent.objects.create(kind=AuditEvent.Kind.VIEW, view="today", detail={"number": number})


def _seal() -> int:
    return seal(now=clock.now())


@pytest.mark.django_db
def test_what_came_is_sealed_once_and_verified() -> None:
    _add(3)
    assert _seal() == 3
    _add(2)
    assert (_seal(), _seal()) == (2, 0)
    _add()

    verdict = verify()

    assert (verdict.seals, verdict.rows, verdict.unsealed, verdict.problems) == (2, 5, 1, [])


@pytest.mark.django_db
def test_many_rows_are_sealed_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "ROWS_IN_A_SEAL", 4)
    _add(10)

    assert _seal() == 10
    assert list(AuditSeal.objects.values_list("row_count", flat=True)) == [4, 4, 2]
    assert verify().problems == []


@pytest.mark.django_db
def test_each_seal_is_handed_outside_and_told_to_the_log(outside: Path, caplog: Any) -> None:
    _add()
    _seal()

    [line] = outside.read_text().splitlines()
    assert json.loads(line)["mac"] == AuditSeal.objects.get().mac
    assert "a key of the tests" not in line


@pytest.mark.django_db
def test_a_crash_before_the_file_was_written_is_made_up_for(outside: Path) -> None:
    _add()
    _seal()
    whole = outside.read_text()
    _add()
    _seal()
    outside.write_text(whole + '{"number": 2, "ma')

    _add()
    _seal()

    assert seals.seals_outside() == dict(AuditSeal.objects.values_list("number", "mac"))
    assert verify().problems == []


@pytest.mark.hazard("H51")
@pytest.mark.django_db
def test_an_end_that_was_cut_off_is_missed_and_nothing_is_sealed_over_it(outside: Path) -> None:
    _add()
    _seal()
    first = outside.read_text()
    _add()
    _seal()
    outside.write_text(first + json.dumps({"number": 7, "mac": "of a longer chain"}) + "\n")

    assert any("cut off" in problem for problem in verify().problems)
    _add()
    with pytest.raises(CannotSeal, match="ends with seal 7"):
        _seal()
    seal_audit()  # says so in the log, and fails nobody
    assert AuditSeal.objects.count() == 2


@pytest.mark.django_db
def test_without_the_file_a_clean_bill_is_not_given(settings: Any) -> None:
    settings.AUDIT_SEALS_FILE = ""
    _add()
    _seal()

    assert verify().problems == [
        "AUDIT_SEALS_FILE is not given: nothing outside the database says where the chain ends"
    ]


@pytest.mark.django_db
def test_without_a_key_nothing_is_sealed(settings: Any) -> None:
    settings.AUDIT_KEYS = []
    _add()

    with pytest.raises(CannotSeal, match="AUDIT_KEY"):
        _seal()


@pytest.mark.django_db
def test_a_new_key_seals_and_the_old_one_is_still_believed(settings: Any) -> None:
    _add()
    _seal()
    settings.AUDIT_KEYS = ["a new key", *settings.AUDIT_KEYS]
    _add()
    _seal()
    assert verify().problems == []

    settings.AUDIT_KEYS = ["a new key"]
    assert len(verify().problems) == 1


@pytest.mark.django_db
def test_a_column_that_comes_later_breaks_no_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each seal names the columns it was made of."""
    _add()
    fewer = [field for field in AuditEvent._meta.concrete_fields if field.name != "address"]
    with monkeypatch.context() as earlier:
        earlier.setattr(AuditEvent._meta, "concrete_fields", fewer)
        _seal()
    _add()
    _seal()

    assert verify().problems == []


@pytest.mark.django_db
def test_the_command_says_how_it_stands(settings: Any, capsys: Any) -> None:
    _add(2)
    _seal()
    call_command("verify_audit")
    assert "The audit is as it was sealed: 2 rows under 1 seals" in capsys.readouterr().out

    settings.AUDIT_KEYS = ["another key"]
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify_audit")


# --- while others write ------------------------------------------------------------------------------


@pytest.fixture
def late_writer(transactional_db: None) -> Iterator[tuple[threading.Event, threading.Event]]:
    """A transaction that has drawn its id and holds it back: `written`, and `may_commit`."""
    written, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        try:
            with transaction.atomic():
                _add()
                written.set()
                assert may_commit.wait(30)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as other:
        done = other.submit(write)
        assert written.wait(10)
        yield written, may_commit
        may_commit.set()
        done.result(timeout=10)


def test_what_is_not_committed_yet_is_waited_for_and_nobody_waits_for_the_seal(
    late_writer: tuple[threading.Event, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, may_commit = late_writer
    monkeypatch.setattr(seals, "WAIT_SECONDS", 0.2)
    _add()  # has a later id and is there first

    assert _seal() == 0
    _add()  # did not have to wait

    monkeypatch.setattr(seals, "WAIT_SECONDS", 20)
    threading.Timer(0.3, may_commit.set).start()
    assert _seal() >= 2  # the late one among them
    _seal()
    assert verify().problems == []
    assert verify().rows == 3


@together
def test_many_writers_and_two_who_seal_leave_one_whole_chain() -> None:
    """500 rows by eight writers, some long; sealed meanwhile as often as can be."""
    end = threading.Event()

    def write(number: int) -> None:
        try:
            for turn in range(12):
                with transaction.atomic():
                    _add(5 if turn % 3 else 6)
        finally:
            connection.close()

    def keep_sealing() -> None:
        try:
            while not end.is_set():
                _seal()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=10) as people:
        sealing = [people.submit(keep_sealing) for _ in range(2)]
        for done in [people.submit(write, number) for number in range(8)]:
            done.result(timeout=60)
        end.set()
        for one in sealing:
            one.result(timeout=60)
    _seal()

    verdict = verify()
    assert verdict.problems == []
    assert (verdict.rows, verdict.unsealed) == (AuditEvent.objects.count(), 0) == (8 * (4 * 6 + 8 * 5), 0)
    assert verdict.seals > 2


@pytest.mark.django_db
def test_rows_that_wait_long_for_their_seal_turn_readiness_red(client: Client, broker: Any) -> None:
    Heartbeat.beat("worker", clock.now())
    AuditEvent.objects.create(kind=AuditEvent.Kind.VIEW, at=clock.now() - timedelta(minutes=16))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["audit"] == "rows wait more than 15 min for a seal"

    _seal()
    assert client.get("/health/ready").json()["checks"]["audit"] == "ok"
