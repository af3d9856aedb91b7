from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, OuterRef, Q

from coordination.base.constraints import said_with, set_together
from coordination.base.models import Recorded, Versioned
from labs.models import LabResult
from scheduling.models.cycle import Cycle
from scheduling.models.order_ahead import OrderAhead
from scheduling.models.proposal import Action
from scheduling.models.signature import Signature


class DoseOrderQuerySet(models.QuerySet["DoseOrder"]):
    def standing(self) -> Self:
        return self.filter(cancelled_at=None)

    def unconfirmed(self) -> Self:
        return self.standing().filter(confirmed_at=None)

    def with_permit(self) -> Self:
        """`signed`: a standing signature to give this cycle's dose; `permitted`: it, or an order ahead,
        for the activity that is ordered, in a course that goes on and is not on hold."""
        signed = Signature.objects.standing().filter(
            proposal__course=OuterRef("cycle__course"),
            proposal__cycle_number=OuterRef("cycle__number"),
            proposal__course__ended_at=None,
            proposal__course__held_since=None,
            action=Action.GIVE,
        )
        ahead = OrderAhead.objects.standing().filter(
            cycle=OuterRef("cycle"), activity_gbq=OuterRef("activity_gbq")
        )
        same = signed.filter(activity_gbq=OuterRef("activity_gbq"))
        return self.annotate(signed=Exists(signed), permitted=Exists(same) | Exists(ahead))


class DoseOrder(Recorded, Versioned):
    """A dose ordered from the manufacturer for one infusion, under a signature to give it or an order ahead.

    The database refuses an order for a course that was stopped, completed or is on hold, for a patient who
    died, and without a standing signature to give this cycle's dose or a standing order ahead (hazard H17).
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="dose_orders")
    signature = models.ForeignKey(
        Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="dose_orders"
    )
    ahead = models.ForeignKey(
        OrderAhead, on_delete=models.PROTECT, null=True, blank=True, related_name="dose_orders"
    )
    activity_gbq = models.DecimalField(max_digits=6, decimal_places=3)
    calibration_on = models.DateField()
    ordered_at = models.DateTimeField()
    ordered_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    supplier = models.CharField(max_length=200, blank=True)
    order_number = models.CharField(max_length=60, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    received_at = models.DateTimeField(null=True, blank=True)
    vial_number = models.CharField(max_length=60, blank=True)
    assayed_gbq = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    assayed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_because = models.TextField(blank=True, default="")
    cancellation_confirmed_at = models.DateTimeField(null=True, blank=True)
    waiver_evidence = models.ForeignKey(
        LabResult,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="waived_orders",
        help_text="The dated result that made the patient ineligible, so that no fee is due.",
    )
    fee_usd = models.DecimalField(max_digits=9, decimal_places=2, null=True, blank=True)
    note = models.TextField(blank=True)

    signed: bool  # both where `with_permit` was asked
    permitted: bool

    objects = DoseOrderQuerySet.as_manager()

    class Meta:
        ordering = ["calibration_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cycle"], condition=Q(cancelled_at=None), name="cycle_has_one_standing_dose_order"
            ),
            models.CheckConstraint(condition=Q(activity_gbq__gt=0), name="ordered_activity_is_above_zero"),
            models.CheckConstraint(
                condition=Q(signature__isnull=False) | Q(ahead__isnull=False),
                name="order_has_a_signature_or_an_order_ahead",
            ),
            models.CheckConstraint(
                condition=Q(assayed_gbq=None) | Q(assayed_gbq__gt=0), name="assayed_activity_is_above_zero"
            ),
            set_together("assayed_gbq", "assayed_at", name="assay_says_how_much_and_when"),
            set_together("confirmed_at", "confirmed_by", name="order_confirmed_says_by_whom"),
            said_with(
                "cancelled_at", "cancelled_by", "cancelled_because", name="order_cancelled_says_who_and_why"
            ),
            models.CheckConstraint(
                condition=Q(cancellation_confirmed_at=None) | Q(cancelled_at__isnull=False),
                name="only_a_cancelled_order_has_its_cancellation_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity_gbq} GBq for {self.calibration_on}"
