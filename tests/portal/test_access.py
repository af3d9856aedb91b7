"""Being invited, coming in, staying for a time, leaving."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.models import AuditEvent, User
from coordination.models import CalendarFeed, ContactPoint, Invitation
from tests.base.objects import World
from tests.patients.stories import NOW

PASSWORD = "four infusions, eight weeks apart"


@pytest.fixture(autouse=True)
def _mail(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def navigator(world: World) -> Client:
    client = Client()
    client.force_login(world.own.user(Role.NAVIGATOR))
    return client


def _invite(navigator: Client, world: World, **other: object) -> int:
    said = {
        "practice": world.own.practice.public_id,
        "site": world.own.site.public_id,
        "full_name": "Dr. Lena Moss",
        "email": "Moss@Practice.example",
        "access_days": 90,
        **other,
    }
    return navigator.post(reverse("portal-access"), said).status_code


def _link() -> str:
    found = re.search(r"http\S+(/invitation/\S+)", str(mail.outbox[-1].body))
    assert found
    return found.group(1)


def _accept(link: str, password: str = PASSWORD, again: str = "") -> int:
    return Client().post(link, {"password": password, "again": again or password}).status_code


def test_an_invited_person_comes_in_by_the_link_once(navigator: Client, world: World) -> None:
    assert _invite(navigator, world) == 302
    link = _link()
    token = link.rsplit("/", 1)[1]
    assert not Invitation.objects.filter(token_hash=token).exists()
    for _ in range(2):  # a mail scanner looks too
        assert Client().get(link).status_code == 200

    assert _accept(link) == 302

    account = User.objects.get(username="moss@practice.example")
    assert (account.role, account.practice) == (Role.REFERRER, world.own.practice)
    assert account.access_ends_on == NOW.date() + timedelta(days=90)
    signed_in = Client().post(reverse("sign-in"), {"username": account.username, "password": PASSWORD})
    assert signed_in.status_code == 302
    assert Client().get(link).status_code == 404
    assert _accept(link) == 404
    assert Invitation.objects.get().account == account


@pytest.mark.hazard("H33")
def test_the_mail_names_no_patient_and_goes_to_one_address(navigator: Client, world: World) -> None:
    patient = world.own.patient
    _invite(navigator, world)
    [sent] = mail.outbox
    assert sent.to == ["moss@practice.example"]
    for word in (patient.family_name, "PRRT", "infusion"):
        assert word not in f"{sent.subject} {sent.body}"


def test_the_way_out_of_an_invitation_is_that_of_its_own_address(navigator: Client, world: World) -> None:
    _invite(navigator, world)
    point = ContactPoint.objects.get(practice=world.own.practice, address="moss@practice.example")
    [sent] = mail.outbox
    way_out = f"http://localhost:8000{reverse('way-out', args=[point.token])}"
    assert sent.extra_headers["List-Unsubscribe"] == f"<{way_out}>"
    assert way_out in str(sent.body) and not point.is_usable
    link = _link()

    answer = Client().post(reverse("way-out", args=[point.token]), {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert Client().get(link).status_code == 200
    invitation = Invitation.objects.get()
    navigator.post(reverse("send-invitation-again", args=[invitation.public_id]))
    invitation.refresh_from_db()
    assert invitation.problem == "the receiver stopped messages to this address"
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("gone", ["expired", "withdrawn", "replaced", "unknown"])
def test_a_link_that_is_worth_nothing_looks_like_any_other(
    navigator: Client, world: World, gone: str
) -> None:
    _invite(navigator, world)
    link = _link()
    invitation = Invitation.objects.get()
    if gone == "expired":
        Invitation.objects.update(invited_at=NOW - timedelta(days=15), expires_at=NOW - timedelta(days=1))
    elif gone == "withdrawn":
        navigator.post(reverse("withdraw-invitation", args=[invitation.public_id]))
    elif gone == "replaced":
        navigator.post(reverse("send-invitation-again", args=[invitation.public_id]))
        assert Client().get(_link()).status_code == 200
    else:
        link = link[:-4] + "zzzz"
    assert Client().get(link).status_code == 404
    assert _accept(link) == 404
    assert not User.objects.filter(username="moss@practice.example").exists()


@pytest.mark.parametrize(("password", "again"), [("short", ""), (PASSWORD, "another one, longer than 12")])
def test_a_poor_or_mistyped_password_uses_nothing_up(
    navigator: Client, world: World, password: str, again: str
) -> None:
    _invite(navigator, world)
    assert _accept(_link(), password, again) == 422
    assert _accept(_link()) == 302


def test_nobody_is_invited_twice_or_into_two_practices(navigator: Client, world: World) -> None:
    assert _invite(navigator, world) == 302
    assert _invite(navigator, world) == 422
    _accept(_link())
    assert _invite(navigator, world) == 422
    assert world.elsewhere.patient.referred_by == world.elsewhere.practice
    assert _invite(navigator, world, practice=world.elsewhere.practice.public_id) == 422
    assert len(mail.outbox) == 1


def test_mail_that_is_not_taken_is_said(navigator: Client, world: World, settings: Any) -> None:
    settings.MESSAGES_ONLY_TO = ["nobody.example"]
    _invite(navigator, world)
    invitation = Invitation.objects.get()
    assert invitation.sent_at is None and invitation.problem
    assert b"Not sent" in navigator.get(reverse("portal-access")).content


def test_access_runs_out_and_is_renewed(navigator: Client, world: World) -> None:
    assert world.own.patient
    account = world.own.user(Role.REFERRER)
    account.access_ends_on = NOW.date()
    account.save()
    client = Client()
    client.force_login(account)
    assert client.get("/portal/").status_code == 200
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert client.get("/portal/").headers["Location"].startswith(reverse("sign-in"))
    until = NOW.date() + timedelta(days=30)
    navigator.post(reverse("portal-account", args=[account.public_id]), {"act": "renew", "until": until})
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        client.force_login(account)
        assert client.get("/portal/").status_code == 200


@pytest.mark.parametrize("days", [0, -1, 401])
def test_access_is_renewed_for_a_time_to_come(navigator: Client, world: World, days: int) -> None:
    assert world.own.patient
    account = world.own.user(Role.REFERRER)
    said = {"act": "renew", "until": NOW.date() + timedelta(days=days)}
    assert navigator.post(reverse("portal-account", args=[account.public_id]), said).status_code == 422


@pytest.mark.hazard("H40")
def test_access_that_was_ended_ends_with_the_next_page(navigator: Client, world: World) -> None:
    assert world.own.patient
    account = world.own.user(Role.REFERRER)
    client = Client()
    client.force_login(account)
    client.post(reverse("practice-calendar-new"))
    assert client.get("/portal/").status_code == 200

    address = reverse("portal-account", args=[account.public_id])
    assert navigator.post(address, {"act": "end"}).status_code == 422  # says why
    navigator.post(address, {"act": "end", "because": "left the practice"})

    assert client.get("/portal/").headers["Location"].startswith(reverse("sign-in"))
    assert not CalendarFeed.objects.standing().exists()


def test_the_navigators_see_who_looked(navigator: Client, world: World) -> None:
    patient = world.own.patient
    account = world.own.user(Role.REFERRER)
    client = Client()
    client.force_login(account)
    client.get(reverse("portal-patient", args=[patient.public_id]))
    shown = navigator.get(reverse("patient-portal", args=[patient.public_id])).content.decode()
    assert "the patient&#x27;s page" in shown and account.full_name in shown
    assert AuditEvent.objects.about(patient.public_id).filter(user=account).count() == 1
