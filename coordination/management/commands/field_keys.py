"""The keys that encrypt seeds and kept forms: make one, and bring everything under the first."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction

from coordination.base.encryption import SealBroken, new_key, reseal
from coordination.base.models import AuthenticatorApp, KeptForm

# Each model with the column that holds sealed text.
SEALED: tuple[tuple[type[models.Model], str], ...] = (
    (AuthenticatorApp, "sealed_seed"),
    (KeptForm, "sealed"),
)


class Command(BaseCommand):
    help = "Make a key for FIELD_KEYS, or encrypt everything with the first of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--new", action="store_true", help="print a new key")
        what.add_argument("--reseal", action="store_true", help="encrypt everything with the first key")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            self.stdout.write(new_key())
            return
        with transaction.atomic():
            outcome = list(_reseal_all())
        self.stdout.write(f"{outcome.count(True)} encrypted with the first key.")
        if broken := outcome.count(False):
            raise CommandError(f"{broken} could not be read with any key: keep the older keys in FIELD_KEYS.")


def _reseal_all() -> Iterator[bool]:
    """For each sealed text whether a key of ours opened it."""
    for model, column in SEALED:
        for row in model._default_manager.select_for_update():
            try:
                setattr(row, column, reseal(getattr(row, column)))
            except SealBroken:
                yield False
            else:
                row.save(update_fields=[column])
                yield True
