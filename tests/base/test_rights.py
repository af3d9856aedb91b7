"""What the database role of the product may not do, whatever a bug or an injection tries (hazard H44)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.db import connection

from coordination.base import health
from coordination.base.models import AuditEvent, Heartbeat
from coordination.base.rights import APPLICATION, history_tables, owns_the_tables
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(django_db_setup: None) -> Iterator[Any]:
    """A connection of its own, signed in as the product is; each statement is for itself."""
    link = psycopg2.connect(**connection.get_connection_params())
    link.autocommit = True
    yield link
    link.close()


def _rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def test_the_tests_run_as_the_product_does() -> None:
    assert _rows("SELECT session_user::text, current_user::text") == [(APPLICATION, APPLICATION)]


def test_the_role_is_no_superuser_makes_no_roles_and_owns_nothing() -> None:
    rights = "rolsuper, rolcreaterole, rolcreatedb, rolreplication"
    assert _rows(f"SELECT {rights} FROM pg_roles WHERE rolname = %s", APPLICATION) == [(False,) * 4]
    owned = (
        "SELECT (SELECT count(*) FROM pg_class WHERE relowner = oid_of),"
        " (SELECT count(*) FROM pg_proc WHERE proowner = oid_of),"
        " (SELECT count(*) FROM pg_namespace WHERE nspowner = oid_of)"
        " FROM (SELECT %s::regrole::oid AS oid_of) AS role"
    )
    assert _rows(owned, APPLICATION) == [(0, 0, 0)]
    assert not owns_the_tables()


def test_it_is_a_member_of_the_portals_role_and_of_no_other() -> None:
    member_of = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = %s::regrole"
    assert _rows(member_of, APPLICATION) == [("fourfold_portal",)]


REFUSED = (
    "SET session_replication_role = replica",
    "SET LOCAL session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', false)",
    "TRUNCATE base_auditevent",
    "TRUNCATE base_auditevent CASCADE",
    "TRUNCATE patients_patient CASCADE",
    "ALTER TABLE base_auditevent DISABLE TRIGGER ALL",
    "ALTER TABLE base_auditevent DISABLE TRIGGER base_auditevent_is_only_added",
    "DROP TRIGGER base_auditevent_is_only_added ON base_auditevent",
    "CREATE TRIGGER mine BEFORE INSERT ON base_auditevent FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()",
    "CREATE RULE mine AS ON INSERT TO base_auditevent DO INSTEAD NOTHING",
    "CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE sql AS 'SELECT NULL'",
    "ALTER TABLE base_auditevent OWNER TO fourfold_app",
    "ALTER TABLE base_auditevent DROP CONSTRAINT audit_names_a_person_or_a_machine_not_both",
    "DROP TABLE base_auditevent CASCADE",
    "UPDATE base_auditevent SET at = now()",
    "DELETE FROM base_auditevent",
    "DELETE FROM base_auditseal",
    "UPDATE base_auditseal SET mac = ''",
    "UPDATE base_historicaluser SET history_user_id = NULL",
    "DELETE FROM scheduling_signature",
    "DELETE FROM labs_labresult",
    "DELETE FROM django_migrations",
    "CREATE TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "CREATE EXTENSION dblink",
    "CREATE ROLE mine",
    "ALTER ROLE fourfold_app SUPERUSER",
    "ALTER ROLE fourfold_app SET session_replication_role = replica",
    "GRANT fourfold TO fourfold_app",
    "SET ROLE fourfold",
    "SET SESSION AUTHORIZATION fourfold",
    "ALTER SYSTEM SET log_statement = 'all'",
    "SET log_statement = 'all'",
    "SET log_min_error_statement = 'error'",
    "COPY base_auditevent TO '/tmp/stolen'",
    "SELECT pg_read_file('PG_VERSION')",
    "DO $$ BEGIN PERFORM set_config('session_replication_role', 'replica', false); END $$",
)


@pytest.mark.hazard("H44")
@pytest.mark.parametrize("statement", REFUSED)
def test_what_would_take_off_a_promise_is_refused(link: Any, statement: str) -> None:
    refused = pytest.raises((psycopg2.errors.InsufficientPrivilege, psycopg2.errors.UndefinedFile))
    with link.cursor() as cursor, refused:
        cursor.execute(statement)


def test_every_history_is_only_added_to() -> None:
    tables = history_tables()
    assert len(tables) > 30
    for table in sorted(tables):
        rights = "SELECT has_table_privilege(%s, %s, %s)"
        assert _rows(rights, APPLICATION, table, "INSERT") == [(True,)], table
        assert _rows(rights, APPLICATION, table, "UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES") == [
            (False,)
        ]
        assert _rows("SELECT has_any_column_privilege(%s, %s, 'UPDATE')", APPLICATION, table) == [(False,)]


def test_no_table_at_all_may_be_emptied_or_given_a_trigger() -> None:
    tables = [table for (table,) in _rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    for table in tables:
        taken = _rows("SELECT has_table_privilege(%s, %s, 'TRUNCATE, TRIGGER')", APPLICATION, table)
        assert taken == [(False,)], table


def test_it_does_all_that_the_product_does() -> None:
    user = make.UserFactory.create()
    user.full_name = "Another Name"
    user.save()
    AuditEvent.objects.create(kind=AuditEvent.Kind.VIEW, user=user)
    assert user.history.count() == 2


def _migrate_as_the_owner(**more: str) -> None:
    options = connection.get_connection_params()
    url = f"postgresql:///{options['dbname']}?host={options['host']}&user=fourfold"
    command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, env=os.environ | {"DATABASE_URL": url} | more, check=True, timeout=120)


@pytest.mark.hazard("H52")
def test_a_table_that_comes_later_has_rights_with_the_next_migration(owner: Any) -> None:
    owner.execute("CREATE TABLE base_cometoday (id int)")
    try:
        assert _rows("SELECT has_table_privilege(%s, 'base_cometoday', 'SELECT')", APPLICATION) == [(False,)]
        _migrate_as_the_owner(DATABASE_APP_PASSWORD="a password of the role")
        rights = "SELECT has_table_privilege(%s, 'base_cometoday', %s)"
        assert _rows(rights, APPLICATION, "INSERT") == _rows(rights, APPLICATION, "DELETE") == [(True,)]
        assert _rows(rights, APPLICATION, "TRUNCATE") == [(False,)]
        owner.execute("SELECT left(rolpassword, 14) FROM pg_authid WHERE rolname = 'fourfold_app'")
        assert owner.fetchall() == [("SCRAM-SHA-256$",)]
    finally:
        owner.execute("DROP TABLE base_cometoday")


def test_readiness_is_red_where_the_product_runs_as_the_owner(
    monkeypatch: pytest.MonkeyPatch, client: Any, broker: Any
) -> None:
    Heartbeat.beat("worker", make.NOW)
    assert client.get("/health/ready").json()["checks"]["role"] == "ok"

    monkeypatch.setattr(health, "owns_the_tables", lambda: True)

    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["role"] == "the database user owns the tables: run as fourfold_app"
