"""What would be sent, without sending it; and mail that came back, by standard input."""

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError

from coordination.base import clock
from coordination.base.access import Scope
from coordination.base.models import Site
from coordination.messages.bounces import read_bounce, take_bounce
from coordination.messages.texts import initials
from coordination.reminders.listing import Planned, planned_messages


class Command(BaseCommand):
    help = "Print what would be sent within a week (initials only), or take a mail that came back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", help="the key of one site; all without it")
        parser.add_argument(
            "--bounce", action="store_true", help="read one returned mail from standard input"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["bounce"]:
            self._take(sys.stdin.buffer.read())
        else:
            self._show(options["site"])

    def _show(self, key: str | None) -> None:
        sites = Site.objects.filter(key=key) if key else Site.objects.all()
        if key and not sites.exists():
            raise CommandError(f"There is no site {key!r}.")
        rows = planned_messages(Scope(sites=tuple(sites)), now=clock.now())
        for row in rows:
            if row.step.contact:
                self.stdout.write(_line(row))
        unreachable = Counter(row.place.site.key for row in rows if not row.step.contact)
        for site, count in unreachable.items():
            self.stdout.write(f"{site}: {count} that reach nobody, for want of a verified address")
        self.stdout.write(f"{sum(bool(row.step.contact) for row in rows)} would be sent; nothing was.")

    def _take(self, raw: bytes) -> None:
        bounce = read_bounce(raw)
        marked = bounce is not None and take_bounce(bounce, now=clock.now())
        self.stdout.write("marked" if marked else "no delivery of ours came back with it")


def _line(row: Planned) -> str:
    patient, contact = row.step.item.course.patient, row.step.contact
    at = row.step.at.astimezone(ZoneInfo(row.place.site.timezone))
    who = initials(patient.given_name, patient.family_name)
    to = f"{row.step.item.owner or 'center'} -> {row.step.dated_step.step.receiver}"
    address = f"{contact.channel} {contact.masked}" if contact else ""
    what = f"{row.step.item.item} ({row.why})"
    return f"{at:%Y-%m-%d %H:%M %Z}  {row.place.site.key}  {who:6} {what}  {to}  {address}"
