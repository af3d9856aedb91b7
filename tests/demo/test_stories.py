"""The whole demo, told once: each story shows the trouble it names, and nothing was made by a shortcut."""

import re
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from coordination.base.access import Scope
from coordination.base.api_clients import ApiScope
from coordination.base.models import ApiClient, Practice, User
from coordination.demo import seed as seeding
from coordination.demo.sites_and_people import MRN_SYSTEM, SCOPES
from coordination.demo.stories import NUMBERED
from coordination.flows.record import assess_all
from coordination.models import ContactPoint, Document, MessageDelivery
from coordination.portal import record
from coordination.reminders import derive_all, send_delivery
from coordination.worklist import LineGroup, LineKind, listed
from labs.models import LabReport, LabResult, ReviewItem
from patients.models import Patient
from scheduling.models import Course, DoseOrder, InfusionGiven, Proposal, Signature
from tests.demo.expected import EXPECTED
from tests.demo.shown import differences

SEED = 4
AS_OF = datetime.fromisoformat("2027-03-10T10:00-05:00")  # a Wednesday; the clocks change on Sunday
DEMO = Path(seeding.__file__).parent


@pytest.fixture(scope="module", autouse=True)
def told(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        seeding.seed(SEED, as_of=AS_OF)
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def undone_after_each_test(told: None) -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("mrn", "key"), [(mrn, story.key) for mrn, story in NUMBERED.items()], ids=lambda value: value
)
def test_a_story_shows_the_trouble_it_names(mrn: str, key: str) -> None:
    assert not differences(mrn, EXPECTED[key], as_of=AS_OF)


def test_reports_of_nobody_known_here_are_parked() -> None:
    kinds = ReviewItem.objects.open().filter(patient=None).values_list("kind", flat=True)

    assert sorted(kinds) == ["identity-mismatch", "patient-unknown"]
    assert LabReport.objects.parked().count() == 2


def test_the_same_report_counts_once() -> None:
    patient = _patient("sent-twice")

    keys = LabReport.objects.filter(patient=patient).values_list("message_key", flat=True)
    assert len({key.removesuffix("-again") for key in keys}) == len(keys) - 1
    assert set(LabResult.objects.filter(patient=patient).values_list("version", flat=True)) == {1}


def test_a_correction_keeps_what_was_sent_before() -> None:
    versions = LabResult.objects.filter(patient=_patient("corrected"), source_id__contains=".777-3")

    newest = versions.order_by("-version").first()
    assert newest and (newest.version, newest.value, newest.status) == (2, "68", "corrected")


def test_a_dose_cancelled_in_time_keeps_the_result_that_waives_its_fee() -> None:
    order = DoseOrder.objects.get(cycle__course__patient=_patient("on-hold"), cycle__number=2)

    assert order.cancelled_at and order.fee_usd == 0
    assert order.waiver_evidence and order.waiver_evidence.value == "58"


def test_each_infusion_was_signed_ordered_and_given_as_signed() -> None:
    assert InfusionGiven.objects.count() > 60
    assert not InfusionGiven.objects.exclude(decision="give", signature__isnull=False).exists()
    assert not InfusionGiven.objects.exclude(activity_gbq=F("signed_gbq")).exists()
    assert not InfusionGiven.objects.filter(cycle__dose_orders=None).exists()


def test_every_result_came_in_a_report_from_the_ehr() -> None:
    assert not LabReport.objects.filter(client=None).exists()
    assert not LabResult.objects.filter(report=None).exists()


def test_nothing_is_dated_after_the_moment_it_is_told() -> None:
    for model in apps.get_models():
        for name in ("recorded_at", "received_at", "made_at", "signed_at", "history_date", "created_at"):
            if name in {field.name for field in model._meta.get_fields()} and model._meta.app_label in (
                "patients",
                "labs",
                "scheduling",
                "base",
            ):
                assert not model._default_manager.filter(**{f"{name}__gt": AS_OF}).exists(), (model, name)


def test_each_change_was_recorded_by_somebody_at_its_own_time() -> None:
    """History is dated on the day the story tells, and names who did it."""
    cycles = apps.get_model("scheduling", "HistoricalCycle").objects.all()

    assert cycles.values_list("history_date__date", flat=True).distinct().count() > 50
    assert not cycles.filter(history_user=None).exists()


def test_every_course_is_assessed_and_nothing_waits() -> None:
    assert not Course.objects.filter(assess_after__isnull=False).exists()
    assert Course.objects.count() == Proposal.objects.current().count()


def test_assessing_again_changes_nothing() -> None:
    before = Proposal.objects.count(), Signature.objects.withdrawn().count()

    assess_all(Course.objects.values_list("pk", flat=True), now=AS_OF)

    assert (Proposal.objects.count(), Signature.objects.withdrawn().count()) == before


# --- messages, documents, the portal ------------------------------------------------------------------


def test_every_address_is_nobody_s_and_agreed_to() -> None:
    """RFC 2606: nothing that would leave the machine could arrive."""
    reserved = re.compile(r"[a-z0-9.-]+@(example\.(com|net|org)|[a-z-]+\.example)")
    points = ContactPoint.objects.all()

    assert points.filter(practice__isnull=False).count() == 4
    assert points.filter(user__isnull=False).count() >= 6
    assert points.filter(patient__isnull=False).count() > 30
    for point in points:
        assert point.is_usable and reserved.fullmatch(point.address), point.address
    for model in (Patient, Practice):
        assert not model.objects.exclude(phone__regex=r"^\+1 \d{3}-555-01\d\d$").exists()


def test_reminders_leave_for_practices_and_staff_and_name_nobody(mailoutbox: list[EmailMessage]) -> None:
    for delivery_id in _derived():
        send_delivery(delivery_id, now=AS_OF)

    reached = ContactPoint.objects.filter(address__in=[mail.to[0] for mail in mailoutbox])
    assert reached.filter(practice__isnull=False).exists() and reached.filter(user__isnull=False).exists()
    said = " ".join(f"{mail.subject} {mail.body}" for mail in mailoutbox)
    names = {name for pair in Patient.objects.values_list("family_name", "given_name") for name in pair}
    assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", said)]


def test_the_mail_about_a_document_waits_for_the_worker_and_leads_into_the_portal(
    mailoutbox: list[EmailMessage],
) -> None:
    waiting = MessageDelivery.objects.due(AS_OF).filter(purpose="document")
    assert waiting.count() == 3
    for delivery in waiting:
        assert send_delivery(delivery.pk, now=AS_OF)
        assert f"/m/{delivery.public_id}" in str(mailoutbox[-1].body)


def test_the_referring_oncologist_reads_what_was_sent_and_no_more() -> None:
    scope = Scope.of_user(User.objects.get(username="referrer"))
    expected = {
        "information-needed": {"Please send"},
        "precautions": {"Letter after an infusion 3"},
        "on-hold": {"Letter on a hold"},
        "stopped-early": {"Letter on a stop", "Hand-back letter"},
        "response-due": {"Hand-back letter"},
        "nadir-due": set(),  # its letter is a draft
    }
    for key, names in expected.items():
        assert {paper.name for paper in record.papers(_patient(key), scope)} == names, key
    assert Document.objects.filter(patient=_patient("nadir-due"), versions=None).exists()


def test_a_hand_back_closed_the_loop() -> None:
    patient = _patient("response-due")
    client = Client()
    with time_machine.travel(AS_OF, tick=False):
        client.force_login(User.objects.get(username="referrer"))
        page = client.get(reverse("portal-patient", args=[patient.public_id])).content.decode()

    assert "Back with you" in page and "Hand-back letter" in page
    assert "The plan from now on" in page
    assert Course.objects.get(patient=patient).handed_back_on


def test_most_courses_are_fine_and_a_handful_is_in_trouble() -> None:
    """A ward on an ordinary day: what is red is what a story promises."""
    navigator = User.objects.get(username="navigator")
    found = listed(Scope.of_user(navigator), viewer_id=navigator.pk, role="navigator", now=AS_OF)
    running = Course.objects.filter(ended_at=None, patient__site__key="harbor-point").count()

    assert found.of_kinds(LineKind.WITHDRAWN) <= 8 < running / 4
    assert found.of_kinds(LineKind.ORDER) <= 8
    assert found.groups[LineGroup.OVERDUE] <= running


def _derived() -> list[int]:
    derive_all(now=AS_OF)
    return list(MessageDelivery.objects.due(AS_OF).values_list("pk", flat=True))


def test_people_see_the_patients_of_their_place() -> None:
    second = {mrn for mrn, story in NUMBERED.items() if story.person.site != "harbor-point"}
    maple = {mrn for mrn, story in NUMBERED.items() if story.person.practice == "maple"}

    assert len(second) == 3
    assert _reached_by("navigator") == set(NUMBERED) - second
    assert _reached_by("navigator-west") == second
    assert _reached_by("manager") == set(NUMBERED)
    assert _reached_by("referrer") == maple


def test_the_curl_line_turns_give_into_hold_and_withdraws_the_signature(monkeypatch) -> None:
    told = seeding.told(SEED)["try"]
    course = Course.objects.get(patient__identifiers__value=told["mrn"])
    signature = Signature.objects.standing().get(proposal__course=course)
    url, headers, body = _as_a_shell_reads(told["curl"].replace("{url}", "http://testserver"))
    body = re.sub(r'"collected_at":"[^"]*"', f'"collected_at":"{AS_OF.isoformat()}"', body)
    monkeypatch.setattr("coordination.base.clock.now", lambda: AS_OF)

    answer = Client().post(url, body, content_type="application/json", headers=headers)
    assess_all([course.pk], now=AS_OF)

    assert answer.status_code == 200, answer.content
    assert answer.json()["items"] == [
        {"id": "TRY.777-3", "state": "created", "canonical": {"value": "62", "unit": "10*9/L"}}
    ]
    proposal = Proposal.objects.current().get(course=course)
    assert (proposal.action, proposal.cycle_number) == ("hold", 3)
    signature.refresh_from_db()
    assert signature.withdrawn_at and "Hold" in signature.withdrawn_because


def test_the_demo_s_machine_may_do_whatever_a_machine_may() -> None:
    client = ApiClient.objects.get()

    assert set(SCOPES) == {scope.value for scope in ApiScope}
    assert client.sites.count() == 2 and client.expires_on is None


def test_the_demo_writes_through_actions_only() -> None:
    """Of the patients' data: the house itself (sites, people, the machine) has no actions."""
    by_hand = re.compile(r"\.(objects\.create|bulk_create|bulk_update|update|save|save_by)\(")
    for path in DEMO.rglob("*.py"):
        if path.name != "sites_and_people.py":
            assert not by_hand.search(path.read_text(encoding="utf-8")), path
            assert "tests" not in re.findall(r"^from (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)


def _patient(key: str) -> Patient:
    mrn = next(mrn for mrn, story in NUMBERED.items() if story.key == key)
    return Patient.objects.identified(MRN_SYSTEM, mrn).get()


def _reached_by(username: str) -> set[str]:
    scope = Scope.of_user(User.objects.get(username=username))
    return set(scope.patients.values_list("identifiers__value", flat=True))


def _as_a_shell_reads(line: str) -> tuple[str, dict[str, str], str]:
    """The line's URL, headers and body, its substitutions made by a real shell."""
    shown = f"""curl() {{ printf '%s\\0' "$@"; }}; {line}"""
    printed = subprocess.run(["sh", "-c", shown], capture_output=True, text=True, check=True).stdout
    words = printed.rstrip("\0").split("\0")
    given = [words[at + 1] for at, word in enumerate(words) if word == "-H"]
    headers = dict(header.split(": ", 1) for header in given if not header.startswith("Content-Type"))
    url = next(word for word in words if word.startswith("http"))
    return url.removeprefix("http://testserver"), headers, words[words.index("-d") + 1]
