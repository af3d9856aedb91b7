from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.models import Fact, FactQuerySet
from coordination.base.promises import in_order, is_one_of
from patients.models.patient import Patient


class AuthorizationQuerySet(FactQuerySet["Authorization"]):
    def granted(self) -> Self:
        return self.known().filter(state=Authorization.State.GRANTED)

    def covering(self, day: date) -> Self:
        """Those under which an infusion on `day` is paid for."""
        return self.granted().filter(starts_on__lte=day, ends_on__gte=day)


class AuthorizationState(models.TextChoices):
    REQUESTED = "requested", "Requested"
    GRANTED = "granted", "Granted"
    DENIED = "denied", "Denied"


class Authorization(Fact):
    """A payer's word on what it will pay for, from which day to which."""

    State = AuthorizationState

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="authorizations")
    payer = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.GRANTED)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    doses = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects = AuthorizationQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["starts_on", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("state", AuthorizationState, name="authorization_state_is_a_known_word"),
            in_order("starts_on", "ends_on", name="authorization_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="authorization_granted_says_from_when_to_when",
            ),
        ]

    def __str__(self) -> str:
        return f"authorization {self.number} {self.starts_on} to {self.ends_on}"
