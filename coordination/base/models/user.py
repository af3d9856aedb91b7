from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from coordination.base import clock
from coordination.base.choices import Role
from coordination.base.constraints import is_one_of
from coordination.base.models.practice import Practice
from coordination.base.models.site import Site


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A person who can sign in; without a password, one who cannot yet."""
        user = self.model(username=username.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return super().get_by_natural_key((username or "").lower())


class User(AbstractBaseUser):
    """A person who signs in. Sign-ins and views are in the audit, so there is no last sign-in here."""

    last_login = None

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    username = models.CharField(max_length=150, unique=True)
    full_name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    sites = models.ManyToManyField(Site, related_name="users", blank=True)
    practice = models.ForeignKey(
        Practice, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    is_active = models.BooleanField(default=True)
    access_ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    history = HistoricalRecords(
        excluded_fields=["password"],
        m2m_fields=["sites"],
        history_change_reason_field=models.TextField(null=True),
    )
    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name", "role"]

    class Meta:
        ordering = ["full_name"]
        constraints = [
            is_one_of("role", Role, name="user_has_one_of_our_roles"),
            models.CheckConstraint(
                condition=Q(role=Role.REFERRER, practice__isnull=False)
                | (~Q(role=Role.REFERRER) & Q(practice__isnull=True)),
                name="user_has_a_practice_just_when_a_referrer",
            ),
            models.CheckConstraint(
                condition=Q(username=Lower(F("username"))), name="user_signs_in_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_staff(self) -> bool:
        """There is no Django admin for clinical data."""
        return False

    def get_full_name(self) -> str:
        return self.full_name

    def save_by(self, by: "User | None", *, because: str = "", **how: Any) -> None:
        """Save, and name the actor and the reason in the history."""
        self._history_user = by
        self._change_reason = because
        self.save(**how)
