"""Acts on a course through its pages: what is stored, what the page answers, who was first."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.models import AuditEvent, User
from coordination.flows import decision
from coordination.flows.record import record
from labs.models import LabResult
from labs.rules.reading import Rejection
from patients.forms import FOR_ANOTHER
from patients.models import Patient, ResponseAssessment
from scheduling import actions
from scheduling.models import (
    AdverseEvent,
    AdverseEventInquiry,
    Attribution,
    ConflictOverride,
    Course,
    Cycle,
    Draw,
    InfusionGiven,
    Injection,
    PregnancyTest,
    Proposal,
    Scan,
    Signature,
    Transfusion,
    Weight,
)
from tests.base.objects import Place, new_place
from tests.patients.stories import FIRST, NOW, TODAY, mid_course, plan


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


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(client: Client, name: str, course: Course, *more: object, **data: object) -> Any:
    """Send a form as its page would: with the patient it was opened for."""
    return client.post(
        reverse(name, args=[course.patient.public_id, *more]),
        {"patient": str(course.patient.public_id), **data},
    )


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# --- recording --------------------------------------------------------------------------------------


RECORDS = [
    (
        "record-weight",
        {"weight": "154", "unit": "lb", "on": "2025-03-05"},
        Weight,
        {"kg": Decimal("69.85322498"), "typed_value": 154, "typed_unit": "lb"},
    ),
    ("record-weight", {"weight": "70.5", "unit": "kg", "on": "2025-03-05"}, Weight, {"kg": Decimal("70.5")}),
    (
        "record-injection",
        {"drug": "lanreotide", "dose_mg": "120", "planned_on": "2025-04-20"},
        Injection,
        {"drug": "lanreotide"},
    ),
    ("record-scan", {"kind": "ct-mri", "on": "2025-04-14"}, Scan, {"kind": "ct-mri"}),
    (
        "record-adverse-event",
        {"term": "Vomiting", "on": "2025-03-01", "grade": "3"},
        AdverseEvent,
        {"grade": 3},
    ),
    (
        "record-transfusion",
        {"product": "red-cells", "on": "2025-03-04"},
        Transfusion,
        {"product": "red-cells"},
    ),
    (
        "record-pregnancy-test",
        {"on": "2025-03-05", "result": "negative", "method": "serum"},
        PregnancyTest,
        {"result": "negative"},
    ),
    ("record-draw", {"at": "2025-03-20T09:00", "urgent": ""}, Draw, {"urgent": False}),
    (
        "record-response",
        {"on": "2025-03-04", "outcome": "stable", "basis": "CT, RECIST 1.1"},
        ResponseAssessment,
        {"outcome": "stable", "on": date(2025, 3, 4), "first_scan_only": False},
    ),
]


@pytest.mark.parametrize(("name", "data", "model", "expected"), RECORDS)
def test_a_fact_is_recorded_and_the_page_says_what_changed(
    place: Place, course: Course, name: str, data: dict[str, str], model: Any, expected: dict[str, object]
) -> None:
    navigator = place.user(Role.NAVIGATOR)
    answer = send(signed_in(navigator), name, course, **data)
    assert answer.status_code == 302
    fact = model.objects.filter(**expected).latest("pk")
    assert fact.recorded_by == navigator
    assert "roposal" in said(answer) or "Now:" in said(answer)
    assert AuditEvent.objects.filter(view=name, kind=AuditEvent.Kind.CHANGE).exists()


def test_a_weight_has_no_unit_of_its_own(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    answer = send(client, "record-weight", course, weight="154", on="2025-03-05")
    assert answer.status_code == 422
    assert 'value="154"' in words(answer)
    assert Weight.objects.count() == 1


def test_an_impossible_weight_is_refused_beside_its_field(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    answer = send(client, "record-weight", course, weight="700", unit="kg", on="2025-03-05")
    assert answer.status_code == 422
    assert answer.context["form"].errors["weight"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e400", "9" * 60, "0x10", "７０"])
def test_what_is_no_plain_number_is_refused(place: Place, course: Course, number: str) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    answer = send(client, "record-weight", course, weight=number, unit="kg", on="2025-03-05")
    assert answer.status_code == 422
    assert "weight" in answer.context["form"].errors


def test_an_infusion_is_recorded_with_what_was_signed(place: Place, course: Course) -> None:
    doctor = place.user(Role.PRESCRIBER)
    proposal = Proposal.objects.current().get(course=course)
    decision.override(
        proposal.public_id,
        by=doctor,
        now=NOW - timedelta(days=1),
        action="give",
        activity_gbq=Decimal("3.7"),
        code="benefit-outweighs",
        reason="slow recovery expected",
    )
    answer = send(
        signed_in(place.user(Role.CLINIC)),
        "record-infusion",
        course,
        cycle=str(course.cycles.get(number=2).public_id),
        started_at="2025-03-05T08:30",
        ended_at="2025-03-05T09:10",
        activity_gbq="3.7",
    )
    assert answer.status_code == 302
    given = InfusionGiven.objects.get(cycle__course=course, cycle__number=2)
    assert given.signed_gbq == Decimal("3.7")
    assert given.started_at.astimezone().isoformat() >= "2025-03-05"
    assert "Infusion recorded. It was: infusion 2" in said(answer)


def test_asking_for_adverse_events_is_a_fact_of_its_own(place: Place, course: Course) -> None:
    answer = send(
        signed_in(place.user(Role.NAVIGATOR)),
        "record-inquiry",
        course,
        cycle=str(course.cycles.get(number=2).public_id),
        asked="patient",
        asked_on="2025-03-05",
        answer="none",
    )
    assert answer.status_code == 302
    assert AdverseEventInquiry.objects.get().answer == "none"


@pytest.fixture
def vomiting(place: Place, course: Course) -> AdverseEvent:
    """Grade 3 since the first infusion, and it goes on: the row of other toxicities is open."""
    recorded = partial(
        actions.record_adverse_event,
        course.patient,
        term="Vomiting",
        on=FIRST + timedelta(days=3),
        grade=3,
        by=place.user(Role.NAVIGATOR),
        now=NOW,
    )
    event = record(course.patient, recorded, now=NOW)
    assert row_of_others(course) == "open"
    return event


def test_the_card_leads_from_an_event_to_how_it_is_now(
    place: Place, course: Course, vomiting: AdverseEvent
) -> None:
    client = signed_in(place.user(Role.CLINIC))
    records = reverse("patient-records", args=[course.patient.public_id])

    card = words(client.get(reverse("patient", args=[course.patient.public_id])))

    assert card.count("How is it now?") == 1
    assert f"{records}#adverse-event" in card
    assert 'id="adverse-event"' in words(client.get(records))


def row_of_others(course: Course) -> str:
    rows = Proposal.objects.current().get(course=course).document["next_dose"]["rows"]
    return next(row["state"] for row in rows if row["row"] == "other")


def follow_up(place: Place, course: Course, event: AdverseEvent, **data: object) -> Any:
    client = signed_in(place.user(Role.NAVIGATOR))
    return send(client, "follow-up-event", course, event.public_id, **data)


@pytest.mark.parametrize(
    ("sent", "grade", "grade_now", "row"),
    [
        ({"grade_now": "0", "resolved_on": "2025-03-04"}, 3, None, "resolved"),
        ({"grade_now": "2"}, 3, 2, "resolved"),
        ({"grade_now": "3"}, 3, None, "open"),
        ({"grade_now": "4"}, 4, None, "open"),
    ],
)
def test_how_an_adverse_event_is_now_decides_and_what_it_was_is_kept(
    place: Place,
    course: Course,
    vomiting: AdverseEvent,
    sent: dict[str, str],
    grade: int,
    grade_now: int | None,
    row: str,
) -> None:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        answer = follow_up(place, course, vomiting, **sent)
        shown = words(signed_in(place.user(Role.NAVIGATOR)).get(answer.url))

    assert answer.status_code == 302
    now = AdverseEvent.objects.known().get(term="Vomiting")
    assert (now.earlier, now.grade, now.grade_now) == (vomiting, grade, grade_now)
    assert row_of_others(course) == row
    assert AdverseEvent.objects.known_at(NOW).get(term="Vomiting") == vomiting
    assert shown.count("Vomiting, grade") >= 2
    assert "Recorded again by" in shown
    assert shown.count("How is it now?") == (0 if sent["grade_now"] == "0" else 1)


def test_an_event_that_nobody_graded_is_not_graded_by_its_end(place: Place, course: Course) -> None:
    event = AdverseEvent.objects.create(patient=course.patient, term="Dizziness", on=FIRST, recorded_at=NOW)

    follow_up(place, course, event, grade_now="0", resolved_on="2025-03-04")

    now = AdverseEvent.objects.known().get(term="Dizziness")
    assert (now.earlier, now.grade, now.grade_now) == (event, None, None)


@pytest.mark.parametrize(
    ("sent", "field", "objection"),
    [
        ({}, "grade_now", "required"),
        ({"grade_now": "6"}, "grade_now", "6 is not one"),
        ({"grade_now": "0"}, "resolved_on", "Say on which day it was gone."),
        ({"grade_now": "1", "resolved_on": "2025-03-04"}, "resolved_on", "only when it is gone"),
        ({"grade_now": "0", "resolved_on": "2025-01-16"}, "resolved_on", "before its first day"),
        ({"grade_now": "0", "resolved_on": "2025-03-06"}, "resolved_on", "still to come"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    place: Place, course: Course, vomiting: AdverseEvent, sent: dict[str, str], field: str, objection: str
) -> None:
    answer = follow_up(place, course, vomiting, note="since Monday", **sent)

    assert answer.status_code == 422
    assert objection in " ".join(answer.context["form"].errors[field])
    assert "since Monday" in words(answer)
    assert AdverseEvent.objects.filter(term="Vomiting").count() == 1


def test_two_who_follow_up_one_event_do_not_both_win(
    place: Place, course: Course, vomiting: AdverseEvent
) -> None:
    follow_up(place, course, vomiting, grade_now="2")

    answer = follow_up(place, course, vomiting, grade_now="1")

    assert answer.status_code == 409
    assert "A navigator has recorded meanwhile how it is" in words(answer)
    gone = AdverseEvent.objects.known().get(term="Vomiting")
    follow_up(place, course, gone, grade_now="0", resolved_on="2025-03-05")
    again = follow_up(place, course, AdverseEvent.objects.known().get(term="Vomiting"), grade_now="1")
    assert again.status_code == 422
    assert "It has resolved." in words(again)


def test_a_progression_ends_with_the_record_it_rests_on(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.PRESCRIBER))
    said = {"outcome": "progression", "basis": "CT: new lesions"}
    assert send(client, "record-response", course, on="2025-03-06", **said).status_code == 422
    assert send(client, "record-response", course, on="2025-03-04", **said).status_code == 302
    course.refresh_from_db()
    assert course.progressed_on == date(2025, 3, 4)
    response = ResponseAssessment.objects.get()

    send(client, "record-in-error", course, "response", response.public_id, because="another patient's CT")

    course.refresh_from_db()
    assert course.progressed_on is None
    shown = words(client.get(reverse("patient-records", args=[course.patient.public_id])))
    assert "CT: new lesions" in shown
    assert "another patient&#x27;s CT" in shown


# --- plans ----------------------------------------------------------------------------------------


@pytest.fixture
def planned_injection(place: Place, course: Course) -> Injection:
    answer = send(
        signed_in(place.user(Role.NAVIGATOR)),
        "record-injection",
        course,
        drug="octreotide-lar",
        dose_mg="30",
        planned_on="2025-03-05",
    )
    assert answer.status_code == 302
    return Injection.objects.planned().get()


def test_a_planned_injection_that_was_given_is_the_same_injection(
    place: Place, course: Course, planned_injection: Injection
) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    count = Injection.objects.count()
    records = words(client.get(reverse("patient-records", args=[course.patient.public_id])))
    address = (
        f"{reverse('record-injection', args=[course.patient.public_id])}?plan={planned_injection.public_id}"
    )
    assert address in records
    form = client.get(address).context["form"]
    assert (form["drug"].value(), str(form["plan"].value())) == (
        "octreotide-lar",
        str(planned_injection.public_id),
    )

    sent = {"plan": str(planned_injection.public_id), "drug": "octreotide-lar", "dose_mg": "30"}
    refused = send(client, "record-injection", course, **sent)
    answer = send(client, "record-injection", course, given_at="2025-03-05T09:30", **sent)
    again = send(client, "record-injection", course, given_at="2025-03-05T09:30", **sent)

    assert refused.status_code == 422
    assert "Say when it was given." in " ".join(refused.context["form"].errors["given_at"])
    assert answer.status_code == 302
    assert Injection.objects.count() == count
    assert not Injection.objects.planned().exists()
    planned_injection.refresh_from_db()
    assert planned_injection.given_at
    assert planned_injection.planned_on == date(2025, 3, 5)
    assert again.status_code == 422
    assert again.context["form"].errors["plan"]


def test_a_plan_is_called_off_with_a_reason_once(
    place: Place, course: Course, planned_injection: Injection
) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    where = ("call-off", course, "injection", planned_injection.public_id)

    assert send(client, *where, because=" ").status_code == 422
    assert send(client, *where, because="the practice has none").status_code == 302

    assert not Injection.objects.planned().exists()
    shown = words(client.get(reverse("patient-records", args=[course.patient.public_id])))
    assert "Called off: the practice has none" in shown
    assert "It was given" not in shown
    again = send(client, *where, because="twice")
    assert again.status_code == 409
    assert "called off or taken back meanwhile" in words(again)


def test_what_was_given_is_not_called_off(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    given = Injection.objects.given().get()

    refused = send(client, "call-off", course, "injection", given.public_id, because="wish")

    assert refused.status_code == 422
    assert "It was given." in words(refused)
    weight = Weight.objects.get()
    assert send(client, "call-off", course, "weight", weight.public_id, because="wish").status_code == 404


@pytest.mark.hazard("H03")
def test_a_form_opened_for_another_patient_saves_nothing(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    address = reverse("record-weight", args=[course.patient.public_id])
    for patient in (str(uuid4()), "", "nonsense"):
        answer = client.post(address, {"patient": patient, "weight": "70", "unit": "kg", "on": "2025-03-05"})
        assert answer.status_code == 409
        assert "Nothing was saved" in words(answer)
    assert Weight.objects.count() == 1


def test_a_record_in_error_stays_and_says_why(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    weight = Weight.objects.get()
    refused = send(client, "record-in-error", course, "weight", weight.public_id, because=" ")
    assert refused.status_code == 422
    answer = send(client, "record-in-error", course, "weight", weight.public_id, because="another patient's")
    assert answer.status_code == 302
    weight.refresh_from_db()
    assert weight.recorded_in_error_because == "another patient's"
    shown = words(client.get(reverse("patient-records", args=[course.patient.public_id])))
    assert "another patient&#x27;s" in shown
    again = send(client, "record-in-error", course, "weight", weight.public_id, because="twice")
    assert again.status_code == 422


def test_a_death_cancels_what_is_to_come(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.CLINIC))
    unsure = send(client, "record-death", course, died_on="2025-03-04")
    assert unsure.status_code == 422
    assert send(client, "record-death", course, died_on="2025-03-06", certain="on").status_code == 422
    answer = send(client, "record-death", course, died_on="2025-03-04", certain="on")
    assert answer.status_code == 302
    assert Patient.objects.get(pk=course.patient_id).died_on is not None
    assert "Died 4 Mar 2025" in words(client.get(reverse("patient", args=[course.patient.public_id])))


# --- results ----------------------------------------------------------------------------------------


def results(**values: str) -> dict[str, str]:
    return {"key": str(uuid4()), "collected_at": "2025-03-05T08:00", **values}


def test_typed_results_change_the_proposal_before_the_page_answers(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    answer = send(
        client,
        "enter-results",
        course,
        **results(platelets_value="81", platelets_unit="10*9/L", platelets_low="150"),
    )
    assert answer.status_code == 302
    assert "It was: infusion 2: Hold: still grade 2 (platelets 62 K/µL on" in said(answer)
    assert "Now: infusion 2: Give 3.7 GBq" in said(answer)


def test_the_same_form_sent_twice_stores_once(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    typed = results(platelets_value="81", platelets_unit="K/uL")
    before = LabResult.objects.count()
    assert send(client, "enter-results", course, **typed).status_code == 302
    assert send(client, "enter-results", course, **typed).status_code == 302
    assert LabResult.objects.count() == before + 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"platelets_value": "many", "platelets_unit": "10*9/L"}, "platelets_value"),
        ({"platelets_value": "62000", "platelets_unit": "10*9/L"}, "platelets_value"),
        ({"albumin_value": "41", "albumin_unit": "kg"}, "albumin_unit"),
        ({"free0_value": "12", "free0_unit": "mg/dL"}, "free0_loinc"),
        ({"bilirubin_value": "4.0", "bilirubin_unit": "mg/dL", "bilirubin_high": "20.5"}, "bilirubin_high"),
        (
            {"bilirubin_value": "4.0", "bilirubin_unit": "mg/dL", "bilirubin_high": "see note"},
            "bilirubin_high",
        ),
        (
            {"alt_value": "40", "alt_unit": "U/L", "alt_low": "0", "alt_high": "0"},
            "alt_low",
        ),
        (
            {"alt_value": "40", "alt_unit": "U/L", "alt_low": "7", "alt_high": "<=40"},
            "alt_low",
        ),
    ],
)
def test_a_slip_is_said_beside_its_line_and_kept(
    place: Place, course: Course, typed: dict[str, str], field: str
) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    answer = send(client, "enter-results", course, **results(**typed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    kept = next(value for name, value in typed.items() if name.endswith("_value"))
    assert f'value="{kept}"' in words(answer)


def test_a_comparator_is_kept(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    typed = results(platelets_value="<10", platelets_unit="10*9/L")
    assert send(client, "enter-results", course, **typed).status_code == 302
    assert LabResult.objects.latest("pk").used_comparator == "<"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"bilirubin_high": "<=1.2"}, (None, None, "<=1.2")),
        ({"bilirubin_low": "0.2 - 1.2 mg/dL"}, (None, None, "0.2 - 1.2 mg/dL")),
        ({"bilirubin_high": "1.2"}, (None, "1.2", "")),
        ({"bilirubin_low": "0.2", "bilirubin_high": "1.2"}, ("0.2", "1.2", "")),
    ],
)
def test_a_range_is_kept_as_the_report_prints_it(
    place: Place, course: Course, typed: dict[str, str], kept: tuple[str | None, str | None, str]
) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    sent = results(bilirubin_value="1.3", bilirubin_unit="mg/dL", laboratory="Lab East", **typed)
    assert send(client, "enter-results", course, **sent).status_code == 302
    result = LabResult.objects.latest("pk")
    assert (result.low, result.high, result.range_text) == kept
    reading = result.read()
    assert not isinstance(reading, Rejection)
    assert str(reading.high) == "1.2"
    assert (result.note, result.report.laboratory) == ("", "Lab East")


@pytest.mark.parametrize("lost", [{"platelets_high": "400"}, {"free0_loinc": "2-2"}, {"free0_unit": "mg/dL"}])
def test_what_is_typed_beside_no_value_is_not_dropped_without_a_word(
    place: Place, course: Course, lost: dict[str, str]
) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    typed = results(hemoglobin_value="12", hemoglobin_unit="g/dL", **lost)
    answer = send(client, "enter-results", course, **typed)
    assert answer.status_code == 422
    assert "Type the value too, or clear this line." in words(answer)


def test_a_code_nobody_knows_is_kept_and_put_before_a_person(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    typed = results(free0_loinc="99999-9", free0_value="12", free0_unit="mg/dL")
    assert send(client, "enter-results", course, **typed).status_code == 302
    kept = LabResult.objects.latest("pk")
    assert (kept.usable, kept.rejection, kept.review_items.count()) == (False, "code-unknown", 1)


def test_a_typed_result_is_taken_back(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    low = LabResult.objects.get(value="62")
    answer = send(client, "result-in-error", course, low.public_id, because="misread")
    assert answer.status_code == 302
    assert "Hold: still grade 2 (platelets 62 K/µL on" in said(answer)
    newest = LabResult.objects.filter(source_id=low.source_id).latest("version")
    assert (newest.status, newest.note) == ("entered-in-error", "misread")


# --- signing ----------------------------------------------------------------------------------------


def sign_page(client: Client, course: Course, name: str = "sign") -> str:
    """Open the page and return the proposal it shows."""
    page: Any = client.get(reverse(name, args=[course.patient.public_id, course.public_id]))
    assert page.status_code == 200
    return str(page.context["sheet"].proposal.public_id)


def test_a_proposal_is_not_signed_on_a_page_opened_for_another_patient(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.PRESCRIBER))
    proposal = sign_page(client, course)
    answer = send(client, "sign", course, course.public_id, proposal=proposal, patient=str(uuid4()))
    assert answer.status_code == 409
    assert FOR_ANOTHER in words(answer)
    assert f'name="patient" value="{course.patient.public_id}"' in words(answer)
    assert not Signature.objects.exists()


def test_a_prescriber_signs_what_is_shown(place: Place, course: Course) -> None:
    doctor = place.user(Role.PRESCRIBER)
    client = signed_in(doctor)
    answer = send(client, "sign", course, course.public_id, proposal=sign_page(client, course))
    assert answer.status_code == 302
    signature = Signature.objects.get()
    assert (signature.signed_by, signature.action) == (doctor, "hold")
    assert Course.objects.get(pk=course.pk).held_since
    assert "signed: hold" in words(client.get(reverse("patient", args=[course.patient.public_id])))


def test_of_two_who_sign_one_is_told_who_was_first(place: Place, course: Course) -> None:
    first, second = place.user(Role.PRESCRIBER), place.user(Role.PRESCRIBER)
    first.full_name = "Dr. First"
    first.save()
    one, other = signed_in(first), signed_in(second)
    proposal = sign_page(one, course)
    assert sign_page(other, course) == proposal
    assert send(one, "sign", course, course.public_id, proposal=proposal).status_code == 302
    late = send(other, "sign", course, course.public_id, proposal=proposal)
    assert late.status_code == 409
    assert "Dr. First signed this first: Hold." in words(late)
    assert Signature.objects.get().signed_by == first


def test_an_override_that_comes_second_loses_nothing_that_was_typed(place: Place, course: Course) -> None:
    one, other = signed_in(place.user(Role.PRESCRIBER)), signed_in(place.user(Role.PRESCRIBER))
    proposal = sign_page(one, course)
    assert send(one, "sign", course, course.public_id, proposal=proposal).status_code == 302
    late = send(
        other,
        "override",
        course,
        course.public_id,
        proposal=proposal,
        action="stop",
        code="patient-wish",
        reason="She does not want another.",
    )
    assert late.status_code == 409
    assert "She does not want another." in words(late)
    assert Signature.objects.count() == 1


def test_facts_that_came_in_meanwhile_are_looked_at_first(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.PRESCRIBER))
    proposal = sign_page(client, course)
    typed = results(platelets_value="81", platelets_unit="10*9/L", platelets_low="150")
    assert send(signed_in(place.user(Role.NAVIGATOR)), "enter-results", course, **typed).status_code == 302
    late = send(client, "sign", course, course.public_id, proposal=proposal)
    assert late.status_code == 409
    assert "New facts have changed the proposal" in words(late)
    assert not Signature.objects.exists()


@pytest.mark.hazard("H20")
def test_an_override_needs_a_code_and_a_reason(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.PRESCRIBER))
    proposal = sign_page(client, course, "override")
    bare = send(client, "override", course, course.public_id, proposal=proposal, action="give")
    assert bare.status_code == 422
    assert {"activity_gbq", "code", "reason"} <= set(bare.context["form"].errors)
    full = send(
        client,
        "override",
        course,
        course.public_id,
        proposal=proposal,
        action="give",
        activity_gbq="3.7",
        code="clinical-judgment",
        reason="Platelets were clumped.",
    )
    assert full.status_code == 302
    assert Signature.objects.get().override_reason == "Platelets were clumped."


def test_not_related_clears_the_row(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.PRESCRIBER))
    answer = send(
        client,
        "attribute",
        course,
        course.public_id,
        row="thrombocytopenia",
        cycle_number="1",
        related="no",
        reason="heparin",
    )
    assert answer.status_code == 302
    assert not Attribution.objects.get().related
    assert "Now: infusion 2: Give 7.4 GBq" in said(answer)


@pytest.mark.hazard("H13")
def test_a_baseline_is_chosen_among_this_patient_s_results(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.PRESCRIBER))
    other = mid_course(new_place("elsewhere"))
    foreign = LabResult.objects.filter(patient=other.patient).first()
    own = LabResult.objects.filter(patient=course.patient, analyte="creatinine").first()
    assert foreign and own
    refused = send(
        client, "pin-baseline", course, course.public_id, result=str(foreign.public_id), reason="x"
    )
    assert refused.status_code == 422
    answer = send(
        client, "pin-baseline", course, course.public_id, result=str(own.public_id), reason="steady"
    )
    assert answer.status_code == 302


def test_a_confirmation_is_recorded(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.PRESCRIBER))
    answer = send(
        client,
        "confirm-row",
        course,
        course.public_id,
        row="renal",
        on="2025-03-05",
        resolved="yes",
        reason="hydrated",
    )
    assert answer.status_code == 302


# --- moving -----------------------------------------------------------------------------------------


def second(course: Course) -> Cycle:
    return course.cycles.get(number=2)


def move_page(client: Client, course: Course, to: str) -> Any:
    cycle = second(course)
    return client.get(reverse("move-infusion", args=[course.patient.public_id, cycle.public_id]), {"to": to})


def test_the_consequences_come_before_the_move(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    page = move_page(client, course, "2025-03-25")
    assert page.status_code == 200
    assert "Not saved yet." in words(page)
    assert "Infusions far apart" in words(page)  # 70 days
    assert "The patient, Family of own, Given" in words(page)
    assert str(second(course).planned_on) == "2025-03-18"


def test_a_move_is_saved_with_its_reason(place: Place, course: Course) -> None:
    navigator = place.user(Role.NAVIGATOR)
    version = second(course).version
    answer = send(
        signed_in(navigator),
        "move-infusion",
        course,
        second(course).public_id,
        to="2025-03-11",
        version=version,
        because="the patient travels",
    )
    assert answer.status_code == 302
    moved = second(course)
    assert str(moved.planned_on) == "2025-03-11"
    assert moved.history.first().history_change_reason == "the patient travels"
    assert moved.history.first().history_user == navigator


def test_a_day_that_has_passed_is_no_plan(place: Place, course: Course) -> None:
    page = move_page(signed_in(place.user(Role.NAVIGATOR)), course, "2025-03-04")
    assert "This day has passed" in words(page)


def test_a_blocking_conflict_needs_a_reason_of_its_own(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    page = move_page(client, course, "2025-05-20")  # past 16 weeks
    digest = page.context["form"].blocking[0][0]
    data: dict[str, object] = {
        "to": "2025-05-20",
        "version": second(course).version,
        "because": "no dose before",
    }
    refused = send(client, "move-infusion", course, second(course).public_id, **data)
    assert refused.status_code == 422
    assert f"answer-{digest}" in refused.context["form"].errors
    assert "no dose before" in words(refused)
    data |= {f"answer-{digest}": "agreed with the prescriber" for digest, _ in page.context["form"].blocking}
    answer = send(client, "move-infusion", course, second(course).public_id, **data)
    assert answer.status_code == 302
    assert ConflictOverride.objects.filter(reason="agreed with the prescriber").exists()


def test_of_two_who_move_one_sees_both_days(place: Place, course: Course) -> None:
    read = second(course).version
    colleague = place.user(Role.NAVIGATOR)
    colleague.full_name = "Ana Ruiz"
    colleague.save()
    plan(course, 2, TODAY + timedelta(days=14), by=colleague, now=NOW)
    late = send(
        signed_in(place.user(Role.NAVIGATOR)),
        "move-infusion",
        course,
        second(course).public_id,
        to="2025-03-11",
        version=read,
        because="the patient travels",
    )
    assert late.status_code == 409
    shown = words(late)
    assert "Ana Ruiz changed it" in shown
    assert "Wed 19 Mar" in shown
    assert "Tue 11 Mar" in shown
    assert "the patient travels" in shown
    assert f'name="version" value="{second(course).version}"' in shown


# --- hold, resume, stop, start ----------------------------------------------------------------------


def test_anyone_holds_and_a_prescriber_resumes(place: Place, course: Course) -> None:
    nurse, doctor = signed_in(place.user(Role.CLINIC)), signed_in(place.user(Role.PRESCRIBER))
    page = words(nurse.get(reverse("hold-course", args=[course.patient.public_id, course.public_id])))
    assert "The 16 weeks run on" in page
    assert "Tue 6 May" in page
    assert "Tue 22 Apr" in page  # two weeks to order
    assert send(nurse, "hold-course", course, course.public_id, because="fever").status_code == 302
    assert Course.objects.get(pk=course.pk).held_reason == "fever"
    assert send(nurse, "hold-course", course, course.public_id, because="again").status_code == 422
    assert send(nurse, "resume-course", course, course.public_id, because="gone").status_code == 403
    assert send(doctor, "resume-course", course, course.public_id, because="gone").status_code == 302
    assert Course.objects.get(pk=course.pk).held_since is None


def test_a_stop_needs_its_reason(place: Place, course: Course) -> None:
    doctor = signed_in(place.user(Role.PRESCRIBER))
    assert send(doctor, "stop-course", course, course.public_id, on="2025-03-05").status_code == 422
    answer = send(doctor, "stop-course", course, course.public_id, on="2025-03-05", because="progression")
    assert answer.status_code == 302
    assert Course.objects.get(pk=course.pk).stopped_reason == "progression"


def test_a_course_is_started_once(place: Place) -> None:
    doctor = signed_in(place.user(Role.PRESCRIBER))
    address = reverse("start-course", args=[place.patient.public_id])
    data = {
        "patient": str(place.patient.public_id),
        "protocol": "lutathera-us-2024",
        "first_on": "2025-04-01",
        "anyway_because": "transferred",
    }
    assert doctor.post(address, data).status_code == 302
    again = doctor.post(address, data)
    assert again.status_code == 422
    assert "already has a course" in words(again)
    assert Course.objects.get().cycles.count() == 4


# --- conflicts --------------------------------------------------------------------------------------


def test_a_conflict_is_answered_by_a_named_person(place: Place, course: Course) -> None:
    navigator = place.user(Role.NAVIGATOR)
    client = signed_in(navigator)
    send(client, "record-injection", course, drug="lanreotide", planned_on="2025-03-10")
    page: Any = client.get(reverse("patient", args=[course.patient.public_id]))
    found = next(line for line in page.context["conflicts"] if line.code == "lar-within-washout")
    typed = {"digest": found.digest, "reason": "agreed", "patient": str(uuid4())}
    other = send(client, "answer-conflict", course, course.public_id, **typed)
    assert (other.status_code, FOR_ANOTHER in words(other)) == (409, True)
    assert "agreed</textarea>" in words(other)
    assert not ConflictOverride.objects.exists()
    bare = send(client, "answer-conflict", course, course.public_id, digest=found.digest, reason=" ")
    assert bare.status_code == 422
    answer = send(client, "answer-conflict", course, course.public_id, digest=found.digest, reason="agreed")
    assert answer.status_code == 302
    assert ConflictOverride.objects.get().recorded_by == navigator
    shown = words(client.get(reverse("patient", args=[course.patient.public_id])))
    assert f"{navigator.full_name}, Mar 5, 2025: agreed" in shown


def test_a_conflict_that_has_gone_keeps_what_was_typed(place: Place, course: Course) -> None:
    client = signed_in(place.user(Role.NAVIGATOR))
    answer = send(
        client, "answer-conflict", course, course.public_id, digest="0" * 64, reason="typed long ago"
    )
    assert answer.status_code == 409
    assert "typed long ago" in words(answer)
