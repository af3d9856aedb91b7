"""Consent, education, authorization and eligibility evidence on the patient's page."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.models import Fact
from patients.models import Authorization, Consent, Education, EligibilityEvidence
from scheduling.models import Course, Cycle, DueItem
from tests.base.objects import Place, new_place
from tests.patients.stories import NOW, TODAY

SENT: dict[str, dict[str, str]] = {
    "consent": {"kind": "treatment", "given_on": "2025-03-04", "form_version": "2025-1"},
    "education": {"topic": "treatment", "on": "2025-03-04", "taught_by": "Nora"},
    "authorization": {
        "state": "granted",
        "payer": "Blue",
        "starts_on": "2025-03-01",
        "ends_on": "2025-12-31",
    },
    "evidence": {
        "criterion": "extent",
        "answer": "met",
        "evidence": "MRI report",
        "evidence_on": "2025-03-04",
    },
}
MODELS: dict[str, type[Fact]] = {
    "consent": Consent,
    "education": Education,
    "authorization": Authorization,
    "evidence": EligibilityEvidence,
}


@pytest.fixture(autouse=True)
def _the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> Place:
    return new_place("own")


@pytest.fixture
def client(place: Place) -> Client:
    client = Client()
    client.force_login(place.user(Role.NAVIGATOR))
    return client


def words(answer: HttpResponse) -> str:
    return " ".join(answer.content.decode().split())


def send(client: Client, place: Place, address: str, **typed: str) -> Any:
    return client.post(address, {"patient": str(place.patient.public_id), **typed})


def recorded(client: Client, place: Place, kind: str, **typed: str) -> Any:
    address = reverse(f"record-{kind}", args=[place.patient.public_id])
    return send(client, place, address, **SENT[kind] | typed)


def on(act: str, kind: str, place: Place) -> str:
    fact = MODELS[kind]._default_manager.order_by("-pk")[0]
    return reverse(f"{act}-record", args=[place.patient.public_id, kind, fact.public_id])


def records(client: Client, place: Place) -> str:
    return words(client.get(reverse("patient-records", args=[place.patient.public_id])))


@pytest.mark.parametrize("kind", SENT)
def test_each_kind_is_recorded_corrected_and_taken_back(client: Client, place: Place, kind: str) -> None:
    assert recorded(client, place, kind).status_code == 302
    assert on("correct", kind, place) in records(client, place)
    changed = {"consent": "form_version", "education": "taught_by", "authorization": "payer"}.get(
        kind, "evidence"
    )

    page = words(client.get(on("correct", kind, place)))
    assert SENT[kind][changed] in page
    bare = send(client, place, on("correct", kind, place), **SENT[kind] | {changed: "typed anew"})
    assert bare.status_code == 422
    assert "typed anew" in words(bare)
    first = on("correct", kind, place)
    said = SENT[kind] | {changed: "typed anew", "because": "misread"}
    assert send(client, place, first, **said).status_code == 302

    shown = records(client, place)
    assert "typed anew" in shown
    assert "Corrected: misread" in shown
    stale = send(client, place, first, **said | {changed: "typed too late"})
    assert stale.status_code == 409
    assert "typed too late" in words(stale)
    assert "changed this record meanwhile" in words(stale)
    in_error = reverse(
        "record-in-error", args=[place.patient.public_id, kind, on("correct", kind, place).split("/")[-2]]
    )
    assert send(client, place, in_error, because="another patient's").status_code == 302
    assert not MODELS[kind]._default_manager.filter(recorded_in_error_at=None).exists()


@pytest.mark.parametrize("kind", ["consent", "education", "authorization"])
def test_it_is_withdrawn_with_a_reason_and_that_can_be_put_right(
    client: Client, place: Place, kind: str
) -> None:
    recorded(client, place, kind)
    address = on("withdraw", kind, place)

    assert send(client, place, address, on="2025-03-05").status_code == 422
    assert send(client, place, address, on="2025-03-05", because="wish").status_code == 302
    assert send(client, place, address, on="2025-03-05", because="wish").status_code == 409

    shown = records(client, place)
    assert "withdrawn Mar 5, 2025" in shown
    assert address not in shown
    correction = on("correct", kind, place)
    assert 'value="2025-03-05"' in words(client.get(correction))
    sent = SENT[kind] | {"withdrawn_on": "", "because": "mixed up"}
    assert send(client, place, correction, **sent).status_code == 302
    newest: Any = MODELS[kind]._default_manager.order_by("-pk")[0]
    assert (newest.withdrawn_on, newest.withdrawn_by, newest.recorded_in_error_at) == (None, None, None)


def test_evidence_is_corrected_not_withdrawn(client: Client, place: Place) -> None:
    recorded(client, place, "evidence")
    assert client.get(on("withdraw", "evidence", place)).status_code == 404
    assert client.get(on("correct", "evidence", place).replace("evidence", "weight")).status_code == 404


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("consent", {"given_on": "2025-03-06"}, "given_on"),
        ("education", {"on": "2025-03-06"}, "on"),
        ("authorization", {"ends_on": ""}, "ends_on"),
        ("authorization", {"starts_on": ""}, "starts_on"),
        ("authorization", {"ends_on": "2025-02-28"}, "ends_on"),
        ("evidence", {"evidence_on": "2025-03-06"}, "evidence_on"),
        ("evidence", {"expires_on": "2025-03-03"}, "expires_on"),
        ("evidence", {"answer": ""}, "answer"),
        ("evidence", {"criterion": "platelets"}, "answer"),
        ("evidence", {"criterion": "karnofsky"}, "value"),
        ("evidence", {"criterion": "karnofsky", "value": "800"}, "value"),
        ("evidence", {"criterion": "karnofsky", "value": "50"}, "answer"),
    ],
)
def test_what_cannot_be_names_its_field(
    client: Client, place: Place, kind: str, typed: dict[str, str], field: str
) -> None:
    answer = recorded(client, place, kind, **typed)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert not MODELS[kind]._default_manager.exists()


def test_the_figure_of_a_performance_status_is_enough(client: Client, place: Place) -> None:
    recorded(client, place, "evidence", criterion="karnofsky", value="50", answer="")
    assert EligibilityEvidence.objects.get().answer == "not-met"


@pytest.mark.hazard("H41")
def test_a_form_opened_for_another_patient_records_nothing(client: Client, place: Place) -> None:
    address = reverse("record-consent", args=[place.patient.public_id])
    sent = SENT["consent"] | {"patient": "0b2b0a5e-56ea-4f7e-9d2a-0d8a5f7c4a11"}
    assert client.post(address, sent).status_code == 409
    assert not Consent.objects.exists()


def test_a_consent_settles_its_item_until_it_is_withdrawn(client: Client, place: Place) -> None:
    Cycle.objects.filter(pk=place.cycle.pk).update(planned_on=date(2025, 3, 25))

    def is_done() -> bool:
        return DueItem.objects.get(item="consent").done

    recorded(client, place, "consent")
    assert is_done()
    send(client, place, on("withdraw", "consent", place), on="2025-03-05", because="wish")
    assert not is_done()
    recorded(client, place, "consent", given_on=str(TODAY))
    assert is_done()


def test_criteria_are_shown_with_what_is_needed_and_a_way_to_record(client: Client, place: Place) -> None:
    course: Course = place.course
    shown = records(client, place)
    assert course.patient == place.patient
    assert "KPS not on file (need ≥ 60)." in shown
    assert reverse("record-evidence", args=[place.patient.public_id]) + "?criterion=karnofsky" in shown
    assert "Platelets not on file (need ≥ 75)." in shown

    recorded(client, place, "evidence", criterion="karnofsky", value="80", answer="")

    assert "KPS 80 (Mar 4, 2025; need ≥ 60)." in records(client, place)
    asked = client.get(reverse("record-evidence", args=[place.patient.public_id]), {"criterion": "karnofsky"})
    assert '<option value="karnofsky" selected>' in words(asked)
