"""The second factor of whoever signs: a code that an app on their phone shows, or a recovery code.

Codes, their clock, replay and slowing down of guesses are django-otp's. What is ours: when a site asks for
one, and that the session remembers the last one.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import django_otp
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from coordination.base import audit
from coordination.base.access import StaffRequest
from coordination.base.errors import CareError, NotPermitted
from coordination.base.models import Site, SiteSettings, User
from coordination.base.models.audit import AuditEventKind as Kind

FIELD = "one_time_code"
CHECKED_AT = "second_factor_at"
RECOVERY_CODES = 10


class Ask(StrEnum):
    """What has to happen before a person may sign."""

    NOTHING = "nothing"
    CODE = "code"
    SET_UP = "set-up"


def ask(request: StaffRequest, site: Site, *, now: datetime) -> Ask:
    """A code where the last one is older than the site allows; setting it up where the site wants one."""
    settings = SiteSettings.objects.filter(site=site).first() or SiteSettings()
    if app_of(request.user) is None:
        return Ask.SET_UP if settings.second_factor_required else Ask.NOTHING
    oldest = now - timedelta(minutes=settings.second_factor_minutes)
    return Ask.NOTHING if request.session.get(CHECKED_AT, 0) > oldest.timestamp() else Ask.CODE


def confirm(request: StaffRequest, site: Site, *, code: str, now: datetime) -> None:
    """Let the act go on, or say what is missing. Once accepted, a code holds for the site's minutes."""
    match ask(request, site, now=now):
        case Ask.SET_UP:
            raise NotPermitted("Here a signature needs a second factor: set yours up first.")
        case Ask.CODE:
            check(request, code, now=now)
        case Ask.NOTHING:
            pass


def check(request: StaffRequest, code: str, *, now: datetime) -> None:
    """Accept a code of this person, or refuse it beside the field."""
    user, typed = request.user, code.replace(" ", "").lower()
    if not typed:
        raise CareError("Type the code that your app shows now, or a recovery code.", FIELD)
    _not_too_fast(user, now)
    if django_otp.match_token(user, typed) is None:
        audit.record(request, Kind.SECOND_FACTOR, detail={"outcome": "refused"})
        raise CareError("Not accepted. A code works once: wait until your app shows the next one.", FIELD)
    _guessing_is_over(user)
    remember(request, outcome="accepted", now=now)


def remember(request: StaffRequest, *, outcome: str, now: datetime) -> None:
    """Keep in the session that the second factor was there just now, and in the audit what for."""
    request.session[CHECKED_AT] = now.timestamp()
    audit.record(request, Kind.SECOND_FACTOR, detail={"outcome": outcome})


def _not_too_fast(user: User, now: datetime) -> None:
    waits = [said["locked_until"] for _, said in map(_allowed, django_otp.devices_for_user(user)) if said]
    if waits:
        seconds = max(1, round((max(waits) - now).total_seconds()))
        raise CareError(f"Too many codes that were not accepted: try again in {seconds} s.", FIELD)


def _allowed(device: Any) -> tuple[bool, dict[str, Any] | None]:
    allowed: tuple[bool, dict[str, Any] | None] = device.verify_is_allowed()
    return allowed


def _guessing_is_over(user: User) -> None:
    """A code is tried as one of the app, then as one of recovery: right for one, it failed for the other."""
    for device in django_otp.devices_for_user(user):
        device.throttle_reset()


# --- setting up -------------------------------------------------------------------------------------


def app_of(user: User) -> TOTPDevice | None:
    """The app that the person has set up."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).first()


def app_to_set_up(user: User) -> TOTPDevice:
    """The app that the person is about to set up; it counts once it has shown a right code."""
    device, _ = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "app"})
    return device


@transaction.atomic
def set_up(request: StaffRequest, *, code: str, now: datetime) -> list[str]:
    """Take the app into use and return the recovery codes, which are shown this once."""
    device = app_to_set_up(request.user)
    if django_otp.verify_token(request.user, device.persistent_id, code.replace(" ", "")) is None:
        return []
    TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
    remember(request, outcome="set up", now=now)
    return new_recovery_codes(request.user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Codes for the day the phone is lost; the ones before them work no more."""
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes", confirmed=True)
    codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


def recovery_codes_left(user: User) -> int:
    left: int = StaticToken.objects.filter(device__user=user).count()
    return left


@transaction.atomic
def forget(user: User) -> bool:
    """Take the app and the recovery codes away, as for a lost phone; whether there was one."""
    had_one = app_of(user) is not None
    TOTPDevice.objects.filter(user=user).delete()
    StaticDevice.objects.filter(user=user).delete()
    return had_one
