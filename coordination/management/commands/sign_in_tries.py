"""Somebody has to sign in from a new place while others guess at their name: let them try at once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coordination.base import sign_in_waits
from coordination.base.models import AuditEvent, User


class Command(BaseCommand):
    help = "Forget the failed tries that were counted against an account from places it is not known at."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forget", metavar="USERNAME", required=True)
        parser.add_argument("--because", required=True, help="how you made sure who asked for it")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["forget"].lower()).first()
        if user is None:
            raise CommandError(f"There is no account {options['forget']!r}.")
        if not sign_in_waits.forget_account(user):
            raise CommandError(f"Nothing is counted against {user.username}: nothing was changed.")
        AuditEvent.objects.create(
            kind=AuditEvent.Kind.CHANGE,
            user=user,
            actor_name="manage.py sign_in_tries",
            detail={"changed": "failed tries forgotten", "because": options["because"]},
        )
        self.stdout.write(f"{user.username} can be tried at once again. An address may still have to wait.")
