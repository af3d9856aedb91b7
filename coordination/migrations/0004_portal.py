import uuid

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock
from coordination.base.constraints import only_added
from coordination.base.schema import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_audit_is_only_added"),
        ("coordination", "0003_documents"),
        ("labs", "0002_results_are_only_added"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="HistoricalInvitation",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("full_name", models.CharField(max_length=200)),
                        ("email", models.EmailField(max_length=254)),
                        (
                            "access_days",
                            models.PositiveSmallIntegerField(
                                default=365, help_text="How long the access lasts."
                            ),
                        ),
                        ("token_hash", models.CharField(db_index=True, max_length=64)),
                        ("invited_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("expires_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "problem",
                            models.CharField(
                                blank=True, default="", help_text="Why it was not sent.", max_length=200
                            ),
                        ),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_because", models.TextField(blank=True, default="")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.practice",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.site",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical invitation",
                        "verbose_name_plural": "historical invitations",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalReleaseRule",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
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
                        (
                            "days",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="Counted from receipt.", null=True
                            ),
                        ),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "history_user",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.site",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "historical release rule",
                        "verbose_name_plural": "historical release rules",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="ResultRelease",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "result",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="release",
                                to="labs.labresult",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                    },
                ),
                migrations.CreateModel(
                    name="CalendarFeed",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("made_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="calendar_feeds",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-made_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("user",),
                                name="user_has_one_calendar_feed",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Invitation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("full_name", models.CharField(max_length=200)),
                        ("email", models.EmailField(max_length=254)),
                        (
                            "access_days",
                            models.PositiveSmallIntegerField(
                                default=365, help_text="How long the access lasts."
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("invited_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("expires_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "problem",
                            models.CharField(
                                blank=True, default="", help_text="Why it was not sent.", max_length=200
                            ),
                        ),
                        ("accepted_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_because", models.TextField(blank=True, default="")),
                        (
                            "account",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "invited_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="base.practice",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="invitations",
                                to="base.site",
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-invited_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("invited_at__isnull", True),
                                    ("expires_at__isnull", True),
                                    ("expires_at__gt", models.F("invited_at")),
                                    _connector="OR",
                                ),
                                name="invitation_expires_after_it_was_made",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("accepted_at__isnull", True), ("account__isnull", True)),
                                    models.Q(("accepted_at__isnull", False), ("account__isnull", False)),
                                    _connector="OR",
                                ),
                                name="invitation_accepted_says_whose_account",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("withdrawn_at__isnull", True),
                                        ("withdrawn_because", ""),
                                        ("withdrawn_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_because", ""), _negated=True),
                                        ("withdrawn_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="invitation_withdrawn_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("accepted_at", None), ("withdrawn_at", None), _connector="OR"
                                ),
                                name="invitation_is_used_or_withdrawn_not_both",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("email", ""), _negated=True),
                                    models.Q(("full_name", ""), _negated=True),
                                ),
                                name="invitation_says_whom_it_is_for",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReleaseRule",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                        (
                            "days",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="Counted from receipt.", null=True
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="release_rules",
                                to="base.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["site", "kind"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("site", "kind"), name="site_has_one_release_rule_of_a_kind"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "blood-count",
                                            "chemistry",
                                            "coagulation",
                                            "tumor-marker",
                                            "pregnancy",
                                            "other",
                                        ],
                                    )
                                ),
                                name="release_rule_is_for_a_known_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("release__in", ["at-once", "after-days", "after-review"])
                                ),
                                name="release_rule_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("days__isnull", False),
                                        ("days__range", (1, 90)),
                                        ("release", "after-days"),
                                    ),
                                    models.Q(
                                        models.Q(("release", "after-days"), _negated=True), ("days", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="release_rule_names_days_just_when_it_counts_them",
                            ),
                        ],
                    },
                ),
            ]
        ),
        only_added("coordination_resultrelease"),
    ]
