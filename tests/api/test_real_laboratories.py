"""What laboratories really send: published sample messages of eight senders, through the door.

Values, units, codes and ranges as published; the patients are ours.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from coordination.base.models import User
from coordination.flows.sender_map import Word, say_meaning
from labs.models import LabResult, ReviewItem
from tests import factories as make
from tests.api.conftest import LOINC, Ehr, a_report

pytestmark = pytest.mark.django_db

LOCAL, NZLT = "urn:local:L", "urn:local:NZLT"
FINAL, UNKNOWN = "final", "code-unknown"
Sent = tuple[str, str, str, str, str, str | None, str | None, str]  # system, code, text, value, unit, range
Read = tuple[str, str] | str  # canonical value and analyte, or why no rule uses it

SENDERS: dict[str, tuple[str, list[tuple[Sent, Read]]]] = {
    "a US national laboratory": (
        "2022-01-04T10:42:00-05:00",
        [
            (
                (LOINC, "6690-2", "WBC # Bld Auto", "6.4", "Thousand/uL", "3.8", "10.8", FINAL),
                ("6.4", "wbc"),
            ),
            (
                (LOINC, "789-8", "RBC # Bld Auto", "4.03", "Million/uL", "3.80", "5.10", FINAL),
                UNKNOWN,
            ),
            (
                (LOINC, "718-7", "Hgb Bld-mCnc", "11.5", "g/dL", "11.7", "15.5", FINAL),
                ("11.5", "hemoglobin"),
            ),
            (
                (LOINC, "777-3", "Platelet # Bld Auto", "211", "Thousand/uL", "140", "400", FINAL),
                ("211", "platelets"),
            ),
            (
                (LOINC, "751-8", "Neutrophils # Bld Auto", "4083", "cells/uL", "1500", "7800", FINAL),
                ("4.083", "neutrophils"),
            ),
            ((LOINC, "26507-4", "Neuts Band # Bld", "DNR", "cells/uL", "0", "750", "cancelled"), "status"),
            (
                (LOINC, "731-0", "Lymphocytes # Bld Auto", "1926", "cells/uL", "850", "3900", FINAL),
                ("1.926", "lymphocytes"),
            ),
            ((LOINC, "30376-8", "Blasts # Bld", "DNR", "cells/uL", None, None, "cancelled"), "status"),
            (
                (LOINC, "770-8", "Neutrophils/leuk NFr Bld Auto", "63.8", "%", None, None, FINAL),
                ("63.8", "neutrophils_pct"),
            ),
            ((LOINC, "776-5", "PMV Bld Rees-Ecker", "9.6", "fL", "7.5", "12.5", FINAL), UNKNOWN),
        ],
    ),
    "a US practice system": (
        "2019-09-11T16:36:27-05:00",
        [
            ((LOCAL, "30000000", "WBC", "5.0", "K/uL", "4.5", "13.5", FINAL), UNKNOWN),
            ((LOCAL, "HGB", "HGB", "12.0", "g/dL", "11.5", "14.5", FINAL), UNKNOWN),
            ((LOCAL, "PLT", "PLATELET COUNT", "258", "Thousand/uL", "140", "400", FINAL), UNKNOWN),
            ((LOCAL, "# NEUTROPHIL", "# NEUTROPHIL", "1.9", "K/uL", "1.8", "7.7", FINAL), UNKNOWN),
        ],
    ),
    "a Spanish sample": (
        "2001-09-11T07:55:00-05:00",
        [
            (
                (LOINC, "4546-8", "HEMOGLOBIN:MCNC:PT:BLD:QN", "14.31", "g/dL", None, None, FINAL),
                UNKNOWN,
            ),
            (
                (
                    LOINC,
                    "6690-2",
                    "LEUCOCYTES:NCNC:PT:BLD:QN",
                    "7350.00",
                    "/mm3",
                    "0.00",
                    "10000.00",
                    "final",
                ),
                ("7.35", "wbc"),
            ),
        ],
    ),
    "New Zealand": (
        "2025-06-10T07:05:00-05:00",
        [
            ((NZLT, "WBC", "White Blood Cell Count", "6.8", "x10", "4.0", "11.0", FINAL), UNKNOWN),
            ((NZLT, "PLT", "Platelet Count", "245", "x10", "150", "400", FINAL), UNKNOWN),
        ],
    ),
    "Iceland": (
        "2025-03-12T09:20:00-05:00",
        [
            (
                (LOINC, "3094-0", "Urea nitrogen", "5.8", "mmol/L", "2.5", "7.1", FINAL),
                ("16.246499", "urea_nitrogen"),
            ),
            ((LOINC, "26464-8", "Leukocytes", "7.2", "10*9/L", "4.0", "11.0", FINAL), ("7.2", "wbc")),
            ((LOINC, "26515-7", "Platelets", "245", "10*9/L", "150", "400", FINAL), ("245", "platelets")),
            ((LOINC, "718-7", "Hemoglobin", "145", "g/L", "130", "170", FINAL), ("14.5", "hemoglobin")),
        ],
    ),
    "a C-CDA document": (
        "2000-03-23T14:30:00Z",
        [
            ((LOINC, "30313-1", "HGB", "13.2", "g/dl", "12.0", "15.5", FINAL), UNKNOWN),
            ((LOINC, "33765-9", "WBC", "6.7", "10+3/ul", "4.3", "10.8", FINAL), UNKNOWN),
            ((LOINC, "26515-7", "PLT", "123", "10+3/ul", "150", "350", FINAL), ("123", "platelets")),
        ],
    ),
    "a Swiss report": (
        "2024-01-15T08:00:00+01:00",
        [
            ((LOINC, "6690-2", "", "2.90", "10*9/L", None, None, FINAL), ("2.90", "wbc")),
            ((LOINC, "718-7", "", "107", "g/L", None, None, FINAL), ("10.7", "hemoglobin")),
            ((LOINC, "777-3", "", "113", "10*9/L", None, None, FINAL), ("113", "platelets")),
        ],
    ),
    "an EHR vendor": (
        "2016-01-26T19:41:00Z",
        [((LOINC, "6690-2", "", "5", "x10(3)/mcL", "4", "6", FINAL), ("5", "wbc"))],
    ),
}


def report_of(sender: str) -> dict[str, Any]:
    collected_at, results = SENDERS[sender]
    return a_report(
        *(
            {
                "id": f"{sender}.{number}",
                "code": {"system": sent[0], "code": sent[1], "text": sent[2]},
                "value": sent[3],
                "unit": sent[4],
                "low": sent[5],
                "high": sent[6],
                "status": sent[7],
            }
            for number, (sent, _) in enumerate(results)
        ),
        collected_at=collected_at,
        reported_at=None,
    )


def as_read(sender: str) -> Iterator[Read]:
    for result in LabResult.objects.filter(source_id__startswith=f"{sender}.").standing().order_by("pk"):
        yield (result.used_text, str(result.analyte)) if result.usable else str(result.rejection)


@pytest.fixture
def nurse() -> User:
    nurse: User = make.UserFactory()
    return nurse


@pytest.mark.parametrize("sender", SENDERS)
def test_each_result_is_read_as_it_is_meant_or_waits(ehr: Ehr, sender: str) -> None:
    assert ehr.post(report_of(sender)).status_code == 200

    assert list(as_read(sender)) == [read for _, read in SENDERS[sender][1]]


MEANT: dict[str, dict[str, str]] = {
    "a US practice system": {
        f"{LOCAL}|30000000": "6690-2",
        f"{LOCAL}|HGB": "718-7",
        f"{LOCAL}|PLT": "777-3",
        f"{LOCAL}|# NEUTROPHIL": "751-8",
    },
    "a Spanish sample": {"LOINC|4546-8": "718-7"},
    "New Zealand": {f"{NZLT}|WBC": "6690-2", f"{NZLT}|PLT": "777-3"},
    "a C-CDA document": {"LOINC|30313-1": "718-7", "LOINC|33765-9": "6690-2"},
}
UNITS = {"New Zealand": {("wbc", "x10"): "10*9/L", ("platelets", "x10"): "10*9/L"}}


@pytest.mark.parametrize("sender", MEANT)
def test_what_waits_is_read_once_a_person_says_what_is_meant(ehr: Ehr, nurse: User, sender: str) -> None:
    ehr.post(report_of(sender))
    now = datetime.now(tz=UTC)
    for sent, loinc in MEANT[sender].items():
        say_meaning([(Word(ehr.client, "", "code", sent), loinc)], because="catalog", by=nurse, now=now)
    for (analyte, sent), unit in UNITS.get(sender, {}).items():
        word = Word(ehr.client, "", "unit", sent, analyte)
        say_meaning([(word, unit)], because="catalog", by=nurse, now=now)

    assert all(isinstance(read, tuple) for read in as_read(sender))
    assert not ReviewItem.objects.open().filter(kind__in=("code-unknown", "unit-unknown")).exists()


def test_of_what_a_rule_reads_nearly_all_is_usable_and_the_rest_waits_for_a_word(ehr: Ehr) -> None:
    for sender in SENDERS:
        ehr.post(report_of(sender))

    known = LabResult.objects.standing().filter(analyte__isnull=False)

    assert known.exclude(usable=True).count() == 0
    assert known.count() == 16


def test_a_range_of_zero_to_ten_thousand_is_no_range(ehr: Ehr) -> None:
    items = ehr.post(report_of("a Spanish sample")).json()["items"]

    assert items[1]["state"] == "created"
    assert items[1]["reason"] == "limits"
    assert items[1]["canonical"] == {"value": "7.35", "unit": "10*9/L"}
