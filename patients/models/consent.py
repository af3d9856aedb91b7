from django.db import models

from coordination.base.constraints import days_in_order, is_one_of
from patients.models.patient import Patient
from patients.models.withdrawable import WithdrawableFact, WithdrawableQuerySet


class ConsentQuerySet(WithdrawableQuerySet["Consent"]):
    pass


class ConsentKind(models.TextChoices):
    TREATMENT = "treatment", "Treatment"
    MESSAGES = "messages", "E-mail and text messages"
    SHARING = "sharing", "Sharing records with the practices"


class Consent(WithdrawableFact):
    """The patient agreed to something, and may withdraw."""

    Kind = ConsentKind

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.TREATMENT)
    given_on = models.DateField()
    form_version = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta(WithdrawableFact.Meta):
        ordering = ["given_on", "pk"]
        constraints = [
            *WithdrawableFact.Meta.constraints,
            is_one_of("kind", ConsentKind, name="consent_kind_is_a_known_word"),
            days_in_order("given_on", "withdrawn_on", name="consent_is_withdrawn_after_it_was_given"),
        ]

    def __str__(self) -> str:
        return f"consent to {self.kind} of {self.given_on}"


class EducationQuerySet(WithdrawableQuerySet["Education"]):
    pass


class EducationTopic(models.TextChoices):
    TREATMENT = "treatment", "The treatment and its schedule"
    RADIATION_PRECAUTIONS = "radiation-precautions", "Radiation precautions"
    CONTRACEPTION = "contraception", "Contraception and breast-feeding"
    WHO_DOES_WHAT = "who-does-what", "Who does what"


class Education(WithdrawableFact):
    """The patient was taught something, by whom, and whether it was understood; withdrawn where it has to be
    repeated."""

    Topic = EducationTopic

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="education")
    topic = models.CharField(max_length=30, choices=Topic.choices, default=Topic.TREATMENT)
    on = models.DateField()
    language = models.CharField(max_length=10, default="en")
    taught_by = models.CharField(max_length=200, blank=True)
    understood = models.BooleanField(null=True, blank=True)
    note = models.TextField(blank=True)

    objects = EducationQuerySet.as_manager()

    class Meta(WithdrawableFact.Meta):
        ordering = ["on", "pk"]
        verbose_name_plural = "education"
        constraints = [
            *WithdrawableFact.Meta.constraints,
            is_one_of("topic", EducationTopic, name="education_topic_is_a_known_word"),
            days_in_order("on", "withdrawn_on", name="education_is_withdrawn_after_it_was_given"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} taught on {self.on}"
