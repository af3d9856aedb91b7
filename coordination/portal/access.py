"""How somebody of a practice gets into the portal, stays for a time, and leaves."""

import hashlib
from datetime import date, datetime, timedelta
from secrets import token_urlsafe

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import Practice, Site, User
from coordination.messages import contacts, gateway
from coordination.messages.outgoing import NotTaken, Outgoing, Unclear
from coordination.models import CalendarFeed, Invitation

VALID_FOR = timedelta(days=14)
LONGEST_ACCESS_DAYS = 400
SUBJECT = "Your access to the patients you referred"
TEXT = """\
Hello {name},

{site} gives you access to the patients that {practice} referred: where each stands, and what is needed from \
you by when.

Choose a password here; the link works once, within {days} days:

{link}

It is for you alone. If you did not expect it, do nothing{phone}.
To get no more mail from us: {stop}
"""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# --- whom a member of the staff may let in ----------------------------------------------------------


def practices_of(scope: Scope) -> QuerySet[Practice]:
    """The practices that one's sites work with, and those that have referred nobody yet."""
    return Practice.objects.filter(_works_with(scope) | Q(patients=None), is_active=True).distinct()


def _works_with(scope: Scope) -> Q:
    """A practice refers to one's sites, or was asked in by them."""
    referring = scope.patients.exclude(referred_by=None).values("referred_by")
    return Q(pk__in=referring) | Q(invitations__site__in=scope.sites)


def accounts_of(scope: Scope) -> QuerySet[User]:
    """The people of these practices; not those whom another site alone has let in."""
    practices = Practice.objects.filter(_works_with(scope), is_active=True)
    return User.objects.filter(role=Role.REFERRER, practice__in=practices.values("pk"))


def may_read(practice: Practice | None, *, on: date) -> bool:
    """Whether anybody of the practice can sign in to the portal on a day."""
    lasts = Q(access_ends_on=None) | Q(access_ends_on__gte=on)
    accounts = User.objects.filter(lasts, role=Role.REFERRER, practice__isnull=False, is_active=True)
    return accounts.filter(practice=practice).exists()


# --- inviting ---------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    practice: Practice, *, site: Site, full_name: str, email: str, access_days: int, by: User, now: datetime
) -> tuple[Invitation, str]:
    """Ask a named person in; returns the invitation and the secret of its link, which is kept nowhere.

    Raises CareError where the person is in already, or was asked.
    """
    email = email.strip().lower()
    _not_in_already(email, practice)
    if Invitation.objects.open(now).filter(practice=practice, email=email).exists():
        raise CareError("An invitation to this address is still waiting: send it again.", "email")
    token = token_urlsafe(32)
    invitation = Invitation(
        site=site,
        practice=practice,
        full_name=full_name.strip(),
        email=email,
        access_days=access_days,
        token_hash=_hash(token),
        invited_at=now,
        invited_by=by,
        expires_at=now + VALID_FOR,
    )
    invitation.save_by(by, because="invited")
    return invitation, token


def _not_in_already(email: str, practice: Practice) -> None:
    account = User.objects.filter(username=email).first()
    if account is None:
        return
    if account.role != Role.REFERRER or account.practice_id != practice.pk:
        raise CareError("This address belongs to another account: use another address.", "email")
    raise CareError("This address has an account already: renew its access.", "email")


@transaction.atomic
def renew_link(invitation: Invitation, *, by: User, now: datetime) -> str:
    """A new link for the same person; the one before is worth nothing. Returns its secret."""
    invitation = Invitation.objects.lock().get(pk=invitation.pk)
    _not_settled(invitation)
    token = token_urlsafe(32)
    invitation.token_hash, invitation.expires_at = _hash(token), now + VALID_FOR
    invitation.sent_at, invitation.problem = None, ""
    invitation.save_by(by, because="sent again")
    return token


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User, now: datetime, because: str) -> None:
    invitation = Invitation.objects.lock().get(pk=invitation.pk)
    _not_settled(invitation)
    invitation.withdrawn_at, invitation.withdrawn_by = now, by
    invitation.withdrawn_because = because.strip() or "withdrawn"
    invitation.save_by(by, because=invitation.withdrawn_because)


def _not_settled(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise CareError("The invitation has been used.")
    if invitation.withdrawn_at:
        raise CareError("The invitation was withdrawn.")


def link_of(token: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse('accept-invitation', args=[token])}"


def send_invitation(invitation: Invitation, token: str, *, by: User, now: datetime) -> bool:
    """Send the link; what the mail server says is kept with the invitation. True when it was taken."""
    point = contacts.of_practice_by_mail(invitation.practice, invitation.email, by=by, now=now)
    invitation.sent_at, invitation.problem = None, "the receiver stopped messages to this address"
    if not point.stopped_at:
        invitation.problem = _hand_over(_message(invitation, token, stop=contacts.way_out_of(point)))
    if not invitation.problem:
        invitation.sent_at = now
    invitation.save_by(by, because=invitation.problem or "sent")
    return not invitation.problem


def _message(invitation: Invitation, token: str, *, stop: str) -> Outgoing:
    return Outgoing(
        channel="email",
        to=invitation.email,
        subject=SUBJECT,
        body=TEXT.format(
            name=invitation.full_name,
            site=invitation.site.name,
            practice=invitation.practice.name,
            days=VALID_FOR.days,
            link=link_of(token),
            stop=stop,
            phone=f", or call {invitation.site.phone}" if invitation.site.phone else "",
        ),
        reference=invitation.public_id.hex,
        stop_url=stop,
        status_url="",
    )


def _hand_over(message: Outgoing) -> str:
    """Why it was not taken; empty where it was."""
    try:
        gateway.send_outgoing(message)
    except (NotTaken, Unclear) as problem:
        return problem.because[:200]
    return ""


# --- coming in --------------------------------------------------------------------------------------


def invitation_by_token(token: str, *, now: datetime) -> Invitation | None:
    """The invitation of a link that still works."""
    return (
        Invitation.objects.open(now)
        .filter(token_hash=_hash(token))
        .select_related("practice", "site", "invited_by")
        .first()
    )


@transaction.atomic
def accept_invitation(invitation: Invitation, *, password: str, now: datetime, today: date) -> User:
    """Open the account that the link is for, once. Raises CareError where the link has been used."""
    invitation = Invitation.objects.lock().get(pk=invitation.pk)
    if invitation.state(now) != "waiting":
        raise CareError("This link has been used, or does not work any more.")
    _not_in_already(invitation.email, invitation.practice)
    account = User(
        username=invitation.email,
        full_name=invitation.full_name,
        email=invitation.email,
        role=Role.REFERRER,
        practice=invitation.practice,
        access_ends_on=today + timedelta(days=invitation.access_days),
        created_at=now,
    )
    account.set_password(password)
    account.save_by(invitation.invited_by, because="invitation accepted")
    invitation.accepted_at, invitation.account = now, account
    invitation.save_by(account, because="accepted")
    return account


# --- staying and leaving ----------------------------------------------------------------------------


def renew(account: User, *, until: date, by: User, today: date) -> None:
    """Access until a day to come, also when it had ended."""
    if not today < until <= today + timedelta(days=LONGEST_ACCESS_DAYS):
        raise CareError(f"Choose a day within the next {LONGEST_ACCESS_DAYS} days.", "until")
    account.is_active, account.access_ends_on = True, until
    account.save_by(by, because=f"portal access until {until}")


@transaction.atomic
def end_access(account: User, *, by: User, now: datetime, because: str) -> None:
    """No more access, from the next request on; the calendar address ends too."""
    if not because.strip():
        raise CareError("Say why.", "because")
    account.is_active = False
    account.save_by(by, because=because)
    CalendarFeed.objects.standing().filter(user=account).update(ended_at=now)
