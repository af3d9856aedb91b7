"""Tamper with sealed rows of the audit, as a superuser of the database could, and count what is found.

    python3 run.py tamperings [--count N] [--seed N] [--json]

Who tampers switches off every trigger, knows how seals are made, and has everything but the key and the file
outside. Each tampering is committed, verified by the product's own role, and undone. Ends with one line of
JSON; exit status 1 where one was not found.
"""

import argparse
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

from coordination.local.cluster import APPLICATION, OWNER, remove, throwaway_cluster

ROWS = 240
SEALS = 8
NO_KEY = "not the key"
COPIED = ("base_auditevent", "base_auditseal")


@dataclass
class Trial:
    """`cursor` is a superuser's, `ids` are those of the sealed rows, `last_ids` those that end a seal."""

    cursor: Any
    random: Random
    ids: list[int]
    last_ids: list[int]
    free_ids: list[int]
    done: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)

    def run(self, sql: str, *parameters: Any) -> None:
        self.cursor.execute(sql, parameters)


# --- what is done ------------------------------------------------------------------------------------

# Each changes something of every row.
EDITS = (
    "at = at + interval '1 microsecond'",
    "kind = CASE kind WHEN 'view' THEN 'export' ELSE 'view' END",
    "actor_name = actor_name || ' '",
    "role = CASE role WHEN 'manager' THEN 'clinic' ELSE 'manager' END",
    "view = 'x' || view",
    "method = CASE method WHEN 'GET' THEN 'POST' ELSE 'GET' END",
    "status = coalesce(status, 0) + 1",
    "patients = patients || gen_random_uuid()",
    "patients = patients[2:]",
    "detail = detail || '{\"more\": null}'",
    "request_id = request_id || '0'",
    "address = '192.0.2.99'",
    "address = NULL",
    "public_id = gen_random_uuid()",
)


def edit(trial: Trial) -> None:
    trial.run(
        f"UPDATE base_auditevent SET {trial.random.choice(EDITS)} WHERE id = %s",
        trial.random.choice(trial.ids),
    )


def delete(trial: Trial) -> None:
    gone = trial.random.sample(trial.ids, trial.random.randint(1, 3))
    trial.run("DELETE FROM base_auditevent WHERE id = ANY(%s)", gone)


def insert(trial: Trial) -> None:
    """A copy of another row under an id that was never used, or before all others."""
    columns = (
        "at, kind, user_id, client_id, actor_name, role, view, method, status, patients, detail, request_id"
    )
    trial.run(
        f"INSERT INTO base_auditevent (id, public_id, {columns}) "
        f"SELECT %s, gen_random_uuid(), {columns} FROM base_auditevent WHERE id = %s",
        trial.random.choice([*trial.free_ids, 0, -1]),
        trial.random.choice(trial.ids),
    )


def reorder(trial: Trial) -> None:
    one, other = trial.random.sample(trial.ids, 2)
    for before, after in ((one, -7), (other, one), (-7, other)):
        trial.run("UPDATE base_auditevent SET id = %s WHERE id = %s", after, before)


def swap_moments(trial: Trial) -> None:
    one, other = trial.random.sample(trial.ids, 2)
    trial.run(
        "UPDATE base_auditevent AS row SET at = another.at FROM base_auditevent AS another "
        "WHERE (row.id, another.id) IN ((%s, %s), (%s, %s))",
        *(one, other, other, one),
    )


def replace_one(trial: Trial) -> None:
    """A row is taken out and another put in, so that the count is right."""
    delete_one, free = trial.random.choice(trial.ids), trial.random.choice(trial.free_ids)
    trial.run("UPDATE base_auditevent SET id = %s WHERE id = %s", free, delete_one)


def cut_rows(trial: Trial) -> None:
    """The newest sealed rows are gone, the seals stay."""
    trial.run("DELETE FROM base_auditevent WHERE id > %s", trial.random.choice(trial.ids[:-1]))


def cut_off_the_end(trial: Trial) -> None:
    """Everything from some seal on is gone, as in a backup that was played back."""
    last = trial.random.choice([0, *trial.last_ids[:-1]])
    trial.run("DELETE FROM base_auditevent WHERE id > %s", last)
    trial.run("DELETE FROM base_auditseal WHERE last_id > %s", last)


def cut_out_of_the_middle(trial: Trial) -> None:
    """One seal with its rows is gone, and the others are counted anew."""
    place = trial.random.randrange(len(trial.last_ids) - 1)
    after, until = [0, *trial.last_ids][place], trial.last_ids[place]
    trial.run("DELETE FROM base_auditevent WHERE id > %s AND id <= %s", after, until)
    trial.run("DELETE FROM base_auditseal WHERE last_id = %s", until)
    trial.run("UPDATE base_auditseal SET number = number + 1000 WHERE last_id > %s", until)
    trial.run("UPDATE base_auditseal SET number = number - 1001 WHERE number > 1000")


def change_a_seal(trial: Trial) -> None:
    change = trial.random.choice(
        (
            "row_count = row_count + 1",
            "last_id = last_id + 1",
            "sealed_at = sealed_at - interval '1 day'",
            "digest = reverse(digest)",
            "mac = reverse(mac)",
            "key_name = reverse(key_name)",
            "columns = columns[2:]",
            "number = number + 100",
        )
    )
    trial.run(f"UPDATE base_auditseal SET {change} WHERE last_id = %s", trial.random.choice(trial.last_ids))


def chain_anew(trial: Trial) -> None:
    """A row is changed, and every seal is made anew, as the product does it but for the key."""
    from django.conf import settings

    from coordination.base import audit_seals, clock

    trial.random.choice((edit, delete, insert))(trial)
    trial.run("DELETE FROM base_auditseal")
    keys, path = settings.AUDIT_KEYS, settings.AUDIT_SEALS_FILE
    settings.AUDIT_KEYS, settings.AUDIT_SEALS_FILE = [NO_KEY], ""
    try:
        audit_seals.seal_rows(now=clock.now())
    finally:
        settings.AUDIT_KEYS, settings.AUDIT_SEALS_FILE = keys, path
    trial.run("UPDATE base_auditseal SET key_name = %s", audit_seals.name_of_key(keys[0]))


TAMPERINGS: tuple[Callable[[Trial], None], ...] = (
    edit,
    delete,
    insert,
    reorder,
    swap_moments,
    replace_one,
    cut_rows,
    cut_off_the_end,
    cut_out_of_the_middle,
    change_a_seal,
    chain_anew,
)


# --- and whether it is found -------------------------------------------------------------------------


def tamper(cursor: Any, count: int, *, seed: int) -> Trial:
    """Seal rows, then tamper `count` times, each kind in turn. `cursor` commits each statement."""
    trial = _prepared(cursor, Random(seed))
    assert not _problems(), "what nobody touched is as it was sealed"
    for number in range(count):
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        tampering(trial)
        trial.done[tampering.__name__] += 1
        if not _problems():
            trial.missed[tampering.__name__] += 1
        _undo(trial)
    assert not _problems(), "each tampering was undone"
    return trial


def _prepared(cursor: Any, random: Random) -> Trial:
    from coordination.base import audit_seals, clock
    from coordination.base.models import AuditEvent, AuditSeal

    for number in range(1, ROWS + 1):
        cursor.execute("SELECT nextval(pg_get_serial_sequence('base_auditevent', 'id'))")  # leaves a gap
        AuditEvent.objects.create(
            kind=AuditEvent.Kind.VIEW,
            view="today",
            method="GET",
            status=200,
            actor_name="Somebody",
            patients=[uuid4(), uuid4()],
            detail={"number": number},
            address="192.0.2.7",
        )
        if number % (ROWS // SEALS) == 0:
            audit_seals.seal_rows(now=clock.now())
    ids = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    cursor.execute("SET session_replication_role = replica")
    for table in COPIED:
        cursor.execute(f"CREATE TEMP TABLE kept_{table} AS SELECT * FROM {table}")
    return Trial(
        cursor,
        random,
        ids,
        last_ids=list(AuditSeal.objects.values_list("last_id", flat=True)),
        free_ids=[number - 1 for number in ids],
    )


def _problems() -> list[str]:
    from coordination.base.audit_seals import verify_seals

    return verify_seals().problems


def _undo(trial: Trial) -> None:
    for table in COPIED:
        trial.run(f"DELETE FROM {table}")
        trial.run(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py tamperings", description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print the JSON line only")
    given = parser.parse_args(arguments)
    cluster = throwaway_cluster()
    with tempfile.TemporaryDirectory() as outside:
        try:
            cluster.start().create_database(OWNER)
            trial = _tried(cluster.url(OWNER), cluster.url(OWNER, user=APPLICATION), Path(outside), given)
        finally:
            remove(cluster)
    if not given.json:
        for name, count in trial.done.items():
            print(f"{name.replace('_', ' '):<24}{count:>5} done {count - trial.missed[name]:>5} found")
    found = trial.done.total() - trial.missed.total()
    print(json.dumps({"tamperings": trial.done.total(), "found": found}))
    return 1 if trial.missed else 0


def _tried(owner: str, application: str, outside: Path, given: argparse.Namespace) -> Trial:
    """The owner migrates and tampers; the product's role writes, seals and verifies."""
    import subprocess

    import psycopg2

    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "coordination.settings",
        "DATABASE_URL": application,
        "SECRET_KEY": "for tampering only",
        "AUDIT_KEY": "the key that is not in the database",
        "AUDIT_SEALS_FILE": str(outside / "seals"),
    }
    migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(migrate, env=os.environ | {"DATABASE_URL": owner}, check=True)
    import django

    django.setup()
    import logging

    logging.disable(logging.INFO)
    link = psycopg2.connect(owner)
    link.autocommit = True
    try:
        return tamper(link.cursor(), given.count, seed=given.seed)
    finally:
        link.close()
        from django.db import connection

        connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
