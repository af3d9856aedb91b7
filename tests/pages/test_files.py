"""Files of a list: exactly its rows and its count, under its own filter, and the audit knows who left."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from coordination.base.models import AuditEvent
from tests.coordination.conftest import House, _noon, days, house  # noqa: F401
from tests.factories import (
    CourseFactory,
    CycleFactory,
    LabReportFactory,
    LabResultFactory,
    PatientFactory,
    ProposalFactory,
    ReviewItemFactory,
)


@pytest.fixture
def client(house: House) -> Client:  # noqa: F811
    """A ward with rows in every list, and with more than one page of patients and infusions."""
    CycleFactory(course=house.course, planned_on=days(12))
    ProposalFactory(course=house.course, text="=Give 7.4 GBq (200 mCi): no dose change needed.")
    for number in range(55):
        patient = PatientFactory(site=house.site, family_name=f"Ash{number:02}")
        if number < 25:
            CycleFactory(course=CourseFactory(patient=patient), planned_on=days(number % 15))
    for value in ("61", "62"):
        report = LabReportFactory(patient=house.patient)
        result = LabResultFactory(report=report, value=value)
        ReviewItemFactory(report=report, result=result, detail="The unit is not known.")
    return house.client()


LISTS = {
    "readiness": (26, lambda row: row["Planned"] and row["Labs in and graded"]),
    "readiness?weeks=1": (16, lambda row: row["Planned"] <= str(days(7))),
    "decisions": (1, lambda row: row["Proposal"].startswith("'=Give")),
    "results-to-review": (2, lambda row: row["Why"] == "The unit is not known."),
    "patients": (56, lambda row: row["Family name"]),
    "patients?state=none": (30, lambda row: row["Course"] == "no course yet"),
    "patient-results": (2, lambda row: row["As sent"]),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_file_holds_the_rows_that_the_page_counts(
    house: House,  # noqa: F811
    client: Client,
    name: str,
) -> None:
    expected, is_right = LISTS[name]
    view, _, query = name.partition("?")
    place = [house.patient.public_id] if view == "patient-results" else []
    page = client.get(f"{reverse(view, args=place)}?{query}")
    files = dict(page.context["exports"])
    rows = _read(client, files["CSV"])
    counted = page.context["count"] if "count" in page.context else page.context["page"].paginator.count
    assert len(rows) == counted == expected
    assert all(is_right(row) for row in rows)
    book = load_workbook(BytesIO(client.get(files["XLSX"]).content))
    assert book.active is not None
    assert book.active.max_row == len(rows) + 1
    cells = [cell for row in book.active.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(str(cell.value).startswith("'") for cell in cells)
    assert [cell for row in rows for cell in row.values() if cell.startswith("=")] == []
    left = AuditEvent.objects.filter(kind="export").order_by("-pk")[:2]
    assert [event.detail["rows"] for event in left] == [len(rows)] * 2
    assert all(event.patients for event in left)


def _read(client: Client, address: str) -> list[dict[str, Any]]:
    text = client.get(address).content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))
