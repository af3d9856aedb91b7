from django.db import models


class SignInTries(models.Model):
    """Failed tries of one kind from one side: an account, an address, a device, or the installation.

    `key` is a keyed hash: people type passwords into the field of the user name.
    """

    key = models.CharField(max_length=80, unique=True)
    level = models.FloatField(default=0, help_text="Failed tries, less what has been forgotten since.")
    at = models.DateTimeField(help_text="The last try.")
    waits_until = models.DateTimeField(help_text="No try is looked at before.")

    class Meta:
        indexes = [models.Index(fields=["at"], name="sign_in_tries_by_age")]
        verbose_name_plural = "sign-in tries"

    def __str__(self) -> str:
        return f"{self.key}: {self.level:.1f}"
