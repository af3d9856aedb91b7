"""Somebody may be signed in who should not be: an administrator ends the sessions of an account, or all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coordination.base import sessions
from coordination.base.models import AuditEvent, User, UserSession


class Command(BaseCommand):
    help = "End every session of an account, or of everybody. They can sign in again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--end", metavar="USERNAME")
        whose.add_argument("--end-all", action="store_true")
        parser.add_argument("--because", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["because"].strip():
            raise CommandError("Say why.")
        user = None if options["end_all"] else _account(options["end"])
        count = sessions.end_others(user) if user else UserSession.objects.all().delete()[0]
        AuditEvent.objects.create(
            kind=AuditEvent.Kind.SIGN_OUT,
            user=user,
            actor_name="manage.py sessions",
            detail={"because": options["because"], "sessions": count},
        )
        self.stdout.write(f"{count} {'session' if count == 1 else 'sessions'} ended.")


def _account(username: str) -> User:
    user = User.objects.filter(username=username.lower()).first()
    if user is None:
        raise CommandError(f"There is no account {username!r}.")
    return user
