"""The second step of signing in: whom it asks, who sets it up first, and that nobody is in before."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, AuthenticatorApp, Site, SiteSettings, User, UserSession
from tests.base.objects import Place, new_place
from tests.base.phone import code_of

PASSWORD = "a long enough sentence"
NOW = "2026-03-02 09:00Z"
SECOND_STEP = "/sign-in/code"


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place(db: None) -> Place:
    place = new_place("own")
    SiteSettings.objects.update(second_factor_required=True)
    return place


def person(place: Place, role: str, *, has_app: bool = False) -> User:
    user = place.user(role)
    user.set_password(PASSWORD)
    user.save()
    if has_app:
        code_of(user)
        AuthenticatorApp.objects.filter(user=user).update(confirmed_at=clock.now())
    return user


def try_password(user: User, *, next: str = "/", browser: Client | None = None) -> tuple[Client, Any]:
    client = browser or Client()
    data = {"username": user.username, "password": PASSWORD, "next": next}
    return client, client.post("/sign-in", data)


def is_in(client: Client) -> bool:
    return client.get("/help").status_code == 200


# --- whom it asks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "has_app", "for_all", "asked"),
    [
        (Role.PRESCRIBER, True, False, "code"),
        (Role.ADMIN, True, False, "code"),
        (Role.NAVIGATOR, True, False, ""),
        (Role.NAVIGATOR, True, True, "code"),
        (Role.MANAGER, True, True, "code"),
        (Role.PRESCRIBER, False, False, "set-up"),
        (Role.ADMIN, False, False, "set-up"),
        (Role.NAVIGATOR, False, False, "set-up"),  # may order a dose
        (Role.CLINIC, False, False, "set-up"),
        (Role.MANAGER, False, False, ""),
        (Role.MANAGER, False, True, "set-up"),
        (Role.REFERRER, False, False, ""),
    ],
)
def test_whom_the_second_step_asks(place: Place, role: str, has_app: bool, for_all: bool, asked: str) -> None:
    SiteSettings.objects.update(second_factor_for_all=for_all)
    client, answer = try_password(person(place, role, has_app=has_app))

    assert answer.headers["Location"] == (SECOND_STEP if asked else "/")
    assert is_in(client) == (not asked)
    if asked:
        assert ('class="qr"' in client.get(SECOND_STEP).content.decode()) == (asked == "set-up")


def test_a_site_may_do_without_and_then_asks_who_has_one(place: Place) -> None:
    SiteSettings.objects.update(second_factor_required=False)
    without, _ = try_password(person(place, Role.PRESCRIBER))
    having, _ = try_password(person(place, Role.PRESCRIBER, has_app=True))
    assert (is_in(without), is_in(having)) == (True, False)


def test_of_several_sites_the_strictest_counts(place: Place) -> None:
    user = person(place, Role.PRESCRIBER)
    lax = Site.objects.create(key="lax", name="Lax")
    SiteSettings.objects.create(site=lax, second_factor_required=False)
    user.sites.add(lax)
    assert try_password(user)[1].headers["Location"] == SECOND_STEP


def test_whoever_has_no_site_is_asked_as_everywhere(place: Place) -> None:
    user = person(place, Role.ADMIN)
    user.sites.clear()
    assert try_password(user)[1].headers["Location"] == SECOND_STEP


# --- with a code ------------------------------------------------------------------------------------


def test_a_right_code_lets_in_and_leads_on(place: Place) -> None:
    user = person(place, Role.PRESCRIBER, has_app=True)
    client, _ = try_password(user, next="/decisions")
    assert not UserSession.objects.filter(user=user).exists()

    answer = client.post(SECOND_STEP, {"one_time_code": code_of(user)})

    assert answer.headers["Location"] == "/decisions"
    assert is_in(client)
    assert list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        "second-factor",
        "sign-in",
    ]


@pytest.mark.hazard("H42")
def test_a_wrong_code_lets_nobody_in(place: Place) -> None:
    user = person(place, Role.PRESCRIBER, has_app=True)
    client, _ = try_password(user)
    answer = client.post(SECOND_STEP, {"one_time_code": "000000"})
    assert (answer.status_code, is_in(client)) == (422, False)
    assert AuditEvent.objects.get().detail == {"outcome": "refused"}
    assert AuditEvent.objects.get().user == user


def test_a_code_without_the_password_before_it_lets_nobody_in(place: Place) -> None:
    user = person(place, Role.PRESCRIBER, has_app=True)
    client = Client()
    answer = client.post(SECOND_STEP, {"one_time_code": code_of(user)})
    assert (answer.headers["Location"], is_in(client)) == ("/sign-in", False)


def _too_late(user: User, traveller: time_machine.Traveller) -> None:
    traveller.shift(timedelta(minutes=11))


def _closed(user: User, traveller: time_machine.Traveller) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def _ended(user: User, traveller: time_machine.Traveller) -> None:
    User.objects.filter(pk=user.pk).update(access_ends_on="2026-03-01")


def _another_password(user: User, traveller: time_machine.Traveller) -> None:
    user.set_password("another long enough sentence")
    user.save()


@pytest.mark.parametrize("meanwhile", [_too_late, _closed, _ended, _another_password])
def test_a_password_shown_counts_for_minutes_and_while_it_is_right(
    place: Place, traveller: time_machine.Traveller, meanwhile: Any
) -> None:
    user = person(place, Role.PRESCRIBER, has_app=True)
    client, _ = try_password(user)
    meanwhile(user, traveller)
    answer = client.post(SECOND_STEP, {"one_time_code": code_of(user)})
    assert (answer.headers["Location"], is_in(client)) == ("/sign-in", False)


def test_the_code_of_signing_in_counts_for_a_signature_right_after(place: Place) -> None:
    user = person(place, Role.PRESCRIBER, has_app=True)
    client, _ = try_password(user)
    client.post(SECOND_STEP, {"one_time_code": code_of(user)})
    assert client.session["second_factor_at"] == clock.now().timestamp()


# --- at the first sign-in ---------------------------------------------------------------------------


def test_whoever_has_none_sets_it_up_and_is_in(place: Place) -> None:
    user = person(place, Role.NAVIGATOR)
    client, _ = try_password(user, next="/patients/")
    assert "Set up your second factor" in client.get(SECOND_STEP).content.decode()
    assert not is_in(client)

    wrong = client.post(SECOND_STEP, {"one_time_code": "000000"})
    assert (wrong.status_code, is_in(client)) == (422, False)
    shown = client.post(SECOND_STEP, {"one_time_code": code_of(user)})

    assert len(shown.context["codes"]) == 10
    assert 'href="/patients/"' in shown.content.decode()
    assert is_in(client)
    assert "known" in client.cookies


def test_an_app_that_is_set_up_is_not_replaced_by_whoever_knows_the_password(place: Place) -> None:
    user = person(place, Role.PRESCRIBER)
    first, _ = try_password(user)
    second, _ = try_password(user)
    first.post(SECOND_STEP, {"one_time_code": code_of(user)})
    page = second.get(SECOND_STEP)
    assert "codes" not in page.context
    assert page.context["form"].fields.keys() == {"one_time_code"}
    assert "qr" not in page.context


def test_it_leads_to_no_other_site(place: Place) -> None:
    user = person(place, Role.PRESCRIBER, has_app=True)
    client, _ = try_password(user, next="https://elsewhere.example/")
    assert client.post(SECOND_STEP, {"one_time_code": code_of(user)}).headers["Location"] == "/"


# --- a site's rules ---------------------------------------------------------------------------------


def test_an_administrator_sets_the_rules_of_their_own_site(place: Place) -> None:
    admin = place.user(Role.ADMIN)
    client = Client()
    client.force_login(admin)
    address = f"/sites/{place.site.public_id}/sign-in-rules"
    assert 'name="idle_minutes" value="30"' in client.get(address).content.decode()

    sent = {"second_factor_for_all": "on", "second_factor_minutes": "10", "idle_minutes": "20"}
    assert client.post(address, sent).status_code == 422
    assert client.post(address, {**sent, "because": "audit of March"}).status_code == 302

    rules = SiteSettings.objects.get(site=place.site)
    assert (rules.second_factor_required, rules.second_factor_for_all) == (False, True)
    assert (rules.second_factor_minutes, rules.idle_minutes) == (10, 20)
    assert rules.history.latest().history_change_reason == "audit of March"
    assert rules.history.latest().history_user == admin


@pytest.mark.parametrize("wrong", [{"idle_minutes": "4"}, {"second_factor_minutes": "721"}])
def test_rules_that_make_no_sense_are_refused(place: Place, wrong: dict[str, str]) -> None:
    client = Client()
    client.force_login(place.user(Role.ADMIN))
    sent = {"second_factor_minutes": "10", "idle_minutes": "20", "because": "x", **wrong}
    assert client.post(f"/sites/{place.site.public_id}/sign-in-rules", sent).status_code == 422
