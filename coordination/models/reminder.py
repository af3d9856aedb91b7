from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import is_one_of, said_with
from coordination.models.contact_point import ContactPoint
from coordination.models.message_delivery import MessageDelivery
from patients.models import Patient
from scheduling.models import DueItem


class ReminderMoment(models.TextChoices):
    BEFORE = "before", "before it opens"
    DUE = "due", "when it is due"
    OVERDUE = "overdue", "when it is late"
    MONEY = "money", "before money is lost"
    NOW = "now", "asked for by a person"


class ReminderReceiver(models.TextChoices):
    OWNER = "owner", "Who sees to it"
    NAVIGATOR = "navigator", "Navigators"
    PRESCRIBER = "prescriber", "Prescribers"
    MANAGER = "manager", "Managers"


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def standing(self) -> Self:
        """Whose reason had not vanished when it was to be sent."""
        return self.filter(dropped_at=None)


class Reminder(models.Model):
    """One step of the timetable for one item and one address: it exists once, so it is sent at most once.

    Derived when its time has come; several for the same receiver travel in one delivery. The anchor is the
    day of the item that the step hangs on: an item that moves is reminded of anew.
    """

    Moment = ReminderMoment
    Receiver = ReminderReceiver

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="reminders")
    due_item = models.ForeignKey(DueItem, on_delete=models.PROTECT, related_name="reminders")
    moment = models.CharField(max_length=10, choices=Moment.choices)
    days = models.PositiveSmallIntegerField(default=0)
    receiver = models.CharField(max_length=12, choices=Receiver.choices)
    contact = models.ForeignKey(ContactPoint, on_delete=models.PROTECT, related_name="reminders")
    anchor_on = models.DateField()
    due_at = models.DateTimeField(help_text="Its day and hour by the timetable and the receiver's hours.")
    made_at = models.DateTimeField(default=clock.now)
    delivery = models.ForeignKey(MessageDelivery, on_delete=models.PROTECT, related_name="reminders")
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_because = models.CharField(max_length=200, blank=True, default="")

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-due_at", "-pk"]
        constraints = [
            is_one_of("moment", ReminderMoment, name="reminder_moment_is_ours"),
            is_one_of("receiver", ReminderReceiver, name="reminder_receiver_is_ours"),
            models.UniqueConstraint(
                fields=["due_item", "moment", "days", "receiver", "contact", "anchor_on"],
                name="each_step_reminds_an_address_once",
            ),
            said_with("dropped_at", None, "dropped_because", name="dropped_reminder_says_why"),
        ]
        indexes = [
            models.Index(fields=["patient", "due_at"], name="reminder_by_patient"),
            models.Index(fields=["delivery"], condition=Q(dropped_at=None), name="reminder_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.due_item}: {self.moment} {self.days}"
