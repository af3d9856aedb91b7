"""What of the results a referring practice sees, and when."""

from django.db import models
from django.db.models import Q

from coordination.base.constraints import is_one_of
from coordination.base.models import Recorded, Site, User
from labs.models import LabResult


class ResultKind(models.TextChoices):
    BLOOD_COUNT = "blood-count", "Blood count"
    CHEMISTRY = "chemistry", "Kidney, liver and electrolytes"
    COAGULATION = "coagulation", "Coagulation"
    TUMOR_MARKER = "tumor-marker", "Tumor markers"
    PREGNANCY = "pregnancy", "Pregnancy tests"
    OTHER = "other", "Anything else"


class Release(models.TextChoices):
    AT_ONCE = "at-once", "At once"
    AFTER_DAYS = "after-days", "After some days"
    AFTER_REVIEW = "after-review", "When somebody of the center has released it"


class ReleaseRule(Recorded):
    """A site's choice for one kind of result; without a row the choice that comes with the product holds."""

    Kind = ResultKind
    Release = Release

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="release_rules")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    release = models.CharField(max_length=20, choices=Release.choices)
    days = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Counted from receipt.")

    class Meta:
        ordering = ["site", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["site", "kind"], name="site_has_one_release_rule_of_a_kind"),
            is_one_of("kind", ResultKind, name="release_rule_is_for_a_known_kind"),
            is_one_of("release", Release, name="release_rule_is_a_known_word"),
            models.CheckConstraint(
                condition=Q(release="after-days", days__isnull=False, days__range=(1, 90))
                | ~Q(release="after-days") & Q(days=None),
                name="release_rule_names_days_just_when_it_counts_them",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.site}: {self.release}"


class ResultRelease(models.Model):
    """Somebody of the center let the practice see one version of a result. Only ever added."""

    result = models.OneToOneField(LabResult, on_delete=models.PROTECT, related_name="release")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"released at {self.at:%Y-%m-%d %H:%M}"
