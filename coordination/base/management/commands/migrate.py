"""Django's own, and then the rights of the application's role: a new table is never left without them."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands.migrate import Command as DjangosCommand
from django.db import connections

from coordination.base.database_rights import owns_the_tables, tell_the_application
from coordination.base.other_migrations import unknown_migrations


class Command(DjangosCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        refuse_other_migrations(options["database"])
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"] and owns_the_tables():
            tell_the_application(password=settings.APPLICATION_PASSWORD)


def refuse_other_migrations(database: str) -> None:
    """Raise CommandError where another version made the database: it would be migrated by halves."""
    with connections[database].cursor() as cursor:
        unknown = unknown_migrations(cursor)
    if unknown:
        raise CommandError(
            f"Another version made this database: it ran {unknown[0]}, which is unknown here"
            f" ({len(unknown)} such). Nothing was changed. Use that version, or an empty database."
        )
