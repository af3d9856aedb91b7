"""What a prescriber judged, and conflicts with their answers."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

ATTRIBUTION = migrations.CreateModel(
    name="Attribution",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("recorded_at", models.DateTimeField(default=clock.now)),
        (
            "recorded_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
        (
            "recorded_in_error_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_because", models.TextField(blank=True, default="")),
        (
            "course",
            models.ForeignKey(on_delete=models.PROTECT, related_name="attributions", to="scheduling.course"),
        ),
        ("row", models.CharField(max_length=30)),
        ("cycle_number", models.PositiveSmallIntegerField()),
        ("related", models.BooleanField()),
        ("reason", models.TextField()),
    ],
    options={
        "ordering": ["cycle_number", "row", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="attribution_in_error_says_who_and_why",
                condition=(
                    Q(
                        recorded_in_error_at__isnull=True,
                        recorded_in_error_because="",
                        recorded_in_error_by__isnull=True,
                    )
                )
                | (
                    Q(recorded_in_error_at__isnull=False)
                    & ~Q(recorded_in_error_because="")
                    & Q(recorded_in_error_by__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                name="episode_is_attributed_once",
                fields=("course", "row", "cycle_number"),
                condition=Q(recorded_in_error_at=None),
            ),
            models.CheckConstraint(
                name="attribution_says_who_and_why", condition=Q(recorded_by__isnull=False) & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="attribution_cycle_is_from_1_to_10", condition=Q(cycle_number__range=(1, 10))
            ),
        ],
    },
)

CONFIRMATION = migrations.CreateModel(
    name="Confirmation",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("recorded_at", models.DateTimeField(default=clock.now)),
        (
            "recorded_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
        (
            "recorded_in_error_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_because", models.TextField(blank=True, default="")),
        (
            "course",
            models.ForeignKey(on_delete=models.PROTECT, related_name="confirmations", to="scheduling.course"),
        ),
        ("row", models.CharField(max_length=30)),
        ("on", models.DateField()),
        ("resolved", models.BooleanField()),
        ("reason", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="confirmation_in_error_says_who_and_why",
                condition=(
                    Q(
                        recorded_in_error_at__isnull=True,
                        recorded_in_error_because="",
                        recorded_in_error_by__isnull=True,
                    )
                )
                | (
                    Q(recorded_in_error_at__isnull=False)
                    & ~Q(recorded_in_error_because="")
                    & Q(recorded_in_error_by__isnull=False)
                ),
            ),
            models.CheckConstraint(name="confirmation_says_who", condition=Q(recorded_by__isnull=False)),
        ],
    },
)

BASELINE_PIN = migrations.CreateModel(
    name="BaselinePin",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("recorded_at", models.DateTimeField(default=clock.now)),
        (
            "recorded_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
        (
            "recorded_in_error_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_because", models.TextField(blank=True, default="")),
        (
            "course",
            models.ForeignKey(on_delete=models.PROTECT, related_name="baseline_pins", to="scheduling.course"),
        ),
        ("analyte", models.CharField(max_length=40)),
        (
            "result",
            models.ForeignKey(on_delete=models.PROTECT, related_name="baseline_pins", to="labs.labresult"),
        ),
        ("reason", models.TextField()),
    ],
    options={
        "ordering": ["analyte", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="baselinepin_in_error_says_who_and_why",
                condition=(
                    Q(
                        recorded_in_error_at__isnull=True,
                        recorded_in_error_because="",
                        recorded_in_error_by__isnull=True,
                    )
                )
                | (
                    Q(recorded_in_error_at__isnull=False)
                    & ~Q(recorded_in_error_because="")
                    & Q(recorded_in_error_by__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                name="analyte_has_one_pinned_baseline",
                fields=("course", "analyte"),
                condition=Q(recorded_in_error_at=None),
            ),
            models.CheckConstraint(
                name="baseline_pin_says_who_and_why", condition=Q(recorded_by__isnull=False) & ~Q(reason="")
            ),
        ],
    },
)

COURSE_CONFLICT = migrations.CreateModel(
    name="CourseConflict",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "course",
            models.ForeignKey(on_delete=models.PROTECT, related_name="conflicts", to="scheduling.course"),
        ),
        ("code", models.CharField(max_length=40)),
        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("severity", models.CharField(choices=[("block", "Blocks"), ("warn", "Warns")], max_length=10)),
        ("text", models.TextField()),
        (
            "legal",
            ArrayField(
                base_field=models.DateField(),
                blank=True,
                default=list,
                help_text="The nearest days that the rule allows.",
                size=None,
            ),
        ),
        (
            "flags",
            ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None),
        ),
        ("digest", models.CharField(help_text="Over code, cycle, text and legal days.", max_length=64)),
        ("found_at", models.DateTimeField()),
        ("gone_at", models.DateTimeField(blank=True, null=True)),
    ],
    options={
        "ordering": ["severity", "found_at", "pk"],
        "indexes": [
            models.Index(name="conflict_standing", fields=["course"], condition=Q(gone_at=None)),
        ],
        "constraints": [
            models.CheckConstraint(
                name="conflict_severity_is_a_known_word", condition=Q(severity__in=["block", "warn"])
            ),
            models.UniqueConstraint(
                name="conflict_stands_once_in_a_course",
                fields=("course", "digest"),
                condition=Q(gone_at=None),
            ),
        ],
    },
)

CONFLICT_NOTICE = migrations.CreateModel(
    name="ConflictNotice",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "conflict",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="notices", to="scheduling.courseconflict"
            ),
        ),
        ("user", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("told_at", models.DateTimeField(default=clock.now)),
    ],
    options={
        "ordering": ["told_at", "pk"],
        "constraints": [
            models.UniqueConstraint(name="person_is_told_of_a_conflict_once", fields=("conflict", "user")),
        ],
    },
)

CONFLICT_OVERRIDE = migrations.CreateModel(
    name="ConflictOverride",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("recorded_at", models.DateTimeField(default=clock.now)),
        (
            "recorded_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
        (
            "recorded_in_error_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("recorded_in_error_because", models.TextField(blank=True, default="")),
        (
            "course",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="conflict_overrides", to="scheduling.course"
            ),
        ),
        ("code", models.CharField(max_length=40)),
        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("digest", models.CharField(max_length=64)),
        ("reason", models.TextField()),
        ("told", models.TextField(blank=True, default="", verbose_name="who was told, and when")),
    ],
    options={
        "ordering": ["recorded_at", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="conflictoverride_in_error_says_who_and_why",
                condition=(
                    Q(
                        recorded_in_error_at__isnull=True,
                        recorded_in_error_because="",
                        recorded_in_error_by__isnull=True,
                    )
                )
                | (
                    Q(recorded_in_error_at__isnull=False)
                    & ~Q(recorded_in_error_because="")
                    & Q(recorded_in_error_by__isnull=False)
                ),
            ),
            models.UniqueConstraint(
                name="conflict_is_overridden_once",
                fields=("course", "code", "cycle_number", "digest"),
                condition=Q(recorded_in_error_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="conflict_override_says_who_and_why",
                condition=Q(recorded_by__isnull=False) & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="answer_to_an_unsigned_dose_says_who_was_told",
                condition=~Q(code__in=("given-without-decision",)) | ~Q(told=""),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0003_adverse_events_and_tests")]

    operations = [
        CreateModels(
            [
                *with_history(ATTRIBUTION),
                *with_history(CONFIRMATION),
                *with_history(BASELINE_PIN),
                COURSE_CONFLICT,
                CONFLICT_NOTICE,
                *with_history(CONFLICT_OVERRIDE),
            ]
        )
    ]
