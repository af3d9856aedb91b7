"""Handover notes and saved filters of the worklist."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

HANDOVER_NOTE = migrations.CreateModel(
    name="HandoverNote",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("site", models.ForeignKey(on_delete=models.PROTECT, related_name="handover_notes", to="base.site")),
        ("text", models.TextField()),
        (
            "written_by",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="handover_notes", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("written_at", models.DateTimeField(default=clock.now)),
        ("expires_at", models.DateTimeField()),
        ("ended_at", models.DateTimeField(blank=True, null=True)),
        (
            "ended_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ],
    options={
        "ordering": ["-written_at", "-pk"],
        "indexes": [
            models.Index(
                name="handover_note_standing", fields=["site", "expires_at"], condition=Q(ended_at=None)
            ),
        ],
        "constraints": [
            models.CheckConstraint(name="handover_note_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="handover_note_expires_after_it_was_written",
                condition=Q(written_at__isnull=True)
                | Q(expires_at__isnull=True)
                | Q(expires_at__gt=models.F("written_at")),
            ),
            models.CheckConstraint(
                name="handover_note_ended_says_by_whom",
                condition=(Q(ended_at__isnull=True, ended_by__isnull=True))
                | (Q(ended_at__isnull=False, ended_by__isnull=False)),
            ),
        ],
    },
)

SAVED_FILTER = migrations.CreateModel(
    name="SavedFilter",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "owner",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="saved_filters", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "shared_with",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="saved_filters", to="base.site"
            ),
        ),
        ("name", models.CharField(max_length=60)),
        ("query", models.JSONField(default=dict)),
        ("created_at", models.DateTimeField(default=clock.now)),
        ("removed_at", models.DateTimeField(blank=True, null=True)),
    ],
    options={
        "ordering": ["name", "pk"],
        "constraints": [
            models.CheckConstraint(name="saved_filter_has_a_name", condition=~Q(name="")),
            models.UniqueConstraint(
                name="saved_filter_name_is_used_once_by_its_owner",
                fields=("owner", "name"),
                condition=Q(removed_at=None),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("base", "0005_triggers")]

    operations = [
        CreateModels(
            [
                *with_history(HANDOVER_NOTE),
                *with_history(SAVED_FILTER),
            ]
        )
    ]
