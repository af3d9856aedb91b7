"""A sender has a map of its own; a version of another analyte than its id belongs to replaces nothing."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock
from coordination.base.constraints import only_added


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0005_tokens_are_rotated"),
        ("labs", "0004_the_machine_door"),
        ("patients", "0003_patients_counted_by_site"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SenderMapEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "laboratory",
                    models.CharField(
                        blank=True,
                        help_text="As its reports name it; empty: reports that name none.",
                        max_length=200,
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
                    models.CharField(
                        blank=True, help_text="Of a unit: the test it is sent for.", max_length=40
                    ),
                ),
                (
                    "means",
                    models.CharField(
                        help_text="A LOINC code, a unit, an authority, a time zone, or `day` or HH:MM.",
                        max_length=200,
                    ),
                ),
                ("because", models.TextField(blank=True)),
                ("made_at", models.DateTimeField(default=coordination.base.clock.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_because", models.TextField(blank=True, default="")),
            ],
            options={
                "ordering": ["client__name", "laboratory", "kind", "sent", "analyte", "-made_at", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reviewitem",
            name="review_item_kind_is_a_known_word",
        ),
        migrations.AddField(
            model_name="labreport",
            name="laboratory",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="The laboratory that the report names.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="labresult",
            name="code",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="system|code, where the code is not LOINC.",
                max_length=270,
            ),
        ),
        migrations.AddField(
            model_name="labresult",
            name="mapped_loinc",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the sender's map says that its code means.",
                max_length=60,
            ),
        ),
        migrations.AddField(
            model_name="labresult",
            name="mapped_unit",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="What the sender's map says that its unit means.",
                max_length=60,
            ),
        ),
        migrations.AddField(
            model_name="labresult",
            name="reading_of",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="The version as sent that this one reads anew, by a changed map of its sender.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="readings",
                to="labs.labresult",
            ),
        ),
        migrations.AddField(
            model_name="labresult",
            name="strand",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Empty for the analyte that the id belongs to; else the other one that it was used for.",
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="historicalreviewitem",
            name="kind",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="reviewitem",
            name="kind",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="reviewitem",
            constraint=models.CheckConstraint(
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
                            "id-reused",
                            "contradicts",
                            "limits",
                            "note",
                            "same-id",
                            "refused",
                        ],
                    )
                ),
                name="review_item_kind_is_a_known_word",
            ),
        ),
        migrations.AddField(
            model_name="sendermapentry",
            name="client",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="map_entries", to="base.apiclient"
            ),
        ),
        migrations.AddField(
            model_name="sendermapentry",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sendermapentry",
            name="made_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="labresult",
            name="code_map",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="labs.sendermapentry",
            ),
        ),
        migrations.AddField(
            model_name="labresult",
            name="unit_map",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="labs.sendermapentry",
            ),
        ),
        migrations.AddIndex(
            model_name="labresult",
            index=models.Index(
                condition=models.Q(("reading_of__isnull", False)),
                fields=["reading_of", "version"],
                name="result_read_anew",
            ),
        ),
        migrations.AddIndex(
            model_name="labresult",
            index=models.Index(
                condition=models.Q(("code_map__isnull", False)),
                fields=["code_map"],
                name="result_by_code_map",
            ),
        ),
        migrations.AddIndex(
            model_name="labresult",
            index=models.Index(
                condition=models.Q(("unit_map__isnull", False)),
                fields=["unit_map"],
                name="result_by_unit_map",
            ),
        ),
        migrations.AddConstraint(
            model_name="labresult",
            constraint=models.CheckConstraint(
                condition=models.Q(("usable", False), ("strand", ""), _connector="OR"),
                name="result_under_an_id_of_another_is_not_used",
            ),
        ),
        migrations.AddConstraint(
            model_name="labresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("code_map", None), ("mapped_loinc", "")),
                    models.Q(("code_map__isnull", False), models.Q(("mapped_loinc", ""), _negated=True)),
                    _connector="OR",
                ),
                name="result_code_is_mapped_by_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="labresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("mapped_unit", ""), ("unit_map", None)),
                    models.Q(("unit_map__isnull", False), models.Q(("mapped_unit", ""), _negated=True)),
                    _connector="OR",
                ),
                name="result_unit_is_mapped_by_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendermapentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["code", "unit", "authority", "time-zone", "plain-date"])),
                name="sender_map_kind_is_a_known_word",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendermapentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("client", "laboratory", "kind", "sent", "analyte"),
                name="sender_means_one_thing_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendermapentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("means", ""), _negated=True), name="sender_map_entry_says_what_is_meant"
            ),
        ),
        migrations.AddConstraint(
            model_name="sendermapentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "unit"), models.Q(("analyte", ""), _negated=True)),
                    models.Q(models.Q(("kind", "unit"), _negated=True), ("analyte", "")),
                    _connector="OR",
                ),
                name="sender_map_unit_is_of_an_analyte",
            ),
        ),
        migrations.AddConstraint(
            model_name="sendermapentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_because", ""), ("ended_by__isnull", True)),
                    models.Q(
                        ("ended_at__isnull", False),
                        models.Q(("ended_because", ""), _negated=True),
                        ("ended_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="sender_map_entry_ended_says_who_and_why",
            ),
        ),
        only_added("labs_sendermapentry", "ended_at", "ended_by_id", "ended_because"),
    ]
