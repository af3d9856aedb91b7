from typing import TYPE_CHECKING, Self
from uuid import UUID, uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from coordination.base import clock
from coordination.base.choices import Role

if TYPE_CHECKING:
    from coordination.base.models.user import User


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def about(self, patient_id: UUID) -> Self:
        """What was shown or done of one patient, by the patient's public id."""
        return self.filter(patients__contains=[patient_id])

    def by(self, user: "User") -> Self:
        return self.filter(user=user)


class AuditEventKind(models.TextChoices):
    VIEW = "view", "Viewed"
    CHANGE = "change", "Changed"
    EXPORT = "export", "Exported"
    API = "api", "Called by a machine"
    SIGN_IN = "sign-in", "Signed in"
    SIGN_IN_FAILED = "sign-in-failed", "Failed to sign in"
    SIGN_OUT = "sign-out", "Signed out"
    SECOND_FACTOR = "second-factor", "Second factor"
    REFUSED = "refused", "Was refused"
    JOB = "job", "Done by the product itself"


class AuditEvent(models.Model):
    """Who saw or did what: one row for a page or a call, naming every patient it showed. Only ever added.

    Patients are named by their public id, not by a key, so that the audit stands by itself.
    """

    Kind = AuditEventKind

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    user = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="audit_events"
    )
    client = models.ForeignKey(
        "base.ApiClient", on_delete=models.PROTECT, null=True, blank=True, related_name="audit_events"
    )
    actor_name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    view = models.CharField(
        max_length=200, blank=True, help_text="The name of the page or call, never its URL."
    )
    method = models.CharField(max_length=10, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    patients: "ArrayField[list[UUID], list[UUID]]" = ArrayField(models.UUIDField(), default=list, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.GenericIPAddressField(null=True, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at"], name="audit_by_moment"),
            models.Index(fields=["user", "at"], name="audit_by_user"),
            GinIndex(fields=["patients"], name="audit_by_patient"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None) | Q(client=None), name="audit_names_a_person_or_a_machine_not_both"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind} {self.view}"
