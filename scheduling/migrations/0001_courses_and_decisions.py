"""Courses, cycles, and what is proposed, signed and ordered."""

from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import migrations, models
from django.db.models import Q

from coordination.base import clock
from coordination.base.schema import CreateModels, with_history

COURSE = migrations.CreateModel(
    name="Course",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("version", models.PositiveIntegerField(default=1, editable=False)),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "patient",
            models.ForeignKey(on_delete=models.PROTECT, related_name="courses", to="patients.patient"),
        ),
        (
            "referral",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="courses",
                to="patients.referral",
            ),
        ),
        ("protocol_key", models.CharField(max_length=60)),
        ("protocol_version", models.CharField(max_length=40)),
        (
            "protocol_digest",
            models.CharField(blank=True, help_text="SHA-256 of the protocol file.", max_length=64),
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
                blank=True, help_text="A closer interval than yearly, set by a prescriber [H22].", null=True
            ),
        ),
        ("started_at", models.DateTimeField(default=clock.now)),
        (
            "started_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "started_anyway_because",
            models.TextField(blank=True, default="", help_text="Why it began without an accepted referral."),
        ),
        ("held_since", models.DateTimeField(blank=True, null=True)),
        (
            "held_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("held_reason", models.TextField(blank=True, default="")),
        ("stopped_on", models.DateField(blank=True, null=True)),
        (
            "stopped_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("stopped_reason", models.TextField(blank=True, default="")),
        ("completed_on", models.DateField(blank=True, null=True)),
        (
            "completed_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "ended_at",
            models.DateTimeField(
                blank=True, help_text="The moment the course was stopped or completed here.", null=True
            ),
        ),
        ("handed_back_on", models.DateField(blank=True, null=True)),
        ("progressed_on", models.DateField(blank=True, null=True)),
        ("assess_after", models.DateTimeField(blank=True, help_text="Null: nothing has changed.", null=True)),
        ("assess_token", models.PositiveBigIntegerField(default=0, help_text="Counts the marks.")),
        ("assess_failures", models.PositiveSmallIntegerField(default=0)),
        ("assessed_at", models.DateTimeField(blank=True, null=True)),
    ],
    options={
        "ordering": ["-started_at", "-pk"],
        "indexes": [
            models.Index(
                name="course_needing_assessment",
                fields=["assess_after"],
                condition=Q(assess_after__isnull=False),
            ),
        ],
        "constraints": [
            ExclusionConstraint(
                name="patient_has_one_course_at_a_time",
                expressions=[
                    ("patient", "="),
                    (
                        models.Func(
                            "started_at", "ended_at", function="tstzrange", output_field=DateTimeRangeField()
                        ),
                        "&&",
                    ),
                ],
            ),
            models.CheckConstraint(
                name="course_begins_on_a_referral_or_a_reason",
                condition=Q(referral__isnull=False) | ~Q(started_anyway_because=""),
            ),
            models.CheckConstraint(
                name="course_ends_after_it_started",
                condition=Q(started_at__isnull=True)
                | Q(ended_at__isnull=True)
                | Q(ended_at__gte=models.F("started_at")),
            ),
            models.CheckConstraint(
                name="course_has_ended_when_stopped_or_completed",
                condition=(Q(completed_on=None, ended_at=None, stopped_on=None))
                | (Q(ended_at__isnull=False, stopped_on__isnull=False))
                | (Q(completed_on__isnull=False, ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="course_is_stopped_or_completed_not_both",
                condition=Q(stopped_on=None) | Q(completed_on=None),
            ),
            models.CheckConstraint(
                name="course_stopped_says_who_and_why",
                condition=(Q(stopped_on__isnull=True, stopped_reason="") & Q(stopped_by__isnull=True))
                | (Q(stopped_on__isnull=False) & ~Q(stopped_reason="") & Q(stopped_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="course_held_says_who_and_why",
                condition=(Q(held_reason="", held_since__isnull=True) & Q(held_by__isnull=True))
                | (Q(held_since__isnull=False) & ~Q(held_reason="") & Q(held_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="course_completed_by_says_the_day",
                condition=Q(completed_by=None) | Q(completed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="course_nadir_is_a_known_choice", condition=Q(nadir__in=["counts", "review", "ignore"])
            ),
            models.CheckConstraint(
                name="course_recurrence_scope_is_a_known_choice",
                condition=Q(recurrence_scope__in=["row", "analyte", "review"]),
            ),
            models.CheckConstraint(
                name="course_ctcae_is_a_known_version", condition=Q(ctcae__in=["4.03", "5.0", "6.0"])
            ),
        ],
    },
)

CYCLE = migrations.CreateModel(
    name="Cycle",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("version", models.PositiveIntegerField(default=1, editable=False)),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "course",
            models.ForeignKey(on_delete=models.PROTECT, related_name="cycles", to="scheduling.course"),
        ),
        ("number", models.PositiveSmallIntegerField()),
        ("planned_on", models.DateField(blank=True, null=True)),
        ("planned_start_at", models.DateTimeField(blank=True, null=True)),
    ],
    options={
        "ordering": ["course", "number"],
        "indexes": [
            models.Index(name="cycle_by_planned_day", fields=["planned_on"]),
        ],
        "constraints": [
            models.CheckConstraint(name="cycle_number_is_from_1_to_10", condition=Q(number__range=(1, 10))),
            models.UniqueConstraint(name="course_has_each_cycle_once", fields=("course", "number")),
            models.CheckConstraint(
                name="cycle_planned_start_has_a_planned_day",
                condition=Q(planned_start_at=None) | Q(planned_on__isnull=False),
            ),
        ],
    },
)

PROPOSAL = migrations.CreateModel(
    name="Proposal",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "course",
            models.ForeignKey(on_delete=models.PROTECT, related_name="proposals", to="scheduling.course"),
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
        ("activity_gbq", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True)),
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
        "indexes": [
            models.Index(name="proposal_by_course", fields=["course", "made_at"]),
            models.Index(
                name="proposal_current_by_action",
                fields=["action", "cycle_number"],
                condition=Q(superseded_at=None),
                include=("course", "made_at", "protocol_key", "id"),
            ),
        ],
        "constraints": [
            models.CheckConstraint(
                name="proposal_action_is_a_known_word",
                condition=Q(action__in=["give", "hold", "stop", "review", "pending", "none"]),
            ),
            models.UniqueConstraint(
                name="course_has_one_current_proposal", fields=("course",), condition=Q(superseded_at=None)
            ),
            models.CheckConstraint(
                name="proposal_names_an_activity_just_when_to_give",
                condition=(Q(action="give", activity_gbq__gt=0, activity_gbq__isnull=False))
                | (~Q(action="give") & Q(activity_gbq=None)),
            ),
            models.CheckConstraint(
                name="proposal_is_for_a_cycle_unless_none",
                condition=(Q(action="none", cycle_number=None))
                | (~Q(action="none") & Q(cycle_number__isnull=False, cycle_number__range=(1, 10))),
            ),
        ],
    },
)

SIGNATURE = migrations.CreateModel(
    name="Signature",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "proposal",
            models.OneToOneField(
                on_delete=models.PROTECT, related_name="signature", to="scheduling.proposal"
            ),
        ),
        (
            "signed_by",
            models.ForeignKey(
                on_delete=models.PROTECT, related_name="signatures", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("signed_at", models.DateTimeField()),
        (
            "decision",
            models.CharField(
                choices=[("accept", "Accepted as proposed"), ("override", "Decided otherwise")], max_length=10
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
        ("activity_gbq", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True)),
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
                    ("ahead-of-panel", "Ordered ahead of the panel"),
                    ("logistics", "Logistics"),
                    ("other", "Other"),
                ],
                max_length=30,
            ),
        ),
        ("override_reason", models.TextField(blank=True)),
        ("document", models.JSONField(help_text="The inputs and the answer as they were signed.")),
        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
        (
            "withdrawn_by",
            models.ForeignKey(
                blank=True,
                help_text="Null: new facts did it.",
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        ("withdrawn_because", models.TextField(blank=True, default="")),
    ],
    options={
        "ordering": ["-signed_at", "-pk"],
        "indexes": [
            models.Index(
                name="signature_withdrawn", fields=["proposal"], condition=Q(withdrawn_at__isnull=False)
            ),
        ],
        "constraints": [
            models.CheckConstraint(
                name="signature_decision_is_a_known_word", condition=Q(decision__in=["accept", "override"])
            ),
            models.CheckConstraint(
                name="signature_is_to_give_hold_or_stop", condition=Q(action__in=["give", "hold", "stop"])
            ),
            models.CheckConstraint(
                name="signature_names_an_activity_just_when_to_give",
                condition=(Q(action="give", activity_gbq__gt=0, activity_gbq__isnull=False))
                | (~Q(action="give") & Q(activity_gbq=None)),
            ),
            models.CheckConstraint(
                name="override_has_a_code_and_a_reason",
                condition=(Q(decision="accept", override_code="", override_reason=""))
                | (~Q(decision="accept") & ~Q(override_code="") & ~Q(override_reason="")),
            ),
            models.CheckConstraint(
                name="signature_withdrawn_says_why",
                condition=(Q(withdrawn_at__isnull=True, withdrawn_because=""))
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
            ),
            models.CheckConstraint(
                name="signature_withdrawn_by_says_when",
                condition=Q(withdrawn_by=None) | Q(withdrawn_at__isnull=False),
            ),
        ],
    },
)

ORDER_AHEAD = migrations.CreateModel(
    name="OrderAhead",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "cycle",
            models.ForeignKey(on_delete=models.PROTECT, related_name="orders_ahead", to="scheduling.cycle"),
        ),
        ("activity_gbq", models.DecimalField(decimal_places=3, max_digits=6)),
        ("reason", models.TextField(blank=True)),
        ("allowed_at", models.DateTimeField()),
        (
            "allowed_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("ended_at", models.DateTimeField(blank=True, null=True)),
        (
            "ended_by",
            models.ForeignKey(
                blank=True,
                help_text="Null: the recommendation changed.",
                null=True,
                on_delete=models.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        ("ended_because", models.TextField(blank=True, default="")),
    ],
    options={
        "verbose_name_plural": "orders ahead",
        "ordering": ["-allowed_at", "-pk"],
        "constraints": [
            models.UniqueConstraint(
                name="cycle_has_one_standing_order_ahead", fields=("cycle",), condition=Q(ended_at=None)
            ),
            models.CheckConstraint(name="order_ahead_is_above_zero", condition=Q(activity_gbq__gt=0)),
            models.CheckConstraint(
                name="order_ahead_ended_says_why",
                condition=(Q(ended_at__isnull=True, ended_because=""))
                | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
            ),
            models.CheckConstraint(
                name="order_ahead_ended_by_says_when", condition=Q(ended_by=None) | Q(ended_at__isnull=False)
            ),
        ],
    },
)

DOSE_ORDER = migrations.CreateModel(
    name="DoseOrder",
    fields=[
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("version", models.PositiveIntegerField(default=1, editable=False)),
        ("public_id", models.UUIDField(default=uuid4, editable=False, unique=True)),
        (
            "cycle",
            models.ForeignKey(on_delete=models.PROTECT, related_name="dose_orders", to="scheduling.cycle"),
        ),
        (
            "signature",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="dose_orders",
                to="scheduling.signature",
            ),
        ),
        (
            "ahead",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.PROTECT,
                related_name="dose_orders",
                to="scheduling.orderahead",
            ),
        ),
        ("activity_gbq", models.DecimalField(decimal_places=3, max_digits=6)),
        ("calibration_on", models.DateField()),
        ("ordered_at", models.DateTimeField()),
        (
            "ordered_by",
            models.ForeignKey(on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL),
        ),
        ("supplier", models.CharField(blank=True, max_length=200)),
        ("order_number", models.CharField(blank=True, max_length=60)),
        ("confirmed_at", models.DateTimeField(blank=True, null=True)),
        (
            "confirmed_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        ("received_at", models.DateTimeField(blank=True, null=True)),
        ("vial_number", models.CharField(blank=True, max_length=60)),
        ("assayed_gbq", models.DecimalField(blank=True, decimal_places=3, max_digits=6, null=True)),
        ("assayed_at", models.DateTimeField(blank=True, null=True)),
        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
        (
            "cancelled_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=models.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
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
                on_delete=models.PROTECT,
                related_name="waived_orders",
                to="labs.labresult",
            ),
        ),
        ("fee_usd", models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True)),
        ("note", models.TextField(blank=True)),
    ],
    options={
        "ordering": ["calibration_on", "pk"],
        "constraints": [
            models.UniqueConstraint(
                name="cycle_has_one_standing_dose_order", fields=("cycle",), condition=Q(cancelled_at=None)
            ),
            models.CheckConstraint(name="ordered_activity_is_above_zero", condition=Q(activity_gbq__gt=0)),
            models.CheckConstraint(
                name="order_has_a_signature_or_an_order_ahead",
                condition=Q(signature__isnull=False) | Q(ahead__isnull=False),
            ),
            models.CheckConstraint(
                name="assayed_activity_is_above_zero", condition=Q(assayed_gbq=None) | Q(assayed_gbq__gt=0)
            ),
            models.CheckConstraint(
                name="assay_says_how_much_and_when",
                condition=(Q(assayed_at__isnull=True, assayed_gbq__isnull=True))
                | (Q(assayed_at__isnull=False, assayed_gbq__isnull=False)),
            ),
            models.CheckConstraint(
                name="order_confirmed_says_by_whom",
                condition=(Q(confirmed_at__isnull=True, confirmed_by__isnull=True))
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="order_cancelled_says_who_and_why",
                condition=(Q(cancelled_at__isnull=True, cancelled_because="", cancelled_by__isnull=True))
                | (Q(cancelled_at__isnull=False) & ~Q(cancelled_because="") & Q(cancelled_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="only_a_cancelled_order_has_its_cancellation_confirmed",
                condition=Q(cancellation_confirmed_at=None) | Q(cancelled_at__isnull=False),
            ),
        ],
    },
)


class Migration(migrations.Migration):
    dependencies = [("labs", "0002_triggers")]

    operations = [
        CreateModels(
            [
                *with_history(COURSE),
                *with_history(CYCLE),
                PROPOSAL,
                SIGNATURE,
                *with_history(ORDER_AHEAD),
                *with_history(DOSE_ORDER),
            ]
        )
    ]
