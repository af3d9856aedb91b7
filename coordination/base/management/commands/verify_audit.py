"""Is the audit what it was when it was sealed? Run it where AUDIT_KEY and the file of seals are."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coordination.base.audit_seals import verify_seals


class Command(BaseCommand):
    help = "Compare every sealed row of the audit with its seal, and the seals with the file outside."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_seals()
        counted = f"{verdict.rows} rows under {verdict.seals} seals, {verdict.unsealed} not sealed yet"
        if verdict.problems:
            raise CommandError("\n".join([*verdict.problems, f"The audit was tampered with: {counted}."]))
        self.stdout.write(f"The audit is as it was sealed: {counted}.")
