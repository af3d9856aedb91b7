"""The second factor: set up once, asked for before a signature, again after the site's minutes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from coordination.base import clock, sealed, second_factor
from coordination.base.choices import Role
from coordination.base.errors import CareError
from coordination.base.models import (
    AuditEvent,
    AuthenticatorApp,
    RecoveryCode,
    SiteSettings,
    User,
    UserSession,
)
from coordination.base.sealed import SealBroken
from scheduling import actions
from scheduling.models import Attribution, Course, Proposal, Signature
from tests.base.objects import Place, new_place
from tests.base.phone import at_once, code_of
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


def recovery_codes(page: Any) -> list[str]:
    codes: list[str] = page.context["codes"]
    return codes


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

    codes = recovery_codes(shown)
    assert len(set(codes)) == RecoveryCode.objects.count() == 10
    assert {len(code.replace("-", "")) for code in codes} == {24}  # of base32: 120 bits
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
    assert not AuthenticatorApp.objects.exclude(confirmed_at=None).exists()


@pytest.mark.hazard("H19")
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
    code = recovery_codes(set_up(client, prescriber))[3]
    traveller.shift(timedelta(minutes=20))

    assert sign(client, course, one_time_code=f" {code.upper().replace('-', ' ')}").status_code == 302
    assert RecoveryCode.objects.count() == 9
    traveller.shift(timedelta(minutes=20))
    with pytest.raises(CareError):
        second_factor.check(RequestFactory().get("/"), prescriber, code, now=clock.now())


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
    before = set(recovery_codes(set_up(client, prescriber)))
    traveller.shift(timedelta(minutes=1))
    assert client.post("/second-factor", {"act": "remove", "one_time_code": "1"}).status_code == 422

    traveller.shift(timedelta(minutes=1))
    code = code_of(prescriber)
    after = set(recovery_codes(client.post("/second-factor", {"act": "codes", "one_time_code": code})))
    assert (len(after), before & after) == (10, set())

    client.post("/second-factor", {"act": "remove", "one_time_code": after.pop()})
    assert not AuthenticatorApp.objects.exclude(confirmed_at=None).exists()
    assert not RecoveryCode.objects.exists()
    assert client.get("/second-factor").status_code == 200


def test_what_was_tried_is_in_the_audit_and_no_code_is(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    traveller.shift(timedelta(minutes=20))
    sign(client, course, one_time_code="424242")
    rows = AuditEvent.objects.filter(kind="second-factor").order_by("pk")
    assert [row.detail["outcome"] for row in rows] == ["set up", "refused"]
    assert "424242" not in str([vars(row) for row in rows])


def test_back_leads_to_no_other_site(client: Client, prescriber: User) -> None:
    page = words(client.get("/second-factor?next=https://elsewhere.example/"))
    assert 'value="https://elsewhere' not in page
    assert 'href="https://elsewhere' not in page


# --- a lost phone -----------------------------------------------------------------------------------


def forget(user: User, capsys: pytest.CaptureFixture[str]) -> str:
    call_command("second_factor", forget=user.username.upper(), because="came to the desk with their badge")
    return capsys.readouterr().out


def test_a_lost_phone_is_forgotten_by_an_administrator_who_is_told_what_was_done(
    client: Client, prescriber: User, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(client, prescriber)

    said = forget(prescriber, capsys)

    assert f"{prescriber.username}: the app and 10 recovery codes taken away, 1 session ended" in said
    assert not AuthenticatorApp.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert not UserSession.objects.filter(user=prescriber).exists()
    assert AuditEvent.objects.latest("pk").detail["because"] == "came to the desk with their badge"
    with pytest.raises(CommandError, match="has no second factor: nothing was changed"):
        forget(prescriber, capsys)


def test_a_set_up_that_was_only_begun_is_named_as_such(
    client: Client, prescriber: User, capsys: pytest.CaptureFixture[str]
) -> None:
    client.get("/second-factor")

    said = forget(prescriber, capsys)

    assert "a set-up that was begun and not finished taken away" in said
    assert "the app" not in said and "session" not in said
    assert not AuthenticatorApp.objects.exists()


def test_an_account_that_is_not_there_is_told_apart_from_one_without(
    prescriber: User, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="There is no account"):
        call_command("second_factor", forget="nobody", because="x")
    with pytest.raises(CommandError, match="Say how"):
        call_command("second_factor", forget=prescriber.username, because=" ")


# --- what the database tells ------------------------------------------------------------------------


def test_neither_seed_nor_recovery_code_lies_readable_in_the_database(
    client: Client, prescriber: User
) -> None:
    shown = set_up(client, prescriber)
    app = AuthenticatorApp.objects.get()
    stored = str(list(AuthenticatorApp.objects.values())) + str(list(RecoveryCode.objects.values()))

    assert second_factor.seed_of(app) not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in recovery_codes(shown))


def test_a_seed_copied_to_another_person_opens_nothing(place: Place, prescriber: User) -> None:
    mine, theirs = (second_factor.app_to_set_up(user) for user in (place.user(Role.ADMIN), prescriber))
    theirs.sealed_seed = mine.sealed_seed
    with pytest.raises(SealBroken):
        second_factor.seed_of(theirs)


def test_keys_are_changed_without_losing_a_phone(
    prescriber: User, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    app = second_factor.app_to_set_up(prescriber)
    seed, old = second_factor.seed_of(app), settings.FIELD_KEYS[0]
    call_command("field_keys", new=True)
    new = capsys.readouterr().out.strip()

    settings.FIELD_KEYS = [new, old]
    call_command("field_keys", reseal=True)
    settings.FIELD_KEYS = [new]

    assert "1 encrypted with the first key" in capsys.readouterr().out
    app.refresh_from_db()
    assert second_factor.seed_of(app) == seed
    settings.FIELD_KEYS = [old]
    with pytest.raises(SealBroken):
        second_factor.seed_of(app)
    with pytest.raises(CommandError, match="1 could not be read with any key"):
        call_command("field_keys", reseal=True)


@pytest.mark.parametrize("keys", [[], ["too short"]])
def test_the_web_does_not_start_without_a_key(settings: Any, keys: list[str]) -> None:
    settings.FIELD_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        sealed.check_keys()


# --- at the same moment -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_first_visits_at_the_same_moment_begin_one_app() -> None:
    person = new_place("own").user(Role.PRESCRIBER)
    client = Client()
    client.force_login(person)

    seeds = at_once(lambda: second_factor.app_to_set_up(person).sealed_seed, times=8)

    assert len(set(seeds)) == AuthenticatorApp.objects.count() == 1
    assert client.get("/second-factor").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_two_signatures_with_one_code_one_is_accepted(traveller: time_machine.Traveller) -> None:
    person = new_place("own").user(Role.PRESCRIBER)
    code = code_of(person)
    AuthenticatorApp.objects.update(confirmed_at=clock.now())

    accepted = at_once(lambda: second_factor._accepted(person, code, clock.now()), times=2)

    assert sorted(accepted) == [False, True]


def test_after_a_hundred_refused_codes_a_person_has_to_help(
    client: Client, prescriber: User, traveller: time_machine.Traveller
) -> None:
    set_up(client, prescriber)
    AuthenticatorApp.objects.update(failures=99, failed_at=clock.now())
    traveller.shift(timedelta(minutes=14))
    assert "try again in 60 s" in words(client.post("/second-factor", {"one_time_code": "1"}))
    traveller.shift(timedelta(minutes=2))
    assert "Not accepted" in words(client.post("/second-factor", {"one_time_code": "1"}))
    traveller.shift(timedelta(days=9))
    client.force_login(prescriber)
    answer = client.post("/second-factor", {"one_time_code": code_of(prescriber)})
    assert "Ask your administrator" in words(answer)


# --- before acts that move a dose -------------------------------------------------------------------


def held(course: Course, prescriber: User) -> Course:
    actions.hold_course(course, by=prescriber, because="platelets", now=clock.now())
    return course


ACTS = {
    "resume-course": {"because": "they recovered"},
    "stop-course": {"because": "progression", "on": "2026-03-01"},
    "attribute": {"row": "thrombocytopenia", "cycle_number": "1", "related": "no", "reason": "a transfusion"},
}


@pytest.mark.hazard("H42")
@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_moves_a_dose_asks_and_goes_on_with_what_was_typed(
    client: Client, prescriber: User, course: Course, traveller: time_machine.Traveller, name: str
) -> None:
    set_up(client, prescriber)
    held(course, prescriber)
    traveller.shift(timedelta(minutes=20))
    patient = str(course.patient.public_id)
    address, typed = reverse(name, args=[patient, course.public_id]), {"patient": patient, **ACTS[name]}
    before = Course.objects.values().get()

    asked = client.post(address, typed)

    assert asked.status_code == 422
    assert Course.objects.values().get() == before
    assert not Attribution.objects.exists()
    carried = dict(asked.context["carried"])
    assert carried == typed

    wrong = client.post(address, {**carried, "one_time_code": "000000"})
    assert (wrong.status_code, "Not accepted" in words(wrong)) == (422, True)

    traveller.shift(timedelta(seconds=30))
    done = client.post(address, {**carried, "one_time_code": code_of(prescriber)})
    assert done.status_code == 302, words(done)
    assert Course.objects.values().get() != before or Attribution.objects.exists()


def test_whoever_may_do_it_and_has_none_is_told_to_set_it_up(
    client: Client, prescriber: User, course: Course
) -> None:
    held(course, prescriber)
    patient = str(course.patient.public_id)
    address = reverse("resume-course", args=[patient, course.public_id])
    refused = client.post(address, {"patient": patient, "because": "well"})
    assert refused.status_code == 403
    assert f"{reverse('second-factor')}?next=/patients/" in words(refused)
    course.refresh_from_db()
    assert course.is_on_hold


def test_a_dose_order_asks_and_its_other_acts_do_not(
    place: Place, course: Course, traveller: time_machine.Traveller
) -> None:
    nurse = place.user(Role.NAVIGATOR)
    nurse.set_password(PASSWORD)
    nurse.save()
    client = Client()
    client.force_login(nurse)
    set_up(client, nurse)
    traveller.shift(timedelta(minutes=20))
    address = reverse("dose-order", args=[course.patient.public_id, course.public_id, 2])

    sent = {"patient": course.patient.public_id, "act": "place", "supplier": "The plant"}

    asked = client.post(address, sent)
    assert "carried" in asked.context
    ordered = client.post(address, {**sent, "one_time_code": code_of(nurse)})
    assert "carried" not in ordered.context  # looked at by the order's own page
    traveller.shift(timedelta(minutes=20))
    assert "carried" not in client.post(address, {"act": "cancel"}).context
