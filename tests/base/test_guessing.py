"""Guessing passwords gets slower and slower for strangers, and not for the people whose names they try."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client

from coordination.base import clock, guessing
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, SignInTries, User
from coordination.base.origin import AddressMiddleware, caller_of, network_of
from tests.base.objects import new_place
from tests.base.phone import at_once

PASSWORD = "a long enough sentence"
DESK, STRANGER = "198.51.100.7", "203.0.113.9"
NOW = "2026-03-02 09:00Z"

OK, WRONG, WAIT = 302, 200, 429


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _fast_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def nurse_of(name: str = "nora") -> User:
    user = new_place(f"place-of-{name}").user(Role.NAVIGATOR)
    user.username = name
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def nurse(db: None) -> User:
    return nurse_of()


def sign_in(name: str, password: str = PASSWORD, *, at: str = STRANGER, browser: Client | None = None) -> int:
    client = browser or Client()
    answer = client.post("/sign-in", {"username": name, "password": password}, REMOTE_ADDR=at)
    return int(answer.status_code)


def guess(name: str, times: int, *, at: str = STRANGER) -> list[int]:
    return [sign_in(name, f"guess {number}", at=at) for number in range(times)]


def test_the_wait_grows_with_each_failed_try_and_says_how_long(
    nurse: User, traveller: time_machine.Traveller
) -> None:
    assert guess("nora", 7) == [*[WRONG] * 6, WAIT]

    waits = []
    for _ in range(6):
        answer = Client().post("/sign-in", {"username": "nora", "password": "x"}, REMOTE_ADDR=STRANGER)
        waits.append(int(answer.headers["Retry-After"]) - 1)
        traveller.shift(timedelta(seconds=waits[-1] + 1))
        assert guess("nora", 1) == [WRONG]
    assert waits == sorted(waits)
    assert waits[-1] >= 16 * waits[0]
    assert "Wait" in answer.content.decode()


def test_a_try_that_has_to_wait_is_not_looked_at_and_lengthens_nothing(
    nurse: User, traveller: time_machine.Traveller
) -> None:
    guess("nora", 8)
    until = SignInTries.objects.order_by("-waits_until")[0].waits_until
    assert sign_in("nora") == WAIT
    assert guess("nora", 20) == [WAIT] * 20
    assert SignInTries.objects.order_by("-waits_until")[0].waits_until == until
    traveller.move_to(until + timedelta(seconds=1))
    assert sign_in("nora") == OK


@pytest.mark.parametrize("spelled", ["NORA", " nora ", "Nora"])
def test_an_account_is_counted_however_it_is_spelled(nurse: User, spelled: str) -> None:
    for number in range(6):
        guess("nora", 1, at=f"203.0.113.{number}")
    assert sign_in(spelled, "x", at="203.0.113.200") == WAIT


def test_names_that_nobody_has_wait_as_those_that_somebody_has(nurse: User) -> None:
    assert guess("nora", 8, at="203.0.113.1") == guess("nobody", 8, at="203.0.113.2")


def test_one_address_cannot_try_sixty_names(db: None) -> None:
    answers = [code for number in range(60) for code in guess(f"person{number}", 1)]
    assert answers.index(WAIT) == 21
    assert set(answers[21:]) == {WAIT}


@pytest.mark.hazard("H42")
def test_sixty_addresses_cannot_try_sixty_names(db: None) -> None:
    answers = [code for number in range(60) for code in guess(f"person{number}", 1, at=f"203.0.113.{number}")]
    assert answers.index(WAIT) == 31
    assert set(answers[31:]) == {WAIT}


def test_a_network_of_ipv6_addresses_counts_as_one(db: None) -> None:
    answers = [
        code for number in range(1, 30) for code in guess(f"person{number}", 1, at=f"2001:db8::{number:x}")
    ]
    assert WAIT in answers


def test_a_stranger_who_guesses_all_night_does_not_keep_a_nurse_from_her_browser(
    nurse: User, traveller: time_machine.Traveller
) -> None:
    browser = Client()
    assert sign_in("nora", at=DESK, browser=browser) == OK
    browser.post("/sign-out")
    for _ in range(300):
        guess("nora", 1)
        traveller.shift(timedelta(seconds=100))

    assert sign_in("nora", at=STRANGER) == WAIT
    assert sign_in("nora", at="192.0.2.77", browser=browser) == OK  # from home, in the known browser


def test_nor_from_her_desk_in_another_browser(nurse: User) -> None:
    sign_in("nora", at=DESK)
    guess("nora", 30)
    assert sign_in("nora", at="192.0.2.77") == WAIT
    assert sign_in("nora", at=DESK) == OK


def test_who_guesses_in_a_known_browser_waits_too(nurse: User) -> None:
    browser = Client()
    sign_in("nora", at=DESK, browser=browser)
    browser.post("/sign-out")
    answers = [sign_in("nora", f"guess {number}", at=DESK, browser=browser) for number in range(8)]
    assert answers == [*[WRONG] * 6, WAIT, WAIT]


def test_nobody_gets_new_tries_by_signing_in_as_themselves(nurse: User) -> None:
    colleague = nurse_of("carla")
    browser = Client()
    sign_in("nora", at=DESK, browser=browser)
    browser.post("/sign-out")
    answers = []
    for number in range(8):
        answers.append(sign_in("nora", f"guess {number}", at=DESK, browser=browser))
        assert sign_in(colleague.username, at=DESK, browser=browser) == OK
        browser.post("/sign-out")
    assert answers == [*[WRONG] * 6, WAIT, WAIT]


def test_a_known_browser_is_known_for_its_own_people_and_their_password_only(nurse: User) -> None:
    other = nurse_of("carla")
    browser = Client()
    sign_in("nora", at=DESK, browser=browser)
    browser.post("/sign-out")
    guess("carla", 8)
    assert sign_in("carla", at="192.0.2.77", browser=browser) == WAIT

    nurse.set_password("another long enough sentence")
    nurse.save()
    guess("nora", 8, at="203.0.113.77")
    assert sign_in("nora", "another long enough sentence", at="192.0.2.77", browser=browser) == WAIT
    assert other.pk


def test_a_cookie_made_up_makes_no_browser_known(nurse: User) -> None:
    guess("nora", 8)
    browser = Client()
    browser.cookies["known"] = f"abc.{guessing._mark(nurse)}:1:made-up"
    assert sign_in("nora", at="192.0.2.77", browser=browser) == WAIT


def test_a_right_password_takes_its_own_try_back(nurse: User) -> None:
    for _ in range(40):
        assert sign_in("nora", at=DESK) == OK


def test_failed_tries_are_forgotten_in_time(nurse: User, traveller: time_machine.Traveller) -> None:
    guess("nora", 5)
    traveller.shift(timedelta(hours=3))
    assert guess("nora", 5) == [WRONG] * 5


def test_no_name_that_was_typed_is_kept(db: None) -> None:
    guess("my password by mistake", 1)
    assert "mistake" not in str(list(SignInTries.objects.values()))


def test_refusals_are_in_the_audit_and_name_the_account(nurse: User) -> None:
    guess("nora", 7)
    rows = AuditEvent.objects.filter(kind="sign-in-failed").order_by("pk")
    assert [row.user for row in rows] == [nurse] * 7
    assert rows[6].detail == {"because": "has to wait"}


def test_the_demo_sets_no_limits(nurse: User, settings: Any) -> None:
    settings.FOURFOLD_DEMO = True
    assert guess("nora", 40) == [WRONG] * 40


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_no_more_than_one_after_the_other() -> None:
    nurse_of()
    answers = at_once(lambda: sign_in("nora", "x"), times=12)
    assert answers.count(WRONG) == 6
    assert answers.count(WAIT) == 6


def test_ones_own_password_is_not_guessed_at_an_open_desk(nurse: User) -> None:
    client = Client()
    client.force_login(nurse)
    new = {"new_password": "another sentence of mine", "new_password_again": "another sentence of mine"}
    pages = [
        client.post("/account/password", {"current_password": f"guess {number}", **new}).content.decode()
        for number in range(7)
    ]
    assert "This is not your password." in pages[0]
    assert "Too many wrong passwords: try again in 1 s." in pages[6]


# --- whose address ----------------------------------------------------------------------------------

OURS = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("socket", "forwarded", "trusted", "caller"),
    [
        ("203.0.113.9", "1.2.3.4", (), "203.0.113.9"),
        ("203.0.113.9", "1.2.3.4", OURS, "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9", OURS, "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", OURS, "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", OURS, "203.0.113.9"),
        ("fd00::1", "2001:db8::5", OURS, "2001:db8::5"),
        ("10.0.0.1", "::ffff:203.0.113.9", OURS, "203.0.113.9"),
        ("10.0.0.1", "", OURS, "10.0.0.1"),
        ("10.0.0.1", "nonsense", OURS, "10.0.0.1"),
        ("10.0.0.1", "1.2.3.4, nonsense", OURS, "10.0.0.1"),
        ("", "203.0.113.9", OURS, ""),
        ("", "203.0.113.9", ("unix",), "203.0.113.9"),
    ],
)
def test_only_what_our_own_proxies_say_is_believed(
    socket: str, forwarded: str, trusted: tuple[str, ...], caller: str
) -> None:
    assert caller_of(socket, forwarded, trusted) == caller


def test_the_audit_and_the_limit_take_the_address_from_the_proxy(nurse: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    for number in range(7):
        answer = Client().post(
            "/sign-in",
            {"username": f"person{number}", "password": "x"},
            REMOTE_ADDR="10.0.0.1",
            headers={"X-Forwarded-For": f"6.6.6.{number}, {STRANGER}"},
        )
    assert answer.status_code == WRONG
    assert set(AuditEvent.objects.values_list("address", flat=True)) == {STRANGER}
    assert SignInTries.objects.filter(key__startswith="address:").count() == 1


def test_a_proxy_that_is_no_address_ends_the_web_at_its_start(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["proxy.example.org"]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        AddressMiddleware(lambda request: HttpResponse())


def test_the_network_of_an_address() -> None:
    assert network_of("203.0.113.9") == "203.0.113.9"
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::1")
    assert network_of(None) == ""


def test_tries_of_yesterday_are_deleted(nurse: User, traveller: time_machine.Traveller) -> None:
    guess("somebody", 1)
    traveller.shift(timedelta(days=2))
    guess("nora", 1)
    assert not SignInTries.objects.filter(at__lt=clock.now() - timedelta(days=1)).exists()


def test_an_administrator_lets_an_account_be_tried_at_once(
    nurse: User, capsys: pytest.CaptureFixture[str]
) -> None:
    guess("nora", 8)
    assert sign_in("nora", at="192.0.2.77") == WAIT
    call_command("sign_in_tries", forget="NORA", because="called from her office")
    assert sign_in("nora", at="192.0.2.77") == OK
    assert AuditEvent.objects.filter(detail__because="called from her office", user=nurse).exists()
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("sign_in_tries", forget="nora", because="again")
