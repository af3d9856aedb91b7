"""Fill an empty database with the demo's people and patients, once, and say how to sign in."""

import json
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from coordination.base import clock
from coordination.base.errors import CareError
from coordination.demo.seed import is_of, is_seeded, seed, told


class Command(BaseCommand):
    help = "Demo data: about fifty invented patients, dated relative to today. Only with FOURFOLD_DEMO=true."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=4, help="same seed and day: the same data (4)")
        parser.add_argument("--json", type=Path, metavar="PATH", help="write what is told here as well")
        parser.add_argument("--as-of", metavar="INSTANT", help="tell it as of then, with its zone (now)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.FOURFOLD_DEMO:
            raise CommandError(
                "This makes people whose password everybody knows: it runs only with FOURFOLD_DEMO=true."
            )
        number = options["seed"]
        if is_seeded():
            if not is_of(number):
                raise CommandError(f"Demo data are there already, made with another seed than {number}.")
            self.stderr.write("Demo data are there already.")
        else:
            self._seed(number, options["as_of"])
        text = json.dumps(told(number), indent=2, ensure_ascii=False)
        if options["json"]:
            options["json"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(text)

    def _seed(self, number: int, as_of: str | None) -> None:
        try:
            seed(number, as_of=_instant(as_of) if as_of else clock.now())
        except CareError as error:
            raise CommandError(str(error)) from error


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--as-of: {text!r} is no instant; write 2027-01-12T10:00-05:00.") from error
    if moment.tzinfo is None:
        raise CommandError(f"--as-of: {text!r} has no zone; write 2027-01-12T10:00-05:00.")
    return moment
