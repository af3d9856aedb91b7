"""Decisions, results to review, patients, search, readiness, papers and orders through their pages."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.models import AuditEvent, SiteSettings
from coordination.flows import decision
from coordination.flows.reassess import reassess
from coordination.flows.refused import ask_about_refused, keep_refused
from coordination.pages.worklist.decisions import differences_since
from labs.incoming import RefusedMessage
from labs.models import LabReport, ReviewItem
from patients.models import Authorization, Consent
from scheduling.models import Action, Course, DoseOrder, Proposal, Signature
from tests.coordination.conftest import House, _noon, days, house, make_house  # noqa: F401
from tests.factories import (
    NOW,
    AdverseEventInquiryFactory,
    ApiClientFactory,
    CycleFactory,
    InfusionGivenFactory,
    LabReportFactory,
    LabResultFactory,
    PatientFactory,
    PracticeFactory,
    PregnancyTestFactory,
    ProposalFactory,
    ReviewItemFactory,
    SignatureFactory,
    SiteFactory,
    SiteSettingsFactory,
    UserFactory,
)

# --- decisions -------------------------------------------------------------------------------------


def dose(action: str, activity: str | None, platelets: str, grade: int | None) -> dict[str, Any]:
    row = {"row": "thrombocytopenia", "state": platelets, "grade": grade, "text": "Platelets 62."}
    return {"next_dose": {"action": action, "activity_gbq": activity, "rows": [row], "missing": []}}


def test_what_changed_since_it_was_signed() -> None:
    assert differences_since(dose("give", "7.4", "clear", 1), dose("hold", None, "open", 2)) == [
        ("Proposal", "give 7.4 GBq", "hold"),
        ("Thrombocytopenia", "clear, grade 1", "open, grade 2"),
    ]


def test_a_withdrawn_signature_says_what_changed(house: House) -> None:  # noqa: F811
    old = ProposalFactory(course=house.course)
    signature = SignatureFactory(
        proposal=old, signed_by=house.prescriber, document={"answer": dose("give", "7.4", "clear", 1)}
    )
    signature.withdrawn_at, signature.withdrawn_because = NOW, "New facts."
    signature.save()
    old.superseded_at = NOW
    old.save(update_fields=["superseded_at"])
    new = dose("hold", None, "open", 2)
    ProposalFactory(
        course=house.course, action=Action.HOLD, activity_gbq=None, text="Hold: platelets 62.", document=new
    )
    page = house.client(house.prescriber).get(reverse("decisions"))
    text = page.content.decode()
    assert [len(page.context[name]) for name in ("withdrawn", "unsigned")] == [1, 0]
    for words in ("Changed since it was signed", "Pia Prescriber signed", "give 7.4 GBq", "open, grade 2"):
        assert words in text
    assert reverse("sign", args=[house.patient.public_id, house.course.public_id]) in text
    assert AuditEvent.objects.get(view="decisions").patients == [house.patient.public_id]


FIRST_DOSE = {
    "next_dose": {
        "action": "review",
        "rows": [],
        "criteria": [
            {"criterion": "platelets", "state": "not-met", "value": "40", "threshold": ">= 75"},
            {"criterion": "wbc", "state": "met", "value": "5.6", "threshold": ">= 2"},
            {"criterion": "karnofsky", "state": "cannot-tell", "value": None, "threshold": None},
        ],
    }
}
IN_WORDS = ("Platelets 40 (need ≥ 75)", "KPS not on file or expired (need ≥ 70)")


def test_criteria_of_the_first_dose_are_named_on_decisions_and_readiness(house: House) -> None:  # noqa: F811
    SiteSettings.objects.update_or_create(
        site=house.site,
        defaults={"eligibility_thresholds": {"karnofsky": {"bound": "70", "source": "site board"}}},
    )
    CycleFactory(course=house.course, planned_on=days(14))
    ProposalFactory(
        course=house.course, action=Action.REVIEW, activity_gbq=None, text="Look.", document=FIRST_DOSE
    )

    for name in ("decisions", "readiness"):
        text = house.client().get(reverse(name)).content.decode()
        for words in IN_WORDS:
            assert words in text, name
        assert "WBC 5.6" not in text
    assert states(house)["signed"] == "problem"


def test_a_criterion_that_changed_since_it_was_signed_is_named() -> None:
    met = {"criterion": "platelets", "state": "met", "value": "80", "threshold": ">= 75"}
    before = {"next_dose": FIRST_DOSE["next_dose"] | {"criteria": [met]}}

    assert ("Platelets", "Platelets 80 (need ≥ 75)", "Platelets 40 (need ≥ 75)") in differences_since(
        before, FIRST_DOSE
    )


def test_a_navigator_sees_decisions_and_cannot_sign(house: House) -> None:  # noqa: F811
    ProposalFactory(course=house.course, text="Give 7.4 GBq.")
    text = house.client().get(reverse("decisions")).content.decode()
    assert "Give 7.4 GBq." in text
    assert reverse("sign", args=[house.patient.public_id, house.course.public_id]) not in text


# --- results to review -----------------------------------------------------------------------------


def parked(house: House) -> ReviewItem:  # noqa: F811
    report = LabReportFactory(
        patient=None, site=house.site, state=LabReport.State.PARKED, body=json.dumps({"value": "61"})
    )
    LabResultFactory(report=report, patient=None, value="61")
    return ReviewItemFactory(
        report=report, patient=None, kind="patient-unknown", detail="No patient with this number."
    )


def test_the_raw_message_stands_beside_our_reading(house: House) -> None:  # noqa: F811
    report = LabReportFactory(patient=house.patient, body='{"unit": "g/mL"}')
    result = LabResultFactory(
        report=report, loinc="718-7", value="12.5", unit="g/mL", unusable=True, rejection="unit-unknown"
    )
    ReviewItemFactory(report=report, result=result, kind="unit-unknown", detail="The unit is not known.")
    text = house.client().get(reverse("results-to-review")).content.decode()
    for words in ("&quot;unit&quot;: &quot;g/mL&quot;", "12.5", "unit unknown", "g/dL", "Type it by hand"):
        assert words in text


def test_a_parked_report_is_given_to_the_patient_with_exactly_this_number(house: House) -> None:  # noqa: F811
    review = parked(house)
    page = reverse("settle-review", args=[review.public_id])
    client = house.client()
    wrong = client.post(page, {"act": "whose", "mrn": "A-1044"})
    assert wrong.status_code == 422
    assert "No patient within your reach has exactly this number." in wrong.content.decode()
    assert 'value="A-1044"' in wrong.content.decode()
    client.post(page, {"act": "whose", "mrn": " A-10442 "})
    review.report.refresh_from_db()
    assert (review.report.patient, review.report.state) == (house.patient, LabReport.State.APPLIED)
    assert house.patient.results.get().value == "61"
    assert Course.objects.get().assessed_at == NOW  # assessed before the page answered
    again = client.post(page, {"act": "whose", "mrn": "A-10442"}, follow=True)
    assert (
        "This report already belongs to a patient: Nora Navigator matched it by the number A-10442"
        in again.content.decode()
    )


def test_a_number_known_elsewhere_is_not_in_reach(house: House) -> None:  # noqa: F811
    make_house("B-1")
    review = parked(house)
    answer = house.client().post(
        reverse("settle-review", args=[review.public_id]), {"act": "whose", "mrn": "B-1"}
    )
    assert answer.status_code == 422


def test_read_and_dismissed_once(house: House) -> None:  # noqa: F811
    review = ReviewItemFactory(report=LabReportFactory(patient=house.patient))
    page = reverse("settle-review", args=[review.public_id])
    client = house.client()
    assert client.post(page, {"act": "dismiss", "because": ""}).status_code == 422
    client.post(page, {"act": "read"})
    review.refresh_from_db()
    assert (review.resolution, review.resolved_by) == ("Read by Nora Navigator.", house.navigator)
    again = client.post(page, {"act": "dismiss", "because": "typing error"}, follow=True)
    assert "This was already resolved by Nora Navigator on" in again.content.decode()
    review.refresh_from_db()
    assert review.resolution == "Read by Nora Navigator."


def refused(house: House, body: str) -> None:  # noqa: F811
    """A message from a machine of the house, as the door keeps it."""
    message = RefusedMessage("lab", "MSG1", body.encode("latin-1"), "Nothing can be read.")
    client = ApiClientFactory(sites=[house.site])
    keep_refused(message, client=client, sites=[house.site], now=NOW)


@pytest.mark.parametrize("body", ["[" * 50_000, '{"a": 1, "a": 2}', "G\xf3mez", "\x00", "<html>"])
def test_a_message_nobody_could_read_is_shown_as_it_came(house: House, body: str) -> None:  # noqa: F811
    refused(house, body)
    item = ReviewItem.objects.get()

    answer = house.client().get(reverse("results-to-review"))

    assert answer.status_code == 200
    (review, _), *_ = answer.context["reviews"]
    assert review.raw.startswith(item.report.body[:100])
    assert "Nothing can be read." in answer.content.decode()
    house.client().post(reverse("settle-review", args=[item.public_id]), {"act": "read"})
    assert not ReviewItem.objects.open().exists()


def test_a_result_that_was_not_stored_is_shown_as_it_was_sent(house: House) -> None:  # noqa: F811
    code = {"system": "http://loinc.org", "code": "777-3", "text": "Platelets"}
    bad = {"id": "B", "code": code, "value": "12e3", "status": "final"}
    body = json.dumps({"patient": {"system": "s", "value": "1"}, "results": [bad]})
    report = LabReportFactory(patient=house.patient, body=body)
    ask_about_refused(report, ["Platelets"], of=2, now=NOW)

    text = house.client().get(reverse("results-to-review")).content.decode()

    assert "1 of 2 results was not stored: Platelets." in text
    assert "value: A number has a sign" in text
    assert "&quot;12e3&quot;" in text
    assert reverse("enter-results", args=[house.patient.public_id]) in text


def test_a_day_without_a_time_is_shown_as_a_day(house: House) -> None:  # noqa: F811
    result = LabResultFactory(
        report__patient=house.patient, day_only=True, placer_order="ORD1", filler_order="LAB1"
    )
    ReviewItemFactory(report=result.report, result=result)

    text = house.client().get(reverse("results-to-review")).content.decode()

    assert re.search(r"Tue 7 Jan 2025\s*</dd>", text)
    assert "ORD1, LAB1" in text


def test_reports_of_nobody_are_seen_only_at_their_site(house: House) -> None:  # noqa: F811
    parked(house)
    assert "No patient with this number." in house.client().get(reverse("results-to-review")).content.decode()
    elsewhere = make_house()
    text = elsewhere.client().get(reverse("results-to-review")).content.decode()
    assert "Nothing to review" in text


# --- patients and search ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["whitc", "WHITCOMBE", "eleanor", "10442", "555-0142", "5550142", "Lakeside"]
)
def test_found_by_name_number_phone_or_referrer(house: House, text: str) -> None:  # noqa: F811
    house.patient.phone = "+1 (617) 555-0142"
    house.patient.referred_by = PracticeFactory(name="Lakeside Oncology")
    house.patient.save()
    PatientFactory(site=house.site, family_name="Okafor", phone="")
    answer = house.client().post(reverse("search"), {"q": text})
    found = answer.content.decode()
    assert "Whitcombe, Eleanor" in found
    assert "Okafor" not in found
    assert AuditEvent.objects.get(view="search").patients == [house.patient.public_id]


def test_an_exact_number_opens_the_patient(house: House) -> None:  # noqa: F811
    answer = house.client().post(reverse("search"), {"q": "A-10442"})
    assert answer.headers["Location"] == reverse("patient", args=[house.patient.public_id])


@pytest.mark.parametrize("text", ["", "x", "nobody at all", "%", "'; drop table"])
def test_a_search_that_finds_nothing_says_so(house: House, text: str) -> None:  # noqa: F811
    answer = house.client().post(reverse("search"), {"q": text})
    assert answer.status_code == 200
    assert "Whitcombe" not in answer.content.decode()


@pytest.mark.parametrize(
    ("family_name", "given_name", "typed"),
    [
        ("O'Hara", "Mary", "O\u2019Hara,  mary"),
        ("\u674e", "\u5c0f\u9f99", "\u9f99"),
        ("Suharto", "", "suharto"),
    ],
)
def test_a_name_is_found_as_every_list_writes_it_within_reach(
    house: House,  # noqa: F811
    family_name: str,
    given_name: str,
    typed: str,
) -> None:
    found = PatientFactory(site=house.site, family_name=family_name, given_name=given_name)
    PatientFactory(site=SiteFactory(), family_name=family_name, given_name=given_name)

    for text in (typed, str(found)):
        answer = house.client().post(reverse("search"), {"q": text})
        assert [line.public_id for line in answer.context["lines"]] == [found.public_id]


def test_one_letter_is_too_short_to_search(house: House) -> None:  # noqa: F811
    answer = house.client().post(reverse("search"), {"q": "W"})
    assert "Type at least two letters or digits." in answer.content.decode()
    assert not answer.context["lines"]


def test_a_name_is_never_searched_by_url(house: House) -> None:  # noqa: F811
    assert house.client().get(reverse("search"), {"q": "Whitcombe"}).status_code == 405


def test_the_patients_of_ones_sites_with_where_each_stands(house: House) -> None:  # noqa: F811
    first = CycleFactory(course=house.course)
    CycleFactory(course=house.course, number=2, planned_on=days(20))
    InfusionGivenFactory(cycle=first, started_at=NOW - timedelta(days=36), ended_at=None)
    make_house()
    page = house.client().get(reverse("patients"))
    [line] = page.context["lines"]
    assert (line.mrn, line.status, line.given, line.cycle, line.planned_on) == (
        "A-10442",
        "active",
        1,
        2,
        days(20),
    )
    for state, count in (("active", 1), ("held", 0), ("ended", 0), ("none", 0)):
        assert len(house.client().get(reverse("patients"), {"state": state}).context["lines"]) == count


def test_recently_viewed_come_from_the_audit(house: House) -> None:  # noqa: F811
    AuditEvent.objects.create(
        kind="view", user=house.navigator, view="patient", patients=[house.patient.public_id]
    )
    recent = house.client().get(reverse("patients")).context["recent"]
    assert [line.public_id for line in recent] == [house.patient.public_id]
    assert house.client(house.prescriber).get(reverse("patients")).context["recent"] == []


# --- readiness -------------------------------------------------------------------------------------


def states(house: House, **query: str) -> dict[str, str]:  # noqa: F811
    page = house.client().get(reverse("readiness"), query)
    [(row, _)] = page.context["rows"]
    return {key: str(answer.state) for key, answer in row.answers.items()}


def test_an_infusion_of_the_next_weeks_has_every_gate(house: House) -> None:  # noqa: F811
    cycle = CycleFactory(course=house.course, planned_on=days(14))
    house.patient.pregnancy_possible = True
    house.patient.save()
    assert states(house)["events"] == "not-yet"
    for asked in ("patient", "referring-practice"):
        AdverseEventInquiryFactory(cycle=cycle, asked=asked, asked_on=days(0))
    PregnancyTestFactory(patient=house.patient, on=days(0), result="unclear")
    SignatureFactory(proposal__course=house.course)
    found = states(house)
    assert (found["events"], found["pregnancy"], found["signed"]) == ("ready", "problem", "ready")
    text = house.client().get(reverse("readiness")).content.decode()
    assert "Test of 7 Jan: unclear" in text
    assert "Order was due" in text or "Order by" in text


def test_the_board_ends_where_it_says(house: House) -> None:  # noqa: F811
    CycleFactory(course=house.course, planned_on=days(22))
    client = house.client()
    assert client.get(reverse("readiness")).context["rows"] == []
    assert len(client.get(reverse("readiness"), {"weeks": "6"}).context["rows"]) == 1
    assert client.get(reverse("readiness"), {"weeks": "-9"}).status_code == 200


def test_an_infusion_not_recorded_stays_on_the_board(house: House) -> None:  # noqa: F811
    CycleFactory(course=house.course, planned_on=days(-2))
    assert "not recorded" in house.client().get(reverse("readiness")).content.decode()


def test_the_board_asks_as_much_for_many_as_for_one(house: House) -> None:  # noqa: F811
    def fill(count: int) -> None:
        for _ in range(count):
            other = make_house()
            other.patient.site = house.site
            other.patient.save()
            CycleFactory(course=other.course, planned_on=days(9))
            ProposalFactory(course=other.course)

    def asked() -> int:
        client = house.client()
        with CaptureQueriesContext(connection) as statements:
            client.get(reverse("readiness"))
        return len(statements)

    fill(1)
    few = asked()
    fill(4)
    assert asked() == few


# --- papers and the dose order ---------------------------------------------------------------------


def test_a_consent_opens_its_gate(house: House) -> None:  # noqa: F811
    CycleFactory(course=house.course, planned_on=days(14))
    page = reverse("record-consent", args=[house.patient.public_id])
    client = house.client()
    sent = {"patient": str(house.patient.public_id), "kind": "treatment"}
    future = client.post(page, sent | {"given_on": str(days(1))})
    assert future.status_code == 422
    client.post(page, sent | {"given_on": str(days(0))})
    assert Consent.objects.get().recorded_by == house.navigator
    assert states(house)["consent"] == "ready"


def test_a_granted_authorization_says_from_when_to_when(house: House) -> None:  # noqa: F811
    page = reverse("record-authorization", args=[house.patient.public_id])
    client = house.client()
    sent = {
        "patient": str(house.patient.public_id),
        "state": "granted",
        "payer": "Blue",
        "starts_on": str(days(0)),
    }
    assert client.post(page, sent).status_code == 422
    client.post(page, sent | {"ends_on": str(days(-1))})
    assert not Authorization.objects.exists()
    client.post(page, sent | {"ends_on": str(days(300))})
    assert Authorization.objects.get().payer == "Blue"


def order_page(house: House, number: int = 1) -> str:  # noqa: F811
    return reverse("dose-order", args=[house.patient.public_id, house.course.public_id, number])


def test_a_dose_is_ordered_only_under_a_decision_that_stands(house: House) -> None:  # noqa: F811
    SiteSettingsFactory(site=house.site, second_factor_required=False)
    CycleFactory(course=house.course, planned_on=days(14))
    client = house.client()
    refused = client.post(order_page(house), {"patient": house.patient.public_id, "act": "place"})
    assert refused.status_code == 422
    assert "This dose is not approved" in refused.content.decode()
    assert client.get(order_page(house, 2)).status_code == 404


def decided_to_give(house: House) -> None:  # noqa: F811
    reassess(house.course.pk, now=clock.now())
    decision.override_proposal(
        Proposal.objects.current().get(course=house.course).public_id,
        by=house.prescriber,
        now=clock.now(),
        action="give",
        activity_gbq=Decimal("7.4"),
        code="labs-elsewhere",
        reason="seen in the chart",
    )


def test_a_dose_is_ordered_confirmed_and_cancelled_with_its_price(
    house: House,  # noqa: F811
) -> None:
    SiteSettingsFactory(site=house.site, second_factor_required=False)
    CycleFactory(course=house.course, planned_on=days(14))
    decided_to_give(house)
    client = house.client()
    client.post(order_page(house), {"patient": house.patient.public_id, "act": "place", "order_number": "77"})
    twice = client.post(order_page(house), {"patient": house.patient.public_id, "act": "place"})
    assert twice.status_code == 409
    order = DoseOrder.objects.get()
    client.post(
        order_page(house), {"patient": house.patient.public_id, "act": "confirm", "version": order.version}
    )
    stale = client.post(
        order_page(house),
        {"patient": house.patient.public_id, "act": "cancel", "version": order.version, "because": "hold"},
    )
    assert stale.status_code == 409
    assert "hold</textarea>" in stale.content.decode()
    text = client.get(order_page(house)).content.decode()
    assert "Free to cancel until Sat 11 Jan, 4 days left" in text
    assert "Cancelling today costs nothing." in text
    order.refresh_from_db()
    client.post(
        order_page(house),
        {
            "patient": house.patient.public_id,
            "act": "cancel",
            "version": order.version,
            "because": "platelets 40",
        },
    )
    order.refresh_from_db()
    assert (order.cancelled_by, order.cancelled_because) == (house.navigator, "platelets 40")


def test_administration_lists_people_sites_and_machines(house: House) -> None:  # noqa: F811
    admin = UserFactory(role=Role.ADMIN, sites=[house.site])
    text = house.client(admin).get(reverse("administration")).content.decode()
    assert "Nora Navigator" in text
    assert house.site.name in text
    assert "Whitcombe" not in text
    assert Signature.objects.count() == 0
