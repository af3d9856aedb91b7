"""The navigators' morning: what changed since yesterday. The message holds counts, the page the rest."""

from datetime import datetime, timedelta

from django.db.models import Q

from coordination.base.access import Scope
from coordination.base.choices import Role
from coordination.base.models import User
from coordination.messages.texts import TextValues
from coordination.models import ContactPoint, MessageDelivery
from coordination.reminders.changes import changes_since
from coordination.reminders.site_timetable import SiteDay
from coordination.worklist import LineGroup, listed
from scheduling.rules.reminders import instant

GRACE = timedelta(hours=6)
"""A digest that could not be made in the morning is not made in the evening."""


def queue(place: SiteDay) -> int:
    """The digests of today that are due and not made yet; none on days the navigator does not work."""
    at = place.timetable.digest_at
    if at is None:
        return 0
    due_at = instant(place.today, at, place.zone)
    if not due_at <= place.now < due_at + GRACE:
        return 0
    points = _points(place)
    made = set(
        MessageDelivery.objects.filter(
            purpose="digest", site=place.site, for_on=place.today, contact__in=points
        ).values_list("contact_id", flat=True)
    )
    new = [
        MessageDelivery(
            site=place.site,
            contact=point,
            purpose="digest",
            for_on=place.today,
            made_at=place.now,
            send_after=due_at,
        )
        for point in points
        if point.pk not in made and place.hours_of(point).is_open(place.today)
    ]
    MessageDelivery.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _points(place: SiteDay) -> list[ContactPoint]:
    has_access = Q(access_ends_on=None) | Q(access_ends_on__gte=place.today)
    navigators = User.objects.filter(has_access, sites=place.site, is_active=True, role=Role.NAVIGATOR)
    return list(ContactPoint.objects.usable().filter(user__in=navigators, channel="email"))


def digest_values(place: SiteDay, delivery: MessageDelivery, *, stop: str, link: str) -> TextValues | None:
    """What the digest says; None where nothing changed and nothing is late."""
    user = delivery.contact.user
    if user is None:
        return None
    scope = Scope(sites=(place.site,))
    count = sum(
        len(change.rows) for change in changes_since(scope, since=yesterday(place.now), now=place.now)
    )
    late = listed(scope, viewer_id=user.pk, role=user.role, now=place.now).groups[LineGroup.OVERDUE]
    if not count and not late:
        return None
    return TextValues(count=str(count), late=str(late), phone=place.site.phone, link=link, stop=stop)


def yesterday(now: datetime) -> datetime:
    """The same time on the working day before: after a weekend, Friday."""
    back = {0: 3, 6: 2}.get(now.weekday(), 1)
    return now - timedelta(days=back)
