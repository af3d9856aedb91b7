from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from coordination.base import clock
from coordination.base.constraints import said_with

if TYPE_CHECKING:
    from coordination.base.models.user import User


class Recorded(models.Model):
    """Something people change: each change leaves a row in its history, with who made it and why."""

    history = HistoricalRecords(inherit=True, history_change_reason_field=models.TextField(null=True))

    class Meta:
        abstract = True

    def save_by(self, by: "User | None", *, because: str = "", **how: Any) -> None:
        """Save, and name the actor and the reason in the history. `by` is None where a machine did it."""
        self._history_user = by
        self._change_reason = because
        self.save(**how)

    def changed_meanwhile(self, what: str = "this") -> str:
        """Who changed it last, and why: what the one who comes second is told."""
        last = self.history.select_related("history_user").first()
        who = last.history_user if last and last.history_user else "Somebody"
        because = f" ({last.history_change_reason})" if last and last.history_change_reason else ""
        return f"{who} changed {what} meanwhile{because}."

    def delete_by(self, by: "User", *, because: str) -> None:
        """Take the row away; its history stays, and says who took it away and why."""
        self._history_user = by
        self._change_reason = because
        self.delete()


class Versioned(models.Model):
    """Something two people may edit at once: each save raises the version, and the pages compare it."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def next_version(self, read: int) -> bool:
        """Claim the version after the one the caller has read; False where somebody else was first."""
        rows = type(self)._default_manager.filter(pk=self.pk, version=read)
        claimed = rows.update(version=F("version") + 1) == 1
        if claimed:
            self.version = read + 1
        return claimed


FactModel = TypeVar("FactModel", bound="Fact")


class FactQuerySet(models.QuerySet[FactModel]):
    def known(self) -> Self:
        """Without what was recorded in error."""
        return self.filter(recorded_in_error_at=None)

    def known_at(self, moment: datetime) -> Self:
        """What had been recorded by `moment`, and not yet taken back."""
        not_yet_taken_back = Q(recorded_in_error_at=None) | Q(recorded_in_error_at__gt=moment)
        return self.filter(not_yet_taken_back, recorded_at__lte=moment)


class Fact(Recorded):
    """Something that happened, as somebody reported it.

    A fact that breaks a clinical rule is still a fact: constraints refuse only what cannot be. Nothing is
    deleted; a mistake is *recorded in error*, with a reason.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    recorded_at = models.DateTimeField(default=clock.now)
    recorded_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_in_error_at = models.DateTimeField(null=True, blank=True)
    recorded_in_error_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    recorded_in_error_because = models.TextField(blank=True, default="")

    class Meta:
        abstract = True
        constraints = [
            said_with(
                "recorded_in_error_at",
                "recorded_in_error_by",
                "recorded_in_error_because",
                name="%(class)s_in_error_says_who_and_why",
            ),
        ]


class CancellableQuerySet(FactQuerySet[FactModel]):
    def known(self) -> Self:
        """Without what was recorded in error or cancelled."""
        return super().known().filter(cancelled_at=None)

    def known_at(self, moment: datetime) -> Self:
        standing = Q(cancelled_at=None) | Q(cancelled_at__gt=moment)
        return super().known_at(moment).filter(standing)


class CancellableFact(Fact):
    """A fact that may also be a plan, and a plan can be called off."""

    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        "base.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_because = models.TextField(blank=True, default="")

    class Meta(Fact.Meta):
        abstract = True
        constraints = [
            *Fact.Meta.constraints,
            said_with(
                "cancelled_at",
                "cancelled_by",
                "cancelled_because",
                name="%(class)s_cancelled_says_who_and_why",
            ),
        ]
