"""PostgreSQL's own log holds no patient data, whatever goes wrong with a statement (hazard H45)."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from coordination.local.cluster import QUIET_LOG, Cluster, remove, throwaway_cluster

CANARY = "Rosenbaum-Zweig"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    cluster = throwaway_cluster()
    cluster.folder = cluster.folder.with_name(f"fourfold-throwaway-canary-{os.getpid()}")
    with cluster:
        yield cluster
    remove(cluster)


@contextlib.contextmanager
def _asking(cluster: Cluster) -> Iterator[Any]:
    link = psycopg2.connect(cluster.url())
    link.autocommit = True
    try:
        with link.cursor() as cursor:
            yield cursor
    finally:
        link.close()


@pytest.fixture(scope="module")
def people(cluster: Cluster) -> None:
    with _asking(cluster) as cursor:
        cursor.execute("CREATE TABLE person (name text PRIMARY KEY, age int CHECK (age < 150), born date)")
        cursor.execute("INSERT INTO person VALUES (%s, 60)", [CANARY])


GOES_WRONG = {
    "a row that is there": "INSERT INTO person VALUES ('{name}', 61)",
    "a row that breaks a promise": "INSERT INTO person VALUES ('{name}2', 151)",
    "a value of another kind": "SELECT '{name}'::int",
    "a date that is none": "SELECT '{name}'::date",
    "a word that is no column": 'SELECT "{name}" FROM person',
    "nonsense": "SELEKT '{name}'",
    "a statement that is stopped": "SET statement_timeout = 20; SELECT pg_sleep(2), '{name}'",
    "an error that is raised": "DO $$ BEGIN RAISE EXCEPTION 'no % here', '{name}'; END $$",
    "a warning that is raised": "DO $$ BEGIN RAISE WARNING 'no % here', '{name}'; END $$",
    "a statement that is slow": "SELECT pg_sleep(0.3), '{name}'",
    "a prepared statement": "PREPARE p AS SELECT $1::int; EXECUTE p('{name}')",
}


def _log_of(cluster: Cluster) -> str:
    return cluster.log.read_text(errors="replace")


@pytest.mark.hazard("H45")
@pytest.mark.parametrize("what", GOES_WRONG)
def test_a_statement_leaves_no_name_in_the_log(cluster: Cluster, people: None, what: str) -> None:
    with _asking(cluster) as cursor, contextlib.suppress(psycopg2.Error):
        cursor.execute(GOES_WRONG[what].format(name=CANARY))

    assert CANARY not in _log_of(cluster)


def test_a_wait_and_a_deadlock_leave_no_name_in_the_log(cluster: Cluster, people: None) -> None:
    with _asking(cluster) as cursor:
        cursor.execute("INSERT INTO person VALUES ('other', 1) ON CONFLICT DO NOTHING")

    def meet(first: str, second: str) -> None:
        with _asking(cluster) as cursor, contextlib.suppress(psycopg2.Error):
            cursor.execute("SET log_lock_waits = on; SET deadlock_timeout = '100ms'; BEGIN")
            cursor.execute(f"UPDATE person SET age = 3 WHERE name = '{first}'")
            time.sleep(0.3)
            cursor.execute(f"UPDATE person SET age = 4 WHERE name = '{second}'")

    threads = [threading.Thread(target=meet, args=names) for names in ((CANARY, "other"), ("other", CANARY))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert CANARY not in _log_of(cluster)


def test_a_process_that_is_killed_leaves_no_name_in_the_log(cluster: Cluster, people: None) -> None:
    """The server tells of it, and would quote what the process was doing."""
    with _asking(cluster) as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
        threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
        with contextlib.suppress(psycopg2.Error):
            cursor.execute(f"SELECT pg_sleep(5), '{CANARY}'")
    until = time.monotonic() + 10
    while "terminated by signal 9" not in _log_of(cluster):
        assert time.monotonic() < until
        time.sleep(0.05)

    assert CANARY not in _log_of(cluster)


def test_the_settings_are_what_keeps_it_out(tmp_path: Any) -> None:
    """The same without them: the search above can find something."""
    loud = tuple(
        f"{setting.split('=')[0]}={value}" for setting, value in zip(QUIET_LOG[:3], LOUD, strict=True)
    )
    cluster = throwaway_cluster()
    cluster.folder = cluster.folder.with_name(f"fourfold-throwaway-loud-{os.getpid()}")
    cluster.settings = loud
    try:
        with cluster, _asking(cluster) as cursor:
            with contextlib.suppress(psycopg2.Error):
                cursor.execute(f"SELEKT '{CANARY}'")
            assert CANARY in _log_of(cluster)
    finally:
        remove(cluster)


LOUD = ("error", "error", "default")
