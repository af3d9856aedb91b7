"""What a sender means by a word of its own: from now on, for what waits, and back again."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from coordination.base.errors import CareError
from coordination.base.models import ApiClient, User
from coordination.flows.reassess import reassess
from coordination.flows.sender_map import ReadAgain, Word, read_by, say_meaning, take_back_entry, waiting_for
from coordination.flows.settle_identity import settle_identity
from labs.incoming import IncomingResult
from labs.models import LabResult, ReviewItem, SenderMapEntry
from patients.models import Patient
from scheduling.facts import facts_of
from scheduling.models import Course, Proposal, Weight
from tests import factories as make
from tests.factories import NOW
from tests.flows.reports import COLLECTED, Receive, changed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
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
def nurse() -> User:
    nurse: User = make.UserFactory(full_name="Nora Navigator")
    return nurse


def word(kind: str = "code", sent: str = "urn:local:L|PLT", laboratory: str = "", **more: str) -> Word:
    return Word(ApiClient.objects.get(), laboratory, kind, sent, **more)


def means(what: str, said: Word, by: User, *, now: Any = NOW + HOUR) -> ReadAgain:
    return say_meaning([(said, what)], because="as their catalog says", by=by, now=now)


def stands() -> LabResult:
    return LabResult.objects.standing().get()


def known_at(course: Course, hours: int) -> list[tuple[str, str]]:
    """What the rules are told: the code and the unit of each result, at that hour."""
    return [(fact.loinc, fact.unit or "") for fact in facts_of(course, NOW + hours * HOUR).results]


def test_a_local_code_waits_until_somebody_says_what_it_means(
    receive: Receive, course: Course, nurse: User
) -> None:
    for number in range(14):
        receive(changed(LOCAL, id=str(number)))
    assert waiting_for(word()).count() == 14

    done = means("777-3", word(), nurse)

    assert (len(done.results), done.usable, list(done.courses)) == (14, 14, [course.pk])
    assert not ReviewItem.objects.open().exists()
    assert {item.resolved_by for item in ReviewItem.objects.all()} == {nurse}
    assert set(LabResult.objects.standing().values_list("analyte", "used_text", "usable")) == {
        ("platelets", "62", True)
    }


def test_the_course_is_assessed_with_what_the_word_means(
    receive: Receive, course: Course, nurse: User
) -> None:
    receive(LOCAL)
    reassess(course.pk, now=NOW)
    means("777-3", word(), nurse)

    reassess(course.pk, now=NOW + 2 * HOUR)

    given = Proposal.objects.current().get(course=course).document["grades"]
    assert [(each["analyte"], each["value"]) for each in given] == [("platelets", "62")]


def test_what_was_known_before_stays_as_it_was(receive: Receive, course: Course, nurse: User) -> None:
    receive(LOCAL)
    means("777-3", word(), nurse)
    take_back_entry(SenderMapEntry.objects.get(), by=nurse, because="another analyzer", now=NOW + 3 * HOUR)

    found = [known_at(course, hours) for hours in (0, 2, 4)]

    assert found == [[("", "Thousand/uL")], [("777-3", "Thousand/uL")], [("", "Thousand/uL")]]
    assert LabResult.objects.filter(loinc="").count() == 3  # as it was sent, in every reading


def test_from_now_on_a_word_is_read_at_the_door(receive: Receive, course: Course, nurse: User) -> None:
    receive(LOCAL)
    means("777-3", word(), nurse)

    receive(changed(LOCAL, value="86", status="corrected"), now=NOW + 2 * HOUR)

    assert (stands().value, stands().usable, stands().strand) == ("86", True, "")
    assert not ReviewItem.objects.open().exclude(kind="corrected").exists()


def test_the_same_words_again_are_nothing_new(receive: Receive, course: Course, nurse: User) -> None:
    receive(LOCAL)
    means("777-3", word(), nurse)

    again = receive(LOCAL, now=NOW + 2 * HOUR)

    assert [each.state for each in again.results] == ["unchanged"]
    assert stands().usable


def test_withdrawn_its_results_wait_again(receive: Receive, course: Course, nurse: User) -> None:
    receive(LOCAL)
    means("777-3", word(), nurse)

    done = take_back_entry(
        SenderMapEntry.objects.get(), by=nurse, because="another analyzer", now=NOW + 2 * HOUR
    )

    assert (len(done.results), done.usable, list(done.courses)) == (1, 0, [course.pk])
    assert (stands().usable, stands().analyte, stands().rejection) == (False, None, "code-unknown")
    assert ReviewItem.objects.open().get().kind == "code-unknown"
    with pytest.raises(CareError, match="already ended"):
        take_back_entry(SenderMapEntry.objects.get(), by=nurse, because="again", now=NOW + 3 * HOUR)


def test_a_correction_reads_again_what_was_read_by_the_first(
    receive: Receive, course: Course, nurse: User
) -> None:
    receive(LOCAL)
    means("718-7", word(), nurse)  # hemoglobin in thousands: its unit is unknown
    assert ReviewItem.objects.open().get().kind == "unit-unknown"

    means("777-3", word(), nurse, now=NOW + 2 * HOUR)

    assert (stands().analyte, stands().usable) == ("platelets", True)
    assert not ReviewItem.objects.open().exists()
    first, second = SenderMapEntry.objects.order_by("made_at")
    assert (first.means, first.ended_by, first.ended_because) == ("718-7", nurse, "as their catalog says")
    assert (second.means, second.ended_at) == ("777-3", None)
    assert read_by(first).count() == 0


def test_a_code_and_its_unit_are_said_in_one_act(receive: Receive, course: Course, nurse: User) -> None:
    receive(changed(LOCAL, unit="x10"))

    say_meaning(
        [(word(), "777-3"), (word("unit", "x10", analyte="platelets"), "10*9/L")],
        because="",
        by=nurse,
        now=NOW + HOUR,
    )

    assert (stands().usable, stands().used_text, stands().unit, stands().mapped_unit) == (
        True,
        "62",
        "x10",
        "10*9/L",
    )


def test_no_unit_at_all_may_mean_one_too(receive: Receive, course: Course, nurse: User) -> None:
    receive(changed(LOCAL, code="", loinc="777-3", unit=None))
    assert ReviewItem.objects.open().get().kind == "unit-missing"

    done = means("10*9/L", word("unit", "", analyte="platelets"), nurse)

    assert done.usable == 1


@pytest.mark.parametrize("loinc", ["30313-1", "4546-8"])
def test_an_unknown_loinc_code_is_a_word_of_its_sender_too(
    receive: Receive, course: Course, nurse: User, loinc: str
) -> None:
    receive(changed(LOCAL, code="", loinc=loinc, value="13.2", unit="g/dl", low="12", high="15.5"))

    assert means("718-7", word(sent=f"LOINC|{loinc}"), nurse).usable == 1
    assert stands().loinc == loinc


def test_a_word_belongs_to_one_laboratory(receive: Receive, course: Course, nurse: User) -> None:
    receive(LOCAL, laboratory="Mercy East")
    receive(changed(LOCAL, id="r2"), laboratory="Mercy West")

    means("777-3", word(laboratory="Mercy East"), nurse)

    usable = dict(LabResult.objects.standing().values_list("source_id", "usable"))
    assert usable == {"r1": True, "r2": False}


def test_a_map_comes_before_the_general_table(receive: Receive, course: Course, nurse: User) -> None:
    """This sender uses the code of the leukocytes for its platelets."""
    means("777-3", word(sent="LOINC|6690-2"), nurse, now=NOW)

    receive(changed(LOCAL, code="", loinc="6690-2"), now=NOW + HOUR)

    assert (stands().analyte, stands().loinc, stands().mapped_loinc) == ("platelets", "6690-2", "777-3")


@pytest.mark.parametrize(
    ("kind", "sent", "analyte", "what", "field"),
    [
        ("code", "urn:local:L|PLT", "", "99999-9", "means"),
        ("code", "", "", "777-3", "sent"),
        ("unit", "x10", "platelets", "mg/dL", "means"),
        ("unit", "x10", "platelets", "", "means"),
        ("unit", "x10", "", "10*9/L", "analyte"),
        ("authority", "MERCY", "", "", "means"),
        ("authority", "", "", "urn:oid:1.2.3", "sent"),
        ("time-zone", "", "", "Boston", "means"),
        ("plain-date", "", "", "noon", "means"),
    ],
)
def test_a_target_is_one_that_our_tables_know(
    receive: Receive, nurse: User, kind: str, sent: str, analyte: str, what: str, field: str
) -> None:
    with pytest.raises(CareError) as refused:
        means(what, word(kind, sent, analyte=analyte), nurse)

    assert refused.value.field == field
    assert not SenderMapEntry.objects.exists()


def test_what_a_map_already_says_is_not_said_again(receive: Receive, nurse: User) -> None:
    means("777-3", word(), nurse)

    with pytest.raises(CareError, match="already says 777-3"):
        means("777-3", word(), nurse)


def test_a_settled_question_is_not_opened_by_a_map(receive: Receive, course: Course, nurse: User) -> None:
    """Somebody has looked at it and left it out: a mixed-up sample stays left out."""
    receive(LOCAL)
    item = ReviewItem.objects.get()
    item.resolved_at, item.resolved_by, item.resolution = NOW, nurse, "sample mixed up"
    item.save()

    assert means("777-3", word(), nurse).results == []
    assert not stands().usable


def test_a_parked_report_is_read_by_the_map_when_it_finds_its_patient(
    receive: Receive, course: Course, nurse: User
) -> None:
    receipt = receive(LOCAL, value="typo")
    assert means("777-3", word(), nurse).results == []

    settle_identity(receipt.report, course.patient, by=nurse, because="misspelled", now=NOW + 2 * HOUR)

    assert (stands().usable, stands().analyte, stands().patient) == (True, "platelets", course.patient)
    assert not ReviewItem.objects.open().exists()


def test_a_weight_is_taken_over_and_taken_back(receive: Receive, patient: Patient, nurse: User) -> None:
    receive(changed(LOCAL, code="urn:local:L|WT", value="70.5", unit="kg", low=None, high=None))
    scale = word(sent="urn:local:L|WT")

    means("29463-7", scale, nurse)
    assert [weight.kg for weight in Weight.objects.known()] == [Decimal("70.5")]

    take_back_entry(SenderMapEntry.objects.get(), by=nurse, because="another scale", now=NOW + 2 * HOUR)
    assert not Weight.objects.known().exists()


def test_a_senders_authority_names_ours(receive: Receive, course: Course, nurse: User) -> None:
    other = make.MRN_SYSTEM
    known = course.patient.identifiers.get()
    known.system = "urn:oid:1.2.3"
    known.save()
    assert receive(LOCAL).identity.patient is None

    means("urn:oid:1.2.3", word("authority", other), nurse)

    assert receive(changed(LOCAL, id="r2"), now=NOW + 2 * HOUR).identity.patient == course.patient


def test_a_dose_given_on_a_reading_that_is_withdrawn_is_told_of(
    receive: Receive, course: Course, nurse: User
) -> None:
    receive(LOCAL)
    means("777-3", word(), nurse)
    make.InfusionGivenFactory(
        cycle=course.cycles.get(), started_at=NOW + 2 * HOUR, ended_at=None, activity_gbq=None
    )

    take_back_entry(SenderMapEntry.objects.get(), by=nurse, because="another test", now=NOW + 3 * HOUR)

    told = ReviewItem.objects.open().get(kind="corrected")
    assert "now taken back" in told.detail
