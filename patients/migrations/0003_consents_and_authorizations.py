"""Consents, education and the payer's authorizations."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

CONSENT = migrations.CreateModel(
    name="Consent",
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
        ("withdrawn_on", models.DateField(blank=True, null=True)),
        ("withdrawn_at", models.DateTimeField(blank=True, help_text="When that was recorded.", null=True)),
        (
            "withdrawn_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("withdrawn_because", models.TextField(blank=True, default="")),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="consents", to="patients.patient"),
        ),
        (
            "kind",
            models.CharField(
                choices=[
                    ("treatment", "Treatment"),
                    ("messages", "E-mail and text messages"),
                    ("sharing", "Sharing records with the practices"),
                ],
                default="treatment",
                max_length=20,
            ),
        ),
        ("given_on", models.DateField()),
        ("form_version", models.CharField(blank=True, max_length=40)),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["given_on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="consent_in_error_says_who_and_why",
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
                name="consent_withdrawn_says_who_and_why",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_because="", withdrawn_by__isnull=True))
                | (
                    Q(withdrawn_at__isnull=False)
                    & ~Q(withdrawn_because="")
                    & (Q(withdrawn_by__isnull=False) | Q(recorded_by__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="consent_withdrawn_says_the_day",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_on__isnull=True))
                | (Q(withdrawn_at__isnull=False, withdrawn_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="consent_kind_is_a_known_word",
                condition=Q(kind__in=["treatment", "messages", "sharing"]),
            ),
            models.CheckConstraint(
                name="consent_is_withdrawn_after_it_was_given",
                condition=Q(given_on__isnull=True)
                | Q(withdrawn_on__isnull=True)
                | Q(withdrawn_on__gte=models.F("given_on")),
            ),
        ],
    },
)

EDUCATION = migrations.CreateModel(
    name="Education",
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
        ("withdrawn_on", models.DateField(blank=True, null=True)),
        ("withdrawn_at", models.DateTimeField(blank=True, help_text="When that was recorded.", null=True)),
        (
            "withdrawn_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("withdrawn_because", models.TextField(blank=True, default="")),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="education", to="patients.patient"),
        ),
        (
            "topic",
            models.CharField(
                choices=[
                    ("treatment", "The treatment and its schedule"),
                    ("radiation-precautions", "Radiation precautions"),
                    ("contraception", "Contraception and breast-feeding"),
                    ("who-does-what", "Who does what"),
                ],
                default="treatment",
                max_length=30,
            ),
        ),
        ("on", models.DateField()),
        ("language", models.CharField(default="en", max_length=10)),
        ("taught_by", models.CharField(blank=True, max_length=200)),
        ("understood", models.BooleanField(blank=True, null=True)),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "verbose_name_plural": "education",
        "ordering": ["on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="education_in_error_says_who_and_why",
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
                name="education_withdrawn_says_who_and_why",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_because="", withdrawn_by__isnull=True))
                | (
                    Q(withdrawn_at__isnull=False)
                    & ~Q(withdrawn_because="")
                    & (Q(withdrawn_by__isnull=False) | Q(recorded_by__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="education_withdrawn_says_the_day",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_on__isnull=True))
                | (Q(withdrawn_at__isnull=False, withdrawn_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="education_topic_is_a_known_word",
                condition=Q(
                    topic__in=["treatment", "radiation-precautions", "contraception", "who-does-what"]
                ),
            ),
            models.CheckConstraint(
                name="education_is_withdrawn_after_it_was_given",
                condition=Q(on__isnull=True)
                | Q(withdrawn_on__isnull=True)
                | Q(withdrawn_on__gte=models.F("on")),
            ),
        ],
    },
)

AUTHORIZATION = migrations.CreateModel(
    name="Authorization",
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
        ("withdrawn_on", models.DateField(blank=True, null=True)),
        ("withdrawn_at", models.DateTimeField(blank=True, help_text="When that was recorded.", null=True)),
        (
            "withdrawn_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("withdrawn_because", models.TextField(blank=True, default="")),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="authorizations", to="patients.patient"),
        ),
        ("payer", models.CharField(blank=True, max_length=200)),
        ("number", models.CharField(blank=True, max_length=60)),
        (
            "state",
            models.CharField(
                choices=[("requested", "Requested"), ("granted", "Granted"), ("denied", "Denied")],
                default="granted",
                max_length=20,
            ),
        ),
        ("starts_on", models.DateField(blank=True, null=True)),
        ("ends_on", models.DateField(blank=True, null=True)),
        ("doses", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["starts_on", "pk"],
        "abstract": False,
        "constraints": [
            models.CheckConstraint(
                name="authorization_in_error_says_who_and_why",
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
                name="authorization_withdrawn_says_who_and_why",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_because="", withdrawn_by__isnull=True))
                | (
                    Q(withdrawn_at__isnull=False)
                    & ~Q(withdrawn_because="")
                    & (Q(withdrawn_by__isnull=False) | Q(recorded_by__isnull=True))
                ),
            ),
            models.CheckConstraint(
                name="authorization_withdrawn_says_the_day",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_on__isnull=True))
                | (Q(withdrawn_at__isnull=False, withdrawn_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="authorization_state_is_a_known_word",
                condition=Q(state__in=["requested", "granted", "denied"]),
            ),
            models.CheckConstraint(
                name="authorization_ends_after_it_starts",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="authorization_granted_says_from_when_to_when",
                condition=~Q(state="granted") | (Q(ends_on__isnull=False, starts_on__isnull=False)),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("patients", "0002_disease_and_eligibility")]

    operations = [
        CreateModels(
            [
                *with_history(CONSENT),
                *with_history(EDUCATION),
                *with_history(AUTHORIZATION),
            ]
        )
    ]
