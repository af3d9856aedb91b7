from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.constraints import days_in_order, is_one_of
from coordination.base.models import Fact, FactQuerySet
from scheduling.models.cycle import Cycle
from scheduling.models.signature import Signature


class InfusionDecision(models.TextChoices):
    """What the prescriber's standing signature said when the infusion started."""

    GIVE = "give", "Signed to give"
    HOLD = "hold", "On hold"
    STOP = "stop", "Discontinued"
    NONE = "none", "Not signed"


class InfusionGivenQuerySet(FactQuerySet["InfusionGiven"]):
    def under_way(self) -> Self:
        return self.known().filter(ended_at=None)


class InfusionGiven(Fact):
    """What was given on the day, from the start on; the end and the activity may follow.

    A cycle has one, apart from those recorded in error. `decision` and `signed_gbq` are what stood signed
    when it started, kept here because a signature can be withdrawn later; `decision` is not known of
    infusions imported from before it was kept, and of one given `elsewhere` there is none of ours.
    Activities in GBq: `activity_gbq` is measured before the infusion, `residual_gbq` after it.
    """

    Decision = InfusionDecision

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="infusions")
    signature = models.ForeignKey(
        Signature, on_delete=models.PROTECT, null=True, blank=True, related_name="infusions"
    )
    signed_gbq = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    decision = models.CharField(max_length=10, choices=InfusionDecision.choices, null=True, blank=True)
    elsewhere = models.BooleanField("given elsewhere, or before Fourfold", default=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    activity_gbq = models.DecimalField(
        "measured before the infusion (GBq)", max_digits=6, decimal_places=3, null=True, blank=True
    )
    residual_gbq = models.DecimalField(
        "left in the vial and the line (GBq)", max_digits=6, decimal_places=3, null=True, blank=True
    )
    antiemetic_at = models.DateTimeField(null=True, blank=True)
    amino_acids_started_at = models.DateTimeField(null=True, blank=True)
    amino_acids_ended_at = models.DateTimeField(null=True, blank=True)
    watched_until = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    instructions_understood = models.BooleanField(null=True, blank=True)
    interrupted_because = models.TextField(blank=True)
    note = models.TextField(blank=True)

    objects = InfusionGivenQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["started_at", "pk"]
        verbose_name_plural = "infusions given"
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["cycle"],
                condition=Q(recorded_in_error_at=None),
                name="cycle_has_one_infusion_given",
            ),
            days_in_order("started_at", "ended_at", name="infusion_ends_after_it_started"),
            days_in_order(
                "amino_acids_started_at", "amino_acids_ended_at", name="amino_acids_end_after_they_started"
            ),
            models.CheckConstraint(
                condition=Q(activity_gbq=None) | Q(activity_gbq__gt=0), name="activity_given_is_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(signed_gbq=None) | Q(signed_gbq__gt=0), name="activity_signed_is_above_zero"
            ),
            models.CheckConstraint(
                condition=Q(residual_gbq=None) | Q(residual_gbq__gte=0), name="residual_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(residual_gbq=None)
                | Q(activity_gbq=None)
                | Q(residual_gbq__lte=models.F("activity_gbq")),
                name="residual_is_not_above_the_activity",
            ),
            is_one_of("decision", InfusionDecision, name="decision_at_the_start_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(elsewhere=False) | Q(decision=None, signature=None, signed_gbq=None),
                name="infusion_elsewhere_has_no_decision_of_ours",
            ),
        ]

    def __str__(self) -> str:
        return f"infusion of {self.cycle} at {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def administered_gbq(self) -> Decimal | None:
        """What the patient received in GBq: measured before, less what was left (not known: nothing)."""
        if self.activity_gbq is None:
            return None
        return self.activity_gbq - (self.residual_gbq or 0)

    @property
    def is_signed(self) -> bool:
        """Whether nothing says that a standing signature to give it was lacking."""
        return self.decision in (None, InfusionDecision.GIVE)
