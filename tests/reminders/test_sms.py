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
from coordination.models import MessageDelivery
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
    assert gateway.send(outgoing("Recordatorio: ¿dudas?")) == "0: Accepted for delivery"
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
        gateway.send(outgoing())
    assert refused.value.for_good is for_good


def test_no_answer_is_unclear_and_no_gateway_is_not(smsbox: Smsbox, settings: Any) -> None:
    smsbox.status = 0
    with pytest.raises(Unclear):
        gateway.send(outgoing())
    settings.SMS_URL = "kannel://fourfold:x@127.0.0.1:1"
    with pytest.raises(NotTaken) as away:
        gateway.send(outgoing())
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
