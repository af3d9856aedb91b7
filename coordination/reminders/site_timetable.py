"""What reminding needs to know of a site: timetable, zone, closed days, and who can be reached."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, lru_cache

from django.db.models import Q

from coordination.base import clock
from coordination.base.choices import Owner, Role
from coordination.base.models import Site, SiteClosure, User
from coordination.messages import gateway
from coordination.models import Channel, ContactPoint, ReminderTimetable
from patients.models import CareTeamMember, Consent
from scheduling.closed_days import public_holidays
from scheduling.models import DueItem
from scheduling.rules.days import zone_named
from scheduling.rules.reminders import Receiver, ReceiverHours

RUNGS: Mapping[Receiver, Role] = {
    Receiver.NAVIGATOR: Role.NAVIGATOR,
    Receiver.PRESCRIBER: Role.PRESCRIBER,
    Receiver.MANAGER: Role.MANAGER,
}
PATIENTS_PREFER = (Channel.SMS, Channel.EMAIL)
OTHERS_PREFER = (Channel.EMAIL, Channel.SMS)


@lru_cache(maxsize=256)
def _holidays(country: str, subdivision: str, year: int) -> frozenset[date]:
    return frozenset(public_holidays(country, subdivision, year - 1, year + 1))


@dataclass
class SiteDay:
    """One site on one day."""

    site: Site
    now: datetime
    timetable: ReminderTimetable = field(init=False)
    _hours: dict[int | None, ReceiverHours] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.timetable = ReminderTimetable.of(self.site)
        self.zone = zone_named(self.site.timezone)
        self.today = clock.day_at(self.site, self.now)

    @cached_property
    def holidays(self) -> frozenset[date]:
        return _holidays(self.site.country, self.site.subdivision, self.today.year)

    @cached_property
    def closures(self) -> frozenset[date]:
        return frozenset(SiteClosure.objects.filter(site=self.site).values_list("on", flat=True))

    def hours_of(self, contact: ContactPoint | None) -> ReceiverHours:
        """Quiet hours in the receiver's own zone; a patient has no working days, a practice its holidays."""
        key = contact.pk if contact else None
        if key not in self._hours:
            self._hours[key] = self._work_out_hours(contact)
        return self._hours[key]

    def _work_out_hours(self, contact: ContactPoint | None) -> ReceiverHours:
        table = self.timetable
        own = contact or ContactPoint()
        return ReceiverHours(
            zone=zone_named(own.timezone or self.site.timezone),
            quiet_from=own.quiet_from or table.quiet_from,
            quiet_until=own.quiet_until or table.quiet_until,
            workdays_only=own.patient_id is None,
            closed_days=self.holidays | self.closures if own.user_id else self.holidays,
        )


class Receivers:
    """Who can be reached for these items: addresses that are verified, agreed to and not stopped."""

    def __init__(self, place: SiteDay, items: Iterable[DueItem]) -> None:
        self.today = place.today
        patients = {item.course.patient.pk: item.course.patient for item in items}
        self._specialists = _net_specialists(patients, place.today)
        practices = {item.practice_id for item in items} | set(self._specialists.values())
        agreed = Consent.objects.filter(patient__in=patients, kind=Consent.Kind.MESSAGES).standing()
        staff = _staff(place.site, place.today)
        points = ContactPoint.objects.usable().filter(
            Q(practice__in=practices - {None}, practice__is_active=True)
            | Q(patient__in=agreed.values("patient"))
            | Q(user__in=staff)
        )
        self._by_owner: dict[tuple[str, int], list[ContactPoint]] = {}
        for point in points.select_related("practice", "user"):
            if gateway.can_send(point.channel):
                self._by_owner.setdefault(_owner_of(point), []).append(point)
        self._staff = {role: [user.pk for user in staff if user.role == role] for role in RUNGS.values()}

    def of(self, item: DueItem, rung: Receiver) -> list[ContactPoint]:
        """The addresses of one rung of the ladder; none where nobody can be reached."""
        if rung is not Receiver.OWNER:
            return self._of_users(self._staff[RUNGS[rung]])
        patient = item.course.patient_id
        if item.owner == Owner.PATIENT:
            return self._preferred(("patient", patient), PATIENTS_PREFER)
        if item.owner == Owner.REFERRING_PRACTICE:
            return self._preferred(("practice", item.practice_id or 0), OTHERS_PREFER)
        if item.owner == Owner.NET_SPECIALIST:
            return self._preferred(("practice", self._specialists.get(patient, 0)), OTHERS_PREFER)
        assigned = [item.assigned_to_id] if item.assigned_to_id else self._staff[Role.NAVIGATOR]
        return self._of_users(assigned)

    def _of_users(self, users: Iterable[int]) -> list[ContactPoint]:
        return [point for user in users for point in self._preferred(("user", user), OTHERS_PREFER)]

    def _preferred(self, owner: tuple[str, int], channels: Iterable[str]) -> list[ContactPoint]:
        """Those on the first channel that has any: nobody is told twice of one thing."""
        points = self._by_owner.get(owner, [])
        return next(
            (found for channel in channels if (found := [p for p in points if p.channel == channel])), []
        )


def _owner_of(point: ContactPoint) -> tuple[str, int]:
    if point.patient_id:
        return "patient", point.patient_id
    return ("practice", point.practice_id) if point.practice_id else ("user", point.user_id or 0)


def _net_specialists(patients: Iterable[int], today: date) -> dict[int, int]:
    members = CareTeamMember.objects.serving(today).filter(
        patient__in=patients, part=CareTeamMember.Part.NET_SPECIALIST, practice__isnull=False
    )
    return {patient: practice for patient, practice in members.values_list("patient", "practice") if practice}


def _staff(site: Site, today: date) -> list[User]:
    has_access = Q(access_ends_on=None) | Q(access_ends_on__gte=today)
    return list(User.objects.filter(has_access, sites=site, is_active=True, role__in=RUNGS.values()))
