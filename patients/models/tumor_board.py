from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of
from coordination.base.models import Fact, FactQuerySet
from patients.models.patient import Patient
from patients.models.referral import Referral


class TumorBoardDecisionQuerySet(FactQuerySet["TumorBoardDecision"]):
    pass


class TumorBoardDecisionOutcome(models.TextChoices):
    OFFER = "offer", "Offer PRRT"
    DECLINE = "decline", "Do not offer PRRT"
    DEFER = "defer", "Deferred for a question"
    OTHER_TREATMENT = "other-treatment", "Other treatment first"


class TumorBoardDecision(Fact):
    """What a board decided, when, who was there and who disagreed.

    The Bad Berka Score is kept with its components as the board states them; its formula is not published
    [BB], so it is never computed.
    """

    Outcome = TumorBoardDecisionOutcome

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="tumor_board_decisions")
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="tumor_board_decisions"
    )
    met_on = models.DateField()
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    rationale = models.TextField(blank=True)
    conditions = models.TextField(blank=True)
    attendees: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=200), default=list, blank=True
    )
    dissent = models.TextField(blank=True)
    deferred_for = models.TextField("question it was deferred for", blank=True, default="")
    comes_back_on = models.DateField(null=True, blank=True)
    bad_berka_score = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    bad_berka_components = models.JSONField(default=dict, blank=True)

    objects = TumorBoardDecisionQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["-met_on", "-pk"]
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("outcome", TumorBoardDecisionOutcome, name="tumor_board_outcome_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(outcome="defer") & ~Q(deferred_for="")
                | ~Q(outcome="defer") & Q(deferred_for="", comes_back_on=None),
                name="tumor_board_defers_for_a_question",
            ),
        ]

    def __str__(self) -> str:
        return f"tumor board of {self.met_on}: {self.outcome}"
