"""How guessing passwords is slowed down: a wait that grows with each failed try, never a lock.

A try is counted before the password is looked at, so that a thousand at once are not a thousand guesses, and
taken back when it was right. What is counted depends on where it comes from:

* a browser that has signed in to this account before: this account in this browser alone;
* an address from which the account has signed in before: the account there, and the address;
* anywhere else: the account, the address, and the installation as a whole.

So a stranger who tries a nurse's name all night makes strangers wait, and not the nurse at her desk.
Decided in docs/decisions/guessing.md.
"""

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from coordination.base import audit
from coordination.base.errors import CareError
from coordination.base.models import AuditEvent, SignInTries, User
from coordination.base.origin import network_of

SALT = "coordination.base.guessing"
COOKIE = "__Host-known" if settings.SECURE_COOKIES else "known"
KNOWN_FOR = timedelta(days=90)
MOST_PEOPLE_AT_A_DESK = 20
TRIES_ARE_KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` tries cost nothing; the wait then doubles from one second up to `longest`.

    One failed try is forgotten every `forgets` seconds.
    """

    free: int
    forgets: int
    longest: int

    def wait(self, level: float) -> timedelta:
        over = math.ceil(level) - self.free
        return timedelta(seconds=min(1 << min(over - 1, 20), self.longest) if over > 0 else 0)

    def level(self, before: float, since: timedelta) -> float:
        return max(0.0, before - since.total_seconds() / self.forgets)


LIMITS = {
    "own": Limit(free=5, forgets=5 * 60, longest=5 * 60),  # the account at a place of its own
    "account": Limit(free=5, forgets=30 * 60, longest=15 * 60),  # the account from elsewhere
    "address": Limit(free=20, forgets=60, longest=5 * 60),
    "whole": Limit(free=30, forgets=30, longest=60),  # everything from places nobody knows
}
# A right password clears what was counted against its account; of an address and of the whole, only itself.
CLEARED = ("own", "account")


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt to sign in: what it is counted by, and how long it has to wait before it is looked at."""

    keys: Sequence[str] = ()
    wait: timedelta = timedelta(0)


# --- counting ---------------------------------------------------------------------------------------


def begin(request: HttpRequest, username: str, now: datetime) -> Try:
    """Count a try to sign in. Where it has to wait, it is not counted, and must not be looked at."""
    if settings.FOURFOLD_DEMO:  # everybody is told the passwords
        return Try()
    SignInTries.objects.filter(at__lt=now - TRIES_ARE_KEPT_FOR).delete()
    folded = username.strip().lower()
    user = User.objects.filter(username=folded).first()
    return _count(_keys_of(request, folded, user, now), now)


def succeeded(tried: Try, now: datetime) -> None:
    """The password was right: take the try back."""
    with transaction.atomic():
        for row in SignInTries.objects.select_for_update().filter(key__in=tried.keys).order_by("key"):
            kind = _kind_of(row.key)
            row.level = 0 if kind in CLEARED else max(0, row.level - 1)
            row.waits_until = now + LIMITS[kind].wait(row.level)
            row.save()


def is_own_password(request: HttpRequest, user: User, password: str, now: datetime) -> bool:
    """Whether a signed-in person typed their password. Raises CareError where they must wait first."""
    tried = Try() if settings.FOURFOLD_DEMO else _count([_key("own", f"{user.pk} signed in")], now)
    if tried.wait:
        raise CareError(f"Too many wrong passwords: try again in {in_words(tried.wait)}.")
    if not user.check_password(password):
        return False
    succeeded(tried, now)
    return True


def in_words(wait: timedelta) -> str:
    seconds = math.ceil(wait.total_seconds())
    return f"{seconds} s" if seconds < 120 else f"{math.ceil(seconds / 60)} minutes"


@transaction.atomic
def _count(keys: Sequence[str], now: datetime) -> Try:
    rows = _locked(keys, now)
    wait = max((row.waits_until - now for row in rows), default=timedelta(0))
    if wait > timedelta(0):
        return Try(keys, wait)
    for row in rows:
        limit = LIMITS[_kind_of(row.key)]
        row.level, row.at = limit.level(row.level, now - row.at) + 1, now
        row.waits_until = now + limit.wait(row.level)
        row.save()
    return Try(keys)


def _locked(keys: Sequence[str], now: datetime) -> list[SignInTries]:
    """In one order for everybody, so that no two wait for each other."""
    new = [SignInTries(key=key, at=now, waits_until=now) for key in sorted(keys)]
    SignInTries.objects.bulk_create(new, ignore_conflicts=True)
    return list(SignInTries.objects.select_for_update().filter(key__in=keys).order_by("key"))


# --- by what ----------------------------------------------------------------------------------------


def _keys_of(request: HttpRequest, username: str, user: User | None, now: datetime) -> list[str]:
    network = network_of(audit.address_of(request))
    if user and (browser := _known_browser(request, user)):
        return [_key("own", f"{user.pk} in browser {browser}")]
    if user and _is_known_address(user, audit.address_of(request), now):
        return [_key("own", f"{user.pk} at {network}"), _key("address", network)]
    return [_key("account", username), _key("address", network), _key("whole", "")]


def _key(kind: str, what: str) -> str:
    return f"{kind}:{_keyed(what)}"


def _kind_of(key: str) -> str:
    return key.partition(":")[0]


def _is_known_address(user: User, address: str | None, now: datetime) -> bool:
    signed_in = AuditEvent.objects.filter(user=user, kind=AuditEvent.Kind.SIGN_IN, at__gte=now - KNOWN_FOR)
    return address is not None and signed_in.filter(address=address).exists()


# --- browsers that are known ------------------------------------------------------------------------


def know_this_browser(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """After signing in: the browser shows from now on that this account has used it."""
    browser, marks = _shown(request)
    others = [mark for mark in marks if mark != _mark(user)]
    value = ".".join([browser or secrets.token_hex(8), _mark(user), *others][: 1 + MOST_PEOPLE_AT_A_DESK])
    response.set_cookie(
        COOKIE,
        TimestampSigner(salt=SALT).sign(value),
        max_age=int(KNOWN_FOR.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SECURE_COOKIES,
    )


def _known_browser(request: HttpRequest, user: User) -> str:
    """Which browser this is, where the account has used it; else empty.

    Whoever signs in meanwhile, it stays the same: nobody gets new tries by signing in as themselves.
    """
    browser, marks = _shown(request)
    return browser if _mark(user) in marks else ""


def _shown(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        value = TimestampSigner(salt=SALT).unsign(request.COOKIES.get(COOKIE, ""), max_age=KNOWN_FOR)
    except BadSignature:
        return "", []
    browser, *marks = value.split(".")
    return browser, marks


def _mark(user: User) -> str:
    """Ends with the password: a new one makes every browser a stranger again."""
    return _keyed(f"{user.pk}:{user.password}")[:20]


def _keyed(text: str) -> str:
    return salted_hmac(SALT, text, algorithm="sha256").hexdigest()


def forget_account(user: User) -> int:
    """Let an account be tried at once again from anywhere; how many waits were counted against it."""
    deleted, _ = SignInTries.objects.filter(key=_key("account", user.username), level__gt=0).delete()
    return deleted
