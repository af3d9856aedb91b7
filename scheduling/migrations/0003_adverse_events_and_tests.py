"""Adverse events, whether anybody asked, transfusions and pregnancy tests."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

ADVERSE_EVENT = migrations.CreateModel(
    name="AdverseEvent",
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
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="adverse_events", to="patients.patient"),
        ),
        ("term", models.CharField(max_length=200)),
        ("on", models.DateField(verbose_name="first day")),
        ("grade", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("grade_now", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("resolved_on", models.DateField(blank=True, null=True)),
        (
            "ctcae",
            models.CharField(
                choices=[("4.03", "CTCAE 4.03"), ("5.0", "CTCAE 5.0"), ("6.0", "CTCAE 6.0")],
                default="5.0",
                max_length=5,
            ),
        ),
        ("hematologic", models.BooleanField(default=False)),
        ("hypersensitivity", models.BooleanField(default=False)),
        ("serious", models.BooleanField(default=False)),
        ("told_by", models.CharField(blank=True, max_length=200)),
        ("note", models.TextField(blank=True)),
        (
            "earlier",
            models.ForeignKey(
                blank=True,
                help_text="The same event as it was recorded before.",
                null=True,
                on_delete=models.PROTECT,
                related_name="later",
                to="scheduling.adverseevent",
            ),
        ),
    ],
    options={
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="adverseevent_in_error_says_who_and_why",
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
            models.CheckConstraint(
                name="adverse_event_grade_is_from_0_to_5", condition=Q(grade=None) | Q(grade__range=(0, 5))
            ),
            models.CheckConstraint(
                name="adverse_event_grade_now_is_from_0_to_5",
                condition=Q(grade_now=None) | Q(grade_now__range=(0, 5)),
            ),
            models.CheckConstraint(
                name="adverse_event_resolves_after_it_began",
                condition=Q(on__isnull=True)
                | Q(resolved_on__isnull=True)
                | Q(resolved_on__gte=models.F("on")),
            ),
            models.CheckConstraint(
                name="adverse_event_ctcae_is_a_known_version", condition=Q(ctcae__in=["4.03", "5.0", "6.0"])
            ),
            models.UniqueConstraint(
                name="adverse_event_is_followed_up_by_one_record",
                fields=("earlier",),
                condition=Q(recorded_in_error_at=None),
            ),
        ],
    },
)

ADVERSE_EVENT_INQUIRY = migrations.CreateModel(
    name="AdverseEventInquiry",
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
            "cycle",
            models.ForeignKey(on_delete=models.PROTECT, related_name="inquiries", to="scheduling.cycle"),
        ),
        (
            "asked",
            models.CharField(
                choices=[("patient", "The patient"), ("referring-practice", "The referring practice")],
                max_length=20,
            ),
        ),
        ("asked_on", models.DateField()),
        (
            "asked_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        (
            "answer",
            models.CharField(
                choices=[
                    ("none", "Nothing happened"),
                    ("some", "Something happened"),
                    ("not-reached", "Nobody answered"),
                ],
                max_length=20,
            ),
        ),
        ("note", models.TextField(blank=True)),
        (
            "events",
            models.ManyToManyField(blank=True, related_name="inquiries", to="scheduling.adverseevent"),
        ),
    ],
    options={
        "verbose_name_plural": "adverse event inquiries",
        "ordering": ["asked_on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="adverseeventinquiry_in_error_says_who_and_why",
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
            models.CheckConstraint(
                name="inquiry_asks_a_known_party", condition=Q(asked__in=["patient", "referring-practice"])
            ),
            models.CheckConstraint(
                name="inquiry_answer_is_a_known_word", condition=Q(answer__in=["none", "some", "not-reached"])
            ),
        ],
    },
)

TRANSFUSION = migrations.CreateModel(
    name="Transfusion",
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
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="transfusions", to="patients.patient"),
        ),
        (
            "product",
            models.CharField(
                choices=[
                    ("red-cells", "Red cells"),
                    ("platelets", "Platelets"),
                    ("plasma", "Plasma"),
                    ("other", "Other"),
                ],
                max_length=20,
            ),
        ),
        ("on", models.DateField()),
        ("units", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="transfusion_in_error_says_who_and_why",
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
            models.CheckConstraint(
                name="transfusion_product_is_a_known_word",
                condition=Q(product__in=["red-cells", "platelets", "plasma", "other"]),
            ),
            models.CheckConstraint(
                name="transfusion_units_are_above_zero", condition=Q(units=None) | Q(units__gt=0)
            ),
        ],
    },
)

PREGNANCY_TEST = migrations.CreateModel(
    name="PregnancyTest",
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
            "patient",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="pregnancy_tests", to="patients.patient"
            ),
        ),
        ("on", models.DateField()),
        (
            "result",
            models.CharField(
                choices=[("negative", "Negative"), ("positive", "Positive"), ("unclear", "Unclear")],
                max_length=20,
            ),
        ),
        ("method", models.CharField(blank=True, help_text="Such as serum or urine.", max_length=60)),
        (
            "lab_result",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="pregnancy_tests",
                to="labs.labresult",
            ),
        ),
    ],
    options={
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="pregnancytest_in_error_says_who_and_why",
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
                    & (Q(recorded_in_error_by__isnull=False) | Q(recorded_by__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="pregnancy_test_result_is_a_known_word",
                condition=Q(result__in=["negative", "positive", "unclear"]),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_infusions_and_injections")]

    operations = [
        CreateModels(
            [
                *with_history(ADVERSE_EVENT),
                *with_history(ADVERSE_EVENT_INQUIRY),
                *with_history(TRANSFUSION),
                *with_history(PREGNANCY_TEST),
            ]
        )
    ]
