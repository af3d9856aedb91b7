import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import coordination.base.clock
from coordination.base.schema import CreateModels


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_audit_is_only_added"),
        ("labs", "0002_results_are_only_added"),
        ("patients", "0001_patients"),
    ]

    operations = [
        CreateModels(
            [
                migrations.CreateModel(
                    name="Course",
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
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="courses",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "referral",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="courses",
                                to="patients.referral",
                            ),
                        ),
                        ("protocol_key", models.CharField(max_length=60)),
                        ("protocol_version", models.CharField(max_length=40)),
                        (
                            "protocol_digest",
                            models.CharField(
                                blank=True, help_text="SHA-256 of the protocol file.", max_length=64
                            ),
                        ),
                        (
                            "nadir",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("counts", "Counts"),
                                    ("review", "Is put before a prescriber"),
                                    ("ignore", "Does not count"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "recurrence_scope",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("row", "The same row"),
                                    ("analyte", "The same analyte"),
                                    ("review", "A prescriber judges"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "ctcae",
                            models.CharField(
                                blank=True,
                                choices=[("4.03", "CTCAE 4.03"), ("5.0", "CTCAE 5.0"), ("6.0", "CTCAE 6.0")],
                                max_length=5,
                                null=True,
                            ),
                        ),
                        ("confirm_labs", models.BooleanField(blank=True, null=True)),
                        ("interim_ssa", models.BooleanField(blank=True, null=True)),
                        (
                            "follow_up_lab_months",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="A closer interval than yearly, set by a prescriber [H22].",
                                null=True,
                            ),
                        ),
                        ("started_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "started_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("held_since", models.DateTimeField(blank=True, null=True)),
                        (
                            "held_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("held_reason", models.TextField(blank=True, default="")),
                        ("stopped_on", models.DateField(blank=True, null=True)),
                        (
                            "stopped_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("stopped_reason", models.TextField(blank=True, default="")),
                        ("completed_on", models.DateField(blank=True, null=True)),
                        (
                            "completed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "ended_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="The moment the course was stopped or completed here.",
                                null=True,
                            ),
                        ),
                        ("handed_back_on", models.DateField(blank=True, null=True)),
                        ("progressed_on", models.DateField(blank=True, null=True)),
                        (
                            "assess_after",
                            models.DateTimeField(
                                blank=True, help_text="Null: nothing has changed.", null=True
                            ),
                        ),
                        (
                            "assess_token",
                            models.PositiveBigIntegerField(default=0, help_text="Counts the marks."),
                        ),
                        ("assess_failures", models.PositiveSmallIntegerField(default=0)),
                        ("assessed_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-started_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("assess_after__isnull", False)),
                                fields=["assess_after"],
                                name="course_needing_assessment",
                            )
                        ],
                        "constraints": [
                            django.contrib.postgres.constraints.ExclusionConstraint(
                                expressions=[
                                    ("patient", "="),
                                    (
                                        models.Func(
                                            "started_at",
                                            "ended_at",
                                            function="tstzrange",
                                            output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField(),
                                        ),
                                        "&&",
                                    ),
                                ],
                                name="patient_has_one_course_at_a_time",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("started_at__isnull", True),
                                    ("ended_at__isnull", True),
                                    ("ended_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="course_ends_after_it_started",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("completed_on", None), ("ended_at", None), ("stopped_on", None)
                                    ),
                                    models.Q(("ended_at__isnull", False), ("stopped_on__isnull", False)),
                                    models.Q(("completed_on__isnull", False), ("ended_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="course_has_ended_when_stopped_or_completed",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("stopped_on", None), ("completed_on", None), _connector="OR"
                                ),
                                name="course_is_stopped_or_completed_not_both",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("stopped_on__isnull", True),
                                        ("stopped_reason", ""),
                                        ("stopped_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("stopped_on__isnull", False),
                                        models.Q(("stopped_reason", ""), _negated=True),
                                        ("stopped_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="course_stopped_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("held_reason", ""),
                                        ("held_since__isnull", True),
                                        ("held_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("held_since__isnull", False),
                                        models.Q(("held_reason", ""), _negated=True),
                                        ("held_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="course_held_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("completed_by", None), ("completed_on__isnull", False), _connector="OR"
                                ),
                                name="course_completed_by_says_the_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("nadir__in", ["counts", "review", "ignore"])),
                                name="course_nadir_is_a_known_choice",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("recurrence_scope__in", ["row", "analyte", "review"])),
                                name="course_recurrence_scope_is_a_known_choice",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ctcae__in", ["4.03", "5.0", "6.0"])),
                                name="course_ctcae_is_a_known_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Cycle",
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
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cycles",
                                to="scheduling.course",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("planned_on", models.DateField(blank=True, null=True)),
                        ("planned_start_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["course", "number"],
                        "indexes": [models.Index(fields=["planned_on"], name="cycle_by_planned_day")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("number__range", (1, 10))),
                                name="cycle_number_is_from_1_to_10",
                            ),
                            models.UniqueConstraint(
                                fields=("course", "number"), name="course_has_each_cycle_once"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("planned_start_at", None), ("planned_on__isnull", False), _connector="OR"
                                ),
                                name="cycle_planned_start_has_a_planned_day",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AdverseEvent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="adverse_events",
                                to="patients.patient",
                            ),
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
                    ],
                    options={
                        "ordering": ["on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="adverseevent_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("grade", None), ("grade__range", (0, 5)), _connector="OR"
                                ),
                                name="adverse_event_grade_is_from_0_to_5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("grade_now", None), ("grade_now__range", (0, 5)), _connector="OR"
                                ),
                                name="adverse_event_grade_now_is_from_0_to_5",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("on__isnull", True),
                                    ("resolved_on__isnull", True),
                                    ("resolved_on__gte", models.F("on")),
                                    _connector="OR",
                                ),
                                name="adverse_event_resolves_after_it_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ctcae__in", ["4.03", "5.0", "6.0"])),
                                name="adverse_event_ctcae_is_a_known_version",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="AdverseEventInquiry",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "cycle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="inquiries",
                                to="scheduling.cycle",
                            ),
                        ),
                        (
                            "asked",
                            models.CharField(
                                choices=[
                                    ("patient", "The patient"),
                                    ("referring-practice", "The referring practice"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("asked_on", models.DateField()),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
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
                            models.ManyToManyField(
                                blank=True, related_name="inquiries", to="scheduling.adverseevent"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "adverse event inquiries",
                        "ordering": ["asked_on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="adverseeventinquiry_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("asked__in", ["patient", "referring-practice"])),
                                name="inquiry_asks_a_known_party",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("answer__in", ["none", "some", "not-reached"])),
                                name="inquiry_answer_is_a_known_word",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="CourseConflict",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conflicts",
                                to="scheduling.course",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "severity",
                            models.CharField(choices=[("block", "Blocks"), ("warn", "Warns")], max_length=10),
                        ),
                        ("text", models.TextField()),
                        (
                            "legal",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.DateField(),
                                blank=True,
                                default=list,
                                help_text="The nearest days that the rule allows.",
                                size=None,
                            ),
                        ),
                        (
                            "flags",
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
                                help_text="Over code, cycle, text and legal days.", max_length=64
                            ),
                        ),
                        ("found_at", models.DateTimeField()),
                        ("gone_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["severity", "found_at", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("gone_at", None)),
                                fields=["course"],
                                name="conflict_standing",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("severity__in", ["block", "warn"])),
                                name="conflict_severity_is_a_known_word",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("gone_at", None)),
                                fields=("course", "digest"),
                                name="conflict_stands_once_in_a_course",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ConflictOverride",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="conflict_overrides",
                                to="scheduling.course",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("digest", models.CharField(max_length=64)),
                        ("reason", models.TextField()),
                    ],
                    options={
                        "ordering": ["recorded_at", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="conflictoverride_in_error_says_who_and_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("recorded_in_error_at", None)),
                                fields=("course", "code", "cycle_number", "digest"),
                                name="conflict_is_overridden_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("recorded_by__isnull", False), models.Q(("reason", ""), _negated=True)
                                ),
                                name="conflict_override_says_who_and_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="DueItem",
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
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="due_items",
                                to="scheduling.course",
                            ),
                        ),
                        (
                            "item",
                            models.CharField(
                                choices=[
                                    ("infusion", "Infusion"),
                                    ("sstr-pet", "SSTR imaging before treatment"),
                                    ("baseline-labs", "Baseline labs"),
                                    ("pregnancy-test", "Pregnancy test"),
                                    ("education", "Education"),
                                    ("consent", "Consent"),
                                    ("authorization", "Payer authorization"),
                                    ("dose-order", "Dose order"),
                                    ("pre-dose-labs", "Labs before the dose"),
                                    ("confirm-labs", "Confirming labs"),
                                    ("lar-last-before", "Last long-acting SSA before the infusion"),
                                    ("short-acting-stop", "Short-acting octreotide stopped"),
                                    ("antiemetic", "Antiemetic"),
                                    ("amino-acids", "Amino acids"),
                                    ("post-dose-lar", "Octreotide LAR after the dose"),
                                    ("radiation-precautions", "Radiation precautions"),
                                    ("nadir-labs", "Nadir labs"),
                                    ("ct-mri", "CT or MRI"),
                                    ("post-treatment-labs", "Labs after treatment"),
                                    ("maintenance-lar", "Maintenance long-acting SSA"),
                                    ("response-sstr-pet", "SSTR imaging for response"),
                                    ("follow-up-labs", "Follow-up labs"),
                                    ("hand-back", "Return to the referring physician"),
                                    ("interim-ssa", "Interim SSA"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "sequence",
                            models.PositiveSmallIntegerField(
                                default=1, help_text="Place in a series; 1 where there is none."
                            ),
                        ),
                        ("opens_on", models.DateField(blank=True, null=True)),
                        ("target_on", models.DateField(blank=True, null=True)),
                        ("closes_on", models.DateField(blank=True, null=True)),
                        ("opens_at", models.DateTimeField(blank=True, null=True)),
                        ("target_at", models.DateTimeField(blank=True, null=True)),
                        ("closes_at", models.DateTimeField(blank=True, null=True)),
                        ("done", models.BooleanField(default=False, help_text="The fact exists.")),
                        (
                            "waits",
                            models.BooleanField(
                                default=False, help_text="Stays planned until its infusion is given."
                            ),
                        ),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "missing",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "owner",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("center", "PRRT center"),
                                    ("referring-practice", "Referring practice"),
                                    ("net-specialist", "NET specialist"),
                                    ("patient", "Patient"),
                                ],
                                help_text="Empty: nobody has it.",
                                max_length=20,
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="due_items",
                                to="base.practice",
                            ),
                        ),
                        ("moved_to", models.DateField(blank=True, null=True)),
                        (
                            "assigned_to",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="due_items",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("snoozed_until", models.DateField(blank=True, null=True)),
                        ("not_done_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "not_done_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("not_done_reason", models.TextField(blank=True, default="")),
                        (
                            "marked_done_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="For what no other fact shows, such as the hand-back.",
                                null=True,
                            ),
                        ),
                        (
                            "marked_done_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["course", "cycle_number", "pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(
                                    ("cancelled_because", ""),
                                    ("done", False),
                                    ("marked_done_at", None),
                                    ("not_done_at", None),
                                ),
                                fields=["closes_on"],
                                name="due_item_unsettled",
                            )
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "item__in",
                                        [
                                            "infusion",
                                            "sstr-pet",
                                            "baseline-labs",
                                            "pregnancy-test",
                                            "education",
                                            "consent",
                                            "authorization",
                                            "dose-order",
                                            "pre-dose-labs",
                                            "confirm-labs",
                                            "lar-last-before",
                                            "short-acting-stop",
                                            "antiemetic",
                                            "amino-acids",
                                            "post-dose-lar",
                                            "radiation-precautions",
                                            "nadir-labs",
                                            "ct-mri",
                                            "post-treatment-labs",
                                            "maintenance-lar",
                                            "response-sstr-pet",
                                            "follow-up-labs",
                                            "hand-back",
                                            "interim-ssa",
                                        ],
                                    )
                                ),
                                name="due_item_is_a_known_word",
                            ),
                            models.UniqueConstraint(
                                fields=("course", "item", "cycle_number", "sequence"),
                                name="course_has_each_due_item_once",
                                nulls_distinct=False,
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cycle_number", None), ("cycle_number__range", (1, 10)), _connector="OR"
                                ),
                                name="due_item_cycle_is_from_1_to_10",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("opens_on", None), ("opens_at", None), _connector="OR"),
                                    models.Q(("target_on", None), ("target_at", None), _connector="OR"),
                                    models.Q(("closes_on", None), ("closes_at", None), _connector="OR"),
                                ),
                                name="due_item_has_a_day_or_an_instant_not_both",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("not_done_at__isnull", True),
                                        ("not_done_reason", ""),
                                        ("not_done_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("not_done_at__isnull", False),
                                        models.Q(("not_done_reason", ""), _negated=True),
                                        ("not_done_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="not_done_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("marked_done_at", None), ("marked_done_by", None)),
                                    models.Q(
                                        ("marked_done_at__isnull", False),
                                        ("marked_done_by__isnull", False),
                                        ("not_done_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="marked_done_says_who_and_is_not_also_not_done",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ContactLog",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "due_item",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="scheduling.dueitem",
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="contacts",
                                to="base.practice",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("phone", "Phone"),
                                    ("email", "E-mail"),
                                    ("text", "Text message"),
                                    ("fax", "Fax"),
                                    ("letter", "Letter"),
                                    ("in-person", "In person"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("with_whom", models.CharField(max_length=200)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("reached", "Reached"),
                                    ("left-message", "Left a message"),
                                    ("no-answer", "No answer"),
                                    ("wrong-contact", "Wrong number or address"),
                                    ("sent", "Sent"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "verbose_name": "contact",
                        "ordering": ["-at", "-pk"],
                        "abstract": False,
                        "indexes": [models.Index(fields=["patient", "at"], name="contact_by_patient")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="contactlog_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("channel__in", ["phone", "email", "text", "fax", "letter", "in-person"])
                                ),
                                name="contact_channel_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "outcome__in",
                                        ["reached", "left-message", "no-answer", "wrong-contact", "sent"],
                                    )
                                ),
                                name="contact_outcome_is_a_known_word",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Proposal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="proposals",
                                to="scheduling.course",
                            ),
                        ),
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("give", "Give"),
                                    ("hold", "Hold"),
                                    ("stop", "Stop"),
                                    ("review", "Review"),
                                    ("pending", "Pending"),
                                    ("none", "Nothing to decide"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "activity_gbq",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
                        ),
                        ("text", models.TextField(blank=True, verbose_name="the proposal in one sentence")),
                        ("protocol_key", models.CharField(max_length=60)),
                        ("protocol_version", models.CharField(max_length=40)),
                        ("protocol_digest", models.CharField(blank=True, max_length=64)),
                        ("ctcae", models.CharField(max_length=5)),
                        ("document", models.JSONField(help_text="The answer document, whole.")),
                        ("facts", models.JSONField(help_text="The course file it rests on.")),
                        ("digest", models.CharField(max_length=64)),
                        ("as_of", models.DateTimeField()),
                        ("made_at", models.DateTimeField()),
                        ("superseded_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-made_at", "-pk"],
                        "indexes": [models.Index(fields=["course", "made_at"], name="proposal_by_course")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("action__in", ["give", "hold", "stop", "review", "pending", "none"])
                                ),
                                name="proposal_action_is_a_known_word",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("superseded_at", None)),
                                fields=("course",),
                                name="course_has_one_current_proposal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("action", "give"),
                                        ("activity_gbq__gt", 0),
                                        ("activity_gbq__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("action", "give"), _negated=True), ("activity_gbq", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="proposal_names_an_activity_just_when_to_give",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("action", "none"), ("cycle_number", None)),
                                    models.Q(
                                        models.Q(("action", "none"), _negated=True),
                                        ("cycle_number__isnull", False),
                                        ("cycle_number__range", (1, 10)),
                                    ),
                                    _connector="OR",
                                ),
                                name="proposal_is_for_a_cycle_unless_none",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Signature",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "proposal",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signature",
                                to="scheduling.proposal",
                            ),
                        ),
                        (
                            "signed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signatures",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("signed_at", models.DateTimeField()),
                        (
                            "decision",
                            models.CharField(
                                choices=[
                                    ("accept", "Accepted as proposed"),
                                    ("override", "Decided otherwise"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "action",
                            models.CharField(
                                choices=[
                                    ("give", "Give"),
                                    ("hold", "Hold"),
                                    ("stop", "Stop"),
                                    ("review", "Review"),
                                    ("pending", "Pending"),
                                    ("none", "Nothing to decide"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "activity_gbq",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
                        ),
                        (
                            "override_code",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("clinical-judgment", "Clinical judgment"),
                                    ("not-treatment-related", "Not related to the treatment"),
                                    ("benefit-outweighs", "Benefit outweighs the risk"),
                                    ("patient-wish", "The patient's wish"),
                                    ("labs-elsewhere", "Results seen elsewhere"),
                                    ("logistics", "Logistics"),
                                    ("other", "Other"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("override_reason", models.TextField(blank=True)),
                        (
                            "document",
                            models.JSONField(help_text="The inputs and the answer as they were signed."),
                        ),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                help_text="Null: new facts did it.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("withdrawn_because", models.TextField(blank=True, default="")),
                    ],
                    options={
                        "ordering": ["-signed_at", "-pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("decision__in", ["accept", "override"])),
                                name="signature_decision_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("action__in", ["give", "hold", "stop"])),
                                name="signature_is_to_give_hold_or_stop",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("action", "give"),
                                        ("activity_gbq__gt", 0),
                                        ("activity_gbq__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("action", "give"), _negated=True), ("activity_gbq", None)
                                    ),
                                    _connector="OR",
                                ),
                                name="signature_names_an_activity_just_when_to_give",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decision", "accept"), ("override_code", ""), ("override_reason", "")
                                    ),
                                    models.Q(
                                        models.Q(("decision", "accept"), _negated=True),
                                        models.Q(("override_code", ""), _negated=True),
                                        models.Q(("override_reason", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="override_has_a_code_and_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_because", "")),
                                    models.Q(
                                        ("withdrawn_at__isnull", False),
                                        models.Q(("withdrawn_because", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="signature_withdrawn_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("withdrawn_by", None), ("withdrawn_at__isnull", False), _connector="OR"
                                ),
                                name="signature_withdrawn_by_says_when",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="DoseOrder",
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
                            "cycle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dose_orders",
                                to="scheduling.cycle",
                            ),
                        ),
                        (
                            "signature",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="dose_orders",
                                to="scheduling.signature",
                            ),
                        ),
                        ("activity_gbq", models.DecimalField(decimal_places=3, max_digits=6)),
                        ("calibration_on", models.DateField()),
                        ("ordered_at", models.DateTimeField()),
                        (
                            "ordered_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("supplier", models.CharField(blank=True, max_length=200)),
                        ("order_number", models.CharField(blank=True, max_length=60)),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "confirmed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("received_at", models.DateTimeField(blank=True, null=True)),
                        ("vial_number", models.CharField(blank=True, max_length=60)),
                        (
                            "assayed_gbq",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
                        ),
                        ("assayed_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        ("cancellation_confirmed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "waiver_evidence",
                            models.ForeignKey(
                                blank=True,
                                help_text="The dated result that made the patient ineligible, so that no fee is due.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="waived_orders",
                                to="labs.labresult",
                            ),
                        ),
                        (
                            "fee_usd",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                        ),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["calibration_on", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("cancelled_at", None)),
                                fields=("cycle",),
                                name="cycle_has_one_standing_dose_order",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("activity_gbq__gt", 0)),
                                name="ordered_activity_is_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("assayed_gbq", None), ("assayed_gbq__gt", 0), _connector="OR"
                                ),
                                name="assayed_activity_is_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("assayed_at__isnull", True), ("assayed_gbq__isnull", True)),
                                    models.Q(("assayed_at__isnull", False), ("assayed_gbq__isnull", False)),
                                    _connector="OR",
                                ),
                                name="assay_says_how_much_and_when",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                                    models.Q(
                                        ("confirmed_at__isnull", False), ("confirmed_by__isnull", False)
                                    ),
                                    _connector="OR",
                                ),
                                name="order_confirmed_says_by_whom",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("cancelled_because", ""),
                                        ("cancelled_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancelled_because", ""), _negated=True),
                                        ("cancelled_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="order_cancelled_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("cancellation_confirmed_at", None),
                                    ("cancelled_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="only_a_cancelled_order_has_its_cancellation_confirmed",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Draw",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draws",
                                to="patients.patient",
                            ),
                        ),
                        ("at", models.DateTimeField()),
                        ("urgent", models.BooleanField(default=False)),
                        (
                            "item",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("infusion", "Infusion"),
                                    ("sstr-pet", "SSTR imaging before treatment"),
                                    ("baseline-labs", "Baseline labs"),
                                    ("pregnancy-test", "Pregnancy test"),
                                    ("education", "Education"),
                                    ("consent", "Consent"),
                                    ("authorization", "Payer authorization"),
                                    ("dose-order", "Dose order"),
                                    ("pre-dose-labs", "Labs before the dose"),
                                    ("confirm-labs", "Confirming labs"),
                                    ("lar-last-before", "Last long-acting SSA before the infusion"),
                                    ("short-acting-stop", "Short-acting octreotide stopped"),
                                    ("antiemetic", "Antiemetic"),
                                    ("amino-acids", "Amino acids"),
                                    ("post-dose-lar", "Octreotide LAR after the dose"),
                                    ("radiation-precautions", "Radiation precautions"),
                                    ("nadir-labs", "Nadir labs"),
                                    ("ct-mri", "CT or MRI"),
                                    ("post-treatment-labs", "Labs after treatment"),
                                    ("maintenance-lar", "Maintenance long-acting SSA"),
                                    ("response-sstr-pet", "SSTR imaging for response"),
                                    ("follow-up-labs", "Follow-up labs"),
                                    ("hand-back", "Return to the referring physician"),
                                    ("interim-ssa", "Interim SSA"),
                                ],
                                max_length=30,
                            ),
                        ),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draws",
                                to="base.practice",
                            ),
                        ),
                        ("note", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="draw_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("cancelled_because", ""),
                                        ("cancelled_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancelled_because", ""), _negated=True),
                                        ("cancelled_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="draw_cancelled_says_who_and_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="InfusionGiven",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "cycle",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="infusions",
                                to="scheduling.cycle",
                            ),
                        ),
                        (
                            "signature",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="infusions",
                                to="scheduling.signature",
                            ),
                        ),
                        (
                            "signed_gbq",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "activity_gbq",
                            models.DecimalField(
                                blank=True,
                                decimal_places=3,
                                max_digits=6,
                                null=True,
                                verbose_name="activity given (GBq)",
                            ),
                        ),
                        (
                            "residual_gbq",
                            models.DecimalField(
                                blank=True,
                                decimal_places=3,
                                max_digits=6,
                                null=True,
                                verbose_name="left in the vial (GBq)",
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
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="infusiongiven_in_error_says_who_and_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("recorded_in_error_at", None)),
                                fields=("cycle",),
                                name="cycle_has_one_infusion_given",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("started_at__isnull", True),
                                    ("ended_at__isnull", True),
                                    ("ended_at__gte", models.F("started_at")),
                                    _connector="OR",
                                ),
                                name="infusion_ends_after_it_started",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("amino_acids_started_at__isnull", True),
                                    ("amino_acids_ended_at__isnull", True),
                                    ("amino_acids_ended_at__gte", models.F("amino_acids_started_at")),
                                    _connector="OR",
                                ),
                                name="amino_acids_end_after_they_started",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("activity_gbq", None), ("activity_gbq__gt", 0), _connector="OR"
                                ),
                                name="activity_given_is_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("signed_gbq", None), ("signed_gbq__gt", 0), _connector="OR"
                                ),
                                name="activity_signed_is_above_zero",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("residual_gbq", None), ("residual_gbq__gte", 0), _connector="OR"
                                ),
                                name="residual_is_not_negative",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Injection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="injections",
                                to="patients.patient",
                            ),
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
                        (
                            "dose_mg",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True),
                        ),
                        ("planned_on", models.DateField(blank=True, null=True)),
                        ("given_at", models.DateTimeField(blank=True, null=True)),
                        ("given_by", models.CharField(blank=True, max_length=200, verbose_name="given by")),
                        (
                            "practice",
                            models.ForeignKey(
                                blank=True,
                                help_text="Who plans or gives it; empty: the center.",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
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
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="injection_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("cancelled_because", ""),
                                        ("cancelled_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancelled_because", ""), _negated=True),
                                        ("cancelled_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="injection_cancelled_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "drug__in",
                                        [
                                            "octreotide-lar",
                                            "lanreotide",
                                            "other-long-acting",
                                            "octreotide-short",
                                        ],
                                    )
                                ),
                                name="injection_drug_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("planned_on__isnull", False),
                                    ("given_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="injection_is_planned_or_given",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("dose_mg", None), ("dose_mg__gt", 0), _connector="OR"),
                                name="injection_dose_is_above_zero",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Attribution",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attributions",
                                to="scheduling.course",
                            ),
                        ),
                        ("row", models.CharField(max_length=30)),
                        ("cycle_number", models.PositiveSmallIntegerField()),
                        ("related", models.BooleanField()),
                        ("reason", models.TextField()),
                    ],
                    options={
                        "ordering": ["cycle_number", "row", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="attribution_in_error_says_who_and_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("recorded_in_error_at", None)),
                                fields=("course", "row", "cycle_number"),
                                name="episode_is_attributed_once",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("recorded_by__isnull", False), models.Q(("reason", ""), _negated=True)
                                ),
                                name="attribution_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("cycle_number__range", (1, 10))),
                                name="attribution_cycle_is_from_1_to_10",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Confirmation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="confirmations",
                                to="scheduling.course",
                            ),
                        ),
                        ("row", models.CharField(max_length=30)),
                        ("on", models.DateField()),
                        ("resolved", models.BooleanField()),
                        ("reason", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="confirmation_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("recorded_by__isnull", False)),
                                name="confirmation_says_who",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="BaselinePin",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "course",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="baseline_pins",
                                to="scheduling.course",
                            ),
                        ),
                        ("analyte", models.CharField(max_length=40)),
                        (
                            "result",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="baseline_pins",
                                to="labs.labresult",
                            ),
                        ),
                        ("reason", models.TextField()),
                    ],
                    options={
                        "ordering": ["analyte", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="baselinepin_in_error_says_who_and_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("recorded_in_error_at", None)),
                                fields=("course", "analyte"),
                                name="analyte_has_one_pinned_baseline",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("recorded_by__isnull", False), models.Q(("reason", ""), _negated=True)
                                ),
                                name="baseline_pin_says_who_and_why",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="PregnancyTest",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="pregnancy_tests",
                                to="patients.patient",
                            ),
                        ),
                        ("on", models.DateField()),
                        (
                            "result",
                            models.CharField(
                                choices=[
                                    ("negative", "Negative"),
                                    ("positive", "Positive"),
                                    ("unclear", "Unclear"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "method",
                            models.CharField(blank=True, help_text="Such as serum or urine.", max_length=60),
                        ),
                        (
                            "lab_result",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
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
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="pregnancytest_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("result__in", ["negative", "positive", "unclear"])),
                                name="pregnancy_test_result_is_a_known_word",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Scan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "cancelled_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="scans",
                                to="patients.patient",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("sstr-pet", "Somatostatin-receptor imaging"),
                                    ("ct-mri", "CT or MRI"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("on", models.DateField()),
                        (
                            "modality",
                            models.CharField(
                                blank=True, help_text="Such as Ga-68 DOTATATE PET/CT.", max_length=60
                            ),
                        ),
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
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="scan_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("cancelled_at__isnull", True),
                                        ("cancelled_because", ""),
                                        ("cancelled_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("cancelled_at__isnull", False),
                                        models.Q(("cancelled_because", ""), _negated=True),
                                        ("cancelled_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="scan_cancelled_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["sstr-pet", "ct-mri"])),
                                name="scan_kind_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("uptake__in", ["below-liver", "liver", "above-liver"])),
                                name="scan_uptake_is_a_known_word",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Transfusion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="transfusions",
                                to="patients.patient",
                            ),
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
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="transfusion_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("product__in", ["red-cells", "platelets", "plasma", "other"])
                                ),
                                name="transfusion_product_is_a_known_word",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("units", None), ("units__gt", 0), _connector="OR"),
                                name="transfusion_units_are_above_zero",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="Weight",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "recorded_in_error_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "patient",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="weights",
                                to="patients.patient",
                            ),
                        ),
                        ("kg", models.DecimalField(decimal_places=3, max_digits=7)),
                        ("on", models.DateField()),
                        (
                            "result",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="weights",
                                to="labs.labresult",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["on", "pk"],
                        "abstract": False,
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("recorded_in_error_at__isnull", True),
                                        ("recorded_in_error_because", ""),
                                        ("recorded_in_error_by__isnull", True),
                                    ),
                                    models.Q(
                                        ("recorded_in_error_at__isnull", False),
                                        models.Q(("recorded_in_error_because", ""), _negated=True),
                                        ("recorded_in_error_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="weight_in_error_says_who_and_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kg__gt", 0)), name="weight_is_above_zero"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("recorded_in_error_at", None)),
                                fields=("result",),
                                name="result_gives_one_weight",
                            ),
                        ],
                        "indexes": [],
                    },
                ),
                migrations.CreateModel(
                    name="HistoricalCourse",
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
                        ("protocol_key", models.CharField(max_length=60)),
                        ("protocol_version", models.CharField(max_length=40)),
                        (
                            "protocol_digest",
                            models.CharField(
                                blank=True, help_text="SHA-256 of the protocol file.", max_length=64
                            ),
                        ),
                        (
                            "nadir",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("counts", "Counts"),
                                    ("review", "Is put before a prescriber"),
                                    ("ignore", "Does not count"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "recurrence_scope",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("row", "The same row"),
                                    ("analyte", "The same analyte"),
                                    ("review", "A prescriber judges"),
                                ],
                                max_length=10,
                                null=True,
                            ),
                        ),
                        (
                            "ctcae",
                            models.CharField(
                                blank=True,
                                choices=[("4.03", "CTCAE 4.03"), ("5.0", "CTCAE 5.0"), ("6.0", "CTCAE 6.0")],
                                max_length=5,
                                null=True,
                            ),
                        ),
                        ("confirm_labs", models.BooleanField(blank=True, null=True)),
                        ("interim_ssa", models.BooleanField(blank=True, null=True)),
                        (
                            "follow_up_lab_months",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                help_text="A closer interval than yearly, set by a prescriber [H22].",
                                null=True,
                            ),
                        ),
                        ("started_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("held_since", models.DateTimeField(blank=True, null=True)),
                        ("held_reason", models.TextField(blank=True, default="")),
                        ("stopped_on", models.DateField(blank=True, null=True)),
                        ("stopped_reason", models.TextField(blank=True, default="")),
                        ("completed_on", models.DateField(blank=True, null=True)),
                        (
                            "ended_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="The moment the course was stopped or completed here.",
                                null=True,
                            ),
                        ),
                        ("handed_back_on", models.DateField(blank=True, null=True)),
                        ("progressed_on", models.DateField(blank=True, null=True)),
                        (
                            "assess_after",
                            models.DateTimeField(
                                blank=True, help_text="Null: nothing has changed.", null=True
                            ),
                        ),
                        (
                            "assess_token",
                            models.PositiveBigIntegerField(default=0, help_text="Counts the marks."),
                        ),
                        ("assess_failures", models.PositiveSmallIntegerField(default=0)),
                        ("assessed_at", models.DateTimeField(blank=True, null=True)),
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
                            "referral",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="patients.referral",
                            ),
                        ),
                        (
                            "started_by",
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
                            "held_by",
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
                            "stopped_by",
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
                            "completed_by",
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
                        "verbose_name": "historical course",
                        "verbose_name_plural": "historical courses",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalCycle",
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
                        ("number", models.PositiveSmallIntegerField()),
                        ("planned_on", models.DateField(blank=True, null=True)),
                        ("planned_start_at", models.DateTimeField(blank=True, null=True)),
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
                        "verbose_name": "historical cycle",
                        "verbose_name_plural": "historical cycles",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalAdverseEvent",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
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
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                        "verbose_name": "historical adverse event",
                        "verbose_name_plural": "historical adverse events",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalAdverseEventInquiry",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "asked",
                            models.CharField(
                                choices=[
                                    ("patient", "The patient"),
                                    ("referring-practice", "The referring practice"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("asked_on", models.DateField()),
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
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                            "cycle",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="scheduling.cycle",
                            ),
                        ),
                        (
                            "asked_by",
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
                        "verbose_name": "historical adverse event inquiry",
                        "verbose_name_plural": "historical adverse event inquiries",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalConflictOverride",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("code", models.CharField(max_length=40)),
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        ("digest", models.CharField(max_length=64)),
                        ("reason", models.TextField()),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                        "verbose_name": "historical conflict override",
                        "verbose_name_plural": "historical conflict overrides",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalDueItem",
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
                            "item",
                            models.CharField(
                                choices=[
                                    ("infusion", "Infusion"),
                                    ("sstr-pet", "SSTR imaging before treatment"),
                                    ("baseline-labs", "Baseline labs"),
                                    ("pregnancy-test", "Pregnancy test"),
                                    ("education", "Education"),
                                    ("consent", "Consent"),
                                    ("authorization", "Payer authorization"),
                                    ("dose-order", "Dose order"),
                                    ("pre-dose-labs", "Labs before the dose"),
                                    ("confirm-labs", "Confirming labs"),
                                    ("lar-last-before", "Last long-acting SSA before the infusion"),
                                    ("short-acting-stop", "Short-acting octreotide stopped"),
                                    ("antiemetic", "Antiemetic"),
                                    ("amino-acids", "Amino acids"),
                                    ("post-dose-lar", "Octreotide LAR after the dose"),
                                    ("radiation-precautions", "Radiation precautions"),
                                    ("nadir-labs", "Nadir labs"),
                                    ("ct-mri", "CT or MRI"),
                                    ("post-treatment-labs", "Labs after treatment"),
                                    ("maintenance-lar", "Maintenance long-acting SSA"),
                                    ("response-sstr-pet", "SSTR imaging for response"),
                                    ("follow-up-labs", "Follow-up labs"),
                                    ("hand-back", "Return to the referring physician"),
                                    ("interim-ssa", "Interim SSA"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("cycle_number", models.PositiveSmallIntegerField(blank=True, null=True)),
                        (
                            "sequence",
                            models.PositiveSmallIntegerField(
                                default=1, help_text="Place in a series; 1 where there is none."
                            ),
                        ),
                        ("opens_on", models.DateField(blank=True, null=True)),
                        ("target_on", models.DateField(blank=True, null=True)),
                        ("closes_on", models.DateField(blank=True, null=True)),
                        ("opens_at", models.DateTimeField(blank=True, null=True)),
                        ("target_at", models.DateTimeField(blank=True, null=True)),
                        ("closes_at", models.DateTimeField(blank=True, null=True)),
                        ("done", models.BooleanField(default=False, help_text="The fact exists.")),
                        (
                            "waits",
                            models.BooleanField(
                                default=False, help_text="Stays planned until its infusion is given."
                            ),
                        ),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "missing",
                            django.contrib.postgres.fields.ArrayField(
                                base_field=models.CharField(max_length=40),
                                blank=True,
                                default=list,
                                size=None,
                            ),
                        ),
                        (
                            "owner",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("center", "PRRT center"),
                                    ("referring-practice", "Referring practice"),
                                    ("net-specialist", "NET specialist"),
                                    ("patient", "Patient"),
                                ],
                                help_text="Empty: nobody has it.",
                                max_length=20,
                            ),
                        ),
                        ("moved_to", models.DateField(blank=True, null=True)),
                        ("snoozed_until", models.DateField(blank=True, null=True)),
                        ("not_done_at", models.DateTimeField(blank=True, null=True)),
                        ("not_done_reason", models.TextField(blank=True, default="")),
                        (
                            "marked_done_at",
                            models.DateTimeField(
                                blank=True,
                                help_text="For what no other fact shows, such as the hand-back.",
                                null=True,
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
                            "assigned_to",
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
                            "not_done_by",
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
                            "marked_done_by",
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
                        "verbose_name": "historical due item",
                        "verbose_name_plural": "historical due items",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalContactLog",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("at", models.DateTimeField()),
                        (
                            "channel",
                            models.CharField(
                                choices=[
                                    ("phone", "Phone"),
                                    ("email", "E-mail"),
                                    ("text", "Text message"),
                                    ("fax", "Fax"),
                                    ("letter", "Letter"),
                                    ("in-person", "In person"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("with_whom", models.CharField(max_length=200)),
                        (
                            "outcome",
                            models.CharField(
                                choices=[
                                    ("reached", "Reached"),
                                    ("left-message", "Left a message"),
                                    ("no-answer", "No answer"),
                                    ("wrong-contact", "Wrong number or address"),
                                    ("sent", "Sent"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                            "due_item",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="scheduling.dueitem",
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
                        "verbose_name": "historical contact",
                        "verbose_name_plural": "historical contacts",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalDoseOrder",
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
                        ("activity_gbq", models.DecimalField(decimal_places=3, max_digits=6)),
                        ("calibration_on", models.DateField()),
                        ("ordered_at", models.DateTimeField()),
                        ("supplier", models.CharField(blank=True, max_length=200)),
                        ("order_number", models.CharField(blank=True, max_length=60)),
                        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                        ("received_at", models.DateTimeField(blank=True, null=True)),
                        ("vial_number", models.CharField(blank=True, max_length=60)),
                        (
                            "assayed_gbq",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
                        ),
                        ("assayed_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        ("cancellation_confirmed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "fee_usd",
                            models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True),
                        ),
                        ("note", models.TextField(blank=True)),
                        (
                            "cycle",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="scheduling.cycle",
                            ),
                        ),
                        (
                            "signature",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="scheduling.signature",
                            ),
                        ),
                        (
                            "ordered_by",
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
                            "confirmed_by",
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
                            "cancelled_by",
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
                            "waiver_evidence",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                help_text="The dated result that made the patient ineligible, so that no fee is due.",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="labs.labresult",
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
                        "verbose_name": "historical dose order",
                        "verbose_name_plural": "historical dose orders",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalDraw",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        ("at", models.DateTimeField()),
                        ("urgent", models.BooleanField(default=False)),
                        (
                            "item",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("infusion", "Infusion"),
                                    ("sstr-pet", "SSTR imaging before treatment"),
                                    ("baseline-labs", "Baseline labs"),
                                    ("pregnancy-test", "Pregnancy test"),
                                    ("education", "Education"),
                                    ("consent", "Consent"),
                                    ("authorization", "Payer authorization"),
                                    ("dose-order", "Dose order"),
                                    ("pre-dose-labs", "Labs before the dose"),
                                    ("confirm-labs", "Confirming labs"),
                                    ("lar-last-before", "Last long-acting SSA before the infusion"),
                                    ("short-acting-stop", "Short-acting octreotide stopped"),
                                    ("antiemetic", "Antiemetic"),
                                    ("amino-acids", "Amino acids"),
                                    ("post-dose-lar", "Octreotide LAR after the dose"),
                                    ("radiation-precautions", "Radiation precautions"),
                                    ("nadir-labs", "Nadir labs"),
                                    ("ct-mri", "CT or MRI"),
                                    ("post-treatment-labs", "Labs after treatment"),
                                    ("maintenance-lar", "Maintenance long-acting SSA"),
                                    ("response-sstr-pet", "SSTR imaging for response"),
                                    ("follow-up-labs", "Follow-up labs"),
                                    ("hand-back", "Return to the referring physician"),
                                    ("interim-ssa", "Interim SSA"),
                                ],
                                max_length=30,
                            ),
                        ),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                            "cancelled_by",
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
                        "verbose_name": "historical draw",
                        "verbose_name_plural": "historical draws",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalInfusionGiven",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        (
                            "signed_gbq",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True),
                        ),
                        ("started_at", models.DateTimeField()),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "activity_gbq",
                            models.DecimalField(
                                blank=True,
                                decimal_places=3,
                                max_digits=6,
                                null=True,
                                verbose_name="activity given (GBq)",
                            ),
                        ),
                        (
                            "residual_gbq",
                            models.DecimalField(
                                blank=True,
                                decimal_places=3,
                                max_digits=6,
                                null=True,
                                verbose_name="left in the vial (GBq)",
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
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                            "cycle",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="scheduling.cycle",
                            ),
                        ),
                        (
                            "signature",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="scheduling.signature",
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
                        "verbose_name": "historical infusion given",
                        "verbose_name_plural": "historical infusions given",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalInjection",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_because", models.TextField(blank=True, default="")),
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
                        (
                            "dose_mg",
                            models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True),
                        ),
                        ("planned_on", models.DateField(blank=True, null=True)),
                        ("given_at", models.DateTimeField(blank=True, null=True)),
                        ("given_by", models.CharField(blank=True, max_length=200, verbose_name="given by")),
                        ("note", models.TextField(blank=True)),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                            "cancelled_by",
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
                                help_text="Who plans or gives it; empty: the center.",
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="base.practice",
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
                        "verbose_name": "historical injection",
                        "verbose_name_plural": "historical injections",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalAttribution",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("row", models.CharField(max_length=30)),
                        ("cycle_number", models.PositiveSmallIntegerField()),
                        ("related", models.BooleanField()),
                        ("reason", models.TextField()),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                        "verbose_name": "historical attribution",
                        "verbose_name_plural": "historical attributions",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalConfirmation",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("row", models.CharField(max_length=30)),
                        ("on", models.DateField()),
                        ("resolved", models.BooleanField()),
                        ("reason", models.TextField(blank=True)),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                        "verbose_name": "historical confirmation",
                        "verbose_name_plural": "historical confirmations",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalBaselinePin",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("analyte", models.CharField(max_length=40)),
                        ("reason", models.TextField()),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                        "verbose_name": "historical baseline pin",
                        "verbose_name_plural": "historical baseline pins",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalPregnancyTest",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("on", models.DateField()),
                        (
                            "result",
                            models.CharField(
                                choices=[
                                    ("negative", "Negative"),
                                    ("positive", "Positive"),
                                    ("unclear", "Unclear"),
                                ],
                                max_length=20,
                            ),
                        ),
                        (
                            "method",
                            models.CharField(blank=True, help_text="Such as serum or urine.", max_length=60),
                        ),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                            "lab_result",
                            models.ForeignKey(
                                blank=True,
                                db_constraint=False,
                                null=True,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="labs.labresult",
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
                        "verbose_name": "historical pregnancy test",
                        "verbose_name_plural": "historical pregnancy tests",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalScan",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_because", models.TextField(blank=True, default="")),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("sstr-pet", "Somatostatin-receptor imaging"),
                                    ("ct-mri", "CT or MRI"),
                                ],
                                max_length=20,
                            ),
                        ),
                        ("on", models.DateField()),
                        (
                            "modality",
                            models.CharField(
                                blank=True, help_text="Such as Ga-68 DOTATATE PET/CT.", max_length=60
                            ),
                        ),
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
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                            "cancelled_by",
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
                        "verbose_name": "historical scan",
                        "verbose_name_plural": "historical scans",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalTransfusion",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
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
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                        "verbose_name": "historical transfusion",
                        "verbose_name_plural": "historical transfusions",
                        "ordering": ("-history_date", "-history_id"),
                        "get_latest_by": ("history_date", "history_id"),
                        "indexes": [],
                        "constraints": [],
                    },
                    bases=(simple_history.models.HistoricalChanges, models.Model),
                ),
                migrations.CreateModel(
                    name="HistoricalWeight",
                    fields=[
                        (
                            "id",
                            models.BigIntegerField(
                                auto_created=True, blank=True, db_index=True, verbose_name="ID"
                            ),
                        ),
                        ("history_change_reason", models.TextField(null=True)),
                        ("public_id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                        ("recorded_at", models.DateTimeField(default=coordination.base.clock.now)),
                        ("recorded_in_error_at", models.DateTimeField(blank=True, null=True)),
                        ("recorded_in_error_because", models.TextField(blank=True, default="")),
                        ("kg", models.DecimalField(decimal_places=3, max_digits=7)),
                        ("on", models.DateField()),
                        (
                            "recorded_by",
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
                            "recorded_in_error_by",
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
                        "verbose_name": "historical weight",
                        "verbose_name_plural": "historical weights",
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
