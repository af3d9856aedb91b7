"""How a session ends: unused, after twelve hours, by its owner, with the account, with its password."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from coordination.base import clock
from coordination.base.browsers import browser_name
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, KeptForm, SiteSettings, User, UserSession
from coordination.tasks import forget_ended_sessions
from tests.base.objects import Place, new_place
from tests.patients.stories import NOW, mid_course

PASSWORD = "a long enough sentence"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place(db: None) -> Place:
    return new_place("own")


@pytest.fixture
def user(place: Place) -> User:
    user = place.user(Role.NAVIGATOR)
    user.set_password(PASSWORD)
    user.save()
    return user


def signed_in(user: User, **headers: str) -> Client:
    client = Client(headers=headers)
    client.post("/sign-in", {"username": user.username, "password": PASSWORD}, REMOTE_ADDR="192.0.2.7")
    return client


def is_in(client: Client) -> bool:
    return client.get("/help").status_code == 200


# --- unused -----------------------------------------------------------------------------------------


@pytest.mark.hazard("H41")
@pytest.mark.parametrize("minutes", [30, 10])
def test_a_session_that_nobody_uses_ends_after_the_sites_minutes(
    user: User, traveller: time_machine.Traveller, minutes: int
) -> None:
    SiteSettings.objects.update(idle_minutes=minutes)
    client = signed_in(user)
    for _ in range(3):
        traveller.shift(timedelta(minutes=minutes - 1))
        assert is_in(client)
    traveller.shift(timedelta(minutes=minutes + 2))

    answer = client.get("/help")

    assert answer.headers["Location"] == "/sign-in?next=/help"
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not UserSession.objects.filter(user=user).exists()
    last = AuditEvent.objects.latest("pk")
    assert (last.kind, last.user, last.detail) == ("sign-out", user, {"because": "not used"})


def test_of_several_sites_the_shortest_time_counts(user: User, traveller: time_machine.Traveller) -> None:
    other = new_place("other")
    SiteSettings.objects.filter(site=other.site).update(idle_minutes=5)
    user.sites.add(other.site)
    client = signed_in(user)
    traveller.shift(timedelta(minutes=7))
    assert not is_in(client)


def test_a_page_that_asks_for_figures_by_itself_keeps_no_session_open(
    user: User, traveller: time_machine.Traveller
) -> None:
    client = signed_in(user)
    for _ in range(66):
        traveller.shift(timedelta(seconds=30))
        client.get("/counts", headers={"HX-Request": "true"})
    assert not is_in(client)


def test_a_page_knows_when_it_ends_with_and_without_a_script(user: User) -> None:
    SiteSettings.objects.update(idle_minutes=20)
    page = signed_in(user).get("/help").content.decode()
    assert 'data-seconds="1200"' in page
    assert "Signed out after 20 minutes without activity" in page.partition("<noscript>")[2]
    assert "data-seconds" not in Client().get("/sign-in").content.decode()


def test_staying_counts_as_being_there(user: User, traveller: time_machine.Traveller) -> None:
    client = signed_in(user)
    for _ in range(4):
        traveller.shift(timedelta(minutes=20))
        assert client.post("/session/stay").status_code == 204
    assert is_in(client)


# --- at the latest ----------------------------------------------------------------------------------


def test_a_session_ends_after_twelve_hours_however_much_it_is_used(
    user: User, traveller: time_machine.Traveller
) -> None:
    client = signed_in(user)
    for _ in range(12 * 3 - 1):
        traveller.shift(timedelta(minutes=20))
        session = client.session
        session["something"] = "stored"
        session.save()
        assert is_in(client)
    traveller.shift(timedelta(minutes=21))
    assert not is_in(client)


def test_ended_sessions_are_cleared_a_day_later(user: User, traveller: time_machine.Traveller) -> None:
    signed_in(user)
    traveller.shift(timedelta(hours=13))
    call_command("clearsessions")
    assert UserSession.objects.filter(user=user).exists()
    traveller.shift(timedelta(hours=24))
    forget_ended_sessions()
    assert not UserSession.objects.filter(user=user).exists()


# --- with the account -------------------------------------------------------------------------------


def test_a_closed_account_has_no_session_and_none_comes_back_when_it_is_opened_again(user: User) -> None:
    clients = [signed_in(user), signed_in(user)]
    user.is_active = False
    user.save_by(None, because="left")
    assert not any(map(is_in, clients))

    user.is_active = True
    user.save_by(None, because="came back")
    assert not any(map(is_in, clients))


@pytest.mark.hazard("H40")
@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}])
def test_every_door_ends_them(user: User, change: dict[str, Any]) -> None:
    signed_in(user)
    User.objects.filter(pk=user.pk).update(**change)
    assert not UserSession.objects.filter(user=user).exists()


def test_another_change_of_the_account_ends_none(user: User) -> None:
    client = signed_in(user)
    user.full_name = "Nora Newname"
    user.save_by(None, because="married")
    assert is_in(client)


# --- one's own list ---------------------------------------------------------------------------------


def test_the_list_says_where_one_is_signed_in(user: User) -> None:
    client = signed_in(user, user_agent=FIREFOX)
    signed_in(user)
    page = client.get("/account").content.decode()
    assert "Firefox on Windows" in page
    assert "192.0.2.7" in page
    assert page.count("this session") == 1
    assert client.session.session_key not in page


def test_sessions_are_ended_one_by_one(user: User) -> None:
    client, second, third = (signed_in(user) for _ in range(3))
    wanted = UserSession.objects.get(session_key=second.session.session_key)

    client.post("/account", {"session": str(wanted.public_id)})

    assert (is_in(client), is_in(second), is_in(third)) == (True, False, True)
    assert AuditEvent.objects.latest("pk").detail == {"because": "ended by its owner", "sessions": 1}


def test_all_the_others_are_ended_at_once(user: User) -> None:
    client, *others = (signed_in(user) for _ in range(4))
    client.post("/account", {"session": "others"})
    assert is_in(client)
    assert not any(map(is_in, others))


def test_nobody_ends_or_sees_the_sessions_of_others(user: User, place: Place) -> None:
    colleague = place.user(Role.CLINIC)
    theirs = Client()
    theirs.force_login(colleague)
    row = UserSession.objects.get(user=colleague)
    client = signed_in(user)
    for named in (str(row.public_id), "nonsense", ""):
        client.post("/account", {"session": named})
    assert is_in(theirs)
    assert str(row.public_id) not in client.get("/account").content.decode()


def test_an_administrator_ends_the_sessions_of_one_or_of_all(
    user: User, capsys: pytest.CaptureFixture[str]
) -> None:
    mine, other = signed_in(user), Client()
    other.force_login(new_place("other").user(Role.NAVIGATOR))
    call_command("sessions", end=user.username.upper(), because="a tablet was stolen")
    assert "1 session ended" in capsys.readouterr().out
    assert (is_in(mine), is_in(other)) == (False, True)
    last = AuditEvent.objects.latest("pk")
    assert (last.user, last.detail["because"]) == (user, "a tablet was stolen")

    call_command("sessions", end_all=True, because="keys changed")
    assert not is_in(other)
    for said in ({"end": "nobody", "because": "x"}, {"end": user.username, "because": " "}):
        with pytest.raises(CommandError):
            call_command("sessions", **said)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Linux"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            "Safari on iPhone",
        ),
        ("curl/8", "Unknown browser"),
    ],
)
def test_browsers_in_words(header: str, name: str) -> None:
    assert browser_name(header) == name


# --- what was typed ---------------------------------------------------------------------------------


def weight_form(place: Place) -> tuple[str, dict[str, str]]:
    course = mid_course(place)
    patient = str(course.patient.public_id)
    typed = {"weight": "71.25", "unit": "kg", "on": "2025-03-04"}
    return f"/patients/{patient}/record/weight", {"patient": patient, "csrfmiddlewaretoken": "x", **typed}


def test_what_is_sent_too_late_is_kept_encrypted_and_offered_after_signing_in(
    user: User, place: Place, traveller: time_machine.Traveller
) -> None:
    page, typed = weight_form(place)
    client = signed_in(user)
    traveller.shift(timedelta(minutes=45))

    late = client.post(page, typed, headers={"referer": f"http://testserver{page}?plan=1"})

    assert late.headers["Location"].startswith("/sign-in?next=")
    assert "What you typed is kept" in client.get(late.headers["Location"]).content.decode()
    kept = KeptForm.objects.get()
    assert (kept.user, kept.page) == (user, page)
    assert "71.25" not in str(KeptForm.objects.values())

    again = signed_in(user)
    offer = again.get("/help").context["kept_forms"][0]
    shown = again.get(offer.url)
    assert offer.url == f"{page}?kept={kept.public_id}&plan=1"
    assert 'value="71.25"' in shown.content.decode()
    assert 'value="2025-03-04"' in shown.content.decode()
    assert "Not saved yet" in shown.content.decode()

    saved = again.post(offer.url, {**typed, "version": "0"})
    assert saved.status_code == 302
    assert not KeptForm.objects.exists()
    assert again.get("/help").context["kept_forms"] == []


def test_it_is_kept_after_the_twelve_hours_too(
    user: User, place: Place, traveller: time_machine.Traveller
) -> None:
    page, typed = weight_form(place)
    client = signed_in(user)
    traveller.shift(timedelta(hours=13))
    client.post(page, typed, headers={"referer": f"http://testserver{page}"})
    assert KeptForm.objects.get().user == user


def test_another_account_sees_nothing_of_it(
    user: User, place: Place, traveller: time_machine.Traveller
) -> None:
    page, typed = weight_form(place)
    client = signed_in(user)
    traveller.shift(timedelta(minutes=45))
    client.post(page, typed, headers={"referer": f"http://testserver{page}"})
    kept = KeptForm.objects.get()

    colleague = place.user(Role.NAVIGATOR)
    colleague.set_password(PASSWORD)
    colleague.save()
    other = signed_in(colleague)

    assert other.get("/help").context["kept_forms"] == []
    shown = other.get(f"{page}?kept={kept.public_id}")
    assert "71.25" not in shown.content.decode()
    other.post("/session/discard", {"kept": str(kept.public_id)})
    assert KeptForm.objects.exists()
    KeptForm.objects.update(user=colleague)  # even with the row in their hands
    assert "71.25" not in other.get(f"{page}?kept={kept.public_id}").content.decode()


def test_a_script_hands_in_what_was_not_sent_and_ends_the_session(user: User, place: Place) -> None:
    page, _ = weight_form(place)
    client = signed_in(user)
    sent = {"weight": "71.25", "kept-page": f"{page}?plan=1"}
    assert client.post("/session/keep", sent).status_code == 204
    assert is_in(client)
    assert client.post("/session/end", {**sent, "weight": "71.5"}).status_code == 204
    assert not is_in(client)

    offers = signed_in(user).get("/help").context["kept_forms"]
    assert [offer.url.partition("?")[0] for offer in offers] == [page]
    again = signed_in(user)
    assert 'value="71.5"' in again.get(offers[0].url).content.decode()


def test_a_signature_is_neither_kept_nor_sent_again(place: Place, traveller: time_machine.Traveller) -> None:
    course = mid_course(place)
    prescriber = place.user(Role.PRESCRIBER)
    client = Client()
    client.force_login(prescriber)
    patient = str(course.patient.public_id)
    page = f"/patients/{patient}/courses/{course.public_id}/sign"
    proposal = client.get(page).context["form"].initial["proposal"]
    traveller.shift(timedelta(minutes=45))
    sent = {"patient": patient, "proposal": str(proposal), "one_time_code": "123456"}

    client.post(page, sent, headers={"referer": f"http://testserver{page}"})

    assert not KeptForm.objects.exists()
    client.force_login(prescriber)
    assert client.get(page).status_code == 200
    assert not course.proposals.filter(signature__isnull=False).exists()


def test_passwords_and_codes_are_never_kept(user: User) -> None:
    client = signed_in(user)
    secret = {"current_password": "one", "new_password": "two", "one_time_code": "3", "kept-page": "/account"}
    client.post("/session/keep", secret)
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize("page", ["https://elsewhere.example/", "//elsewhere.example/", "", "javascript:1"])
def test_what_was_typed_leads_to_no_other_site(user: User, page: str) -> None:
    client = signed_in(user)
    client.post("/session/keep", {"text": "hello", "kept-page": page})
    assert not KeptForm.objects.exists()


def test_it_is_discarded_by_its_owner_or_after_a_day(user: User, traveller: time_machine.Traveller) -> None:
    client = signed_in(user)
    for page in ("/a", "/b"):
        client.post("/session/keep", {"text": "hello", "kept-page": page})
    first = KeptForm.objects.get(page="/a")
    client.post("/session/discard", {"kept": str(first.public_id)})
    assert KeptForm.objects.get().page == "/b"

    traveller.shift(timedelta(hours=25))
    again = signed_in(user)
    assert again.get("/help").context["kept_forms"] == []
    again.post("/session/keep", {"text": "hello", "kept-page": "/c"})
    assert KeptForm.objects.get().page == "/c"
    assert clock.now() - KeptForm.objects.get().kept_at < timedelta(minutes=1)
