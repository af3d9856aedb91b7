"""The results of a patient, all of them or those of one analyte."""

from django.urls import reverse

from tests.coordination.conftest import House
from tests.factories import LabReportFactory, LabResultFactory


def names(house: House, query: str = "") -> set[str]:
    page = house.client().get(reverse("patient-results", args=[house.patient.public_id]) + query)
    return {line.analyte for draw in page.context["draws"] for line in draw.lines}


def test_one_analyte_is_listed_alone(house: House) -> None:
    report = LabReportFactory(patient=house.patient)
    for loinc, analyte in (("777-3", "platelets"), ("718-7", "hemoglobin")):
        LabResultFactory(report=report, patient=house.patient, loinc=loinc, analyte=analyte)
    assert names(house) == {"Platelets", "Hemoglobin"}
    assert names(house, "?analyte=platelets") == {"Platelets"}
    assert names(house, "?analyte=hemoglobin") == {"Hemoglobin"}
    assert names(house, "?analyte=nonsense") == {"Platelets", "Hemoglobin"}


def test_an_analyte_without_results_says_so(house: House) -> None:
    url = reverse("patient-results", args=[house.patient.public_id])
    page = house.client().get(f"{url}?analyte=inr").content.decode()
    assert "No result of this test stands for this patient." in page
