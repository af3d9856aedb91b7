"""A site with a navigator and a patient, on the noon of 7 January 2025 in New York."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.models import Site, User
from coordination.worklist import ListFilter, Worklist, WorklistRow, listed, worklist_rows_of
from patients.models import Patient
from scheduling.models import Course
from tests.factories import (
    NOW,
    CourseFactory,
    PatientFactory,
    PatientIdentifierFactory,
    SiteFactory,
    UserFactory,
)

TODAY = NOW.date()


def days(number: int) -> Any:
    return TODAY + timedelta(days=number)


@dataclass
class House:
    site: Site
    navigator: User
    prescriber: User
    patient: Patient
    course: Course

    def listed(self, user: User | None = None, **chosen: Any) -> Worklist:
        user = user or self.navigator
        scope = Scope.of_user(user)
        return listed(scope, viewer_id=user.pk, role=user.role, now=NOW, chosen=ListFilter(**chosen))

    def rows(self, user: User | None = None, **chosen: Any) -> list[WorklistRow]:
        user = user or self.navigator
        return worklist_rows_of(list(self.listed(user, **chosen).entries), Scope.of_user(user), now=NOW)

    def words(self, user: User | None = None, **chosen: Any) -> list[tuple[str, str]]:
        """Group and words of each line, in order."""
        return [(str(row.entry.group), row.what) for row in self.rows(user, **chosen)]

    def client(self, user: User | None = None) -> Client:
        client = Client()
        client.force_login(user or self.navigator)
        return client


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(db: None) -> House:
    return make_house("A-10442")


def make_house(mrn: str | None = None) -> House:
    site = SiteFactory()
    patient = PatientFactory(site=site, family_name="Whitcombe", given_name="Eleanor")
    PatientIdentifierFactory(patient=patient, **({"value": mrn} if mrn else {}))
    return House(
        site,
        UserFactory(sites=[site], full_name="Nora Navigator"),
        UserFactory(sites=[site], role=Role.PRESCRIBER, full_name="Pia Prescriber"),
        patient,
        CourseFactory(patient=patient),
    )


@pytest.fixture
def statements(django_assert_max_num_queries: Any) -> Callable[..., Any]:
    return django_assert_max_num_queries  # type: ignore[no-any-return]
