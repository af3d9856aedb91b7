import uuid

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock
from coordination.base.schema import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_audit_is_only_added"),
        ("patients", "0001_patients"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="LabReport",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lab_reports",
                                to="base.site",
                            ),
                        ),
                        (
                            "client",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lab_reports",
                                to="base.apiclient",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                help_text="Who sent it; typed by hand: by-hand.", max_length=200
                            ),
                        ),
                        (
                            "message_key",
                            models.CharField(
                                help_text="The sender's own number for the message.", max_length=255
                            ),
                        ),
                        ("body_hash", models.CharField(help_text="SHA-256 of the body.", max_length=64)),
                        ("body", models.TextField(blank=True)),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lab_reports",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("received", "Received"),
                                    ("applied", "Applied"),
                                    ("parked", "Waiting for a person"),
                                ],
                                default="received",
                                max_length=10,
                            ),
                        ),
                        ("problem", models.TextField(blank=True)),
                        ("received_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("applied_at", models.DateTimeField(blank=True, null=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("next_try_at", models.DateTimeField(default=coordination.base.clock.now)),
                    ],
                    options={
                        "ordering": ["-received_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "received")),
                                fields=["next_try_at"],
                                name="lab_report_waiting",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["received", "applied", "parked"])),
                                name="lab_report_state_is_a_known_word",
                            ),
                            models.UniqueConstraint(
                                fields=("source", "message_key", "body_hash"),
                                name="lab_report_is_received_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("applied_at__isnull", False), ("state", "applied")),
                                    models.Q(
                                        models.Q(("state", "applied"), _negated=True), ("applied_at", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="lab_report_applied_says_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "applied"), _negated=True),
                                    ("patient__isnull", False),
                                    _connector="OR",
                                ),
                                name="lab_report_is_applied_to_a_patient",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LabResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="results",
                                to="labs.labreport",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                help_text="Null while the report is parked.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="results",
                                to="patients.patient",
                            ),
                        ),
                        ("source", models.CharField(max_length=200)),
                        (
                            "source_id",
                            models.CharField(help_text="The source's own id of the result.", max_length=255),
                        ),
                        (
                            "version",
                            models.PositiveIntegerField(default=1, help_text="Counted as received, from 1."),
                        ),
                        (
                            "replaces",
                            models.ForeignKey(
                                blank=True,
                                help_text="A result of another id that its sender says this one replaces.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="labs.labresult",
                            ),
                        ),
                        ("loinc", models.CharField(blank=True, max_length=60)),
                        ("code_text", models.CharField(blank=True, max_length=200)),
                        ("value", models.TextField(blank=True, null=True)),
                        ("comparator", models.CharField(blank=True, max_length=10, null=True)),
                        ("unit", models.CharField(blank=True, max_length=60, null=True)),
                        ("low", models.CharField(blank=True, max_length=60, null=True)),
                        ("high", models.CharField(blank=True, max_length=60, null=True)),
                        ("range_text", models.CharField(blank=True, max_length=200)),
                        ("status", models.CharField(max_length=20)),
                        ("absent_reason", models.CharField(blank=True, max_length=60)),
                        ("note", models.TextField(blank=True)),
                        ("filler_order", models.CharField(blank=True, max_length=100)),
                        ("collected_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "collected_text",
                            models.CharField(
                                blank=True,
                                help_text="The time as sent, where that was not a whole instant.",
                                max_length=60,
                            ),
                        ),
                        ("reported_at", models.DateTimeField(blank=True, null=True)),
                        ("received_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "entered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("analyte", models.CharField(blank=True, max_length=40, null=True)),
                        (
                            "used_value",
                            models.DecimalField(blank=True, decimal_places=10, max_digits=40, null=True),
                        ),
                        (
                            "used_text",
                            models.CharField(
                                blank=True,
                                help_text="Exact where it ends, else with six decimals.",
                                max_length=80,
                            ),
                        ),
                        ("used_comparator", models.CharField(blank=True, max_length=2)),
                        ("used_unit", models.CharField(blank=True, max_length=40, null=True)),
                        (
                            "usable",
                            models.BooleanField(
                                default=False,
                                help_text="Its code, value and unit could be read, and its status is final.",
                            ),
                        ),
                        ("rejection", models.CharField(blank=True, max_length=30, null=True)),
                    ],
                    options={
                        "ordering": ["collected_at", "pk"],
                        "indexes": [
                            models.Index(
                                fields=["patient", "collected_at"], name="result_by_patient_and_time"
                            ),
                            models.Index(
                                fields=["patient", "analyte", "collected_at"], name="result_by_analyte"
                            ),
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("source", "source_id", "version"),
                                name="result_version_is_stored_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("version__gte", 1)), name="result_versions_count_from_1"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source_id", ""), _negated=True),
                                name="result_has_an_id_of_its_source",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("usable", False), ("rejection", None), _connector="OR"),
                                name="usable_result_is_not_rejected",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("usable", False),
                                    models.Q(("analyte__isnull", False), ("collected_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="usable_result_has_an_analyte_and_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("usable", False),
                                    ("status__in", ["final", "amended", "corrected"]),
                                    _connector="OR",
                                ),
                                name="usable_result_is_final",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("replaces", None),
                                    models.Q(("replaces", models.F("pk")), _negated=True),
                                    _connector="OR",
                                ),
                                name="result_does_not_replace_itself",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ReviewItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "report",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="review_items",
                                to="labs.labreport",
                            ),
                        ),
                        (
                            "result",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="review_items",
                                to="labs.labresult",
                            ),
                        ),
                        (
                            "patient",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="review_items",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("patient-unknown", "Unknown patient"),
                                    ("identity-mismatch", "Contradicts the patient's record"),
                                    ("code-unknown", "Unknown code"),
                                    ("value-unreadable", "Value cannot be read"),
                                    ("unit-missing", "Unit missing"),
                                    ("unit-unknown", "Unknown unit"),
                                    ("implausible", "Implausible value"),
                                    ("status", "Status that no rule uses"),
                                    ("preliminary", "Preliminary result that would decide"),
                                    ("corrected", "Corrected after a decision"),
                                    ("wrong-patient", "Taken back: wrong patient"),
                                    ("time", "Collection time missing or in the future"),
                                    ("same-id", "A message number used for another message"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("detail", models.TextField(blank=True)),
                        ("opened_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "resolved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("resolution", models.TextField(blank=True, default="")),
                    ],
                    options={
                        "ordering": ["opened_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("resolved_at", None)),
                                fields=["opened_at"],
                                name="review_item_open",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "patient-unknown",
                                            "identity-mismatch",
                                            "code-unknown",
                                            "value-unreadable",
                                            "unit-missing",
                                            "unit-unknown",
                                            "implausible",
                                            "status",
                                            "preliminary",
                                            "corrected",
                                            "wrong-patient",
                                            "time",
                                            "same-id",
                                        ],
                                    )
                                ),
                                name="review_item_kind_is_a_known_word",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("resolved_at", None)),
                                fields=("report", "result", "kind"),
                                name="one_open_review_item_of_a_kind",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("resolution", ""), ("resolved_at__isnull", True)),
                                    models.Q(
                                        ("resolved_at__isnull", False),
                                        models.Q(("resolution", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="review_item_resolved_says_how",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("resolved_by", None), ("resolved_at__isnull", False), _connector="OR"
                                ),
                                name="review_item_resolved_by_says_when",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalReviewItem",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("patient-unknown", "Unknown patient"),
                                    ("identity-mismatch", "Contradicts the patient's record"),
                                    ("code-unknown", "Unknown code"),
                                    ("value-unreadable", "Value cannot be read"),
                                    ("unit-missing", "Unit missing"),
                                    ("unit-unknown", "Unknown unit"),
                                    ("implausible", "Implausible value"),
                                    ("status", "Status that no rule uses"),
                                    ("preliminary", "Preliminary result that would decide"),
                                    ("corrected", "Corrected after a decision"),
                                    ("wrong-patient", "Taken back: wrong patient"),
                                    ("time", "Collection time missing or in the future"),
                                    ("same-id", "A message number used for another message"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("detail", models.TextField(blank=True)),
                        ("opened_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("resolved_at", models.DateTimeField(blank=True, null=True)),
                        ("resolution", models.TextField(blank=True, default="")),
                        (
                            "report",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="labs.labreport",
                            ),
                        ),
                        (
                            "result",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="labs.labresult",
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
                            "resolved_by",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
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
                    ],
                    options={
                        "verbose_name": "historical review item",
                        "verbose_name_plural": "historical review items",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
            ]
        ),
    ]
