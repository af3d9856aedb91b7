from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class AuditSeal(models.Model):
    """What the rows of the audit were, from behind the seal before up to `last_id`. Only ever added.

    Made by coordination/base/audit_seals.py with a key that the database does not hold. `columns` are those
    the digest was made of, so that a column added later breaks no seal.
    """

    number = models.PositiveBigIntegerField(unique=True)
    last_id = models.BigIntegerField()
    row_count = models.PositiveIntegerField()
    columns: "ArrayField[list[str], list[str]]" = ArrayField(models.CharField(max_length=63))
    sealed_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    key_name = models.CharField(max_length=16, help_text="Begins the key's fingerprint; never the key.")
    mac = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="seals_are_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"seal {self.number}"

    def told(self) -> dict[str, Any]:
        """All that the key vouches for."""
        return {
            "number": self.number,
            "last_id": self.last_id,
            "row_count": self.row_count,
            "columns": self.columns,
            "sealed_at": self.sealed_at.isoformat(),
            "digest": self.digest,
        }
