"""A phone is lost, and the recovery codes too: an administrator takes the second factor away."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coordination.base import second_factor
from coordination.base.models import AuditEvent, User


class Command(BaseCommand):
    help = "Take a person's second factor away, so that they can set it up anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forget", metavar="USERNAME", required=True)
        parser.add_argument("--because", required=True, help="how you made sure who asked for it")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["forget"].lower()).first()
        if user is None or not second_factor.forget(user):
            raise CommandError(f"{options['forget']!r} has no second factor.")
        AuditEvent.objects.create(
            kind=AuditEvent.Kind.SECOND_FACTOR,
            user=user,
            actor_name="manage.py second_factor",
            detail={"outcome": "taken away", "because": options["because"]},
        )
        self.stdout.write(f"{user.username} can set up a second factor anew.")
