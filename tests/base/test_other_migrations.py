"""A database that another version made is refused before anything in it is changed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from coordination.base.other_migrations import unknown_migrations

OLDER = ("base", "0001_extensions_and_functions")


@pytest.fixture
def made_by_another(owner: Any) -> Iterator[None]:
    owner.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, now())", OLDER)
    yield
    owner.execute("DELETE FROM django_migrations WHERE (app, name) = (%s, %s)", OLDER)


def test_our_own_database_ran_only_what_the_files_bring(db: None) -> None:
    with connection.cursor() as cursor:
        assert unknown_migrations(cursor) == []


def test_migrate_refuses_a_database_of_another_version(made_by_another: None, db: None) -> None:
    with pytest.raises(CommandError, match=r"it ran base\.0001_extensions_and_functions, .*\(1 such\)"):
        call_command("migrate", interactive=False, verbosity=0)
