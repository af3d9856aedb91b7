"""The second factor: set up once, asked for before a signature, again after the site's minutes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from coordination.base.choices import Role
from coordination.base.models import AuditEvent, SiteSettings, User
from scheduling.models import Course, Proposal, Signature
from tests.base.objects import Place, new_place
from tests.patients.stories import NOW, mid_course

PASSWORD = "a long enough sentence"


@pytest.fixture(autouse=True)
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def place(db: None) -> Place:
    place = new_place("own")
    SiteSettings.objects.update(second_factor_required=True)
    return place


@pytest.fixture
def course(place: Place) -> Course:
    return mid_course(place)


@pytest.fixture
def prescriber(place: Place) -> User:
    user = place.user(Role.PRESCRIBER)
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def client(prescriber: User) -> Client:
    client = Client()
    client.force_login(prescriber)
    return client


def code_of(user: User) -> str:
    """What the app of this person shows now."""
    return f"{totp(TOTPDevice.objects.get(user=user).bin_key):06}"


def set_up(client: Client, user: User, **other: str) -> Any:
    client.get("/second-factor")
    sent = {"one_time_code": code_of(user), "password": PASSWORD, **other}
    return client.post("/second-factor", sent)


def sign(client: Client, course: Course, **data: str) -> Any:
    proposal = Proposal.objects.get(course=course, superseded_at=None)
    patient = course.patient.public_id
    return client.post(
        reverse("sign", args=[patient, course.public_id]),
        {"patient": str(patient), "proposal": str(proposal.public_id), **data},
    )


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_who_has_none_is_told_how_to_set_it_up(client: Client, course: Course) -> None:
    page = words(client.get(reverse("sign", args=[course.patient.public_id, course.public_id])))
    assert "Set up your second factor first" in page
    assert f"{reverse('second-factor')}?next=/patients/" in page
    assert "Sign: Infusion 2" not in page

    refused = sign(client, course)

    assert refused.status_code == 403
    assert not Signature.objects.exists()


def test_it_is_set_up_with_the_password_and_a_code_and_gives_recovery_codes_once(
    client: Client, prescriber: User
) -> None:
    page = words(client.get("/second-factor?next=/patients/"))
    assert "<svg" in page
    assert " style=" not in page

    shown = set_up(client, prescriber, next="/patients/")

    codes = StaticToken.objects.values_list("token", flat=True)
    assert len(codes) == 10
    assert all(code in words(shown) for code in codes)
    assert 'href="/patients/"' in words(shown)
    assert "10 recovery codes left" in words(client.get("/second-factor"))
    assert codes[0] not in words(client.get("/second-factor"))


@pytest.mark.parametrize(
    ("wrong", "objection"),
    [
        ({"password": "guessed"}, "This is not your password."),
        ({"one_time_code": "000000"}, "Type the six digits that the app shows now."),
        ({"one_time_code": ""}, "This field is required."),
    ],
)
def test_it_is_not_set_up_with_a_wrong_password_or_code(
    client: Client, prescriber: User, wrong: dict[str, str], objection: str
) -> None:
    answer = set_up(client, prescriber, **wrong)
    assert answer.status_code == 422
    assert objection in words(answer)
    assert not TOTPDevice.objects.filter(confirmed=True).exists()


def test_a_fresh_code_signs_and_holds_for_the_minutes_of_the_site(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    traveller.shift(timedelta(minutes=14))
    page = words(client.get(reverse("sign", args=[course.patient.public_id, course.public_id])))
    assert "authenticator app" not in page

    traveller.shift(timedelta(minutes=2))
    page = words(client.get(reverse("sign", args=[course.patient.public_id, course.public_id])))
    assert "Code from your authenticator app, or a recovery code" in page
    without = sign(client, course)
    assert without.status_code == 422
    assert "This field is required." in words(without)

    signed = sign(client, course, one_time_code=code_of(prescriber))
    assert signed.status_code == 302
    assert Signature.objects.get().signed_by == prescriber


def test_a_code_works_once_and_guessing_is_slowed_down(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    used = code_of(prescriber)
    SiteSettings.objects.update(second_factor_minutes=0)

    again = sign(client, course, one_time_code=used)
    assert "A code works once" in words(again)
    traveller.shift(timedelta(seconds=0.5))
    too_fast = sign(client, course, one_time_code=used)
    assert "try again in 1 s" in words(too_fast)
    assert not Signature.objects.exists()

    traveller.shift(timedelta(seconds=30))
    assert sign(client, course, one_time_code=code_of(prescriber)).status_code == 302


def test_a_recovery_code_signs_once(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    traveller.shift(timedelta(minutes=20))
    code = StaticToken.objects.first().token

    assert sign(client, course, one_time_code=f" {code.upper()[:4]} {code.upper()[4:]}").status_code == 302
    assert not StaticToken.objects.filter(token=code).exists()


def test_an_override_asks_too_and_keeps_what_was_typed(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    traveller.shift(timedelta(minutes=20))
    patient = course.patient.public_id
    proposal = Proposal.objects.get(course=course, superseded_at=None)
    answer = client.post(
        reverse("override", args=[patient, course.public_id]),
        {
            "patient": str(patient),
            "proposal": str(proposal.public_id),
            "action": "give",
            "activity_gbq": "3.7",
            "code": "clinical-judgment",
            "reason": "Seen today, well",
            "one_time_code": "123",
        },
    )
    assert answer.status_code == 422
    assert "A code works once" in words(answer)
    assert "Seen today, well" in words(answer)
    assert not Signature.objects.exists()


def test_where_the_site_does_not_ask_who_has_none_signs_without(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    SiteSettings.objects.update(second_factor_required=False)
    assert sign(client, course).status_code == 302


def test_where_the_site_does_not_ask_who_has_one_is_asked_all_the_same(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    SiteSettings.objects.update(second_factor_required=False)
    set_up(client, prescriber)
    traveller.shift(timedelta(minutes=20))
    assert sign(client, course).status_code == 422


def test_another_desk_is_asked_anew(client: Client, prescriber: User, course: Course) -> None:
    set_up(client, prescriber)
    elsewhere = Client()
    elsewhere.force_login(prescriber)
    assert sign(elsewhere, course).status_code == 422


def test_with_a_code_it_is_renewed_or_taken_away(
    client: Client, prescriber: User, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    before = set(StaticToken.objects.values_list("token", flat=True))
    traveller.shift(timedelta(minutes=1))
    assert client.post("/second-factor", {"act": "remove", "one_time_code": "1"}).status_code == 422

    traveller.shift(timedelta(minutes=1))
    code = code_of(prescriber)
    client.post("/second-factor", {"act": "codes", "one_time_code": code})
    after = set(StaticToken.objects.values_list("token", flat=True))
    assert (len(after), before & after) == (10, set())

    client.post("/second-factor", {"act": "remove", "one_time_code": after.pop()})
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()


def test_what_was_tried_is_in_the_audit_and_no_code_is(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    traveller.shift(timedelta(minutes=20))
    sign(client, course, one_time_code="424242")
    rows = AuditEvent.objects.filter(kind="second-factor").order_by("pk")
    assert [row.detail["outcome"] for row in rows] == ["set up", "refused"]
    assert "424242" not in str([vars(row) for row in rows])


def test_a_lost_phone_is_forgotten_by_an_administrator(client: Client, prescriber: User) -> None:
    set_up(client, prescriber)
    call_command("second_factor", forget=prescriber.username, because="came to the desk with their badge")
    assert not TOTPDevice.objects.exists()
    assert AuditEvent.objects.latest("pk").detail["because"] == "came to the desk with their badge"
    with pytest.raises(CommandError):
        call_command("second_factor", forget=prescriber.username, because="again")


def test_back_leads_to_no_other_site(client: Client, prescriber: User) -> None:
    page = words(client.get("/second-factor?next=https://elsewhere.example/"))
    assert 'value="https://elsewhere' not in page
    assert 'href="https://elsewhere' not in page
