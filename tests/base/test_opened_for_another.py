"""A form that was opened for another patient saves nothing, on every page that changes something (H41).

Walks tests/base/url_policy.yaml: a page that takes a POST and is neither here nor among those that are not
about one patient fails.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import AuditEvent
from patients.forms import FOR_ANOTHER
from tests.base.objects import FACTORIES, Place, World, new_world
from tests.base.test_url_map import POLICY

NOT_ABOUT_A_PATIENT = frozenset(
    {
        *("site", "site-text", "practice", "handover-note", "sender-map-entry"),
        *("referrer-account", "invitation"),
    }
)
"""The objects of addresses that name a place, a practice, a sender or a colleague."""
SPANS_PATIENTS = {
    "act-on-ticked": "lines of many patients, each ticked by name",
    "settle-review": "a line of the queue, whose patient may be unknown",
    "message": "one message may tell of several patients",
    "send-batch": "letters of many patients",
}
NO_OBJECT = frozenset(
    {
        *("second-factor", "account", "password", "stay-signed-in", "keep-typed", "time-out", "discard-kept"),
        *("my-addresses", "practice-calendar-new", "search", "save-filter", "remove-filter"),
        *("write-handover", "sender-maps", "write-downtime-list", "document-batches", "portal-access"),
    }
)
"""One's own account and lists, and what is about a whole site."""

NEXT_MONTH = clock.now().date() + timedelta(days=30)
TYPED = "Typed for another patient"
SENT: dict[str, dict[str, Any]] = {
    "dose-order": {"act": "place", "supplier": TYPED},
    "due-item": {"act": "call", "note": TYPED},
    "patient-addresses": {"act": "add", "address": TYPED},
    "move-infusion": {"to": NEXT_MONTH.isoformat(), "because": TYPED},
}
"""What says which of a page's forms is meant."""
NOTHING_TO_DO = {
    "sign": "no dose is recommended yet: tests/scheduling/test_acts.py",
    "answer-conflict": "no conflict is named in the address: tests/scheduling/test_acts.py",
}
"""Pages that show no form in this world, and where it is tested."""
PAGE_OF = {"move-infusion": {"to": NEXT_MONTH.isoformat()}}
"""What the query holds when a page shows its form."""
NOTED = re.compile(r'(INSERT INTO|UPDATE|DELETE FROM) "(?!base_auditevent|base_session|django_session)(\w+)"')


def _takes_a_post(name: str) -> bool:
    policy = POLICY[name]
    return "allow" in policy and "post" in [*policy.get("methods", []), *policy.get("answers", [])]


ABOUT_A_PATIENT = [
    name
    for name, policy in POLICY.items()
    if _takes_a_post(name)
    and name not in NO_OBJECT | SPANS_PATIENTS.keys()
    and policy.get("object") not in NOT_ABOUT_A_PATIENT
]
READ = [
    name
    for name, policy in POLICY.items()
    if "allow" in policy and policy.get("audit") and "get" in policy.get("methods", ["get"])
]


@pytest.fixture
def world(db: None) -> World:
    """With an infusion that is planned, so that there is something to record, to move and to book."""
    made = new_world()
    made.own.cycle.planned_on = NEXT_MONTH
    made.own.cycle.save_by(None, because="planned")
    return made


def _signed_in(place: Place, name: str) -> Client:
    roles = POLICY[name]["allow"]
    client = Client()
    client.force_login(place.user(Role.PRESCRIBER if Role.PRESCRIBER in roles else roles[0]))
    return client


def _address(name: str, place: Place) -> str:
    return reverse(name, kwargs=FACTORIES[POLICY[name]["object"]](place))


def _stored(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries.captured_queries if NOTED.match(query["sql"])]


def test_every_list_here_is_of_pages_that_take_a_post() -> None:
    for name in (*NO_OBJECT, *SPANS_PATIENTS, *SENT):
        assert _takes_a_post(name), name


@pytest.mark.parametrize("name", ABOUT_A_PATIENT)
def test_what_was_opened_for_another_patient_is_refused(world: World, name: str) -> None:
    address = _address(name, world.own)
    client = _signed_in(world.own, name)
    other = world.next_door.patient  # as well within reach
    if "get" in POLICY[name].get("methods", []):
        client.get(address)  # assessed, where the page does so
    for patient in (str(other.public_id), ""):
        with CaptureQueriesContext(connection) as queries:
            answer = client.post(address, {"because": TYPED, **SENT.get(name, {}), "patient": patient})

        assert answer.status_code == 409
        text = answer.content.decode()
        assert FOR_ANOTHER in text
        assert world.own.patient.family_name in text
        assert other.family_name not in text and str(other.public_id) not in text
        assert not AuditEvent.objects.filter(kind="change").exists()
        assert _stored(queries) == []


# --- the pages' own forms -----------------------------------------------------------------------


class Forms(HTMLParser):
    """The forms of a page that are sent by POST and stand below the patient's banner, with their fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self._inside: dict[str, Any] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {key: value or "" for key, value in attrs}
        if tag == "form" and said.get("method") == "post":
            self._inside = {"action": said.get("action", ""), "fields": {}, "text": []}
            self.found.append(self._inside)
        elif self._inside is not None and said.get("name"):
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        assert self._inside is not None
        if tag == "textarea" or (tag == "input" and said.get("type") == "text"):
            self._inside["text"].append(said["name"])
        elif tag == "input" and said.get("type") == "hidden":
            self._inside["fields"][said["name"]] = said.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None


def _forms(answer: HttpResponse) -> Iterator[dict[str, Any]]:
    is_page = answer.headers["Content-Type"].startswith("text/html")
    _, banner, rest = (answer.content.decode() if is_page else "").partition('class="patient-banner"')
    if banner:
        yield from Forms(rest).found


@pytest.mark.parametrize("name", READ)
def test_every_form_of_a_page_about_a_patient_says_so_and_keeps_what_was_typed(
    world: World, name: str
) -> None:
    address = _address(name, world.own)
    client = _signed_in(world.own, name)
    own, other = str(world.own.patient.public_id), str(world.next_door.patient.public_id)
    forms = list(_forms(client.get(address, PAGE_OF.get(name, {}))))  # type: ignore[arg-type]
    assert forms or name not in ABOUT_A_PATIENT or name in NOTHING_TO_DO
    for form in forms:
        assert form["fields"].get("patient") == own, form
        typed = dict.fromkeys(form["text"], TYPED)
        answer = client.post(form["action"] or address, {**form["fields"], **typed, "patient": other})
        assert answer.status_code == 409, form
        assert FOR_ANOTHER in answer.content.decode()
        assert TYPED in answer.content.decode() or not typed, form
        again = [each["fields"].get("patient") for each in _forms(answer)]  # type: ignore[arg-type]
        assert again and set(again) == {own}


def test_sent_again_it_is_about_the_patient_at_the_top(world: World) -> None:
    """What was hidden in the other patient's page, its version, is not believed of this one."""
    patient, other = world.own.patient, world.next_door.patient
    address, client = _address("edit-patient", world.own), _signed_in(world.own, "edit-patient")
    typed = {"family_name": "Newname", "sex": "female", "language": "en", "because": "misspelled"}
    refused = client.post(address, {**typed, "patient": str(other.public_id), "version": "41"})
    (form,) = _forms(refused)  # type: ignore[arg-type]
    assert form["fields"]["version"] == str(patient.version)
    assert client.post(address, {**typed, **form["fields"]}).status_code == 302
    patient.refresh_from_db()
    other.refresh_from_db()
    assert (patient.family_name, other.family_name) == ("Newname", "Family of next-door")


def test_a_question_about_another_patients_weight_is_not_asked_here(world: World) -> None:
    question = "90 kg → 60 kg, 33 % less than Nov 2, 2024. Is it right?"
    sent = {"weight": "60", "unit": "kg", "on": "2025-01-07", "asked": question, "confirmed": "on"}
    answer = _signed_in(world.own, "record-weight").post(_address("record-weight", world.own), sent)
    assert answer.status_code == 409
    assert "33 %" not in answer.content.decode() and 'value="60"' in answer.content.decode()
