"""Machines that call, the audit and its seals."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

API_CLIENT = migrations.CreateModel(
    name="ApiClient",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("name", models.CharField(max_length=200, unique=True)),
        (
            "scopes",
            ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None),
        ),
        (
            "token_hash",
            models.CharField(help_text="SHA-256 of the token, never the token.", max_length=64, unique=True),
        ),
        (
            "old_token_hash",
            models.CharField(
                blank=True,
                help_text="Of the token before the last rotation.",
                max_length=64,
                null=True,
                unique=True,
            ),
        ),
        (
            "old_token_ends_at",
            models.DateTimeField(
                blank=True, help_text="Until then the token before the last rotation opens too.", null=True
            ),
        ),
        ("expires_on", models.DateField(blank=True, null=True)),
        ("is_active", models.BooleanField(default=True)),
        (
            "park_unknown",
            models.BooleanField(
                default=False,
                help_text="A report for an unknown patient is accepted and parked, not refused.",
            ),
        ),
        (
            "mrn_systems",
            ArrayField(
                base_field=models.CharField(max_length=200),
                blank=True,
                default=list,
                help_text="Assigning authorities whose numbers this client may use; none listed: any.",
                size=None,
            ),
        ),
        (
            "timezone",
            models.CharField(
                default="America/New_York",
                help_text="The zone of times that it sends without one.",
                max_length=60,
            ),
        ),
        ("last_used_at", models.DateTimeField(blank=True, null=True)),
        ("sites", models.ManyToManyField(blank=True, related_name="api_clients", to="base.site")),
    ],
    options={
        "ordering": ["name"],
        "constraints": [
            models.CheckConstraint(
                name="client_old_token_says_when_it_ends",
                condition=(Q(old_token_ends_at__isnull=True, old_token_hash__isnull=True))
                | (Q(old_token_ends_at__isnull=False, old_token_hash__isnull=False)),
            ),
        ],
    },
)

IDEMPOTENCY_KEY = migrations.CreateModel(
    name="IdempotencyKey",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "client",
            models.ForeignKey(on_delete=models.PROTECT, related_name="idempotency_keys", to="base.apiclient"),
        ),
        ("key", models.CharField(max_length=255)),
        ("body_hash", models.CharField(max_length=64)),
        (
            "status",
            models.PositiveSmallIntegerField(
                blank=True, help_text="Null where the answer may change.", null=True
            ),
        ),
        ("response", models.JSONField(blank=True, null=True)),
        ("created_at", models.DateTimeField(default=clock.now)),
    ],
    options={
        "indexes": [
            models.Index(name="idempotency_key_by_age", fields=["created_at"]),
        ],
        "constraints": [
            models.UniqueConstraint(name="client_uses_a_key_once", fields=("client", "key")),
            models.CheckConstraint(
                name="idempotency_status_and_response_together",
                condition=(Q(response__isnull=True, status__isnull=True))
                | (Q(response__isnull=False, status__isnull=False)),
            ),
        ],
    },
)

AUDIT_EVENT = migrations.CreateModel(
    name="AuditEvent",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("at", models.DateTimeField(default=clock.now)),
        (
            "kind",
            models.CharField(
                choices=[
                    ("view", "Viewed"),
                    ("change", "Changed"),
                    ("export", "Exported"),
                    ("api", "Called by a machine"),
                    ("sign-in", "Signed in"),
                    ("sign-in-failed", "Failed to sign in"),
                    ("sign-out", "Signed out"),
                    ("second-factor", "Second factor"),
                    ("refused", "Was refused"),
                    ("job", "Done by the product itself"),
                ],
                max_length=20,
            ),
        ),
        (
            "user",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="audit_events",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        (
            "client",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="audit_events",
                to="base.apiclient",
            ),
        ),
        ("actor_name", models.CharField(blank=True, max_length=200)),
        (
            "role",
            models.CharField(
                blank=True,
                choices=[
                    ("navigator", "Nurse navigator"),
                    ("prescriber", "Prescriber"),
                    ("clinic", "Treatment clinic"),
                    ("manager", "Manager"),
                    ("referrer", "Referring practice"),
                    ("admin", "Administrator"),
                ],
                max_length=20,
            ),
        ),
        (
            "view",
            models.CharField(
                blank=True, help_text="The name of the page or call, never its URL.", max_length=200
            ),
        ),
        ("method", models.CharField(blank=True, max_length=10)),
        ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
        ("patients", ArrayField(base_field=models.UUIDField(), blank=True, default=list, size=None)),
        ("detail", models.JSONField(blank=True, default=dict)),
        ("request_id", models.CharField(blank=True, max_length=64)),
        ("address", models.GenericIPAddressField(blank=True, null=True)),
    ],
    options={
        "ordering": ["-at", "-pk"],
        "indexes": [
            models.Index(name="audit_by_moment", fields=["at"]),
            models.Index(name="audit_by_user", fields=["user", "at"]),
            GinIndex(name="audit_by_patient", fields=["patients"]),
        ],
        "constraints": [
            models.CheckConstraint(
                name="audit_names_a_person_or_a_machine_not_both", condition=Q(user=None) | Q(client=None)
            ),
        ],
    },
)

AUDIT_SEAL = migrations.CreateModel(
    name="AuditSeal",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("number", models.PositiveBigIntegerField(unique=True)),
        ("last_id", models.BigIntegerField()),
        ("row_count", models.PositiveIntegerField()),
        ("columns", ArrayField(base_field=models.CharField(max_length=63), size=None)),
        ("sealed_at", models.DateTimeField()),
        ("digest", models.CharField(max_length=64)),
        (
            "key_name",
            models.CharField(help_text="Begins the key's fingerprint; never the key.", max_length=16),
        ),
        ("mac", models.CharField(max_length=64)),
    ],
    options={
        "ordering": ["number"],
        "constraints": [
            models.CheckConstraint(name="seals_are_counted_from_one", condition=Q(number__gte=1)),
        ],
    },
)

HEARTBEAT = migrations.CreateModel(
    name="Heartbeat",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("name", models.CharField(max_length=60, unique=True)),
        ("at", models.DateTimeField()),
    ],
)


class Migration(migrations.Migration):
    dependencies = [("base", "0002_people_and_places")]

    operations = [
        CreateModels(
            [
                *with_history(API_CLIENT),
                IDEMPOTENCY_KEY,
                AUDIT_EVENT,
                AUDIT_SEAL,
                HEARTBEAT,
            ]
        )
    ]
