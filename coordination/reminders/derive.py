"""Write down the reminders whose time has come. Doing it twice, or in two places at once, adds nothing."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction

from coordination.base.models import Site
from coordination.models import ContactPoint, MessageDelivery, Reminder
from coordination.reminders import digest
from coordination.reminders.planned import Key, Wanted, items_around, wanted
from coordination.reminders.site_timetable import SiteDay

LOCK_OF_REMINDERS = 4702  # a namespace of ours among the advisory locks


def derive_all(*, now: datetime) -> int:
    """Every site's reminders and digests that are due; returns how many were added."""
    return sum(derive(site, now=now) for site in Site.objects.all())


@transaction.atomic
def derive(site: Site, *, now: datetime) -> int:
    """One site's. Another worker that is at it already is left alone."""
    place = SiteDay(site, now)
    if not place.timetable.is_on or not _alone_at(site):
        return 0
    stale = now - timedelta(hours=place.timetable.stale_after_hours)
    steps = wanted(place, items_around(place, since=stale, until=now), around=(stale, now))
    due = {step.key: step for step in steps if step.contact and stale < step.at <= now}
    for known in known_keys(due.values()):
        due.pop(known, None)
    _queue(place, list(due.values()))
    return len(due) + digest.queue(place)


def _alone_at(site: Site) -> bool:
    """Until the transaction ends; whoever comes second has nothing to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK_OF_REMINDERS, site.pk])
        return bool(cursor.fetchone()[0])


def known_keys(steps: Iterable[Wanted]) -> Iterable[Key]:
    """Those of these steps that were written down already."""
    columns = ("due_item_id", "moment", "days", "receiver", "contact_id", "anchor_on")
    return Reminder.objects.filter(due_item__in={step.item.pk for step in steps}).values_list(*columns)


def _queue(place: SiteDay, steps: list[Wanted]) -> None:
    """One delivery for all that an address is told of one patient; for the staff, of all patients."""
    bundles: dict[tuple[int, int | None], list[Wanted]] = defaultdict(list)
    for step in steps:
        bundles[_bundle(step)].append(step)
    for (contact_id, patient_id), together in bundles.items():
        delivery = _waiting(place, contact_id, patient_id) or MessageDelivery.objects.create(
            site=place.site,
            contact_id=contact_id,
            patient_id=patient_id,
            made_at=place.now,
            send_after=place.now,
        )
        Reminder.objects.bulk_create(
            [row_of(step, delivery, now=place.now) for step in together], ignore_conflicts=True
        )


def _bundle(step: Wanted) -> tuple[int, int | None]:
    contact = _contact(step)
    return contact.pk, None if contact.user_id else step.item.course.patient_id


def _contact(step: Wanted) -> ContactPoint:
    if step.contact is None:
        raise ValueError("a step that reaches nobody is not queued")
    return step.contact


def _waiting(place: SiteDay, contact_id: int, patient_id: int | None) -> MessageDelivery | None:
    """A delivery to the same address that nobody has claimed; locked, so that nobody does meanwhile."""
    return (
        MessageDelivery.objects.select_for_update(skip_locked=True)
        .filter(site=place.site, contact=contact_id, patient=patient_id, purpose="reminder", state="queued")
        .first()
    )


def row_of(step: Wanted, delivery: MessageDelivery, *, now: datetime) -> Reminder:
    return Reminder(
        patient_id=step.item.course.patient_id,
        due_item=step.item,
        moment=step.dated_step.step.moment.value,
        days=step.dated_step.step.days,
        receiver=step.dated_step.step.receiver.value,
        contact=_contact(step),
        anchor_on=step.dated_step.anchor,
        due_at=step.at,
        made_at=now,
        delivery=delivery,
    )
