"""A phone is lost, and the recovery codes too: an administrator takes the second factor away."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coordination.base import second_factor
from coordination.base.models import AuditEvent, User
from coordination.base.second_factor import Forgotten


class Command(BaseCommand):
    help = "Take a person's second factor away, so that they can set it up anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--forget", metavar="USERNAME", required=True)
        parser.add_argument("--because", required=True, help="how you made sure who asked for it")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["forget"].lower()).first()
        if user is None:
            raise CommandError(f"There is no account {options['forget']!r}.")
        if not options["because"].strip():
            raise CommandError("Say how you made sure who asked for it.")
        forgotten = second_factor.forget(user)
        if not forgotten.is_anything:
            raise CommandError(f"{user.username} has no second factor: nothing was changed.")
        AuditEvent.objects.create(
            kind=AuditEvent.Kind.SECOND_FACTOR,
            user=user,
            actor_name="manage.py second_factor",
            detail={"outcome": "taken away", "because": options["because"]},
        )
        self.stdout.write(f"{user.username}: {said_of(forgotten)}")


def said_of(forgotten: Forgotten) -> str:
    """What was taken away, and nothing else."""
    app = "the app" if forgotten.had_app else "a set-up that was begun and not finished"
    parts = [
        app if forgotten.had_app or forgotten.was_begun else "",
        _counted(forgotten.codes, "recovery code"),
    ]
    taken = f"{' and '.join(filter(None, parts))} taken away"
    ended = f", {_counted(forgotten.sessions, 'session')} ended" if forgotten.sessions else ""
    return f"{taken}{ended}. The second factor can be set up again at the next sign-in."


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""
