"""The disease, earlier therapies, eligibility, tumor board and response."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

DIAGNOSIS = migrations.CreateModel(
    name="Diagnosis",
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
            models.ForeignKey(on_delete=models.PROTECT, related_name="diagnoses", to="patients.patient"),
        ),
        ("diagnosed_on", models.DateField(blank=True, null=True)),
        ("primary_site", models.CharField(max_length=100)),
        ("t_stage", models.CharField(blank=True, max_length=10, verbose_name="T")),
        ("n_stage", models.CharField(blank=True, max_length=10, verbose_name="N")),
        ("m_stage", models.CharField(blank=True, max_length=10, verbose_name="M")),
        ("stage_group", models.CharField(blank=True, max_length=20)),
        ("metastases", models.CharField(blank=True, max_length=200, verbose_name="sites of metastases")),
        (
            "functioning",
            models.CharField(
                choices=[("yes", "Functioning"), ("no", "Not functioning"), ("unknown", "Not known")],
                default="unknown",
                max_length=10,
            ),
        ),
        ("symptoms", models.TextField(blank=True)),
        (
            "pathology_on",
            models.DateField(blank=True, null=True, verbose_name="date of the pathology report"),
        ),
        (
            "differentiation",
            models.CharField(
                choices=[
                    ("well", "Well differentiated"),
                    ("poor", "Poorly differentiated"),
                    ("unknown", "Not stated"),
                ],
                default="unknown",
                max_length=10,
            ),
        ),
        (
            "ki67_percent",
            models.DecimalField(
                blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="Ki-67 (%)"
            ),
        ),
        (
            "mitoses_per_2mm2",
            models.DecimalField(
                blank=True, decimal_places=2, max_digits=6, null=True, verbose_name="mitoses per 2 mm²"
            ),
        ),
        (
            "grade",
            models.CharField(
                choices=[("G1", "G1"), ("G2", "G2"), ("G3", "G3"), ("NEC", "NEC"), ("unknown", "Not stated")],
                default="unknown",
                max_length=10,
            ),
        ),
        ("grading_scheme", models.CharField(blank=True, help_text="For example WHO 2022.", max_length=60)),
        ("markers", models.TextField(blank=True)),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "verbose_name_plural": "diagnoses",
        "ordering": ["-diagnosed_on", "-pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="diagnosis_in_error_says_who_and_why",
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
                name="diagnosis_functioning_is_a_known_word",
                condition=Q(functioning__in=["yes", "no", "unknown"]),
            ),
            models.CheckConstraint(
                name="diagnosis_differentiation_is_a_known_word",
                condition=Q(differentiation__in=["well", "poor", "unknown"]),
            ),
            models.CheckConstraint(
                name="diagnosis_grade_is_a_known_word",
                condition=Q(grade__in=["G1", "G2", "G3", "NEC", "unknown"]),
            ),
            models.CheckConstraint(
                name="ki67_is_between_0_and_100_percent",
                condition=Q(ki67_percent=None) | Q(ki67_percent__range=(0, 100)),
            ),
            models.CheckConstraint(
                name="mitoses_are_not_negative",
                condition=Q(mitoses_per_2mm2=None) | Q(mitoses_per_2mm2__gte=0),
            ),
        ],
    },
)

PRIOR_THERAPY = migrations.CreateModel(
    name="PriorTherapy",
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
            models.ForeignKey(on_delete=models.PROTECT, related_name="therapies", to="patients.patient"),
        ),
        (
            "kind",
            models.CharField(
                choices=[
                    ("TARE", "Radioembolization (TARE)"),
                    ("SIRT", "Radioembolization (SIRT)"),
                    ("TACE", "Chemoembolization"),
                    ("bland-embolization", "Bland embolization"),
                    ("ablation", "Ablation"),
                    ("prrt-y90", "PRRT with Y-90"),
                    ("prrt-lu177", "PRRT with Lu-177"),
                    ("ssa", "Somatostatin analog"),
                    ("chemotherapy", "Chemotherapy"),
                    ("kinase-inhibitor", "Kinase inhibitor"),
                    ("mtor-inhibitor", "mTOR inhibitor"),
                    ("interferon", "Interferon"),
                    ("surgery", "Surgery"),
                    ("debulking", "Debulking or liver resection"),
                    ("external-radiation", "External-beam radiation"),
                    ("other", "Other"),
                ],
                max_length=30,
            ),
        ),
        ("name", models.CharField(blank=True, max_length=200, verbose_name="drug or procedure")),
        ("on", models.DateField(blank=True, null=True, verbose_name="day, or first day")),
        ("ended_on", models.DateField(blank=True, null=True)),
        ("planned", models.BooleanField(default=False)),
        ("cycles", models.PositiveSmallIntegerField(blank=True, null=True)),
        (
            "cumulative_gbq",
            models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=6,
                null=True,
                verbose_name="cumulative activity (GBq)",
            ),
        ),
        ("progressed", models.BooleanField(blank=True, null=True, verbose_name="progressed under it")),
        ("details", models.TextField(blank=True)),
    ],
    options={
        "verbose_name_plural": "prior therapies",
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="priortherapy_in_error_says_who_and_why",
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
                name="priortherapy_cancelled_says_who_and_why",
                condition=(Q(cancelled_at__isnull=True, cancelled_because="", cancelled_by__isnull=True))
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="") & Q(cancelled_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="therapy_kind_is_a_known_word",
                condition=Q(
                    kind__in=[
                        "TARE",
                        "SIRT",
                        "TACE",
                        "bland-embolization",
                        "ablation",
                        "prrt-y90",
                        "prrt-lu177",
                        "ssa",
                        "chemotherapy",
                        "kinase-inhibitor",
                        "mtor-inhibitor",
                        "interferon",
                        "surgery",
                        "debulking",
                        "external-radiation",
                        "other",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="therapy_ends_after_it_began",
                condition=Q(on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("on")),
            ),
            models.CheckConstraint(
                name="therapy_activity_is_above_zero",
                condition=Q(cumulative_gbq=None) | Q(cumulative_gbq__gt=0),
            ),
        ],
    },
)

ELIGIBILITY_EVIDENCE = migrations.CreateModel(
    name="EligibilityEvidence",
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
            models.ForeignKey(on_delete=models.PROTECT, related_name="eligibility", to="patients.patient"),
        ),
        (
            "referral",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="eligibility",
                to="patients.referral",
            ),
        ),
        ("criterion", models.CharField(max_length=60)),
        (
            "answer",
            models.CharField(
                choices=[("met", "Met"), ("not-met", "Not met"), ("cannot-tell", "Cannot tell")],
                max_length=20,
            ),
        ),
        ("value", models.CharField(blank=True, help_text="The figure found, with its unit.", max_length=60)),
        (
            "threshold",
            models.CharField(blank=True, help_text="The threshold it was held against.", max_length=60),
        ),
        ("source", models.CharField(blank=True, help_text="Whose threshold it is.", max_length=120)),
        ("evidence", models.TextField(blank=True)),
        ("evidence_on", models.DateField()),
        ("expires_on", models.DateField(blank=True, null=True)),
    ],
    options={
        "verbose_name_plural": "eligibility evidence",
        "ordering": ["criterion", "-evidence_on", "-pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="eligibilityevidence_in_error_says_who_and_why",
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
                name="eligibility_answer_is_a_known_word",
                condition=Q(answer__in=["met", "not-met", "cannot-tell"]),
            ),
            models.CheckConstraint(
                name="evidence_does_not_expire_before_its_day",
                condition=Q(evidence_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=models.F("evidence_on")),
            ),
        ],
    },
)

TUMOR_BOARD_DECISION = migrations.CreateModel(
    name="TumorBoardDecision",
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
                on_delete=models.PROTECT, related_name="tumor_board_decisions", to="patients.patient"
            ),
        ),
        (
            "referral",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="tumor_board_decisions",
                to="patients.referral",
            ),
        ),
        ("met_on", models.DateField()),
        (
            "outcome",
            models.CharField(
                choices=[
                    ("offer", "Offer PRRT"),
                    ("decline", "Do not offer PRRT"),
                    ("defer", "Deferred for a question"),
                    ("other-treatment", "Other treatment first"),
                ],
                max_length=20,
            ),
        ),
        ("rationale", models.TextField(blank=True)),
        ("conditions", models.TextField(blank=True)),
        (
            "attendees",
            ArrayField(base_field=models.CharField(max_length=200), blank=True, default=list, size=None),
        ),
        ("dissent", models.TextField(blank=True)),
        (
            "deferred_for",
            models.TextField(blank=True, default="", verbose_name="question it was deferred for"),
        ),
        ("comes_back_on", models.DateField(blank=True, null=True)),
        ("bad_berka_score", models.DecimalField(blank=True, decimal_places=2, max_digits=6, null=True)),
        ("bad_berka_components", models.JSONField(blank=True, default=dict)),
    ],
    options={
        "ordering": ["-met_on", "-pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="tumorboarddecision_in_error_says_who_and_why",
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
                name="tumor_board_outcome_is_a_known_word",
                condition=Q(outcome__in=["offer", "decline", "defer", "other-treatment"]),
            ),
            models.CheckConstraint(
                name="tumor_board_defers_for_a_question",
                condition=(Q(outcome="defer") & ~Q(deferred_for=""))
                | (~Q(outcome="defer") & Q(comes_back_on=None, deferred_for="")),
            ),
        ],
    },
)

RESPONSE_ASSESSMENT = migrations.CreateModel(
    name="ResponseAssessment",
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
                on_delete=models.PROTECT, related_name="response_assessments", to="patients.patient"
            ),
        ),
        ("on", models.DateField()),
        (
            "outcome",
            models.CharField(
                choices=[
                    ("complete", "Complete response"),
                    ("partial", "Partial response"),
                    ("stable", "Stable disease"),
                    ("progression", "Progression"),
                    ("not-evaluable", "Not evaluable"),
                ],
                max_length=20,
            ),
        ),
        (
            "basis",
            models.TextField(blank=True, help_text="Scans, markers, symptoms; criteria, such as RECIST 1.1."),
        ),
        (
            "first_scan_only",
            models.BooleanField(default=False, verbose_name="rests only on the first scan after treatment"),
        ),
    ],
    options={
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="responseassessment_in_error_says_who_and_why",
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
                name="response_outcome_is_a_known_word",
                condition=Q(outcome__in=["complete", "partial", "stable", "progression", "not-evaluable"]),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_patients_and_referrals")]

    operations = [
        CreateModels(
            [
                *with_history(DIAGNOSIS),
                *with_history(PRIOR_THERAPY),
                *with_history(ELIGIBILITY_EVIDENCE),
                *with_history(TUMOR_BOARD_DECISION),
                *with_history(RESPONSE_ASSESSMENT),
            ]
        )
    ]
