"""Add rows to a table by COPY."""

import csv
import json
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from typing import Any

from django.db import connection, models

ROWS_AT_ONCE = 50_000


def copy(model: type[models.Model], names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add rows by COPY: the named fields from `rows`, the others from the model's defaults."""
    table = model._meta.db_table
    given = [model._meta.get_field(name) for name in names]
    others = [
        field
        for field in model._meta.concrete_fields
        if field not in given and not field.primary_key and (field.has_default() or not field.null)
    ]
    columns = ", ".join(f'"{field.column}"' for field in [*given, *others])  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        batch = StringIO()
        writer = csv.writer(batch)

        def send() -> None:
            batch.seek(0)
            cursor.copy_expert(f"COPY \"{table}\" ({columns}) FROM STDIN (FORMAT csv, NULL '\\N')", batch)
            batch.seek(0)
            batch.truncate()

        for written, row in enumerate(rows, start=1):
            writer.writerow([*map(_text, row), *(_text(field.get_default()) for field in others)])
            if written % ROWS_AT_ONCE == 0:
                send()
        send()
        if "id" in names:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM \"{table}\"", [table]
            )


def _text(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case dict():
            return json.dumps(value)
        case list():
            return f"{{{','.join(map(str, value))}}}"
        case datetime():
            return value.isoformat()
    return str(value)
