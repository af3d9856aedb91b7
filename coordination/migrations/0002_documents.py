"""Documents, their versions, and where they were sent."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

DOCUMENT = migrations.CreateModel(
    name="Document",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("version", models.PositiveIntegerField(default=1, editable=False)),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "kind",
            models.CharField(
                choices=[
                    ("acknowledgement", "Acknowledgement of the referral"),
                    ("please-send", "Please send"),
                    ("plan", "Treatment plan"),
                    ("after-cycle", "Letter after an infusion"),
                    ("hold", "Letter on a hold"),
                    ("stop", "Letter on a stop"),
                    ("hand-back", "Hand-back letter"),
                    ("radiation-sheet", "Radiation sheet"),
                    ("treatment-calendar", "Treatment calendar"),
                    ("travel-card", "Travel card"),
                    ("family-page", "Page for family and helpers"),
                    ("tumor-board", "Tumor-board page"),
                    ("dose-order", "Dose order form"),
                    ("downtime-list", "Downtime list"),
                ],
                max_length=30,
            ),
        ),
        ("site", models.ForeignKey(on_delete=models.PROTECT, related_name="documents", to="base.site")),
        (
            "patient",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="documents",
                to="patients.patient",
            ),
        ),
        (
            "course",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="documents",
                to="scheduling.course",
            ),
        ),
        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
        (
            "practice",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="documents", to="base.practice"
            ),
        ),
        ("language", models.CharField(default="en", max_length=10)),
        ("free_text", models.TextField(blank=True)),
        (
            "left_out",
            ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None),
        ),
        ("created_at", models.DateTimeField(default=clock.now)),
        (
            "created_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("dropped_at", models.DateTimeField(blank=True, null=True)),
        (
            "dropped_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("dropped_because", models.TextField(blank=True, default="")),
    ],
    options={
        "ordering": ["-created_at", "-pk"],
        "indexes": [
            models.Index(name="document_by_patient", fields=["patient", "created_at"]),
        ],
        "constraints": [
            models.CheckConstraint(
                name="document_kind_is_a_known_word",
                condition=Q(
                    kind__in=[
                        "acknowledgement",
                        "please-send",
                        "plan",
                        "after-cycle",
                        "hold",
                        "stop",
                        "hand-back",
                        "radiation-sheet",
                        "treatment-calendar",
                        "travel-card",
                        "family-page",
                        "tumor-board",
                        "dose-order",
                        "downtime-list",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="document_is_about_a_patient_or_a_site_s_week",
                condition=(Q(kind="downtime-list", patient=None))
                | (~Q(kind="downtime-list") & Q(patient__isnull=False)),
            ),
            models.CheckConstraint(name="document_language_is_ours", condition=Q(language__in=["en", "es"])),
            models.CheckConstraint(
                name="document_cycle_is_from_1_to_10",
                condition=Q(cycle_number=None) | Q(cycle_number__range=(1, 10)),
            ),
            models.CheckConstraint(
                name="document_dropped_says_who_and_why",
                condition=(Q(dropped_at__isnull=True, dropped_because="", dropped_by__isnull=True))
                | (Q(dropped_at__isnull=False) & ~Q(dropped_because="") & Q(dropped_by__isnull=False)),
            ),
        ],
    },
)

DOCUMENT_VERSION = migrations.CreateModel(
    name="DocumentVersion",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "document",
            models.ForeignKey(on_delete=models.PROTECT, related_name="versions", to="coordination.document"),
        ),
        ("number", models.PositiveSmallIntegerField()),
        ("made_at", models.DateTimeField()),
        (
            "signed_by",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="signed_documents", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("language", models.CharField(max_length=10)),
        ("free_text", models.TextField(blank=True)),
        (
            "left_out",
            ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None),
        ),
        (
            "digest",
            models.CharField(
                help_text="SHA-256 of the words, as whoever signed had read them.", max_length=64
            ),
        ),
        ("pdf", models.BinaryField()),
        ("sha256", models.CharField(help_text="SHA-256 of the PDF.", max_length=64)),
    ],
    options={
        "ordering": ["document", "-number"],
        "constraints": [
            models.UniqueConstraint(name="document_has_each_version_once", fields=("document", "number")),
            models.CheckConstraint(name="document_versions_count_from_1", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="document_version_holds_its_bytes", condition=~Q(pdf=b"") & ~Q(sha256="")
            ),
        ],
    },
)

DOCUMENT_SENDING = migrations.CreateModel(
    name="DocumentSending",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "version",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="sendings", to="coordination.documentversion"
            ),
        ),
        (
            "channel",
            models.CharField(
                choices=[
                    ("mail-link", "Link by e-mail"),
                    ("portal", "Portal"),
                    ("print", "Printed and handed over, mailed or faxed"),
                ],
                max_length=20,
            ),
        ),
        ("at", models.DateTimeField()),
        ("by", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        ("to", models.CharField(help_text="To whom, in words.", max_length=200)),
    ],
    options={
        "ordering": ["-at", "-pk"],
        "constraints": [
            models.CheckConstraint(
                name="document_sending_channel_is_a_known_word",
                condition=Q(channel__in=["mail-link", "portal", "print"]),
            ),
            models.CheckConstraint(name="document_sending_says_to_whom", condition=~Q(to="")),
        ],
    },
)

DOCUMENT_BATCH = migrations.CreateModel(
    name="DocumentBatch",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "site",
            models.ForeignKey(on_delete=models.PROTECT, related_name="document_batches", to="base.site"),
        ),
        (
            "kind",
            models.CharField(
                choices=[
                    ("acknowledgement", "Acknowledgement of the referral"),
                    ("please-send", "Please send"),
                    ("plan", "Treatment plan"),
                    ("after-cycle", "Letter after an infusion"),
                    ("hold", "Letter on a hold"),
                    ("stop", "Letter on a stop"),
                    ("hand-back", "Hand-back letter"),
                    ("radiation-sheet", "Radiation sheet"),
                    ("treatment-calendar", "Treatment calendar"),
                    ("travel-card", "Travel card"),
                    ("family-page", "Page for family and helpers"),
                    ("tumor-board", "Tumor-board page"),
                    ("dose-order", "Dose order form"),
                    ("downtime-list", "Downtime list"),
                ],
                max_length=30,
            ),
        ),
        ("free_text", models.TextField(blank=True)),
        ("started_at", models.DateTimeField()),
        (
            "started_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
    ],
    options={
        "verbose_name_plural": "document batches",
        "ordering": ["-started_at", "-pk"],
        "constraints": [
            models.CheckConstraint(
                name="document_batch_kind_is_a_known_word",
                condition=Q(
                    kind__in=[
                        "acknowledgement",
                        "please-send",
                        "plan",
                        "after-cycle",
                        "hold",
                        "stop",
                        "hand-back",
                        "radiation-sheet",
                        "treatment-calendar",
                        "travel-card",
                        "family-page",
                        "tumor-board",
                        "dose-order",
                        "downtime-list",
                    ]
                ),
            ),
        ],
    },
)

BATCH_LETTER = migrations.CreateModel(
    name="BatchLetter",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        (
            "batch",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="letters", to="coordination.documentbatch"
            ),
        ),
        ("patient", models.ForeignKey(on_delete=models.PROTECT, related_name="+", to="patients.patient")),
        (
            "state",
            models.CharField(
                choices=[
                    ("waiting", "Waiting"),
                    ("writing", "Being written"),
                    ("written", "Written"),
                    ("skipped", "Not needed"),
                    ("failed", "Failed"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        ("claimed_at", models.DateTimeField(blank=True, null=True)),
        ("attempts", models.PositiveSmallIntegerField(default=0)),
        ("settled_at", models.DateTimeField(blank=True, null=True)),
        (
            "version",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="coordination.documentversion",
            ),
        ),
        ("note", models.TextField(blank=True, help_text="Why it was not needed, or what went wrong.")),
    ],
    options={
        "ordering": ["batch", "pk"],
        "indexes": [
            models.Index(
                name="batch_letter_to_write",
                fields=["state", "id"],
                condition=Q(state__in=["waiting", "writing"]),
            ),
        ],
        "constraints": [
            models.CheckConstraint(
                name="batch_letter_state_is_a_known_word",
                condition=Q(state__in=["waiting", "writing", "written", "skipped", "failed"]),
            ),
            models.UniqueConstraint(name="batch_writes_to_each_patient_once", fields=("batch", "patient")),
            models.CheckConstraint(
                name="batch_letter_written_has_its_version",
                condition=(Q(state="written", version__isnull=False))
                | (~Q(state="written") & Q(version=None)),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("coordination", "0001_handover_and_filters"), ("scheduling", "0006_triggers")]

    operations = [
        CreateModels(
            [
                *with_history(DOCUMENT),
                DOCUMENT_VERSION,
                DOCUMENT_SENDING,
                DOCUMENT_BATCH,
                BATCH_LETTER,
            ]
        )
    ]
