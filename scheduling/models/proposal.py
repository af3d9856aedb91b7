from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of
from scheduling.models.course import Course


class Action(models.TextChoices):
    """What the dose table proposes, and what a prescriber signs (the words of scheduling/rules/answer.py)."""

    GIVE = "give", "Give"
    HOLD = "hold", "Hold"
    STOP = "stop", "Stop"
    REVIEW = "review", "Review"
    PENDING = "pending", "Pending"
    NONE = "none", "Nothing to decide"


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def current(self) -> Self:
        """The newest of each course."""
        return self.filter(superseded_at=None)

    def unsigned(self) -> Self:
        """Current, with something to decide, and never signed."""
        return self.current().filter(signature=None).exclude(action__in=(Action.NONE, Action.PENDING))

    def signed(self) -> Self:
        return self.filter(signature__withdrawn_at=None, signature__isnull=False)


class Proposal(models.Model):
    """What the rules proposed for the next dose, stored whole with the facts it rests on. Only ever added.

    `digest` is over the part of the answer that a signature is about: a new answer with the same digest
    is no new proposal.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="proposals")
    cycle_number = models.PositiveSmallIntegerField(null=True, blank=True)
    action = models.CharField(max_length=10, choices=Action.choices)
    activity_gbq = models.DecimalField(max_digits=6, decimal_places=3, null=True, blank=True)
    text = models.TextField("the proposal in one sentence", blank=True)
    protocol_key = models.CharField(max_length=60)
    protocol_version = models.CharField(max_length=40)
    protocol_digest = models.CharField(max_length=64, blank=True)
    ctcae = models.CharField(max_length=5)
    document = models.JSONField(help_text="The answer document, whole.")
    facts = models.JSONField(help_text="The course file it rests on.")
    digest = models.CharField(max_length=64)
    as_of = models.DateTimeField()
    made_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            is_one_of("action", Action, name="proposal_action_is_a_known_word"),
            models.UniqueConstraint(
                fields=["course"],
                condition=Q(superseded_at=None),
                name="course_has_one_current_proposal",
            ),
            models.CheckConstraint(
                condition=Q(action="give", activity_gbq__isnull=False, activity_gbq__gt=0)
                | ~Q(action="give") & Q(activity_gbq=None),
                name="proposal_names_an_activity_just_when_to_give",
            ),
            models.CheckConstraint(
                condition=Q(action="none", cycle_number=None)
                | ~Q(action="none") & Q(cycle_number__isnull=False, cycle_number__range=(1, 10)),
                name="proposal_is_for_a_cycle_unless_none",
            ),
        ]
        indexes = [
            models.Index(fields=["course", "made_at"], name="proposal_by_course"),
            # Holds all that the worklist counts by.
            models.Index(
                fields=["action", "cycle_number"],
                include=["course", "made_at", "protocol_key", "id"],
                condition=Q(superseded_at=None),
                name="proposal_current_by_action",
            ),
        ]

    def __str__(self) -> str:
        return self.text or f"{self.action} {self.activity_gbq or ''}".strip()

    @property
    def is_current(self) -> bool:
        return self.superseded_at is None
