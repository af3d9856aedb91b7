"""What the product may do in its own database: use rows, and take away no promise.

Two roles. The owner of the tables migrates. The product runs as `fourfold_app`, which owns nothing: it can
empty no table, switch off no trigger, and change no row of a history or of the audit. `manage.py migrate`
makes that role where it may, and tells it after each migration what it may do.
"""

from django.apps import apps
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import encrypt_password
from simple_history.models import HistoricalChanges

APPLICATION = "fourfold_app"
PORTAL = "fourfold_portal"  # coordination/portal/database_role.py takes it on

# The policies of the portal are for the portal's role alone: as the owner, the application passes them.
TAKE_ROLE = f"""
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{APPLICATION}') THEN
        BEGIN
            CREATE ROLE {APPLICATION} LOGIN NOINHERIT BYPASSRLS;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{PORTAL}')
        AND NOT pg_has_role('{APPLICATION}', '{PORTAL}', 'MEMBER')
    THEN
        GRANT {PORTAL} TO {APPLICATION};
    END IF;
EXCEPTION
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The database user % may not make the role of the application.', current_user
        USING ERRCODE = 'insufficient_privilege',
        HINT = 'An administrator of the database runs once: '
               'CREATE ROLE {APPLICATION} LOGIN NOINHERIT BYPASSRLS PASSWORD ''...''; '
               'GRANT {PORTAL} TO {APPLICATION}; then migrate again.';
END $$
"""  # noqa: S608  # nosec B608

RIGHTS = f"""
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {APPLICATION};
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {APPLICATION};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {APPLICATION};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APPLICATION};
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APPLICATION};
"""

# Tables with the trigger of promises.only_added(); whether nothing at all of a row may be filled later.
ONLY_ADDED = """
SELECT DISTINCT relname::text, tgnargs = 0
FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE proname = 'refuse_rewriting' AND relnamespace = 'public'::regnamespace
"""

OWNS_THE_TABLES = (
    "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass('base_auditevent')"
)


def history_tables() -> set[str]:
    """The tables in which django-simple-history keeps what rows were before."""
    return {model._meta.db_table for model in apps.get_models() if issubclass(model, HistoricalChanges)}


def owns_the_tables() -> bool:
    """Whether this connection could take the promises off: it is the owner's, or a superuser's."""
    with connection.cursor() as cursor:
        cursor.execute(OWNS_THE_TABLES)
        row = cursor.fetchone()
    return bool(row and row[0])


@transaction.atomic
def tell_the_application(*, password: str = "") -> None:
    """Make the application's role where it is missing, and give it exactly its rights.

    Raises a DatabaseError that says what an administrator runs, where the owner may not make roles.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_ROLE)
        if password:
            _set_password(cursor, password)
        cursor.execute(RIGHTS)
        existing = set(connection.introspection.table_names(cursor))
        cursor.execute(ONLY_ADDED)
        only_added = dict(cursor.fetchall())
        for table in sorted(history_tables() & existing | only_added.keys()):
            lost = "UPDATE, DELETE" if only_added.get(table, True) else "DELETE"
            cursor.execute(f'REVOKE {lost} ON "{table}" FROM {APPLICATION}')
        if "django_migrations" in existing:
            cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {APPLICATION}")


def _set_password(cursor: CursorWrapper, password: str) -> None:
    """Hashed here, so that no log of the server ever holds it."""
    hashed = encrypt_password(password, APPLICATION, scope=cursor.connection, algorithm="scram-sha-256")
    cursor.execute(f"ALTER ROLE {APPLICATION} PASSWORD %s", [hashed])
