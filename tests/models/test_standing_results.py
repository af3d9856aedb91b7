"""Which version of a result stands, whatever the order the versions came in (EHR rules 1.5, item 3)."""

from datetime import timedelta
from itertools import permutations

import pytest

from labs.models import LabResult
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
Version = tuple[str, int | None, int]  # status, hour reported, hour received


def receive(*versions: Version) -> None:
    report = make.LabReportFactory()
    for number, (status, reported, received) in enumerate(versions, start=1):
        make.LabResultFactory(
            report=report,
            source_id="LAB789.777-3",
            version=number,
            status=status,
            usable=False,
            reported_at=None if reported is None else NOW + reported * HOUR,
            received_at=NOW + received * HOUR,
            value=f"{status}@{reported if reported is not None else received}",
        )


def standing() -> str:
    return LabResult.objects.standing().get().value or ""


@pytest.mark.parametrize(
    ("one", "other", "stands"),
    [
        ("registered", "preliminary", "preliminary"),
        ("preliminary", "final", "final"),
        ("final", "corrected", "corrected"),
        ("final", "amended", "amended"),
        ("unknown", "preliminary", "preliminary"),
        ("preliminary", "cancelled", "cancelled"),
    ],
)
def test_the_higher_status_stands_even_when_it_was_reported_first(one: str, other: str, stands: str) -> None:
    receive((other, 1, 1), (one, 2, 2))

    assert standing() == f"{stands}@1"


def test_within_a_status_the_senders_report_time_decides_not_delivery() -> None:
    receive(("final", 3, 5), ("final", 2, 9))

    assert standing() == "final@3"


def test_reported_at_the_same_time_the_one_received_last_stands() -> None:
    receive(("amended", 2, 9), ("corrected", 2, 5))

    assert standing() == "amended@2"


def test_amended_and_corrected_are_of_one_rank() -> None:
    receive(("corrected", 2, 5), ("amended", 3, 6))

    assert standing() == "amended@3"


@pytest.mark.parametrize("ending", ["cancelled", "entered-in-error"])
def test_what_ended_a_result_is_overcome_only_by_a_newer_final_one(ending: str) -> None:
    receive(("corrected", 1, 1), (ending, 2, 2), ("preliminary", 3, 3))
    assert standing() == f"{ending}@2"


def test_a_newer_final_result_overcomes_a_cancellation_and_an_older_corrected_one() -> None:
    receive(("corrected", 1, 1), ("cancelled", 2, 2), ("final", 3, 3))

    assert standing() == "final@3"


def test_without_a_report_time_receipt_decides() -> None:
    receive(("final", None, 2), ("cancelled", None, 3), ("final", None, 1))

    assert standing() == "cancelled@3"


@pytest.mark.parametrize(
    "order",
    [
        *permutations(
            [("preliminary", 1, 1), ("final", 2, 2), ("corrected", 3, 3), ("entered-in-error", 4, 4)]
        )
    ],
)
def test_the_same_version_stands_for_every_order_of_storing(order: tuple[Version, ...]) -> None:
    receive(*order)

    assert standing() == "entered-in-error@4"


def test_what_stood_at_an_earlier_moment_can_be_asked() -> None:
    receive(("preliminary", 1, 1), ("final", 2, 2), ("entered-in-error", 3, 3), ("final", 4, 4))

    then = [LabResult.objects.standing(as_of=NOW + hours * HOUR).get().value for hours in (1, 2, 3, 4)]

    assert then == ["preliminary@1", "final@2", "entered-in-error@3", "final@4"]
    assert not LabResult.objects.standing(as_of=NOW).exists()


def test_the_versions_of_each_result_come_together_with_the_standing_one_first() -> None:
    receive(("preliminary", 1, 1), ("corrected", 3, 3), ("final", 2, 2))
    make.LabResultFactory(source="another lab", source_id="LAB789.777-3", value="its own")

    ordered = [result.value for result in LabResult.objects.in_order_of_standing()]

    assert ordered == ["its own", "corrected@3", "final@2", "preliminary@1"]


def test_the_same_id_from_another_source_is_another_result() -> None:
    receive(("final", 1, 1))
    make.LabResultFactory(source="another lab", source_id="LAB789.777-3")

    assert LabResult.objects.standing().count() == 2


def test_a_result_replaced_under_another_id_stands_no_more() -> None:
    old = make.LabResultFactory()
    new = make.LabResultFactory(report=old.report, replaces=old.source_id, received_at=NOW + HOUR)

    assert LabResult.objects.standing().get() == new
    assert LabResult.objects.standing(as_of=NOW).get() == old


def test_a_preliminary_result_replaces_no_final_one() -> None:
    old = make.LabResultFactory()
    make.LabResultFactory(report=old.report, replaces=old.source_id, status="preliminary", usable=False)

    assert old in LabResult.objects.standing().usable()


def test_a_result_moved_to_another_patient_leaves_the_first() -> None:
    wrong = make.LabResultFactory()
    right = make.LabReportFactory()
    make.LabResultFactory(
        report=right, source_id=wrong.source_id, version=2, status="corrected", received_at=NOW + HOUR
    )

    assert not LabResult.objects.standing().filter(patient=wrong.patient).exists()
    assert LabResult.objects.standing().filter(patient=right.patient).exists()
