"""The demo's data as of one moment, for who stops the clock there."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from coordination.local.broker import Broker
from coordination.local.cluster import APPLICATION, OWNER, Cluster

ROOT = Path(__file__).resolve().parents[1]
MOMENT = "2026-11-25T10:00-05:00"  # a working Wednesday at the demo's sites
SEED = "4"
SEEDED = "seeded"
HOST = "127.0.0.1"


@dataclass
class Demo:
    """PostgreSQL and Valkey with the demo's data; enter it to have Django set up on a copy of them."""

    folder: Path

    def __enter__(self) -> "Demo":
        self.cluster = Cluster(self.folder / "postgres", settings=("autovacuum=off",))
        self.passing = Path(tempfile.mkdtemp(prefix="fourfold-pages-"))
        self.broker = Broker(self.passing / "valkey")
        self.cluster.start()
        self.broker.start()
        if not self._is_seeded():
            self._seed()
        self._sql(f"DROP DATABASE IF EXISTS {OWNER}", f"CREATE DATABASE {OWNER} TEMPLATE {SEEDED}")
        self._manage(OWNER, "migrate", "--no-input", "--verbosity", "0")
        self._sql("VACUUM ANALYZE", database=OWNER)  # the same plans, so that ties lie in the same order
        os.environ.update(self._environment(OWNER, user=APPLICATION))
        import django

        django.setup()
        return self

    def __exit__(self, *_: object) -> None:
        from django.db import connections

        connections.close_all()
        self.broker.stop()
        self.cluster.stop()
        shutil.rmtree(self.passing, ignore_errors=True)
        shutil.rmtree(self.broker.socket.parent, ignore_errors=True)

    @property
    def people(self) -> list[dict[str, str]]:
        told: list[dict[str, str]] = json.loads((self.folder / "demo.json").read_text())["people"]
        return told

    def _is_seeded(self) -> bool:
        return (self.folder / "demo.json").exists()

    def _seed(self) -> None:
        print(f"Making demo data as of {MOMENT} ...", file=sys.stderr, flush=True)
        self._sql(f"DROP DATABASE IF EXISTS {SEEDED}", f"CREATE DATABASE {SEEDED}")
        self._manage(SEEDED, "migrate", "--no-input", "--verbosity", "0")
        told = self._manage(SEEDED, "demo", "--seed", SEED, "--as-of", MOMENT, user=APPLICATION)
        (self.folder / "demo.json").write_text(told)

    def _manage(self, database: str, *arguments: str, user: str = OWNER) -> str:
        environment = os.environ | self._environment(database, user=user)
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    def _environment(self, database: str, *, user: str) -> dict[str, str]:
        people = self.people if self._is_seeded() else []
        return {
            "DJANGO_SETTINGS_MODULE": "coordination.settings",
            "DATABASE_URL": self.cluster.url(database, user=user),
            "REDIS_URL": self.broker.url,
            "SECRET_KEY": "for comparing only",
            "FIELD_KEYS": urlsafe_b64encode(b"for comparing only, nothing else").decode(),
            "AUDIT_KEY": "for comparing only",
            "AUDIT_SEALS_FILE": str(self.passing / "audit-seals.jsonl"),
            "ALLOWED_HOSTS": HOST,
            "SECURE_COOKIES": "false",
            "FOURFOLD_DEMO": "true",
            "FOURFOLD_DEMO_PEOPLE": json.dumps(people),
        }

    def _sql(self, *statements: str, database: str = "postgres") -> None:
        connection = psycopg2.connect(self.cluster.url(database))
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()
