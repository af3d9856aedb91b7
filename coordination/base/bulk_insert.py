"""Many rows of one table added at once, for the few places where it is done all day.

`bulk_create` prepares each value on its own, which takes more time than the database does. The driver knows
our types already. Only for models whose fields hold their values as the database takes them: no expressions,
nothing that a field computes on saving.
"""

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg2.extras import execute_values


def add_rows(rows: Sequence[Model]) -> None:
    """Add new rows of one model in one statement, and give each its key."""
    if not rows:
        return
    statement, values_of = _insert(type(rows[0]))
    with connection.cursor() as cursor:
        keys = execute_values(
            cursor, statement, [values_of(row) for row in rows], page_size=len(rows), fetch=True
        )
    for row, (key,) in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding, row._state.db = False, connection.alias


@cache
def _insert(model: type[Model]) -> tuple[str, Any]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    table, key = quote(model._meta.db_table), quote(str(model._meta.pk.column))
    statement = f"INSERT INTO {table} ({columns}) VALUES %s RETURNING {key}"  # noqa: S608  # nosec B608
    return statement, attrgetter(*(field.attname for field in fields))
