"""The migrations make the models, can be taken back, and upgrade a filled database."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from coordination.local.cluster import OWNER
from tests.models.test_factories import FACTORIES

# The first state of the database, by the last migration of each app. These and those before never change.
FIRST_STATE = [
    ("base", "0005_triggers"),
    ("coordination", "0006_portal_role"),
    ("labs", "0002_triggers"),
    ("patients", "0003_consents_and_authorizations"),
    ("scheduling", "0006_triggers"),
]
ADDED_SINCE: list[tuple[str, str]] = []
"""Whoever adds a migration adds its name: the upgrade below then runs it on a filled database."""

OUR_TABLES = (
    "SELECT tablename FROM pg_tables WHERE tablename ~ '^(base|coordination|labs|patients|scheduling)_'"
)


@pytest.fixture
def separate(owner: Any, django_db_blocker: Any) -> Iterator[MigrationExecutor]:
    """A migrated database beside that of the other tests, entered as its owner."""
    names, options = dict(connection.settings_dict), dict(connection.settings_dict["OPTIONS"])
    owner.execute("CREATE DATABASE separate")
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict |= {"NAME": "separate", "OPTIONS": options | {"user": OWNER}}
        try:
            _migrate()
            yield MigrationExecutor(connection)
        finally:
            connection.close()
            connection.settings_dict |= names | {"OPTIONS": options}
            owner.execute("DROP DATABASE separate")


def _migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def _rows_by_table() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(OUR_TABLES)
        tables = [table for (table,) in cursor.fetchall()]
        counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
        cursor.execute(counts or "SELECT 1 WHERE false")
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_the_migrations_say_all_that_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.hazard("H52")
def test_every_migration_can_be_taken_back(separate: MigrationExecutor) -> None:
    assert _rows_by_table()

    separate.migrate([("base", None)])

    assert not _rows_by_table()


@pytest.mark.hazard("H52")
def test_a_filled_database_of_the_first_state_is_upgraded(separate: MigrationExecutor) -> None:
    """Filled in every table, then without what was added since: what came later is taken back."""
    for make in FACTORIES:
        make()
    separate.migrate(FIRST_STATE)
    before = _rows_by_table()

    _migrate()

    after = _rows_by_table()
    filled = {make._meta.model._meta.db_table for make in FACTORIES}
    assert all(before[table] for table in filled & before.keys())
    assert {table: after[table] for table in before} == before


def test_migrations_are_only_added() -> None:
    graph = MigrationLoader(None).graph
    first = {name for last in FIRST_STATE for name in graph.forwards_plan(last)}
    ours = {name for name in graph.nodes if name[0] in dict(FIRST_STATE)}

    assert sorted(ours - first) == ADDED_SINCE


@pytest.mark.django_db
def test_the_database_can_do_what_the_models_need() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extname FROM pg_extension")
        extensions = {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT searchable('ÅNGSTRÖM Ève'), digits('+1 (555) 867-5309'), gen_random_uuid()")
        name, number, generated = cursor.fetchone()

    assert {"btree_gist", "pg_trgm", "unaccent"} <= extensions
    assert (name, number) == ("angstrom eve", "15558675309")
    assert generated
