from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from coordination.base.constraints import days_in_order, is_one_of
from coordination.base.models import Fact, FactQuerySet, SiteSettings
from patients.models import Patient
from scheduling.models.cycle import Cycle


class AdverseEventQuerySet(FactQuerySet["AdverseEvent"]):
    def known(self) -> Self:
        """Each event once, as it was recorded last, without what was recorded in error."""
        return super().known().filter(~_followed_up(FactQuerySet.known))

    def known_at(self, moment: datetime) -> Self:
        return super().known_at(moment).filter(~_followed_up(FactQuerySet.known_at, moment))


def _followed_up(known: Any, *moment: datetime) -> Exists:
    """That a later record of the same event stands."""
    every = FactQuerySet["AdverseEvent"](AdverseEvent)
    return Exists(known(every, *moment).filter(earlier=OuterRef("pk")))


class AdverseEvent(Fact):
    """Something the patient suffered, graded by CTCAE: `grade` at its worst, `grade_now` as it is.

    An event that went on is recorded again, as it is by then; `earlier` is the record before. What was known
    of it on a day can so be told for ever.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="adverse_events")
    term = models.CharField(max_length=200)
    on = models.DateField("first day")
    grade = models.PositiveSmallIntegerField(null=True, blank=True)
    grade_now = models.PositiveSmallIntegerField(null=True, blank=True)
    resolved_on = models.DateField(null=True, blank=True)
    ctcae = models.CharField(
        max_length=5, choices=SiteSettings.Ctcae.choices, default=SiteSettings.Ctcae.V5_0
    )
    hematologic = models.BooleanField(default=False)
    hypersensitivity = models.BooleanField(default=False)
    serious = models.BooleanField(default=False)
    told_by = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    earlier = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        help_text="The same event as it was recorded before.",
    )

    objects = AdverseEventQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["on", "pk"]
        constraints = [
            *Fact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__range=(0, 5)), name="adverse_event_grade_is_from_0_to_5"
            ),
            models.CheckConstraint(
                condition=Q(grade_now=None) | Q(grade_now__range=(0, 5)),
                name="adverse_event_grade_now_is_from_0_to_5",
            ),
            days_in_order("on", "resolved_on", name="adverse_event_resolves_after_it_began"),
            is_one_of("ctcae", SiteSettings.Ctcae, name="adverse_event_ctcae_is_a_known_version"),
            models.UniqueConstraint(
                fields=["earlier"],
                condition=Q(recorded_in_error_at=None),
                name="adverse_event_is_followed_up_by_one_record",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term} on {self.on}"

    @property
    def is_going_on(self) -> bool:
        return self.resolved_on is None


class AdverseEventInquiryQuerySet(FactQuerySet["AdverseEventInquiry"]):
    def answered(self) -> Self:
        return self.known().exclude(answer=AdverseEventInquiry.Answer.NOT_REACHED)


class AdverseEventInquiryAsked(models.TextChoices):
    PATIENT = "patient", "The patient"
    REFERRING_PRACTICE = "referring-practice", "The referring practice"


class AdverseEventInquiryAnswer(models.TextChoices):
    NONE = "none", "Nothing happened"
    SOME = "some", "Something happened"
    NOT_REACHED = "not-reached", "Nobody answered"


class AdverseEventInquiry(Fact):
    """Somebody asked, before an infusion, what happened: *none* is an answer, silence is not."""

    Asked = AdverseEventInquiryAsked
    Answer = AdverseEventInquiryAnswer

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="inquiries")
    asked = models.CharField(max_length=20, choices=Asked.choices)
    asked_on = models.DateField()
    asked_by = models.ForeignKey("base.User", on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=20, choices=Answer.choices)
    events = models.ManyToManyField(AdverseEvent, related_name="inquiries", blank=True)
    note = models.TextField(blank=True)

    objects = AdverseEventInquiryQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["asked_on", "pk"]
        verbose_name_plural = "adverse event inquiries"
        constraints = [
            *Fact.Meta.constraints,
            is_one_of("asked", AdverseEventInquiryAsked, name="inquiry_asks_a_known_party"),
            is_one_of("answer", AdverseEventInquiryAnswer, name="inquiry_answer_is_a_known_word"),
        ]

    def __str__(self) -> str:
        return f"asked {self.asked} on {self.asked_on}: {self.answer}"
