"""The migrations make the models, and can be taken back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

OURS = ("base", "patients", "labs", "scheduling")


@pytest.mark.django_db
def test_the_migrations_say_all_that_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.hazard("H52")
def test_every_migration_can_be_taken_back() -> None:
    loader = MigrationExecutor(None).loader

    for (app, name), migration in loader.disk_migrations.items():
        if app in OURS:
            assert all(operation.reversible for operation in migration.operations), f"{app} {name}"


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
