"""Reports as they came, what their senders mean, results, and what waits for a person."""

from uuid import uuid4

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

LAB_REPORT = migrations.CreateModel(
    name="LabReport",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "site",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="lab_reports", to="base.site"
            ),
        ),
        (
            "client",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="lab_reports",
                to="base.apiclient",
            ),
        ),
        ("source", models.CharField(help_text="Who sent it; typed by hand: by-hand.", max_length=200)),
        (
            "laboratory",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The laboratory that the report names.",
                max_length=200,
            ),
        ),
        (
            "message_key",
            models.CharField(help_text="The sender's own number for the message.", max_length=255),
        ),
        ("body_hash", models.CharField(help_text="SHA-256 of the body.", max_length=64)),
        ("body", models.TextField(blank=True)),
        (
            "body_raw",
            models.BinaryField(
                blank=True,
                help_text="The bytes, where they are no text: `body` shows them as \\x00.",
                null=True,
            ),
        ),
        (
            "patient",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
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
                    ("refused", "Not readable"),
                ],
                default="received",
                max_length=10,
            ),
        ),
        ("problem", models.TextField(blank=True)),
        ("received_at", models.DateTimeField(default=clock.now)),
        ("applied_at", models.DateTimeField(blank=True, null=True)),
        ("attempts", models.PositiveSmallIntegerField(default=0)),
        ("next_try_at", models.DateTimeField(default=clock.now)),
    ],
    options={
        "ordering": ["-received_at", "-pk"],
        "indexes": [
            models.Index(name="lab_report_waiting", fields=["next_try_at"], condition=Q(state="received")),
        ],
        "constraints": [
            models.CheckConstraint(
                name="lab_report_state_is_a_known_word",
                condition=Q(state__in=["received", "applied", "parked", "refused"]),
            ),
            models.UniqueConstraint(
                name="lab_report_is_received_once", fields=("source", "message_key", "body_hash")
            ),
            models.CheckConstraint(
                name="lab_report_applied_says_when",
                condition=(Q(applied_at__isnull=False, state="applied"))
                | (~Q(state="applied") & Q(applied_at=None)),
            ),
            models.CheckConstraint(
                name="lab_report_is_applied_to_a_patient",
                condition=~Q(state="applied") | Q(patient__isnull=False),
            ),
        ],
    },
)

SENDER_MAP_ENTRY = migrations.CreateModel(
    name="SenderMapEntry",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "client",
            models.ForeignKey(on_delete=models.PROTECT, related_name="map_entries", to="base.apiclient"),
        ),
        (
            "laboratory",
            models.CharField(
                blank=True, help_text="As its reports name it; empty: reports that name none.", max_length=200
            ),
        ),
        (
            "kind",
            models.CharField(
                choices=[
                    ("code", "Test code"),
                    ("unit", "Unit"),
                    ("authority", "Assigning authority of patient numbers"),
                    ("time-zone", "Time zone of times sent without one"),
                    ("plain-date", "Meaning of a date without a time"),
                ],
                max_length=20,
            ),
        ),
        (
            "sent",
            models.CharField(
                blank=True,
                help_text="The sender's word: system|code of a test, a unit (empty: none sent), an authority.",
                max_length=270,
            ),
        ),
        (
            "analyte",
            models.CharField(blank=True, help_text="Of a unit: the test it is sent for.", max_length=40),
        ),
        (
            "means",
            models.CharField(
                help_text="A LOINC code, a unit, an authority, a time zone, or `day` or HH:MM.",
                max_length=200,
            ),
        ),
        ("because", models.TextField(blank=True)),
        ("made_at", models.DateTimeField(default=clock.now)),
        (
            "made_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("ended_at", models.DateTimeField(blank=True, null=True)),
        (
            "ended_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("ended_because", models.TextField(blank=True, default="")),
    ],
    options={
        "ordering": ["client__name", "laboratory", "kind", "sent", "analyte", "-made_at", "-pk"],
        "constraints": [
            models.CheckConstraint(
                name="sender_map_kind_is_a_known_word",
                condition=Q(kind__in=["code", "unit", "authority", "time-zone", "plain-date"]),
            ),
            models.UniqueConstraint(
                name="sender_means_one_thing_at_a_time",
                fields=("client", "laboratory", "kind", "sent", "analyte"),
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(name="sender_map_entry_says_what_is_meant", condition=~Q(means="")),
            models.CheckConstraint(
                name="sender_map_unit_is_of_an_analyte",
                condition=(Q(kind="unit") & ~Q(analyte="")) | (~Q(kind="unit") & Q(analyte="")),
            ),
            models.CheckConstraint(
                name="sender_map_entry_ended_says_who_and_why",
                condition=(Q(ended_at__isnull=True, ended_because="", ended_by__isnull=True))
                | (Q(ended_at__isnull=False) & ~Q(ended_because="") & Q(ended_by__isnull=False)),
            ),
        ],
    },
)

LAB_RESULT = migrations.CreateModel(
    name="LabResult",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        ("report", models.ForeignKey(on_delete=models.PROTECT, related_name="results", to="labs.labreport")),
        (
            "patient",
            models.ForeignKey(
                blank=True,
                help_text="Null while the report is parked.",
                null=True,
                on_delete=models.PROTECT,
                related_name="results",
                to="patients.patient",
            ),
        ),
        ("source", models.CharField(max_length=200)),
        ("source_id", models.CharField(help_text="The source's own id of the result.", max_length=255)),
        ("version", models.PositiveIntegerField(default=1, help_text="Counted as received, from 1.")),
        (
            "replaces",
            models.CharField(
                blank=True,
                default="",
                help_text="The source's id of another result that this one replaces, whichever arrives first.",
                max_length=255,
            ),
        ),
        (
            "strand",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Empty for the analyte that the id belongs to; else the other one that it was used for.",
                max_length=40,
            ),
        ),
        (
            "reading_of",
            models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The version as sent that this one reads anew, by a changed map of its sender.",
                null=True,
                on_delete=models.PROTECT,
                related_name="readings",
                to="labs.labresult",
            ),
        ),
        (
            "code",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="system|code, where the code is not LOINC.",
                max_length=270,
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
        (
            "placer_order",
            models.CharField(blank=True, help_text="The order, as who ordered numbers it.", max_length=100),
        ),
        (
            "filler_order",
            models.CharField(blank=True, help_text="The order, as the laboratory does.", max_length=100),
        ),
        ("collected_at", models.DateTimeField(blank=True, null=True)),
        (
            "day_only",
            models.BooleanField(
                default=False,
                help_text="Only the day of collection is known; `collected_at` is its local noon.",
            ),
        ),
        (
            "collected_text",
            models.CharField(
                blank=True, help_text="The time as sent, where that was not a whole instant.", max_length=60
            ),
        ),
        ("reported_at", models.DateTimeField(blank=True, null=True)),
        ("received_at", models.DateTimeField(default=clock.now)),
        (
            "entered_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "code_map",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="labs.sendermapentry",
            ),
        ),
        (
            "unit_map",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to="labs.sendermapentry",
            ),
        ),
        (
            "mapped_loinc",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the sender's map says that its code means.",
                max_length=60,
            ),
        ),
        (
            "mapped_unit",
            models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the sender's map says that its unit means.",
                max_length=60,
            ),
        ),
        ("analyte", models.CharField(blank=True, max_length=40, null=True)),
        ("used_value", models.DecimalField(blank=True, decimal_places=10, max_digits=40, null=True)),
        (
            "used_text",
            models.CharField(
                blank=True, help_text="Exact where it ends, else with six decimals.", max_length=80
            ),
        ),
        ("used_comparator", models.CharField(blank=True, max_length=2)),
        ("used_unit", models.CharField(blank=True, max_length=40, null=True)),
        (
            "usable",
            models.BooleanField(
                default=False, help_text="Its code, value and unit could be read, and its status is final."
            ),
        ),
        ("rejection", models.CharField(blank=True, max_length=30, null=True)),
    ],
    options={
        "ordering": ["collected_at", "pk"],
        "indexes": [
            models.Index(name="result_by_patient_and_time", fields=["patient", "collected_at"]),
            models.Index(name="result_by_analyte", fields=["patient", "analyte", "collected_at"]),
            models.Index(name="result_replacing", fields=["source", "replaces"], condition=~Q(replaces="")),
            models.Index(
                name="result_read_anew",
                fields=["reading_of", "version"],
                condition=Q(reading_of__isnull=False),
            ),
            models.Index(name="result_by_code_map", fields=["code_map"], condition=Q(code_map__isnull=False)),
            models.Index(name="result_by_unit_map", fields=["unit_map"], condition=Q(unit_map__isnull=False)),
        ],
        "constraints": [
            models.UniqueConstraint(
                name="result_version_is_stored_once", fields=("source", "source_id", "version")
            ),
            models.CheckConstraint(name="result_versions_count_from_1", condition=Q(version__gte=1)),
            models.CheckConstraint(name="result_has_an_id_of_its_source", condition=~Q(source_id="")),
            models.CheckConstraint(
                name="usable_result_is_not_rejected", condition=Q(usable=False) | Q(rejection=None)
            ),
            models.CheckConstraint(
                name="usable_result_has_an_analyte_and_a_time",
                condition=Q(usable=False) | (Q(analyte__isnull=False, collected_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="usable_result_is_final",
                condition=Q(usable=False) | Q(status__in=["final", "amended", "corrected"]),
            ),
            models.CheckConstraint(
                name="result_of_a_day_knows_the_day",
                condition=Q(day_only=False) | Q(collected_at__isnull=False),
            ),
            models.CheckConstraint(
                name="result_does_not_replace_itself",
                condition=Q(replaces="") | ~Q(replaces=models.F("source_id")),
            ),
            models.CheckConstraint(
                name="result_under_an_id_of_another_is_not_used", condition=Q(usable=False) | Q(strand="")
            ),
            models.CheckConstraint(
                name="result_code_is_mapped_by_an_entry",
                condition=(Q(code_map=None, mapped_loinc=""))
                | (Q(code_map__isnull=False) & ~Q(mapped_loinc="")),
            ),
            models.CheckConstraint(
                name="result_unit_is_mapped_by_an_entry",
                condition=(Q(mapped_unit="", unit_map=None))
                | (Q(unit_map__isnull=False) & ~Q(mapped_unit="")),
            ),
        ],
    },
)

REVIEW_ITEM = migrations.CreateModel(
    name="ReviewItem",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "report",
            models.ForeignKey(on_delete=models.PROTECT, related_name="review_items", to="labs.labreport"),
        ),
        (
            "result",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="review_items",
                to="labs.labresult",
            ),
        ),
        (
            "patient",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
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
                    ("time", "Collection time missing or not possible"),
                    ("id-reused", "Result number used for another test"),
                    ("contradicts", "Contradicts another result of its draw"),
                    ("limits", "Reference range cannot be right"),
                    ("note", "Comment from the laboratory"),
                    ("same-id", "A message number used for another message"),
                    ("refused", "Not stored"),
                ],
                max_length=20,
            ),
        ),
        ("detail", models.TextField(blank=True)),
        ("opened_at", models.DateTimeField(default=clock.now)),
        ("resolved_at", models.DateTimeField(blank=True, null=True)),
        (
            "resolved_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("resolution", models.TextField(blank=True, default="")),
    ],
    options={
        "ordering": ["opened_at", "pk"],
        "indexes": [
            models.Index(name="review_item_open", fields=["opened_at"], condition=Q(resolved_at=None)),
        ],
        "constraints": [
            models.CheckConstraint(
                name="review_item_kind_is_a_known_word",
                condition=Q(
                    kind__in=[
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
                        "id-reused",
                        "contradicts",
                        "limits",
                        "note",
                        "same-id",
                        "refused",
                    ]
                ),
            ),
            models.UniqueConstraint(
                name="one_open_review_item_of_a_kind",
                fields=("report", "result", "kind"),
                condition=Q(resolved_at=None),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="review_item_resolved_says_how",
                condition=(Q(resolution="", resolved_at__isnull=True))
                | (Q(resolved_at__isnull=False) & ~Q(resolution="")),
            ),
            models.CheckConstraint(
                name="review_item_resolved_by_says_when",
                condition=Q(resolved_by=None) | Q(resolved_at__isnull=False),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_consents_and_authorizations")]

    operations = [
        CreateModels(
            [
                LAB_REPORT,
                SENDER_MAP_ENTRY,
                LAB_RESULT,
                *with_history(REVIEW_ITEM),
            ]
        )
    ]
