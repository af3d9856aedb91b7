"""Protocols are data: the three files say what their sources say, and a file that is not exact is refused."""

from dataclasses import replace
from decimal import Decimal

import pytest

from scheduling.rules.protocol import Protocol, ProtocolError
from scheduling.rules.protocol_file import read_protocol
from scheduling.rules.rows import ROW_RULES
from tests.rules.scheduling.courses import PROTOCOLS, protocol
from tests.rules.scheduling.dose_courses import EU, US_2018, US_2024

ALL = (US_2018, US_2024, EU)


def text_of(key: str = US_2024) -> str:
    return (PROTOCOLS / key / "1.toml").read_text()


def changed(old: str, new: str, key: str = US_2024) -> Protocol:
    text = text_of(key)
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return read_protocol(text.replace(old, new), name=f"{key}.toml")


def refused(old: str, new: str, key: str = US_2024) -> str:
    with pytest.raises(ProtocolError) as error:
        changed(old, new, key)
    return str(error.value)


# --- what the sources say ----------------------------------------------------------------------------


@pytest.mark.parametrize("key", ALL)
def test_four_infusions_of_7_4_and_one_reduced_level(key: str) -> None:
    doses = protocol(key).doses
    assert (doses.infusions, doses.full_gbq, doses.reduced_gbq) == (4, Decimal("7.4"), Decimal("3.7"))


@pytest.mark.parametrize(("key", "last"), [(US_2018, 111), (US_2024, 112), (EU, 112)])
def test_the_last_allowed_day(key: str, last: int) -> None:
    interval = protocol(key).interval
    assert interval.last_allowed == last
    assert not interval.is_past_limit(last)
    assert interval.is_past_limit(last + 1)


@pytest.mark.parametrize("key", ALL)
def test_an_interval_is_56_days_give_or_take_a_week(key: str) -> None:
    interval = protocol(key).interval
    assert (interval.earliest, interval.target, interval.latest) == (49, 56, 63)


@pytest.mark.parametrize(
    ("key", "test", "hypersensitivity", "washout", "status"),
    [
        (US_2018, "prothrombin_activity", False, 28, "reference"),
        (US_2024, "inr", True, 28, "reference"),
        (EU, "prothrombin_activity", False, 30, "draft"),
    ],
)
def test_what_the_protocols_differ_in(
    key: str, test: str, hypersensitivity: bool, washout: int, status: str
) -> None:
    found = protocol(key)
    assert found.hepatic.coagulation == test
    assert ("hypersensitivity" in found.rows.names) == hypersensitivity
    assert found.somatostatin.washout_days == washout
    assert found.status == status


def test_nothing_else_that_a_dose_depends_on_differs() -> None:
    newest = protocol(US_2024)
    for key in (US_2018, EU):
        other = protocol(key)
        assert (other.renal, other.hematology, other.panel) == (
            newest.renal,
            newest.hematology,
            newest.panel,
        )
        assert replace(other.hepatic, coagulation="inr") == newest.hepatic
        assert other.settings == newest.settings


def test_the_thresholds_of_the_dose_table() -> None:
    found = protocol()
    renal, hepatic, panel = found.renal, found.hepatic, found.panel
    assert (renal.crcl_below, renal.creatinine_rise, renal.crcl_fall) == (
        Decimal(40),
        Decimal("1.4"),
        Decimal("0.6"),
    )
    assert (renal.creatinine_back_within, renal.crcl_back_within) == (Decimal("1.1"), Decimal("0.9"))
    assert renal.weight_within_days == 63
    assert (hepatic.bilirubin_over_uln, hepatic.albumin_below) == (Decimal(3), Decimal(30))
    assert (hepatic.inr_above, hepatic.prothrombin_below) == (Decimal("1.5"), Decimal(70))
    assert hepatic.coagulation_within_days == 7
    assert found.hematology.transfusion_blinds_days == 14
    assert (panel.first_day, panel.fresh_days, panel.closes_days_before) == (8, 14, 11)
    assert found.doses.minimum_age_years == 12


def test_the_defaults_of_a_site() -> None:
    chosen = protocol().settings
    assert (chosen.nadir, chosen.recurrence_scope, chosen.ctcae) == ("counts", "review", "5.0")
    assert (chosen.confirm_labs, chosen.interim_ssa) == (True, False)


# --- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("crcl_below = 40", "crcl_bellow = 40", "lutathera-us-2024.toml: unknown key renal.crcl_bellow"),
        ("crcl_below = 40\n", "", "lutathera-us-2024.toml: renal.crcl_below is missing"),
        ("crcl_below = 40", 'crcl_below = "40"', "renal.crcl_below must be a number, not '40'"),
        ("crcl_below = 40", "crcl_below = true", "renal.crcl_below must be a number, not True"),
        ("crcl_below = 40", "crcl_below = -1", "renal.crcl_below must be zero or more"),
        ("crcl_below = 40", "crcl_below = nan", "renal.crcl_below must be zero or more and finite"),
        ("crcl_below = 40", "crcl_below = inf", "renal.crcl_below must be zero or more and finite"),
        ("weight_within_days = 63", "weight_within_days = 63.5", "must be a whole number"),
        ("limit_day_is_allowed = true", "limit_day_is_allowed = 1", "must be true or false"),
        ("site_opens = 08:00:00", 'site_opens = "08:00"', "conflicts.site_opens must be a time of day"),
        ("site_opens = 08:00:00", "site_opens = 17:00:00", "site_opens must be before"),
        ('nadir = "counts"', 'nadir = "count"', "settings.nadir must be one of counts, review, ignore"),
        ('ctcae = "5.0"', 'ctcae = "5"', "settings.ctcae must be one of 4.03, 5.0, 6.0"),
        ('author = "Fourfold"', 'author = " "', "author must not be empty"),
        ("latest = 63", "latest = 55", "interval must rise"),
        ("limit = 112", "limit = 62", "interval must rise"),
        ("infusions = 4", "infusions = 0", "doses.infusions must be from 1 to 10"),
        ("infusions = 4", "infusions = 11", "doses.infusions must be from 1 to 10"),
        ("reduced_gbq = 3.7", "reduced_gbq = 7.4", "doses.reduced_gbq must lie between"),
        ('"hypersensitivity", "other"]', '"allergy", "other"]', "'allergy', which is no row"),
        ('"hypersensitivity", "other"]', '"other", "other"]', "rows.names holds a row twice"),
        ("[renal]", "[renal", "not readable as TOML"),
        ('analytes = ["platelets"', 'analytes = ["platelet"', "panel names 'platelet', which is no analyte"),
        ("follow_up_then_months = 12", "follow_up_then_months = 0", "must be above zero"),
        ("ct_every_months = 3", "ct_every_months = 0", "must be above zero"),
        ("washout_days = 28", "washout_days = 10000", "washout_days must be at most 9999, not 10000"),
        (
            "follow_up_months = [3, 6, 12]",
            "follow_up_months = [3, 10000]",
            "follow_up_months must be at most",
        ),
    ],
)
def test_a_protocol_that_is_not_exact_is_refused(old: str, new: str, said: str) -> None:
    assert said in refused(old, new)


@pytest.mark.hazard("H25")
def test_no_protocol_says_that_it_is_approved() -> None:
    """That is a site's own decision, and not in the file."""
    assert "status must be one of draft, reference" in refused('status = "draft"', 'status = "approved"', EU)
    assert "unknown key approvals" in refused('author = "Fourfold"', 'author = "Fourfold"\napprovals = []')


def test_up_to_ten_cycles_are_protocol_data() -> None:
    assert changed("infusions = 4", "infusions = 10").doses.infusions == 10


def test_a_fee_may_be_any_sum() -> None:
    assert changed("unused_fee_usd = 2000", "unused_fee_usd = 54000").order.unused_fee_usd == 54000


def test_numbers_are_read_exactly() -> None:
    assert changed("crcl_fall = 0.60", "crcl_fall = 0.1").renal.crcl_fall == Decimal("0.1")


def test_every_row_of_a_protocol_is_a_row_of_the_table() -> None:
    for key in ALL:
        assert set(protocol(key).rows.names) <= set(ROW_RULES)
