from datetime import date
from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Max, Q

from coordination.base.choices import Item, Owner
from coordination.base.constraints import days_in_order, is_one_of
from coordination.base.models import Practice, Recorded
from patients.models.patient import Patient


class CareTeamMemberQuerySet(models.QuerySet["CareTeamMember"]):
    def serving(self, today: date) -> Self:
        """Those on the team today."""
        return self.filter(Q(since=None) | Q(since__lte=today), Q(until=None) | Q(until__gte=today))


class CareTeamMemberPart(models.TextChoices):
    REFERRING_ONCOLOGIST = "referring-oncologist", "Referring oncologist"
    NET_SPECIALIST = "net-specialist", "NET specialist"
    NUCLEAR_MEDICINE = "nuclear-medicine", "Nuclear medicine"
    NAVIGATOR = "navigator", "Nurse navigator"
    PRIMARY_CARE = "primary-care", "Primary care"
    INJECTING_PRACTICE = "injecting-practice", "Gives the monthly injection"
    CAREGIVER = "caregiver", "Caregiver"
    OTHER = "other", "Other"


class CareTeamMember(Recorded):
    """Somebody who takes part in the patient's care, in or outside the center."""

    Part = CareTeamMemberPart

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_team")
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="care_team_members"
    )
    name = models.CharField(max_length=200)
    part = models.CharField(max_length=30, choices=Part.choices)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    objects = CareTeamMemberQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            is_one_of("part", CareTeamMemberPart, name="care_team_part_is_a_known_word"),
            days_in_order("since", "until", name="care_team_member_leaves_after_joining"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_part_display()})"


class Responsibility(Recorded):
    """Who sees to one kind of item for this patient, as agreed with everybody [H22]."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="responsibilities")
    item = models.CharField(max_length=30, choices=Item.choices)
    owner = models.CharField(max_length=20, choices=Owner.choices)
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="responsibilities"
    )

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "responsibilities"
        constraints = [
            is_one_of("item", Item, name="responsibility_is_for_a_known_item"),
            is_one_of("owner", Owner, name="responsibility_has_a_known_owner"),
            models.UniqueConstraint(fields=["patient", "item"], name="item_has_one_owner_per_patient"),
            models.CheckConstraint(
                condition=Q(practice=None) | Q(owner__in=[Owner.REFERRING_PRACTICE, Owner.NET_SPECIALIST]),
                name="only_a_practice_s_item_names_a_practice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.owner}"

    @classmethod
    def newest_change(cls, patient: Patient) -> int:
        """The number of the newest change of who does what; 0 where nothing was ever agreed."""
        newest: int | None = cls.history.filter(patient=patient).aggregate(newest=Max("history_id"))["newest"]
        return newest or 0
