"""Results that contradict themselves, each other or their id: all are kept, and a person is asked."""

from datetime import timedelta
from typing import Any

import pytest

from coordination.flows.reassess import reassess
from labs.actions.reviews import resolve_review
from labs.models import LabResult, ReviewItem
from patients.models import Patient
from scheduling.facts import facts_of
from scheduling.models import Course
from scheduling.rules.result_versions import standing_versions as counted
from tests import factories as make
from tests.factories import NOW
from tests.flows.reports import PLATELETS, Receive, changed

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
HEMOGLOBIN = changed(PLATELETS, loinc="718-7", value="13.1", unit="g/dL", low="12", high="16")
WBC = changed(PLATELETS, id="wbc", loinc="6690-2", value="2.4", low="4", high="11")
ANC = changed(PLATELETS, id="anc", loinc="751-8", value="38", low="1.8", high="7.7")


def asked() -> list[str]:
    return sorted(ReviewItem.objects.open().values_list("kind", flat=True))


def stands() -> set[tuple[str, str]]:
    return {(each.source_id, each.value or each.status) for each in LabResult.objects.standing()}


def the_rules_count(course: Course, moment: Any) -> set[tuple[str, str]]:
    facts = facts_of(course, moment)
    return {
        (each.id.partition("#")[0], each.value or each.status) for each in counted(facts.results, moment)[0]
    }


# --- limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "limits",
    [
        {"low": "0", "high": "20.5"},
        {"low": None, "high": "<=1.2"},
        {"low": "1.2", "high": "0.2"},
        {"low": None, "high": "0"},
        {"low": None, "high": None, "range_text": "see note"},
    ],
)
def test_limits_that_cannot_be_right_go_to_a_person_and_the_value_stays(
    receive: Receive, course: Course, limits: dict[str, Any]
) -> None:
    bilirubin = changed(PLATELETS, loinc="1975-2", value="4.0", unit="mg/dL", **limits)

    [stored] = receive(bilirubin).results

    assert (stored.state, stored.reason, stored.result.usable) == ("created", "limits", True)
    assert asked() == ["limits"]
    reassess(course.pk, now=NOW)
    assert asked() == ["limits"]  # the assessment says the same, and asks nobody twice


def test_a_range_in_words_is_read(receive: Receive, course: Course) -> None:
    receive(
        changed(PLATELETS, loinc="1975-2", value="0.4", unit="mg/dL", low=None, high=None, range_text="<=1.2")
    )

    assert asked() == []


# --- identity --------------------------------------------------------------------------------------


def test_another_test_under_the_same_number_replaces_nothing(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, value="62"))

    [stored] = receive(changed(HEMOGLOBIN, status="corrected"), now=NOW + HOUR).results

    assert (stored.state, stored.reason, stored.result.usable) == ("review", "id-reused", False)
    assert stands() == {("r1", "62"), ("r1", "13.1")}
    assert list(LabResult.objects.standing().usable().values_list("value", flat=True)) == ["62"]
    assert the_rules_count(course, NOW + HOUR) == {("r1", "62")}
    assert asked() == ["id-reused"]


def test_the_test_that_owns_the_number_corrects_itself_all_the_same(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, value="62"))
    receive(changed(HEMOGLOBIN, status="corrected"), now=NOW + HOUR)
    receive(changed(PLATELETS, value="162", status="corrected"), now=NOW + 2 * HOUR)

    assert the_rules_count(course, NOW + 2 * HOUR) == {("r1", "162")}
    assert stands() == {("r1", "162"), ("r1", "13.1")}
    assert asked() == ["id-reused"]


def test_an_unknown_code_under_a_known_number_replaces_nothing(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, value="62"))
    receive(changed(PLATELETS, loinc="99999-9", value="1", status="corrected"), now=NOW + HOUR)

    assert the_rules_count(course, NOW + HOUR) == {("r1", "62")}
    assert asked() == ["code-unknown"]


def test_a_withdrawal_without_a_code_withdraws(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, value="62"))
    receive(changed(PLATELETS, loinc="", value=None, status="entered-in-error"), now=NOW + HOUR)

    assert not LabResult.objects.standing().usable().exists()


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_what_was_final_and_is_taken_back_is_put_before_a_person(
    receive: Receive, course: Course, status: str
) -> None:
    receive(PLATELETS)
    receive(changed(PLATELETS, status=status), now=NOW + HOUR)

    assert asked() == ["status"]


def test_what_is_cancelled_before_it_was_final_asks_nobody(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, status="registered", value=None))
    receive(changed(PLATELETS, status="cancelled", value=None), now=NOW + HOUR)

    assert asked() == []


def test_a_result_replaces_none_of_another_test(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, id="plt", value="62"))
    receive(changed(HEMOGLOBIN, id="hgb", replaces="plt"), now=NOW + HOUR)

    assert stands() == {("plt", "62"), ("hgb", "13.1")} == the_rules_count(course, NOW + HOUR)


def test_in_a_ring_of_two_none_is_replaced(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, id="a", value="62", replaces="b"))
    receive(changed(PLATELETS, id="b", value="162", replaces="a"), now=NOW + HOUR)

    assert stands() == {("a", "62"), ("b", "162")} == the_rules_count(course, NOW + HOUR)


def test_in_a_ring_of_three_none_is_replaced(receive: Receive, course: Course) -> None:
    receive(
        changed(PLATELETS, id="a", value="61", replaces="b"),
        changed(PLATELETS, id="b", value="62", replaces="c"),
        changed(PLATELETS, id="c", value="63", replaces="a"),
    )

    assert stands() == {("a", "61"), ("b", "62"), ("c", "63")} == the_rules_count(course, NOW)


def test_a_final_result_replaces_another_though_its_preliminary_version_named_it_first(
    receive: Receive, course: Course
) -> None:
    receive(changed(PLATELETS, id="old", value="210"))
    new = changed(PLATELETS, id="new", value="60", replaces="old")
    receive(changed(new, status="preliminary"), now=NOW + HOUR)
    assert ("old", "210") in the_rules_count(course, NOW + HOUR)

    receive(changed(new, value="62"), now=NOW + 2 * HOUR)

    assert stands() == {("new", "62")} == the_rules_count(course, NOW + 2 * HOUR)


def test_what_is_replaced_may_arrive_last_and_take_along_what_it_replaces(
    receive: Receive, course: Course
) -> None:
    receive(changed(PLATELETS, id="c", value="63"))
    receive(changed(PLATELETS, id="a", value="61", replaces="b"), now=NOW + HOUR)
    receive(changed(PLATELETS, id="b", value="62", replaces="c"), now=NOW + 2 * HOUR)

    assert stands() == {("a", "61")} == the_rules_count(course, NOW + 2 * HOUR)


# --- time ------------------------------------------------------------------------------------------


@pytest.mark.hazard("H15")
@pytest.mark.parametrize("days", [-40_000, 2])
def test_a_time_that_cannot_be_is_kept_and_asked_about(receive: Receive, course: Course, days: int) -> None:
    at = NOW + timedelta(days=days)
    Patient.objects.update(birth_date="1958-03-02")

    [stored] = receive(changed(PLATELETS, collected_at=at)).results

    assert (stored.state, stored.reason, stored.result.collected_at) == ("review", "time", at)
    assert asked() == ["time"]


# --- a part above its whole ------------------------------------------------------------------------


def test_a_part_above_its_whole_is_asked_about_once_assessed(receive: Receive, course: Course) -> None:
    receive(WBC, ANC)

    for _ in range(2):
        reassess(course.pk, now=NOW)

    item = ReviewItem.objects.open().get()
    assert (item.kind, item.result.source_id if item.result else "") == ("contradicts", "anc")


def test_without_a_course_it_is_asked_at_the_door(receive: Receive, patient: Patient) -> None:
    receive(WBC)
    receive(ANC, now=NOW + HOUR)

    assert asked() == ["contradicts"]


def test_the_question_closes_when_the_whole_is_corrected(receive: Receive, course: Course) -> None:
    receive(WBC, ANC)
    reassess(course.pk, now=NOW)

    receive(changed(WBC, value="42", status="corrected"), now=NOW + HOUR)
    reassess(course.pk, now=NOW + HOUR)

    assert asked() == []


def test_a_question_that_somebody_answered_is_not_asked_again(receive: Receive, course: Course) -> None:
    receive(WBC, ANC)
    reassess(course.pk, now=NOW)
    nurse = make.UserFactory()
    resolve_review(ReviewItem.objects.open().get(), by=nurse, because="called the laboratory", now=NOW)

    reassess(course.pk, now=NOW + HOUR)

    assert asked() == []


# --- comments --------------------------------------------------------------------------------------


@pytest.mark.hazard("H08")
def test_a_comment_on_what_decides_is_read_by_a_person(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, note="Clumped, repeat in citrate."))

    item = ReviewItem.objects.open().get()
    assert (item.kind, item.detail) == (
        "note",
        "The laboratory comments on platelets: Clumped, repeat in citrate.",
    )


def test_a_report_that_brings_only_a_comment_is_an_update(receive: Receive, course: Course) -> None:
    receive(PLATELETS)
    commented = changed(PLATELETS, note="Clumped.")

    assert [each.state for each in receive(commented, now=NOW + HOUR).results] == ["updated"]
    assert [each.state for each in receive(commented, now=NOW + 2 * HOUR).results] == ["unchanged"]
    assert asked() == ["note"]


def test_a_comment_that_was_read_is_not_asked_about_again(receive: Receive, course: Course) -> None:
    commented = changed(PLATELETS, note="Clumped.")
    receive(commented)
    resolve_review(ReviewItem.objects.open().get(), by=make.UserFactory(), because="read", now=NOW)

    receive(changed(commented, value="190", status="corrected"), now=NOW + HOUR)
    assert asked() == []

    receive(changed(commented, value="190", status="corrected", note="Citrate: 190."), now=NOW + 2 * HOUR)
    assert asked() == ["note"]


def test_an_unread_comment_moves_to_the_version_that_stands(receive: Receive, course: Course) -> None:
    receive(changed(PLATELETS, note="Clumped."))
    receive(changed(PLATELETS, note="Clumped.", value="190", status="corrected"), now=NOW + HOUR)

    item = ReviewItem.objects.open().get()
    assert (item.kind, item.result.version if item.result else 0) == ("note", 2)


def test_a_comment_on_what_decides_nothing_asks_nobody(receive: Receive, course: Course) -> None:
    receive(
        changed(
            PLATELETS, loinc="2823-3", value="4.1", unit="mmol/L", low="3.5", high="5.1", note="hemolyzed"
        )
    )

    assert asked() == []


# --- names -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "sent"),
    [
        ("O'Brien", "O’BRIEN"),
        ("O'Brien", "OʼBrien"),
        ("O'Brien", "o`brien"),
        ("Muñoz-Díaz", "MUNOZ DIAZ".replace(" ", "-")),
        ("Muñoz-Díaz", "Mun\u0303oz \u2010 Di\u0301az"),
        ("Nuñez  Ortega", " nunez ortega"),
        ("Łukasz", "Lukasz"),
        ("Strauß", "STRAUSS"),
    ],
)
def test_a_name_written_another_way_is_no_contradiction(
    receive: Receive, patient: Patient, known: str, sent: str
) -> None:
    assert named(receive, patient, known, sent) == patient


@pytest.mark.parametrize(
    ("known", "sent"), [("O'Brien", "O'Brian"), ("Munoz", "Munos"), ("Diaz", "Diaz-Ortega"), ("Li", "Lee")]
)
def test_another_name_is_one(receive: Receive, patient: Patient, known: str, sent: str) -> None:
    assert named(receive, patient, known, sent) is None


def named(receive: Receive, patient: Patient, known: str, sent: str) -> Patient | None:
    patient.family_name = known
    patient.save()
    return receive(PLATELETS, family_name=sent).identity.patient
