from django.db import models

from coordination.base import clock
from coordination.base.models.user import User


class AuthenticatorApp(models.Model):
    """The app on a person's phone: one for each person. It counts once it has shown a right code."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="authenticator")
    sealed_seed = models.TextField(help_text="The seed in base32, encrypted (base/encryption.py).")
    created_at = models.DateTimeField(default=clock.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(
        default=0, help_text="The half minute of the last code used: no code works twice."
    )
    failures = models.PositiveSmallIntegerField(
        default=0, help_text="Codes refused since the last accepted one."
    )
    failed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"authenticator app of {self.user}"


class RecoveryCode(models.Model):
    """A code for the day the phone is lost; used once, then deleted."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64, help_text="SHA-256 of the code, never the code.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_works_once"),
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.user}"
