"""Invitations, releases of results and calendar feeds."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

INVITATION = migrations.CreateModel(
    name="Invitation",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("site", models.ForeignKey(on_delete=models.PROTECT, related_name="invitations", to="base.site")),
        (
            "practice",
            models.ForeignKey(on_delete=models.PROTECT, related_name="invitations", to="base.practice"),
        ),
        ("full_name", models.CharField(max_length=200)),
        ("email", models.EmailField(max_length=254)),
        (
            "access_days",
            models.PositiveSmallIntegerField(default=365, help_text="How long the access lasts."),
        ),
        ("token_hash", models.CharField(max_length=64, unique=True)),
        ("invited_at", models.DateTimeField(default=clock.now)),
        (
            "invited_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("expires_at", models.DateTimeField()),
        ("sent_at", models.DateTimeField(blank=True, null=True)),
        (
            "problem",
            models.CharField(blank=True, default="", help_text="Why it was not sent.", max_length=200),
        ),
        ("accepted_at", models.DateTimeField(blank=True, null=True)),
        (
            "account",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="invitations",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
        (
            "withdrawn_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("withdrawn_because", models.TextField(blank=True, default="")),
    ],
    options={
        "ordering": ["-invited_at", "-pk"],
        "constraints": [
            models.CheckConstraint(
                name="invitation_expires_after_it_was_made",
                condition=Q(invited_at__isnull=True)
                | Q(expires_at__isnull=True)
                | Q(expires_at__gt=models.F("invited_at")),
            ),
            models.CheckConstraint(
                name="invitation_accepted_says_whose_account",
                condition=(Q(accepted_at__isnull=True, account__isnull=True))
                | (Q(accepted_at__isnull=False, account__isnull=False)),
            ),
            models.CheckConstraint(
                name="invitation_withdrawn_says_who_and_why",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_because="", withdrawn_by__isnull=True))
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="") & Q(withdrawn_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="invitation_is_used_or_withdrawn_not_both",
                condition=Q(accepted_at=None) | Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="invitation_says_whom_it_is_for", condition=~Q(email="") & ~Q(full_name="")
            ),
        ],
    },
)

RELEASE_RULE = migrations.CreateModel(
    name="ReleaseRule",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("site", models.ForeignKey(on_delete=models.PROTECT, related_name="release_rules", to="base.site")),
        (
            "kind",
            models.CharField(
                choices=[
                    ("blood-count", "Blood count"),
                    ("chemistry", "Kidney, liver and electrolytes"),
                    ("coagulation", "Coagulation"),
                    ("tumor-marker", "Tumor markers"),
                    ("pregnancy", "Pregnancy tests"),
                    ("other", "Anything else"),
                ],
                max_length=20,
            ),
        ),
        (
            "release",
            models.CharField(
                choices=[
                    ("at-once", "At once"),
                    ("after-days", "After some days"),
                    ("after-review", "When somebody of the center has released it"),
                ],
                max_length=20,
            ),
        ),
        ("days", models.PositiveSmallIntegerField(blank=True, help_text="Counted from receipt.", null=True)),
    ],
    options={
        "ordering": ["site", "kind"],
        "constraints": [
            models.UniqueConstraint(name="site_has_one_release_rule_of_a_kind", fields=("site", "kind")),
            models.CheckConstraint(
                name="release_rule_is_for_a_known_kind",
                condition=Q(
                    kind__in=["blood-count", "chemistry", "coagulation", "tumor-marker", "pregnancy", "other"]
                ),
            ),
            models.CheckConstraint(
                name="release_rule_is_a_known_word",
                condition=Q(release__in=["at-once", "after-days", "after-review"]),
            ),
            models.CheckConstraint(
                name="release_rule_names_days_just_when_it_counts_them",
                condition=(Q(days__isnull=False, days__range=(1, 90), release="after-days"))
                | (~Q(release="after-days") & Q(days=None)),
            ),
        ],
    },
)

RESULT_RELEASE = migrations.CreateModel(
    name="ResultRelease",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "result",
            models.OneToOneField(on_delete=models.PROTECT, related_name="release", to="labs.labresult"),
        ),
        ("at", models.DateTimeField()),
        ("by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
    ],
    options={
        "ordering": ["-at", "-pk"],
    },
)

CALENDAR_FEED = migrations.CreateModel(
    name="CalendarFeed",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "user",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="calendar_feeds", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("made_at", models.DateTimeField(default=clock.now)),
        ("ended_at", models.DateTimeField(blank=True, null=True)),
    ],
    options={
        "ordering": ["-made_at", "-pk"],
        "constraints": [
            models.UniqueConstraint(
                name="user_has_one_calendar_feed", fields=("user",), condition=Q(ended_at=None)
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("coordination", "0003_messages_and_reminders")]

    operations = [
        CreateModels(
            [
                *with_history(INVITATION),
                *with_history(RELEASE_RULE),
                RESULT_RELEASE,
                CALENDAR_FEED,
            ]
        )
    ]
