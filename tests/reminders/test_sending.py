"""Through a real SMTP server: once, at the right hour, and only while there is a reason."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.access import Scope
from coordination.base.choices import Owner, Role
from coordination.base.errors import CareError, OutOfDate
from coordination.base.models import AuditEvent
from coordination.messages import contacts, gateway
from coordination.messages.bounces import read_bounce, take_bounce
from coordination.models import MessageDelivery, MessageKind, Reminder, ReminderTimetable
from coordination.reminders import decide, remind_now, send_delivery
from coordination.reminders.derive import derive
from coordination.tasks import send_message
from coordination.worklist import LineKind, listed
from patients.models import Consent
from scheduling import actions
from tests.factories import (
    ConsentFactory,
    ContactPointFactory,
    CourseFactory,
    DueItemFactory,
    PatientFactory,
)
from tests.reminders.house import CANARIES, FRIDAY, House, at
from tests.reminders.post_office import PostOffice, Running

MONDAY = at("2025-01-06 09:00")


def queued(house: House, now=MONDAY) -> MessageDelivery:
    """Labs that were due on Friday; on Monday the practice is to be told."""
    house.labs()
    derive(house.site, now=now)
    return MessageDelivery.objects.get(contact=house.desk)


# --- once -------------------------------------------------------------------------------------------


def test_a_late_item_reaches_the_practice_once(house: House, office: PostOffice) -> None:
    house.labs()
    assert house.pass_time(MONDAY) == 1
    assert house.pass_time(MONDAY + timedelta(minutes=1)) == 0
    (mail,) = office.mails
    assert mail["To"] == "desk@practice.example"
    assert mail["Subject"] == "Something is late since Fri 3 January 2025"
    assert "Q.Z." in mail.get_content()
    assert MessageDelivery.objects.get().state == "sent"


@pytest.mark.hazard("H30")
def test_the_task_twice_sends_once(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    with time_machine.travel(MONDAY, tick=False):
        for _ in range(3):
            send_message(delivery.pk)
    assert len(office.taken) == 1


@pytest.mark.hazard("H36")
def test_two_sweeps_write_it_down_once(house: House) -> None:
    house.labs()
    assert derive(house.site, now=MONDAY) > 0
    assert derive(house.site, now=MONDAY) == 0


def test_several_things_for_one_patient_travel_together(house: House, office: PostOffice) -> None:
    for _ in range(5):
        house.labs()
    assert house.pass_time(MONDAY) == 1
    assert "Open points: 5" in office.bodies[0]


def test_what_was_sent_is_in_the_audit_and_on_the_timeline(house: House, office: PostOffice) -> None:
    house.labs()
    house.pass_time(MONDAY)
    event = AuditEvent.objects.get(kind="job")
    assert event.patients == [house.patient.public_id]
    client = Client()
    client.force_login(house.navigator)
    for page in ("patient-messages", "patient-history"):
        shown = client.get(reverse(page, args=[house.patient.public_id]))
        assert house.practice.name in shown.content.decode()


# --- when it goes wrong -----------------------------------------------------------------------------


def test_a_server_that_is_down_gets_it_later(house: House, running: Running) -> None:
    running.close()
    delivery = queued(house)
    assert not send_delivery(delivery.pk, now=MONDAY)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.claimed_at, delivery.attempts) == ("queued", None, 1)
    assert delivery.send_after == MONDAY + timedelta(minutes=1)
    assert not send_delivery(delivery.pk, now=MONDAY + timedelta(seconds=30))
    running.open()
    assert send_delivery(delivery.pk, now=MONDAY + timedelta(minutes=1))
    assert len(running.office.taken) == 1


@pytest.mark.hazard("H29")
def test_each_try_waits_longer_and_a_person_is_told_after_two_hours(house: House, running: Running) -> None:
    running.close()
    delivery, now = queued(house), MONDAY
    waits = []
    for _ in range(9):
        send_delivery(delivery.pk, now=now)
        delivery.refresh_from_db()
        waits.append((delivery.send_after - now).seconds // 60)
        now = delivery.send_after
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert list(MessageDelivery.objects.to_decide(MONDAY + timedelta(hours=2))) == []
    assert list(MessageDelivery.objects.to_decide(MONDAY + timedelta(hours=2, minutes=1))) == [delivery]


@pytest.mark.parametrize(("answer", "state"), [("451 later", "queued"), ("550 no such user", "failed")])
def test_a_refusal_is_tried_again_or_put_before_a_person(
    house: House, office: PostOffice, answer: str, state: str
) -> None:
    office.answer_to_receiver = answer
    delivery = queued(house)
    send_delivery(delivery.pk, now=MONDAY)
    delivery.refresh_from_db()
    assert delivery.state == state
    assert MessageDelivery.objects.to_decide(MONDAY).exists() == (state == "failed")


def test_a_line_that_breaks_when_the_text_was_given_is_never_sent_again(
    house: House, office: PostOffice
) -> None:
    office.hangs_up = True
    delivery = queued(house)
    send_delivery(delivery.pk, now=MONDAY)
    delivery.refresh_from_db()
    assert delivery.state == "unknown"
    office.hangs_up = False
    for hours in range(12):
        house.pass_time(MONDAY + timedelta(hours=hours))
    assert len(office.taken) == 1


class Crash(BaseException):
    """The worker is killed: no handler of ours sees it."""


def test_a_crash_between_claim_and_sending_is_left_to_a_person(
    house: House, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = queued(house)

    def killed(message: object) -> str:
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(gateway, "send_outgoing", killed)
        with pytest.raises(Crash):
            send_delivery(delivery.pk, now=MONDAY)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.claimed_at) == ("sending", MONDAY)
    assert house.pass_time(MONDAY + timedelta(minutes=59)) == 0
    scope = Scope(sites=(house.site,))

    def lines(now: object) -> int:
        return listed(scope, viewer_id=house.navigator.pk, role="navigator", now=now).of_kinds(
            LineKind.MESSAGE
        )

    assert lines(MONDAY + timedelta(minutes=59)) == 0
    assert lines(MONDAY + timedelta(minutes=61)) == 1
    assert office.taken == []


def test_a_lost_message_that_told_of_several_patients_is_one_line(house: House, office: PostOffice) -> None:
    house.staff(Role.NAVIGATOR)
    other = CourseFactory.create(patient=PatientFactory.create(site=house.site, referred_by=house.practice))
    for course in (house.course, other):
        house.labs(course=course, owner=Owner.CENTER, practice=None)
    office.answer_to_receiver = "550 no such user"
    house.pass_time(MONDAY)
    told = MessageDelivery.objects.to_decide(MONDAY).get()
    assert told.reminders.values("patient").distinct().count() == 2
    dropped = told.reminders.order_by("pk")[:1].get()
    Reminder.objects.filter(pk=dropped.pk).update(dropped_at=MONDAY, dropped_because="it is done")

    client = Client()
    client.force_login(house.navigator)
    with time_machine.travel(MONDAY, tick=False):
        page = client.get(reverse("today"), {"kind": "message"}).content.decode()
    assert page.count(reverse("message", args=[told.public_id])) == 1
    (kept,) = told.reminders.standing()
    assert kept.patient != dropped.patient
    assert f"{kept.patient.family_name}, {kept.patient.given_name}" in page


def test_a_person_sends_it_again_and_it_is_looked_at_like_every_other(
    house: House, office: PostOffice
) -> None:
    delivery = queued(house)
    MessageDelivery.objects.filter(pk=delivery.pk).update(state="sending", claimed_at=MONDAY)
    now = MONDAY + timedelta(hours=2)
    again = decide(delivery, decision="again", by=house.navigator, now=now)
    assert again is not None
    assert send_delivery(again.pk, now=now)
    assert len(office.taken) == 1
    with pytest.raises(OutOfDate):
        decide(delivery, decision="again", by=house.navigator, now=now)


def test_sent_again_but_done_meanwhile_is_not_sent(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    MessageDelivery.objects.filter(pk=delivery.pk).update(state="unknown", claimed_at=MONDAY)
    again = decide(delivery, decision="again", by=house.navigator, now=MONDAY)
    assert again is not None
    house.course.due_items.update(done=True)
    assert not send_delivery(again.pk, now=MONDAY)
    assert office.taken == []


def test_what_is_on_its_way_is_nobody_s_to_decide(house: House) -> None:
    with pytest.raises(CareError, match="nothing to decide"):
        decide(queued(house), decision="leave", by=house.navigator, now=MONDAY)


@pytest.mark.hazard("H56")
def test_outside_production_only_listed_addresses_are_written_to(
    house: House, office: PostOffice, settings: Any
) -> None:
    settings.MESSAGES_ONLY_TO = ["test.example"]
    delivery = queued(house)
    send_delivery(delivery.pk, now=MONDAY)
    delivery.refresh_from_db()
    assert delivery.state == "failed"
    assert office.taken == []


# --- mail that comes back -----------------------------------------------------------------------------

RETURNED = """\
From: MAILER-DAEMON@mail.example
To: bounces+{reference}@care.example.org
Subject: Undelivered Mail
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; desk@practice.example
Action: {action}
Status: {status}
--b--
"""


@pytest.mark.hazard("H32")
@pytest.mark.parametrize(
    ("action", "code", "state", "may_write"),
    [
        ("failed", "5.1.1", "bounced", False),
        ("failed", "4.4.7", "bounced", True),
        ("delayed", "4.4.1", "sent", True),
    ],
)
def test_a_mail_that_comes_back(
    house: House,
    office: PostOffice,
    settings: Any,
    action: str,
    code: str,
    state: str,
    may_write: bool,
) -> None:
    settings.BOUNCE_ADDRESS = "bounces@care.example.org"
    house.labs()
    house.pass_time(MONDAY)
    delivery = MessageDelivery.objects.get()
    assert office.taken[0].mail_from == f"bounces+{delivery.public_id.hex}@care.example.org"
    raw = RETURNED.format(reference=delivery.public_id.hex, action=action, status=code).encode()
    for _ in range(2):
        bounce = read_bounce(raw)
        if bounce:
            take_bounce(bounce, now=MONDAY)
    delivery.refresh_from_db()
    house.desk.refresh_from_db()
    assert (delivery.state, house.desk.is_usable) == (state, may_write)


def test_a_mail_that_is_no_bounce_is_left_alone() -> None:
    assert read_bounce(b"From: nurse@practice.example\nSubject: Hello\n\nHello") is None


# --- the reason has vanished ----------------------------------------------------------------------------


def test_labs_that_arrived_are_not_asked_for(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    house.course.due_items.update(done=True)
    assert not send_delivery(delivery.pk, now=MONDAY)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.cancelled_because) == ("not-sent", "done meanwhile")


def test_labs_that_arrived_and_are_not_assessed_yet_are_waited_for(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    house.course.mark_dirty(MONDAY)
    assert not send_delivery(delivery.pk, now=MONDAY)
    delivery.refresh_from_db()
    assert (delivery.state, delivery.send_after) == ("queued", MONDAY + timedelta(minutes=1))


@pytest.mark.hazard("H31")
def test_a_death_stops_everything(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    house.patient.died_on = MONDAY.date()
    house.patient.died_recorded_at = MONDAY
    house.patient.save()
    assert not send_delivery(delivery.pk, now=MONDAY)
    assert house.reasons[0] == "the patient died"
    assert house.pass_time(MONDAY + timedelta(days=3)) == 0


def test_a_stopped_course_asks_for_nothing(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    house.course.due_items.update(cancelled_because="course stopped on 2025-01-06")
    assert not send_delivery(delivery.pk, now=MONDAY)
    assert "course stopped" in house.reasons[0]


@pytest.mark.hazard("H31")
def test_an_item_that_moved_is_reminded_of_on_its_new_days(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    house.course.due_items.update(opens_on="2025-01-14", target_on="2025-01-16", closes_on="2025-01-17")
    assert not send_delivery(delivery.pk, now=MONDAY)
    assert "moved" in house.reasons[0]
    assert house.pass_time(at("2025-01-10 09:00")) == 1
    assert "needed for your patient" in office.bodies[0]


def test_what_was_marked_not_done_or_snoozed_is_left_alone(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    item = house.course.due_items.get()
    next_week = (MONDAY + timedelta(days=9)).date()
    actions.snooze_item(item, until=next_week, by=house.navigator, because="", today=MONDAY.date())
    assert not send_delivery(delivery.pk, now=MONDAY)
    assert house.reasons[0] == "snoozed"


def test_whoever_no_longer_sees_to_it_is_not_told(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    house.course.due_items.update(owner="center", practice=None)
    assert not send_delivery(delivery.pk, now=MONDAY)
    assert office.taken == []


def test_one_reason_gone_the_other_is_still_told(house: House, office: PostOffice) -> None:
    first, _ = house.labs(), house.labs()
    derive(house.site, now=MONDAY)
    type(first).objects.filter(pk=first.pk).update(done=True)
    assert house.pass_time(MONDAY) == 1
    assert "Open points: 1" in office.bodies[0]


def test_a_site_that_is_switched_off_sends_nothing(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    ReminderTimetable.objects.update(is_on=False)
    assert not send_delivery(delivery.pk, now=MONDAY)
    assert house.pass_time(MONDAY + timedelta(days=1)) == 0


def test_what_an_outage_kept_back_on_a_friday_leaves_on_monday(house: House, office: PostOffice) -> None:
    house.labs(opens_on=date(2025, 1, 2), target_on=FRIDAY, closes_on=date(2025, 1, 7))
    assert house.pass_time(at("2025-01-05 15:00")) == 0
    assert house.pass_time(at("2025-01-06 08:01")) == 1
    assert house.reasons == []


def test_what_is_days_late_is_stale(house: House, running: Running) -> None:
    running.close()
    delivery = queued(house)
    send_delivery(delivery.pk, now=MONDAY)
    running.open()
    assert not send_delivery(delivery.pk, now=MONDAY + timedelta(days=5))
    delivery.refresh_from_db()
    assert delivery.state == "not-sent"
    assert "hours late" in delivery.cancelled_because


# --- hours and limits ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        ("2025-01-06 07:59", 0),
        ("2025-01-06 08:00", 1),
        ("2025-01-06 19:59", 1),
        ("2025-01-06 20:00", 0),
        ("2025-01-04 12:00", 0),  # a Saturday
    ],
)
def test_nobody_is_written_to_at_night_or_on_a_weekend(
    house: House, office: PostOffice, now: str, sent: int
) -> None:
    house.labs()
    assert house.pass_time(at(now)) == sent


def test_the_hours_are_those_of_the_receiver(house: House, office: PostOffice) -> None:
    house.desk.timezone = "America/Los_Angeles"
    house.desk.save()
    house.labs()
    assert house.pass_time(at("2025-01-06 08:00")) == 0
    assert house.pass_time(at("2025-01-06 11:00")) == 1


def test_queued_in_the_day_and_reached_at_night_it_waits_for_the_morning(
    house: House, office: PostOffice
) -> None:
    delivery = queued(house)
    send_delivery(delivery.pk, now=at("2025-01-06 21:00"))
    delivery.refresh_from_db()
    assert delivery.send_after == at("2025-01-07 08:00")


@pytest.mark.hazard("H30")
def test_a_storm_is_held_back(house: House, office: PostOffice) -> None:
    sent = 0
    for hour in range(8, 20):
        house.labs()
        sent += house.pass_time(at(f"2025-01-06 {hour:02}:00"))
    assert sent == 3
    assert house.pass_time(at("2025-01-07 10:00")) == 1
    assert "Open points" in office.bodies[-1]


# --- the ladder --------------------------------------------------------------------------------------


def test_the_ladder_climbs_by_role_and_stops_when_done(house: House, office: PostOffice) -> None:
    for role in ("navigator", "prescriber", "manager"):
        house.staff(role)
    house.labs()
    told = []
    for day in range(4, 25):
        house.pass_time(at(f"2025-01-{day:02} 09:00"))
        told.append([envelope.rcpt_tos[0].split("@")[0] for envelope in office.taken])
        office.taken.clear()
    by_day = {day + 4: names for day, names in enumerate(told) if names}
    assert by_day == {
        6: ["desk", "navigator"],  # the weekend's steps on Monday, each in one message
        7: ["desk"],
        8: ["prescriber"],
        13: ["manager"],
    }


def test_done_on_the_second_rung_the_third_hears_nothing(house: House, office: PostOffice) -> None:
    house.staff("prescriber")
    house.labs()
    house.pass_time(MONDAY)
    house.course.due_items.update(done=True)
    for day in range(7, 20):
        house.pass_time(at(f"2025-01-{day:02} 09:00"))
    assert len(office.taken) == 1


def test_the_staff_are_told_of_several_patients_in_one_message(house: House, office: PostOffice) -> None:
    navigator = house.staff("navigator")
    house.labs()
    other = PatientFactory(site=house.site, referred_by=house.practice)
    DueItemFactory(course=CourseFactory(patient=other), practice=house.practice)
    house.pass_time(MONDAY)
    to_staff = [mail for mail in office.mails if mail["To"] == navigator.address]
    assert len(to_staff) == 1
    assert "2" in to_staff[0]["Subject"]


# --- whom one may write to ----------------------------------------------------------------------------


@pytest.mark.hazard("H32")
@pytest.mark.parametrize("missing", ["verified_at", "agreed_at"])
def test_without_verification_or_consent_nothing_is_sent(
    house: House, office: PostOffice, missing: str
) -> None:
    setattr(house.desk, missing, None)
    setattr(house.desk, missing.replace("_at", "_how"), "")
    house.desk.save()
    house.labs()
    assert house.pass_time(MONDAY) == 0


def test_a_patient_is_written_to_only_with_consent_to_messages(house: House, office: PostOffice) -> None:
    ContactPointFactory(practice=None, patient=house.patient, address="me@home.example")
    window = {"opens_on": "2025-01-08", "target_on": "2025-01-10", "closes_on": "2025-01-12"}
    house.labs(owner="patient", practice=None, item="authorization", **window)
    assert house.pass_time(MONDAY) == 0
    ConsentFactory(patient=house.patient, kind=Consent.Kind.MESSAGES)
    assert house.pass_time(MONDAY) == 1
    assert "Q.Z." not in office.bodies[0]


def test_the_way_out_stops_what_is_queued_too(house: House, office: PostOffice) -> None:
    delivery = queued(house)
    page = reverse("way-out", args=[house.desk.token])
    anybody = Client()
    assert anybody.get(page).status_code == 200  # a mail scanner follows links
    house.desk.refresh_from_db()
    assert house.desk.is_usable
    anybody.post(page, {"List-Unsubscribe": "One-Click"})
    house.desk.refresh_from_db()
    assert not house.desk.is_usable
    assert not send_delivery(delivery.pk, now=MONDAY)
    anybody.post(page, {"act": "confirm"})
    house.desk.refresh_from_db()
    assert house.desk.is_usable
    assert [row.history_change_reason for row in house.desk.history.all()[:2]] == [
        "confirmed by the receiver",
        "stopped by the receiver",
    ]


def test_an_address_is_asked_to_confirm_and_then_used(house: House, office: PostOffice) -> None:
    contact = contacts.add_contact(
        by=house.navigator,
        now=MONDAY,
        channel="email",
        address="new@practice.example",
        practice=house.practice,
    )
    asked = contacts.ask_to_confirm(contact, site=house.site, now=MONDAY)
    assert send_delivery(asked.pk, now=MONDAY)
    link = next(word for word in office.bodies[0].split() if "/w/" in word)
    assert link.startswith("https://care.example.org/w/")
    Client().post(link.removeprefix("https://care.example.org"), {"act": "confirm"})
    contact.refresh_from_db()
    assert contact.is_usable


# --- reminded by a person --------------------------------------------------------------------------------


def test_a_person_reminds_now_and_once_a_day(house: House, office: PostOffice) -> None:
    item = house.labs(opens_on="2025-01-20", target_on="2025-01-21", closes_on="2025-01-22")
    assert remind_now(item, by=house.navigator, now=MONDAY) == 1
    with pytest.raises(CareError, match="today already"):
        remind_now(item, by=house.navigator, now=MONDAY)
    assert house.pass_time(MONDAY) == 1


def test_nobody_to_remind_is_said(house: House) -> None:
    house.desk.stopped_at, house.desk.stopped_because = MONDAY, "asked"
    house.desk.save()
    with pytest.raises(CareError, match="Nobody can be reached"):
        remind_now(house.labs(), by=house.navigator, now=MONDAY)


# --- nothing that identifies a patient -------------------------------------------------------------------


@pytest.mark.hazard("H33")
def test_no_message_names_the_patient(house: House, office: PostOffice) -> None:
    """Canary names, in every kind of reminder, language and channel of mail."""
    for role in ("navigator", "prescriber", "manager"):
        house.staff(role)
    ConsentFactory(patient=house.patient, kind=Consent.Kind.MESSAGES)
    ContactPointFactory(practice=None, patient=house.patient, address="me@home.example", language="es")
    ContactPointFactory(practice=house.practice, address="dos@practice.example", language="es")
    for item in ("baseline-labs", "post-dose-lar", "sstr-pet", "dose-order", "hand-back"):
        for owner in ("referring-practice", "patient", "center"):
            practice = house.practice if owner == "referring-practice" else None
            house.labs(item=item, owner=owner, practice=practice)
    for day in (30, 31):
        house.pass_time(at(f"2024-12-{day} 10:00"))
    for day in range(2, 20):
        house.pass_time(at(f"2025-01-{day:02} 10:00"))
    assert {kind for kind in MessageDelivery.objects.values_list("kind", flat=True) if kind} >= {
        MessageKind.PATIENT,
        MessageKind.PRACTICE_LATE,
        MessageKind.STAFF_LATE,
        MessageKind.STAFF_MONEY,
    }
    everything = "\n".join(envelope.content.decode("utf-8", "replace") for envelope in office.taken)
    everything += "\n".join(office.bodies)
    assert len(office.taken) > 15
    for canary in CANARIES:
        assert canary not in everything
    for word in ("octreotide", "LAR", "SSTR", "dose", "PRRT", "oncology", "cancer", "tumor"):
        assert word.lower() not in everything.lower().replace("fourfold", "")
    assert not Reminder.objects.filter(delivery=None).exists()
