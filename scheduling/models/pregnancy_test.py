from django.db import models

from coordination.base.constraints import is_one_of, said_with
from coordination.base.models import Fact, FactQuerySet
from labs.models import LabResult
from patients.models import Patient


class PregnancyTestQuerySet(FactQuerySet["PregnancyTest"]):
    pass


class PregnancyTestResult(models.TextChoices):
    NEGATIVE = "negative", "Negative"
    POSITIVE = "positive", "Positive"
    UNCLEAR = "unclear", "Unclear"


class PregnancyTest(Fact):
    Result = PregnancyTestResult

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="pregnancy_tests")
    on = models.DateField()
    result = models.CharField(max_length=20, choices=Result.choices)
    method = models.CharField(max_length=60, blank=True, help_text="Such as serum or urine.")
    lab_result = models.ForeignKey(
        LabResult, on_delete=models.PROTECT, null=True, blank=True, related_name="pregnancy_tests"
    )

    objects = PregnancyTestQuerySet.as_manager()

    class Meta(Fact.Meta):
        ordering = ["on", "pk"]
        constraints = [
            # What a machine reported, the machine takes back: the result was corrected or withdrawn.
            said_with(
                "recorded_in_error_at",
                "recorded_in_error_by",
                "recorded_in_error_because",
                name="pregnancytest_in_error_says_who_and_why",
                unless_unknown="recorded_by",
            ),
            is_one_of("result", PregnancyTestResult, name="pregnancy_test_result_is_a_known_word"),
        ]

    def __str__(self) -> str:
        return f"{self.result} on {self.on}"
