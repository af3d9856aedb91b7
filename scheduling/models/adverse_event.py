from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from coordination.base.models import Fact, FactQuerySet, SiteSettings
from coordination.base.promises import in_order, is_one_of
from patients.models import Patient
from scheduling.models.cycle import Cycle


class AdverseEventQuerySet(FactQuerySet["AdverseEvent"]):
    def unresolved(self, today: date) -> Self:
        return self.known().filter(Q(resolved_on=None) | Q(resolved_on__gt=today), on__lte=today)


class AdverseEvent(Fact):
    """Something the patient suffered, graded by CTCAE: `grade` at its worst, `grade_now` as it is."""

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
            in_order("on", "resolved_on", name="adverse_event_resolves_after_it_began"),
            is_one_of("ctcae", SiteSettings.Ctcae, name="adverse_event_ctcae_is_a_known_version"),
        ]

    def __str__(self) -> str:
        return f"{self.term} on {self.on}"


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
