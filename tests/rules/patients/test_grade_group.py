"""Grade groups after H22 table 1, on both sides of each bound."""

from decimal import Decimal

import pytest

from patients.rules.grade_group import RANK, Differentiation, Group, grade_group

G1, G2, G3, NEC = Group
WELL, POOR = Differentiation


def graded(mitoses, ki67, differentiation=WELL, stated=None):
    return grade_group(
        mitoses_per_2mm2=None if mitoses is None else Decimal(mitoses),
        ki67_percent=None if ki67 is None else Decimal(ki67),
        differentiation=differentiation,
        stated=stated,
    )


@pytest.mark.parametrize(
    ("mitoses", "group"), [("0", G1), ("1.9", G1), ("2", G2), ("20", G2), ("20.1", G3), ("21", G3)]
)
def test_mitoses_per_2_mm2(mitoses, group):
    assert graded(mitoses, "1").group is group


@pytest.mark.parametrize(
    ("ki67", "group"), [("0", G1), ("2.9", G1), ("3", G2), ("20", G2), ("20.1", G3), ("55", G3)]
)
def test_ki67_percent(ki67, group):
    assert graded("1", ki67).group is group


@pytest.mark.parametrize(("mitoses", "ki67"), [("1", "25"), ("30", "2"), ("10", "10"), ("1", "1")])
def test_the_worse_of_the_two_indices_counts(mitoses, ki67):
    found = graded(mitoses, ki67)

    assert found.by_mitoses and found.by_ki67
    assert found.group is max(found.by_mitoses, found.by_ki67, key=RANK.__getitem__)


def test_two_indices_that_differ_are_shown():
    assert graded("1", "8").contradictions == (
        "The mitoses are those of G1, Ki-67 is that of G2; the worse counts.",
    )
    assert graded("5", "8").contradictions == ()


def test_poorly_differentiated_is_nec_whatever_the_indices():
    assert graded("30", "70", POOR).group is NEC
    assert graded("30", "70", POOR).contradictions == ()
    assert graded(None, None, POOR).group is NEC


def test_poorly_differentiated_with_low_indices_is_shown():
    found = graded("1", "10", POOR)

    assert found.group is NEC
    assert "Poorly differentiated, but by mitoses it would be G1." in found.contradictions
    assert "Poorly differentiated, but by Ki-67 it would be G2." in found.contradictions


@pytest.mark.parametrize(
    ("mitoses", "ki67", "differentiation", "at_least"),
    [
        (None, "2", WELL, G1),
        ("5", None, WELL, G2),
        (None, None, WELL, None),
        ("30", "30", None, G3),  # G3 or NEC
    ],
)
def test_what_a_report_does_not_settle(mitoses, ki67, differentiation, at_least):
    found = graded(mitoses, ki67, differentiation)

    assert (found.group, found.at_least) == (None, at_least)


def test_one_index_settles_what_the_other_could_not_make_worse():
    assert graded(None, "25", WELL).group is G3
    assert graded("1", "2", None).group is G1


def test_a_stated_grade_that_its_figures_contradict_is_shown():
    assert graded("1", "8", stated=G2).contradictions == graded("1", "8").contradictions
    assert "The report states G1; its figures give G2." in graded("5", "8", stated=G1).contradictions
