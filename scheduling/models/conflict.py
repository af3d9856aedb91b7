from typing import Self
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.constraints import is_one_of
from coordination.base.models import Fact, FactQuerySet
from scheduling.models.course import Course

PRESCRIBER_ANSWERS = ("given-without-decision",)
"""Conflicts that are put before a prescriber, who answers them and says who was told."""


class CourseConflictSeverity(models.TextChoices):
    BLOCK = "block", "Blocks"
    WARN = "warn", "Warns"


class CourseConflictQuerySet(models.QuerySet["CourseConflict"]):
    def standing(self) -> Self:
        return self.filter(gone_at=None)


class CourseConflict(models.Model):
    """A conflict as the rules found it: dates that break a rule. Derived; gone when it is found no more."""

    Severity = CourseConflictSeverity

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="conflicts")
    code = models.CharField(max_length=40)
    cycle_number = models.PositiveSmallIntegerField(null=True, blank=True)
    severity = models.CharField(max_length=10, choices=Severity.choices)
    text = models.TextField()
    legal: "ArrayField[list[object], list[object]]" = ArrayField(
        models.DateField(), default=list, blank=True, help_text="The nearest days that the rule allows."
    )
    flags: "ArrayField[list[str], list[str]]" = ArrayField(
        models.CharField(max_length=40), default=list, blank=True
    )
    digest = models.CharField(max_length=64, help_text="Over code, cycle, text and legal days.")
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    objects = CourseConflictQuerySet.as_manager()

    class Meta:
        ordering = ["severity", "found_at", "pk"]
        constraints = [
            is_one_of("severity", CourseConflictSeverity, name="conflict_severity_is_a_known_word"),
            models.UniqueConstraint(
                fields=["course", "digest"],
                condition=Q(gone_at=None),
                name="conflict_stands_once_in_a_course",
            ),
        ]
        indexes = [
            models.Index(fields=["course"], condition=Q(gone_at=None), name="conflict_standing"),
        ]

    def __str__(self) -> str:
        return self.text


class ConflictNotice(models.Model):
    """Who was told of a conflict, and when: it was put on their Today. Only ever added."""

    conflict = models.ForeignKey(CourseConflict, on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["told_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["conflict", "user"], name="person_is_told_of_a_conflict_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} told of {self.conflict}"


class ConflictOverrideQuerySet(FactQuerySet["ConflictOverride"]):
    pass


class ConflictOverride(Fact):
    """A named person's reason to go on in spite of a conflict. It answers this conflict, not the next.

    `digest` is over the conflict's code, cycle, dates and text: when they change, it must be answered anew.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="conflict_overrides")
    code = models.CharField(max_length=40)
    cycle_number = models.PositiveSmallIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    reason = models.TextField()
    told = models.TextField("who was told, and when", blank=True, default="")

    objects = ConflictOverrideQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["recorded_at", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                fields=["course", "code", "cycle_number", "digest"],
                condition=Q(recorded_in_error_at=None),
                nulls_distinct=False,
                name="conflict_is_overridden_once",
            ),
            models.CheckConstraint(
                condition=Q(recorded_by__isnull=False) & ~Q(reason=""),
                name="conflict_override_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(code__in=PRESCRIBER_ANSWERS) | ~Q(told=""),
                name="answer_to_an_unsigned_dose_says_who_was_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.cycle_number or ''} overridden".replace("  ", " ")
