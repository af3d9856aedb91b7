"""Finding a patient by part of a name, a number or a phone, with an index under it."""

import json
from collections.abc import Iterator
from typing import Any

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


@pytest.mark.parametrize(
    ("family_name", "given_name", "typed"),
    [
        ("O'Hara", "Mary", "O'Hara, Mary"),
        ("O'Hara", "Mary", "O\u2019Hara, Mary"),
        ("O\u2019Hara", "Mary", "o'hara mary"),
        ("O\u02bcHara", "Mary", "O`Hara"),
        ("O'Hara", "Mary", "ohara"),
        ("O'Hara", "Mary", "Mary O'Hara"),
        ("O'Hara", "Mary", "  mary \u00a0  O\u00b4HARA,"),
        ("O'Hara", "Mary  Ann", "Mary Ann O'Hara"),
        ("O'Hara", "Mary Ann", "ann   o'hara"),
        ("Garc\u00eda-L\u00f3pez", "Jos\u00e9", "jose garcia lopez"),
        ("Garci\u0301a", "Jose\u0301", "GARC\u00cdA, Jos\u00e9"),
        ("Garc\u00eda", "Jos\u00e9", "garci\u0301a jose\u0301"),
        ("\u0141ukasiewicz", "J\u00f8rgen", "lukasiewicz jorgen"),
        ("Nguy\u1ec5n", "\u0110\u1ee9c", "nguyen duc"),
        ("Wei\u00df", "Anna", "anna weiss"),
        ("St. John", "Ann", "st.john"),
        ("\u674e", "\u5c0f\u9f99", "\u674e"),
        ("\u674e", "\u5c0f\u9f99", "\u9f99"),
        ("\u674e", "\u5c0f\u9f99", "\u674e\u5c0f\u9f99"),
        ("\u674e", "\u5c0f\u9f99", "\u5c0f\u9f99 \u674e"),
        ("\u674e\u5c0f\u9f99", "", "\u674e \u5c0f\u9f99"),
        ("\u674e (Lee)", "\u5c0f\u9f99 Bruce", "bruce \u674e"),
        ("\uae40", "\ubbfc\uc900", "\uae40"),
        ("\uae40", "\ubbfc\uc900", "\uae40\ubbfc\uc900"),
        ("\u1100\u1175\u11b7", "\ubbfc\uc900", "\uae40"),
        ("\u4f50\u3005\u6728", "\u3042\u304d\u3089", "\u3042\u304d"),
        ("\uff94\uff8f\uff80\uff9e", "\u30b1\u30f3", "\u30e4\u30de\u30c0"),
        ("\uff2c\uff45\uff45", "Ann", "lee"),
        (
            "\u0410\u043d\u0434\u0440\u0435\u0435\u0432",
            "\u0410\u043d\u043d\u0430",
            "\u0430\u043d\u043d\u0430 \u0430\u043d\u0434\u0440\u0435\u0435\u0432",
        ),
        (
            "\u0e2a\u0e21\u0e0a\u0e32\u0e22",
            "\u0e43\u0e08\u0e14\u0e35",
            "\u0e43\u0e08\u0e14\u0e35 \u0e2a\u0e21\u0e0a\u0e32\u0e22",
        ),
        (
            "\u0623\u062d\u0645\u062f",
            "\u0645\u064f\u0646\u0649",
            "\u0645\u0646\u0649 \u0627\u062d\u0645\u062f",
        ),
    ],
)
def test_a_name_is_found_however_it_is_written(family_name: str, given_name: str, typed: str) -> None:
    found = make.PatientFactory(family_name=family_name, given_name=given_name)
    make.PatientFactory(family_name="Someone", given_name="Else")
    make.PatientFactory(family_name="\u738b", given_name="\u5c0f")

    assert Patient.objects.matching(typed).get() == found
    assert Patient.objects.matching(str(found)).get() == found


@pytest.mark.parametrize(
    "typed", ["O'Hara, Maria", "mary 5550", ",", "' ", "Mary 0100", "\u9f99\u5c0f", "\u6797"]
)
def test_who_does_not_match_every_word_is_not_found(typed: str) -> None:
    make.PatientFactory(family_name="O'Hara", given_name="Mary", phone="+1 555-867-0100")
    make.PatientFactory(family_name="\u674e", given_name="\u5c0f\u9f99")

    assert not Patient.objects.matching(typed).exists()


@pytest.mark.parametrize("typed", ["020 7946 0018", "+44 20 7946 0018", "(020) 7946", "79460018"])
def test_a_phone_is_found_as_it_is_dialed_in_its_country(typed: str) -> None:
    found = make.PatientFactory(phone="+44 20 7946 0018")

    assert Patient.objects.matching(typed).get() == found


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


@pytest.mark.parametrize("typed", ["\u674e", "\u9f99", "\uae40", "\u3042", "hara mary"])
def test_each_sign_and_each_word_is_a_word_of_the_index(typed: str) -> None:
    """Otherwise the index answers with every row, which is slower than no index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT show_trgm(searchable(%s))", [typed])
        (trigrams,) = cursor.fetchone()
        assert trigrams
        make.PatientFactory.create_batch(60)
        found = make.PatientFactory(family_name=f"Z{typed}", given_name="X")
        for other_way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{other_way} = off")
    plan = Patient.objects.matching(typed).explain(analyze=True, format="json")
    scans = [scan for scan in _scans(json.loads(plan)) if scan["Index Name"] == "patient_by_part_of_name"]
    assert scans
    assert all(scan["Actual Rows"] < 30 for scan in scans)  # some are of tests before, and gone
    assert Patient.objects.matching(typed).get() == found


def _scans(plan: Any) -> Iterator[dict[str, Any]]:
    """The scans of an index in a plan, wherever they stand in it."""
    if isinstance(plan, dict):
        if plan.get("Node Type") == "Bitmap Index Scan":
            yield plan
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from _scans(part)
