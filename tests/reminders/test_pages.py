"""The pages of messages, in the browser of whoever decides, sets up and looks on."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.models import ContactPoint, MessageDelivery, MessageTemplate, ReminderTimetable
from coordination.reminders.derive import derive
from scheduling.rules.reminders import DEFAULT_TIMETABLE
from tests.factories import CourseConflictFactory, UserFactory
from tests.reminders.house import CANARIES, House, at
from tests.reminders.post_office import PostOffice

MONDAY = at("2025-01-06 09:00")


@pytest.fixture(autouse=True)
def _the_day() -> Any:
    with time_machine.travel(MONDAY, tick=False):
        yield


def signed_in(house: House, role: str = Role.NAVIGATOR) -> Client:
    client = Client()
    client.force_login(UserFactory.create(role=role, sites=[house.site]))
    return client


def page(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_would_be_sent_and_what_reaches_nobody(house: House) -> None:
    house.labs()
    text = page(signed_in(house), "messages")
    assert "desk@" not in text  # the address is masked
    assert "d…@practice.example" in text
    assert "1 day late" in text
    assert "Nobody can be reached" in text  # the ladder has no navigator with an address


def test_the_dry_run_prints_initials_and_nothing_else(house: House, capsys: Any) -> None:
    house.labs()
    call_command("reminders")
    said = capsys.readouterr().out
    assert "Q.Z." in said
    assert "would be sent; nothing was." in said
    assert not any(canary in said for canary in CANARIES)
    assert "desk@" not in said
    assert not MessageDelivery.objects.exists()


def undecided(house: House) -> MessageDelivery:
    house.labs()
    derive(house.site, now=MONDAY)
    delivery = MessageDelivery.objects.get()
    MessageDelivery.objects.update(state="unknown", claimed_at=MONDAY)
    return delivery


def test_a_person_decides_and_the_second_is_told_so(house: House) -> None:
    delivery = undecided(house)
    client = signed_in(house)
    assert "Perhaps sent" in page(client, "messages-to-decide")
    address = reverse("message", args=[delivery.public_id])
    sent = {"decision": "called", "note": "Spoke with the nurse"}
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 409
    assert "Spoke with the nurse" in page(client, "message", delivery.public_id)
    assert "Nothing to decide" in page(client, "messages-to-decide")


def test_the_line_on_the_worklist_leads_there(house: House) -> None:
    delivery = undecided(house)
    text = page(signed_in(house), "today")
    assert reverse("message", args=[delivery.public_id]) in text


def test_remind_now_says_who_cannot_be_reached(house: House) -> None:
    item = house.labs()
    client = signed_in(house)
    address, sent = reverse("remind-now", args=[item.public_id]), {"patient": house.patient.public_id}
    answer = client.post(address, sent, follow=True)
    assert "Sent within a minute to 1 address" in answer.content.decode()
    answer = client.post(address, sent, follow=True)
    assert "today already" in answer.content.decode()


def test_the_link_in_a_message_leads_to_the_open_point(house: House) -> None:
    item = house.labs()
    derive(house.site, now=MONDAY)
    link = reverse("open-message", args=[MessageDelivery.objects.get().public_id])
    assert Client().get(link).status_code == 302  # signing in first
    assert signed_in(house).get(link).headers["Location"] == reverse("due-item", args=[item.public_id])
    referrer = Client()
    referrer.force_login(UserFactory.create(role=Role.REFERRER, practice=house.practice))
    assert referrer.get(link).status_code == 302
    stranger = Client()
    stranger.force_login(UserFactory.create(referrer=True))
    assert stranger.get(link).status_code == 404


# --- addresses ---------------------------------------------------------------------------------------


def test_an_address_is_added_verified_agreed_to_and_stopped(house: House, office: PostOffice) -> None:
    client = signed_in(house)
    address = reverse("practice-addresses", args=[house.practice.public_id])
    sent = {"act": "add", "channel": "email", "address": "new@practice.example", "language": "es"}
    client.post(address, sent)
    contact = ContactPoint.objects.get(address="new@practice.example")
    assert MessageDelivery.objects.get(contact=contact).purpose == "confirm"
    for act, how in (("verify", "read back"), ("agree", "by phone")):
        client.post(address, {"act": act, "contact": contact.public_id, "how": how})
    contact.refresh_from_db()
    assert contact.is_usable
    client.post(address, {"act": "stop", "contact": contact.public_id})
    contact.refresh_from_db()
    assert not contact.is_usable
    assert contact.history.count() == 4


@pytest.mark.parametrize(
    ("channel", "address", "words"),
    [
        ("email", "not an address", "not an e-mail address"),
        ("sms", "555 0100", "with its country"),
        ("sms", "+44 (0)20 7946 0018", "If you mean +44 20 7946 0018, write that."),
        ("sms", "(212) 555-0123 ext. 4", "Leave out the extension"),
        ("sms", "212 555 0123 / 0124", "Write one phone number alone"),
        ("email", "desk@practice.example", "listed already"),
    ],
)
def test_what_is_no_address_is_said(house: House, channel: str, address: str, words: str) -> None:
    sent = {"act": "add", "channel": channel, "address": address, "language": "en"}
    answer = signed_in(house).post(reverse("practice-addresses", args=[house.practice.public_id]), sent)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_a_number_is_read_by_the_country_of_the_site(house: House) -> None:
    sent = {"act": "add", "channel": "sms", "address": "(212) 555-0123", "language": "en"}
    answer = signed_in(house).post(reverse("practice-addresses", args=[house.practice.public_id]), sent)
    assert answer.status_code == 302
    assert ContactPoint.objects.filter(practice=house.practice, address="+12125550123").exists()


def test_one_s_own_address_is_verified_by_its_message_alone(house: House) -> None:
    client = Client()
    client.force_login(house.navigator)
    address = reverse("my-addresses")
    client.post(address, {"act": "add", "channel": "email", "address": "me@site.example", "language": "en"})
    contact = ContactPoint.objects.get(user=house.navigator)
    client.post(address, {"act": "verify", "contact": contact.public_id, "how": "trust me"})
    contact.refresh_from_db()
    assert contact.verified_at is None


# --- settings ----------------------------------------------------------------------------------------


def _filled(text: str) -> dict[str, str]:
    """The fields of the timetable as the page shows them."""
    typed = r'<input type="(?:text|number|time|hidden)" name="([^"]+)" value="([^"]*)"'
    fields = dict(re.findall(typed, text))
    for name in re.findall(r'<input type="checkbox" name="([^"]+)"[^>]* checked', text):
        fields[name] = "on"
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', text):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen.group(1) if chosen else ""
    fields.pop("csrfmiddlewaretoken", None)
    return fields


def test_the_timetable_saved_as_it_is_says_the_same(house: House) -> None:
    client = signed_in(house, Role.ADMIN)
    address = reverse("reminder-timetable", args=[house.site.public_id])
    fields = _filled(page(client, "reminder-timetable", house.site.public_id))
    assert client.post(address, fields).status_code == 302
    assert ReminderTimetable.of(house.site).lines == DEFAULT_TIMETABLE


def test_a_line_is_changed_added_and_taken_away(house: House) -> None:
    client = signed_in(house, Role.MANAGER)
    address = reverse("reminder-timetable", args=[house.site.public_id])
    fields = _filled(page(client, "reminder-timetable", house.site.public_id))
    fields |= {"lines-0-owner": "2, 1, 9", "lines-1-remove": "on"}
    fields |= {"lines-9-item": "ct-mri", "lines-9-manager": "14", "quiet_from": "18:30"}
    assert client.post(address, fields).status_code == 302
    stored = ReminderTimetable.of(house.site)
    assert stored.lines[0].owner == (1, 2, 9)
    assert [row.manager for row in stored.lines if row.item == "ct-mri"] == [(14,)]
    assert len(stored.lines) == len(DEFAULT_TIMETABLE)
    assert f"{stored.quiet_from:%H:%M}" == "18:30"
    assert stored.history.first().history_change_reason == "timetable changed"


@pytest.mark.parametrize("days", ["0", "61", "1.5", "-1", "x"])
def test_days_that_make_no_sense_are_refused(house: House, days: str) -> None:
    client = signed_in(house, Role.ADMIN)
    fields = _filled(page(client, "reminder-timetable", house.site.public_id)) | {"lines-0-owner": days}
    answer = client.post(reverse("reminder-timetable", args=[house.site.public_id]), fields)
    assert answer.status_code == 422
    assert ReminderTimetable.of(house.site).rows == []


def test_a_text_is_previewed_saved_and_refused_when_it_says_too_much(house: House) -> None:
    client = signed_in(house, Role.ADMIN)
    args = [house.site.public_id, "practice-ahead", "email", "en"]
    address = reverse("message-text", args=args)
    assert "J.D." in page(client, "message-text", *args)
    draft = {"subject": "By $until", "body": "Please call $phone. $stop"}
    assert "Please call 555-0100." in client.post(address, draft | {"act": "preview"}).content.decode()
    assert not MessageTemplate.objects.exists()
    assert client.post(address, draft | {"act": "save"}).status_code == 302
    assert MessageTemplate.objects.get().subject == "By $until"
    refused = client.post(address, {"subject": "Lutathera", "body": "$stop", "act": "save"})
    assert refused.status_code == 422
    assert "no drug" in refused.content.decode()


# --- the morning --------------------------------------------------------------------------------------


def test_the_digest_tells_counts_once_a_morning(house: House, office: PostOffice) -> None:
    ReminderTimetable.objects.update(digest_at="08:00")
    point = house.staff(Role.NAVIGATOR)
    house.labs()
    for hour in (7, 8, 9, 10):
        house.pass_time(at(f"2025-01-06 {hour:02}:00"))
    digests = [mail for mail in office.mails if mail["Subject"].startswith("What changed")]
    assert [mail["To"] for mail in digests] == [point.address]
    assert "Late: 1." in digests[0].get_content()


def test_no_digest_when_nothing_changed_or_on_a_weekend(house: House, office: PostOffice) -> None:
    ReminderTimetable.objects.update(digest_at="08:00")
    house.staff(Role.NAVIGATOR)
    house.pass_time(at("2025-01-04 09:00"))
    assert not MessageDelivery.objects.exists()
    house.pass_time(MONDAY)
    assert MessageDelivery.objects.get().cancelled_because == "nothing changed"
    assert office.taken == []


def test_the_page_behind_it_names_what_changed(house: House) -> None:
    house.labs()
    CourseConflictFactory(course=house.course)
    text = page(signed_in(house), "since-yesterday")
    assert "Baseline labs is late" in text
    assert CANARIES[0] in text


def test_a_digest_missed_in_the_morning_is_not_made_in_the_evening(house: House, office: PostOffice) -> None:
    ReminderTimetable.objects.update(digest_at="08:00")
    house.staff(Role.NAVIGATOR)
    house.labs()
    house.pass_time(MONDAY + timedelta(hours=8))
    assert not MessageDelivery.objects.filter(purpose="digest").exists()
