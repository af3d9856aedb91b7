"""Seeded data that stay from one session to the next. Every session works on a copy of them."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg2

from bench.names import ZONE_OF_SITES
from coordination.local.cluster import OWNER, Cluster

SEEDED = "seeded"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Store:
    """A folder with a PostgreSQL cluster of `courses` and `patients`, dated by the day of seeding."""

    folder: Path
    courses: int
    patients: int

    @property
    def data(self) -> Path:
        return self.folder / "postgres"

    @property
    def _label(self) -> Path:
        return self.folder / "seeded.json"

    @property
    def _wanted(self) -> Document:
        today = datetime.now(ZoneInfo(ZONE_OF_SITES)).date()
        return {"courses": self.courses, "patients": self.patients, "on": today.isoformat()}

    def seeded(self) -> Document | None:
        """What was seeded, where it is what is wanted today."""
        if not self._label.exists():
            return None
        told: Document = json.loads(self._label.read_text())
        return told["seeded"] if told["for"] == self._wanted else None

    def begin(self, cluster: Cluster) -> None:
        """Make the database of this session: a copy of what was seeded, or an empty one."""
        _run(cluster, f"DROP DATABASE IF EXISTS {OWNER}")
        if self.seeded() is None:
            _run(cluster, f"DROP DATABASE IF EXISTS {SEEDED}", f"CREATE DATABASE {OWNER}")
        else:
            _run(cluster, f"CREATE DATABASE {OWNER} TEMPLATE {SEEDED}")

    def keep(self, cluster: Cluster, seeded: Document) -> None:
        """Keep a copy of this session's database as it is now. Nobody may be connected to it."""
        _run(cluster, f"CREATE DATABASE {SEEDED} TEMPLATE {OWNER}")
        self._label.write_text(json.dumps({"for": self._wanted, "seeded": seeded}))


def _run(cluster: Cluster, *statements: str) -> None:
    connection = psycopg2.connect(cluster.url())
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()
