"""A sender's map through the pages: made in the review queue, corrected, withdrawn; what waits is said."""

from typing import Any

import pytest
from django.urls import reverse

from coordination.base.choices import Role
from coordination.base.models import ApiClient, AuditEvent
from coordination.flows import lab_result
from coordination.flows.lab_result import Receipt
from labs.incoming import IncomingReport, IncomingResult, PatientKey
from labs.models import LabResult, ReviewItem, SenderMapEntry
from scheduling.models import Course
from tests.coordination.conftest import House, _noon, days, house, make_house  # noqa: F401
from tests.factories import (
    NOW,
    ApiClientFactory,
    CycleFactory,
    ProposalFactory,
    ReviewItemFactory,
    SenderMapEntryFactory,
    UserFactory,
)
from tests.flows.reports import COLLECTED, PLATELETS, changed

LOCAL = IncomingResult(
    id="r1",
    code="urn:local:L|PLT",
    code_text="PLATELET COUNT",
    value="62",
    unit="Thousand/uL",
    low="140",
    high="400",
    collected_at=COLLECTED,
)


@pytest.fixture
def sender(house: House) -> ApiClient:  # noqa: F811
    sender: ApiClient = ApiClientFactory(name="Mercy interface", sites=[house.site])
    return sender


def receive(house: House, sender: ApiClient, *results: IncomingResult) -> Receipt:  # noqa: F811
    number = house.patient.identifiers.get()
    key = PatientKey(number.system, number.value)
    body = "".join(result.id for result in results)
    report = IncomingReport(
        str(sender.public_id),
        body,
        body,
        body[:40].ljust(64, "0"),
        key,
        results=results,
        laboratory="Lab East",
    )
    return lab_result.receive_report(report, client=sender, sites=[house.site], now=NOW)


def settle(house: House, item: ReviewItem, **sent: str) -> Any:  # noqa: F811
    page = reverse("settle-review", args=[item.public_id])
    return house.client().post(page, {"act": "map", **sent}, follow=True)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# --- the review queue ------------------------------------------------------------------------------


def test_one_act_maps_a_code_from_now_on_and_for_all_that_wait(
    house: House,  # noqa: F811
    sender: ApiClient,
) -> None:
    receive(house, sender, *(changed(LOCAL, id=f"r{number}") for number in range(14)))
    page = house.client().get(reverse("results-to-review"))
    assert "From now on, and for the 14 that wait" in text_of(page)
    assert '<option value="777-3" selected>Platelets, 777-3</option>' in text_of(page)

    answer = settle(
        house, ReviewItem.objects.open().first() or ReviewItem(), loinc="777-3", because="catalog"
    )

    assert "PLT of this sender is 777-3 from now on. 14 results were read again: 14 usable now." in text_of(
        answer
    )
    entry = SenderMapEntry.objects.get()
    assert (entry.laboratory, entry.made_by, entry.because) == ("Lab East", house.navigator, "catalog")
    assert LabResult.objects.standing().usable().count() == 14
    assert Course.objects.get().assessed_at == NOW  # assessed before the page answered
    assert house.patient.public_id in AuditEvent.objects.filter(kind="change").latest("pk").patients


def test_a_code_and_its_unit_in_one_act(house: House, sender: ApiClient) -> None:  # noqa: F811
    receive(house, sender, changed(LOCAL, unit="x10"))

    settle(house, ReviewItem.objects.open().get(), loinc="777-3", unit="10*9/L")

    assert set(SenderMapEntry.objects.values_list("kind", "sent", "means")) == {
        ("code", "urn:local:L|PLT", "777-3"),
        ("unit", "x10", "10*9/L"),
    }
    assert LabResult.objects.standing().get().usable


def test_an_unknown_unit_is_chosen_from_those_that_the_test_has(
    house: House,  # noqa: F811
    sender: ApiClient,
) -> None:
    receive(house, sender, changed(PLATELETS, unit="x10"))
    item = ReviewItem.objects.open().get()

    assert settle(house, item, unit="mg/dL").status_code == 422
    answer = settle(house, item, unit="10*9/L")

    assert "x10 of this sender is 10*9/L from now on. 1 result was read again: 1 usable now." in text_of(
        answer
    )


def test_a_refused_map_keeps_what_was_typed(house: House, sender: ApiClient) -> None:  # noqa: F811
    receive(house, sender, changed(LOCAL, unit="x10"))

    answer = settle(house, ReviewItem.objects.open().get(), loinc="777-3", unit="furlongs", because="a guess")

    assert answer.status_code == 422
    assert "The unit furlongs is not known for this test." in text_of(answer)
    assert 'value="furlongs"' in text_of(answer)
    assert not SenderMapEntry.objects.exists()


def test_what_a_person_typed_offers_no_map(house: House) -> None:  # noqa: F811
    item = ReviewItemFactory(report__patient=house.patient, kind="code-unknown")

    assert "does not wait for the meaning" in text_of(settle(house, item, loinc="777-3"))


# --- the page of the maps --------------------------------------------------------------------------


def test_the_page_lists_corrects_and_withdraws(house: House, sender: ApiClient) -> None:  # noqa: F811
    receive(house, sender, LOCAL)
    settle(house, ReviewItem.objects.open().get(), loinc="718-7", because="a slip")
    entry = SenderMapEntry.objects.get()
    page = reverse("sender-map-entry", args=[entry.public_id])
    client = house.client(UserFactory(role=Role.ADMIN, full_name="Ada Admin", sites=[house.site]))

    wrong = client.post(page, {"act": "correct", "means": "1-1", "because": "catalog"})
    assert wrong.status_code == 422
    client.post(page, {"act": "correct", "means": "777-3", "because": "catalog"})
    assert LabResult.objects.standing().usable().get().analyte == "platelets"

    listed = text_of(client.get(reverse("sender-maps")))
    for words in (
        "Mercy interface",
        "Lab East",
        "777-3, Platelets",
        "718-7, Hemoglobin",
        "Ada Admin",
        "catalog",
    ):
        assert words in listed

    newest = SenderMapEntry.objects.current().get()
    page = reverse("sender-map-entry", args=[newest.public_id])
    assert client.post(page, {"act": "withdraw", "because": ""}).status_code == 422
    done = client.post(page, {"act": "withdraw", "because": "another analyzer"}, follow=True)
    assert "Withdrawn. 1 result was read again: 0 usable now." in text_of(done)
    assert ReviewItem.objects.open().get().kind == "code-unknown"
    assert "another analyzer" in text_of(client.get(page))


def test_any_entry_is_added_on_the_page(house: House, sender: ApiClient) -> None:  # noqa: F811
    client = house.client()
    sent = {"client": sender.pk, "laboratory": " Lab  East", "kind": "time-zone", "because": "asked them"}

    assert client.post(reverse("sender-maps"), sent | {"means": "Boston"}).status_code == 422
    answer = client.post(reverse("sender-maps"), sent | {"means": "America/Chicago"}, follow=True)

    assert "Saved. No stored result is affected." in text_of(answer)
    entry = SenderMapEntry.objects.get()
    assert (entry.laboratory, entry.means) == ("Lab East", "America/Chicago")


def test_senders_of_other_sites_are_neither_listed_nor_offered(house: House) -> None:  # noqa: F811
    other = make_house()
    foreign = SenderMapEntryFactory(client=ApiClientFactory(name="Elsewhere", sites=[other.site]))

    page = house.client().get(reverse("sender-maps"))

    assert "Elsewhere" not in text_of(page)
    assert house.client().get(reverse("sender-map-entry", args=[foreign.public_id])).status_code == 404


# --- what waits is said ----------------------------------------------------------------------------

WAITS = "Platelets of Jan 7 wait for review: unit unknown"


def test_what_waits_stands_with_the_recommendation_the_decision_and_readiness(
    house: House,  # noqa: F811
    sender: ApiClient,
) -> None:
    CycleFactory(course=house.course, planned_on=days(14))
    ProposalFactory(course=house.course, text="Give 7.4 GBq.")
    receive(house, sender, changed(PLATELETS, unit="furlongs"))

    patient = text_of(house.client().get(reverse("patient", args=[house.patient.public_id])))
    arguments = [house.patient.public_id, house.course.public_id]
    doctor = house.client(house.prescriber)
    assert WAITS in text_of(doctor.get(reverse("decisions")))
    assert WAITS in patient
    assert WAITS in text_of(doctor.get(reverse("sign", args=arguments)))
    assert WAITS in text_of(doctor.get(reverse("override", args=arguments)))
    [(row, gates)] = house.client().get(reverse("readiness")).context["rows"]
    assert WAITS in row.answers["labs"].reason
    assert row.answers["labs"].state != "ready"
    assert gates[0].url == reverse("results-to-review")


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (LOCAL, "PLATELET COUNT of Jan 7 waits for review: test code unknown"),
        (
            changed(PLATELETS, high="4000"),
            "Platelets of Jan 7 wait for review: reference range cannot be right",
        ),
        (changed(LOCAL, code_text="Vitamin D"), ""),
        (changed(PLATELETS, loinc="2823-3", value="4", unit="furlongs"), ""),
        (changed(PLATELETS, status="preliminary"), ""),
    ],
)
def test_only_what_may_decide_on_the_dose_is_named(
    house: House,  # noqa: F811
    sender: ApiClient,
    result: IncomingResult,
    said: str,
) -> None:
    receive(house, sender, result)

    page = house.client().get(reverse("patient", args=[house.patient.public_id]))

    assert page.context["card"].waiting == ([said] if said else [])


# --- comments and what the map says, beside the value ----------------------------------------------


def test_a_comment_and_the_reading_stand_beside_the_value(house: House, sender: ApiClient) -> None:  # noqa: F811
    receive(house, sender, changed(LOCAL, note="Clumped, repeat in citrate."))
    settle(house, ReviewItem.objects.open().get(), loinc="777-3")
    queue = text_of(house.client().get(reverse("results-to-review")))
    assert "The laboratory comments on PLATELET COUNT" in queue

    arguments = [house.patient.public_id, house.course.public_id]
    doctor = house.client(house.prescriber)
    pages = (
        house.client().get(reverse("patient-results", args=arguments[:1])),
        doctor.get(reverse("sign", args=arguments)),
    )
    for page in pages:
        assert "Laboratory comment: Clumped, repeat in citrate." in text_of(page)
        assert "code read as 777-3, by this sender&#x27;s map" in text_of(page)
        assert "62 Thousand/uL" in text_of(page)  # as sent
        assert "62 10*9/L" in text_of(page)  # as used


def test_a_range_that_is_not_used_says_so(house: House, sender: ApiClient) -> None:  # noqa: F811
    receive(house, sender, changed(PLATELETS, high="4000"))

    page = house.client().get(reverse("patient-results", args=[house.patient.public_id]))

    assert "not used: cannot be right" in text_of(page)
