"""One site, one practice that is reached by e-mail, and things that are late."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Max

from coordination.base.choices import Role
from coordination.base.models import Practice, Site, User
from coordination.models import ContactPoint, MessageDelivery, Reminder
from coordination.reminders import send_delivery
from coordination.reminders.derive import derive
from patients.models import Patient
from scheduling.models import Course, DueItem
from tests.factories import (
    ContactPointFactory,
    CourseFactory,
    DueItemFactory,
    PatientFactory,
    PracticeFactory,
    ReminderTimetableFactory,
    SiteFactory,
    UserFactory,
)

CANARIES = ("Zyxwvutsky", "Quetzalina", "MRN00777", "1960")


def at(text: str) -> datetime:
    """A moment of the site in New York: "2025-01-06 09:00" (UTC-5 in winter)."""
    return datetime.fromisoformat(f"{text}:00-05:00").astimezone(UTC)


@dataclass
class House:
    site: Site = field(default_factory=lambda: SiteFactory.create(phone="555-0100"))
    practice: Practice = field(default_factory=PracticeFactory.create)
    navigator: User = field(init=False)
    patient: Patient = field(init=False)
    course: Course = field(init=False)
    desk: ContactPoint = field(init=False)

    def __post_init__(self) -> None:
        self.navigator = UserFactory.create(role=Role.NAVIGATOR, sites=[self.site])
        self.patient = PatientFactory.create(
            site=self.site, family_name=CANARIES[0], given_name=CANARIES[1], referred_by=self.practice
        )
        self.course = CourseFactory.create(patient=self.patient)
        self.desk = ContactPointFactory.create(practice=self.practice, address="desk@practice.example")
        ReminderTimetableFactory.create(site=self.site, digest_at=None)

    def labs(self, **said: Any) -> DueItem:
        """Labs of the practice: open 31 December to Friday 3 January, best on 2 January."""
        return DueItemFactory.create(
            **{"course": self.course, "practice": self.practice, "sequence": self._next(), **said}
        )

    def _next(self) -> int:
        highest = DueItem.objects.filter(course=self.course).aggregate(highest=Max("sequence"))["highest"]
        return (highest or 0) + 1

    def staff(self, role: str) -> ContactPoint:
        user = UserFactory.create(role=role, sites=[self.site])
        return ContactPointFactory.create(practice=None, user=user, address=f"{role}@site.example")

    def pass_time(self, now: datetime) -> int:
        """What the beat and a worker do at this moment; returns how many messages left."""
        derive(self.site, now=now)
        return sum(send_delivery(delivery.pk, now=now) for delivery in list(MessageDelivery.objects.due(now)))

    @property
    def reasons(self) -> list[str]:
        return list(Reminder.objects.exclude(dropped_at=None).values_list("dropped_because", flat=True))


FRIDAY = date(2025, 1, 3)
