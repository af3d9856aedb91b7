"""Machines that may call: create, list, change, rotate and end their access (docs/integration.md)."""

from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.management.base import BaseCommand, CommandError

from coordination.base import api_clients as clients
from coordination.base import clock
from coordination.base.api_clients import ApiScope
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import ApiClient, Site, User

DEFAULT_OVERLAP_HOURS = 24
ANY, NEVER = "any", "never"
SETTINGS = ("scopes", "mrn_systems", "park_unknown", "expires_on", "timezone")


def _day(text: str) -> date | str:
    try:
        return NEVER if text == NEVER else date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no day: write 2027-12-31, or never.") from None


def _hours(text: str) -> timedelta:
    if not text.isdecimal() or not 0 < int(text) <= 24 * 90:
        raise ArgumentTypeError("An overlap is 1 to 2160 hours.")
    return timedelta(hours=int(text))


def _zone(text: str) -> str:
    if text not in available_timezones():
        raise ArgumentTypeError(f"{text!r} is no time zone: write America/Chicago, for example.")
    return ZoneInfo(text).key


class Command(BaseCommand):
    help = "Create, list, change, rotate and end API clients. A token is shown once, when it is made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        create = acts.add_parser("create", help="make a client and show its token")
        create.add_argument("name")
        self._settings(create, is_new=True)
        create.add_argument("--because", default="created", help="why, for the history")
        listed = acts.add_parser("list", help="every client, with what it may do")
        listed.add_argument(
            "--as", dest="viewer", metavar="USERNAME", help="only those of this administrator's sites"
        )
        change = acts.add_parser("change", help="change what a client may do; its token stays")
        change.add_argument("name")
        self._settings(change, is_new=False)
        rotate = acts.add_parser("rotate", help="give a client a new token and show it")
        rotate.add_argument("name")
        when = rotate.add_mutually_exclusive_group()
        when.add_argument(
            "--overlap",
            type=_hours,
            metavar="HOURS",
            default=timedelta(hours=DEFAULT_OVERLAP_HOURS),
            help=f"how long the old token opens too ({DEFAULT_OVERLAP_HOURS})",
        )
        when.add_argument("--at-once", action="store_true", help="the old token opens nothing any more")
        rotate.add_argument(
            "--ends", type=_day, dest="expires_on", help="the last day of the new token, or never"
        )
        end = acts.add_parser("end", help="end a client: its tokens open nothing any more")
        end.add_argument("name")
        for later in (change, rotate, end):
            later.add_argument("--because", required=True, help="why, for the history")

    def _settings(self, parser: ArgumentParser, *, is_new: bool) -> None:
        parser.add_argument(
            "--site",
            action="append",
            required=is_new,
            metavar="KEY",
            help="whose patients it reaches; repeat",
        )
        parser.add_argument(
            "--scope",
            action="append",
            required=is_new,
            dest="scopes",
            choices=[scope.value for scope in ApiScope],
            help="what it may do; repeat",
        )
        parser.add_argument(
            "--mrn-system",
            action="append",
            dest="mrn_systems",
            metavar="SYSTEM",
            help="the assigning authorities whose numbers it may use; repeat; any: without a limit",
        )
        parked = parser.add_mutually_exclusive_group()
        parked.add_argument(
            "--park-unknown",
            action="store_true",
            default=None,
            help="a report for an unknown patient is answered 202",
        )
        parked.add_argument(
            "--refuse-unknown", action="store_false", dest="park_unknown", help="it is answered 422"
        )
        parser.add_argument(
            "--ends", type=_day, dest="expires_on", help="the last day of its token, or never"
        )
        parser.add_argument(
            "--time-zone", type=_zone, dest="timezone", help="of a day it sends, where it has no site"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "create": self._create,
            "list": self._list,
            "change": self._change,
            "rotate": self._rotate,
            "end": self._end,
        }
        try:
            acts[options["act"]](options)
        except CareError as error:
            raise CommandError(error.message) from error

    def _create(self, options: dict[str, Any]) -> None:
        client, token = clients.create(
            options["name"],
            sites=_sites(options["site"]),
            because=options["because"],
            **_chosen(options),
        )
        self._show(client, token)

    def _change(self, options: dict[str, Any]) -> None:
        client, chosen = _client(options["name"]), _chosen(options)
        if not chosen and options["site"] is None:
            raise CommandError(
                "Say what to change: --site, --scope, --mrn-system, --park-unknown, --ends ..."
            )
        sites = None if options["site"] is None else _sites(options["site"])
        clients.change(client, because=options["because"], sites=sites, **chosen)
        self.stdout.write(_line(client))

    def _rotate(self, options: dict[str, Any]) -> None:
        client = _client(options["name"])
        token = clients.rotate(
            client,
            overlap=timedelta() if options["at_once"] else options["overlap"],
            because=options["because"],
            now=clock.now(),
            **_chosen(options),
        )
        self._show(client, token)
        until = client.old_token_ends_at
        self.stdout.write(
            f"The old token opens until {until:%Y-%m-%d %H:%M} UTC."
            if until
            else "The old token opens nothing."
        )

    def _end(self, options: dict[str, Any]) -> None:
        client = _client(options["name"])
        clients.end_client(client, because=options["because"])
        self.stdout.write(f"{client} was ended.")

    def _list(self, options: dict[str, Any]) -> None:
        found = ApiClient.objects.all()
        if options["viewer"]:
            found = found.at(_administrator(options["viewer"]).sites.all())
        for client in found.prefetch_related("sites"):
            self.stdout.write(_line(client))

    def _show(self, client: ApiClient, token: str) -> None:
        self.stdout.write(_line(client))
        self.stdout.write(f"Token (shown only now): {token}")


def _administrator(username: str) -> User:
    user = User.objects.filter(username=username.lower(), role=Role.ADMIN, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no administrator {username!r}.")
    return user


def _client(name: str) -> ApiClient:
    client = ApiClient.objects.filter(name=name).first()
    if client is None:
        raise CommandError(f"There is no API client {name!r}; see `manage.py api_client list`.")
    return client


def _sites(keys: list[str]) -> list[Site]:
    known = {site.key: site for site in Site.objects.all()}
    if unknown := [key for key in keys if key not in known]:
        raise CommandError(f"There is no site {unknown[0]!r}; there are {', '.join(sorted(known))}.")
    return [known[key] for key in keys]


def _chosen(options: dict[str, Any]) -> dict[str, Any]:
    """The settings that were named."""
    chosen = {name: options[name] for name in SETTINGS if options.get(name) is not None}
    if chosen.get("mrn_systems") == [ANY]:
        chosen["mrn_systems"] = []
    if chosen.get("expires_on") == NEVER:
        chosen["expires_on"] = None
    return chosen


def _line(client: ApiClient) -> str:
    """One client on one line, for people and for grep."""
    parts = [
        client.name,
        "active" if client.is_active else "ended",
        f"sites: {', '.join(site.key for site in client.sites.all()) or 'none'}",
        f"scopes: {', '.join(client.scopes) or 'none'}",
        f"MRN systems: {', '.join(client.mrn_systems) or 'any'}",
        "unknown patients: parked" if client.park_unknown else "unknown patients: refused",
        f"ends: {client.expires_on or 'never'}",
        f"last used: {f'{client.last_used_at:%Y-%m-%d %H:%M} UTC' if client.last_used_at else 'never'}",
    ]
    if client.old_token_ends_at and client.old_token_ends_at > clock.now():
        parts.append(f"old token until {client.old_token_ends_at:%Y-%m-%d %H:%M} UTC")
    return " | ".join(parts)
