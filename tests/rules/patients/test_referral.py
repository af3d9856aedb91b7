from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest

from patients.rules.referral import (
    REQUIRED_LABS,
    Imaging,
    LabWithRange,
    ReferralFacts,
    SsaHistory,
    missing_requirements,
)

DAY = date(2025, 1, 7)
COMPLETE = ReferralFacts(
    primary_site="ileum",
    tnm="T3 N1 M1",
    functioning=False,
    pathology_on=DAY,
    differentiation="well",
    mitoses_per_2mm2=Decimal(0),
    ki67_percent=Decimal(2),
    markers="synaptophysin, chromogranin",
    grading_scheme="WHO 2022",
    sstr_imaging=Imaging(DAY, has_images=True, has_report=True),
    ct_or_mri=Imaging(DAY, has_images=True, has_report=True),
    ssa=SsaHistory(last_kind="lanreotide", last_on=DAY, progressed="liver metastases"),
    labs={name: LabWithRange(DAY, has_range=True) for name in REQUIRED_LABS},
    weight_kg=Decimal(70),
    performance_status="ECOG 1",
    allergies="none",
    anticoagulated=False,
    referred_by="Dr. A",
    came_through="tumor board",
)


def missing(**changes):
    return [requirement.key for requirement in missing_requirements(replace(COMPLETE, **changes))]


def test_a_complete_referral_asks_for_nothing():
    assert missing() == []


@pytest.mark.parametrize(
    ("name", "nothing"),
    [
        (entry.name, "" if isinstance(getattr(COMPLETE, entry.name), str) else None)
        for entry in fields(ReferralFacts)
        if entry.name not in ("sstr_imaging", "ct_or_mri", "ssa", "labs")
    ],
)
def test_each_thing_that_is_not_told_is_asked_for_by_itself(name, nothing):
    assert missing(**{name: nothing}) == [name.replace("_", "-")]


@pytest.mark.parametrize(
    ("imaging", "keys"),
    [
        (Imaging(), ["sstr-imaging"]),
        (Imaging(DAY, has_report=True), ["sstr-imaging-images"]),
        (Imaging(DAY, has_images=True), ["sstr-imaging-report"]),
    ],
)
def test_images_are_needed_as_well_as_reports(imaging, keys):
    assert missing(sstr_imaging=imaging) == keys


@pytest.mark.parametrize(
    ("ssa", "keys"),
    [
        (SsaHistory(), ["ssa-last-injection", "ssa-progression"]),
        (SsaHistory(last_kind="lanreotide", progressed="liver"), ["ssa-last-injection"]),
        (SsaHistory(never_given=True), []),
    ],
)
def test_somatostatin_analogs(ssa, keys):
    assert missing(ssa=ssa) == keys


def test_labs_need_their_ranges():
    labs = {**COMPLETE.labs, "wbc": LabWithRange(DAY, has_range=False)}
    del labs["platelets"]
    found = missing_requirements(replace(COMPLETE, labs=labs))

    assert [requirement.words for requirement in found] == [
        "platelets, with its reference range",
        "the reference range of WBC of 2025-01-07",
    ]


def test_an_empty_referral_is_asked_for_everything_once():
    keys = [requirement.key for requirement in missing_requirements(ReferralFacts())]

    assert len(keys) == len(set(keys)) == 24
