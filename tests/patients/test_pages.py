"""The pages about one patient: what they show, as of when, at what cost, and whom they name in the audit."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.models import AuditEvent
from coordination.flows.decision import sign_proposal
from coordination.flows.lab_result import store_typed_results
from coordination.flows.reassess import reassess
from coordination.readiness import board
from patients.models import Patient
from scheduling import actions
from scheduling.answers import OVERTAKEN
from scheduling.models import Course, Proposal
from scheduling.rules.gate_values import GateState
from tests.base.objects import Place, new_place
from tests.factories import LabResultFactory
from tests.patients.stories import NOW, TODAY, at, draw, give, mid_course, panel

PAGES = (
    "patient",
    "patient-schedule",
    "patient-results",
    "patient-records",
    "patient-team",
    "patient-history",
)
MOST_QUERIES = 46  # the history asks once for each kind of record
LIGHT = 250_000


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Place:
    return new_place("own")


@pytest.fixture
def course(place: Place) -> Course:
    return mid_course(place)


def signed_in(place: Place, role: str) -> Client:
    client = Client()
    client.force_login(place.user(role))
    return client


def page(client: Client, name: str, course: Course, **query: str) -> str:
    answer = client.get(reverse(name, args=[course.patient.public_id]), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_first_page_says_what_is_next_and_why(place: Place, course: Course) -> None:
    text = page(signed_in(place, Role.PRESCRIBER), "patient", course)
    assert "Infusion 2: hold" in text
    assert "Hold: still grade 2 (platelets 62 K/µL on Mar 4, 2025)." in text
    assert "Tue 6 May, in 62 days" in text  # the last allowed day
    assert "Tue 18 Mar, in 13 days" in text  # the planned day
    assert "Allergies: Iodinated contrast" in text
    assert "Look and sign: hold" in text
    assert "1 of 4 given, week 8" in text


def test_a_signature_that_new_facts_have_overtaken_is_never_shown_as_standing(place: Place) -> None:
    """The page says what the facts say now; between them and the worker, the stored signature lags behind."""
    course = mid_course(place, platelets="190")
    navigator, prescriber = place.user(Role.NAVIGATOR), place.user(Role.PRESCRIBER)
    sign_proposal(Proposal.objects.current().get(course=course).public_id, by=prescriber, now=NOW)
    client = signed_in(place, Role.PRESCRIBER)
    signed = f"{prescriber.full_name} signed: give 7.4 GBq"
    text = page(client, "patient", course)
    assert signed in text
    assert OVERTAKEN not in text
    assert gate(place, course) == GateState.READY

    store_typed_results(panel(TODAY, platelets="40"), patient=course.patient, by=navigator, now=NOW)

    text = page(client, "patient", course)
    assert "Infusion 2: hold" in text
    assert "Nobody has signed this yet" in text
    assert f"{signed}. {OVERTAKEN}" in text
    assert "Look and sign: hold" in text
    assert gate(place, course) == GateState.CANNOT_TELL

    reassess(course.pk, now=NOW)

    assert f"{signed}. New facts changed the proposal." in page(client, "patient", course)
    assert gate(place, course) == GateState.PROBLEM


def gate(place: Place, course: Course) -> GateState:
    """What the readiness board says of the signature for infusion 2."""
    [row] = board(Scope(sites=(place.site,)), [course.cycles.get(number=2).pk], now=NOW)
    return row.answers["signed"].state


def test_allergies_stand_whole_and_first_in_the_banner(place: Place, course: Course) -> None:
    allergies = "Iodinated contrast (hives), penicillin, sulfonamides and, with a swollen throat, latex"
    Patient.objects.filter(pk=course.patient_id).update(allergies=allergies)
    navigator = signed_in(place, Role.NAVIGATOR)
    actions.hold_course(course, by=place.user(Role.NAVIGATOR), because="Admitted", now=NOW)
    text = page(navigator, "patient", course)
    assert f"Allergies: {allergies}" in text
    assert text.index("Allergies: ") < text.index("On hold: Admitted")


def test_values_are_shown_as_sent_and_as_used(place: Place, course: Course) -> None:
    text = page(signed_in(place, Role.NAVIGATOR), "patient", course)
    assert "4.1 g/dL" in text
    assert "41 g/L" in text


def test_who_does_not_sign_is_told_who_does(place: Place, course: Course) -> None:
    text = page(signed_in(place, Role.NAVIGATOR), "patient", course)
    assert "A prescriber signs this." in text
    assert reverse("sign", args=[course.patient.public_id, course.public_id]) not in text


def test_a_manager_reads_and_is_offered_no_act(place: Place, course: Course) -> None:
    text = page(signed_in(place, Role.MANAGER), "patient", course)
    assert "Enter results" not in text
    assert "Infusion 2: hold" in text


def test_what_was_known_on_an_earlier_day(place: Place, course: Course) -> None:
    text = page(signed_in(place, Role.PRESCRIBER), "patient", course, as_of="2025-02-20")
    assert "As it was known on an earlier day" in text
    assert "Infusion 2: labs awaited" in text
    assert "platelets 62" not in text.lower()
    assert "Enter results" not in text


def test_a_result_of_yesterday_is_not_in_the_view_of_last_week(place: Place, course: Course) -> None:
    text = page(signed_in(place, Role.NAVIGATOR), "patient-results", course, as_of="2025-02-26")
    assert "101 10*9/L" in text
    assert "62 10*9/L" not in text


@pytest.mark.parametrize("day", ["yesterday", "2025-02-30", "9999-12-31"])
def test_a_day_that_makes_no_sense_shows_now(place: Place, course: Course, day: str) -> None:
    text = page(signed_in(place, Role.NAVIGATOR), "patient", course, as_of=day)
    assert "Infusion 2: hold" in text


@pytest.mark.hazard("H43")
@pytest.mark.parametrize("name", PAGES)
def test_every_page_records_that_the_patient_was_seen(place: Place, course: Course, name: str) -> None:
    page(signed_in(place, Role.MANAGER), name, course)
    seen = AuditEvent.objects.get(view=name)
    assert seen.patients == [course.patient.public_id]
    assert seen.kind == AuditEvent.Kind.VIEW


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_light_and_without_style_attributes(place: Place, course: Course, name: str) -> None:
    text = page(signed_in(place, Role.PRESCRIBER), name, course)
    assert len(text) < LIGHT
    assert " style=" not in text
    assert "onclick" not in text


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_a_constant_number_of_questions(place: Place, course: Course, name: str) -> None:
    client = signed_in(place, Role.PRESCRIBER)
    page(client, name, course)
    few = _queries(client, name, course)
    navigator = place.user(Role.NAVIGATOR)
    for days in range(2, 12):
        draw(course.patient, TODAY - timedelta(days=days), by=navigator)
        actions.plan_draw(course.patient, at=NOW + timedelta(days=days), by=navigator, now=NOW)
    reassess(course.pk, now=NOW)
    many = _queries(client, name, course)
    assert many <= few
    assert few <= MOST_QUERIES


def _queries(client: Client, name: str, course: Course) -> int:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page(client, name, course)
    return len(asked)


def test_a_patient_without_a_course_is_offered_one(place: Place) -> None:
    client = signed_in(place, Role.PRESCRIBER)
    for name in PAGES:
        answer = client.get(reverse(name, args=[place.patient.public_id]))
        assert answer.status_code == 200, name
    answer = client.get(reverse("patient", args=[place.patient.public_id]))
    assert "No course yet" in answer.content.decode()
    assert reverse("start-course", args=[place.patient.public_id]) in answer.content.decode()


def test_a_course_in_every_phase_has_its_pages(place: Place, course: Course) -> None:
    """Held, dead, stopped: every page of each opens."""
    client = signed_in(place, Role.PRESCRIBER)
    doctor = place.user(Role.PRESCRIBER)
    course = Course.objects.get(pk=course.pk)
    actions.hold_course(course, by=doctor, because="waits for a scan", now=NOW)
    _all_open(client, course)
    assert "On hold: waits for a scan" in page(client, "patient", course)
    actions.stop_course(course, by=doctor, because="progression", on=TODAY, now=NOW)
    _all_open(client, course)
    assert "No further dose to decide" in page(client, "patient", course)


def _all_open(client: Client, course: Course) -> None:
    reassess(course.pk, now=NOW)
    for name in PAGES:
        page(client, name, course)


def test_after_infusion_two_the_strip_moves_on(place: Place, course: Course) -> None:
    give(course, 2, TODAY, by=place.user(Role.NAVIGATOR))
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        text = page(signed_in(place, Role.NAVIGATOR), "patient", course)
    assert "2 of 4 given" in text
    assert "Infusion 3: labs awaited" in text


def test_the_swimlane_and_its_table_hold_the_same(place: Place, course: Course) -> None:
    answer: Any = signed_in(place, Role.NAVIGATOR).get(
        reverse("patient-schedule", args=[course.patient.public_id])
    )
    svg, twin = answer.context["swimlane"], answer.context["twin"]
    assert svg.count('class="chart-mark') == len(twin)
    assert "Infusion 1 given Tue 14 Jan" in svg


def test_trends_draw_the_line_of_the_dose_table(place: Place, course: Course) -> None:
    text = page(signed_in(place, Role.NAVIGATOR), "patient-results", course)
    assert "hold &lt; 75" in text  # platelets grade 2
    assert "hold ≥ 1.26" in text  # 1.40 x the baseline of 0.9 mg/dL
    assert "hold &gt; 200" in text  # AST above 5 x ULN


def test_a_draw_of_which_only_the_day_is_known_shows_no_time_and_both_numbers_of_its_order(
    place: Place, course: Course
) -> None:
    LabResultFactory(
        report__patient=course.patient,
        collected_at=at(TODAY, 12),
        day_only=True,
        placer_order="ORD448811",
        filler_order="LAB789",
    )
    client = signed_in(place, Role.NAVIGATOR)

    text = page(client, "patient-results", course)
    assert "Wed 5 Mar <span" in text
    assert "order ORD448811, lab no. LAB789</span>" in text
    assert "Wed 5 Mar, today" in page(client, "patient", course)
    answer = client.get(reverse("patient-results-csv", args=[course.patient.public_id]))
    lines = b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()
    assert any("2025-03-05," in line and "ORD448811,LAB789" in line for line in lines.splitlines())


@pytest.mark.hazard("H43")
def test_the_history_tells_who_looked_and_who_decided(place: Place, course: Course) -> None:
    client = signed_in(place, Role.MANAGER)
    page(client, "patient", course)
    text = page(client, "patient-history", course)
    assert "Viewed once" in text
    assert "Phone with practice nurse: reached" in text
    assert "11 results typed by hand" in text
    only = page(client, "patient-history", course, kind="contacts")
    assert "Phone with practice nurse" in only
    assert "11 results typed by hand" not in only


def test_what_an_infusion_left_undone_is_put_apart_and_closed_with_a_reason(
    place: Place, course: Course
) -> None:
    undone = course.due_items.get(item="confirm-labs", cycle_number=1)
    assert undone.too_late
    client = signed_in(place, Role.NAVIGATOR)
    text = page(client, "patient-schedule", course)
    assert "Too late: close with a reason (1)" in text
    address = reverse("due-item", args=[undone.public_id])
    here = reverse("patient-schedule", args=[course.patient.public_id])
    assert f"{address}?next={here}#not-done" in text

    sent = {"act": "not-done", "because": "Given without them", "version": undone.version}
    client.post(address, {"patient": course.patient.public_id, **sent})

    undone.refresh_from_db()
    assert undone.not_done_reason == "Given without them"
    assert "Too late" not in page(client, "patient-schedule", course)
