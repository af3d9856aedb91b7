"""What was given, weighed and imaged."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

INFUSION_GIVEN = migrations.CreateModel(
    name="InfusionGiven",
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
            models.ForeignKey(on_delete=models.PROTECT, related_name="infusions", to="scheduling.cycle"),
        ),
        (
            "signature",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="infusions",
                to="scheduling.signature",
            ),
        ),
        ("signed_gbq", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True)),
        (
            "decision",
            models.CharField(
                blank=True,
                choices=[
                    ("give", "Signed to give"),
                    ("hold", "On hold"),
                    ("stop", "Discontinued"),
                    ("none", "Not signed"),
                ],
                max_length=10,
                null=True,
            ),
        ),
        ("elsewhere", models.BooleanField(default=False, verbose_name="given elsewhere, or before Fourfold")),
        ("started_at", models.DateTimeField()),
        ("ended_at", models.DateTimeField(blank=True, null=True)),
        (
            "activity_gbq",
            models.DecimalField(
                blank=True,
                decimal_places=3,
                max_digits=6,
                null=True,
                verbose_name="measured before the infusion (GBq)",
            ),
        ),
        (
            "residual_gbq",
            models.DecimalField(
                blank=True,
                decimal_places=3,
                max_digits=6,
                null=True,
                verbose_name="left in the vial and the line (GBq)",
            ),
        ),
        ("antiemetic_at", models.DateTimeField(blank=True, null=True)),
        ("amino_acids_started_at", models.DateTimeField(blank=True, null=True)),
        ("amino_acids_ended_at", models.DateTimeField(blank=True, null=True)),
        ("watched_until", models.DateTimeField(blank=True, null=True)),
        ("released_at", models.DateTimeField(blank=True, null=True)),
        ("instructions_understood", models.BooleanField(blank=True, null=True)),
        ("interrupted_because", models.TextField(blank=True)),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "verbose_name_plural": "infusions given",
        "ordering": ["started_at", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="infusiongiven_in_error_says_who_and_why",
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
                name="cycle_has_one_infusion_given", fields=("cycle",), condition=Q(recorded_in_error_at=None)
            ),
            models.CheckConstraint(
                name="infusion_ends_after_it_started",
                condition=Q(started_at__isnull=True)
                | Q(ended_at__isnull=True)
                | Q(ended_at__gte=models.F("started_at")),
            ),
            models.CheckConstraint(
                name="amino_acids_end_after_they_started",
                condition=Q(amino_acids_started_at__isnull=True)
                | Q(amino_acids_ended_at__isnull=True)
                | Q(amino_acids_ended_at__gte=models.F("amino_acids_started_at")),
            ),
            models.CheckConstraint(
                name="activity_given_is_above_zero", condition=Q(activity_gbq=None) | Q(activity_gbq__gt=0)
            ),
            models.CheckConstraint(
                name="activity_signed_is_above_zero", condition=Q(signed_gbq=None) | Q(signed_gbq__gt=0)
            ),
            models.CheckConstraint(
                name="residual_is_not_negative", condition=Q(residual_gbq=None) | Q(residual_gbq__gte=0)
            ),
            models.CheckConstraint(
                name="residual_is_not_above_the_activity",
                condition=Q(residual_gbq=None)
                | Q(activity_gbq=None)
                | Q(residual_gbq__lte=models.F("activity_gbq")),
            ),
            models.CheckConstraint(
                name="decision_at_the_start_is_a_known_word",
                condition=Q(decision__in=["give", "hold", "stop", "none"]),
            ),
            models.CheckConstraint(
                name="infusion_elsewhere_has_no_decision_of_ours",
                condition=Q(elsewhere=False) | (Q(decision=None, signature=None, signed_gbq=None)),
            ),
        ],
    },
)

INJECTION = migrations.CreateModel(
    name="Injection",
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
        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
        (
            "cancelled_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("cancelled_because", models.TextField(blank=True, default="")),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="injections", to="patients.patient"),
        ),
        (
            "drug",
            models.CharField(
                choices=[
                    ("octreotide-lar", "Octreotide LAR"),
                    ("lanreotide", "Lanreotide"),
                    ("other-long-acting", "Other long-acting analog"),
                    ("octreotide-short", "Short-acting octreotide"),
                ],
                max_length=30,
            ),
        ),
        ("dose_mg", models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True)),
        ("planned_on", models.DateField(blank=True, null=True)),
        ("given_at", models.DateTimeField(blank=True, null=True)),
        ("given_by", models.CharField(blank=True, max_length=200, verbose_name="given by")),
        (
            "practice",
            models.ForeignKey(
                blank=True,
                help_text="Who plans or gives it; empty: the center.",
                null=True,
                on_delete=models.PROTECT,
                related_name="injections",
                to="base.practice",
            ),
        ),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="injection_in_error_says_who_and_why",
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
                name="injection_cancelled_says_who_and_why",
                condition=(Q(cancelled_at__isnull=True, cancelled_because="", cancelled_by__isnull=True))
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="") & Q(cancelled_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="injection_drug_is_a_known_word",
                condition=Q(
                    drug__in=["octreotide-lar", "lanreotide", "other-long-acting", "octreotide-short"]
                ),
            ),
            models.CheckConstraint(
                name="injection_is_planned_or_given",
                condition=Q(planned_on__isnull=False) | Q(given_at__isnull=False),
            ),
            models.CheckConstraint(
                name="injection_dose_is_above_zero", condition=Q(dose_mg=None) | Q(dose_mg__gt=0)
            ),
        ],
    },
)

WEIGHT = migrations.CreateModel(
    name="Weight",
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
            models.ForeignKey(on_delete=models.PROTECT, related_name="weights", to="patients.patient"),
        ),
        ("kg", models.DecimalField(decimal_places=12, max_digits=15)),
        ("typed_value", models.DecimalField(blank=True, decimal_places=4, max_digits=9, null=True)),
        (
            "typed_unit",
            models.CharField(
                blank=True,
                choices=[("kg", "kilograms (kg)"), ("lb", "pounds (lb)")],
                default="",
                max_length=2,
            ),
        ),
        ("on", models.DateField()),
        (
            "result",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="weights", to="labs.labresult"
            ),
        ),
        ("confirmed_at", models.DateTimeField(blank=True, help_text="Somebody looked at a jump.", null=True)),
        (
            "confirmed_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ],
    options={
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="weight_in_error_says_who_and_why",
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
            models.CheckConstraint(name="weight_is_above_zero", condition=Q(kg__gt=0)),
            models.CheckConstraint(
                name="typed_weight_has_a_unit",
                condition=(Q(typed_unit="", typed_value=None))
                | (Q(typed_unit__in=["kg", "lb"], typed_value__isnull=False)),
            ),
            models.CheckConstraint(
                name="weight_confirmed_says_by_whom",
                condition=(Q(confirmed_at__isnull=True, confirmed_by__isnull=True))
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False)),
            ),
            models.UniqueConstraint(
                name="result_gives_one_weight", fields=("result",), condition=Q(recorded_in_error_at=None)
            ),
        ],
    },
)

SCAN = migrations.CreateModel(
    name="Scan",
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
        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
        (
            "cancelled_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("cancelled_because", models.TextField(blank=True, default="")),
        ("patient", models.ForeignKey(on_delete=models.PROTECT, related_name="scans", to="patients.patient")),
        (
            "kind",
            models.CharField(
                choices=[("sstr-pet", "Somatostatin-receptor imaging"), ("ct-mri", "CT or MRI")],
                max_length=20,
            ),
        ),
        ("on", models.DateField()),
        ("modality", models.CharField(blank=True, help_text="Such as Ga-68 DOTATATE PET/CT.", max_length=60)),
        (
            "uptake",
            models.CharField(
                blank=True,
                choices=[
                    ("below-liver", "Below liver"),
                    ("liver", "Like liver"),
                    ("above-liver", "Above liver"),
                ],
                max_length=20,
                null=True,
            ),
        ),
        ("where", models.CharField(blank=True, max_length=200)),
        ("report", models.TextField(blank=True)),
        ("report_received_on", models.DateField(blank=True, null=True)),
        ("images_received_on", models.DateField(blank=True, null=True)),
    ],
    options={
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="scan_in_error_says_who_and_why",
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
                name="scan_cancelled_says_who_and_why",
                condition=(Q(cancelled_at__isnull=True, cancelled_because="", cancelled_by__isnull=True))
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="") & Q(cancelled_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="scan_kind_is_a_known_word", condition=Q(kind__in=["sstr-pet", "ct-mri"])
            ),
            models.CheckConstraint(
                name="scan_uptake_is_a_known_word",
                condition=Q(uptake__in=["below-liver", "liver", "above-liver"]),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_courses_and_decisions")]

    operations = [
        CreateModels(
            [
                *with_history(INFUSION_GIVEN),
                *with_history(INJECTION),
                *with_history(WEIGHT),
                *with_history(SCAN),
            ]
        )
    ]
