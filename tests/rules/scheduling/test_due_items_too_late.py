"""What nobody can do any more: what it was for is over."""

from datetime import date, timedelta

import pytest

from scheduling.rules.answer import DueItemAnswer, ItemState
from scheduling.rules.due_items_too_late import are_too_late

TODAY = date(2025, 3, 20)


def item(name: str, cycle: int | None = None, *, opens: date = TODAY - timedelta(90)) -> DueItemAnswer:
    return DueItemAnswer(name, cycle, opens, opens, opens, ItemState.OVERDUE, (), "")


@pytest.mark.parametrize(
    ("name", "cycle", "given", "over"),
    [
        ("confirm-labs", 2, {1}, False),
        ("confirm-labs", 2, {1, 2}, True),
        ("pre-dose-labs", 2, {1, 2}, True),
        ("sstr-pet", 1, {1}, True),
        ("dose-order", 3, {1, 2}, False),
        ("nadir-labs", 1, {1}, False),
        ("nadir-labs", 1, {1, 2}, True),
        ("post-dose-lar", 2, {1, 2}, False),
        ("post-dose-lar", 2, {1, 2, 3}, True),
        ("consent", 1, {1, 2}, False),  # still matters whenever it is done
        ("infusion", 2, {1, 2, 3}, False),
        ("hand-back", None, {1, 2, 3, 4}, False),
    ],
)
def test_an_infusion_that_was_given_ends_what_served_it(
    name: str, cycle: int | None, given: set[int], over: bool
) -> None:
    assert are_too_late([item(name, cycle)], given=given, today=TODAY) == [over]


def test_of_a_series_the_one_before_is_over_once_the_next_has_opened() -> None:
    scans = [item("ct-mri"), item("ct-mri", opens=TODAY), item("ct-mri", opens=TODAY + timedelta(90))]
    assert are_too_late(scans, given=(), today=TODAY) == [True, False, False]
    assert are_too_late(scans, given=(), today=TODAY - timedelta(1)) == [False, False, False]


def test_labs_after_treatment_are_over_once_follow_up_has_opened() -> None:
    labs = [item("post-treatment-labs"), item("follow-up-labs", opens=TODAY)]
    assert are_too_late(labs, given=(), today=TODAY) == [True, False]
