"""The wall: what runs behind it may read one practice's rows, and write nothing.

The role, its grants and its row-level security are made by migrations/0006_portal_role.py. The wall stands
behind the scope, not instead of it: a view that forgot its filter shows nothing more, an act that slipped in
fails. It does not hold against a statement that itself takes off the role; we write none.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ROLE = "fourfold_portal"


@contextmanager
def behind_the_wall(practice_id: int | None) -> Iterator[None]:
    """Run in a read-only transaction as the portal's role; without a practice no row is there.

    It is rolled back at its end, which also gives the role back.
    """
    with transaction.atomic():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('fourfold.practice', %s, true)", [str(practice_id or "")])
                cursor.execute("SET TRANSACTION READ ONLY")
                cursor.execute(f"SET LOCAL ROLE {ROLE}")
            yield
        finally:
            transaction.set_rollback(True)
