from uuid import uuid4

from django.db import models

from coordination.base import clock
from coordination.base.models.user import User


class KeptForm(models.Model):
    """What a person had typed when their session ended: offered to the same account, for a day."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_forms")
    page = models.CharField(max_length=400, help_text="The path of the page: opaque ids at most.")
    sealed = models.TextField(help_text="Query and fields, encrypted (base/encryption.py).")
    kept_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "page"], name="page_keeps_one_form_of_a_person")
        ]
        indexes = [models.Index(fields=["kept_at"], name="kept_forms_by_age")]

    def __str__(self) -> str:
        return f"typed by {self.user} at {self.kept_at:%Y-%m-%d %H:%M}"
