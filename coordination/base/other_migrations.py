"""A database that another version of the product made, by migrations that are not ours.

Plain Python on any cursor, so that the demo can ask before Django starts.
"""

from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "base": ROOT / "coordination/base/migrations",
    "patients": ROOT / "patients/migrations",
    "labs": ROOT / "labs/migrations",
    "scheduling": ROOT / "scheduling/migrations",
    "coordination": ROOT / "coordination/migrations",
}


def unknown_migrations(cursor: Any) -> list[str]:
    """Return, as `app.name`, what the database says it ran and no file brings; nothing where it is new."""
    cursor.execute("SELECT to_regclass('django_migrations') IS NOT NULL")
    if not cursor.fetchone()[0]:
        return []
    cursor.execute("SELECT app, name FROM django_migrations WHERE app = ANY(%s)", [list(FOLDERS)])
    recorded = sorted(cursor.fetchall())
    return [f"{app}.{name}" for app, name in recorded if not (FOLDERS[app] / f"{name}.py").exists()]
