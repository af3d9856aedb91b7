from datetime import date, timedelta
from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.constraints import days_in_order, is_one_of
from patients.models.patient import Patient
from patients.models.withdrawable import WithdrawableFact, WithdrawableQuerySet


class AuthorizationQuerySet(WithdrawableQuerySet["Authorization"]):
    def granted(self) -> Self:
        return self.known().filter(state=Authorization.State.GRANTED)

    def covering(self, day: date) -> Self:
        """Those under which an infusion on `day` is paid for."""
        standing = Q(withdrawn_on=None) | Q(withdrawn_on__gt=day)
        return self.granted().filter(standing, starts_on__lte=day, ends_on__gte=day)


def last_day(ends_on: date, withdrawn_on: date | None) -> date:
    """The last day that is paid for: a payer who withdraws pays for nothing from that day on."""
    return ends_on if withdrawn_on is None else min(ends_on, withdrawn_on - timedelta(days=1))


class AuthorizationState(models.TextChoices):
    REQUESTED = "requested", "Requested"
    GRANTED = "granted", "Granted"
    DENIED = "denied", "Denied"


class Authorization(WithdrawableFact):
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

    class Meta(WithdrawableFact.Meta):
        ordering = ["starts_on", "pk"]
        constraints = [
            *WithdrawableFact.Meta.constraints,
            is_one_of("state", AuthorizationState, name="authorization_state_is_a_known_word"),
            days_in_order("starts_on", "ends_on", name="authorization_ends_after_it_starts"),
            models.CheckConstraint(
                condition=~Q(state="granted") | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="authorization_granted_says_from_when_to_when",
            ),
        ]

    def __str__(self) -> str:
        return f"authorization {self.number} {self.starts_on} to {self.ends_on}"
