"""Django's own, and then the rights of the application's role: a new table is never left without them."""

from typing import Any

from django.conf import settings
from django.core.management.commands.migrate import Command as DjangosCommand

from coordination.base.database_rights import owns_the_tables, tell_the_application


class Command(DjangosCommand):
    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"] and owns_the_tables():
            tell_the_application(password=settings.APPLICATION_PASSWORD)
