"""What a practice sees, and what it does not."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, Site, User
from coordination.models import Document, DocumentSending
from coordination.portal.release import _readable
from patients.models import CareTeamMember, Patient, Referral
from scheduling import actions
from scheduling.models import AdverseEventInquiry, Course, Signature
from tests.base.objects import FACTORIES, Place, World
from tests.patients.stories import NOW, mid_course

METHODS = ("post", "put", "patch", "delete")


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _page(user: User, patient: Patient) -> str:
    answer = _client(user).get(reverse("portal-patient", args=[patient.public_id]))
    assert answer.status_code == 200
    return answer.content.decode()


# --- reads only -------------------------------------------------------------------------------------


def _patterns(resolver: URLResolver, prefix: str = "") -> list[tuple[str, URLPattern]]:
    found: list[tuple[str, URLPattern]] = []
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += _patterns(pattern, path)
        else:
            found.append((path, pattern))
    return found


PORTAL = [pattern.name for path, pattern in _patterns(get_resolver()) if path.startswith("portal/")]
OBJECTS = {"portal-patient": "patient", "portal-results": "patient", "portal-document": "portal-document"}


def _address(name: str, place: Place) -> str:
    return reverse(name, kwargs=FACTORIES[OBJECTS[name]](place) if name in OBJECTS else None)


def test_the_walk_finds_the_portal() -> None:
    assert {"portal", "portal-patient", "portal-document"} <= set(PORTAL)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", PORTAL)
@pytest.mark.parametrize("role", [None, Role.REFERRER, Role.NAVIGATOR])
def test_no_address_of_the_portal_takes_anything(
    world: World, name: str, method: str, role: str | None
) -> None:
    client = _client(world.own.user(role)) if role else Client()
    assert getattr(client, method)(_address(name, world.own)).status_code == 405


@pytest.mark.parametrize("method", METHODS)
def test_what_is_not_there_takes_nothing_either(world: World, method: str) -> None:
    assert getattr(_client(world.own.user(Role.REFERRER)), method)("/portal/nothing").status_code == 405


def test_a_referrer_has_no_way_to_write_but_their_own_calendar_address(world: World) -> None:
    """Over the whole map: a referrer may POST to signing out, the theme, the address, their account."""
    referrer, place = world.own.user(Role.REFERRER), world.own
    allowed = set()
    for _, pattern in _patterns(get_resolver()):
        name = pattern.name or ""
        if name.startswith(("api", "health")) or name in ("sign-out", "sign-in", "sign-in-code", "theme"):
            continue
        arguments: dict[str, Any] = {}
        for key, converter in pattern.pattern.converters.items():
            arguments[key] = {"int": 1, "uuid": uuid4(), "slug": "weight"}.get(
                type(converter).__name__.removesuffix("Converter").lower(), "nothing"
            )
        if "patient_id" in arguments:
            arguments["patient_id"] = place.patient.public_id
        client = _client(referrer)  # one of them ends the session
        answer = client.post(reverse(name, kwargs=arguments or None))
        if answer.status_code not in (403, 404, 405):
            allowed.add(name)
    own_account = {"account", "password", "second-factor"}
    own_session = {"stay-signed-in", "keep-typed", "time-out", "discard-kept"}
    assert allowed == {"practice-calendar-new"} | own_account | own_session


# --- whose ------------------------------------------------------------------------------------------


def test_the_list_holds_the_practice_s_patients_and_no_others(world: World, referrer: User) -> None:
    for place in (world.own, world.elsewhere, world.next_door):
        assert place.due_item
    shown = _client(referrer).get("/portal/").content.decode()
    assert "Family of own" in shown
    assert "Family of elsewhere" not in shown and "Family of next-door" not in shown


@pytest.mark.hazard("H39")
@pytest.mark.parametrize("name", ["portal", "portal-calendar"])
def test_the_wall_holds_when_the_filter_is_gone(
    world: World, referrer: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A mutant: the scope lets everything through."""
    places = (world.own, world.elsewhere, world.next_door)
    assert all(place.due_item and place.typed_result for place in places)
    monkeypatch.setattr(Scope, "_reach", lambda self, path: Q())
    assert Scope.of_user(referrer).patients.count() == 3
    shown = _client(referrer).get(reverse(name)).content.decode()
    assert "Family of elsewhere" not in shown and "Family of next-door" not in shown


@pytest.mark.parametrize("name", ["portal-patient", "portal-results", "portal-document"])
def test_a_foreign_patient_stays_unfound_when_the_filter_is_gone(
    world: World, referrer: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(Scope, "_reach", lambda self, path: Q())
    client = _client(referrer)
    assert client.get(_address(name, world.own)).status_code == 200
    for place in (world.elsewhere, world.next_door):
        assert client.get(_address(name, place)).status_code == 404


def test_what_was_tried_in_vain_is_in_the_audit(world: World, referrer: User) -> None:
    foreign = world.next_door.patient
    assert _client(referrer).get(reverse("portal-patient", args=[foreign.public_id])).status_code == 404
    event = AuditEvent.objects.latest("pk")
    assert (event.kind, event.patients, event.user) == ("refused", [foreign.public_id], referrer)


def test_every_view_names_the_patients_it_showed(world: World, course: Course, referrer: User) -> None:
    client = _client(referrer)
    patient = course.patient.public_id
    before = AuditEvent.objects.count()
    for name in ("portal", "portal-calendar"):
        client.get(reverse(name))
    client.get(reverse("portal-results", args=[patient]))
    events = AuditEvent.objects.order_by("pk")[before:]
    assert [(event.view, event.patients) for event in events] == [
        ("portal", [patient]),
        ("portal-calendar", [patient]),
        ("portal-results", [patient]),
    ]


def test_how_to_refer_says_where_to_send_it_and_whom_to_ask(world: World, referrer: User) -> None:
    site = world.own.patient.site
    Site.objects.filter(pk=site.pk).update(phone="555-0142", address="1 Harbor Way")
    page = _client(referrer).get(reverse("portal-how-to-refer")).content.decode()
    assert all(words in page for words in (site.name, "555-0142", "1 Harbor Way"))


def test_the_home_of_a_referrer_is_the_portal(referrer: User) -> None:
    assert _client(referrer).get("/").headers["Location"] == "/portal/"


def test_the_list_takes_as_many_statements_for_many_patients_as_for_few(
    world: World, course: Course, referrer: User
) -> None:
    client = _client(referrer)
    client.get("/portal/")
    with CaptureQueriesContext(connection) as few:
        client.get("/portal/")
    for place in (world.elsewhere, world.next_door):
        mid_course(place)
        Patient.objects.filter(pk=place.patient.pk).update(referred_by=world.own.practice)
    with CaptureQueriesContext(connection) as many:
        assert client.get("/portal/").content.decode().count("1 of 4 infusions given") == 3
    assert len(many) == len(few)


# --- what is asked, and where it stands -------------------------------------------------------------


def test_a_page_says_first_who_stays_in_charge_and_what_is_asked(course: Course, referrer: User) -> None:
    page = _page(referrer, course.patient)
    for said in (
        "remains your patient and returns to you about five weeks after the last infusion",
        "is in charge of the infusions, their doses and radiation safety",
        "1 of 4 infusions given. Infusion 2 in 13 days, Tue 18 Mar 2025.",
        "Tell us which adverse events there were since infusion 1",
        "Grade 3 or more: call at once",
        "CT or MRI: images and report to us",
    ):
        assert said in page, said
    assert page.index("remains your patient") < page.index("What we need from you now")


def test_the_list_asks_the_same(course: Course, referrer: User) -> None:
    shown = _client(referrer).get("/portal/").content.decode()
    assert "Tell us which adverse events there were since infusion 1" in shown
    assert "1 of 4 infusions given" in shown


def _ask_practice(world: World, course: Course, answer: str) -> None:
    actions.record_inquiry(
        course.cycles.get(number=2),
        asked=AdverseEventInquiry.Asked.REFERRING_PRACTICE,
        asked_on=NOW.date(),
        answer=answer,
        by=world.own.user(Role.NAVIGATOR),
        now=NOW,
    )


def test_an_answer_ends_the_question_and_silence_does_not(
    world: World, course: Course, referrer: User
) -> None:
    _ask_practice(world, course, "not-reached")
    assert "Tell us which adverse events" in _page(referrer, course.patient)
    _ask_practice(world, course, "none")
    assert "Tell us which adverse events" not in _page(referrer, course.patient)


def test_an_item_of_another_practice_is_not_asked_here(world: World, course: Course, referrer: User) -> None:
    before = _page(referrer, course.patient)
    assert "CT or MRI: images and report to us" in before
    course.due_items.filter(item="ct-mri").update(practice=world.elsewhere.practice)
    asked = _page(referrer, course.patient).split("The course over time")[0]
    assert "CT or MRI: images and report to us" not in asked


def test_a_hold_says_since_when_and_why(world: World, course: Course, referrer: User) -> None:
    actions.hold_course(course, by=world.own.user(Role.NAVIGATOR), because="Platelets fell", now=NOW)
    assert "On hold since Wed 5 Mar 2025: Platelets fell." in _page(referrer, course.patient)


def test_on_hold_no_day_is_shown_that_follows_from_the_infusion(
    world: World, course: Course, referrer: User
) -> None:
    def seen() -> str:
        calendar = _client(referrer).get(reverse("portal-calendar")).content.decode()
        return _page(referrer, course.patient) + calendar

    number = next(cycle.number for cycle in course.cycles.order_by("number") if not cycle.infusion)
    moves = (f"Infusion {number} planned", f"Infusion {number} at ", f"before infusion {number + 1}")
    before = seen()
    assert [words for words in moves if words not in before] == []
    actions.hold_course(course, by=world.own.user(Role.NAVIGATOR), because="Platelets fell", now=NOW)
    held = seen()
    assert [words for words in moves if words in held] == []


def test_a_value_whose_conversion_does_not_end_is_shown_in_three_figures() -> None:
    assert [_readable(text) for text in ("0.893463", "15.126050", "118.000001", "224", "3.96")] == [
        *("0.893", "15.1", "118"),
        *("224", "3.96"),
    ]


def test_a_referral_asks_only_for_what_is_missing(world: World, referrer: User) -> None:
    patient = world.own.patient
    Referral.objects.create(patient=patient, practice=world.own.practice, received_on=NOW.date())
    page = _page(referrer, patient)
    assert "Please send what the referral still lacks" in page
    assert "The primary site" in page
    assert "remains your patient and returns to you after treatment" in page


def test_the_navigator_of_the_patient_is_whom_to_tell(world: World, course: Course, referrer: User) -> None:
    CareTeamMember.objects.create(patient=course.patient, name="Nora L.", part="navigator", phone="555-0123")
    assert "Tell Nora L. at Site own, 555-0123" in _page(referrer, course.patient)


def test_of_a_patient_who_died_nothing_is_asked(world: World, course: Course, referrer: User) -> None:
    Patient.objects.filter(pk=course.patient.pk).update(died_on=NOW.date(), died_recorded_at=NOW)
    page = _page(referrer, course.patient)
    assert "What we need from you now" not in page and "Nothing is needed" not in page


# --- decisions and documents ------------------------------------------------------------------------


def test_a_decision_is_shown_once_it_is_signed(world: World, course: Course, referrer: User) -> None:
    assert "Nobody has signed a decision yet" in _page(referrer, course.patient)
    proposal = course.proposals.get(superseded_at=None)
    prescriber = world.own.user(Role.PRESCRIBER)
    Signature.objects.create(
        proposal=proposal, signed_by=prescriber, signed_at=NOW, decision="accept", action="hold", document={}
    )
    page = _page(referrer, course.patient)
    assert "Hold infusion 2" in page and prescriber.full_name in page


def test_a_document_is_shown_once_it_was_sent_by_the_portal(world: World, referrer: User) -> None:
    version = world.own.letter_version
    address = reverse("portal-document", args=[world.own.patient.public_id, version.public_id])
    client = _client(referrer)
    assert client.get(address).status_code == 404
    DocumentSending.objects.create(
        version=version, channel="print", at=NOW, by=world.own.user(Role.NAVIGATOR), to="by fax"
    )
    assert client.get(address).status_code == 404
    assert world.own.portal_document
    answer = client.get(address)
    assert (answer.content, answer.headers["Content-Type"]) == (bytes(version.pdf), "application/pdf")
    assert AuditEvent.objects.latest("pk").kind == "export"
    assert str(version.document) in _page(referrer, world.own.patient)


def test_a_letter_to_somebody_else_is_not_shown(world: World, referrer: User) -> None:
    version = world.own.portal_document
    Document.objects.filter(pk=version.document_id).update(practice=world.elsewhere.practice)
    address = reverse("portal-document", args=[world.own.patient.public_id, version.public_id])
    assert _client(referrer).get(address).status_code == 404
    assert address not in _page(referrer, world.own.patient)
