import uuid

import django.contrib.postgres.fields
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
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("coordination", "0002_messages_and_reminders"),
        ("patients", "0001_patients"),
        ("scheduling", "0003_sign_ahead_of_the_panel"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Document",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("free_text", models.TextField(blank=True)),
                        (
                            "left_out",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("dropped_at", models.DateTimeField(blank=True, null=True)),
                        ("dropped_because", models.TextField(blank=True, default="")),
                        (
                            "course",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="scheduling.course",
                            ),
                        ),
                        (
                            "created_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "dropped_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="base.practice",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="base.site",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-created_at", "-pk"],
                        "indexes": [
                            models.Index(fields=["patient", "created_at"], name="document_by_patient")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
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
                                        ],
                                    )
                                ),
                                name="document_kind_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("kind", "downtime-list"), ("patient", None)),
                                    models.Q(
                                        models.Q(("kind", "downtime-list"), _negated=True),
                                        ("patient__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="document_is_about_a_patient_or_a_site_s_week",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("language__in", ["en", "es"])),
                                name="document_language_is_ours",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cycle_number", None), ("cycle_number__range", (1, 10)), _connector="OR"
                                ),
                                name="document_cycle_is_from_1_to_10",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("dropped_at__isnull", True),
                                        ("dropped_because", ""),
                                        ("dropped_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("dropped_at__isnull", False),
                                        models.Q(("dropped_because", ""), _negated=True),
                                        ("dropped_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="document_dropped_says_who_and_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentBatch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="document_batches",
                                to="base.site",
                            ),
                        ),
                        (
                            "started_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "document batches",
                        "ordering": ["-started_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
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
                                        ],
                                    )
                                ),
                                name="document_batch_kind_is_a_known_word",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("number", models.PositiveSmallIntegerField()),
                        ("made_at", models.DateTimeField()),
                        ("language", models.CharField(max_length=10)),
                        ("free_text", models.TextField(blank=True)),
                        (
                            "left_out",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "digest",
                            models.CharField(
                                help_text="SHA-256 of the words, as whoever signed had read them.",
                                max_length=64,
                            ),
                        ),
                        ("pdf", models.BinaryField()),
                        ("sha256", models.CharField(help_text="SHA-256 of the PDF.", max_length=64)),
                        (
                            "document",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="coordination.document",
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signed_documents",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["document", "-number"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("document", "number"), name="document_has_each_version_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number__gte", 1)), name="document_versions_count_from_1"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("pdf", b""), _negated=True),
                                    models.Q(("sha256", ""), _negated=True),
                                ),
                                name="document_version_holds_its_bytes",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentSending",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                        ("to", models.CharField(help_text="To whom, in words.", max_length=200)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sendings",
                                to="coordination.documentversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["mail-link", "portal", "print"])),
                                name="document_sending_channel_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("to", ""), _negated=True),
                                name="document_sending_says_to_whom",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="BatchLetter",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
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
                            "note",
                            models.TextField(
                                blank=True, help_text="Why it was not needed, or what went wrong."
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="letters",
                                to="coordination.documentbatch",
                            ),
                        ),
                        (
                            "version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="coordination.documentversion",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["batch", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "writing"])),
                                fields=["state", "id"],
                                name="batch_letter_to_write",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["waiting", "writing", "written", "skipped", "failed"])
                                ),
                                name="batch_letter_state_is_a_known_word",
                            ),
                            models.UniqueConstraint(
                                fields=("batch", "patient"), name="batch_writes_to_each_patient_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "written"), ("version__isnull", False)),
                                    models.Q(
                                        models.Q(("state", "written"), _negated=True), ("version", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_letter_written_has_its_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalDocument",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("version", models.PositiveIntegerField(default=1, editable=False)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
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
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("language", models.CharField(default="en", max_length=10)),
                        ("free_text", models.TextField(blank=True)),
                        (
                            "left_out",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("dropped_at", models.DateTimeField(blank=True, null=True)),
                        ("dropped_because", models.TextField(blank=True, default="")),
                        ("history_id", models.AutoField(primary_key=True, serialize=False)),
                        ("history_date", models.DateTimeField(db_index=True)),
                        (
                            "history_type",
                            models.CharField(
                                choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                            ),
                        ),
                        (
                            "course",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="scheduling.course",
                            ),
                        ),
                        (
                            "created_by",
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
                            "dropped_by",
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
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.patient",
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
                    ],
                    options={
                        "verbose_name": "historical document",
                        "verbose_name_plural": "historical documents",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ],
        ),
        # What left the house is never rewritten.
        only_added("coordination_documentversion"),
        only_added("coordination_documentsending"),
    ]
