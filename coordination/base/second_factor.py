"""The second factor: a code that an app on a person's phone shows (RFC 6238), or a recovery code.

Asked for at sign-in, and again before what releases, moves or ends a dose. The seed lies encrypted in the
database (base/encryption.py), recovery codes as hashes. A code works once; each refused one makes the next
wait longer, whether it was tried as one of the app or as one of recovery.
"""

import hashlib
import secrets
from base64 import b32decode, b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import transaction
from django.http import HttpRequest

from coordination.base import audit, sessions
from coordination.base.access import StaffRequest
from coordination.base.choices import Role
from coordination.base.encryption import encrypt, unseal
from coordination.base.errors import CareError, NotPermitted
from coordination.base.models import AuthenticatorApp, RecoveryCode, Site, SiteSettings, User
from coordination.base.models.audit import AuditEventKind as Kind

FIELD = "one_time_code"
CHECKED_AT = "second_factor_at"
ISSUER = "Fourfold"
DIGITS, STEP_SECONDS, SEED_BYTES = 6, 30, 20
CLOCK_MAY_DIFFER_BY = 1  # steps, either way
# 120 bits: so long that no one guesses it, and a plain hash keeps it (ASVS 5.0, 6.5.2).
RECOVERY_CODES, RECOVERY_BYTES = 10, 15
LONGEST_WAIT_SECONDS = 15 * 60
# NIST SP 800-63B-4, 3.2.2: after a hundred refused in a row, a person has to make sure who it is.
MOST_REFUSED = 100

ASKED_AT_SIGN_IN = frozenset({Role.PRESCRIBER, Role.ADMIN})
# Who may sign, resume, stop, attribute or order a dose, and who administers.
SETS_IT_UP = frozenset({Role.NAVIGATOR, Role.PRESCRIBER, Role.CLINIC, Role.ADMIN})


class CodeNeeded(StrEnum):
    """What has to happen before a person may go on."""

    NOTHING = "nothing"
    CODE = "code"
    SET_UP = "set-up"


# --- when -------------------------------------------------------------------------------------------


def at_sign_in(user: User) -> CodeNeeded:
    """What a right password is to be followed by, as the person's sites want it."""
    rules = _rules_of(user)
    for_all = any(rule.second_factor_for_all for rule in rules)
    if app_of(user):
        return CodeNeeded.CODE if for_all or user.role in ASKED_AT_SIGN_IN else CodeNeeded.NOTHING
    required = any(rule.second_factor_required for rule in rules) and user.role in SETS_IT_UP
    return CodeNeeded.SET_UP if for_all or required else CodeNeeded.NOTHING


def is_asked_at_sign_in(user: User) -> bool:
    return user.pk is not None and at_sign_in(user) is CodeNeeded.CODE


def _rules_of(user: User) -> list[SiteSettings]:
    """Of each of the person's sites; whoever has none is treated as everywhere else."""
    sites = Site.objects.filter(users=user).select_related("settings")
    return [getattr(site, "settings", None) or SiteSettings() for site in sites] or [SiteSettings()]


def code_needed(request: StaffRequest, site: Site, *, now: datetime) -> CodeNeeded:
    """A code where the last one is older than the site allows; setting it up where the site wants one."""
    settings = SiteSettings.objects.filter(site=site).first() or SiteSettings()
    if app_of(request.user) is None:
        return CodeNeeded.SET_UP if settings.second_factor_required else CodeNeeded.NOTHING
    oldest = now - timedelta(minutes=settings.second_factor_minutes)
    return CodeNeeded.NOTHING if request.session.get(CHECKED_AT, 0) > oldest.timestamp() else CodeNeeded.CODE


def confirm_act(request: StaffRequest, site: Site, *, code: str, now: datetime) -> None:
    """Let the act go on, or say what is missing. Once accepted, a code holds for the site's minutes."""
    match code_needed(request, site, now=now):
        case CodeNeeded.SET_UP:
            raise NotPermitted("Here a signature needs a second factor: set yours up first.")
        case CodeNeeded.CODE:
            check_code(request, request.user, code, now=now)
        case CodeNeeded.NOTHING:
            pass


# --- codes ------------------------------------------------------------------------------------------


def check_code(request: HttpRequest, user: User, code: str, *, now: datetime) -> None:
    """Accept a code of this person, or refuse it beside the field."""
    typed = _plain(code)
    if not typed:
        raise CareError("Type the code that your app shows now, or a recovery code.", FIELD)
    if not _accepted(user, typed, now):
        audit.add_event(request, Kind.SECOND_FACTOR, user=user, detail={"outcome": "refused"})
        raise CareError("Not accepted. A code works once: wait until your app shows the next one.", FIELD)
    remember_second_factor(request, user, outcome="accepted", now=now)


def remember_second_factor(request: HttpRequest, user: User, *, outcome: str, now: datetime) -> None:
    """Keep in the session that the second factor was there just now, and in the audit what for."""
    request.session[CHECKED_AT] = now.timestamp()
    audit.add_event(request, Kind.SECOND_FACTOR, user=user, detail={"outcome": outcome})


def _plain(code: str) -> str:
    return code.replace(" ", "").replace("-", "").lower()


@transaction.atomic
def _accepted(user: User, typed: str, now: datetime) -> bool:
    """One try after the other: of two with the same code, one is accepted."""
    app = AuthenticatorApp.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    if app is None:
        return False
    _not_too_fast(app, now)
    step = _step_of(app, typed, now)
    if step is not None and step > app.last_step:
        app.last_step, app.failures, app.failed_at = step, 0, None
    elif _used_up(user, typed):
        app.failures, app.failed_at = 0, None
    else:
        app.failures, app.failed_at = min(app.failures + 1, MOST_REFUSED), now
    app.save()
    return app.failures == 0


def _not_too_fast(app: AuthenticatorApp, now: datetime) -> None:
    if app.failed_at is None:
        return
    if app.failures >= MOST_REFUSED:
        raise CareError("Too many codes were not accepted. Ask your administrator to take it away.", FIELD)
    wait = min(1 << (app.failures - 1), LONGEST_WAIT_SECONDS)
    left = (app.failed_at + timedelta(seconds=wait) - now).total_seconds()
    if left > 0:
        raise CareError(
            f"Too many codes that were not accepted: try again in {max(1, round(left))} s.", FIELD
        )


def _step_of(app: AuthenticatorApp, typed: str, now: datetime) -> int | None:
    """The half minute whose code this is, as far as the phone's clock may differ from ours."""
    here = int(now.timestamp()) // STEP_SECONDS
    # SHA-1 as RFC 6238 has it.
    codes = TOTP(b32decode(seed_of(app)), DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303  # nosec B303
    near = range(here - CLOCK_MAY_DIFFER_BY, here + CLOCK_MAY_DIFFER_BY + 1)
    found = [step for step in near if _same(codes.generate(step * STEP_SECONDS).decode(), typed)]
    return found[-1] if found else None


def _same(one: str, other: str) -> bool:
    return secrets.compare_digest(one.encode(), other.encode())


def _used_up(user: User, typed: str) -> bool:
    deleted, _ = RecoveryCode.objects.filter(user=user, code_hash=_hash(typed)).delete()
    return deleted > 0


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


# --- setting up -------------------------------------------------------------------------------------


def app_of(user: User) -> AuthenticatorApp | None:
    """The app that the person has set up."""
    return AuthenticatorApp.objects.filter(user=user, confirmed_at__isnull=False).first()


def app_to_set_up(user: User) -> AuthenticatorApp:
    """The app that the person is about to set up; however often and wherever it is asked for, it is one."""
    seed = b32encode(secrets.token_bytes(SEED_BYTES)).decode()
    sealed = encrypt(seed, about=_about(user))
    app, _ = AuthenticatorApp.objects.get_or_create(user=user, defaults={"sealed_seed": sealed})
    return app


def seed_of(app: AuthenticatorApp) -> str:
    """In base32, as apps take it. Raises SealBroken."""
    return unseal(app.sealed_seed, about=_about(app.user))


def _about(user: User) -> str:
    return f"second factor of {user.public_id}"


def otpauth_url(app: AuthenticatorApp) -> str:
    """What the QR code says, in the form that authenticator apps read."""
    query = urlencode({"secret": seed_of(app), "issuer": ISSUER, "digits": DIGITS, "period": STEP_SECONDS})
    return f"otpauth://totp/{quote(f'{ISSUER}:{app.user.username}')}?{query}"


@transaction.atomic
def set_up(request: HttpRequest, user: User, *, code: str, now: datetime) -> list[str]:
    """Take the app into use and return the recovery codes, which are shown this once."""
    app = AuthenticatorApp.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    step = _step_of(app, _plain(code), now) if app else None
    if app is None or step is None:
        return []
    app.confirmed_at, app.last_step = now, step
    app.save()
    remember_second_factor(request, user, outcome="set up", now=now)
    return new_recovery_codes(user)


@transaction.atomic
def new_recovery_codes(user: User) -> list[str]:
    """Codes for the day the phone is lost; the ones before them work no more."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = [b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(code)) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user).count()


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was taken away. `was_begun`: an app that had never shown a right code."""

    had_app: bool
    was_begun: bool
    codes: int
    sessions: int

    @property
    def is_anything(self) -> bool:
        return self.had_app or self.was_begun or self.codes > 0


@transaction.atomic
def forget(user: User, *, but: str | None = None) -> Forgotten:
    """Take the app and the recovery codes away, as for a lost phone, and end the account's sessions.

    `but` is the key of the session that stays: of the person who does it themselves.
    """
    apps = list(AuthenticatorApp.objects.select_for_update().filter(user=user))
    codes, _ = RecoveryCode.objects.filter(user=user).delete()
    AuthenticatorApp.objects.filter(user=user).delete()
    had_app = any(app.confirmed_at for app in apps)
    taken = had_app or bool(codes)
    ended = sessions.end_others(user, but=but) if taken else 0
    return Forgotten(had_app, bool(apps) and not had_app, codes, ended)
