"""Passwords: long, not common, not about the person; changed by oneself, which ends every other session."""

from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, AuthenticatorApp, User, UserSession
from tests.base.objects import Place, new_place
from tests.base.phone import code_of

PASSWORD = "a long enough sentence"
NEW = "violet harbor kettle nine"


def refusal(password: str, user: User | None = None) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return ",".join(each.code for each in error.error_list)
    return ""


NORA = User(username="nora.lindqvist", full_name="Nora Lindqvist, RN", email="nl@harborpoint.example")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("violet harbor ke", ""),
        ("violet harbor k", ""),  # fifteen
        ("violet harbor ", "too-short"),
        ("violetharborkettle", ""),  # no rule of composition
        ("93475610287456013", ""),
        ("пароль длиннее всех", ""),
        ("passwordpassword", "too-easy,about-you"),
        ("qwertyuiopqwertyuiop", "too-easy"),
        ("123456789012345", "too-easy"),
        ("aaaaaaaaaaaaaaaaaaaa", "too-easy"),
        ("  SUNSHINE!!!!!!!!2026", "too-easy"),
        ("abcabcabcabcabc", "too-easy"),
        ("Fourfold-Fourfold-26", "about-you"),
        ("Lindqvist.Nora.1975", "about-you"),
        ("nora.harborpoint.26", "about-you"),
        ("lindqvist violet harbor", ""),  # enough is left
    ],
)
def test_what_is_accepted_and_what_is_not(db: None, password: str, code: str) -> None:
    assert refusal(password, NORA) == code


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "has_app", "least"),
    [
        (Role.PRESCRIBER, True, 8),
        (Role.PRESCRIBER, False, 15),
        (Role.NAVIGATOR, True, 15),  # has an app, and is not asked at sign-in
        (Role.MANAGER, False, 15),
    ],
)
def test_eight_characters_only_where_a_code_is_asked_as_well(role: str, has_app: bool, least: int) -> None:
    user = new_place("own").user(role)
    if has_app:
        code_of(user)
        AuthenticatorApp.objects.update(confirmed_at=clock.now())
    text = "vkq7 xw2 mtz9 bh4"
    assert refusal(text[:least], user) == ""
    assert refusal(text[: least - 1], user) == "too-short"


# --- changing one's own -----------------------------------------------------------------------------


@pytest.fixture
def place(db: None) -> Place:
    return new_place("own")


@pytest.fixture
def user(place: Place) -> User:
    user = place.user(Role.NAVIGATOR)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def change(client: Client, **other: str) -> Any:
    sent = {"current_password": PASSWORD, "new_password": NEW, "new_password_again": NEW, **other}
    return client.post("/account/password", sent)


def test_a_new_password_ends_every_other_session_and_keeps_this_one(client: Client, user: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(user)

    assert change(client).status_code == 302

    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert UserSession.objects.filter(user=user).count() == 1
    user.refresh_from_db()
    assert user.check_password(NEW)
    row = AuditEvent.objects.get(kind="change")
    assert (row.user, row.detail) == (user, {"changed": "own password"})
    assert user.history.latest().history_change_reason == "changed own password"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"current_password": "guessed"}, "This is not your password."),
        ({"new_password_again": "another one"}, "The two passwords are not the same."),
        ({"new_password": "too short", "new_password_again": "too short"}, "At least 15 characters."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    client: Client, user: User, wrong: dict[str, str], said: str
) -> None:
    answer = change(client, **wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_short_password_alone_is_asked_to_be_changed_at_sign_in(user: User) -> None:
    user.set_password("vkq7 xw2")
    user.save()
    answer = Client().post("/sign-in", {"username": user.username, "password": "vkq7 xw2"})
    assert answer.headers["Location"] == "/account/password"
