"""Text messages through Kannel's own HTTP form, against a server that speaks it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coordination.messages import gateway
from coordination.messages.outgoing import NotTaken, Outgoing, Unclear
from coordination.messages.sms import read_answer
from coordination.models import ContactPoint, MessageDelivery
from patients.models import Consent
from tests.factories import ConsentFactory, ContactPointFactory
from tests.reminders.house import CANARIES, House, at

MONDAY = at("2025-01-06 09:00")


@dataclass
class Smsbox:
    """What arrived: headers and text. `status` is what it answers; 0 hangs up without an answer."""

    status: int = 202
    taken: list[tuple[dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def smsbox(settings: Any) -> Iterator[Smsbox]:
    box = Smsbox()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            box.taken.append(({"path": self.path, **dict(self.headers)}, text))
            if box.status:
                self.send_response(box.status)
                self.end_headers()
                self.wfile.write(b"0: Accepted for delivery")

        def log_message(self, *args: object) -> None:
            """Nothing: the test reads what arrived."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.SMS_URL = f"kannel://fourfold:se%20cret@127.0.0.1:{server.server_port}"
    settings.PUBLIC_URL = "https://care.example.org"
    yield box
    server.shutdown()
    server.server_close()
    thread.join()


def outgoing(body: str = "Hello") -> Outgoing:
    return Outgoing(
        "sms", "+15550100123", "", body, "r", "https://care.example.org/w/x", "https://care.example.org/s"
    )


def test_text_and_password_stand_in_no_address(smsbox: Smsbox) -> None:
    assert gateway.send_outgoing(outgoing("Recordatorio: ¿dudas?")) == "0: Accepted for delivery"
    ((headers, text),) = smsbox.taken
    assert headers["path"] == "/cgi-bin/sendsms"
    assert (headers["X-Kannel-To"], headers["X-Kannel-Password"]) == ("+15550100123", "se cret")
    assert headers["X-Kannel-Coding"] == "2"  # UCS-2: the text is not ASCII
    assert headers["X-Kannel-DLR-Url"] == "https://care.example.org/s?status=%d"
    assert text == "Recordatorio: ¿dudas?"


@pytest.mark.parametrize(("status", "for_good"), [(403, True), (400, True), (503, False)])
def test_a_refusal_says_whether_it_is_for_good(smsbox: Smsbox, status: int, for_good: bool) -> None:
    smsbox.status = status
    with pytest.raises(NotTaken) as refused:
        gateway.send_outgoing(outgoing())
    assert refused.value.for_good is for_good


def test_no_answer_is_unclear_and_no_gateway_is_not(smsbox: Smsbox, settings: Any) -> None:
    smsbox.status = 0
    with pytest.raises(Unclear):
        gateway.send_outgoing(outgoing())
    settings.SMS_URL = "kannel://fourfold:x@127.0.0.1:1"
    with pytest.raises(NotTaken) as away:
        gateway.send_outgoing(outgoing())
    assert not away.value.for_good


def reminded(house: House, **contact: Any) -> MessageDelivery:
    ConsentFactory(patient=house.patient, kind=Consent.Kind.MESSAGES)
    ContactPointFactory(
        practice=None, patient=house.patient, channel="sms", address="+15550100123", **contact
    )
    window = {"opens_on": "2025-01-08", "target_on": "2025-01-10", "closes_on": "2025-01-12"}
    house.labs(owner="patient", practice=None, item="authorization", **window)
    house.pass_time(MONDAY)
    return MessageDelivery.objects.get()


def test_a_patient_is_reminded_on_the_phone_in_their_language(house: House, smsbox: Smsbox) -> None:
    delivery = reminded(house, language="es")
    ((_, text),) = smsbox.taken
    assert text.startswith("Recordatorio")
    assert not any(canary in text for canary in CANARIES)
    assert delivery.state == "sent"


@pytest.mark.parametrize(
    ("code", "state"), [("1", "delivered"), ("2", "bounced"), ("16", "bounced"), ("8", "sent")]
)
def test_the_gateway_tells_what_became_of_it(house: House, smsbox: Smsbox, code: str, state: str) -> None:
    delivery = reminded(house)
    page = reverse("message-status", args=[delivery.token])
    for _ in range(2):
        assert Client().get(page, {"status": code}).status_code == 204
    delivery.refresh_from_db()
    assert delivery.state == state
    assert Client().get(reverse("message-status", args=["nobody-knows"])).status_code == 404


def test_without_a_gateway_no_text_message_is_offered(house: House, settings: Any) -> None:
    settings.SMS_URL = ""
    house.desk.channel, house.desk.address = "sms", "+15550100123"
    house.desk.save()
    house.labs()
    assert house.pass_time(MONDAY) == 0
    assert not MessageDelivery.objects.exists()


# --- what a phone answers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["STOP", " stop ", "Stop!", "STOP please", "opt-out", "Baja", "ALTO.", "«parar»"]
)
def test_a_word_that_ends_the_messages(text: str) -> None:
    assert read_answer(sender="+15550100123", text=text).is_stop


@pytest.mark.parametrize(
    "text", ["", " ", "Thanks", "Please stop by at 10", "nonstop", "I will come at 10", "…"]
)
def test_a_text_that_ends_nothing(text: str) -> None:
    assert not read_answer(sender="+15550100123", text=text).is_stop


@pytest.mark.parametrize("sender", ["+15550100123", "15550100123", "0015550100123", "+1 (555) 010-0123"])
def test_a_number_has_one_form(sender: str) -> None:
    assert read_answer(sender=sender, text="stop").number == "+15550100123"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("¡Alto!".encode("utf-16-be"), '"UTF-16BE"'),
        ("¡Alto!".encode(), ""),
        ("alto".encode("latin-1"), "no-such-set"),
    ],
)
def test_a_text_is_read_in_its_character_set(text: bytes, charset: str) -> None:
    assert read_answer(sender="1", text=text, charset=charset).is_stop


@pytest.fixture
def phone(house: House, settings: Any) -> ContactPoint:
    settings.SMS_INBOUND_TOKEN = "only-the-gateway"
    point: ContactPoint = ContactPointFactory(
        practice=None, patient=house.patient, channel="sms", address="+15550100123"
    )
    return point


def _post(token: str, text: bytes = b"Stop", sender: str = "+15550100123") -> int:
    address = reverse("text-answer", args=[token])
    return Client().post(address, text, "text/plain", headers={"X-Kannel-From": sender}).status_code


def test_stop_ends_the_messages_to_the_number_and_stands_on_the_timeline(
    house: House, phone: ContactPoint, caplog: pytest.LogCaptureFixture
) -> None:
    other = ContactPointFactory(practice=None, patient=house.patient, channel="sms", address="+15550100999")
    for _ in range(2):
        assert _post("only-the-gateway") == 200

    phone.refresh_from_db()
    other.refresh_from_db()
    assert phone.stopped_at and phone.stopped_because == "stopped by a text message"
    assert not phone.is_usable and other.stopped_at is None
    assert phone.history.count() == 2  # added, stopped
    client = Client()
    client.force_login(house.navigator)
    page = client.get(reverse("patient-history", args=[house.patient.public_id])).content.decode()
    assert "Text message to the patient: stopped by a text message" in page
    assert "5550100123" not in caplog.text


def test_kannel_asks_by_get_too(phone: ContactPoint) -> None:
    address = reverse("text-answer", args=["only-the-gateway"])
    assert Client().get(address, {"from": "15550100123", "text": "STOP"}).status_code == 200
    phone.refresh_from_db()
    assert phone.stopped_at


def test_another_text_changes_nothing(phone: ContactPoint) -> None:
    assert _post("only-the-gateway", b"Thank you") == 200
    phone.refresh_from_db()
    assert phone.stopped_at is None


@pytest.mark.parametrize(("token", "expected"), [("a-guess", "only-the-gateway"), ("anything", "")])
def test_nobody_but_the_gateway_ends_anything(
    phone: ContactPoint, settings: Any, token: str, expected: str
) -> None:
    settings.SMS_INBOUND_TOKEN = expected
    assert _post(token) == 404
    phone.refresh_from_db()
    assert phone.stopped_at is None
