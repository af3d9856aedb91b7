"""Finding a patient by part of a name, a number or a phone, with an index under it."""

import pytest
from django.db import connection

from patients.models import Patient
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["muller", "MÜLLER", "ller an", "MRN00042", "0100", "(555) 867-0100"])
def test_a_patient_is_found_by_part_of_name_number_or_phone(text: str) -> None:
    found = make.PatientFactory(family_name="Müller", given_name="Ana", phone="+1 555.867.0100")
    make.PatientIdentifierFactory(patient=found, value="MRN00042")
    make.PatientFactory(family_name="Someone", given_name="Else", phone="555-222-3333")

    assert Patient.objects.matching(text).get() == found


def test_names_are_sorted_without_regard_to_accents_and_case() -> None:
    for family_name in ("Öz", "adler", "Zorn", "Ost"):
        make.PatientFactory(family_name=family_name)

    names = list(Patient.objects.in_name_order().values_list("family_name", flat=True))

    assert names == ["adler", "Ost", "Öz", "Zorn"]


def test_the_search_uses_an_index_for_each_of_the_three() -> None:
    with connection.cursor() as cursor:
        for other_way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{other_way} = off")

    plan = Patient.objects.matching("8670100").explain()

    for index in ("patient_by_part_of_name", "identifier_by_part_of_number", "patient_by_part_of_phone"):
        assert index in plan
