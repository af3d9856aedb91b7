"""Which results a practice sees, and when."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.models import User
from coordination.models import Release, ReleaseRule, ResultKind
from coordination.portal.release import KINDS, Rule, is_visible, kind_of, matrix_of, results_of
from labs.models import LabResult
from labs.rules.analytes import Analyte
from scheduling.models import Course
from tests import factories as make
from tests.base.objects import World
from tests.patients.stories import NOW

DAY = date(2025, 3, 5)


@pytest.mark.parametrize(
    ("rule", "received", "released", "visible"),
    [
        (Rule(Release.AT_ONCE), DAY, False, True),
        (Rule(Release.AFTER_DAYS, 3), DAY - timedelta(days=2), False, False),
        (Rule(Release.AFTER_DAYS, 3), DAY - timedelta(days=3), False, True),
        (Rule(Release.AFTER_DAYS, 3), DAY, True, True),
        (Rule(Release.AFTER_REVIEW), DAY - timedelta(days=365), False, False),
        (Rule(Release.AFTER_REVIEW), DAY, True, True),
    ],
)
def test_each_rule_on_its_edges(rule: Rule, received: date, released: bool, visible: bool) -> None:
    assert is_visible(rule, first_received_on=received, today=DAY, is_released=released) is visible


def test_every_analyte_of_the_blood_has_a_kind() -> None:
    assert set(Analyte) - set(KINDS) == {Analyte.WEIGHT, Analyte.HEIGHT}


def test_what_no_rule_can_read_waits_for_a_person() -> None:
    assert kind_of(LabResult(analyte="platelets", rejection="implausible")) == ResultKind.OTHER
    assert kind_of(LabResult(analyte=None, loinc="1-1")) == ResultKind.OTHER


def _result(course: Course, analyte: str, value: str, **other: object) -> LabResult:
    report = make.LabReportFactory(patient=course.patient, site=course.patient.site)
    values = {
        "collected_at": NOW - timedelta(days=2),
        "received_at": NOW - timedelta(days=1),
        "analyte": analyte,
        "value": value,
        "used_text": value,
        **other,
    }
    result: LabResult = make.LabResultFactory(report=report, patient=course.patient, **values)
    return result


def _shown(course: Course, referrer: User) -> tuple[list[str], list[str]]:
    found = results_of(course.patient, Scope.of_user(referrer), now=NOW)
    return [value.key for value in found.values], [value.key for value in found.waiting]


@pytest.fixture
def bare(world: World) -> Course:
    return world.own.course


def test_kinds_come_out_by_their_rules(bare: Course, referrer: User) -> None:
    _result(bare, "platelets", "210")
    _result(bare, "chromogranin_a", "300")
    _result(bare, "hcg", "negative")
    assert _shown(bare, referrer) == (["platelets"], ["hcg", "chromogranin_a"])


def test_a_site_chooses_its_own_rule(bare: Course, referrer: User) -> None:
    _result(bare, "platelets", "210")
    site = bare.patient.site
    ReleaseRule.objects.create(site=site, kind=ResultKind.BLOOD_COUNT, release=Release.AFTER_REVIEW)
    assert _shown(bare, referrer) == ([], ["platelets"])


def test_a_weight_among_the_results_is_no_blood_test(bare: Course, referrer: User) -> None:
    _result(bare, "weight", "74.5")
    assert _shown(bare, referrer) == ([], [])


def test_a_preliminary_result_is_shown_to_nobody_outside(bare: Course, referrer: User) -> None:
    _result(bare, "platelets", "210", status="preliminary", usable=False)
    assert _shown(bare, referrer) == ([], [])


def test_a_correction_of_what_was_visible_is_visible_and_the_old_value_is_gone(
    bare: Course, referrer: User
) -> None:
    first = _result(bare, "chromogranin_a", "300", received_at=NOW - timedelta(days=10))
    _result(
        bare, "chromogranin_a", "200", source=first.source, source_id=first.source_id, version=2,
        status="corrected", received_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    found = results_of(bare.patient, Scope.of_user(referrer), now=NOW)
    assert [(value.value, value.is_corrected) for value in found.values] == [("200", True)]


def test_the_matrix_sets_draws_side_by_side(bare: Course, referrer: User) -> None:
    _result(bare, "platelets", "210")
    _result(bare, "platelets", "140", collected_at=NOW - timedelta(days=30))
    _result(bare, "platelets", "500", collected_at=NOW - timedelta(days=60))
    found = results_of(bare.patient, Scope.of_user(referrer), now=NOW)
    matrix = matrix_of(found.values, bare.patient.site, most_days=2)
    assert matrix.days == [date(2025, 3, 3), date(2025, 2, 3)]
    [(analyte, _, values)] = matrix.rows
    assert analyte == "Platelets"
    assert [(value.value, value.flag) for value in values if value] == [("210", ""), ("140", "low")]


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_navigator_releases_and_the_practice_sees(world: World, bare: Course, referrer: User) -> None:
    waiting = _result(bare, "hcg", "negative")
    foreign = make.LabResultFactory(patient=world.elsewhere.patient, report__patient=world.elsewhere.patient)
    address = reverse("portal-results", args=[bare.patient.public_id])
    before = _client(referrer).get(address).content.decode()
    assert "1 more result is here and not shown yet" in before and "negative" not in before

    navigator = _client(world.own.user(Role.NAVIGATOR))
    act = reverse("release-results", args=[bare.patient.public_id])
    shown = navigator.get(reverse("patient-portal", args=[bare.patient.public_id])).content.decode()
    assert f'name="patient" value="{bare.patient.public_id}"' in shown
    for _ in range(2):
        navigator.post(
            act, {"patient": bare.patient.public_id, "result": [waiting.pk, foreign.pk, "nonsense"]}
        )

    assert waiting.release.by.role == Role.NAVIGATOR
    assert not hasattr(foreign, "release")
    assert "negative" in _client(referrer).get(address).content.decode()


def test_days_pass_and_it_is_shown(bare: Course, referrer: User) -> None:
    _result(bare, "chromogranin_a", "300")
    address = reverse("portal-results", args=[bare.patient.public_id])
    assert "Chromogranin A" not in _client(referrer).get(address).content.decode()
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert "Chromogranin A" in _client(referrer).get(address).content.decode()


def test_an_administrator_chooses_the_rules(world: World) -> None:
    site = world.own.site
    client = _client(world.own.user(Role.ADMIN))
    address = reverse("release-rules", args=[site.public_id])
    said = {f"{kind}-release": "at-once" for kind in ResultKind.values}
    assert client.post(address, said | {"tumor-marker-release": "after-days"}).status_code == 422
    client.post(address, said | {"tumor-marker-release": "after-days", "tumor-marker-days": "7"})
    rules = {rule.kind: (rule.release, rule.days) for rule in ReleaseRule.objects.filter(site=site)}
    assert rules == {
        "tumor-marker": ("after-days", 7),
        "pregnancy": ("at-once", None),
        "other": ("at-once", None),
    }
